"""Ticket 1: place bets on two or three horses of one race at one operator, whole stakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from hippique.betting.choice import NOT_BETTER, Choice, Holding
from hippique.betting.growth import levels_of, shown_odds
from hippique.betting.policy_file import PolicyFile, threshold_of
from hippique.betting.priced import PricedRace
from hippique.betting.priced_pool import Book, PricedPool
from hippique.betting.profiles import is_volatile
from hippique.pricing.checks import Floats, Ints
from hippique.pricing.value import Fronts, fronts, payoffs

_ON_PAPER = 10  # horses of the best single bets, from which the best refused basket is made
_BLOCK = 2_000_000  # cells of one block of the enumeration: 16 MB


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """total_cents: most on the ticket. fraction: of the bankroll at risk."""

    total_cents: int
    fraction: float


def best_basket(
    race: PricedRace, policy: PolicyFile, book: Book, limits: Limits, *, on_paper: bool = False
) -> Choice | None:
    """The admissible basket of the greatest growth; None where there is none.

    Admissible: no volatile horse, place odds in the policy's range with a strong one among them,
    chances to be placed that reach its sum. Every one of them is valued, with every split of the
    stakes, over all placed sets: dividends hang on who else is placed, own stake and floors in.
    on_paper: only volatile horses are barred, where enough others start, and the ten best single
    bets are combined.
    """
    rules = policy.ticket1
    pool = book.pools.get(rules.bet) if rules else None
    if rules is None or pool is None or race.at_close is None:
        return None
    table = _table(race, pool, policy, limits)
    if table is None:
        return None
    best = _best(
        race, policy, _baskets(race, policy, book, table, on_paper=on_paper), table, limits
    )
    return None if best is None else _choice(race, book, pool, best, limits)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    # cents: stakes on sale. back: euros, shape (levels, runners, states).
    cents: tuple[int, ...]
    back: Floats
    chances: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Basket:
    positions: tuple[int, ...]
    cents: tuple[int, ...]
    growth: float


def _table(race: PricedRace, pool: PricedPool, policy: PolicyFile, limits: Limits) -> _Table | None:
    caps = policy.caps
    most = min(limits.total_cents, caps.cents_of(caps.horse_share))
    cents = tuple(levels_of(pool, most))
    if not cents or race.at_close is None:
        return None
    on: Fronts = fronts(race.at_close, pool.pool.bet.parts)
    back = np.zeros((len(cents), len(race.numbers), on.chances.size))
    for table in payoffs(pool.pool, on, [one / 100 for one in cents]):
        back[:, table.runners[0], table.states] = table.returns
    return _Table(cents, back, on.chances)


def _baskets(
    race: PricedRace, policy: PolicyFile, book: Book, table: _Table, *, on_paper: bool
) -> dict[int, Ints]:
    """By number of legs: positions of each basket, shape (baskets, legs), ascending."""
    rules = policy.ticket1
    if rules is None:
        return {}
    everybody = range(len(race.numbers))
    open_to = [p for p in everybody if not is_volatile(race, p)]
    if on_paper:
        open_to = open_to if len(open_to) >= rules.min_legs else list(everybody)
        worth = table.back[0] @ table.chances
        open_to = sorted(sorted(open_to, key=lambda p: (-worth[p], p))[:_ON_PAPER])
    rows = {
        legs: np.array(list(combinations(open_to, legs)), dtype=np.int64).reshape(-1, legs)
        for legs in range(rules.min_legs, rules.max_legs + 1)
    }
    if on_paper:
        return rows
    return {legs: row[_admissible(race, policy, book, row)] for legs, row in rows.items()}


def _admissible(race: PricedRace, policy: PolicyFile, book: Book, rows: Ints) -> Floats:
    rules = policy.ticket1
    if rules is None or race.forecast is None:
        return np.zeros(len(rows), dtype=bool)
    shown = [shown_odds(race, book, rules.bet, (p,)) for p in range(len(race.numbers))]
    odds = np.array([np.nan if one is None else one for one in shown])[rows]
    placed = np.array(
        [c.p_place if c.p_place is not None else np.nan for c in race.forecast.chances]
    )
    least = threshold_of(policy, "sum_p_place") or 0.0
    inside = ((odds >= rules.odds_low) & (odds <= rules.odds_high)).all(axis=1)
    strong = (odds >= rules.strong_odds_from).any(axis=1)
    return np.asarray(inside & strong & (placed[rows].sum(axis=1) >= least - NOT_BETTER))


def _best(
    race: PricedRace,
    policy: PolicyFile,
    baskets: dict[int, Ints],
    table: _Table,
    limits: Limits,
) -> _Basket | None:
    """Ties go to the smaller total, then to the fewer legs, then to the smaller numbers."""
    wealth = limits.fraction * race.situation.money.bankroll_cents / 100
    best: _Basket | None = None
    for cents in _splits(policy, table, limits):
        rows = baskets.get(len(cents))
        if rows is None or sum(cents) / 100 >= wealth:
            continue
        found = _best_of_split(rows, cents, table, wealth)
        if found is not None and (best is None or found.growth > best.growth + NOT_BETTER):
            best = found
    return best


def _splits(policy: PolicyFile, table: _Table, limits: Limits) -> list[tuple[int, ...]]:
    rules = policy.ticket1
    if rules is None:
        return []
    every = (
        cents
        for legs in range(rules.min_legs, rules.max_legs + 1)
        for cents in product(table.cents, repeat=legs)
        if sum(cents) <= limits.total_cents
    )
    return sorted(every, key=lambda cents: (sum(cents), len(cents), cents))


def _best_of_split(
    rows: Ints, cents: tuple[int, ...], table: _Table, wealth: float
) -> _Basket | None:
    best: _Basket | None = None
    for block in _blocks(rows, table.chances.size):
        won = np.full((len(block), table.chances.size), -sum(cents) / 100)
        for leg, stake in enumerate(cents):
            won += table.back[table.cents.index(stake), block[:, leg]]
        growth = np.log1p(won / wealth) @ table.chances
        at = int(np.argmax(growth))
        if best is None or growth[at] > best.growth + NOT_BETTER:
            best = _Basket(tuple(block[at].tolist()), cents, float(growth[at]))
    return best


def _blocks(rows: Ints, states: int) -> Iterator[Ints]:
    size = max(1, _BLOCK // states)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _choice(
    race: PricedRace, book: Book, pool: PricedPool, best: _Basket, limits: Limits
) -> Choice:
    legs = sorted(zip(best.positions, best.cents, strict=True), key=lambda leg: (-leg[1], leg[0]))
    ticket = tuple(
        Holding(
            pool=pool,
            positions=(position,),
            stake_cents=cents,
            shown=shown_odds(race, book, pool.bet, (position,)),
        )
        for position, cents in legs
    )
    return Choice(tickets=(ticket,), growth=best.growth, fraction=limits.fraction)
