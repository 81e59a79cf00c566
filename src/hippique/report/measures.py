"""Figures of a race for the sheets. None wherever a part of the sum is not known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hippique.betting.settlement import LegState, Settlement
from hippique.betting.slip import Decision, Leg, RunnerReading
from hippique.forecast.forecaster import Forecast
from hippique.racing.market import Quote, Snapshot
from hippique.racing.result import Result
from hippique.report.facts import RaceFacts


@dataclass(frozen=True, slots=True)
class Brier:
    """Squared error of the win chances: over all starters, and per starter."""

    total: float
    mean: float


def brier(forecast: Forecast, result: Result) -> Brier | None:
    """Σ (p − y)²; a dead heat shares y = 1 equally, non-runners leave and the rest is rescaled.

    None without an order, or where the winner is no horse of the forecast.
    """
    chances = {c.number: c.p_win for c in forecast.chances if c.number not in result.non_runners}
    winners = result.order[0] if result.order else ()
    if not winners or not set(winners) <= set(chances):
        return None
    whole = math.fsum(chances.values())
    shares = {number: 1 / len(winners) if number in winners else 0.0 for number in chances}
    total = math.fsum((chances[n] / whole - shares[n]) ** 2 for n in chances)
    return Brier(total, total / len(chances))


def roi_expected(decision: Decision) -> float | None:
    """Expected profit per euro staked; None without tickets or without an expectation."""
    if decision.ev is None or not decision.stake_cents:
        return None
    return decision.ev.mean_eur * 100 / decision.stake_cents


def roi_paid(settlement: Settlement | None) -> float | None:
    """Profit per euro staked; None before every leg is settled, or without a stake."""
    if settlement is None or not settlement.complete or not settlement.staked_cents:
        return None
    return settlement.profit_cents / settlement.staked_cents


def mean_leg_roi(settlement: Settlement) -> float | None:
    """Mean over the bets of their own profit per euro."""
    if not settlement.complete or not settlement.legs:
        return None
    rois = [leg.profit_cents / leg.stake_cents for leg in settlement.legs]
    return math.fsum(rois) / len(rois)


def all_refunded(settlement: Settlement) -> bool:
    """Whether every stake came back because the bets were off."""
    return all(leg.state is LegState.REFUNDED for leg in settlement.legs)


def ev_of_place(decision: Decision) -> float | None:
    """Expected profit in euros of the simple placé alone.

    A slip carries one expectation for all its tickets: known where they are all simple placé.
    """
    if decision.ev is None or {ticket.bet for ticket in decision.tickets} != {"place"}:
        return None
    return decision.ev.mean_eur


def statistic(decision: Decision, gate: str) -> float | None:
    """The figure that the policy measured for this gate, None where it did not."""
    return next((g.value for g in decision.gates if g.gate == gate), None)


def implied_basket(facts: RaceFacts) -> float | None:
    """Σ 1/odds shown over the horses backed, overround inside; place odds at mid-range.

    None for combinations, and where one horse's odds are not known.
    """
    decision = facts.decision
    if decision is None or not decision.tickets:
        return None
    shown = [
        _shown(facts, decision, ticket.operator, ticket.bet, leg)
        for ticket in decision.tickets
        for leg in ticket.legs
    ]
    known = [odds for odds in shown if odds is not None]
    return math.fsum(1 / odds for odds in known) if len(known) == len(shown) else None


def _shown(facts: RaceFacts, decision: Decision, operator: str, bet: str, leg: Leg) -> float | None:
    if bet == "win":
        return _win_shown(decision.reading.runners, leg.combination[0])
    if bet != "place" or facts.late is None:
        return None
    quotes = [q for s in facts.late.snapshots if s.source == operator for q in s.starters()]
    return next((_mid_place(q) for q in quotes if q.number == leg.combination[0]), None)


def _win_shown(runners: Sequence[RunnerReading], number: int) -> float | None:
    return next((r.shown for r in runners if r.number == number), None)


def _mid_place(quote: Quote) -> float | None:
    if quote.place_low is None or quote.place_high is None:
        return quote.place_low
    return (quote.place_low + quote.place_high) / 2


def drift_sign(facts: RaceFacts) -> int | None:
    """1 where the odds of the horses backed lengthened from H-30 to H-5, −1 shortened, 0 stood.

    The sign of Σ ln(odds at H-5 / odds at H-30), inside one pool that shows them all twice.
    """
    if facts.decision is None or not facts.decision.tickets or not facts.early or not facts.late:
        return None
    backed = {n for t in facts.decision.tickets for leg in t.legs for n in leg.combination}
    for later in facts.late.snapshots:
        earlier = _same_pool(facts.early.snapshots, later)
        before, after = _win_odds(earlier, backed), _win_odds(later, backed)
        if before and after:
            moved = math.fsum(math.log(after[n] / before[n]) for n in sorted(backed))
            return round(math.copysign(1, moved)) if abs(moved) > _STILL else 0
    return None


_STILL = 1e-9  # rounding of the logarithms, far below one step of the odds


def _same_pool(snapshots: Sequence[Snapshot], wanted: Snapshot) -> Snapshot | None:
    mark = (wanted.source, wanted.pool)
    return next((s for s in snapshots if (s.source, s.pool) == mark), None)


def _win_odds(snapshot: Snapshot | None, numbers: set[int]) -> dict[int, float] | None:
    if snapshot is None:
        return None
    shown = {q.number: q.win for q in snapshot.starters() if q.win is not None}
    return {n: shown[n] for n in numbers} if numbers <= set(shown) else None
