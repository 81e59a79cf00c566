"""Win rates of jockeys and trainers from rides whose official result was known at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

LEAST_RIDES = 10  # below it a rate says nothing and is None
PSEUDO_RIDES = 20.0  # each rate is drawn towards the mean of all rides by so many of them


class Role(StrEnum):
    """Whose rate."""

    JOCKEY = "jockey"
    TRAINER = "trainer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """One starter of a race that has an official result.

    known_at: when the result was in our archive. jockey, trainer: keys of every spelling that a
    source printed; empty where none did.
    """

    race: str
    day: date
    known_at: datetime
    number: int
    won: bool
    jockey: frozenset[str]
    trainer: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A person's share of wins, 0 to 1: (wins + 20·m) / (rides + 20), m the mean of all rides.

    rate: None under ten rides. rides, wins: the plain counts.
    """

    rides: int
    wins: int
    rate: float | None


class RideBook:
    """Rides by person; asked as of an instant, so that rides added later change no answer."""

    def __init__(self) -> None:
        self._by_person: dict[tuple[Role, str], list[Ride]] = {}
        self._races: list[tuple[date, datetime, int, int]] = []

    def add_race(self, rides: Iterable[Ride]) -> None:
        """Add the starters of one race, once."""
        starters = list(rides)
        if not starters:
            return
        first = starters[0]
        wins = sum(ride.won for ride in starters)
        self._races.append((first.day, first.known_at, len(starters), wins))
        for ride in starters:
            for role, keys in ((Role.JOCKEY, ride.jockey), (Role.TRAINER, ride.trainer)):
                for key in keys:
                    self._by_person.setdefault((role, key), []).append(ride)

    def mean_rate(self, since: date, before: datetime) -> float | None:
        """Wins per ride of everybody, None without a ride."""
        known = [race for race in self._races if race[0] >= since and race[1] < before]
        rides = sum(race[2] for race in known)
        return sum(race[3] for race in known) / rides if rides else None

    def rate(
        self, role: Role, keys: Iterable[str], mean: float | None, since: date, before: datetime
    ) -> Rate:
        """The rate of the person with these spellings, from results known strictly before.

        mean: what `mean_rate` says of the same time.
        """
        rides = {
            (ride.race, ride.number): ride.won
            for key in keys
            for ride in self._by_person.get((role, key), ())
            if ride.day >= since and ride.known_at < before
        }
        count, wins = len(rides), sum(rides.values())
        if mean is None or count < LEAST_RIDES:
            return Rate(rides=count, wins=wins, rate=None)
        return Rate(
            rides=count, wins=wins, rate=(wins + PSEUDO_RIDES * mean) / (count + PSEUDO_RIDES)
        )
