"""`rough`: a fixed mixture of faults, shared out over the day's races by its seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hippique.racecourse.chance import stream
from hippique.racecourse.faults.instants import by_off
from hippique.racecourse.faults.schema import (
    NO_FAULTS,
    Cancellation,
    ChangedPage,
    DamagedPage,
    DeadHeat,
    Faults,
    LateResult,
    Move,
    Outage,
    Slowness,
    Withdrawal,
    WrongNames,
)
from hippique.racecourse.simulated import SimulatedDay, SimulatedRace
from hippique.racing.times import paris_at, paris_time

LEAST_FOR_A_MEETING = 8  # French races of a day that can spare the end of a meeting
_FULL_FIELD = 8

# (table, fault of a race by its key), in the order in which the drawn races are given out
_OF_RACES: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("withdrawals", lambda key: Withdrawal(race=key, at="H-3")),
    ("moves", lambda key: Move(race=key, at="H-20", minutes=25)),
    ("cancellations", lambda key: Cancellation(race=key, at="H-2")),
    ("moves", lambda key: Move(race=key, at="H-50", minutes=-10)),
    ("late_results", lambda key: LateResult(race=key, minutes=120)),
    ("late_results", lambda key: LateResult(race=key, never=True)),
    ("cancellations", lambda key: Cancellation(race=key, at="H-12")),
    ("dead_heats", lambda key: DeadHeat(race=key)),
    ("wrong_names", lambda key: WrongNames(site="geny", race=key)),
    ("withdrawals", lambda key: Withdrawal(race=key, at="H-40")),
    ("moves", lambda key: Move(race=key, at="H-8", minutes=12)),
)


def rough_faults(day: SimulatedDay) -> Faults:
    """The mixture for a day; docs/reference/faults.md lists it.

    Races are drawn and get one fault each, the first of the list first, as far as races last;
    from eight French races on the end of a meeting is cancelled too. Each site fails in its way
    around the off of some race.
    """
    rng = stream(day.seed, day.day, "rough faults")
    ending = _end_of_a_meeting(day)
    races = [race for race in by_off(day) if race not in ending]
    races = rng.sample(races, len(races))
    races.sort(key=lambda race: race.declared < _FULL_FIELD)  # withdrawals need a full field
    faults = _site_faults(rng, day, races)
    for race, (table, fault_of) in zip(races, _OF_RACES, strict=False):
        faults = _with(faults, table, fault_of(str(race.key)))
    if ending:
        at = _hour(day, ending[0].off_time - timedelta(minutes=15))
        faults = _with(faults, "cancellations", Cancellation(meeting=ending[0].key.meeting, at=at))
    return faults


def _with(faults: Faults, table: str, fault: object) -> Faults:
    rows: dict[str, Any] = {table: (*getattr(faults, table), fault)}
    return replace(faults, **rows)


def _end_of_a_meeting(day: SimulatedDay) -> tuple[SimulatedRace, ...]:
    """The last two races of the French meeting with most races."""
    french = [meeting for meeting in day.meetings if meeting.country == "FR"]
    if len(day.french_races()) < LEAST_FOR_A_MEETING:
        return ()
    return max(french, key=lambda meeting: (len(meeting.races), -meeting.number)).races[-2:]


def _site_faults(rng: Random, day: SimulatedDay, races: list[SimulatedRace]) -> Faults:
    def window(before: int, until: int) -> dict[str, Any]:
        """Minutes before the off of some race."""
        off_time = rng.choice(races).off_time
        ends = (off_time - timedelta(minutes=before), off_time - timedelta(minutes=until))
        return {"since": _hour(day, ends[0]), "until": _hour(day, ends[1])}

    return replace(
        NO_FAULTS,
        outages=(
            Outage(site="zeturf", since="08:55", until="09:07", status=503),
            Outage(site="geny", **window(33, 23), status=429, retry_after_s=240),
            Outage(site="pmu", **window(12, 2), status=502),
        ),
        slow=(Slowness(site="pmu", **window(35, 20), delay_s=1.5),),
        changed=(
            ChangedPage(site="zeturf", **window(6, 2), part="odds"),
            ChangedPage(site="geny", **window(40, 4), part="runners"),
        ),
        damaged=(DamagedPage(site="pmu", **window(31, 28)),),
    )


def _hour(day: SimulatedDay, instant: datetime) -> str:
    """HH:MM of the day; the next morning's hours are past 24."""
    local = paris_time(instant)
    hours = local.hour + 24 * (instant >= paris_at(day.day + timedelta(days=1), 0))
    return f"{hours:02d}:{local.minute:02d}"
