"""Chances of sets added up: for every smaller set that they hold, for every larger one they fit in.

Both walk one member at a time over all sets of a size, so that a set is added once per member and
not once per selection. Only positive numbers are added, few at a time: equal runners stay equal.
"""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.ordering.index import rows_without, sets_of


def sums_holding(chances: Floats, runners: int, places: int, size: int) -> Floats:
    """For every set of `size`, the sum over the sets of `places` that hold it.

    chances: one for each row of `sets_of(runners, places)`; size from 1 to places.
    Returns one for each row of `sets_of(runners, size)`.
    """
    for larger in range(places, size, -1):
        parents = rows_without(runners, larger)
        count = len(sets_of(runners, larger - 1))
        summed = np.zeros(count)
        for rows in parents:
            summed += np.bincount(rows, weights=chances, minlength=count)
        # From `places` down to here each set was reached by every order of leaving; this undoes it.
        chances = summed / (places - larger + 1)
    return chances


def sums_inside(chances: Floats, runners: int, places: int, size: int) -> Floats:
    """For every set of `size`, the sum over the sets of `places` that lie in it.

    chances: one for each row of `sets_of(runners, places)`; size from `places` up.
    Returns one for each row of `sets_of(runners, size)`.
    """
    for larger in range(places + 1, size + 1):
        parents = rows_without(runners, larger)
        summed = chances[parents[0]]
        for rows in parents[1:]:
            summed += chances[rows]
        chances = summed / (larger - places)
    return chances
