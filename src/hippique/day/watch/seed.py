"""The runs before this process began, from the archive, so that a restart forgets no failure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.race_day import latest_plan, load
from hippique.day.watch.heard_rules import COMPLETE, FAILED
from hippique.ports import Archive

Run = tuple[dt.datetime, str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class _Failure:
    at: dt.datetime
    error: str
    reason: str


def runs_before(
    archive: Archive, day: dt.date, now: dt.datetime, within: dt.timedelta
) -> list[Run]:
    """Analyses of the day that ended or failed within the last `within`, oldest first.

    Their durations are not known: those are wall time. Raises StoreError.
    """
    plan = latest_plan(archive, day)
    if plan is None:
        return []
    names = archive.addresses(addresses.day_folder(day))
    found = [run for name in names for run in _run(archive, name)]
    return sorted((r for r in found if now - within <= r[0] <= now), key=lambda run: run[0])


def _run(archive: Archive, address: str) -> Iterator[Run]:
    folder, _, name = address.rpartition("/")
    race, _, phase = folder.rpartition("/")
    if phase not in set(Phase) or "/manual" in race:
        return
    facts: dict[str, object] = {"race": race, "phase": phase}
    if name == addresses.OUTCOME:
        outcome = load(archive, Outcome, address)
        if outcome is not None and outcome.status is Status.DONE:
            yield outcome.at, COMPLETE, facts
    elif name.startswith("failure-"):
        failure = load(archive, _Failure, address)
        if failure is not None:
            error = f"{failure.error}: {failure.reason}"
            yield failure.at, FAILED, {**facts, "error": error}
