"""Is the race known well enough? The numbers that the data gates look at; None where not known.

Choices where the author is silent: of a kind that is known of a part of the field, the quality
score gives that part of its points; the runners count in full from the gate's own threshold.
"""

from __future__ import annotations

from collections.abc import Sequence

from hippique.betting.gate_measures import Measures
from hippique.betting.policy_file import PolicyFile, QualityWeights, threshold_of
from hippique.betting.situation import Situation, snapshot_of
from hippique.betting.terms import terms_of
from hippique.forecast.closing_price import CROSS_POOL, closing_price
from hippique.forecast.forecaster import Forecast
from hippique.racing.bets import places_paid
from hippique.racing.market import Quote, Snapshot


def data_measures(situation: Situation, policy: PolicyFile, *, is_told: bool) -> Measures:
    """The measures of the group `data`, of the first operator that shows win odds."""
    now = _first_shown(situation)
    then = snapshot_of(situation.earlier, now.pool) if now else None
    values = {
        "runners": float(len(now.starters())) if now else None,
        "same_runners": _same_runners(situation, now),
        "odds_floor": _odds_floor(now),
        "h5_coverage": now.win_coverage() if now else 0.0,
        "drift_coverage": _drift_coverage(now, then),
        "people_coverage": _people_coverage(situation),
        "odds_age_min": _odds_age_min(situation, now, policy),
        "enrichment_present": 0.0 if situation.enrichment is None else 1.0,
        "overround": _overround(now),
        "top4_spread": _top4_spread(now),
        "closing_model": _closing_model(now, is_told=is_told),
    }
    quality = policy.quality
    score = _quality(situation, now, then, policy, quality) if quality else None
    return {name: {"value": value} for name, value in {**values, "quality_score": score}.items()}


def place_overround(quotes: Sequence[Quote], places: int) -> float | None:
    """Σ 1/(middle of the place odds) per place paid; None unless every starter has them."""
    middles = [middle_place_odds(quote) for quote in quotes]
    known = [one for one in middles if one is not None]
    if not places or not known or len(known) < len(middles):
        return None
    return sum(1.0 / one for one in known) / places


def middle_place_odds(quote: Quote) -> float | None:
    """The middle of the range shown, the one end shown where the other is not."""
    ends = [end for end in (quote.place_low, quote.place_high) if end is not None]
    return sum(ends) / len(ends) if ends else None


def _first_shown(situation: Situation) -> Snapshot | None:
    pools = (terms_of(name, "win", situation.day).pool for name in situation.operators)
    found = (snapshot_of(situation.snapshots, pool) for pool in pools)
    return next((snapshot for snapshot in found if snapshot is not None), None)


def _same_runners(situation: Situation, now: Snapshot | None) -> float | None:
    """A horse that is gone must be a declared withdrawal; none may be new."""
    if now is None:
        return None
    then = next((s for s in situation.earlier if s.pool == now.pool), None)
    if then is None:
        return None
    before = {quote.number for quote in then.starters()}
    starting = {quote.number for quote in now.starters()}
    withdrawn = {quote.number for quote in now.quotes if quote.non_runner}
    withdrawn |= {runner.number for runner in situation.runners_card if runner.non_runner}
    return 1.0 if starting <= before and before - starting <= withdrawn else 0.0


def _odds_floor(now: Snapshot | None) -> float | None:
    if now is None:
        return None
    shown = [odds for quote in now.starters() for odds in (quote.win, quote.place_low)]
    return min((odds for odds in shown if odds is not None), default=None)


def _drift_coverage(now: Snapshot | None, then: Snapshot | None) -> float:
    if now is None or then is None or not now.starters():
        return 0.0
    before = {quote.number for quote in then.starters() if quote.win is not None}
    starters = now.starters()
    return sum(q.win is not None and q.number in before for q in starters) / len(starters)


def _people_coverage(situation: Situation) -> float | None:
    return situation.enrichment.coverage.people if situation.enrichment else None


def _odds_age_min(situation: Situation, now: Snapshot | None, policy: PolicyFile) -> float | None:
    """By the pool's own stamp, else by the fetch; in history a fixed number of the policy."""
    if now is None:
        return None
    if situation.decided_at is None:
        return policy.data.history_odds_age_min if policy.data else None
    seen_at = now.stamp or now.taken_at
    return round((situation.decided_at - seen_at).total_seconds() / 60.0, 2)


def _overround(now: Snapshot | None) -> float | None:
    odds = _win_odds(now)
    return sum(1.0 / one for one in odds) if odds else None


def _top4_spread(now: Snapshot | None) -> float | None:
    """The win pool's first implied chance minus its fourth, takeout removed."""
    odds = _win_odds(now)
    if len(odds) < 4:  # noqa: PLR2004  there is no fourth
        return None
    implied = sorted((1.0 / one for one in odds), reverse=True)
    return (implied[0] - implied[3]) / sum(implied)


def _win_odds(now: Snapshot | None) -> list[float]:
    """The win odds of a complete pool, else none."""
    if now is None:
        return []
    odds = [quote.win for quote in now.starters() if quote.win is not None and quote.win > 1.0]
    return odds if len(odds) == len(now.starters()) else []


def _closing_model(now: Snapshot | None, *, is_told: bool) -> float | None:
    """1: the operator's pool has a closing model of its own, or the chances were told."""
    if now is None:
        return None
    price = closing_price(2.0, now.pool, 0.0)
    has_own = price is not None and CROSS_POOL not in price.flags
    return 1.0 if is_told or has_own else 0.0


def _quality(
    situation: Situation,
    now: Snapshot | None,
    then: Snapshot | None,
    policy: PolicyFile,
    weights: QualityWeights,
) -> float:
    coverage = situation.enrichment.coverage if situation.enrichment else None
    least = threshold_of(policy, "runners") or 0.0
    starters = now.starters() if now else ()
    score = (
        weights.h30_odds * (then.win_coverage() if then else 0.0)
        + weights.h5_odds * (now.win_coverage() if now else 0.0)
        + weights.drift * _drift_coverage(now, then)
        + weights.times * (coverage.times if coverage else 0.0)
        + weights.people * (coverage.people if coverage else 0.0)
        + weights.count * (1.0 if len(starters) >= max(least, 1.0) else 0.0)
    )
    seen = _per_place(situation, starters)
    if seen is not None and not weights.overround_low <= seen <= weights.overround_high:
        score = min(score, weights.cap) - weights.overround_penalty
    return round(max(0.0, min(score, weights.cap)), 2)


def _per_place(situation: Situation, starters: Sequence[Quote]) -> float | None:
    """Of the place pool, else of the win pool, which pays one."""
    places = places_paid(situation.declared) if situation.declared is not None else 0
    found = place_overround(starters, min(places, len(starters)))
    if found is not None:
        return found
    made = situation.forecast
    return made.book_sum if isinstance(made, Forecast) else None
