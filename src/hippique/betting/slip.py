"""A decision: the tickets to play with their reasons, or the reasons for none. Published JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hippique.racing.codec import from_builtins, from_json, to_builtins, to_pretty_json
from hippique.racing.money import in_cents, in_euros


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One stake on one combination. limit_dividend: below it the bet is no longer wanted."""

    combination: tuple[int, ...]
    stake_cents: int
    limit_dividend: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDividend:
    """Forecast of the closing dividend per 1 €; low and high at 80 %, None where no model says."""

    combination: tuple[int, ...]
    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Bets decided together at one operator. Stakes are multiples of the step, not below min."""

    operator: str
    pool: str
    bet: str
    label: str
    min_cents: int
    step_cents: int
    legs: tuple[Leg, ...]
    expected_dividend: tuple[ExpectedDividend, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ev:
    """Expected profit of the slip in euros; low and high: 95 % of the mean, None if unknown."""

    mean_eur: float
    low_eur: float | None = None
    high_eur: float | None = None
    p_loss_all: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One condition of the policy: its statistic, value and threshold."""

    gate: str
    statistic: str
    value: float | None
    threshold: float | None
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerReading:
    """What a bettor gets of one runner, slip or not. fair = 1/p_win, fair_place = 1/p_place.

    shown: win odds of the bettor's first operator that shows any; shown_by: of each operator.
    closing: operator → the win dividend forecast at the close {mean, low, high, flags}. place:
    operator → the place dividend {shown_low, shown_high, mean, low, high}. limit: bet → the
    dividend from which it would pass alone. best: bet → the operator that is forecast to pay most.
    """

    number: int
    p_win: float
    p_place: float | None = None
    fair: float
    fair_place: float | None = None
    shown: float | None = None
    shown_by: Mapping[str, float] = field(default_factory=dict)
    closing: Mapping[str, Any] = field(default_factory=dict)
    place: Mapping[str, Any] = field(default_factory=dict)
    limit: Mapping[str, float] = field(default_factory=dict)
    best: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Expected loss per euro of playing this bet anyway, as its crowd plays it.

    least_loss_per_eur: that of the combination which costs least, `cheapest`; below 0 it would
    gain, but the best of many estimates is too good. Both None where none is priced by itself.
    """

    operator: str
    bet: str
    loss_per_eur: float
    least_loss_per_eur: float | None = None
    cheapest: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceReading:
    """The reading of a race for a bettor: chances, fair odds, costs, the best refused portfolio."""

    runners: tuple[RunnerReading, ...] = ()
    costs: tuple[Cost, ...] = ()
    study: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a policy says of a race: tickets, or none, with the gates and the reasons."""

    tickets: tuple[Ticket, ...] = ()
    gates: tuple[Gate, ...] = ()
    reasons: tuple[str, ...] = ()
    ev: Ev | None = None
    reading: RaceReading = field(default_factory=RaceReading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A frozen decision with what it was made from. `decision` is "slip" or "no_bet".

    dry: the slip is on trial, not to be played.
    """

    decision: Literal["slip", "no_bet"]
    race: str
    mode: str
    simulated: bool
    policy: str
    policy_hash: str
    estimator: str
    decided_at: datetime
    play_before: datetime | None
    tickets: tuple[Ticket, ...]
    stake_cents: int
    ev: Ev | None
    gates: tuple[Gate, ...]
    reasons: tuple[str, ...]
    counterfactual: Mapping[str, Any] | None
    reading: RaceReading
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    dry: bool = False


def total_stake_cents(tickets: tuple[Ticket, ...]) -> int:
    """The sum of all legs, in cents."""
    return sum(leg.stake_cents for ticket in tickets for leg in ticket.legs)


def decision_document(decision: Decision) -> dict[str, Any]:
    """The published form, amounts in euros under `_eur`."""
    document: dict[str, Any] = in_euros(to_builtins(decision))
    return document


def write_decision(decision: Decision) -> bytes:
    """The bytes of slip.json."""
    return to_pretty_json(decision_document(decision))


def read_decision(content: bytes) -> Decision:
    """Read slip.json. Raises InputError where it is not one."""
    return from_builtins(Decision, in_cents(from_json(dict, content)))
