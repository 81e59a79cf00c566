"""A policy as data: thresholds, caps and weights of a TOML file, read strictly, with their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from hippique.betting.gates import BadgeRule, Conditions, GateRule, rule_faults
from hippique.betting.strict_file import packaged_names, packaged_text, read_strict
from hippique.betting.terms import FILE as TERMS_FILE
from hippique.betting.terms import terms_in_force
from hippique.errors import SettingsError
from hippique.forecast.form_scores import FormRules, ProfileRules
from hippique.forecast.gpi51_factors import Gpi51Rules
from hippique.racing.bets import CATALOGUE
from hippique.racing.codec import to_json

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Euros = Annotated[float, Meta(gt=0.0, le=10_000.0)]
Count = Annotated[int, Meta(ge=0, le=100)]
Odds = Annotated[float, Meta(gt=1.0)]
Points = Annotated[float, Meta(ge=0.0, le=100.0)]
Words = Annotated[str, Meta(min_length=1)]
MOST_TICKETS = 2  # under every policy
Tickets = Annotated[int, Meta(ge=1, le=MOST_TICKETS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What a slip may cost. bankroll_eur: unless the bettor sets his; kelly_fraction: of it.

    horse_share: most of the budget on one horse, a ticket counting fully for each of its horses.
    ticket1_share, ticket2_share: most of the budget on each where both stand; one alone may take
    it all.
    """

    budget_eur: Euros
    max_tickets: Tickets
    horse_share: Share
    bankroll_eur: Euros
    kelly_fraction: Share
    ticket1_share: Share = 1.0
    ticket2_share: Share = 1.0

    @property
    def budget_cents(self) -> int:
        """The most that a slip may stake."""
        return round(self.budget_eur * 100)

    def cents_of(self, share: float) -> int:
        """A share of the budget, whole cents, rounded down."""
        return int(self.budget_cents * share + 1e-6)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRules:
    """enrichment_retries: further visits before a race is given up.

    history_odds_age_min: the age of a quote in history, whose stamps are not a live day's.
    """

    enrichment_retries: Count
    history_odds_age_min: Annotated[float, Meta(ge=0.0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket1Rules:
    """Dutching: one bet on each of a few horses. Odds: the middle of the range shown."""

    bet: str
    min_legs: Annotated[int, Meta(ge=1, le=5)]
    max_legs: Annotated[int, Meta(ge=1, le=5)]
    odds_low: Odds
    odds_high: Odds
    strong_odds_from: Odds


@dataclass(frozen=True, slots=True, kw_only=True)
class ComboRule:
    """A bet that ticket 2 may be, in fields of at least so many starters."""

    bet: str
    min_runners: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket2Rules:
    """One combination beside ticket 1. forgotten_in: bets that a forgotten profile must be in."""

    bets: tuple[ComboRule, ...]
    forgotten_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRules:
    """The portfolio of the greatest expected growth among these bets."""

    bets: tuple[ComboRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouriteRules:
    """One bet on the market's favourite, of the operator's least stake where that is more."""

    bet: str
    stake_eur: Euros


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingRules:
    """told: estimators whose chances were told, by a simulation.

    Late money teaches them nothing, and they need no closing model of the pool that they play:
    told_late_share of the gap between ln share and ln chance is closed after H-5, and told_late_sd
    of ln share is left open.
    """

    told: tuple[str, ...] = ()
    told_late_share: Share = 0.0
    told_late_sd: Share = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityWeights:
    """Points of the quality score, whose sum is capped. overround_*: per place paid."""

    h30_odds: Points
    h5_odds: Points
    drift: Points
    times: Points
    people: Points
    count: Points
    cap: Points
    overround_penalty: Points
    overround_low: float
    overround_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuinRules:
    """exp(−2·EV·B/σ²) above daily_above: the Kelly fraction × kelly_factor, not below the floor.

    kelly_floor: least share of the Kelly fraction that is left.
    """

    daily_above: Share
    kelly_factor: Share
    kelly_floor: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A policy. method: which of ticket1 (with ticket2), growth, favourite makes the slip."""

    name: Words
    version: Words
    method: Literal["tickets", "growth", "favourite"]
    caps: Caps
    gates: tuple[GateRule, ...] = ()
    badges: tuple[BadgeRule, ...] = ()
    conditions: Conditions | None = None
    data: DataRules | None = None
    ticket1: Ticket1Rules | None = None
    ticket2: Ticket2Rules | None = None
    growth: GrowthRules | None = None
    favourite: FavouriteRules | None = None
    pricing: PricingRules | None = None
    quality: QualityWeights | None = None
    form: FormRules | None = None
    profiles: ProfileRules | None = None
    ruin: RuinRules | None = None
    gpi51: Gpi51Rules | None = None


def policy_names() -> tuple[str, ...]:
    """The packaged policies."""
    found = (name.removesuffix(".toml") for name in packaged_names() if name != TERMS_FILE)
    return tuple(found)


def packaged_policy(name: str) -> PolicyFile:
    """A packaged policy. Raises SettingsError that names those there are."""
    if name not in policy_names():
        known = ", ".join(policy_names())
        raise SettingsError(f"POLICY: {name!r} is unknown; write one of {known}, or give a file")
    return read_policy(packaged_text(f"{name}.toml"), f"{name}.toml")


def read_policy(text: str, name: str) -> PolicyFile:
    """A policy from TOML. Raises SettingsError that names the file, the key and the mend."""
    policy = read_strict(PolicyFile, text, name)
    for fault in _faults(policy):
        raise SettingsError(f"{name}: {fault}")
    return policy


def policy_hash(policy: PolicyFile, day: date) -> str:
    """16 hex digits of the policy and the terms in force: other ones could give another slip."""
    content = to_json([policy, terms_in_force(day)])
    return hashlib.sha256(content).hexdigest()[:16]


def threshold_of(policy: PolicyFile, gate: str) -> float | None:
    """The threshold of a gate, None where the policy has no such gate."""
    return next((rule.threshold for rule in policy.gates if rule.gate == gate), None)


def bets_wanted(policy: PolicyFile) -> tuple[str, ...]:
    """Every bet that the policy may put on a slip, in its own order."""
    single = [rules.bet for rules in (policy.ticket1, policy.favourite) if rules is not None]
    listed = [rules.bets for rules in (policy.ticket2, policy.growth) if rules is not None]
    return tuple(dict.fromkeys([*single, *(combo.bet for rows in listed for combo in rows)]))


def _faults(policy: PolicyFile) -> Iterator[str]:
    section = {"tickets": "ticket1", "growth": "growth", "favourite": "favourite"}[policy.method]
    if getattr(policy, section) is None:
        yield f"{section} is missing; method {policy.method} needs it"
    yield from rule_faults(policy.gates)
    yield from rule_faults(policy.badges)
    yield from _bet_faults(policy)
    yield from _order_faults(policy)
    yield from _condition_faults(policy)
    yield from _disagreements(policy)


def _bet_faults(policy: PolicyFile) -> Iterator[str]:
    forgotten = policy.ticket2.forgotten_in if policy.ticket2 else ()
    for bet in (*bets_wanted(policy), *forgotten):
        if bet not in CATALOGUE:
            yield f"bet {bet} is unknown; write one of {', '.join(CATALOGUE)}"


def _order_faults(policy: PolicyFile) -> Iterator[str]:
    first, quality = policy.ticket1, policy.quality
    if first and first.min_legs > first.max_legs:
        yield "ticket1.min_legs is above ticket1.max_legs; exchange them"
    if first and not first.odds_low <= first.strong_odds_from <= first.odds_high:
        yield "ticket1.strong_odds_from is outside odds_low to odds_high; move it inside"
    if quality and quality.overround_low >= quality.overround_high:
        yield "quality.overround_low is not below quality.overround_high; exchange them"


def _condition_faults(policy: PolicyFile) -> Iterator[str]:
    for rule in policy.gates:
        if rule.when in {"strict_overround", "high_overround"} and policy.conditions is None:
            yield f"conditions is missing; the gate {rule.gate} binds only when {rule.when}"


def _disagreements(policy: PolicyFile) -> Iterator[str]:
    """Numbers that the search takes from a section and a gate tests again must be the same."""
    caps, first = policy.caps, policy.ticket1
    twins = {
        "stake": ("caps.budget_eur", caps.budget_eur),
        "tickets": ("caps.max_tickets", caps.max_tickets),
        "horse_stake": ("caps.horse_share of the budget", caps.horse_share * caps.budget_eur),
        "ticket1_stake": ("caps.ticket1_share of it", caps.ticket1_share * caps.budget_eur),
        "ticket2_stake": ("caps.ticket2_share of it", caps.ticket2_share * caps.budget_eur),
    }
    if first is not None:
        twins |= {
            "least_legs": ("ticket1.min_legs", first.min_legs),
            "most_legs": ("ticket1.max_legs", first.max_legs),
            "place_odds_low": ("ticket1.odds_low", first.odds_low),
            "place_odds_high": ("ticket1.odds_high", first.odds_high),
            "place_odds_best": ("ticket1.strong_odds_from", first.strong_odds_from),
        }
    for gate, (key, value) in twins.items():
        threshold = threshold_of(policy, gate)
        if threshold is not None and abs(threshold - value) > 1e-9:  # noqa: PLR2004  binary noise
            yield f"{key} is {value:g} and the gate {gate} has {threshold:g}; write one number"
