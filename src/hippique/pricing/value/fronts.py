"""Fronts: the states of a field on which bets are settled, as coarse as the bets allow.

A front names the first few in ordered blocks, without order inside a block: parts (1, 1, 1) are
all orders of three, (3,) all sets of three, (2, 1) the first two as a set and then the third.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import perm

import numpy as np
from numpy.typing import NDArray

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, Ints, checked_places
from hippique.pricing.ordering.index import Positions, Rows, orders_of, set_rows, sets_of
from hippique.pricing.ordering.orders import DEEPEST, Ordering

Parts = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fronts:
    """Exclusive states that cover everything, and their chances.

    parts: sizes of the blocks. members: shape (states, sum of parts), positions from 0, ascending
    inside a block, rows ascending; read-only. chances: shape (states,), sums to 1.
    runners: how many are in the field.
    """

    parts: Parts
    runners: int
    members: Positions
    chances: Floats


def fronts(ordering: Ordering, parts: Parts) -> Fronts:
    """The fronts of one field and their chances under a model.

    parts: sizes of the blocks, from the winner on; they sum to at most five and to no more than
    there are runners. Raises ArgumentOutOfRange, and what the model raises.
    """
    depth, runners = _checked_depth(parts, ordering.runners), ordering.runners
    members = front_members(runners, parts)
    if len(parts) == 1:
        return Fronts(parts, runners, members, ordering.all_sets(depth))
    # Integrated orders leave about -1e-16 where the truth is 0.
    chances = np.maximum(ordering.all_ordered(depth), 0.0)
    if depth > len(parts):
        rows = coarser_rows(runners, (1,) * depth, parts)
        chances = np.bincount(rows, weights=chances, minlength=len(members))
    return Fronts(parts, runners, members, chances)


@lru_cache(maxsize=32)
def front_members(runners: int, parts: Parts) -> Positions:
    """Every front: shape (states, sum of parts), read-only. Raises ArgumentOutOfRange."""
    depth = _checked_depth(parts, runners)
    if len(parts) == 1:
        return sets_of(runners, depth)
    if depth == len(parts):
        return orders_of(runners, depth)
    members: Positions = orders_of(runners, depth)[_ascending(runners, parts)]
    members.flags.writeable = False
    return members


@lru_cache(maxsize=32)
def coarser_rows(runners: int, fine: Parts, coarse: Parts) -> Rows:
    """For each front of `fine`, the row of the front of `coarse` that it belongs to; read-only.

    Every cut between blocks of `coarse`, and its end, must be one of `fine`.
    Raises ArgumentOutOfRange.
    """
    if not set(np.cumsum(coarse)) <= set(np.cumsum(fine)):
        raise ArgumentOutOfRange(f"fronts of {fine} do not tell those of {coarse} apart")
    first = front_members(runners, fine)[:, : _checked_depth(coarse, runners)]
    rows = _front_rows(_sorted_inside(first, coarse), runners, coarse).astype(np.int32)
    rows.flags.writeable = False
    return rows


def order_rows(orders: NDArray[np.integer], runners: int) -> Ints:
    """The row of each order in `orders_of`. orders: shape (count, size)."""
    rows = np.zeros(len(orders), dtype=np.int64)
    size = orders.shape[1]
    for slot in range(size):
        here = orders[:, slot]
        smaller = here - (orders[:, :slot] < here[:, None]).sum(axis=1)
        rows += smaller.astype(np.int64) * perm(runners - 1 - slot, size - slot - 1)
    return rows


def _front_rows(members: Positions, runners: int, parts: Parts) -> Ints:
    if len(parts) == 1:
        return set_rows(members, runners)
    rows = order_rows(members, runners)
    if members.shape[1] == len(parts):
        return rows
    return np.asarray((np.cumsum(_ascending(runners, parts)) - 1)[rows])


def _ascending(runners: int, parts: Parts) -> NDArray[np.bool_]:
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


def _checked_depth(parts: Parts, runners: int) -> int:
    depth = sum(parts)
    if not parts or min(parts) < 1 or depth > DEEPEST:
        raise ArgumentOutOfRange(f"parts: {parts} are not blocks of 1 to {DEEPEST} places in all")
    return checked_places(depth, runners)
