"""The read API's own queries: a day and a race as plain documents. Screens use the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hippique.betting.slip import decision_document
from hippique.day import addresses
from hippique.day.analyse import read_forecast
from hippique.day.phases import Phase
from hippique.day.race_day import latest_plan, snapshots_of
from hippique.day.status import RaceState, day_status, race_state
from hippique.errors import NotFound
from hippique.ports import Archive
from hippique.racing.card import RaceKey, RaceStatus, Reading
from hippique.racing.codec import from_builtins, from_json, to_builtins
from hippique.racing.money import in_euros


def day_document(archive: Archive, day: dt.date, now: dt.datetime) -> dict[str, Any]:
    """A whole day. Raises NotFound where the day has no plan."""
    plan = latest_plan(archive, day)
    if plan is None:
        raise NotFound(f"{day} has no plan yet; POST /schedule makes one")
    status = day_status(archive, plan, now)
    return {
        "date": day.isoformat(),
        "mode": plan.mode,
        "simulated": plan.simulated,
        "made_at": plan.made_at.isoformat(),
        "degraded": list(plan.degraded),
        "sources": to_builtins(plan.sources),
        "disagreements": to_builtins(plan.disagreements),
        "refused": to_builtins(plan.refused),
        "totals": in_euros(to_builtins(status.totals)),
        "races": [_race_row(state, now) for state in status.races],
    }


def _race_row(state: RaceState, now: dt.datetime) -> dict[str, Any]:
    race = state.planned
    decision = state.decision
    return {
        "key": race.key,
        "meeting": race.meeting,
        "country": race.country,
        "name": race.name,
        "discipline": race.discipline,
        "declared": race.declared,
        "off_time": race.off_time.isoformat() if race.off_time else None,
        "url": race.url,
        "status": race_status(state, now),
        "labels": list(race.labels),
        "in_scope": race.in_scope,
        "phases": dict(state.phases),
        "decision": decision.decision if decision else None,
        "stake_eur": decision.stake_cents / 100 if decision else None,
        "returned_eur": state.settlement.returned_cents / 100 if state.settlement else None,
    }


def race_status(state: RaceState, now: dt.datetime) -> RaceStatus:
    """How far the race itself is, as far as this archive knows."""
    race = state.planned
    if race.cancelled or state.phases.get("RESULT") == "cancelled":
        return RaceStatus.CANCELLED
    if state.found is not None and state.found.result is not None:
        return RaceStatus.OFFICIAL
    is_off = race.off_time is not None and now >= race.off_time
    return RaceStatus.CLOSED if is_off else RaceStatus.OPEN


def race_document(archive: Archive, day: dt.date, key: str, now: dt.datetime) -> dict[str, Any]:
    """One race with all that is known of it. Raises NotFound, InputError (bad key)."""
    key = str(RaceKey.parse(key))
    plan = latest_plan(archive, day)
    race = plan.find(key) if plan else None
    if plan is None or race is None:
        raise NotFound(f"no race {key} in the plan of {day}")
    state = race_state(archive, race, now)
    decision = decision_document(state.decision) if state.decision else None
    return {
        **_race_row(state, now),
        "date": day.isoformat(),
        "mode": plan.mode,
        "simulated": plan.simulated,
        "distance_m": race.distance_m,
        "prize_eur": race.prize_eur,
        "provenance": dict(race.provenance),
        "urls": dict(race.urls),
        "disagreements": [to_builtins(d) for d in plan.disagreements if d.race == key],
        "runners": _runners(archive, state),
        "snapshots": _snapshots(archive, state),
        "forecast": _forecast(archive, state),
        "decision": decision,
        "reading": decision["reading"] if decision else None,
        "withdrawal": _document(archive, f"{race.race}/WITHDRAWAL/withdrawn.json"),
        "result": to_builtins(state.found) if state.found else None,
        "settlement": in_euros(to_builtins(state.settlement)) if state.settlement else None,
    }


def _runners(archive: Archive, state: RaceState) -> list[Any]:
    """Runners as the newest phase's first readable source states them."""
    for phase in (Phase.H5, Phase.H30):
        folder = addresses.phase_folder(state.race, phase)
        document = _document(archive, f"{folder}/{addresses.READING}")
        for reading in document["readings"] if document else []:
            race = from_builtins(Reading, reading).only_race()
            if race.runners:
                return list(to_builtins(race.runners))
    return []


def _snapshots(archive: Archive, state: RaceState) -> dict[str, Any]:
    taken = {phase: snapshots_of(archive, state.race, phase) for phase in (Phase.H30, Phase.H5)}
    return {phase.value: to_builtins(one.snapshots) for phase, one in taken.items() if one}


def _forecast(archive: Archive, state: RaceState) -> Any:
    for phase in (Phase.H5, Phase.H30):
        address = f"{addresses.phase_folder(state.race, phase)}/{addresses.FORECAST}"
        try:
            return to_builtins(read_forecast(archive.read(address)))
        except NotFound:
            continue
    return None


def _document(archive: Archive, address: str) -> Any:
    try:
        return from_json(dict, archive.read(address))
    except NotFound:
        return None
