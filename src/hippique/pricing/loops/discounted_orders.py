"""All orders one field can finish in, two places at a time."""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.loops.jit import jit
from hippique.pricing.ordering.index import Positions


@jit
def two_more_places(starts: Positions, chances: Floats, near: Floats, far: Floats) -> Floats:
    """See `ordering.draws.two_more_places`."""
    count, depth = starts.shape
    runners = near.size
    left = runners - depth
    orders = np.empty(count * left * (left - 1))
    taken = np.empty(runners, np.bool_)
    near_left, far_left, after = np.empty(left), np.empty(left), np.zeros(left + 1)
    row = 0
    for start in range(count):
        taken[:] = False
        for place in range(depth):
            taken[starts[start, place]] = True
        slot = 0
        for runner in range(runners):
            if not taken[runner]:
                near_left[slot], far_left[slot] = near[runner], far[runner]
                slot += 1
        for other in range(left - 1, -1, -1):
            after[other] = after[other + 1] + far_left[other]
        share, before = chances[start] / near_left.sum(), 0.0
        for taker in range(left):
            # What is left is added from both sides of the taker: a difference would lose digits.
            scale = share * near_left[taker] / (before + after[taker + 1])
            for last in range(taker):
                orders[row + last] = scale * far_left[last]
            for last in range(taker + 1, left):
                orders[row + last - 1] = scale * far_left[last]
            before += far_left[taker]
            row += left - 1
    return orders
