"""How many of some independent events happen, and the chance to be among the first k."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ProbabilityOutOfRange
from hippique.pricing.checks import Floats, checked_vector, refuse_first
from hippique.pricing.ordering.tables import Tables


def poisson_binomial(chances: ArrayLike) -> Floats:
    """The chance of exactly 0, 1 … n of n independent events.

    chances: shape (n,), each in [0, 1]. Returns shape (n + 1,), sums to 1. Raises
    ProbabilityOutOfRange naming the event, ArgumentOutOfRange for another shape.
    """
    events = checked_vector(chances, "chances")
    refuse_first(~np.isfinite(events), events, "chances not finite", ProbabilityOutOfRange)
    outside = (events < 0.0) | (events > 1.0)
    refuse_first(outside, events, "probability outside [0, 1]", ProbabilityOutOfRange)
    counts = np.zeros(events.size + 1)
    counts[0] = 1.0
    for done, chance in enumerate(events, start=1):
        counts[1 : done + 1] = counts[1 : done + 1] * (1.0 - chance) + counts[:done] * chance
        counts[0] *= 1.0 - chance
    return counts


def top_chances(tables: Tables, places: int) -> Floats:
    """The chance of each to be among the first `places`, shape (runners,).

    ∫ f_i P(fewer than `places` of the others are before t): the counts of those listed before i
    meet the counts of those listed after, so nobody is taken out of a product.
    """
    before, after = tables.tails.before, tables.tails.after
    ahead = _counts(before, after, places)
    behind = _counts(before[::-1], after[::-1], places)[::-1]
    fewer = np.cumsum(behind, axis=1)  # at most so many
    chance = np.einsum("icg,icg->ig", ahead, fewer[:, ::-1])
    return np.asarray((tables.tails.density * chance) @ tables.weights)


def _counts(before: Floats, after: Floats, most: int) -> Floats:
    # [i, c]: the chance that exactly c (< most) of the runners listed before i have come by a node.
    runners, nodes = before.shape
    counts = np.zeros((runners, most, nodes))
    counts[0, 0] = 1.0
    for runner in range(runners - 1):
        np.multiply(counts[runner], after[runner], out=counts[runner + 1])
        counts[runner + 1, 1:] += counts[runner, :-1] * before[runner]
    return counts
