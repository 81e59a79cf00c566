"""Cloud Scheduler played on a driven clock: the deployment's own jobs, each at its Paris hour."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from hippique.racing.times import paris_at
from house import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job with the hours and minutes at which it fires, every day."""

    path: str
    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    body: dict[str, Any]


def read_jobs(text: str) -> tuple[Job, ...]:
    """The jobs of the deployment's table: `name | cron | path | body`, every day of the year."""
    rows = [line.split("|") for line in text.splitlines() if line and line[0] != "#"]
    return tuple(_job(*(cell.strip() for cell in row)) for row in rows)


def _job(_: str, cron: str, path: str, body: str) -> Job:
    minutes, hours, *days = cron.split()
    assert days == ["*", "*", "*"], cron
    return Job(
        path=path, hours=_field(hours, 24), minutes=_field(minutes, 60), body=json.loads(body)
    )


def _field(text: str, end: int) -> tuple[int, ...]:
    """A cron field: numbers, ranges and steps, parted by commas."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0", "-", str(end - 1)) if span == "*" else span.partition("-")
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return tuple(sorted(found))


JOBS = read_jobs((ROOT / "deploy" / "scheduler.txt").read_text("utf-8"))

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
