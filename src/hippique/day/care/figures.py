"""The figures of the last days: races, success, run times, decisions and money."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hippique.day.care.roi import Roi, ratio_roi
from hippique.day.care.troubles import Kind, lost_visits, troubles_of_day
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.race_day import latest_plan, outcome_of
from hippique.day.status import DayStatus, day_status
from hippique.ports import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimes:
    """Seconds of race time that visits took, from taking up to outcome. p95: nearest rank."""

    runs: int
    mean_s: float
    p95_s: float
    most_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of the days from `first` to `last` that have a plan.

    races_a_day: mean of whole plans; in_scope_a_day: of the races that are analysed. done: visits
    that ended well; failed_attempts: deliveries that were tried again; lost: visits that failed,
    came late or were never made. success_rate: done / (done + failed_attempts), None without any.
    simulated: whether any of it is. run_times: None where nothing was measured, as on a driven
    clock, which stands still.
    """

    first: dt.date | None
    last: dt.date | None
    days: int
    simulated: bool
    races_a_day: float
    in_scope_a_day: float
    done: int
    failed_attempts: int
    lost: int
    success_rate: float | None
    run_times: RunTimes | None
    run_times_by_phase: Mapping[str, RunTimes]
    slips: int
    no_bets: int
    no_bet_reasons: Mapping[str, int]
    staked_cents: int
    returned_cents: int
    roi: Roi | None


@dataclass(frozen=True, slots=True)
class _Day:
    status: DayStatus
    outcomes: tuple[Outcome, ...]
    failed_attempts: int
    lost: int


def figures_of(archive: Archive, days: Sequence[dt.date], now: dt.datetime) -> Figures:
    """Figures of these days. Raises StoreDamaged."""
    told = [day for day in (_read(archive, day, now) for day in days) if day is not None]
    outcomes = [outcome for day in told for outcome in day.outcomes]
    done = [outcome for outcome in outcomes if outcome.status is Status.DONE]
    failed = sum(day.failed_attempts for day in told)
    totals = [day.status.totals for day in told]
    by_phase = {phase.value: run_times([o for o in done if o.phase is phase]) for phase in Phase}
    return Figures(
        first=min((t.date for t in totals), default=None),
        last=max((t.date for t in totals), default=None),
        days=len(told),
        simulated=any(t.simulated for t in totals),
        races_a_day=_mean([len(day.status.plan.races) for day in told]),
        in_scope_a_day=_mean([t.races for t in totals]),
        done=len(done),
        failed_attempts=failed,
        lost=sum(day.lost for day in told),
        success_rate=len(done) / (len(done) + failed) if done or failed else None,
        run_times=run_times(done),
        run_times_by_phase={phase: times for phase, times in by_phase.items() if times},
        slips=sum(t.slips for t in totals),
        no_bets=sum(t.no_bets for t in totals),
        no_bet_reasons=_reasons(told),
        staked_cents=sum(t.staked_cents for t in totals),
        returned_cents=sum(t.returned_cents for t in totals),
        roi=ratio_roi([pair for day in told for pair in _settled(day.status)]),
    )


def _read(archive: Archive, day: dt.date, now: dt.datetime) -> _Day | None:
    plan = latest_plan(archive, day)
    if plan is None:
        return None
    found = [outcome_of(archive, race.race, p) for race in plan.races for p in Phase]
    return _Day(
        status=day_status(archive, plan, now),
        outcomes=tuple(outcome for outcome in found if outcome is not None),
        failed_attempts=sum(one.kind is Kind.ATTEMPT for one in troubles_of_day(archive, day)),
        lost=sum(1 for _ in lost_visits(archive, plan, now)),
    )


def run_times(outcomes: Sequence[Outcome]) -> RunTimes | None:
    """How long these visits took; None where none was measured."""
    taken = sorted(
        (outcome.at - outcome.begun_at).total_seconds()
        for outcome in outcomes
        if outcome.begun_at is not None
    )
    if not taken or taken[-1] <= 0:  # a driven clock stands still
        return None
    rank = math.ceil(0.95 * len(taken)) - 1
    return RunTimes(runs=len(taken), mean_s=_mean(taken), p95_s=taken[rank], most_s=taken[-1])


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _reasons(days: Sequence[_Day]) -> dict[str, int]:
    counted = Counter(
        gate.gate
        for day in days
        for race in day.status.races
        if race.decision is not None and race.decision.decision == "no_bet"
        for gate in race.decision.gates
        if not gate.passed
    )
    return dict(counted.most_common())


def _settled(status: DayStatus) -> list[tuple[int, int]]:
    """(staked, profit) in cents of each slip whose bets are all settled."""
    return [
        (race.settlement.staked_cents, race.settlement.profit_cents)
        for race in status.races
        if race.settlement and race.settlement.complete and race.settlement.staked_cents
    ]
