"""The analysis of a phase: snapshots, chances, and at H-5 the decision. Pure but for the folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hippique.betting.ledger import ISSUED
from hippique.betting.money_state import MoneyState
from hippique.betting.moves import Estimate
from hippique.betting.policy import Policy, Situation
from hippique.betting.slip import (
    Decision,
    RaceReading,
    Verdict,
    read_decision,
    total_stake_cents,
    write_decision,
)
from hippique.betting.terms import terms_of
from hippique.betting.what_if import what_if
from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.plan import PlannedRace
from hippique.day.snapshots import RaceSnapshots
from hippique.errors import InputError, StoreDamaged
from hippique.forecast.closing_price import closing_readings
from hippique.forecast.forecaster import Evidence, Forecast, Forecaster, NoForecast
from hippique.racing.card import is_handicap
from hippique.racing.codec import from_json, to_pretty_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a decision is made under: who decides, for whom, in which mode, with which versions.

    account: whose money is asked for. dry: a slip is on trial, not to be played. with_what_if: a
    no-bet says what would have changed it, at the price of many decisions.
    """

    forecaster: Forecaster
    policy: Policy
    operators: tuple[str, ...]
    mode: str
    simulated: bool
    versions: Mapping[str, str]
    account: str = ISSUED
    dry: bool = False
    with_what_if: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The frozen inputs of a decision: their bytes are hashed into it.

    evidence: what the chances were made from; None leaves card and enrichment unknown. money: of
    each account, by its name.
    """

    race: PlannedRace
    snapshots: RaceSnapshots
    earlier: RaceSnapshots | None
    forecast: Forecast | NoForecast
    hashes: Mapping[str, str]
    evidence: Evidence | None = None
    money: Mapping[str, MoneyState] = field(default_factory=dict)


def write_forecast(
    folder: Folder, evidence: Evidence, forecaster: Forecaster
) -> Forecast | NoForecast:
    """Write the chances that a phase's evidence gives, or why there are none."""
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
    situation = situation_of(inputs, setting, now)
    verdict = setting.policy.decide(situation)
    frozen = _freeze(verdict, inputs, setting, now)
    if not setting.with_what_if:
        return frozen
    change = what_if(setting.policy, situation, verdict, _estimate(inputs, setting.forecaster))
    return replace(frozen, counterfactual=change)


def _estimate(inputs: Inputs, forecaster: Forecaster) -> Estimate:
    """The chances that other snapshots would have given, all other evidence as it was."""
    evidence = inputs.evidence or Evidence(
        race=str(inputs.race.race),
        snapshots=inputs.snapshots.snapshots,
        declared=inputs.race.declared,
        earlier=inputs.earlier.snapshots if inputs.earlier else (),
    )
    return lambda snapshots: forecaster.forecast(replace(evidence, snapshots=snapshots))


def situation_of(inputs: Inputs, setting: Setting, now: dt.datetime) -> Situation:
    """All that a policy may look at."""
    card = inputs.evidence.card if inputs.evidence else None
    return Situation(
        race=str(inputs.race.race),
        day=inputs.race.date,
        declared=inputs.race.declared,
        forecast=inputs.forecast,
        snapshots=inputs.snapshots.snapshots,
        earlier=inputs.earlier.snapshots if inputs.earlier else (),
        operators=setting.operators,
        discipline=inputs.race.discipline or (card.discipline if card else None),
        runners_card=card.runners if card else (),
        is_handicap=is_handicap((*inputs.race.labels, *(card.labels if card else ()))),
        enrichment=inputs.evidence.enrichment if inputs.evidence else None,
        money=inputs.money.get(setting.account, MoneyState()),
        off_time=inputs.race.off_time,
        decided_at=now,
    )


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
        reading=_with_closing(verdict.reading, inputs, setting.operators),
        inputs=inputs.hashes,
        versions=setting.versions,
        dry=setting.dry,
    )


def _with_closing(reading: RaceReading, inputs: Inputs, operators: tuple[str, ...]) -> RaceReading:
    """The reading with the closing odds forecast in each operator's win pool, by pool."""
    race = inputs.race
    if race.off_time is None:
        return reading
    pools = {terms_of(operator, "win", race.date).pool for operator in operators}
    seen = [snapshot for snapshot in inputs.snapshots.snapshots if snapshot.pool in pools]
    closing = closing_readings(seen, race.off_time)
    runners = tuple(
        replace(runner, closing=runner.closing or closing.get(runner.number, {}))
        for runner in reading.runners
    )
    return replace(reading, runners=runners)


def _play_before(verdict: Verdict, race: PlannedRace) -> dt.datetime | None:
    """The earliest cut-off of the slip's operators before the latest known off."""
    if not verdict.tickets or race.off_time is None:
        return None
    longest = max(terms_of(t.operator, t.bet, race.date).cut_off_s for t in verdict.tickets)
    return race.off_time - dt.timedelta(seconds=longest)


def write_decided(
    folder: Folder, name: str, inputs: Inputs, setting: Setting, now: dt.datetime
) -> Decision:
    """Decide and write it once under this name; a retry returns the decision that stands."""
    if name not in folder.names():
        folder.write(name, write_decision(decide(inputs, setting, now)))
    return read_written(folder, name)


def read_written(folder: Folder, name: str) -> Decision:
    """A decision that lies in the folder. Raises NotFound, StoreDamaged by its name."""
    try:
        return read_decision(folder.read(name))
    except InputError as error:
        address = f"{folder.path}/{name}"
        raise StoreDamaged(f"{address} is damaged ({error}); see `hippique verify`") from error
