"""Bodies of the two POST doors, and the replies in the shapes of the seed."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase, due_at
from hippique.day.schedule import QueuedRace
from hippique.day.service import DayPlanned
from hippique.day.tasks import local_text, utc_text
from hippique.errors import BadDate
from hippique.racing.times import paris_day

TODAY = "today"
YEARS = range(1990, 2100)  # a day outside has no race, and no room left in the calendar


class ScheduleBody(BaseModel):
    """POST /schedule: the day to plan, and whether to queue it."""

    model_config = ConfigDict(extra="forbid")

    date: str = Field(TODAY, description="`today` (the Paris day) or YYYY-MM-DD")
    mode: Literal["tasks", "plan"] = Field("tasks", description="`plan` queues nothing")


class RunBody(BaseModel):
    """POST /run: one phase of one race. The last fields come with the queue's own tasks."""

    model_config = ConfigDict(extra="forbid")

    course_url: str | None = Field(description="the race's page at one of the sites")
    phase: str = Field(description="H30, H5 or RESULT (H-30, h5 … too)")
    date: str | None = Field(None, description="`today` or YYYY-MM-DD; must match the address")
    race: str | None = Field(None, description="set by the queue: 2025-06-01/R1C3")
    due: AwareDatetime | None = None
    off: AwareDatetime | None = None
    not_after: AwareDatetime | None = None
    generation: int | None = None
    moves: int = 0
    again: int = Field(0, ge=0, le=1000)
    correlation_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_.:-]{1,100}$")


def read_day(text: str, now: dt.datetime) -> dt.date:
    """Read "today" or YYYY-MM-DD. Raises BadDate."""
    if text == TODAY:
        return paris_day(now)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or day.year not in YEARS:
        raise BadDate(f"{text[:40]!r} is not a day; write today or YYYY-MM-DD", field="date")
    return day


def schedule_reply(planned: DayPlanned, queue_path: str, plan_path: str) -> dict[str, Any]:
    """The reply of POST /schedule. tasks_scheduled counts races that have a live task."""
    plan, scheduled = planned.plan, planned.scheduled
    tasks = [_task_row(row, queue_path) for row in scheduled.queued] if scheduled else []
    skipped = scheduled.skipped if scheduled else ()
    return {
        "ok": True,
        "correlation_id": planned.correlation_id,
        "date": plan.date.isoformat(),
        "simulated": plan.simulated,
        "plan_path": plan_path,
        "races_count": len(plan.races),
        "tasks_scheduled": len(tasks),
        "tasks_created": scheduled.created if scheduled else 0,
        "tasks_cancelled": scheduled.cancelled if scheduled else 0,
        "tasks": tasks,
        "skipped": [{"race": one.race, "reason": one.reason} for one in skipped],
        "degraded": list(plan.degraded),
        "sources": {report.source: report.races for report in plan.sources},
    }


def _task_row(row: QueuedRace, queue_path: str) -> dict[str, Any]:
    off = row.race.off_time
    reply: dict[str, Any] = {
        "race": row.race.key,
        "meeting": row.race.meeting,
        "time_local": local_text(off) if off else None,
    }
    for phase, name in ((Phase.H30, "h30"), (Phase.H5, "h5"), (Phase.RESULT, "result")):
        task = row.tasks.get(phase)
        first_due = due_at(phase, off) if off and phase is not Phase.RESULT else None
        due = first_due or (task.due if task else None)
        reply[f"{name}_task"] = f"{queue_path}/{task.name}" if task else None
        reply[f"{name}_time_utc"] = utc_text(due) if task and due else None
    return reply


def run_reply(outcome: Outcome, duration_s: float) -> dict[str, Any]:
    """The reply of POST /run. `skipped` says why nothing was done, where nothing was."""
    reply: dict[str, Any] = {
        "ok": True,
        "phase": outcome.phase,
        "race": outcome.race,
        "correlation_id": outcome.correlation_id,
        "returncode": 0,
        "status": outcome.status,
        "artifacts": list(outcome.artifacts),
        "decision": outcome.decision,
        "reasons": list(outcome.reasons),
        "stdout_tail": f"{outcome.race} {outcome.phase}: {outcome.status}",
        "stderr_tail": "",
        "duration_s": round(duration_s, 3),
    }
    if outcome.status not in {Status.DONE, Status.LOOK}:
        reply["skipped"] = str(outcome.status)
    return reply
