"""A gate is a row: a measure, a statistic, a comparison, a threshold. Not known is not passed."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from hippique.betting.gate_measures import MEASURES, Measures, Statistic, known
from hippique.betting.slip import Gate
from hippique.racing.card import Discipline

Group = Literal["data", "ticket1", "ticket2", "slip", "money"]
Compare = Literal[">=", "<=", ">", "<"]
# strict_overround: flat handicaps, and flat races with a big field. high_overround: the overround
# is above what the strict races may have. two_tickets: both tickets stand.
When = Literal["always", "strict_overround", "high_overround", "two_tickets"]
Sentence = Annotated[str, Meta(min_length=1)]
Finite = Annotated[float, Meta(ge=-1e9, le=1e9)]

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_SLACK = 1e-9  # 0.1 + 0.2 is no more than 0.3; far finer than any figure that is measured


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """One condition of a policy. when: it binds only there. note: what of the author it is."""

    gate: Sentence
    group: Group
    measure: str
    compare: Compare
    threshold: Finite
    note: Sentence
    statistic: Statistic = "value"
    when: When = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeRule:
    """One of the conditions of a badge or an alert on screen; it refuses nothing."""

    badge: Literal["green", "value_alert"]
    measure: str
    compare: Compare
    threshold: Finite
    note: Sentence
    statistic: Statistic = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Where the rules with a `when` bind."""

    strict_flat_runners: int
    high_overround_above: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """What the conditions hang on; None where it is not known."""

    discipline: Discipline | None
    is_handicap: bool | None
    runners: int | None
    overround: float | None
    tickets: int = 0


def judge(rule: GateRule, value: float | None) -> Gate:
    """The gate of a rule and a number. None and NaN are not known: not passed."""
    number = None if value is None or math.isnan(value) else value
    return Gate(
        gate=rule.gate,
        statistic=rule.statistic,
        value=number,
        threshold=rule.threshold,
        passed=number is not None and _holds(rule.compare, number, rule.threshold),
    )


def judge_all(
    rules: Iterable[GateRule], measures: Measures, conditions: frozenset[When]
) -> tuple[Gate, ...]:
    """The gates of those rules that bind under these conditions, in the policy's order."""
    return tuple(
        judge(rule, known(measures, rule.measure, rule.statistic))
        for rule in rules
        if rule.when == "always" or rule.when in conditions
    )


def rules_of(rules: Iterable[GateRule], *groups: Group) -> tuple[GateRule, ...]:
    """The rules of these groups, in the policy's order."""
    return tuple(rule for rule in rules if rule.group in groups)


def conditions_met(conditions: Conditions | None, facts: FieldFacts) -> frozenset[When]:
    """What holds of a race. A fact that is not known lets the stricter rule bind."""
    met: set[When] = set()
    if conditions is not None and _is_strict(conditions, facts):
        met.add("strict_overround")
    if conditions is not None and _is_high(conditions, facts):
        met.add("high_overround")
    if facts.tickets > 1:
        met.add("two_tickets")
    return frozenset(met)


def badges(rules: Iterable[BadgeRule], measures: Measures) -> tuple[str, ...]:
    """The badges whose every condition holds, in the policy's order."""
    earned: dict[str, bool] = {}
    for rule in rules:
        value = known(measures, rule.measure, rule.statistic)
        holds = value is not None and _holds(rule.compare, value, rule.threshold)
        earned[rule.badge] = earned.get(rule.badge, True) and holds
    return tuple(badge for badge, holds in earned.items() if holds)


def rule_faults(rules: Iterable[GateRule | BadgeRule]) -> Iterable[str]:
    """A sentence for each rule that names no measure, or asks a plain number for a statistic."""
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        name = rule.gate if isinstance(rule, GateRule) else rule.badge
        place = f"{'gates' if isinstance(rule, GateRule) else 'badges'}[{index}] {name}"
        if rule.measure not in MEASURES:
            yield f"{place}: measure {rule.measure} is unknown; write one of {', '.join(MEASURES)}"
        elif MEASURES[rule.measure].drawn == (rule.statistic == "value"):
            wanted = "mean or q05" if MEASURES[rule.measure].drawn else "value"
            yield f"{place}: statistic {rule.statistic} of {rule.measure}; write {wanted}"
        if isinstance(rule, GateRule) and name in seen:
            yield f"{place}: gate stands twice; give one of them another name"
        seen.add(name)


def _holds(compare: Compare, value: float, threshold: float) -> bool:
    if math.isclose(value, threshold, rel_tol=_SLACK, abs_tol=_SLACK):
        return "=" in compare
    return _COMPARE[compare](value, threshold)


def _is_strict(conditions: Conditions, facts: FieldFacts) -> bool:
    if facts.discipline not in {None, Discipline.FLAT}:
        return False
    if facts.is_handicap is not False or facts.runners is None:
        return True
    return facts.runners >= conditions.strict_flat_runners


def _is_high(conditions: Conditions, facts: FieldFacts) -> bool:
    return facts.overround is None or facts.overround > conditions.high_overround_above
