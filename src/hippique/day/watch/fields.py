"""Which fields each source's pages fill, day by day: a field that vanishes is a changed page."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from hippique.day import addresses
from hippique.day.phases import Phase
from hippique.day.plan import Plan
from hippique.day.race_day import load
from hippique.day.watch.facts import LostField
from hippique.day.watch.thresholds import Thresholds
from hippique.ports import Archive
from hippique.racing.card import Race, Reading, Runner
from hippique.racing.market import RunnerOdds

LOOK_BACK = dt.timedelta(days=7)  # "yesterday" is the last day of racing, within a week
_RACE = [f.name for f in fields(Race) if f.name not in {"runners", "result", "key", "number"}]
_RUNNER = [f.name for f in fields(Runner) if f.name not in {"odds", "number", "non_runner"}]
# Looked at over all disciplines together: where the discipline itself vanishes, no kind is left.
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
        and a trot has none.
        """
        today = self._census(_reading_addresses(names))
        enough = {kind for kind, races in today.races.items() if races >= limits.field_races}
        before = self._before(plan.date) if enough else None
        if before is None:
            return ()
        return tuple(
            LostField(
                source=kind[0], page=kind[1], discipline=kind[2], field=name,
                races=today.races[kind],
            )
            for (kind, name), count in sorted(before.filled.items())
            if kind in enough
            and not today.filled[kind, name]
            and before.races[kind] >= limits.field_races
            and count / before.races[kind] >= limits.field_share
        )  # fmt: skip

    def _before(self, day: dt.date) -> Census | None:
        """The last day before `day` with readings, None where there is none."""
        for ago in range(1, LOOK_BACK.days + 1):
            one = day - dt.timedelta(days=ago)
            if one not in self._days:
                names = self._archive.addresses(addresses.day_folder(one))
                found = _reading_addresses(names)
                self._days[one] = self._census(found) if found else None
            if self._days[one] is not None:
                return self._days[one]
        return None

    def _census(self, found: Collection[str]) -> Census:
        total = Census(Counter(), Counter())
        for address in found:
            if address not in self._counted:
                self._counted[address] = _count(load(self._archive, _Readings, address))
            total.races.update(self._counted[address].races)
            total.filled.update(self._counted[address].filled)
        return total


def _reading_addresses(names: Collection[str]) -> list[str]:
    """The readings of both visits before the off; a result's page fills other fields."""
    ends = tuple(f"/{phase}/{addresses.READING}" for phase in (Phase.H30, Phase.H5))
    return sorted(name for name in names if name.endswith(ends) and "/manual/" not in name)


def _count(stored: _Readings | None) -> Census:
    census = Census(Counter(), Counter())
    for reading in stored.readings if stored else ():
        for race in (race for meeting in reading.meetings for race in meeting.races):
            filled = set(_filled(race))
            for discipline in (str(race.discipline or ""), _ANY):
                kind = (reading.source, reading.page, discipline)
                census.races[kind] += 1
                told = filled & _UNIVERSAL if discipline == _ANY else filled
                census.filled.update((kind, name) for name in told)
    return census


def _filled(race: Race) -> Iterator[str]:
    yield from (name for name in _RACE if getattr(race, name) not in {None, ()})
    for runner in race.runners:
        yield from (f"runner.{name}" for name in _RUNNER if getattr(runner, name) is not None)
        if runner.odds is not None:
            odds = runner.odds
            yield from (f"odds.{name}" for name in _ODDS if getattr(odds, name) is not None)
