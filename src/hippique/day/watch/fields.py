"""Which fields each source's pages fill, day by day: a field that vanishes is a changed page."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from hippique.day import addresses
from hippique.day.phases import Phase
from hippique.day.plan import Plan
from hippique.day.race_day import latest_plan, load
from hippique.day.watch.facts import ALL_FIELDS, LostField
from hippique.day.watch.thresholds import Thresholds
from hippique.ports import Archive
from hippique.racing.card import Race, Reading, Runner
from hippique.racing.market import RunnerOdds

LOOK_BACK = dt.timedelta(days=7)  # "yesterday" is the last day of racing, within a week
_RACE = [f.name for f in fields(Race) if f.name not in {"runners", "result", "key", "number"}]
_RUNNER = [f.name for f in fields(Runner) if f.name not in {"odds", "number", "non_runner"}]
# Looked at over all disciplines together, for those of which there are few races.
_ANY = "*"
_UNIVERSAL = {"name", "discipline", "off_time", "declared", "runner.name", "odds.win"}
_ODDS = [f.name for f in fields(RunnerOdds) if f.name != "pool"]

Kind = tuple[str, str, str]  # source, page, discipline
Key = tuple[Kind, str]  # and field


@dataclass(frozen=True, slots=True)
class _Readings:
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Census:
    """races: readings of races of a kind. filled: those in which a field is filled at all."""

    races: Counter[Kind]
    filled: Counter[Key]


class FieldCensus:
    """Counts each stored reading once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._counted: dict[str, Census] = {}
        self._days: dict[dt.date, Census | None] = {}  # finished days before the one asked for

    def lost(self, plan: Plan, names: Collection[str], limits: Thresholds) -> tuple[LostField, ...]:
        """Fields that no reading of today fills and enough of the last day of racing did.

        names: all addresses of the day. Compared within one discipline, for a flat race has draws
        and a trot has none. A source of which no page can be read any more has lost them all.
        """
        found = _reading_addresses(names)
        visited = len({_race_of(address) for address in found})
        before = self._before(plan.date) if visited >= limits.field_races else None
        if before is None:
            return ()
        today = self._census(found, plan)
        return (*_vanished(before, today, visited, plan), *_emptied(before, today, limits))

    def _before(self, day: dt.date) -> Census | None:
        """The last day before `day` with readings, None where there is none."""
        for ago in range(1, LOOK_BACK.days + 1):
            one = day - dt.timedelta(days=ago)
            if one not in self._days:
                names = self._archive.addresses(addresses.day_folder(one))
                found, plan = _reading_addresses(names), latest_plan(self._archive, one)
                self._days[one] = self._census(found, plan) if found and plan else None
            if self._days[one] is not None:
                return self._days[one]
        return None

    def _census(self, found: Collection[str], plan: Plan) -> Census:
        total = Census(Counter(), Counter())
        for address in found:
            if address not in self._counted:
                race = plan.find(_race_of(address))
                discipline = str(race.discipline or "") if race else ""
                stored = load(self._archive, _Readings, address)
                self._counted[address] = _count(stored, discipline)
            total.races.update(self._counted[address].races)
            total.filled.update(self._counted[address].filled)
        return total


def _emptied(before: Census, today: Census, limits: Thresholds) -> Iterator[LostField]:
    for (kind, name), count in sorted(before.filled.items()):
        source, page, discipline = kind
        is_known = before.races[kind] >= limits.field_races <= today.races[kind]
        is_usual = count >= limits.field_share * before.races[kind]
        if is_known and is_usual and not today.filled[kind, name]:
            yield LostField(
                source=source, page=page, discipline=discipline, field=name,
                races=today.races[kind],
            )  # fmt: skip


def _vanished(before: Census, today: Census, visited: int, plan: Plan) -> Iterator[LostField]:
    """Pages read the day before and not once today; a source that is down is the plan's to tell."""
    for source, page, discipline in sorted(before.races):
        is_gone = discipline == _ANY and not today.races[source, page, _ANY]
        if is_gone and source not in plan.degraded:
            yield LostField(
                source=source, page=page, discipline=discipline, field=ALL_FIELDS, races=visited
            )


def _race_of(address: str) -> str:
    """R1C3 of an address."""
    return address.split("/")[1]


def _reading_addresses(names: Collection[str]) -> list[str]:
    """The readings of both visits before the off; a result's page fills other fields."""
    ends = tuple(f"/{phase}/{addresses.READING}" for phase in (Phase.H30, Phase.H5))
    return sorted(name for name in names if name.endswith(ends) and "/manual/" not in name)


def _count(stored: _Readings | None, discipline: str) -> Census:
    """discipline: the plan's, for not every page names it."""
    census = Census(Counter(), Counter())
    for reading in stored.readings if stored else ():
        for race in (race for meeting in reading.meetings for race in meeting.races):
            filled = set(_filled(race))
            for group in (discipline, _ANY):
                kind = (reading.source, reading.page, group)
                census.races[kind] += 1
                told = filled & _UNIVERSAL if group == _ANY else filled
                census.filled.update((kind, name) for name in told)
    return census


def _filled(race: Race) -> Iterator[str]:
    yield from (name for name in _RACE if getattr(race, name) not in {None, ()})
    for runner in race.runners:
        yield from (f"runner.{name}" for name in _RUNNER if getattr(runner, name) is not None)
        if runner.odds is not None:
            odds = runner.odds
            yield from (f"odds.{name}" for name in _ODDS if getattr(odds, name) is not None)
