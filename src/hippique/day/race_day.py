"""Reading the archive of a day: the plan in force, outcomes, decisions, results."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeVar

from hippique.betting.slip import Decision, read_decision
from hippique.day import addresses
from hippique.day.manifest import Manifest
from hippique.day.outcome import Outcome
from hippique.day.phases import Phase
from hippique.day.plan import Plan
from hippique.day.snapshots import RaceSnapshots
from hippique.errors import InputError, NotFound, StoreDamaged
from hippique.ports import Archive
from hippique.racing.card import RaceId
from hippique.racing.codec import from_json
from hippique.racing.times import paris_day, paris_time

T = TypeVar("T")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NIGHT_HOURS = 5  # races after midnight belong to the day before; nothing starts at five


def race_day(now: dt.datetime) -> dt.date:
    """The race day at this instant: until five in the morning still yesterday's."""
    night = paris_time(now).hour < NIGHT_HOURS  # on the clocks: five hours earlier is not, in March
    return paris_day(now) - dt.timedelta(days=night)


def load(archive: Archive, kind: type[T], address: str) -> T | None:
    """The value at an address, None where nothing lies there. Raises StoreDamaged by its name."""
    try:
        return from_json(kind, archive.read(address))
    except NotFound:
        return None
    except InputError as error:
        raise StoreDamaged(f"{address} is damaged ({error}); see `hippique verify`") from error


def latest_plan(archive: Archive, day: dt.date) -> Plan | None:
    """The day's newest plan, None before the first."""
    versions = _plan_versions(archive, day)
    return load(archive, Plan, versions[-1]) if versions else None


def first_plan(archive: Archive, day: dt.date) -> Plan | None:
    """The day's first plan: from its making on the day's phases are owed."""
    versions = _plan_versions(archive, day)
    return load(archive, Plan, versions[0]) if versions else None


def _plan_versions(archive: Archive, day: dt.date) -> list[str]:
    prefix = f"{addresses.day_folder(day)}/plan"
    return [a for a in archive.addresses(prefix) if a.endswith(f"/{addresses.PLAN}")]


def moves_of_day(archive: Archive, day: dt.date) -> dict[str, int]:
    """How often each race was moved, cancelled or brought back, over the day's plan versions."""
    moves: dict[str, int] = {}
    before: dict[str, tuple[dt.datetime | None, bool]] = {}
    for address in _plan_versions(archive, day):
        plan = load(archive, Plan, address)
        for race in plan.races if plan else ():
            now = (race.off_time, race.cancelled)
            moves[race.key] = moves.get(race.key, 0) + (before.get(race.key, now) != now)
            before[race.key] = now
    return moves


def newest_day(archive: Archive) -> dt.date | None:
    """The newest day that has a plan, None in an empty archive."""
    days = (day for day in reversed(days_of(archive)) if _plan_versions(archive, day))
    return next(days, None)


def days_of(archive: Archive) -> tuple[dt.date, ...]:
    """Every day of which anything is kept, in order."""
    return tuple(day for name in archive.folders() if (day := _named_day(name)) is not None)


def _named_day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name) if _DAY.fullmatch(name) else None
    except ValueError:  # 2026-02-31: a folder of somebody else's making
        return None


def outcome_of(archive: Archive, race: RaceId, phase: Phase) -> Outcome | None:
    """The final outcome of a phase; None while it has none, or its manifest is not written."""
    folder = addresses.phase_folder(race, phase)
    if load(archive, Manifest, f"{folder}/{addresses.MANIFEST}") is None:
        return None
    return load(archive, Outcome, f"{folder}/{addresses.OUTCOME}")


def decision_of(archive: Archive, race: RaceId) -> Decision | None:
    """The race's frozen decision, None before H-5."""
    address = f"{addresses.phase_folder(race, Phase.H5)}/{addresses.SLIP}"
    try:
        return read_decision(archive.read(address))
    except NotFound:
        return None
    except InputError as error:
        raise StoreDamaged(f"{address} is damaged ({error}); see `hippique verify`") from error


def snapshots_of(archive: Archive, race: RaceId, phase: Phase) -> RaceSnapshots | None:
    """The snapshots of a phase, None where it took none."""
    return load(
        archive, RaceSnapshots, f"{addresses.phase_folder(race, phase)}/{addresses.SNAPSHOT}"
    )
