"""The 09:15 check: did the plan run, are the tasks there, did every source answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hippique.day.phases import Phase, due_at
from hippique.day.plan import Plan
from hippique.day.race_day import latest_plan, outcome_of
from hippique.day.tasks import day_prefix, read_payload
from hippique.ports import Archive, TaskQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningCheck:
    """What a person wants to know at 09:15. findings: one sentence each, empty when all is well."""

    date: dt.date
    made_at: dt.datetime | None
    races: int
    queued: int
    live_tasks: int
    findings: tuple[str, ...]


def check_morning(
    archive: Archive, queue: TaskQueue, day: dt.date, now: dt.datetime
) -> MorningCheck:
    """Check a day's plan against the queue."""
    plan = latest_plan(archive, day)
    if plan is None:
        return MorningCheck(
            date=day, made_at=None, races=0, queued=0, live_tasks=0,
            findings=(f"no plan of {day}: run `hippique schedule {day}`",),
        )  # fmt: skip
    tasks = queue.live(day_prefix(day))
    covered = {(read_payload(task).race, read_payload(task).phase) for task in tasks}
    findings = [f"{name} gave no programme: the plan is degraded" for name in plan.degraded]
    findings += _uncovered(archive, plan, covered, now)
    return MorningCheck(
        date=day,
        made_at=plan.made_at,
        races=len(plan.races),
        queued=len(plan.queued()),
        live_tasks=len(tasks),
        findings=tuple(findings),
    )


def _uncovered(
    archive: Archive, plan: Plan, covered: set[tuple[str, str]], now: dt.datetime
) -> list[str]:
    """Phases ahead of a race in scope that no task will run."""
    return [
        f"{race.key} {phase}: no task will run it; run `hippique schedule {plan.date}`"
        for race in plan.queued()
        for phase in (Phase.H30, Phase.H5)
        if race.off_time is not None
        and due_at(phase, race.off_time) > now
        and (str(race.race), phase) not in covered
        and outcome_of(archive, race.race, phase) is None
    ]
