"""Everything that the runbooks judge by, gathered once into one frozen value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hippique.day import addresses
from hippique.day.capture import Failure, KeptPage
from hippique.day.care.instant import newest_stamp
from hippique.day.care.machine import Machine, ServiceState
from hippique.day.care.thresholds import MASS_FAILURE_WINDOW
from hippique.day.care.troubles import Kind, Trouble, troubles_between
from hippique.day.close import seal_of
from hippique.day.manifest import Seal
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.plan import Plan
from hippique.day.race_day import latest_plan, load, newest_day, outcome_of, snapshots_of
from hippique.day.tasks import day_prefix
from hippique.errors import InputError, StoreError
from hippique.ports import Archive, QueueOperator, Task, TaskQueue, TaskState
from hippique.racing.card import RaceId, RaceKey

_PAGE_OF_TASKS = 1000
SEALS_LOOKED_FOR = 14
_WAITING = ("a look; it comes back", "another worker is at")
"""Words of tasks that come back as they should."""


class Queue(TaskQueue, QueueOperator, Protocol):
    """Both sides of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The queue at one instant. cancelled: of the day; failing: live or ended, with an error."""

    live: tuple[Task, ...] = ()
    failing: tuple[Task, ...] = ()
    cancelled: int = 0
    paused: bool = False

    def overdue(self, now: dt.datetime, after: dt.timedelta) -> tuple[Task, ...]:
        """Pending tasks whose due time lies further back than `after`."""
        return tuple(t for t in self.live if t.state is TaskState.PENDING and t.due < now - after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A folder, its queue, its service and its machine at one instant of race time.

    is_live: real days, which a service must run; others are only looked at where one does.
    troubles: of the last 24 hours. read_well: source → when a page of it was last read. done:
    visits that ended well in the window of a mass failure. newest: last instant that the archive
    tells of. ahead_s: how far a pool's own stamp lay past our clock, at most, seconds.
    store_fault: why the archive or the queue could not be read.
    """

    now: dt.datetime
    day: dt.date
    is_live: bool
    plan: Plan | None = None
    seal: Seal | None = None
    last_seal: Seal | None = None
    troubles: tuple[Trouble, ...] = ()
    read_well: Mapping[str, dt.datetime] = field(default_factory=dict)
    done: int = 0
    newest: dt.datetime | None = None
    ahead_s: float | None = None
    queue: QueueView | None = None
    machine: Machine = field(default_factory=Machine)
    service: ServiceState | None = None
    store_fault: str | None = None

    @property
    def is_owed(self) -> bool:
        """Whether the day still has work for a service."""
        is_open = self.plan is not None and self.seal is None
        return self.is_live or is_open or bool(self.queue and self.queue.live)

    def recent(self, window: dt.timedelta) -> tuple[Trouble, ...]:
        """Troubles of the last while."""
        return tuple(one for one in self.troubles if one.at > self.now - window)

    def unmended(self, window: dt.timedelta) -> tuple[Trouble, ...]:
        """Pages that failed lately, and whose source has given none that could be read since."""
        return tuple(
            one
            for one in self.recent(window)
            if one.kind is Kind.PAGE
            and not (one.source and self.read_well.get(one.source, one.at) > one.at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is known before the archive is opened."""

    now: dt.datetime
    day: dt.date
    is_live: bool
    machine: Machine
    service: ServiceState | None


def gather(archive: Archive, queue: Queue | None, frame: Frame) -> Evidence:
    """Read everything once. A store that cannot be read is evidence too, not an error."""
    bare = Evidence(
        now=frame.now, day=frame.day, is_live=frame.is_live, machine=frame.machine,
        service=frame.service,
    )  # fmt: skip
    try:
        return _with_day(bare, archive, _view(queue, frame) if queue else None)
    except StoreError as error:
        return unreadable(frame, error)


def unreadable(frame: Frame, error: StoreError) -> Evidence:
    """The evidence where the archive or the queue cannot be read."""
    return Evidence(
        now=frame.now, day=frame.day, is_live=frame.is_live, machine=frame.machine,
        service=frame.service, store_fault=f"{type(error).__name__}: {error}",
    )  # fmt: skip


def _with_day(bare: Evidence, archive: Archive, queue: QueueView | None) -> Evidence:
    now, day = bare.now, bare.day
    troubles = troubles_between(archive, now - dt.timedelta(hours=24), now)
    earlier = newest_day(archive)
    return Evidence(
        now=now,
        day=day,
        is_live=bare.is_live,
        plan=latest_plan(archive, day),
        seal=seal_of(archive, day),
        last_seal=_last_seal(archive),
        troubles=(*troubles, *_of_tasks(queue, troubles, now)),
        read_well=_read_well(archive, earlier) if earlier else {},
        done=_done_since(archive, day, now - MASS_FAILURE_WINDOW),
        newest=newest_stamp(archive, earlier) if earlier else None,
        ahead_s=_ahead_s(archive, earlier) if earlier else None,
        queue=queue,
        machine=bare.machine,
        service=bare.service,
    )


def _view(queue: Queue, frame: Frame) -> QueueView:
    failed = queue.tasks(state=TaskState.FAILED, limit=_PAGE_OF_TASKS)
    cancelled = queue.tasks(state=TaskState.CANCELLED, limit=_PAGE_OF_TASKS)
    live = queue.live()
    return QueueView(
        live=live,
        failing=tuple(task for task in (*live, *failed) if _is_failing(task)),
        cancelled=sum(task.name.startswith(day_prefix(frame.day)) for task in cancelled),
        paused=queue.stats().paused,
    )


def _is_failing(task: Task) -> bool:
    return task.last_error is not None and not any(word in task.last_error for word in _WAITING)


def _of_tasks(
    queue: QueueView | None, known: tuple[Trouble, ...], now: dt.datetime
) -> Iterator[Trouble]:
    """Errors that the queue alone knows: bugs and stores that could keep no record of theirs."""
    told = {one.where for one in known if one.kind is Kind.ATTEMPT}
    for task in queue.failing if queue else ():
        where = visit_of(task)
        if where not in told and task.last_error is not None:
            error, _, reason = task.last_error.partition(": ")
            yield Trouble(
                at=min(task.due, now), kind=Kind.ATTEMPT, where=where, error=error, reason=reason
            )


def visit_of(task: Task) -> str:
    """`DAY/RACE/PHASE` out of `run-20260607-r1c1-h30-0a1b2c3d`; the name where it is another's."""
    parts = task.name.split("-")
    phases = {"h30": Phase.H30, "h5": Phase.H5, "res": Phase.RESULT}
    try:
        day = dt.datetime.strptime(parts[1], "%Y%m%d").date()  # noqa: DTZ007  a date, no instant
        return f"{RaceId(day, RaceKey.parse(parts[2]))}/{phases[parts[3]]}"
    except (IndexError, ValueError, KeyError, InputError):
        return task.name


def _last_seal(archive: Archive) -> Seal | None:
    """The seal of the newest closed day among the last ones."""
    days = [day for day in reversed(archive.folders()) if _is_day(day)][:SEALS_LOOKED_FOR]
    seals = (load(archive, Seal, f"{day}/close/{addresses.SEAL}") for day in days)
    return next((seal for seal in seals if seal is not None), None)


def _is_day(name: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", name) is not None


@dataclass(frozen=True, slots=True)
class _Index:
    pages: tuple[KeptPage, ...] = ()
    failures: tuple[Failure, ...] = ()


def _read_well(archive: Archive, day: dt.date) -> dict[str, dt.datetime]:
    """Source → when its newest page that could be read was taken."""
    found: dict[str, dt.datetime] = {}
    for address in archive.addresses(addresses.day_folder(day)):
        index = load(archive, _Index, address) if address.endswith(f"/{addresses.PAGES}") else None
        unread = {failure.file for failure in index.failures} if index else set()
        for page in index.pages if index else ():
            if page.file not in unread:
                found[page.source] = max(page.taken_at, found.get(page.source, page.taken_at))
    return found


def _done_since(archive: Archive, day: dt.date, since: dt.datetime) -> int:
    plan = latest_plan(archive, day)
    outcomes = [
        outcome_of(archive, r.race, p) for r in (plan.queued() if plan else ()) for p in Phase
    ]
    return sum(o is not None and o.status is Status.DONE and o.at > since for o in outcomes)


def _ahead_s(archive: Archive, day: dt.date) -> float | None:
    """How far the pools' own stamps lie past our instants, at most, in the day's snapshots."""
    plan = latest_plan(archive, day)
    taken = [
        snapshot
        for race in (plan.queued() if plan else ())
        for phase in (Phase.H30, Phase.H5)
        if (kept := snapshots_of(archive, race.race, phase))
        for snapshot in kept.snapshots
    ]
    ahead = [(one.stamp - one.taken_at).total_seconds() for one in taken if one.stamp]
    return max(ahead, default=None)
