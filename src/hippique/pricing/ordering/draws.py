"""The two heavy loops of places drawn one by one, each as numpy and as compiled loops."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.compiled import Kernel
from hippique.pricing.ordering.front_index import Parts, outside_of
from hippique.pricing.ordering.index import Positions, Rows


def _two_more_plain(starts: Positions, chances: Floats, near: Floats, far: Floats, /) -> Floats:
    depth = starts.shape[1]
    before = (1,) * depth
    return one_more_place(one_more_place(chances, near, before), far, (*before, 1))


def one_more_place(chances: Floats, weights: Floats, parts: Parts) -> Floats:
    """Every front of `parts` followed by each of those left, side by side, ascending.

    chances: one for each front. weights: they draw the next place, shape (runners,).
    """
    outside = outside_of(weights.size, parts)
    drawn = np.broadcast_to(weights, outside.shape)[outside].reshape(len(outside), -1)
    shares: Floats = drawn * (chances / drawn.sum(axis=1))[:, np.newaxis]
    return shares.ravel()


def _one_more_plain(
    chances: Floats, weights: Floats, smaller: Positions, sets: Positions, parents: Rows, /
) -> Floats:
    runners = weights.size
    # What lies between two members, added up and not taken from a total: a difference loses digits.
    between = np.zeros((runners + 1, runners + 1))
    for start in range(runners):
        between[start, start + 1 :] = np.cumsum(weights[start:])
    left, after = np.zeros(len(smaller)), np.zeros(len(smaller), dtype=np.intp)
    for members in smaller.T.astype(np.intp):
        left += between[after, members]
        after = members + 1
    shares = chances / (left + between[after, runners])
    larger = np.zeros(len(sets))
    for members, rows in zip(sets.T, parents, strict=True):
        larger += shares[rows] * weights[members]
    return larger


def _load_orders() -> Callable[[Positions, Floats, Floats, Floats], Floats]:
    from hippique.pricing.loops.discounted_orders import (  # noqa: PLC0415  numba loads slowly and may be absent
        two_more_places as compiled,
    )

    return compiled


def _load_sets() -> Callable[[Floats, Floats, Positions, Positions, Rows], Floats]:
    from hippique.pricing.loops.discounted_sets import (  # noqa: PLC0415  numba loads slowly and may be absent
        one_more_member as compiled,
    )

    return compiled


two_more_places = Kernel(plain=_two_more_plain, load=_load_orders)
"""(starts, chances, near, far): each order of `starts` followed by every pair of those left.

starts: `orders_of(runners, depth)`; chances: one for each of them; near, far: the weights that draw
the next place and the one after. Returns one for each row of `orders_of(runners, depth + 2)`.
"""

one_more_member = Kernel(plain=_one_more_plain, load=_load_sets)
"""(chances, weights, smaller, sets, parents): P(a set is in front) from the sets one smaller.

chances: one for each row of smaller = `sets_of(runners, k - 1)`; weights draw place k; sets =
`sets_of(runners, k)`, parents = `rows_without(runners, k)`. Returns one for each row of sets.
"""
