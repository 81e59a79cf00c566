"""Cloud Scheduler played on a driven clock: the deployment's own jobs, each at its Paris hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hippique.racing.times import paris_at

TODAY = {"date": "today"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job with the hours and minutes at which it fires, every day."""

    path: str
    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    body: dict[str, Any]


JOBS = (
    Job(path="/duties/prepare", hours=(8,), minutes=(45,), body=TODAY),
    Job(path="/schedule", hours=(9,), minutes=(0,), body={"date": "today", "mode": "tasks"}),
    Job(path="/duties/tick", hours=(9,), minutes=tuple(range(5, 60, 5)), body=TODAY),
    Job(path="/duties/tick", hours=(*range(10, 24), 0), minutes=tuple(range(0, 60, 5)), body=TODAY),
    Job(path="/duties/tick", hours=(1,), minutes=(0,), body=TODAY),
    Job(path="/duties/close", hours=(*range(20, 24), *range(8)), minutes=(0,), body=TODAY),
    Job(path="/duties/close", hours=(9,), minutes=(30,), body=TODAY),
)

Firing = tuple[dt.datetime, Job]


def firings(first: dt.date, days: int) -> list[Firing]:
    """Every firing from 08:45 of the first day on, in order; jobs of one instant as listed."""
    found = [
        (paris_at(first + dt.timedelta(days=n), hour, minute), job)
        for n in range(days)
        for job in JOBS
        for hour in job.hours
        for minute in job.minutes
    ]
    begin = paris_at(first, 8, 45)
    return sorted((f for f in found if f[0] >= begin), key=lambda f: (f[0], JOBS.index(f[1])))


Fire = Callable[[Job], bool]
"""Makes the job's call; whether it was answered 2xx."""
RETRIES = 3
