"""Five minutes before the off: the decision, frozen once, and those of other policies on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hippique.betting.ledger import ISSUED, shadow_account
from hippique.betting.money_state import MoneyState
from hippique.betting.policy import Policy
from hippique.betting.slip import Decision, read_decision
from hippique.day import addresses
from hippique.day.analyse import Inputs, Setting, hash_of, write_decided, write_forecast
from hippique.day.books import write_stakes
from hippique.day.desk import Desk
from hippique.day.enrich import gather
from hippique.day.folder import Folder
from hippique.day.limits import binding_limit
from hippique.day.money import Purse, WeekEntries, freeze_money
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.race_day import snapshots_of
from hippique.day.snapshots import RaceSnapshots
from hippique.day.visits import Visit, freeze_race, snapshot_once
from hippique.racing.card import RaceStatus, Reading
from hippique.racing.codec import from_json

OVER = frozenset(
    {RaceStatus.CLOSED, RaceStatus.PROVISIONAL, RaceStatus.OFFICIAL, RaceStatus.CANCELLED}
)
OLDEST_ODDS = dt.timedelta(minutes=7)  # the method's own gate on the age of its data


@dataclass(frozen=True, slots=True)
class _Readings:
    readings: tuple[Reading, ...]


def visit_h5(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    """Take the second snapshot and decide; the decision is frozen before the off.

    LATE, and no ticket, where the pages took so long that the off has passed meanwhile.
    """
    inputs = _inputs(desk, visit, folder)
    decision = _decided_before(folder) or _decide(desk, visit, folder, inputs)
    if isinstance(decision, str):
        return visit.outcome(desk, Status.LATE, reasons=(decision,), artifacts=folder.addresses())
    _decide_on_paper(desk, folder, inputs, decision.decided_at)
    write_stakes(desk.archive, folder, visit.order.race)
    return visit.outcome(
        desk,
        Status.DONE,
        decision=decision.decision,
        reasons=decision.reasons,
        artifacts=folder.addresses(),
    )


def setting_of(desk: Desk) -> Setting:
    """What a desk decides under."""
    return Setting(
        forecaster=desk.forecaster,
        policy=desk.policy,
        operators=desk.options.operators,
        mode=desk.options.mode,
        simulated=desk.options.simulated,
        versions=desk.versions,
        dry=desk.options.dry,
    )


def shadow_setting(desk: Desk, policy: Policy) -> Setting:
    """What another policy decides under on paper, on an account of its own."""
    versions = {**desk.versions, "policy": f"{policy.name}:{policy.hash}"}
    account = shadow_account(policy.name)
    return replace(
        setting_of(desk), policy=policy, account=account, versions=versions, with_what_if=False
    )


def _decided_before(folder: Folder) -> Decision | None:
    if addresses.SLIP not in folder.names():
        return None
    return read_decision(folder.read(addresses.SLIP))


def _inputs(desk: Desk, visit: Visit, folder: Folder) -> Inputs:
    """What is decided from, each part frozen once: a retry goes on with what lies there."""
    snapshots = snapshot_once(desk, visit, folder)
    evidence = gather(desk, visit.race, visit.order.phase, folder, snapshots)
    forecast = write_forecast(folder, evidence, desk.forecaster)
    return Inputs(
        race=freeze_race(visit, folder),
        snapshots=snapshots,
        earlier=snapshots_of(desk.archive, visit.order.race, Phase.H30),
        forecast=forecast,
        money=_money(desk, visit, folder),
        hashes={
            "snapshot": hash_of(folder, addresses.SNAPSHOT),
            "forecast": hash_of(folder, addresses.FORECAST),
            "money": hash_of(folder, addresses.MONEY),
        },
        evidence=evidence,
    )


def _money(desk: Desk, visit: Visit, folder: Folder) -> Mapping[str, MoneyState]:
    """What each account has staked and lost; the bettor's own limit binds what is issued alone."""
    race, now = visit.order.race, desk.now()
    options = desk.options
    purse = Purse(
        accounts=(ISSUED, *(shadow_account(policy.name) for policy in desk.shadows)),
        bankroll_cents=options.bankroll_cents,
        week_loss_limit_cents=binding_limit(
            desk.archive, race.day, now, options.week_loss_limit_cents
        ),
    )
    week = desk.week or WeekEntries(desk.archive)
    return freeze_money(folder, week, race, purse, now).accounts


def _decide(desk: Desk, visit: Visit, folder: Folder, inputs: Inputs) -> Decision | str:
    """The decision, written once; or why there is none, with what was seen kept all the same."""
    now = desk.now()
    too_late = _why_too_late(folder, visit, inputs.snapshots, now)
    return too_late or write_decided(folder, addresses.SLIP, inputs, setting_of(desk), now)


def _decide_on_paper(desk: Desk, folder: Folder, inputs: Inputs, decided_at: dt.datetime) -> None:
    """After the slip, which must not wait: what each shadow policy decides on the same inputs."""
    for policy in desk.shadows:
        setting = shadow_setting(desk, policy)
        write_decided(folder, addresses.shadow_file(policy.name), inputs, setting, decided_at)


def _why_too_late(
    folder: Folder, visit: Visit, snapshots: RaceSnapshots, now: dt.datetime
) -> str | None:
    """Why no ticket may be written any more: the hour, the pages' own word, or odds too old."""
    if now >= visit.off_time:
        return "the pages came after the off"
    for reading in from_json(_Readings, folder.read(addresses.READING)).readings:
        race = reading.only_race()
        if race.status in OVER or race.result is not None:
            return f"{reading.source} says that betting is over ({race.status or 'a result'})"
    taken = [snapshot.taken_at for snapshot in snapshots.snapshots]
    if taken and now - max(taken) > OLDEST_ODDS:
        return "the odds of an interrupted attempt are too old"
    return None
