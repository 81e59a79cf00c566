"""Runbooks of the day's work: no plan, tasks that do not run, a queue that overflows."""

from __future__ import annotations

import datetime as dt

from hippique.day import addresses
from hippique.day.care.evidence import Evidence, QueueView, visit_of
from hippique.day.care.finding import LIKELY, POSSIBLE, SURE, Action, Finding, Runbook, some
from hippique.day.care.machine import ServiceState
from hippique.day.care.thresholds import (
    MANY_OVERDUE,
    OVERDUE_AFTER,
    PLANNED_BY,
    TOO_MANY_OVERDUE,
)
from hippique.day.phases import Phase, due_at
from hippique.day.tasks import local_text
from hippique.ports import TaskState
from hippique.racing.times import paris_at

Told = tuple[str, float, tuple[str, ...]]
"""A cause, how sure it is, and what shows it."""
_START = "start the service (`hippique serve`)"


def schedule_did_not_run(e: Evidence) -> Finding | None:
    """After 09:02 there is no plan of the day, or it is there and its tasks are not."""
    if e.store_fault is not None or not _is_planning_hour(e):
        return None
    if e.plan is not None:
        return _tasks_missing(e)
    cause, confidence, told = _why_no_plan(e)
    return Finding(
        runbook=Runbook.SCHEDULE,
        cause=cause,
        confidence=confidence,
        evidence=(f"no plan of {e.day} at {local_text(e.now)}", *told),
        fix=f"mend the cause, then `hippique schedule {e.day}`; on Google Cloud see that the job "
        "hippique-daily-planning is ENABLED, or make it again "
        "(scripts/create_scheduler_0900.sh)",
        actions=(Action.SCHEDULE,),
    )


def _is_planning_hour(e: Evidence) -> bool:
    """A simulated folder that nobody serves is only looked at: its day does not begin by itself."""
    begins = paris_at(e.day, PLANNED_BY.hour, PLANNED_BY.minute)
    is_run = e.is_live or e.service is not None or e.plan is not None
    return is_run and e.now >= begins and e.seal is None


def _why_no_plan(e: Evidence) -> Told:
    if e.machine.settings_fault is not None:
        return "a setting is bad", SURE, (e.machine.settings_fault,)
    failed = [one for one in e.troubles if one.where.startswith(f"{e.day}/programme")]
    acknowledged = [one for one in failed if "not acknowledged" in one.reason]
    if acknowledged:
        return "the sites' terms are not acknowledged", SURE, some(o.reason for o in acknowledged)
    if failed:
        told = some(f"{one.source}: {one.error}: {one.reason}" for one in reversed(failed))
        return "no source gave a programme", SURE, told
    return _why_not_asked(e.service)


def _why_not_asked(service: ServiceState | None) -> Told:
    if service is None:
        return "no service has run on this folder", SURE, ("no service.json",)
    if not service.answers:
        return "no service was running at 09:00", SURE, (f"{service.url}: {service.error}",)
    stopped = service.failing("calendar")
    if stopped is not None:
        return "the service's calendar has stopped", SURE, (f"calendar: {stopped}",)
    return "the plan was not asked for, or is still being made", POSSIBLE, ()


def _tasks_missing(e: Evidence) -> Finding | None:
    uncovered = _uncovered(e)
    if not uncovered or e.queue is None:
        return None
    purged = e.queue.cancelled
    return Finding(
        runbook=Runbook.SCHEDULE,
        cause="the queue was purged and the day was not scheduled again"
        if purged
        else "the plan's tasks were not queued, or purged elsewhere",
        confidence=SURE if purged else LIKELY,
        evidence=some([*([f"{purged} tasks of the day were cancelled"] if purged else []),
                       *(f"{name}: no task will run it" for name in uncovered)]),
        fix=f"`hippique schedule {e.day}` creates what is missing, nothing twice",
        actions=(Action.SCHEDULE,),
    )  # fmt: skip


def _uncovered(e: Evidence) -> list[str]:
    """H-30 and H-5 that are still ahead and that no live task will run."""
    live = e.queue.live if e.queue else ()
    covered = {visit_of(task) for task in live}
    margin = dt.timedelta(minutes=2)  # of a purge or of a moved race that is being queued again
    return [
        f"{race.key} {phase}"
        for race in (e.plan.queued() if e.plan else ())
        for phase in (Phase.H30, Phase.H5)
        if race.off_time is not None
        and due_at(phase, race.off_time) > e.now + margin
        and addresses.phase_folder(race.race, phase) not in covered
    ]


def tasks_not_executed(e: Evidence) -> Finding | None:
    """Tasks are due and nobody runs them, or nobody will."""
    if e.queue is None:
        return None
    overdue = e.queue.overdue(e.now, OVERDUE_AFTER)
    is_stopped = e.queue.paused and bool(e.queue.live)
    if not overdue and not is_stopped:
        return None
    cause, confidence, actions = _why_not_run(e, e.queue)
    late = f"{len(overdue)} tasks overdue" if overdue else f"{len(e.queue.live)} tasks wait"
    return Finding(
        runbook=Runbook.NOT_EXECUTED,
        cause=cause,
        confidence=confidence,
        evidence=some([f"{late}, queue {'paused' if e.queue.paused else 'running'}",
                       *(f"{task.name}: due {local_text(task.due)}" for task in overdue)]),
        fix="`hippique queue resume` if it was paused"
        if Action.RESUME in actions
        else f"{_START}; on Google Cloud see that the queue exists, that tasks carry this "
        "service's address (SERVICE_URL), and that their account has roles/run.invoker",
        actions=actions,
    )  # fmt: skip


def _why_not_run(e: Evidence, queue: QueueView) -> tuple[str, float, tuple[Action, ...]]:
    if queue.paused:
        return "the queue is paused", SURE, (Action.RESUME,)
    wrong = [t for t in queue.failing if t.last_error and "HTTP 404" in t.last_error]
    if wrong:
        return "tasks go to an address where the service is not", LIKELY, ()
    if e.service is None or not e.service.answers:
        return "nobody dispatches: no service runs", SURE, ()
    stopped = e.service.failing("queue")
    if stopped is not None:
        return f"the dispatcher has stopped ({stopped})", SURE, ()
    leased = sum(task.state is TaskState.LEASED for task in queue.live)
    if leased:
        return f"all workers are busy: {leased} tasks under way", POSSIBLE, ()
    return "the dispatcher does not lease", POSSIBLE, ()


def queue_saturated(e: Evidence) -> Finding | None:
    """More than a hundred tasks are overdue."""
    overdue = e.queue.overdue(e.now, dt.timedelta(0)) if e.queue else ()
    if e.queue is None or len(overdue) <= MANY_OVERDUE:
        return None
    cause, confidence, actions = _why_not_run(e, e.queue)
    level = "an incident" if len(overdue) > TOO_MANY_OVERDUE else "a warning"
    return Finding(
        runbook=Runbook.SATURATED,
        cause=cause,
        confidence=confidence,
        evidence=(
            f"{len(overdue)} tasks overdue: {level} (over {TOO_MANY_OVERDUE} is an incident)",
            f"the oldest since {local_text(min(task.due for task in overdue))}",
        ),
        fix="first resume the queue or start the service; then more resources: "
        "`gcloud tasks queues update --max-concurrent-dispatches`, more CPU, a shorter "
        "TIMEOUT_SECONDS; stale tasks answer late and cost nothing. Only last "
        "`hippique queue purge`, then `hippique schedule`",
        actions=actions,
    )
