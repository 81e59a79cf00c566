"""When to ask again for an official result: often at first, until 02:00, then each morning."""

from __future__ import annotations

import datetime as dt

from hippique.day.desk import Desk
from hippique.day.outcome import Order
from hippique.day.phases import Phase, not_after
from hippique.day.tasks import Payload, read_payload, task_name
from hippique.ports import NewTask
from hippique.racing.codec import to_json
from hippique.racing.times import paris_at

NIGHT_ENDS = 2  # Paris hour of the day after: no polls from then until the morning
MORNING = 9
MORNINGS = 3
SOON = dt.timedelta(minutes=5)
LATER = dt.timedelta(minutes=15)
SOON_FOR = dt.timedelta(minutes=90)


def next_poll(day: dt.date, off_time: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """The next instant to ask, after `now`; None when three mornings have passed."""
    soon = now + (SOON if now < off_time + SOON_FOR else LATER)
    if soon <= paris_at(day + dt.timedelta(days=1), NIGHT_ENDS):
        return soon
    mornings = (paris_at(day + dt.timedelta(days=n), MORNING) for n in range(1, MORNINGS + 1))
    return next((morning for morning in mornings if morning > now), None)


def last_poll(day: dt.date) -> dt.datetime:
    """The last morning's poll; a race without an official result after it is `failed`."""
    return paris_at(day + dt.timedelta(days=MORNINGS), MORNING)


def queue_next_poll(desk: Desk, order: Order, off_time: dt.datetime) -> bool:
    """Create the task of the next poll; False where one waits already, or none is left to make."""
    due = next_poll(order.race.day, off_time, desk.now())
    if due is None:
        return False
    generation = desk.queue.generation()
    payload = Payload(
        course_url=order.course_url,
        phase=Phase.RESULT,
        date=order.race.day,
        race=str(order.race),
        off=off_time,
        due=due,
        not_after=not_after(Phase.RESULT, off_time),
        generation=generation,
        correlation_id=order.correlation_id,
    )
    new = NewTask(name=task_name(payload), due=due, payload=to_json(payload))
    return not _waits(desk, new.name) and desk.queue.create(new)


def _waits(desk: Desk, name: str) -> bool:
    """Whether a poll of the race lies ahead: a repeated call must not start a second chain."""
    generation = desk.queue.generation()
    return any(
        task.due > desk.now() and read_payload(task).generation == generation
        for task in desk.queue.live(name.rpartition("-")[0])
    )
