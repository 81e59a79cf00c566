"""All sets that can be in front, from those one smaller."""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.loops.jit import jit
from hippique.pricing.ordering.index import Positions, Rows


@jit
def one_more_member(
    chances: Floats, weights: Floats, smaller: Positions, sets: Positions, parents: Rows
) -> Floats:
    """See `ordering.draws.one_more_member`."""
    runners = weights.size
    between = np.zeros((runners + 1, runners + 1))
    for start in range(runners):
        for stop in range(start, runners):
            between[start, stop + 1] = between[start, stop] + weights[stop]
    shares = np.empty(len(smaller))
    for row in range(len(smaller)):
        left, start = 0.0, 0
        for slot in range(smaller.shape[1]):
            stop = smaller[row, slot]
            left += between[start, stop]
            start = stop + 1
        shares[row] = chances[row] / (left + between[start, runners])
    larger = np.zeros(len(sets))
    for slot in range(sets.shape[1]):
        for row in range(len(sets)):
            larger[row] += shares[parents[slot, row]] * weights[sets[row, slot]]
    return larger
