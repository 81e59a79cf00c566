"""The author's place chances (GPI v5.1), kept beside ours so that both can be compared.

They are no probabilities in the strict sense: they sum to at most 1.8 whatever is paid. Only the
chances to be placed are the author's; chances to win are the market's, as the model's name says.
Choices where the original is silent: place odds are the middle of the range shown; one pool gives
both snapshots; a bonus and a malus for people cancel each other; the ceiling is applied again
after the adjustments, because their product could pass 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from hippique.forecast.forecaster import (
    POOL_PREFERENCE,
    Evidence,
    Forecast,
    MarketForecaster,
    NoForecast,
)
from hippique.forecast.gpi51_factors import Drift, Gpi51Rules, drift_factor, stats_factor
from hippique.racing.bets import places_paid
from hippique.racing.codec import to_json
from hippique.racing.market import Quote, Snapshot

Chances = dict[int, float]


class Gpi51Forecaster:
    """The author's place chances over the market's win chances, under rules that are given."""

    name = "gpi51"

    def __init__(self, rules: Gpi51Rules) -> None:
        self._rules = rules
        self._market = MarketForecaster()
        mark = hashlib.sha256(to_json(rules)).hexdigest()[:8]
        self.model = f"gpi51-1-{mark}, place only, win by {self._market.model}"

    def forecast(self, evidence: Evidence) -> Forecast | NoForecast:
        """p_place by the author's rules; NoForecast where no pool prices every starter to win."""
        market = self._market.forecast(evidence)
        if isinstance(market, NoForecast):
            return replace(market, estimator=self.name)
        pays = evidence.declared is not None and places_paid(evidence.declared) > 0
        placed = author_chances(evidence, self._rules) if pays else {}
        return replace(
            market,
            estimator=self.name,
            model=self.model,
            chances=tuple(
                replace(chance, p_place=placed.get(chance.number)) for chance in market.chances
            ),
        )


def author_pool(snapshots: Sequence[Snapshot]) -> Snapshot | None:
    """The snapshot whose odds make the place chances: of most place odds, then of most win odds."""

    def known(snapshot: Snapshot) -> tuple[int, int, int]:
        starters = snapshot.starters()
        places = sum(_place_odds(quote) is not None for quote in starters)
        wins = sum(quote.win is not None for quote in starters)
        liked = snapshot.pool in POOL_PREFERENCE
        return places, wins, -POOL_PREFERENCE.index(snapshot.pool) if liked else -99

    priced = [s for s in snapshots if any(_implied(quote) for quote in s.starters())]
    return max(priced, key=known, default=None)


def author_chances(evidence: Evidence, rules: Gpi51Rules) -> Chances:
    """Place chances by saddle number of the starters that have odds; their sum is at most 1.8.

    0.35·H-30 + 0.65·H-5 where H-30 knows the runner, else H-5 alone; then the adjustments, then
    the sum of before them again.
    """
    now = author_pool(evidence.snapshots)
    if now is None:
        return {}
    then = next((s for s in evidence.earlier if s.pool == now.pool), None)
    p5 = base_chances(now, rules)
    p30 = base_chances(_only(then, set(p5)), rules) if then else {}
    blended = scaled({n: _blend(p, p30.get(n), rules) for n, p in p5.items()}, rules.total)
    drifts = _drifts(now, then, p5, p30) if then else {}
    adjusted = {
        number: p * _factor(evidence, number, drifts.get(number), rules)
        for number, p in blended.items()
    }
    scale = sum(blended.values()) / sum(adjusted.values())
    return {number: _clamped(p * scale, rules) for number, p in adjusted.items()}


def base_chances(snapshot: Snapshot, rules: Gpi51Rules) -> Chances:
    """1/place odds, else 1/win odds, clamped, their sum scaled down to the total if above it."""
    implied = {quote.number: _implied(quote) for quote in snapshot.starters()}
    clamped = {number: _clamped(p, rules) for number, p in implied.items() if p is not None}
    return scaled(clamped, rules.total)


def scaled(chances: Chances, total: float) -> Chances:
    """The chances, brought down to `total` where they sum to more."""
    held = sum(chances.values())
    if held <= total:
        return chances
    return {number: p * total / held for number, p in chances.items()}


def _implied(quote: Quote) -> float | None:
    odds = _place_odds(quote) or quote.win
    return 1.0 / odds if odds is not None and odds > 1.0 else None


def _place_odds(quote: Quote) -> float | None:
    """The middle of the range shown; the one end that is shown where the other is not."""
    ends = [end for end in (quote.place_low, quote.place_high) if end is not None and end > 1.0]
    return sum(ends) / len(ends) if ends else None


def _clamped(p: float, rules: Gpi51Rules) -> float:
    return min(rules.ceiling, max(rules.floor, p))


def _only(snapshot: Snapshot, numbers: set[int]) -> Snapshot:
    """Without those that do not start any more: the same field at both instants, no false drift."""
    return replace(snapshot, quotes=tuple(q for q in snapshot.quotes if q.number in numbers))


def _blend(p5: float, p30: float | None, rules: Gpi51Rules) -> float:
    return p5 if p30 is None else rules.h30_weight * p30 + (1.0 - rules.h30_weight) * p5


def _drifts(now: Snapshot, then: Snapshot, p5: Chances, p30: Chances) -> dict[int, Drift]:
    """How each runner that both snapshots price moved."""
    odds5 = {quote.number: quote.win for quote in now.starters()}
    odds30 = {quote.number: quote.win for quote in then.starters()}
    favourite = max(p30, key=lambda number: (p30[number], -number), default=None)
    return {
        number: Drift(
            p30=p30[number],
            p5=p5[number],
            odds30=odds30.get(number),
            odds5=odds5.get(number),
            was_favourite=number == favourite,
        )
        for number in p5
        if number in p30
    }


def _factor(evidence: Evidence, number: int, drift: Drift | None, rules: Gpi51Rules) -> float:
    stats = evidence.enrichment.of(number) if evidence.enrichment else None
    discipline = evidence.card.discipline if evidence.card else None
    moved = drift_factor(drift, rules) if drift else 1.0
    return moved * (stats_factor(stats, discipline, rules) if stats else 1.0)
