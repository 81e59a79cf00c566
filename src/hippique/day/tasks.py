"""Names and payloads of the queue's race tasks: `run-20251016-r1c1-h30-<hash>`."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from hippique.day.outcome import Order
from hippique.day.phases import read_phase
from hippique.ports import Task
from hippique.racing.card import RaceId
from hippique.racing.codec import from_json
from hippique.racing.times import paris_time

SAMPLE = "ODDS"
_MARKS = {"H30": "h30", "H5": "h5", "RESULT": "res", SAMPLE: "odds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The body of the POST /run that a task makes.

    off: the off time it was made for. moves: how often the race had moved by then. again: how
    often this very task was run by hand before its hour.
    """

    course_url: str | None
    phase: str
    date: dt.date
    race: str
    off: dt.datetime
    due: dt.datetime
    not_after: dt.datetime
    generation: int
    correlation_id: str
    moves: int = 0
    again: int = 0


def day_prefix(day: dt.date) -> str:
    """What the names of all race tasks of a day begin with."""
    return f"run-{day:%Y%m%d}-"


def task_name(payload: Payload) -> str:
    """The name: race, phase, and a hash of due time, generation and moves.

    A moved race is a new task, also where it moves back to an hour whose name is taken; a task
    that an operator cancelled stays cancelled, because its name does.
    """
    due = payload.due.astimezone(dt.UTC).isoformat()
    made_of = f"{due}|{payload.generation}|{payload.moves}"
    made_of += f"|{payload.again}" if payload.again else ""
    mark = hashlib.sha256(made_of.encode()).hexdigest()[:8]
    race = RaceId.parse(payload.race)
    return f"{day_prefix(race.day)}{str(race.key).lower()}-{_MARKS[payload.phase]}-{mark}"


def race_claim(race: RaceId) -> str:
    """The claim of whoever extends a race's chain."""
    return f"race/{race}"


def read_payload(task: Task) -> Payload:
    """A task's payload. Raises InputError where it is not one of ours."""
    return from_json(Payload, task.payload)


def order_of(payload: Payload) -> Order:
    """The delivery that a payload asks for."""
    return Order(
        race=RaceId.parse(payload.race),
        phase=read_phase(payload.phase),
        correlation_id=payload.correlation_id,
        course_url=payload.course_url,
        due=payload.due,
        off=payload.off,
        generation=payload.generation,
        moves=payload.moves,
        again=payload.again,
    )


def utc_text(instant: dt.datetime) -> str:
    """`2025-10-16 11:45:00 UTC`."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def local_text(instant: dt.datetime) -> str:
    """`14:15`, on Paris clocks."""
    return paris_time(instant).strftime("%H:%M")
