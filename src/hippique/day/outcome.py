"""What became of a task: stored once per phase, answered to every later delivery."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from hippique.day.phases import Phase
from hippique.racing.card import RaceId


class Status(StrEnum):
    """DONE is final; so are LATE and FAILED. The others are answers to one delivery only."""

    DONE = "done"
    LATE = "late"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PENDING = "pending"  # not official yet, polled again
    SUPERSEDED = "superseded"  # of a purged generation or a moved race
    LOOK = "look"  # an operator's look before the due time


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one delivery. artifacts: addresses in the archive.

    begun_at, at: race time of its begin and its end; on a driven clock, which stands still, the
    same instant. None where an older version wrote it.
    """

    race: str
    phase: Phase
    status: Status
    correlation_id: str
    at: dt.datetime
    decision: str | None = None
    reasons: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    begun_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One delivery: a task of the queue (due is set) or an operator's call (due is None).

    off: the off time that the task was made for; generation: the queue's when it was made. moves,
    again: see Payload.
    """

    race: RaceId
    phase: Phase
    correlation_id: str
    course_url: str | None = None
    due: dt.datetime | None = None
    off: dt.datetime | None = None
    generation: int | None = None
    moves: int = 0
    again: int = 0
