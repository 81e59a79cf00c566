"""Five minutes before the off: the decision, frozen once, and those of other policies on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from hippique.betting.ledger import ISSUED, shadow_account
from hippique.betting.policy import Policy
from hippique.betting.slip import Decision, write_decision
from hippique.day import addresses
from hippique.day.analyse import (
    Inputs,
    Setting,
    decide,
    read_written,
    write_decided,
    write_forecast,
)
from hippique.day.books import write_stakes
from hippique.day.desk import Desk
from hippique.day.enrich import gather
from hippique.day.folder import Folder, hash_of
from hippique.day.limits import binding_limit
from hippique.day.money import (
    FrozenMoney,
    Purse,
    WeekEntries,
    freeze_money,
    money_names,
    read_money,
)
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.race_day import snapshots_of
from hippique.day.snapshots import RaceSnapshots
from hippique.day.visits import Visit, freeze_race, snapshot_once
from hippique.errors import StoreBusy
from hippique.racing.card import RaceStatus, Reading
from hippique.racing.codec import from_json

OVER = frozenset(
    {RaceStatus.CLOSED, RaceStatus.PROVISIONAL, RaceStatus.OFFICIAL, RaceStatus.CANCELLED}
)
MOST_ROUNDS = 5  # as many slips at once would be a rare day
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
    return read_written(folder, addresses.SLIP)


def _inputs(desk: Desk, visit: Visit, folder: Folder) -> Inputs:
    """What is decided from, each part frozen once: a retry goes on with what lies there."""
    snapshots = snapshot_once(desk, visit, folder)
    evidence = gather(desk, visit.race, visit.order.phase, folder, snapshots)
    forecast = write_forecast(folder, evidence, desk.forecaster)
    made = Inputs(
        race=freeze_race(visit, folder),
        snapshots=snapshots,
        earlier=snapshots_of(desk.archive, visit.order.race, Phase.H30),
        forecast=forecast,
        hashes={
            "snapshot": hash_of(folder, addresses.SNAPSHOT),
            "forecast": hash_of(folder, addresses.FORECAST),
        },
        evidence=evidence,
    )
    return _with_money(made, folder, _money(desk, visit, folder))


def _with_money(inputs: Inputs, folder: Folder, frozen: FrozenMoney) -> Inputs:
    hashes = {**inputs.hashes, "money": hash_of(folder, frozen.name)}
    return replace(inputs, hashes=hashes, money=frozen.money.accounts)


def _money(desk: Desk, visit: Visit, folder: Folder) -> FrozenMoney:
    """What each account has staked and lost; the bettor's own limit binds what is issued alone."""
    race, now = visit.order.race, desk.now()
    names = money_names(folder)
    if desk.replays and names:
        return FrozenMoney(names[-1], read_money(folder, names[-1]))
    purse = Purse(
        accounts=(ISSUED, *(shadow_account(policy.name) for policy in desk.shadows)),
        bankroll_cents=desk.options.bankroll_cents,
        week_loss_limit_cents=binding_limit(
            desk.archive, race.day, now, desk.options.week_loss_limit_cents
        ),
    )
    return freeze_money(folder, desk.week or WeekEntries(desk.archive), race, purse, now)


def _decide(desk: Desk, visit: Visit, folder: Folder, inputs: Inputs) -> Decision | str:
    """The decision, written once; or why there is none, with what was seen kept all the same.

    Decided again where another slip was written meanwhile: no two may count on the same money.
    Raises StoreBusy where that happens too often.
    """
    for _ in range(MOST_ROUNDS):
        now = desk.now()
        too_late = _why_too_late(folder, visit, inputs.snapshots, now)
        if too_late:
            return too_late
        made = decide(inputs, setting_of(desk), now)
        with desk.deciding:
            known = _with_money(inputs, folder, _money(desk, visit, folder))
            if not made.tickets or known.hashes == inputs.hashes:
                folder.write(addresses.SLIP, write_decision(made))
                return read_written(folder, addresses.SLIP)
        inputs = known
    raise StoreBusy(f"other slips were written while {visit.order.race} was decided; try again")


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
