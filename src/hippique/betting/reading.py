"""The reading of a race, slip or no slip: chances, fair odds, the close, limits, cost of playing.

It is made from numbers that the decision has anyway; nothing here decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from hippique.betting.policy_file import PolicyFile, bets_wanted
from hippique.betting.slip import Cost, ExpectedDividend, RaceReading, RunnerReading
from hippique.betting.terms import terms_of
from hippique.forecast.closing_price import ClosingPrice, closing_prices
from hippique.forecast.forecaster import Chance, Forecast, NoForecast
from hippique.racing.market import Quote, Snapshot

_TINY = 1e-9  # binary noise: 2.0 written as 2.0000000000000004 is no 2.1


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorOdds:
    """What one operator shows of a race, and its win odds forecast at the close, by number."""

    operator: str
    quotes: Mapping[int, Quote] = field(default_factory=dict)
    closing: Mapping[int, ClosingPrice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBet:
    """One combination at one operator, priced at the close.

    ev: expected profit per euro, takeout, rounding and one's own stake paid. share: its part of
    the pool's stakes, None unknown. dividend: what it is forecast to pay if it wins.
    """

    operator: str
    bet: str
    combination: tuple[int, ...]
    ev: float
    share: float | None = None
    dividend: ExpectedDividend | None = None


def race_reading(
    forecast: Forecast | NoForecast,
    odds: Sequence[OperatorOdds],
    bets: Sequence[PricedBet],
    least_ev: Mapping[str, float],
    study: Mapping[str, Any] | None = None,
) -> RaceReading:
    """The reading of requirement 39. odds: the bettor's operators, in his order.

    least_ev: bet → the expected profit per euro that the policy asks of it. Without chances only
    the costs and the study are left.
    """
    chances = forecast.chances if isinstance(forecast, Forecast) else ()
    runners = tuple(_runner(chance, odds, bets, least_ev) for chance in chances)
    return RaceReading(runners=runners, costs=costs_of(bets), study=study)


def operator_odds(
    snapshots: Sequence[Snapshot],
    operators: Sequence[str],
    day: date,
    off_time: datetime | None = None,
) -> tuple[OperatorOdds, ...]:
    """What each operator shows in its own pool; no close is forecast without an off time."""
    found = []
    for operator in operators:
        pool = terms_of(operator, "win", day).pool
        snapshot = next((s for s in snapshots if s.pool == pool), None)
        if snapshot is None:
            continue
        found.append(
            OperatorOdds(
                operator=operator,
                quotes={quote.number: quote for quote in snapshot.starters()},
                closing=closing_prices(snapshot, off_time) if off_time else {},
            )
        )
    return tuple(found)


def costs_of(bets: Iterable[PricedBet]) -> tuple[Cost, ...]:
    """The loss per euro of each operator's bets, as the crowd stakes them: the pool's own shares.

    A bet whose shares are not known is left out: an average over combinations that nobody plays
    would call every bet far dearer than it is.
    """

    def pool(bet: PricedBet) -> tuple[str, str]:
        return bet.operator, bet.bet

    ordered = sorted(bets, key=pool)  # stable: ties keep the order of the combinations
    costs = (_cost(key, tuple(rows)) for key, rows in groupby(ordered, key=pool))
    return tuple(cost for cost in costs if cost is not None)


def least_ev_by_bet(policy: PolicyFile) -> dict[str, float]:
    """Bet → the expected profit per euro that a policy asks of it, whatever the statistic."""
    first = policy.ticket1.bet if policy.ticket1 else None
    return {bet: _least_ev(policy, _RULED[bet == first]) for bet in bets_wanted(policy)}


def limit_dividend(p_paid: float, least_ev: float) -> float | None:
    """The least dividend, a whole decime, at which p_paid × dividend − 1 reaches least_ev.

    p_paid: chance to be paid, in (0, 1]; None where it is 0.
    """
    if p_paid <= 0.0:
        return None
    return math.ceil((1.0 + least_ev) / p_paid * 10.0 - _TINY) / 10.0


# What is asked of a leg of ticket 1, and of another bet. Where ticket 2 needs more in some races,
# the plain threshold is the limit's: the gate of that race says the rest.
_RULED = {
    True: ("basket_ev", "basket_roi", "ev", "roi"),
    False: ("combination_ev", "ev", "roi"),
}


def _least_ev(policy: PolicyFile, measures: Sequence[str]) -> float:
    asked = (r.threshold for r in policy.gates if r.measure in measures and r.when == "always")
    return max(asked, default=0.0)


def _runner(
    chance: Chance,
    odds: Sequence[OperatorOdds],
    bets: Sequence[PricedBet],
    least_ev: Mapping[str, float],
) -> RunnerReading:
    number = chance.number
    singles = [bet for bet in bets if bet.combination == (number,)]
    shown = {view.operator: view.quotes[number].win for view in odds if number in view.quotes}
    known = {operator: win for operator, win in shown.items() if win is not None}
    return RunnerReading(
        number=number,
        p_win=chance.p_win,
        p_place=chance.p_place,
        fair=1.0 / chance.p_win,
        fair_place=1.0 / chance.p_place if chance.p_place else None,
        shown=next(iter(known.values()), None),
        shown_by=known,
        closing={
            view.operator: view.closing[number].as_reading()
            for view in odds
            if number in view.closing
        },
        place=_place(number, odds, singles),
        limit=_limits(chance, least_ev),
        best=_best(number, odds, singles),
    )


def _place(
    number: int, odds: Sequence[OperatorOdds], singles: Sequence[PricedBet]
) -> dict[str, dict[str, float | None]]:
    """Operators that show place odds of the runner, or whose place dividend is forecast."""
    forecast = {bet.operator: bet.dividend for bet in singles if bet.bet == "place"}
    rows = {}
    for view in odds:
        quote = view.quotes.get(number)
        low, high = (quote.place_low, quote.place_high) if quote else (None, None)
        made = forecast.get(view.operator)
        if low is None and high is None and made is None:
            continue
        rows[view.operator] = {"shown_low": low, "shown_high": high, **_interval(made)}
    return rows


def _interval(made: ExpectedDividend | None) -> dict[str, float | None]:
    if made is None:
        return {"mean": None, "low": None, "high": None}
    return {"mean": made.mean, "low": made.low, "high": made.high}


def _limits(chance: Chance, least_ev: Mapping[str, float]) -> dict[str, float]:
    """Only bets on one horse: a combination's limit stands on its own leg."""
    paid = {"win": chance.p_win, "place": chance.p_place}
    found = {
        bet: limit_dividend(p, least_ev[bet])
        for bet, p in paid.items()
        if p is not None and bet in least_ev
    }
    return {bet: limit for bet, limit in found.items() if limit is not None}


