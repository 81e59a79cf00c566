"""The inversion of normal times, row by row."""

from __future__ import annotations

import math

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.loops.jit import jit

ROUGH, CLOSE, MOST_STEPS, LONGEST_STEP = 1e-2, 5e-9, 60, 1.0
WINNING, UNDERFLOW, NOBODY_LEFT = 3.0, 36.0, 1e-32
ROOT_HALF, PEAK = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * math.pi)


@jit
def normal_strengths(
    wins: Floats, begin: Floats, coarse: Floats, nodes: Floats, half_width: float
) -> tuple[Floats, Floats, Floats]:
    """See `ordering.strengths.newton`."""
    rows, runners = wins.shape
    theta, left, steps = begin.copy(), np.full(rows, np.inf), np.zeros(rows)
    slope = np.empty((runners, runners))
    off, chances = np.empty(runners), np.empty(runners)
    for row in range(rows):
        for fine in range(2):
            enough = CLOSE if fine else ROUGH
            for _ in range(MOST_STEPS):
                integrate(theta[row], nodes if fine else coarse, half_width, chances, slope)
                left[row] = residual(wins[row], chances, off)
                solve(slope, chances, off)
                theta[row] += off / max(np.abs(off).max() / LONGEST_STEP, 1.0)
                theta[row] -= theta[row].mean()
                steps[row] += 1
                if left[row] < enough:
                    break
    return theta, left, steps


@jit
def integrate(
    theta: Floats,
    nodes: Floats,
    half_width: float,
    chances: Floats,
    slope: Floats,
) -> None:
    """Fill the chances to win, and how the chance of one grows with the location of another."""
    runners = theta.size
    low, high = theta.min(), theta.max()
    high = min(high, low + WINNING)
    middle, half = 0.5 * (low + high), 0.5 * (high - low) + half_width
    hazard, quickest = np.empty(runners), np.argsort(theta)
    chances[:] = 0.0
    slope[:] = 0.0
    for node in range(nodes.shape[1]):
        first = nodes[1, node] * half
        for runner in quickest:
            deviation = middle + half * nodes[0, node] - theta[runner]
            after = 0.5 * math.erfc(deviation * ROOT_HALF)
            hazard[runner] = deviation
            if deviation < UNDERFLOW:
                hazard[runner] = PEAK * math.exp(-0.5 * deviation * deviation) / after
            first *= after
            if first < NOBODY_LEFT:  # and later nodes leave even less to win
                return
        for runner in range(runners):
            part = hazard[runner] * first
            chances[runner] += part
            for other in range(runner):
                slope[runner, other] += part * hazard[other]


@jit
def residual(wins: Floats, chances: Floats, off: Floats) -> float:
    """Fill ln of the chances against the wanted ones, a common factor left out; the largest."""
    for runner in range(wins.size):
        off[runner] = math.log(chances[runner]) - math.log(wins[runner])
    common = (chances * off).sum() / chances.sum()
    off -= common
    return float(np.abs(off).max())


@jit
def solve(slope: Floats, chances: Floats, off: Floats) -> None:
    """Put the step that removes `off` in its place; the last runner stays.

    The matrix is diagonally dominant (a weighted Laplacian), so no pivots are needed.
    """
    runners = chances.size
    for runner in range(runners):
        slope[runner, runner] = 0.0
        for other in range(runner):
            slope[other, runner] = slope[runner, other]
    for runner in range(runners):
        slope[runner, runner] = -slope[runner].sum()
        off[runner] *= -chances[runner]
    last = runners - 1
    for pivot in range(last):
        for row in range(pivot + 1, last):
            factor = slope[row, pivot] / slope[pivot, pivot]
            slope[row, pivot:last] -= factor * slope[pivot, pivot:last]
            off[row] -= factor * off[pivot]
    off[last] = 0.0
    for row in range(last - 1, -1, -1):
        for later in range(row + 1, last):
            off[row] -= slope[row, later] * off[later]
        off[row] /= slope[row, row]
