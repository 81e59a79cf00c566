"""Queue a plan: one task per race and phase, once; cancel those of moved or cancelled races."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.outcome import Order
from hippique.day.phases import Phase, due_at, not_after
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import decision_of, moves_of_day, outcome_of
from hippique.day.tasks import Payload, day_prefix, read_payload, task_name
from hippique.errors import AlreadyExists
from hippique.ports import NewTask, Task
from hippique.racing.codec import to_json

ALREADY_OFF = "already off"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedRace:
    """One race with a live task; a phase that is past or done has None."""

    race: PlannedRace
    tasks: Mapping[Phase, Task | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A race of the plan that has no task, and why."""

    race: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """What a plan came to in the queue."""

    queued: tuple[QueuedRace, ...]
    skipped: tuple[Skipped, ...]
    created: int
    cancelled: int


def figures_of(plan: Plan, scheduled: Scheduled | None) -> dict[str, object]:
    """What the log says of a plan; zeros where nothing was to be queued."""
    return {
        "date": plan.date.isoformat(),
        "total_races": len(plan.races),
        "queued": len(scheduled.queued) if scheduled else 0,
        "created": scheduled.created if scheduled else 0,
        "cancelled": scheduled.cancelled if scheduled else 0,
        "degraded": list(plan.degraded),
        "disagreements": len(plan.disagreements),
    }


def queue_plan(desk: Desk, plan: Plan, *, may_create: bool = True) -> Scheduled:
    """Create what is missing, cancel what is stale. A second call of the same plan does nothing.

    may_create: False after a purge, which only a call of /schedule undoes.
    """
    cancelled = _cancel_stale(desk, plan)
    generation = desk.queue.generation()  # asked once: with Cloud Tasks each time is a call
    live = _live(desk, plan.date, generation)
    moves = moves_of_day(desk.archive, plan.date)
    queued: list[QueuedRace] = []
    skipped: list[Skipped] = []
    created = 0
    for race in plan.races:
        reason = _not_queued(desk, race, live)
        if reason is not None:
            skipped.append(Skipped(race=race.key, reason=reason))
            if reason != ALREADY_OFF:  # its result is still asked for: the day waits for it
                continue
        tasks, new = (
            _queue_race(desk, race, live, _Mark(moves.get(race.key, 0), generation))
            if may_create
            else (_live_tasks(race, live), 0)
        )
        created += new
        if any(tasks.values()) and reason is None:
            queued.append(QueuedRace(race=race, tasks=tasks))
    return Scheduled(
        queued=tuple(queued), skipped=tuple(skipped), created=created, cancelled=cancelled
    )


Live = dict[tuple[str, str], Task]
Tasks = dict[Phase, Task | None]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells a task's name from those of the same race and phase."""

    moves: int
    generation: int


def _live(desk: Desk, day: dt.date, generation: int) -> Live:
    """The day's live tasks of this generation by race and phase, the earliest of each."""
    found: Live = {}
    for task in desk.queue.live(day_prefix(day)):
        payload = read_payload(task)
        if payload.generation == generation:
            found.setdefault((payload.race, payload.phase), task)
    return found


def _cancel_stale(desk: Desk, plan: Plan) -> int:
    """Cancel tasks made for another off time, or for a race that is no longer to be run.

    The result of a cancelled race stays queued: it returns the stakes.
    """
    offs = {str(race.race): race.off_time for race in plan.races if race.in_scope}
    cancelled_races = {str(race.race) for race in plan.races if race.cancelled}
    count = 0
    for task in desk.queue.live(day_prefix(plan.date)):
        payload = read_payload(task)
        moved = offs.get(payload.race) != payload.off
        dropped = payload.race in cancelled_races and payload.phase != Phase.RESULT
        if moved or dropped:
            count += desk.queue.cancel(task.name)
    return count


def _not_queued(desk: Desk, race: PlannedRace, live: Live) -> str | None:
    if not race.in_scope:
        return "out of scope"
    if race.cancelled and decision_of(desk.archive, race.race) is None:
        return "cancelled"
    if race.off_time is None:
        return "no time"
    if desk.now() >= race.off_time and not _has_begun(desk, race, live):
        return ALREADY_OFF
    return None


