"""Policies: from chances and odds to a verdict. `control` is the yardstick of all later ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from hippique.betting.slip import (
    Cost,
    Ev,
    ExpectedDividend,
    Gate,
    Leg,
    RaceReading,
    RunnerReading,
    Ticket,
    Verdict,
)
from hippique.betting.terms import Terms, terms_of
from hippique.forecast.forecaster import Forecast, NoForecast
from hippique.pricing.win import LEAST_RUNNERS, book_sum
from hippique.racing.bets import bet_type
from hippique.racing.market import Quote, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a policy may look at: the race at H-5 and the bettor's operators in his order."""

    race: str
    day: date
    declared: int | None
    forecast: Forecast | NoForecast
    snapshots: tuple[Snapshot, ...]
    earlier: tuple[Snapshot, ...] = ()
    operators: tuple[str, ...] = ("zeturf",)


class Policy(Protocol):
    """A way to decide. `hash` changes whenever the same situation could get another verdict."""

    name: str
    hash: str

    def decide(self, situation: Situation) -> Verdict:
        """Tickets with their reasons, or none with theirs. Never raises for missing data."""


CONTROL_STAKE_CENTS = 100
_CONTROL_RULE = "1 EUR, or the operator's least stake, to win on the lowest win odds; ties: number"


class ControlPolicy:
    """1 € to win on the market's favourite in every race: what others are measured against.

    It has no opinion and no edge; over time it loses the takeout. Where the operator's least
    stake is above 1 € that stake is placed, because a ticket must be playable.
    """

    name = "control"
    hash = hashlib.sha256(_CONTROL_RULE.encode()).hexdigest()[:16]

    def decide(self, situation: Situation) -> Verdict:
        """One win ticket at the first operator whose pool has a favourite."""
        reading = read_race(situation)
        for operator in situation.operators:
            terms = terms_of(operator, "win", situation.day)
            snapshot = _of_pool(situation.snapshots, terms.pool)
            if snapshot is None:
                continue
            favourite = _favourite(snapshot)
            if favourite is not None:
                return _bet_on(favourite, terms, situation, reading)
        gate = Gate(gate="win_odds", statistic="value", value=0.0, threshold=1.0, passed=False)
        names = ", ".join(situation.operators)
        reason = f"no operator of {names} shows win odds for this race"
        return Verdict(gates=(gate,), reasons=(reason,), reading=reading)


def read_race(situation: Situation) -> RaceReading:
    """Chances, fair odds, the odds shown and the cost of playing anyway, from what is known."""
    if isinstance(situation.forecast, NoForecast):
        return RaceReading()
    shown = _shown_odds(situation)
    runners = tuple(
        RunnerReading(
            number=chance.number,
            p_win=chance.p_win,
            p_place=chance.p_place,
            fair=1.0 / chance.p_win,
            shown=shown.get(chance.number),
        )
        for chance in situation.forecast.chances
    )
    return RaceReading(runners=runners, costs=_costs(situation))


def _shown_odds(situation: Situation) -> dict[int, float | None]:
    for operator in situation.operators:
        pool = terms_of(operator, "win", situation.day).pool
        snapshot = _of_pool(situation.snapshots, pool)
        if snapshot is not None:
            return {quote.number: quote.win for quote in snapshot.starters()}
    return {}


def _costs(situation: Situation) -> tuple[Cost, ...]:
    costs = []
    for operator in situation.operators:
        snapshot = _of_pool(situation.snapshots, terms_of(operator, "win", situation.day).pool)
        if snapshot is None:
            continue
        odds = [quote.win for quote in snapshot.starters() if quote.win is not None]
        if len(odds) == len(snapshot.starters()) and len(odds) >= LEAST_RUNNERS:
            loss = 1.0 - 1.0 / book_sum(np.array(odds))
            costs.append(Cost(operator=operator, bet="win", loss_per_eur=round(loss, 4)))
    return tuple(costs)


def _of_pool(snapshots: Sequence[Snapshot], pool: str) -> Snapshot | None:
    return next((s for s in snapshots if s.pool == pool and s.win_coverage() > 0), None)


def _favourite(snapshot: Snapshot) -> Quote | None:
    priced = [quote for quote in snapshot.starters() if quote.win is not None]
    return min(priced, key=lambda q: (q.win, q.number), default=None)


def _bet_on(quote: Quote, terms: Terms, situation: Situation, reading: RaceReading) -> Verdict:
    shown = quote.win if quote.win is not None else 0.0
    stake = max(CONTROL_STAKE_CENTS, terms.min_cents)
    combination = (quote.number,)
    ticket = Ticket(
        operator=terms.operator,
        pool="win",
        bet="win",
        label=bet_type("win").label,
        min_cents=terms.min_cents,
        step_cents=terms.step_cents,
        legs=(Leg(combination=combination, stake_cents=stake),),
        expected_dividend=(ExpectedDividend(combination=combination, mean=shown),),
    )
    return Verdict(
        tickets=(ticket,),
        reasons=(f"number {quote.number} is the favourite at {terms.operator}, at {shown}",),
        ev=_ev(quote.number, shown, stake, situation),
        reading=reading,
    )


def _ev(number: int, shown: float, stake_cents: int, situation: Situation) -> Ev | None:
    """Expected profit at the odds shown; no interval before a forecast of the close exists."""
    if isinstance(situation.forecast, NoForecast):
        return None
    chance = situation.forecast.p_win(number)
    if chance is None:
        return None
    mean = (chance * shown - 1.0) * stake_cents / 100
    return Ev(mean_eur=round(mean, 2), p_loss_all=round(1.0 - chance, 4))
