"""The analysis of a phase: snapshots, chances, and at H-5 the decision. Pure but for the folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from hippique.betting.policy import Policy, Situation
from hippique.betting.slip import (
    Decision,
    Verdict,
    read_decision,
    total_stake_cents,
    write_decision,
)
from hippique.betting.terms import terms_of
from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.manifest import sha256
from hippique.day.plan import PlannedRace
from hippique.day.snapshots import RaceSnapshots
from hippique.forecast.forecaster import Evidence, Forecast, Forecaster, NoForecast
from hippique.racing.codec import from_json, to_pretty_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a decision is made under: who decides, for whom, in which mode, with which versions."""

    forecaster: Forecaster
    policy: Policy
    operators: tuple[str, ...]
    mode: str
    simulated: bool
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The frozen inputs of a decision: their bytes are hashed into it."""

    race: PlannedRace
    snapshots: RaceSnapshots
    earlier: RaceSnapshots | None
    forecast: Forecast | NoForecast
    hashes: Mapping[str, str]


def write_forecast(
    folder: Folder, race: PlannedRace, snapshots: RaceSnapshots, forecaster: Forecaster
) -> Forecast | NoForecast:
    """Write the chances of a phase's snapshots, or why there are none."""
    evidence = Evidence(
        race=str(race.race), snapshots=snapshots.snapshots, declared=race.declared
    )
    made = forecaster.forecast(evidence)
    content = folder.write(addresses.FORECAST, to_pretty_json(_as_document(made)))
    return read_forecast(content)


def _as_document(forecast: Forecast | NoForecast) -> dict[str, object]:
    return {"kind": type(forecast).__name__, "forecast": forecast}


def read_forecast(content: bytes) -> Forecast | NoForecast:
    """Read forecast.json. Raises InputError."""
    document = from_json(_ForecastFile, content)
    if document.kind == NoForecast.__name__:
        return from_json(_NoForecastFile, content).forecast
    return from_json(_FullForecastFile, content).forecast


@dataclass(frozen=True, slots=True)
class _ForecastFile:
    kind: str


@dataclass(frozen=True, slots=True)
class _NoForecastFile:
    forecast: NoForecast


@dataclass(frozen=True, slots=True)
class _FullForecastFile:
    forecast: Forecast


def decide(inputs: Inputs, setting: Setting, now: dt.datetime) -> Decision:
    """The decision of a race, from frozen inputs alone."""
    situation = Situation(
        race=str(inputs.race.race),
        day=inputs.race.date,
        declared=inputs.race.declared,
        forecast=inputs.forecast,
        snapshots=inputs.snapshots.snapshots,
        earlier=inputs.earlier.snapshots if inputs.earlier else (),
        operators=setting.operators,
    )
    return _freeze(setting.policy.decide(situation), inputs, setting, now)


def _freeze(verdict: Verdict, inputs: Inputs, setting: Setting, now: dt.datetime) -> Decision:
    return Decision(
        decision="slip" if verdict.tickets else "no_bet",
        race=str(inputs.race.race),
        mode=setting.mode,
        simulated=setting.simulated,
        policy=setting.policy.name,
        policy_hash=setting.policy.hash,
        estimator=setting.forecaster.name,
        decided_at=now,
        play_before=_play_before(verdict, inputs.race),
        tickets=verdict.tickets,
        stake_cents=total_stake_cents(verdict.tickets),
        ev=verdict.ev,
        gates=verdict.gates,
        reasons=verdict.reasons,
        counterfactual=None,
        reading=verdict.reading,
        inputs=inputs.hashes,
        versions=setting.versions,
    )


def _play_before(verdict: Verdict, race: PlannedRace) -> dt.datetime | None:
    """The earliest cut-off of the slip's operators before the latest known off."""
    if not verdict.tickets or race.off_time is None:
        return None
    longest = max(terms_of(t.operator, t.bet, race.date).cut_off_s for t in verdict.tickets)
    return race.off_time - dt.timedelta(seconds=longest)


def write_slip(folder: Folder, inputs: Inputs, setting: Setting, now: dt.datetime) -> Decision:
    """Decide and write slip.json once; a retry returns the decision that stands."""
    content = folder.write(addresses.SLIP, write_decision(decide(inputs, setting, now)))
    return read_decision(content)


def hash_of(folder: Folder, name: str) -> str:
    """The input mark of a file of the folder: `sha256:…`."""
    return f"sha256:{sha256(folder.read(name))}"
