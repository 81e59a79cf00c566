"""The words of a faults file for races and instants, read against a drawn day."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from hippique.errors import InputError
from hippique.racecourse.simulated import SimulatedDay, SimulatedRace
from hippique.racing.card import RaceKey
from hippique.racing.times import paris_at

_HOUR = re.compile(r"([0-4]?\d):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_FROM_OFF = re.compile(r"H([+-])(\d{1,3})(?::([0-5]\d))?", re.ASCII)
_RANK = re.compile(r"#([1-9]\d{0,2})", re.ASCII)
_KEY = re.compile(r"R\d{1,2}C\d{1,2}", re.ASCII)


def find_race(day: SimulatedDay, text: str, place: str) -> SimulatedRace:
    """The race that a fault names. place: where in the file, for the InputError."""
    rank = _RANK.fullmatch(text)
    if rank is not None:
        races = by_off(day)
        if int(rank[1]) <= len(races):
            return races[int(rank[1]) - 1]
        raise bad(place, f"{text!r}: the day has {len(races)} French races")
    found = day.find(RaceKey.parse(text)) if _KEY.fullmatch(text) else None
    if found is None:
        raise bad(place, f"{text!r} is no race of this day; write R1C3, or #3 for the third off")
    return found


def by_off(day: SimulatedDay) -> list[SimulatedRace]:
    """The French races in the order of their offs."""
    return sorted(day.french_races(), key=lambda race: (race.off_time, race.key))


def hour_of(day: SimulatedDay, text: str, place: str) -> datetime:
    """A Paris hour of the day; from 24 on the next morning's. Raises InputError."""
    match = _HOUR.fullmatch(text)
    if match is None:
        raise bad(place, f"{text!r} is no hour; write HH:MM or HH:MM:SS")
    days, hour = divmod(int(match[1]), 24)
    instant = paris_at(day.day + timedelta(days=days), hour, int(match[2]))
    return instant + timedelta(seconds=int(match[3] or 0))


def instant_of(day: SimulatedDay, off_time: datetime, text: str, place: str) -> datetime:
    """An hour, or a distance from a race's drawn off (`H-35`, `H+1:30`). Raises InputError."""
    match = _FROM_OFF.fullmatch(text)
    if match is None:
        return hour_of(day, text, place)
    distance = timedelta(minutes=int(match[2]), seconds=int(match[3] or 0))
    return off_time + distance if match[1] == "+" else off_time - distance


def bad(place: str, why: str) -> InputError:
    """The error of a fault that cannot be: where it stands and why."""
    return InputError(f"faults: {place}: {why}", field="faults")
