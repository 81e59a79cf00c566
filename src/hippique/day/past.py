"""The official rides that an archive holds: who rode and trained, and whether it won."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import zstandard

from hippique.day import addresses
from hippique.day.merge import fold
from hippique.day.official import RaceResult
from hippique.day.phases import Phase
from hippique.day.race_day import days_of, latest_plan, load
from hippique.errors import InputError
from hippique.forecast.people import Ride, RideBook
from hippique.ports import Archive, Views
from hippique.racing.card import RaceId
from hippique.racing.codec import from_json, to_json
from hippique.racing.result import Result

REMEMBERED = dt.timedelta(days=365)  # older rides say little of today's form
RIDES = "rides.json.zst"
LATE_RESULTS = dt.timedelta(days=5)  # a result is asked for during four days


@dataclass(frozen=True, slots=True)
class Person:
    """What of a kept reading names the people of a runner."""

    number: int
    jockey: str | None = None
    trainer: str | None = None
    non_runner: bool = False


class PastRides:
    """Rides of an archive's finished races. Each race is read once, and kept.

    A finished race never changes, and the book is asked as of an instant, so that what was
    answered once is answered always. views: where the rides of finished days are kept for the next
    process; None reads them again.
    """

    def __init__(self, archive: Archive, views: Views | None = None) -> None:
        self._archive = archive
        self._views = views
        self._book = RideBook()
        self._done: set[dt.date] = set()
        self._read: set[RaceId] = set()
        self._kept: dict[dt.date, list[list[Ride]]] = {}
        self._saved: set[dt.date] | None = None
        self._lock = Lock()

    def book(self, day: dt.date) -> RideBook:
        """The rides of the year up to `day`, this day's finished races included."""
        with self._lock:
            self._load()
            present = set(days_of(self._archive))
            for ago in range(REMEMBERED.days + 1):
                one = day - dt.timedelta(days=ago)
                if one in present and one not in self._done:
                    self._read_day(one, day)
            self._save(day)
        return self._book

    def _load(self) -> None:
        """Begin with what an earlier process read; a file that is damaged is made anew."""
        if self._saved is not None or self._views is None:
            return
        kept = unpacked(self._views.load(RIDES))
        for one, races in kept.items():
            self._done.add(one)
            self._kept[one] = races
            for rides in races:
                self._book.add_race(rides)
        self._saved = set(kept)

    def _save(self, day: dt.date) -> None:
        """Keep the rides of finished days for the next process, once a day."""
        ended = {one for one in self._done & self._kept.keys() if day - one <= REMEMBERED}
        if self._views is None or ended <= (self._saved or set()):
            return
        self._views.publish(RIDES, packed({one: self._kept[one] for one in sorted(ended)}))
        self._saved = ended

    def _read_day(self, one: dt.date, today: dt.date) -> None:
        plan = latest_plan(self._archive, one)
        races = [race.race for race in plan.races] if plan else []
        for race in races:
            if race not in self._read:
                self._read_race(race)
        is_whole = all(race in self._read for race in races)
        if one < today and (is_whole or today - one > LATE_RESULTS):
            self._done.add(one)

    def _read_race(self, race: RaceId) -> None:
        folder = addresses.phase_folder(race, Phase.RESULT)
        closed = load(self._archive, _Closed, f"{folder}/{addresses.MANIFEST}")
        if closed is None:
            return
        self._read.add(race)
        found = load(self._archive, RaceResult, f"{folder}/{addresses.RESULT}")
        if found is not None and found.result is not None:
            people = _people(self._archive, race)
            rides = _rides(race, closed.written_at, found.result, people)
            self._kept.setdefault(race.day, []).append(rides)
            self._book.add_race(rides)


def packed(days: Mapping[dt.date, list[list[Ride]]]) -> bytes:
    """The rides of finished days as one compressed file."""
    return zstandard.compress(to_json({day.isoformat(): races for day, races in days.items()}))


def unpacked(content: bytes | None) -> dict[dt.date, list[list[Ride]]]:
    """What `packed` packed; nothing where there is no file, or none that can be read."""
    if content is None:
        return {}
    try:
        return from_json(dict[dt.date, list[list[Ride]]], zstandard.decompress(content))
    except (InputError, zstandard.ZstdError):
        return {}


@dataclass(frozen=True, slots=True)
class _Closed:
    written_at: dt.datetime


@lru_cache(maxsize=50_000)  # the same few thousand names come again in every race
def person_key(name: str) -> str:
    """One spelling of a name: `Ossandre J.L.` and `J.-L. OSSANDRE` are the same.

    Two people of one family name and initials are taken for one; no source tells them apart.
    """
    return " ".join(sorted(fold(name).split()))


def keys_of(names: Sequence[str | None]) -> frozenset[str]:
    """The keys of the spellings that sources print, blanks left out."""
    return frozenset(key for name in names if name and (key := person_key(name)))


def _rides(
    race: RaceId, known_at: dt.datetime, result: Result, people: Mapping[int, list[Person]]
) -> list[Ride]:
    ran = {number for tied in result.order for number in tied}
    ran |= {*result.disqualified, *result.fallen}
    return [
        Ride(
            race=str(race),
            day=race.day,
            known_at=known_at,
            number=number,
            won=result.position(number) == 1,
            jockey=keys_of([one.jockey for one in people.get(number, [])]),
            trainer=keys_of([one.trainer for one in people.get(number, [])]),
        )
        for number in sorted(ran - set(result.non_runners))
    ]


def _people(archive: Archive, race: RaceId) -> dict[int, list[Person]]:
    """Who was named for each runner at the last visit before the race."""
    for phase in (Phase.H5, Phase.H30):
        folder = addresses.phase_folder(race, phase)
        kept = load(archive, _Readings, f"{folder}/{addresses.READING}")
        if kept is None:
            continue
        refused = _refused(archive, folder)
        named: dict[int, list[Person]] = {}
        for reading in kept.readings:
            for person in _named_by(reading) if reading.source not in refused else ():
                named.setdefault(person.number, []).append(person)
        return named
    return {}


def _refused(archive: Archive, folder: str) -> set[str]:
    """Sources whose runners are other horses."""
    kept = load(archive, _Mismatches, f"{folder}/{addresses.SNAPSHOT}")
    return {one.source for one in kept.mismatches if one.refused} if kept else set()


def _named_by(reading: _Reading) -> list[Person]:
    races = [race for meeting in reading.meetings for race in meeting.races]
    return [person for race in races for person in race.runners if not person.non_runner]


# Only what is asked for is decoded: a year holds some ten thousand readings of fifty kilobytes.
@dataclass(frozen=True, slots=True)
class _Race:
    runners: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class _Meeting:
    races: tuple[_Race, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    source: str
    meetings: tuple[_Meeting, ...]


@dataclass(frozen=True, slots=True)
class _Readings:
    readings: tuple[_Reading, ...]


@dataclass(frozen=True, slots=True)
class _Mismatch:
    source: str
    refused: bool


@dataclass(frozen=True, slots=True)
class _Mismatches:
    mismatches: tuple[_Mismatch, ...]
