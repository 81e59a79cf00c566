"""Compiled form of the conditional logit's one pass over the rows."""

from __future__ import annotations

import math

import numpy as np

from hippique.pricing.checks import Floats, Ints
from hippique.pricing.loops.jit import jit

HELD_ROWS = 256  # gathered at a time, so that they stay in the nearest cache
STRIDE = 8  # rows added to the information at once: one load and store for eight products


@jit
def one_pass(
    columns: Floats, starts: Ints, weights: Floats, coefficients: Floats
) -> tuple[float, Floats, Floats, Floats]:
    """See `hippique.pricing.blend.likelihood.one_pass`.

    No matrix product of the library: its threads wait for each other on a busy machine, which
    has been seen to take twenty times as long for blocks as small as these.
    """
    count = columns.shape[1]
    groups = starts.size - 1
    utilities = np.empty(columns.shape[0])
    chances = np.empty(columns.shape[0])
    scores = np.zeros((groups, count))
    information = np.zeros((count, count))
    held = np.empty((HELD_ROWS + np.diff(starts).max() + STRIDE, count))
    filled = 0
    value = 0.0
    for group in range(groups):
        first, last = starts[group], starts[group + 1]
        log_total = _soften(columns, coefficients, utilities, chances, first, last)
        filled = _centre(columns, chances, weights, scores[group], held, filled, first, last)
        for row in range(first, last):
            if weights[row] > 0.0:
                value += weights[row] * (utilities[row] - log_total)
        if filled >= HELD_ROWS:
            _gather(held, filled, information)
            filled = 0
    _gather(held, filled, information)
    for column in range(count):
        for other in range(column):
            information[other, column] = information[column, other]
    return value, utilities, scores, information


@jit
def _soften(  # noqa: PLR0913, PLR0917  # a loop writes into what it is given
    columns: Floats, coefficients: Floats, utilities: Floats, chances: Floats, first: int, last: int
) -> float:
    """Utilities and chances of one group; returns the log of the sum of exp(utility)."""
    top = -math.inf
    for row in range(first, last):
        even, odd = 0.0, 0.0  # two sums, because one waits for each addition
        for column in range(0, coefficients.size - 1, 2):
            even += columns[row, column] * coefficients[column]
            odd += columns[row, column + 1] * coefficients[column + 1]
        if coefficients.size % 2:
            even += columns[row, coefficients.size - 1] * coefficients[coefficients.size - 1]
        utilities[row] = even + odd
        top = max(top, utilities[row])
    total = 0.0
    for row in range(first, last):
        chances[row] = math.exp(utilities[row] - top)
        total += chances[row]
    for row in range(first, last):
        chances[row] /= total
    return top + math.log(total)


@jit
def _centre(  # noqa: PLR0913, PLR0917  # a loop writes into what it is given
    columns: Floats,
    chances: Floats,
    weights: Floats,
    score: Floats,
    held: Floats,
    filled: int,
    first: int,
    last: int,
) -> int:
    """One group's √c (x − x̄) into `held`, its score into `score`; returns the rows now held."""
    count = score.size
    mean = np.zeros(count)
    for row in range(first, last):
        for column in range(count):
            mean[column] += chances[row] * columns[row, column]
    for row in range(first, last):
        root = math.sqrt(chances[row])
        for column in range(count):
            held[filled, column] = root * (columns[row, column] - mean[column])
        filled += 1
        if weights[row] > 0.0:
            for column in range(count):
                score[column] += weights[row] * (columns[row, column] - mean[column])
    return filled


@jit
def _gather(held: Floats, filled: int, information: Floats) -> None:
    """Add held' held to the lower triangle."""
    padded = (filled + STRIDE - 1) // STRIDE * STRIDE
    held[filled:padded] = 0.0
    for row in range(0, padded, STRIDE):
        a, b, c, d = held[row], held[row + 1], held[row + 2], held[row + 3]
        e, f, g, h = held[row + 4], held[row + 5], held[row + 6], held[row + 7]
        for i in range(information.shape[0]):
            ai, bi, ci, di, ei, fi, gi, hi = a[i], b[i], c[i], d[i], e[i], f[i], g[i], h[i]
            for j in range(i + 1):
                early = (ai * a[j] + bi * b[j]) + (ci * c[j] + di * d[j])
                late = (ei * e[j] + fi * f[j]) + (gi * g[j] + hi * h[j])
                information[i, j] += early + late
