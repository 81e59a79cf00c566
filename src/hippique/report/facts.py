"""What a report tells of one race, read from the archive once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hippique.betting.slip import Decision
from hippique.day import addresses
from hippique.day.analyse import read_forecast
from hippique.day.entries import Withdrawal
from hippique.day.phases import Phase
from hippique.day.plan import Plan
from hippique.day.race_day import days_of, latest_plan, load, outcome_of, snapshots_of
from hippique.day.snapshots import RaceSnapshots
from hippique.day.status import DayStatus, RaceState, day_status
from hippique.errors import NotFound
from hippique.forecast.forecaster import Forecast
from hippique.ports import Archive
from hippique.racing.card import RaceId
from hippique.racing.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceFacts:
    """One race in scope: its state, the chances of H-5, both snapshots, when it was closed.

    mode: live, simulated, recorded or replayed. withdrawn: why the slip must not be played. None
    where the day did not come so far.
    """

    state: RaceState
    mode: str
    simulated: bool
    forecast: Forecast | None = None
    early: RaceSnapshots | None = None
    late: RaceSnapshots | None = None
    ended_at: dt.datetime | None = None
    withdrawn: str | None = None

    @property
    def race(self) -> RaceId:
        """The race's identity."""
        return self.state.race

    @property
    def decision(self) -> Decision | None:
        """The frozen decision."""
        return self.state.decision

    @property
    def result(self) -> Result | None:
        """The official result."""
        return self.state.found.result if self.state.found else None


def archive_days(archive: Archive) -> tuple[dt.date, ...]:
    """Every race day that has a plan, in order."""
    return tuple(day for day in days_of(archive) if archive.folders(f"{day}/plan"))


def day_facts(archive: Archive, day: dt.date, now: dt.datetime) -> tuple[RaceFacts, ...]:
    """The races in scope of a day, in the order of the plan; empty without a plan."""
    plan = latest_plan(archive, day)
    return status_facts(archive, day_status(archive, plan, now)) if plan else ()


def status_facts(archive: Archive, status: DayStatus) -> tuple[RaceFacts, ...]:
    """The races in scope of a day whose status was read before."""
    return tuple(race_facts(archive, status.plan, state) for state in status.races if state.phases)


def race_facts(archive: Archive, plan: Plan, state: RaceState) -> RaceFacts:
    """One race of `plan`, with what its folders hold. Raises InputError on a damaged file."""
    ended = outcome_of(archive, state.race, Phase.RESULT)
    return RaceFacts(
        state=state,
        mode=plan.mode,
        simulated=plan.simulated,
        forecast=_forecast(archive, state.race),
        early=snapshots_of(archive, state.race, Phase.H30),
        late=snapshots_of(archive, state.race, Phase.H5),
        ended_at=ended.at if ended else None,
        withdrawn=_why_withdrawn(archive, state.race),
    )


def _forecast(archive: Archive, race: RaceId) -> Forecast | None:
    address = f"{addresses.phase_folder(race, Phase.H5)}/{addresses.FORECAST}"
    try:
        made = read_forecast(archive.read(address))
    except NotFound:
        return None
    return made if isinstance(made, Forecast) else None


def _why_withdrawn(archive: Archive, race: RaceId) -> str | None:
    said = load(archive, Withdrawal, f"{race}/WITHDRAWAL/{addresses.WITHDRAWN}")
    return said.reason if said else None
