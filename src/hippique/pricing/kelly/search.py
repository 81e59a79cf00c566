"""The two best portfolios of at most two tickets: every one is reached, few are evaluated.

A portfolio of two tickets grows by ln(W0/wealth) + L_a + L_b + O (see `growth`). O ≤ 0, so the
first three terms bound the growth from above: a pair whose bound lies below the second best
portfolio known cannot be among the two best and is left unevaluated. The result is that of the full
enumeration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hippique.pricing.checks import Bools, Floats, Ints
from hippique.pricing.kelly.growth import Parts, growth, overlaps, ticket_logs
from hippique.pricing.kelly.payoffs import DUST
from hippique.pricing.kelly.tables import Tables, Words

TIE = 1e-14  # nat; growths nearer than this are equal (roundings of the sums reach 1e-15)
MARGIN = 1e-12  # nat; more than the rounding of a bound
BATCH = 256  # pairs evaluated between two looks at what is still worth evaluating
ROW = np.dtype(
    [
        *(("growth", "f8"), ("total", "f8")),
        *(("first", "i8"), ("second", "i8"), ("first_amount", "i8"), ("second_amount", "i8")),
    ]
)
NONE = -1  # no ticket: sorts before every ticket, as the shorter of two lists of names does


@dataclass(frozen=True, slots=True)
class Limits:
    """wealth: the (reduced) bankroll; total: most staked; per_runner: None for no cap."""

    wealth: float
    total: float
    per_runner: float | None
    tickets: int


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """Two amounts bought together; logs: L of each ticket at this total."""

    first: int
    second: int
    total: float
    logs: tuple[Floats, Floats]
    bound: float


def two_best(tables: Tables, limits: Limits) -> list[Parts]:
    """The best portfolio and the runner-up, each as (ticket, amount) pairs in order of names.

    Equal growths go to the smaller total, then to the earlier names. Portfolios that leave
    nothing in some state are no candidates; the empty one always is.
    """
    pool = np.concatenate([_empty(), *_singles(tables, limits)])
    if limits.tickets > 1:
        pool = _with_pairs(tables, limits, pool)
    return [_parts(row) for row in _ranked(pool)]


def count_portfolios(tables: Tables, limits: Limits) -> int:
    """Portfolios within the limits, the empty one included."""
    sold = _sellers(tables, limits)
    if not sold.size:
        return 1
    stakes = np.array([amount.stake for amount in tables.amounts[: sold.shape[1]]])
    totals = stakes[:, None] + stakes
    pairs = np.outer(sold.sum(axis=0), sold.sum(axis=0)) - sold.T @ sold
    if limits.per_runner is not None:
        capped = totals > limits.per_runner + DUST
        pairs = np.where(capped, _apart(tables.runners, sold), pairs)
    pairs = np.where(totals > limits.total + DUST, 0.0, pairs)
    twice = pairs.sum() if limits.tickets > 1 else 0.0  # each pair from both its ends
    return 1 + int(sold.sum()) + int(twice) // 2


def _apart(runners: Words, sold: Floats) -> Floats:
    """(amounts, amounts): ordered pairs of tickets without a runner in common."""
    kinds, kind = np.unique(runners, axis=0, return_inverse=True)
    held = np.zeros((len(kinds), sold.shape[1]))
    np.add.at(held, kind.ravel(), sold)
    pairs = np.zeros((sold.shape[1], sold.shape[1]))
    for begin in range(0, len(kinds), BATCH):
        some = slice(begin, begin + BATCH)
        apart = ~_share(kinds[some, None], kinds)
        pairs += held[some].T @ (apart @ held)
    return pairs


def _share(some: Words, others: Words) -> Bools:
    """Whether each two have a runner in common; the last axis is that of the words."""
    common = (some[..., 0] & others[..., 0]) != 0
    for word in range(1, some.shape[-1]):
        common |= (some[..., word] & others[..., word]) != 0
    return np.asarray(common)


def _sellers(tables: Tables, limits: Limits) -> Floats:
    """(tickets, amounts): 1 where the ticket can be bought for the amount."""
    affordable = [amount for amount in tables.amounts if amount.stake <= _most(limits) + DUST]
    sold = np.zeros((len(tables.names), len(affordable)))
    for column, amount in enumerate(affordable):
        sold[amount.owners, column] = 1.0
    return sold


def _most(limits: Limits) -> float:
    """The most that one ticket may cost."""
    return limits.total if limits.per_runner is None else min(limits.total, limits.per_runner)


def _empty() -> np.ndarray:
    return np.array([(0.0, 0.0, NONE, NONE, NONE, NONE)], dtype=ROW)


def _singles(tables: Tables, limits: Limits) -> Iterator[np.ndarray]:
    for place, amount in enumerate(tables.amounts):
        if amount.stake > _most(limits) + DUST:
            return
        left = limits.wealth - amount.stake
        rows = np.zeros(amount.owners.size, dtype=ROW)
        rows["total"], rows["first"], rows["first_amount"] = amount.stake, amount.owners, place
        rows["second"] = rows["second_amount"] = NONE
        if left <= DUST:
            rows = rows[amount.covered >= 1.0 - DUST]
            rows["growth"] = [growth(tables, _parts(row), limits.wealth) for row in rows]
        else:
            rows["growth"] = np.log1p(-amount.stake / limits.wealth) + ticket_logs(amount, left)
        yield rows[rows["growth"] > -np.inf]


def _with_pairs(tables: Tables, limits: Limits, pool: np.ndarray) -> np.ndarray:
    for split in sorted(_splits(tables, limits), key=lambda split: -split.bound):
        first, second = tables.amounts[split.first], tables.amounts[split.second]
        a, b = _at_least(*split.logs, _floor(pool) - np.log1p(-split.total / limits.wealth))
        fits = _fitting(tables, limits, split, first.owners[a], second.owners[b])
        a, b = a[fits], b[fits]
        bounds = split.logs[0][a] + split.logs[1][b] + np.log1p(-split.total / limits.wealth)
        order = np.argsort(-bounds, kind="stable")
        for begin in range(0, order.size, BATCH):
            some = order[begin : begin + BATCH]
            some = some[bounds[some] >= _floor(pool)]
            if not some.size:
                break
            left = limits.wealth - split.total
            lost = overlaps(tables, first, second, a[some], b[some], left)
            rows = _pair_rows(tables, split, a[some], b[some], bounds[some] + lost)
            pool = _contenders(np.concatenate([pool, rows]))
    return _contenders(np.concatenate([pool, *_without_reserve(tables, limits)]))


def _pairs_of_amounts(tables: Tables, limits: Limits) -> Iterator[tuple[int, int, float]]:
    for i, first in enumerate(tables.amounts):
        for j, second in enumerate(tables.amounts[i:], start=i):
            total = first.stake + second.stake
            if second.stake > _most(limits) + DUST or total > limits.total + DUST:
                break
            yield i, j, total


def _splits(tables: Tables, limits: Limits) -> Iterator[_Split]:
    known: dict[tuple[int, float], Floats] = {}
    for i, j, total in _pairs_of_amounts(tables, limits):
        left = limits.wealth - total
        if left <= DUST:
            continue
        for place in (i, j):
            if (place, total) not in known:
                known[place, total] = ticket_logs(tables.amounts[place], left)
        logs = (known[i, total], known[j, total])
        bound = float(np.log1p(-total / limits.wealth) + logs[0].max() + logs[1].max())
        yield _Split(i, j, total, logs, bound)


def _floor(pool: np.ndarray) -> float:
    """Below this a portfolio cannot be among the two best."""
    if pool.size < 2:  # noqa: PLR2004  two are asked for
        return -np.inf
    return float(np.partition(pool["growth"], -2)[-2]) - MARGIN


def _contenders(pool: np.ndarray) -> np.ndarray:
    return np.asarray(pool[pool["growth"] >= _floor(pool)])


def _at_least(first: Floats, second: Floats, least: float) -> tuple[Ints, Ints]:
    """Every (i, j) with first[i] + second[j] ≥ least, without a look at the others."""
    order = np.argsort(second, kind="stable")
    begins = np.searchsorted(second[order], least - first, side="left")
    counts = second.size - begins
    ends = np.cumsum(counts)
    places = np.arange(ends[-1]) + np.repeat(begins - ends + counts, counts)
    return np.repeat(np.arange(first.size), counts), order[places]


def _fitting(tables: Tables, limits: Limits, split: _Split, a: Ints, b: Ints) -> Bools:
    """Two different tickets, each pair once, within the cap of the runners they share."""
    fits = a < b if split.first == split.second else a != b
    if limits.per_runner is not None and split.total > limits.per_runner + DUST:
        fits &= ~_share(tables.runners[a], tables.runners[b])
    return np.asarray(fits)


def _pair_rows(tables: Tables, split: _Split, a: Ints, b: Ints, values: Floats) -> np.ndarray:
    one, other = tables.amounts[split.first].owners[a], tables.amounts[split.second].owners[b]
    swapped = one > other
    rows = np.zeros(a.size, dtype=ROW)
    rows["growth"], rows["total"] = values, split.total
    rows["first"], rows["second"] = np.minimum(one, other), np.maximum(one, other)
    rows["first_amount"] = np.where(swapped, split.second, split.first)
    rows["second_amount"] = np.where(swapped, split.first, split.second)
    return rows


def _without_reserve(tables: Tables, limits: Limits) -> Iterator[np.ndarray]:
    """Pairs that stake the whole wealth: only those that pay in every state are candidates."""
    for i, j, total in _pairs_of_amounts(tables, limits):
        if limits.wealth - total > DUST:
            continue
        first, second = tables.amounts[i], tables.amounts[j]
        a, b = _at_least(first.covered, second.covered, 1.0 - DUST)
        split = _Split(i, j, total, (first.covered, second.covered), 0.0)
        fits = _fitting(tables, limits, split, first.owners[a], second.owners[b])
        rows = _pair_rows(tables, split, a[fits], b[fits], np.zeros(int(fits.sum())))
        rows["growth"] = [growth(tables, _parts(row), limits.wealth) for row in rows]
        yield rows[rows["growth"] > -np.inf]


def _parts(row: np.void) -> Parts:
    both = (row["first"], row["first_amount"]), (row["second"], row["second_amount"])
    return tuple((int(ticket), int(amount)) for ticket, amount in both if ticket != NONE)


def _ranked(pool: np.ndarray) -> list[np.void]:
    """The best and the second, ties within TIE by total, then by names."""
    order = np.lexsort((pool["second"], pool["first"], np.round(pool["total"], 9)))
    pool = pool[order]
    chosen: list[np.void] = []
    while pool.size and len(chosen) < 2:  # noqa: PLR2004  the best and the runner-up
        best = int(np.argmax(pool["growth"] >= pool["growth"].max() - TIE))
        chosen.append(pool[best])
        pool = np.delete(pool, best)
    return chosen
