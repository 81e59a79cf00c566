"""Tables of fronts: the first few in ordered blocks, without order inside a block.

Parts (1, 1, 1) are all orders of three, (3,) all sets of three, (2, 1) the first two as a set and
then the third. Rows ascend, read as one row of positions; members ascend inside a block.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import perm

import numpy as np
from numpy.typing import NDArray

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Bools, Ints, checked_places
from hippique.pricing.ordering.index import Positions, Rows, orders_of, set_rows, sets_of

DEEPEST = 5  # sets, orders and fronts are defined up to the first five

Parts = tuple[int, ...]


@lru_cache(maxsize=64)
def fronts_of(runners: int, parts: Parts) -> Positions:
    """Every front: shape (fronts, sum of parts), read-only. Raises ArgumentOutOfRange."""
    depth = checked_depth(parts, runners)
    if len(parts) == 1:
        return sets_of(runners, depth)
    if depth == len(parts):
        return orders_of(runners, depth)
    members: Positions = orders_of(runners, depth)[_ascending(runners, parts)]
    members.flags.writeable = False
    return members


@lru_cache(maxsize=64)
def coarser_rows(runners: int, fine: Parts, coarse: Parts) -> Rows:
    """For each front of `fine`, the row of the front of `coarse` that it belongs to; read-only.

    Every cut between blocks of `coarse`, and its end, must be one of `fine`.
    Raises ArgumentOutOfRange.
    """
    if not set(np.cumsum(coarse)) <= set(np.cumsum(fine)):
        raise ArgumentOutOfRange(f"fronts of {fine} do not tell those of {coarse} apart")
    first = fronts_of(runners, fine)[:, : checked_depth(coarse, runners)]
    rows = _front_rows(_sorted_inside(first, coarse), runners, coarse).astype(np.int32)
    rows.flags.writeable = False
    return rows


@lru_cache(maxsize=64)
def last_steps(runners: int, parts: Parts) -> Rows:
    """From which smaller front each front is reached, by whoever of its last block comes last.

    Shape (last part, fronts), read-only: row × left + place, where row is that of the front of
    `shorter(parts)`, left is how many are not in it, and place is that of the newcomer among them.
    Raises ArgumentOutOfRange, also for parts of one runner.
    """
    members, before = fronts_of(runners, parts), shorter(parts)
    depth = checked_depth(before, runners)
    steps = np.empty((parts[-1], len(members)), dtype=np.int32)
    for step in range(parts[-1]):
        last = depth + 1 - parts[-1] + step
        others = np.delete(members, last, axis=1)
        place = members[:, last] - (others < members[:, last, None]).sum(axis=1)
        steps[step] = _front_rows(others, runners, before) * (runners - depth) + place
    steps.flags.writeable = False
    return steps


@lru_cache(maxsize=64)
def outside_of(runners: int, parts: Parts) -> Bools:
    """Who is in none of the blocks: shape (fronts, runners), read-only. Raises ArgumentOutOfRange.

    () is the front of nobody. A table of (fronts, runners) at these places, flat, has a row for
    each front with one more behind it, in the order of `fronts_of`.
    """
    if not parts:
        return np.ones((1, runners), dtype=np.bool_)
    members = fronts_of(runners, parts)
    outside = np.ones((len(members), runners), dtype=np.bool_)
    np.put_along_axis(outside, members.astype(np.intp), values=False, axis=1)
    outside.flags.writeable = False
    return outside


def order_rows(orders: NDArray[np.integer], runners: int) -> Ints:
    """The row of each order in `orders_of`. orders: shape (count, size)."""
    rows = np.zeros(len(orders), dtype=np.int64)
    size = orders.shape[1]
    for slot in range(size):
        here = orders[:, slot]
        smaller = here - (orders[:, :slot] < here[:, None]).sum(axis=1)
        rows += smaller.astype(np.int64) * perm(runners - 1 - slot, size - slot - 1)
    return rows


def shorter(parts: Parts) -> Parts:
    """The same without one of the last block: (2, 2) → (2, 1) → (2,)."""
    return parts[:-1] if parts[-1] == 1 else (*parts[:-1], parts[-1] - 1)


def joined(several: Iterable[Parts]) -> Parts:
    """The coarsest parts that tell apart what each of these does; () for none."""
    ends = sorted({int(end) for parts in several for end in np.cumsum(parts)})
    return tuple(end - start for start, end in zip([0, *ends[:-1]], ends, strict=True))


def checked_depth(parts: Parts, runners: int) -> int:
    """How many runners are in the blocks. Raises ArgumentOutOfRange."""
    depth = sum(parts)
    if not parts or min(parts) < 1 or depth > DEEPEST:
        raise ArgumentOutOfRange(f"parts: {parts} are not blocks of 1 to {DEEPEST} places in all")
    return checked_places(depth, runners)


def _front_rows(members: NDArray[np.integer], runners: int, parts: Parts) -> Ints:
    if len(parts) == 1:
        return set_rows(members, runners)
    rows = order_rows(members, runners)
    if members.shape[1] == len(parts):
        return rows
    return np.asarray((np.cumsum(_ascending(runners, parts)) - 1)[rows])


def _ascending(runners: int, parts: Parts) -> Bools:
    # Orders that ascend inside every block: one of them stands for each front.
    orders = orders_of(runners, sum(parts))
    rises = orders[:, 1:] > orders[:, :-1]
    cuts = np.cumsum(parts)[:-1] - 1
    rises[:, cuts] = True
    return np.asarray(rises.all(axis=1))


def _sorted_inside(members: Positions, parts: Parts) -> Positions:
    ends = np.cumsum(parts)
    blocks = [
        np.sort(members[:, end - size : end], axis=1) for size, end in zip(parts, ends, strict=True)
    ]
    return np.concatenate(blocks, axis=1)
