"""What an operator does to queue and plan over HTTP; each act is an event and a kept record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from hippique.day.addresses import operation_record
from hippique.day.desk import Desk
from hippique.day.service import DayService
from hippique.errors import HippiqueError, NotFound, StoreError
from hippique.ports import QueueOperator
from hippique.racing.codec import to_pretty_json
from hippique.web.auth.roles import Identity
from hippique.web.bodies import read_day


class NothingBody(BaseModel):
    """No body, or an empty object."""

    model_config = ConfigDict(extra="forbid")


class TaskBody(BaseModel):
    """One task of the queue."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=500, description="its name, or `projects/…/NAME`")

    @property
    def short(self) -> str:
        """The task's own name."""
        return self.name.rpartition("/")[2]


class ReplanBody(BaseModel):
    """The day whose sources are looked at again."""

    model_config = ConfigDict(extra="forbid")

    date: str = Field("today", description="`today` (the Paris day) or YYYY-MM-DD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Who did what, and how it ended. at: race time. result: `done`, or the error's class."""

    at: dt.datetime
    who: str
    role: str
    action: str
    target: str | None
    result: str
    correlation_id: str


def install_operations(app: FastAPI, service: DayService, queue: QueueOperator) -> None:
    """Register POST /api/queue/{pause,resume,purge,cancel,run} and POST /api/replan."""
    desk = service.desk

    @app.post("/api/queue/pause", summary="Stop dispatching; tasks can still be created")
    def pause(request: Request, body: NothingBody | None = None) -> dict[str, Any]:
        del body
        return _audited(desk, request, "pause", None, lambda: _set_paused(queue, paused=True))

    @app.post("/api/queue/resume", summary="Dispatch again")
    def resume(request: Request, body: NothingBody | None = None) -> dict[str, Any]:
        del body
        return _audited(desk, request, "resume", None, lambda: _set_paused(queue, paused=False))

    @app.post("/api/queue/purge", summary="Drop all pending tasks; /schedule queues them again")
    def purge(request: Request, body: NothingBody | None = None) -> dict[str, Any]:
        del body

        def act() -> dict[str, Any]:
            dropped = queue.purge()
            return {"dropped": dropped, "generation": desk.queue.generation()}

        return _audited(desk, request, "purge", None, act)

    @app.post("/api/queue/cancel", summary="Cancel one pending task")
    def cancel(request: Request, body: TaskBody) -> dict[str, Any]:
        return _audited(desk, request, "cancel", body.short, lambda: _cancel(desk, body.short))

    @app.post("/api/queue/run", summary="Make one pending task due at once")
    def run(request: Request, body: TaskBody) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            return {"name": body.short, "due": queue.run_now(body.short).due.isoformat()}

        return _audited(desk, request, "run", body.short, act)

    @app.post("/api/replan", summary="Look at the sources again and move what moved")
    def replan(request: Request, body: ReplanBody | None = None) -> dict[str, Any]:
        day = read_day(body.date if body else "today", desk.now())
        return _audited(desk, request, "replan", day.isoformat(), lambda: _replan(service, day))


def _set_paused(queue: QueueOperator, *, paused: bool) -> dict[str, Any]:
    queue.set_paused(paused=paused)
    return {"paused": paused}


def _cancel(desk: Desk, name: str) -> dict[str, Any]:
    if not desk.queue.cancel(name):
        raise NotFound(f"no pending task {name[:100]!r}")
    return {"cancelled": name}


def _replan(service: DayService, day: dt.date) -> dict[str, Any]:
    planned = service.replan(day)
    scheduled = planned.scheduled
    return {
        "date": day.isoformat(),
        "races_count": len(planned.plan.races),
        "tasks_created": scheduled.created if scheduled else 0,
        "tasks_cancelled": scheduled.cancelled if scheduled else 0,
        "degraded": list(planned.plan.degraded),
    }


def _audited(
    desk: Desk, request: Request, action: str, target: str | None, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Act, and keep who did what, also where it failed. Raises what `act` raises."""
    identity: Identity = request.state.identity
    correlation_id = desk.new_id("operator")
    request.state.correlation_id = correlation_id

    def keep(result: str) -> None:
        at, role = desk.now(), identity.role.name.lower()
        told = Operation(
            at=at, who=identity.who, role=role, action=action, target=target, result=result,
            correlation_id=correlation_id,
        )  # fmt: skip
        _keep(desk, told)

    try:
        done = act()
    except HippiqueError as error:
        keep(type(error).__name__)
        raise
    keep("done")
    return {"ok": True, **done, "correlation_id": correlation_id}


def _keep(desk: Desk, told: Operation) -> None:
    fields = {name: getattr(told, name) for name in ("who", "role", "action", "target", "result")}
    desk.journal.event("INFO", "Operator action", correlation_id=told.correlation_id, **fields)
    try:
        address = operation_record(told.at, told.correlation_id)
        desk.archive.create(address, to_pretty_json(told))
    except StoreError as error:  # what was done is done, and the event above tells it
        told_why = f"{type(error).__name__}: {error}"
        desk.journal.event("ERROR", "Operator action not kept", error=told_why)
