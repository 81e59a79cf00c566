"""The multiplicative adjustments of GPI v5.1; each number of them is given by the rules."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hippique.forecast.enrichment import RunnerStats
from hippique.racing.card import Discipline


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A factor for a share that is high or low: `bonus` from `high` on, `malus` down from `low`."""

    high: float
    bonus: float
    low: float
    malus: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRules:
    """How odds that moved count. on: by our chances, or by the win odds.

    chance_move: least change of the place chance; steam, favourite_drift: factors of a rise, and
    of a fall of H-30's favourite. odds_move: least relative change of the win odds; then
    exp(−k·ln(o5/o30)) within [least, most], k by who moves where: favourite_k for a favourite that
    drifts, outsider_k for a runner of at least outsider_odds that steams, k for the others.
    """

    on: Literal["chance", "odds"]
    chance_move: float
    steam: float
    favourite_drift: float
    odds_move: float
    k: float
    favourite_k: float
    outsider_k: float
    outsider_odds: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpi51Rules:
    """All numbers of the author's place chances. Shares from 0 to 1.

    floor, ceiling: of each chance; total: of their sum. h30_weight: of H-30 in the blend. people:
    factors of jockey_high/trainer_high (from) and jockey_low/trainer_low (below); people_weight:
    how much of them counts in people_weighted. trot_limit_s_km, last_600m_limit_s: times below
    which ×(1 + time_gain·min(share below the limit, time_cap)).
    """

    floor: float
    ceiling: float
    total: float
    h30_weight: float
    jockey_high: float
    trainer_high: float
    jockey_low: float
    trainer_low: float
    people_bonus: float
    people_malus: float
    people_weight: float
    people_weighted: tuple[Discipline, ...]
    recent_places: Step
    career_places: Step
    trot_limit_s_km: float
    last_600m_limit_s: float
    time_gain: float
    time_cap: float
    drift: DriftRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A runner at H-30 and at H-5: place chances before the adjustments, and win odds."""

    p30: float
    p5: float
    odds30: float | None
    odds5: float | None
    was_favourite: bool


def stats_factor(stats: RunnerStats, discipline: Discipline | None, rules: Gpi51Rules) -> float:
    """People, places and best time of one runner; what is not known counts as 1."""
    return (
        _people_factor(stats, discipline, rules)
        * _step_factor(stats.h_place5, rules.recent_places)
        * _step_factor(stats.h_place_career, rules.career_places)
        * _time_factor(stats, discipline, rules)
    )


def _people_factor(stats: RunnerStats, discipline: Discipline | None, rules: Gpi51Rules) -> float:
    is_good = _at_least(stats.j_rate, rules.jockey_high) or _at_least(
        stats.e_rate, rules.trainer_high
    )
    is_bad = _below(stats.j_rate, rules.jockey_low) or _below(stats.e_rate, rules.trainer_low)
    if is_good == is_bad:
        return 1.0
    whole = rules.people_bonus if is_good else rules.people_malus
    weight = rules.people_weight if discipline in rules.people_weighted else 1.0
    return 1.0 + weight * (whole - 1.0)


def _at_least(rate: float | None, least: float) -> bool:
    return rate is not None and rate >= least


def _below(rate: float | None, limit: float) -> bool:
    return rate is not None and rate < limit


def _step_factor(share: float | None, step: Step) -> float:
    if share is None:
        return 1.0
    if share >= step.high:
        return step.bonus
    return step.malus if share <= step.low else 1.0


def _time_factor(stats: RunnerStats, discipline: Discipline | None, rules: Gpi51Rules) -> float:
    if discipline is not None and discipline.is_trot:
        return _gain(stats.record_s, rules.trot_limit_s_km, rules)
    if discipline is Discipline.FLAT:
        return _gain(stats.last_600m_s, rules.last_600m_limit_s, rules)
    return 1.0


def _gain(seconds: float | None, limit: float, rules: Gpi51Rules) -> float:
    if seconds is None:
        return 1.0
    share = min(rules.time_cap, max(0.0, (limit - seconds) / limit))
    return 1.0 + rules.time_gain * share


def drift_factor(drift: Drift, rules: Gpi51Rules) -> float:
    """The move from H-30 to H-5, by the chances or by the win odds, as the rules choose."""
    if rules.drift.on == "chance":
        return _chance_factor(drift, rules.drift)
    return _odds_factor(drift, rules.drift)


def _chance_factor(drift: Drift, rules: DriftRules) -> float:
    move = round(drift.p5 - drift.p30, 12)  # .24 − .20 is .04 to the author, not just below
    if move >= rules.chance_move:
        return rules.steam
    if drift.was_favourite and -move >= rules.chance_move:
        return rules.favourite_drift
    return 1.0


def _odds_factor(drift: Drift, rules: DriftRules) -> float:
    if drift.odds30 is None or drift.odds5 is None:
        return 1.0
    ratio = drift.odds5 / drift.odds30
    if abs(ratio - 1.0) < rules.odds_move:
        return 1.0
    moved = math.exp(-_k(drift, ratio, drift.odds30, rules) * math.log(ratio))
    return min(rules.most, max(rules.least, moved))


def _k(drift: Drift, ratio: float, odds30: float, rules: DriftRules) -> float:
    if drift.was_favourite and ratio > 1.0:
        return rules.favourite_k
    return rules.outsider_k if odds30 >= rules.outsider_odds and ratio < 1.0 else rules.k
