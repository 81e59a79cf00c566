"""What the archive holds of one decision, read for its story. Raises NotFound, StoreDamaged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hippique.betting.amounts import printable
from hippique.betting.balance import last_settled
from hippique.betting.explain import Story
from hippique.betting.ledger import STUDY
from hippique.betting.settlement import SettledLeg
from hippique.day import addresses
from hippique.day.analyse import read_forecast
from hippique.day.entries import Withdrawal, entries_of, of_account
from hippique.day.notify import Fate, sent_of
from hippique.day.phases import Phase
from hippique.day.plan import PlannedRace
from hippique.day.race_day import latest_plan, load, snapshots_of
from hippique.day.status import PhaseState, race_state
from hippique.errors import NotFound
from hippique.forecast.forecaster import Forecast, NoForecast
from hippique.ports import Archive
from hippique.racing.card import RaceId
from hippique.racing.market import Snapshot


def read_story(archive: Archive, race: RaceId, now: dt.datetime) -> Story:
    """Everything that `explain` tells. Raises NotFound where the race is not decided."""
    plan = latest_plan(archive, race.day)
    planned = plan.find(str(race.key)) if plan else None
    if planned is None:
        raise NotFound(f"no race {race.key} in the plan of {race.day}")
    state = race_state(archive, planned, now)
    if state.decision is None:
        raise NotFound(f"{race} is not decided: H5 is {state.phases.get('H5', 'out of scope')}")
    snapshots = _snapshots(archive, race)
    sent = {kind: sent_of(archive, race, kind) for kind in ("slip", "withdrawn")}
    slip = sent["slip"]
    return Story(
        decision=state.decision,
        meeting=printable(planned.meeting),
        name=printable(planned.name),
        off_time=_off_time(archive, planned),
        names=_names(snapshots),
        forecast=_forecast(archive, race),
        snapshots=snapshots,
        withdrawn=_withdrawn(archive, race),
        sent_at=slip.at if slip and slip.fate is Fate.SENT else None,
        never_sent=slip is not None and slip.fate is Fate.TOO_LATE,
        order=state.found.result.order if state.found and state.found.result else None,
        is_cancelled=state.phases.get("RESULT") is PhaseState.CANCELLED,
        settlement=state.settlement,
        study_legs=_study_legs(archive, race),
    )


def _off_time(archive: Archive, planned: PlannedRace) -> dt.datetime | None:
    """As it was known when the race was decided on."""
    address = f"{addresses.phase_folder(planned.race, Phase.H5)}/{addresses.RACE}"
    decided = load(archive, PlannedRace, address)
    return decided.off_time if decided else planned.off_time


def _snapshots(archive: Archive, race: RaceId) -> dict[str, tuple[Snapshot, ...]]:
    seen = {phase: snapshots_of(archive, race, phase) for phase in (Phase.H30, Phase.H5)}
    return {phase.value: taken.snapshots for phase, taken in seen.items() if taken}


def _names(snapshots: Mapping[str, tuple[Snapshot, ...]]) -> dict[int, str]:
    quotes = [quote for taken in snapshots.values() for one in taken for quote in one.quotes]
    return {quote.number: printable(quote.name) for quote in reversed(quotes) if quote.name}


def _forecast(archive: Archive, race: RaceId) -> Forecast | NoForecast | None:
    address = f"{addresses.phase_folder(race, Phase.H5)}/{addresses.FORECAST}"
    try:
        return read_forecast(archive.read(address))
    except NotFound:
        return None


def _withdrawn(archive: Archive, race: RaceId) -> tuple[dt.datetime, str] | None:
    address = f"{addresses.phase_folder(race, 'WITHDRAWAL')}/{addresses.WITHDRAWN}"
    said = load(archive, Withdrawal, address)
    return (said.withdrawn_at, said.reason) if said else None


def _study_legs(archive: Archive, race: RaceId) -> tuple[SettledLeg, ...]:
    settled = last_settled(of_account(entries_of(archive, race), STUDY))
    return settled.legs if settled else ()
