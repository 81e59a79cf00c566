"""What is drawn once for a simulated day: meetings, races, entries, and how each race will finish.

Compared by identity: one draw, one object, which also keys the caches of pages and pools.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hippique.errors import InputError
from hippique.racing.card import Blinkers, Discipline, RaceId, RaceKey, RaceStatus, Shoes


class RaceClass(StrEnum):
    """What decides who runs in a flat race, and under which weight."""

    HANDICAP = "handicap"
    CONDITIONS = "conditions"
    CLAIMING = "claiming"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented jockey, driver or trainer."""

    id: int
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One declared horse.

    ability: mean performance in standard deviations of one run, greater is better.
    incident_chance: of being disqualified (trot) or not finishing (jumps). record_ms: best
    reduction, ms per km. withdrawn_at: when it became known; None for a starter.
    """

    number: int
    horse_id: int
    name: str
    sex: str
    age: int
    jockey: Person
    trainer: Person
    ability: float
    incident_chance: float
    distance_m: int
    form: str
    earnings_eur: int
    weight_kg: float | None = None
    draw: int | None = None
    record_ms: int | None = None
    shoes: Shoes | None = None
    blinkers: Blinkers | None = None
    coupling: str | None = None
    withdrawn_at: datetime | None = None

    def is_withdrawn(self, now: datetime) -> bool:
        """Whether it is known at this instant that the horse does not run."""
        return self.withdrawn_at is not None and self.withdrawn_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """How a race ends. order: places from the first, tied numbers together; times in ms."""

    order: tuple[tuple[int, ...], ...]
    times_ms: dict[int, int]
    disqualified: tuple[int, ...] = ()
    fallen: tuple[int, ...] = ()
    pulled_up: tuple[int, ...] = ()

    def finishers(self) -> tuple[int, ...]:
        """All placed numbers in order; tied ones by number."""
        return tuple(number for tied in self.order for number in tied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The instants of a race, in order.

    opens_at: first bets. morning_at: first reference odds. off_time: the off as printed,
    actual_off: as it was. provisional_at, official_at: the two orders of finish.
    """

    opens_at: datetime
    morning_at: datetime
    off_time: datetime
    actual_off: datetime
    provisional_at: datetime
    official_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedOff:
    """An off as the sites print it, from an instant on."""

    since: datetime
    off_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedRace:
    """One race with its timeline. Site ids are our own numbers, shared by no site.

    race_class: of a flat race; None of others. offs: every off that was printed, first to last;
    empty where it never moves. cancelled_at: when that became known; None for a race that is run.
    """

    seed: int
    id: RaceId
    page_id: int
    name: str
    track: str
    country: str
    discipline: Discipline
    distance_m: int
    prize_eur: int
    going: str
    is_quinte: bool
    entries: tuple[Entry, ...]
    finish: Finish
    timeline: Timeline
    race_class: RaceClass | None = None
    offs: tuple[PrintedOff, ...] = ()
    cancelled_at: datetime | None = None

    @property
    def key(self) -> RaceKey:
        """Meeting and race number."""
        return self.id.key

    @property
    def opens_at(self) -> datetime:
        """When the first bets are taken."""
        return self.timeline.opens_at

    @property
    def morning_at(self) -> datetime:
        """The instant of the morning's reference odds."""
        return self.timeline.morning_at

    @property
    def off_time(self) -> datetime:
        """The last printed off; see `printed_off`."""
        return self.timeline.off_time

    @property
    def actual_off(self) -> datetime:
        """The off as it was, or would have been."""
        return self.timeline.actual_off

    @property
    def closes_at(self) -> datetime:
        """When the pools close: at the off, or when the race is cancelled."""
        if self.cancelled_at is None:
            return self.timeline.actual_off
        return min(self.timeline.actual_off, self.cancelled_at)

    @property
    def provisional_at(self) -> datetime:
        """When the provisional order comes out."""
        return self.timeline.provisional_at

    @property
    def official_at(self) -> datetime:
        """When the official order and the dividends come out."""
        return self.timeline.official_at

    @property
    def declared(self) -> int:
        """Declared horses, later non-runners included."""
        return len(self.entries)

    def printed_off(self, now: datetime) -> datetime:
        """The off that the sites print at this instant."""
        if not self.offs:
            return self.timeline.off_time
        known = [printed.off_time for printed in self.offs if printed.since <= now]
        return known[-1] if known else self.offs[0].off_time

    def is_cancelled(self, now: datetime) -> bool:
        """Whether it is known at this instant that the race is not run."""
        return self.cancelled_at is not None and self.cancelled_at <= now

    def entry(self, number: int) -> Entry:
        """The horse with this saddle number; numbers run from 1 without a gap."""
        return self.entries[number - 1]

    def starters(self, now: datetime) -> tuple[Entry, ...]:
        """The horses not known as withdrawn at this instant."""
        return tuple(entry for entry in self.entries if not entry.is_withdrawn(now))

    def withdrawn(self, now: datetime) -> tuple[int, ...]:
        """Numbers known as withdrawn at this instant."""
        return tuple(entry.number for entry in self.entries if entry.is_withdrawn(now))

    def status(self, now: datetime) -> RaceStatus:
        """How far the race is at this instant."""
        if self.is_cancelled(now):
            return RaceStatus.CANCELLED
        if now < self.actual_off:
            return RaceStatus.OPEN
        if now < self.provisional_at:
            return RaceStatus.CLOSED
        return RaceStatus.PROVISIONAL if now < self.official_at else RaceStatus.OFFICIAL


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedMeeting:
    """One invented track on one day. country: ISO alpha-2."""

    number: int
    track: str
    country: str
    races: tuple[SimulatedRace, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedDay:
    """A whole day: the French races and one foreign meeting."""

    day: date
    seed: int
    meetings: tuple[SimulatedMeeting, ...]

    def races(self) -> tuple[SimulatedRace, ...]:
        """All races, by meeting and number."""
        return tuple(race for meeting in self.meetings for race in meeting.races)

    def french_races(self) -> tuple[SimulatedRace, ...]:
        """The races in French scope."""
        return tuple(race for race in self.races() if race.country == "FR")

    def find(self, key: RaceKey) -> SimulatedRace | None:
        """The race of this key, or None."""
        return next((race for race in self.races() if race.key == key), None)

    def race(self, key: RaceKey) -> SimulatedRace:
        """The race of this key. Raises InputError."""
        found = self.find(key)
        if found is None:
            raise InputError(f"the simulated {self.day} has no race {key}", field="race")
        return found
