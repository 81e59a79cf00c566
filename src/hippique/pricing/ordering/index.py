"""Tables of selections: every set and every order of k of n positions, in lexicographic order.

Positions are kept in one byte, which keeps the 5.1 million orders of 5 of 24 in 25 MB. Use them to
index; sums and products of them would overflow.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb, perm

import numpy as np
from numpy.typing import NDArray

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Ints, checked_places

Positions = NDArray[np.int8]
Rows = NDArray[np.int32]

MOST_ROWS = 6_000_000  # 24 runners in orders of 5 are 5.1 million; more would fill the memory
MOST_RUNNERS = 127  # of one byte


@lru_cache(maxsize=64)
def sets_of(runners: int, size: int) -> Positions:
    """Every set of `size` of `runners` positions: shape (C(runners, size), size), read-only.

    Rows ascend, and so do the positions in a row. Raises ArgumentOutOfRange.
    """
    _checked_rows(comb(runners, checked_places(size, runners)), runners, size)
    table: Positions = np.arange(size - 1, runners, dtype=np.int8)[:, np.newaxis]
    for slots in range(2, size + 1):
        table = _led_sets(table, runners, least=size - slots)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=24)
def orders_of(runners: int, size: int) -> Positions:
    """Every order of `size` of `runners` positions: shape (P(runners, size), size), read-only.

    Rows ascend; a row reads first, second, third … Raises ArgumentOutOfRange.
    """
    _checked_rows(perm(runners, checked_places(size, runners)), runners, size)
    table: Positions = np.arange(runners - size + 1, dtype=np.int8)[:, np.newaxis]
    for slots in range(2, size + 1):
        table = _led_orders(table, runners - size + slots)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=64)
def rows_without(runners: int, size: int) -> Rows:
    """Where each set of `size` stands in `sets_of(runners, size - 1)` when one member has left.

    Shape (size, C(runners, size)), read-only; the first row leaves out the smallest member.
    Raises ArgumentOutOfRange, also for sets of one.
    """
    checked_places(size - 1, runners)
    table = sets_of(runners, size)
    moved = _steps(
        table, runners, size
    )  # as `set_rows` counts them: members after the one left out
    kept = _steps(table, runners, size - 1)  # and before it
    zero = np.zeros((1, len(table)), dtype=np.int64)
    before = np.concatenate([zero, np.cumsum(kept[:-1], axis=0)])
    after = np.concatenate([np.cumsum(moved[:0:-1], axis=0)[::-1], zero])
    rows: Rows = (comb(runners, size - 1) - 1 - before - after).astype(np.int32)
    rows.flags.writeable = False
    return rows


def set_rows(sets: NDArray[np.integer], runners: int) -> Ints:
    """The row of each set in `sets_of`. sets: shape (count, size), each row ascending."""
    size = sets.shape[1]
    rows: Ints = comb(runners, size) - 1 - _steps(sets, runners, size).sum(axis=0)
    return rows


def set_row(chosen: tuple[int, ...], runners: int) -> int:
    """The row of a set (ascending positions) in `sets_of`."""
    size = len(chosen)
    # Of the sets that come after this one, those that share its first `slot` members and no more.
    later = (comb(runners - 1 - position, size - slot) for slot, position in enumerate(chosen))
    return comb(runners, size) - 1 - sum(later)


def order_row(chosen: tuple[int, ...], runners: int) -> int:
    """The row of an order in `orders_of`."""
    row = 0
    for slot, position in enumerate(chosen):
        smaller = position - sum(1 for earlier in chosen[:slot] if earlier < position)
        row += smaller * perm(runners - 1 - slot, len(chosen) - slot - 1)
    return row


def _led_sets(table: Positions, runners: int, least: int) -> Positions:
    """Put every smaller position, from `least`, in front of the sets that it can lead."""
    slots = table.shape[1] + 1
    counts = [comb(runners - 1 - first, slots - 1) for first in range(least, runners - slots + 1)]
    led = np.empty((sum(counts), slots), dtype=np.int8)
    start = 0
    for first, count in enumerate(counts, start=least):
        led[start : start + count, 0] = first
        led[start : start + count, 1:] = table[-count:]  # the last rows are those above `first`
        start += count
    return led


def _led_orders(table: Positions, runners: int) -> Positions:
    """Put every one of `runners` in front of the orders of the others, renumbered round it."""
    count, size = table.shape
    led = np.empty((runners, count, size + 1), dtype=np.int8)
    for first in range(runners):
        led[first, :, 0] = first
        np.add(table, table >= first, out=led[first, :, 1:])
    return led.reshape(-1, size + 1)


def _steps(sets: NDArray[np.integer], runners: int, size: int) -> Ints:
    """C(runners above the member, size - slot) for each member: shape (slots, count)."""
    above = (runners - 1 - sets.T).astype(np.intp)
    steps = np.empty(above.shape, dtype=np.int64)
    for slot, row in enumerate(above):
        steps[slot] = _combinations(runners, max(size - slot, 0))[row]
    return steps


@lru_cache(maxsize=256)
def _combinations(runners: int, size: int) -> Ints:
    """C(m, size) for m from 0 to runners - 1."""
    return np.array([comb(m, size) for m in range(runners)], dtype=np.int64)


def _checked_rows(rows: int, runners: int, size: int) -> None:
    if rows > MOST_ROWS or runners > MOST_RUNNERS:
        raise ArgumentOutOfRange(
            f"{rows} selections of {size} of {runners} runners; {MOST_ROWS} selections of "
            f"{MOST_RUNNERS} runners at most are tabulated"
        )
