"""The bettor's own limit on what a week may lose: lowered at once, raised from the next Monday.

What is compared with it is the worst that may come: the week's loss, every open slip of the week
lost, and this slip lost too. A week's gains do not make the limit larger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hippique.betting.gate_words import gate_sentence
from hippique.betting.gates import GateRule, judge
from hippique.betting.money_state import MoneyState, week_of
from hippique.betting.slip import Verdict, total_stake_cents
from hippique.racing.times import paris_day

GATE = "week_loss"
MEASURE = "week_loss_eur"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """What the bettor's setting said at an instant. limit_cents: None where it set no limit."""

    limit_cents: int | None
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitInForce:
    """A week's limit, and the higher one that waits: next_cents (None: no limit) from next_from.

    next_from is None where nothing waits.
    """

    limit_cents: int | None = None
    next_cents: int | None = None
    next_from: date | None = None


def limit_in_force(sets: Iterable[LimitSet], day: date, now: datetime) -> LimitInForce:
    """The limit of the week of a race day, as it stands at `now`.

    The least of what was set when the week began and of all that was set since. Weeks begin on
    Monday, in Paris.
    """
    known = sorted((one for one in sets if one.set_at <= now), key=lambda one: one.set_at)
    monday = week_of(day)
    before = [one for one in known if paris_day(one.set_at) < monday]
    since = known[len(before) :]
    limit = least_limit(one.limit_cents for one in (*before[-1:], *since))
    if not since or known[-1].limit_cents == limit:
        return LimitInForce(limit_cents=limit)
    return LimitInForce(
        limit_cents=limit,
        next_cents=known[-1].limit_cents,
        next_from=week_of(paris_day(known[-1].set_at)) + timedelta(days=7),
    )


def least_limit(limits: Iterable[int | None]) -> int | None:
    """The least of some limits, None where none of them is one."""
    return min((cents for cents in limits if cents is not None), default=None)


def week_loss_at_worst_cents(money: MoneyState, stake_cents: int) -> int:
    """The week's loss if all that is open loses, and a slip of this stake too."""
    return money.week_loss_cents + money.week_open_cents + stake_cents


def is_week_spent(money: MoneyState) -> bool:
    """Whether no stake at all is left under the limit."""
    limit = money.week_loss_limit_cents
    return limit is not None and week_loss_at_worst_cents(money, 1) > limit


def loss_limit_rules(money: MoneyState) -> tuple[GateRule, ...]:
    """The gate that the bettor adds to whatever policy decides; none without a limit."""
    if money.week_loss_limit_cents is None:
        return ()
    return (
        GateRule(
            gate=GATE,
            group="money",
            measure=MEASURE,
            compare="<=",
            threshold=money.week_loss_limit_cents / 100,
            note="WEEKLY_LOSS_LIMIT_EUR, the bettor's own",
        ),
    )


def bound_by_loss_limit(verdict: Verdict, money: MoneyState) -> Verdict:
    """A slip that was decided without gates, with this one; no slip where it fails."""
    stake = total_stake_cents(verdict.tickets)
    worst = week_loss_at_worst_cents(money, stake) / 100
    added = tuple(judge(rule, worst) for rule in loss_limit_rules(money) if verdict.tickets)
    gates = (*verdict.gates, *added)
    if all(gate.passed for gate in added):
        return replace(verdict, gates=gates)
    return Verdict(gates=gates, reasons=tuple(map(gate_sentence, added)), reading=verdict.reading)
