"""A race priced for a policy: chances, orders of finish, every operator's pools at the close."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from hippique.betting.gate_measures import Measures
from hippique.betting.late_money import LateMoney, late_money
from hippique.betting.measures_data import data_measures
from hippique.betting.policy_file import PolicyFile
from hippique.betting.pools import Told, books_of
from hippique.betting.priced_pool import Book, PricedPool
from hippique.betting.reading import PricedBet
from hippique.betting.scenarios import Shocks, shocks_of
from hippique.betting.situation import Situation, snapshot_of
from hippique.betting.slip import ExpectedDividend
from hippique.betting.stakeable import stakeable
from hippique.forecast.forecaster import Forecast
from hippique.forecast.form_scores import FormRules
from hippique.pricing.checks import Floats
from hippique.pricing.kelly import Payoffs
from hippique.pricing.ordering import Ordering, henery
from hippique.pricing.value import Fronts, combinations_of, fronts, mean_profits, payoffs
from hippique.racing.market import Snapshot

_TENTH = 1.2815515655446004  # sds to the ninetieth percentile
READ_TOO = ("win", "place")  # every reading prices them, whether the policy plays them or not


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PricedRace:
    """All that a decision is made of; nothing here has decided anything.

    numbers: saddle numbers of the starters, in the order of all positions; empty without a
    forecast. ordering: the orders of finish by the forecast's win chances. at_close: the same
    once late money has told what it is expected to tell; all values are formed with it. late: of
    the pool that the chances are from. measures: the data's.
    """

    situation: Situation
    numbers: tuple[int, ...]
    ordering: Ordering | None
    at_close: Ordering | None
    late: LateMoney
    books: tuple[Book, ...]
    playable: Mapping[str, tuple[str, ...]]
    measures: Measures
    form_rules: FormRules | None
    is_told: bool

    @property
    def forecast(self) -> Forecast | None:
        """The chances, None where there are none."""
        made = self.situation.forecast
        return made if isinstance(made, Forecast) else None

    def shocks(self) -> Shocks:
        """The draws of this race, the same at every call. Only where there are chances."""
        assert self.at_close is not None  # noqa: S101  asked only where there are chances
        informs = 0.0 if self.is_told else 1.0
        return shocks_of(self.situation.race, self.at_close, self.late, informs)


def priced(situation: Situation, policy: PolicyFile) -> PricedRace:
    """Price a race for a policy. Without chances there are no books, only the data's measures."""
    forecast = situation.forecast
    if not isinstance(forecast, Forecast):
        return _without_chances(situation, policy)
    rules = policy.pricing
    told = rules if rules is not None and forecast.estimator in rules.told else None
    is_told = told is not None
    numbers = tuple(chance.number for chance in forecast.chances)
    chances = np.array([chance.p_win for chance in forecast.chances], dtype=np.float64)
    chances /= chances.sum()
    late = late_money(_source(situation, forecast, numbers), numbers, situation.off_time)
    ordering = henery(chances)
    playable = {
        operator: _playable(policy, operator, situation.day, len(numbers))
        for operator in situation.operators
    }
    wanted = dict.fromkeys((*READ_TOO, *(bet for bets in playable.values() for bet in bets)))
    return PricedRace(
        situation=situation,
        numbers=numbers,
        ordering=ordering,
        at_close=ordering if is_told else _moved(chances, late),
        late=late,
        books=books_of(
            situation, numbers, tuple(wanted), Told(chances, told) if told is not None else None
        ),
        playable=playable,
        measures=data_measures(situation, policy, is_told=is_told),
        form_rules=policy.form,
        is_told=is_told,
    )


def _without_chances(situation: Situation, policy: PolicyFile) -> PricedRace:
    return PricedRace(
        situation=situation,
        numbers=(),
        ordering=None,
        at_close=None,
        late=late_money(None, (), None),
        books=(),
        playable={},
        measures=data_measures(situation, policy, is_told=False),
        form_rules=policy.form,
        is_told=False,
    )