def _has_begun(desk: Desk, race: PlannedRace, live: Live) -> bool:
    """Whether a visit before the off was made, or its task still waits for a free worker."""
    visits = (Phase.H30, Phase.H5)
    if any((str(race.race), phase) in live for phase in visits):
        return True
    return any(outcome_of(desk.archive, race.race, phase) for phase in visits)


def _live_tasks(race: PlannedRace, live: Live) -> Tasks:
    return {phase: live.get((str(race.race), phase)) for phase in Phase}


def _queue_race(desk: Desk, race: PlannedRace, live: Live, mark: _Mark) -> tuple[Tasks, int]:
    tasks = _live_tasks(race, live)
    created = 0
    for phase in Phase:
        if tasks[phase] is None and _is_wanted(desk, race, phase):
            tasks[phase] = create_task(desk, _payload(desk, race, phase, mark))
            created += tasks[phase] is not None
    return tasks, created


def _is_wanted(desk: Desk, race: PlannedRace, phase: Phase) -> bool:
    """H30 only before its hour; H5 up to the off; RESULT until it has an outcome."""
    if race.off_time is None or outcome_of(desk.archive, race.race, phase) is not None:
        return False
    if phase is Phase.RESULT:
        return True
    if race.cancelled:
        return False
    last = due_at(phase, race.off_time) if phase is Phase.H30 else race.off_time
    return desk.now() <= last


def _payload(desk: Desk, race: PlannedRace, phase: Phase, mark: _Mark) -> Payload:
    if race.off_time is None:  # _is_wanted has said no before
        raise ValueError(f"{race.key} has no off time")
    return Payload(
        course_url=race.url,
        phase=phase,
        date=race.date,
        race=str(race.race),
        off=race.off_time,
        due=due_at(phase, race.off_time),
        not_after=not_after(phase, race.off_time),
        generation=mark.generation,
        correlation_id=desk.new_id("run"),
        moves=mark.moves,
    )


def create_task(desk: Desk, payload: Payload) -> Task | None:
    """Create the payload's task; None where its name is taken (it ran, or was cancelled)."""
    new = NewTask(name=task_name(payload), due=payload.due, payload=to_json(payload))
    if not desk.queue.create(new):
        return None
    return Task(name=new.name, due=new.due, payload=new.payload, created_at=desk.now())


def queue_again(desk: Desk, order: Order) -> bool:
    """Queue the task of an order that came before its hour once more, for that hour.

    A queue forgets a task that was answered: without another one the decision would never come.
    False where it was queued again before. Raises StoreError: the queue then keeps this one.
    """
    if order.due is None or order.off is None:
        raise ValueError(f"{order.race}: only a task of the queue comes again")
    payload = Payload(
        course_url=order.course_url,
        phase=order.phase,
        date=order.race.day,
        race=str(order.race),
        off=order.off,
        due=order.due,
        not_after=not_after(order.phase, order.off),
        generation=desk.queue.generation() if order.generation is None else order.generation,
        correlation_id=order.correlation_id,
        moves=order.moves,
        again=order.again + 1,
    )
    return create_task(desk, payload) is not None


def note_generation(desk: Desk, day: dt.date) -> None:
    """Keep that the day was queued in the queue's present generation."""
    generation = desk.queue.generation()
    folder = Folder(desk.archive, addresses.queued_folder(day, generation))
    if addresses.MANIFEST in folder.names():
        return
    folder.write_value("queued.json", {"generation": generation, "at": desk.now()})
    with suppress(AlreadyExists):  # of two calls at once the first one's stands
        folder.close(desk.stamp())


def is_purged(desk: Desk, day: dt.date) -> bool:
    """Whether the queue was purged since the day was last queued, by whatever process."""
    noted = desk.archive.folders(addresses.queued_folder(day))
    return bool(noted) and str(desk.queue.generation()) not in noted
