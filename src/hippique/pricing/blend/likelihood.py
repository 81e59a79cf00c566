"""Value, slope and curvature of the conditional logit at a point, in one pass over the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hippique.pricing.blend.rows import GroupedRows, group_sums, spread_over
from hippique.pricing.checks import Floats, Ints
from hippique.pricing.compiled import Kernel

# Products of a slab with itself stay below this many steps: beyond it the matrix library starts
# threads, which on a busy machine wait for each other twenty times as long as the work takes.
SLAB_PRODUCTS = 2**18
LEAST_ROWS = 64

Derivatives = tuple[float, Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The log likelihood (nat) and its derivatives at one point.

    utilities: (rows,), x·b. scores: (groups, p), each group's slope. information: (p, p), minus the
    Hessian.
    """

    value: float
    utilities: Floats
    scores: Floats
    information: Floats

    @property
    def gradient(self) -> Floats:
        """(p,): the slope of the whole."""
        return np.asarray(self.scores.sum(axis=0))


def likelihood_at(rows: GroupedRows, coefficients: Floats) -> Likelihood:
    """The log likelihood where chance ∝ exp(x·b) inside each group; coefficients b: (p,).

    information = Σ_groups Σ_i c_i (x_i − x̄)(x_i − x̄)', x̄ the group's mean under c: McFadden 1974.
    """
    return Likelihood(*one_pass(rows.columns, rows.starts, rows.weights, coefficients))


def _one_pass_plain(
    columns: Floats, starts: Ints, weights: Floats, coefficients: Floats
) -> Derivatives:
    count = coefficients.size
    utilities, scores = columns @ coefficients, np.empty((starts.size - 1, count))
    value, information = 0.0, np.zeros((count, count))
    for first, last in _slabs(starts, max(LEAST_ROWS, SLAB_PRODUCTS // count**2)):
        begin, end = starts[first], starts[last]
        cut = starts[first : last + 1] - begin
        part, scores[first:last], centred = _soften(
            columns[begin:end], cut, weights[begin:end], utilities[begin:end]
        )
        value += part
        information += centred.T @ centred
    return value, utilities, scores, information


def _slabs(starts: Ints, rows: int) -> list[tuple[int, int]]:
    """Ranges (first, last) of whole groups, each of about so many rows."""
    edges = np.arange(0, starts[-1], rows)
    cuts = np.unique(np.append(np.searchsorted(starts, edges), starts.size - 1))
    return [(int(first), int(last)) for first, last in pairwise(cuts)]


def _soften(
    columns: Floats, starts: Ints, weights: Floats, utilities: Floats
) -> tuple[float, Floats, Floats]:
    """The log likelihood, each group's score, and √c (x − x̄) of each row."""
    top = np.maximum.reduceat(utilities, starts[:-1])
    lifted = utilities - spread_over(top, starts)
    powers = np.exp(lifted)
    totals = group_sums(powers, starts)
    chances = powers / spread_over(totals, starts)
    value = float(weights @ (lifted - spread_over(np.log(totals), starts)))
    means = group_sums(chances[:, None] * columns, starts)
    apart = columns - spread_over(means, starts)
    scores = group_sums(weights[:, None] * apart, starts)
    return value, scores, np.sqrt(chances)[:, None] * apart


def _load() -> Callable[[Floats, Ints, Floats, Floats], Derivatives]:
    from hippique.pricing.loops.logit import (  # noqa: PLC0415  numba loads slowly, may be absent
        one_pass as compiled,
    )

    return compiled


# columns (rows, p), starts (groups + 1,), weights (rows,), coefficients (p,) → the fields of a
# Likelihood in their order.
one_pass: Kernel[[Floats, Ints, Floats, Floats], Derivatives] = Kernel(
    plain=_one_pass_plain, load=_load
)