def playable_pools(priced: PricedRace, book: Book) -> tuple[PricedPool, ...]:
    """The pools of an operator that the policy may play, in the policy's order."""
    return tuple(book.pools[b] for b in priced.playable[book.operator] if b in book.pools)


def slip_books(priced: PricedRace) -> tuple[Book, ...]:
    """Operators whose prices are good enough for a slip; the others' are for reading only."""
    return tuple(b for b in priced.books if priced.is_told or not b.is_cross_pool)


def priced_bets(priced: PricedRace) -> tuple[PricedBet, ...]:
    """Every combination of every pool at the operator's least stake: for the reading."""
    if priced.at_close is None:
        return ()
    return tuple(
        row
        for book in priced.books
        for pool in book.pools.values()
        for row in _bets_of(priced, priced.at_close, pool)
    )


def numbers_of(priced: PricedRace, positions: Sequence[int]) -> tuple[int, ...]:
    """Positions as saddle numbers, in the same order."""
    return tuple(priced.numbers[position] for position in positions)


def _bets_of(priced: PricedRace, at_close: Ordering, pool: PricedPool) -> list[PricedBet]:
    least = pool.terms.min_cents / 100
    on = fronts(at_close, pool.pool.bet.parts)
    tables = payoffs(pool.pool, on, (least,))
    profits = mean_profits(tables, on)[:, 0] / least
    shares = pool.pool.stakes / pool.pool.stakes.sum()
    named = combinations_of(pool.pool.bet, len(priced.numbers)).tolist()
    if pool.pool.bet.legs > 1:
        dividends: list[ExpectedDividend | None] = [None] * len(named)
    else:
        dividends = [expected_dividend(priced, pool, table, on) for table in tables]
    return [
        PricedBet(
            operator=pool.operator,
            bet=pool.bet,
            combination=numbers_of(priced, positions),
            ev=round(float(ev), 4),
            share=float(share),
            dividend=dividend,
        )
        for positions, ev, share, dividend in zip(named, profits, shares, dividends, strict=True)
    ]


def expected_dividend(
    priced: PricedRace, pool: PricedPool, table: Payoffs, on: Fronts
) -> ExpectedDividend | None:
    """The dividend of a table's first stake if it is paid; None where it cannot be.

    The mean is over who else is paid; the interval that of late money and of the pool's own noise.
    """
    chances = on.chances[table.states]
    if not chances.sum():
        return None
    mean = float(table.returns[0] @ chances / chances.sum() / table.stakes[0])
    legs = pool.late_sd[list(table.runners)]
    low, high = _around(mean, math.hypot(*legs, pool.legs_sd), pool.terms.min_dividend)
    return ExpectedDividend(
        combination=numbers_of(priced, table.runners), mean=round(mean, 2), low=low, high=high
    )


def _around(mean: float, sd: float, least: float) -> tuple[float, float]:
    # The profit over the stake moves as 1/share does; never below what is paid at least.
    low, high = (1.0 + (mean - 1.0) * math.exp(sign * _TENTH * sd) for sign in (-1.0, 1.0))
    return round(max(least, low), 2), round(max(least, high), 2)


def _source(situation: Situation, forecast: Forecast, numbers: Sequence[int]) -> Snapshot | None:
    """The snapshot of the pool that the chances are from, where it holds the same starters."""
    found = snapshot_of(situation.snapshots, forecast.pool)
    if found is None or {q.number for q in found.starters()} != set(numbers):
        return None
    return found


def _moved(chances: Floats, late: LateMoney) -> Ordering:
    moved = chances * np.exp(late.move)
    return henery(moved / moved.sum())


def _playable(policy: PolicyFile, operator: str, day: date, runners: int) -> tuple[str, ...]:
    """Bets that the budget, the operator and the size of the field allow, in the policy's order."""
    listed = [rules.bets for rules in (policy.ticket2, policy.growth) if rules is not None]
    least = {combo.bet: combo.min_runners for rows in listed for combo in rows}
    return tuple(
        row.bet
        for row in stakeable(policy, operator, day)
        if row.reason is None and runners >= least.get(row.bet, 0)
    )