def _best(
    number: int, odds: Sequence[OperatorOdds], singles: Sequence[PricedBet]
) -> dict[str, str]:
    """Bet → operator of the highest forecast; of equal ones the bettor's first."""
    means: dict[str, dict[str, float]] = {}
    for view in odds:
        if number in view.closing:
            means.setdefault("win", {})[view.operator] = view.closing[number].paid_mean
    for bet in singles:
        if bet.dividend is not None:
            means.setdefault(bet.bet, {})[bet.operator] = bet.dividend.mean
    order = {view.operator: -rank for rank, view in enumerate(odds)}

    def value(row: tuple[str, float]) -> tuple[float, int]:
        return row[1], order.get(row[0], -len(order))

    return {bet: max(by.items(), key=value)[0] for bet, by in means.items()}


def _cost(key: tuple[str, str], rows: Sequence[PricedBet]) -> Cost | None:
    shares = [row.share for row in rows if row.share is not None]
    total = sum(shares)
    if len(shares) != len(rows) or total <= 0.0:
        return None
    mean = sum(share * row.ev for share, row in zip(shares, rows, strict=True)) / total
    cheapest = max(rows, key=lambda row: row.ev)
    return Cost(
        operator=key[0],
        bet=key[1],
        loss_per_eur=round(-mean, 4),
        least_loss_per_eur=round(-cheapest.ev, 4),
        cheapest=cheapest.combination,
    )
