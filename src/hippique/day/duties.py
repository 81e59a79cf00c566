"""The recurring duties of a day and when they are due, as a calendar beside the queue.

08:45 prepare, 09:00 plan, every five minutes until 01:00 a tick (re-plan, sample), and from 20:00
each hour an attempt to close the day. On Google Cloud the same calls come from Cloud Scheduler.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hippique.day.race_day import race_day
from hippique.racing.times import paris_at, paris_day


class Duty(StrEnum):
    """What is done at its hour."""

    PREPARE = "prepare"
    PLAN = "plan"
    TICK = "tick"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A duty, when, and of which race day."""

    at: dt.datetime
    duty: Duty
    day: dt.date


TICK_MINUTES = 5
FIRST_CLOSE = 20
LAST_CLOSE = 31  # 07:00 of the next morning: results are polled until 02:00 and in the mornings
MORNINGS = 3


def duties_of(day: dt.date) -> tuple[Due, ...]:
    """All duties of a race day, in order. Hours past 24 are those of the next morning."""
    dues = [
        Due(paris_at(day, 8, 45), Duty.PREPARE, day),
        Due(paris_at(day, 9), Duty.PLAN, day),
        *(Due(_hour(day, 9, m), Duty.TICK, day) for m in range(TICK_MINUTES, 961, TICK_MINUTES)),
        *(Due(_hour(day, hour), Duty.CLOSE, day) for hour in range(FIRST_CLOSE, LAST_CLOSE + 1)),
        *(Due(_hour(day, 24 * n + 9, 30), Duty.CLOSE, day) for n in range(1, MORNINGS + 1)),
    ]
    return tuple(sorted(set(dues), key=lambda due: (due.at, list(Duty).index(due.duty))))


def _hour(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    hours, minutes = divmod(minute, 60)
    days, hour = divmod(hour + hours, 24)
    return paris_at(day + dt.timedelta(days=days), hour, minutes)


def duties_after(instant: dt.datetime) -> Iterator[Due]:
    """All duties due after an instant, in order, without end."""
    day = paris_day(instant) - dt.timedelta(days=MORNINGS + 1)
    pending: list[Due] = []
    while True:
        pending = sorted([*pending, *duties_of(day)], key=lambda due: due.at)
        day += dt.timedelta(days=1)
        horizon = paris_at(day, 0)
        while pending and pending[0].at < horizon:
            due = pending.pop(0)
            if due.at > instant:
                yield due


LATE = {Duty.TICK: dt.timedelta(minutes=TICK_MINUTES)}
LATE_AT_MOST = dt.timedelta(minutes=30)


def days_meant(duty: Duty, now: dt.datetime) -> tuple[dt.date, ...]:
    """The race days whose duty a call at this instant is about, the oldest first.

    Calls come some seconds after their hour, or minutes where they are tried again. At 09:30 the
    close is about three days, and after midnight a tick is about the day before. A call at
    another hour means the race day.
    """
    late = LATE.get(duty, LATE_AT_MOST)
    today = paris_day(now)
    days = [today - dt.timedelta(days=ago) for ago in range(MORNINGS + 1, -1, -1)]
    meant = [
        day
        for day in days
        if any(due.duty is duty and now - late < due.at <= now for due in duties_of(day))
    ]
    return tuple(meant) or (race_day(now),)
