"""A day's card: meetings, races and runners as a page states them, and the identity of a race.

A missing fact is None, never a guess. These types are the published JSON of a reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hippique.errors import InputError
from hippique.racing.market import RunnerOdds
from hippique.racing.result import Result

_KEY = re.compile(r"R0*([1-9][0-9]{0,2})C0*([1-9][0-9]?)", re.IGNORECASE | re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat alone also takes 20250601


class Discipline(StrEnum):
    """The six kinds of race."""

    TROT_HARNESS = "trot_harness"
    TROT_MOUNTED = "trot_mounted"
    FLAT = "flat"
    HURDLE = "hurdle"
    STEEPLECHASE = "steeplechase"
    CROSS_COUNTRY = "cross_country"

    @property
    def is_trot(self) -> bool:
        """True for harness and mounted trot."""
        return self in {Discipline.TROT_HARNESS, Discipline.TROT_MOUNTED}


class RaceStatus(StrEnum):
    """How far a race is: only OFFICIAL settles."""

    OPEN = "open"
    CLOSED = "closed"
    PROVISIONAL = "provisional"
    OFFICIAL = "official"
    CANCELLED = "cancelled"


class Shoes(StrEnum):
    """Shoeing of a trotter, as declared."""

    SHOD = "shod"
    UNSHOD_FRONT = "unshod_front"
    UNSHOD_HIND = "unshod_hind"
    UNSHOD_FOUR = "unshod_four"
    PLATED_FRONT = "plated_front"
    PLATED_HIND = "plated_hind"
    PLATED_FOUR = "plated_four"


class Blinkers(StrEnum):
    """Headgear, as declared."""

    NONE = "none"
    STANDARD = "standard"
    AUSTRALIAN = "australian"
    HOOD = "hood"


_HANDICAP = "handicap"
_NO_HANDICAP = frozenset({"group1", "group2", "group3", "claiming", "conditions"})


def is_handicap(labels: Iterable[str]) -> bool | None:
    """Whether a race's labels make it a handicap; None where no page names its class.

    A claiming handicap is one; listed handicaps exist, so that `listed` alone says nothing.
    """
    held = set(labels)
    if _HANDICAP in held:
        return True
    return False if held & _NO_HANDICAP else None


@dataclass(frozen=True, slots=True, order=True)
class RaceKey:
    """Meeting and race number: R1C3. Unique only together with the day."""

    meeting: int
    race: int

    def __str__(self) -> str:
        return f"R{self.meeting}C{self.race}"

    @classmethod
    def parse(cls, text: str) -> RaceKey:
        """Read "R1C3" (any case). Raises InputError."""
        match = _KEY.fullmatch(text.strip())
        if match is None:
            raise InputError(f"{text!r} is not a race key; write it like R1C3", field="race")
        return cls(int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True, order=True)
class RaceId:
    """Identity of a race: the Paris date of its meeting and its key."""

    day: date
    key: RaceKey

    def __str__(self) -> str:
        return f"{self.day.isoformat()}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> RaceId:
        """Read "2025-06-01/R1C3". Raises InputError."""
        day, _, key = text.partition("/")
        mend = f"{text!r} is not a race; write 2025-06-01/R1C3"
        if not _DAY.fullmatch(day):
            raise InputError(mend, field="race")
        try:
            return cls(date.fromisoformat(day), RaceKey.parse(key))
        except ValueError as error:
            raise InputError(mend, field="race") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """A horse's races before this one, as a page counts them.

    wins are among `places`, which are the first three; places is None where a page counts other
    places than these. 0 <= wins <= places <= starts.
    """

    starts: int
    wins: int
    places: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """One horse of a race as a page states it.

    weight_kg in kilos, distance_m in metres (its own distance after a handicap start),
    earnings_eur in euros, record as printed (1'15"0), form = the musique as printed.
    """

    number: int
    name: str | None = None
    non_runner: bool = False
    sex: str | None = None
    age: int | None = None
    jockey: str | None = None
    trainer: str | None = None
    weight_kg: float | None = None
    draw: int | None = None
    distance_m: int | None = None
    shoes: Shoes | None = None
    blinkers: Blinkers | None = None
    form: str | None = None
    earnings_eur: float | None = None
    record: str | None = None
    coupling: str | None = None
    career: Career | None = None
    odds: RunnerOdds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """One race as a page states it. `declared` counts later non-runners, `starters` does not.

    key is None where the page does not show the meeting's number. url as the page gives it.
    """

    number: int | None
    key: str | None = None
    name: str | None = None
    discipline: Discipline | None = None
    distance_m: int | None = None
    prize_eur: float | None = None
    off_time: datetime | None = None
    status: RaceStatus | None = None
    declared: int | None = None
    starters: int | None = None
    going: str | None = None
    labels: tuple[str, ...] = ()
    url: str | None = None
    runners: tuple[Runner, ...] = ()
    result: Result | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One track on one day. `number` is the R of the day, None where the page does not show it.

    country: ISO 3166 alpha-2, upper case.
    """

    number: int | None
    track: str | None = None
    country: str | None = None
    date: date | None = None
    cancelled: bool = False
    races: tuple[Race, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one page says, and nothing more."""

    source: str
    page: str
    url: str | None = None
    warnings: tuple[str, ...] = ()
    meetings: tuple[Meeting, ...] = ()

    def only_race(self) -> Race:
        """The race of a page that holds exactly one. Raises InputError otherwise."""
        races = [race for meeting in self.meetings for race in meeting.races]
        if len(races) != 1:
            raise InputError(f"a {self.source} {self.page} reading holds {len(races)} races, not 1")
        return races[0]
