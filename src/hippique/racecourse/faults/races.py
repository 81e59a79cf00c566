"""Faults of the races themselves: every site tells them alike, from their instant on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hippique.racecourse.crowd import pool_at
from hippique.racecourse.faults.instants import bad, find_race, instant_of
from hippique.racecourse.faults.schema import (
    Cancellation,
    DeadHeat,
    Faults,
    LateResult,
    Move,
    Withdrawal,
)
from hippique.racecourse.finish import with_dead_heat, without
from hippique.racecourse.simulated import Entry, PrintedOff, SimulatedDay, SimulatedRace
from hippique.racing.card import RaceKey

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # an instant that does not come
LEAST_STARTERS = 3
Races = dict[RaceKey, SimulatedRace]


def with_faults(day: SimulatedDay, faults: Faults) -> SimulatedDay:
    """The day with its races' faults in it; what befalls the sites is `sites.site_faults`.

    All instants count from the offs as drawn. Raises InputError, naming the fault, for one that
    cannot be: an unknown race, a withdrawal after the off.
    """
    races = {race.key: race for race in day.races()}
    for name, apply in _TABLES:
        for index, fault in enumerate(getattr(faults, name)):
            apply(day, races, fault, f"{name}[{index}]")
    if all(races[race.key] is race for race in day.races()):
        return day
    meetings = tuple(
        replace(meeting, races=tuple(races[race.key] for race in meeting.races))
        for meeting in day.meetings
    )
    return replace(day, meetings=meetings)


def _move(day: SimulatedDay, races: Races, fault: Move, place: str) -> None:
    drawn = find_race(day, fault.race, f"{place}.race")
    race = races[drawn.key]
    known_at = instant_of(day, drawn.off_time, fault.at, f"{place}.at")
    delta = timedelta(minutes=fault.minutes)
    offs = race.offs or (PrintedOff(since=race.opens_at, off_time=race.off_time),)
    moved = race.off_time + delta
    if not delta:
        raise bad(f"{place}.minutes", "a move of 0 minutes is none")
    if not offs[-1].since < known_at < min(race.off_time, moved):
        raise bad(f"{place}.at", "a move is printed before both offs, and after an earlier move")
    timeline = replace(
        race.timeline,
        off_time=moved,
        actual_off=race.actual_off + delta,
        provisional_at=race.provisional_at + delta,
        official_at=race.official_at + delta,
    )
    races[race.key] = replace(
        race,
        timeline=timeline,
        offs=(*offs, PrintedOff(since=known_at, off_time=moved)),
        entries=tuple(_withdrawn_later(entry, known_at, delta) for entry in race.entries),
    )


def _withdrawn_later(entry: Entry, known_at: datetime, delta: timedelta) -> Entry:
    """A withdrawal that was drawn for the minutes before the old off comes before the new one."""
    if entry.withdrawn_at is None or entry.withdrawn_at <= known_at:
        return entry
    return replace(entry, withdrawn_at=max(known_at, entry.withdrawn_at + delta))


def _withdraw(day: SimulatedDay, races: Races, fault: Withdrawal, place: str) -> None:
    drawn = find_race(day, fault.race, f"{place}.race")
    race = races[drawn.key]
    known_at = instant_of(day, drawn.off_time, fault.at, f"{place}.at")
    if known_at >= race.actual_off:
        raise bad(f"{place}.at", "a horse is withdrawn before the off")
    number = fault.number or _favourite(race, known_at)
    if number > race.declared or race.entry(number).withdrawn_at is not None:
        raise bad(f"{place}.number", f"number {number} does not run in {race.key}")
    if len(race.starters(race.actual_off)) <= LEAST_STARTERS:
        raise bad(f"{place}.race", f"{race.key} keeps {LEAST_STARTERS} starters")
    entries = list(race.entries)
    entries[number - 1] = replace(race.entry(number), withdrawn_at=known_at)
    races[race.key] = replace(race, entries=tuple(entries), finish=without(race.finish, number))


def _favourite(race: SimulatedRace, now: datetime) -> int:
    """The horse that holds most of ZEturf's win money; not one that will be withdrawn anyway."""
    stakes = pool_at(race, ("zeturf", "win"), now).stakes
    running = [entry.number for entry in race.entries if entry.withdrawn_at is None]
    return max(running, key=lambda number: (stakes[number], -number))


def _tie(day: SimulatedDay, races: Races, fault: DeadHeat, place: str) -> None:
    race = races[find_race(day, fault.race, f"{place}.race").key]
    races[race.key] = replace(race, finish=with_dead_heat(race.finish))


def _delay_result(day: SimulatedDay, races: Races, fault: LateResult, place: str) -> None:
    race = races[find_race(day, fault.race, f"{place}.race").key]
    later = NEVER if fault.never else race.provisional_at + timedelta(minutes=fault.minutes)
    races[race.key] = replace(race, timeline=replace(race.timeline, official_at=later))


def _cancel(day: SimulatedDay, races: Races, fault: Cancellation, place: str) -> None:
    if (fault.race is None) == (fault.meeting is None):
        raise bad(place, "name a race or a meeting, one of them")
    if fault.race is None:
        _cancel_meeting(day, races, fault, place)
        return
    drawn = find_race(day, fault.race, f"{place}.race")
    race = races[drawn.key]
    at = instant_of(day, drawn.off_time, fault.at, f"{place}.at")
    if at >= race.provisional_at:
        raise bad(f"{place}.at", f"{race.key} has its arrival by then")
    races[race.key] = replace(race, cancelled_at=at)


def _cancel_meeting(day: SimulatedDay, races: Races, fault: Cancellation, place: str) -> None:
    meeting = [race for race in races.values() if race.key.meeting == fault.meeting]
    if not meeting:
        raise bad(f"{place}.meeting", f"the day has no meeting {fault.meeting}")
    at = instant_of(day, day.race(meeting[0].key).off_time, fault.at, f"{place}.at")
    left = [race for race in meeting if race.actual_off > at and race.cancelled_at is None]
    if not left:
        raise bad(f"{place}.at", "every race of the meeting is off by then")
    races.update({race.key: replace(race, cancelled_at=at) for race in left})


# In this order: a favourite is the favourite of the off that counts, a tie is one of starters.
_TABLES: tuple[tuple[str, Callable[..., None]], ...] = (
    ("moves", _move),
    ("withdrawals", _withdraw),
    ("dead_heats", _tie),
    ("late_results", _delay_result),
    ("cancellations", _cancel),
)
