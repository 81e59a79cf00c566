"""Replay plugged together: the archived day's own settings, its stored pages, an empty archive."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hippique.betting.slip import decision_document, write_decision
from hippique.bootstrap.estimators import ESTIMATORS
from hippique.bootstrap.identity import code_version
from hippique.bootstrap.policies import POLICIES, shadow_policies
from hippique.bootstrap.wiring import Mode, make_options, make_sources
from hippique.day import addresses
from hippique.day.analyse import Inputs, decide, read_forecast
from hippique.day.desk import Desk
from hippique.day.enrich import gather
from hippique.day.folder import Folder
from hippique.day.money import money_file_of, read_money
from hippique.day.past import PastRides
from hippique.day.phases import Phase
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import decision_of, latest_plan, load, snapshots_of
from hippique.day.replay import Replay, replay_day
from hippique.day.visit_h5 import setting_of
from hippique.errors import NotFound
from hippique.ports import Archive, Source
from hippique.racing.card import RaceId
from hippique.runtime.claims import MemoryClaims
from hippique.runtime.clocks import DrivenClock, WallClock
from hippique.runtime.memory import MemoryArchive, MemoryViews
from hippique.runtime.memory_queue import MemoryQueue
from hippique.runtime.owner import this_process
from hippique.settings import Settings
from hippique.sources.addresses import SiteAddresses
from hippique.sources.recorded import RecordedReader


class SilentJournal:
    """A replay tells by its comparison alone."""

    def event(self, severity: str, message: str, **fields: object) -> None:
        """Say nothing."""


class NoReports:
    """A replay leaves the files of the real day alone."""

    def publish(self, day: dt.date) -> None:
        """Write nothing."""


def replay_archived(settings: Settings, archive: Archive, plan: Plan) -> Replay:
    """Replay the plan's day under the settings that it was decided with.

    Raises NotFound where no phase of the day is finished.
    """
    then = settings.model_copy(update=_settings_then(plan))
    memory = MemoryArchive()
    past = PastRides(archive)  # asked as of each visit: later results change nothing

    def desk_at(sources: Sequence[Source], instant: dt.datetime) -> Desk:
        return replace(_desk(then, plan, memory, sources, instant), past=past)

    return replay_day(archive, site_readers(then, plan), desk_at, plan.date, code_version())


def decide_again(settings: Settings, archive: Archive, race: RaceId) -> tuple[dict[str, Any], bool]:
    """The decision made anew from a race's archived snapshots and chances, and whether it is equal.

    Raises NotFound where the race has no frozen decision.
    """
    plan = latest_plan(archive, race.day)
    frozen = decision_of(archive, race)
    folder = addresses.phase_folder(race, Phase.H5)
    planned = load(archive, PlannedRace, f"{folder}/{addresses.RACE}")
    snapshots = snapshots_of(archive, race, Phase.H5)
    if plan is None or frozen is None or planned is None or snapshots is None:
        raise NotFound(f"{race} has no frozen decision in this archive")
    then = settings.model_copy(update=_settings_then(plan))
    desk = _desk(then, plan, MemoryArchive(), (), frozen.decided_at)
    kept = Folder(archive, folder)
    money = money_file_of(kept, frozen.inputs.get("money"))
    is_enriched = addresses.JE_STATS in kept.names()  # else nothing may be made, only read
    inputs = Inputs(
        race=planned,
        snapshots=snapshots,
        earlier=snapshots_of(archive, race, Phase.H30),
        forecast=read_forecast(archive.read(f"{folder}/{addresses.FORECAST}")),
        hashes=frozen.inputs,
        evidence=gather(desk, planned, Phase.H5, kept, snapshots) if is_enriched else None,
        money=read_money(kept, money).accounts if money else {},
    )
    made = decide(inputs, setting_of(desk), frozen.decided_at)
    again = replace(made, versions=frozen.versions)  # other code is `replay`'s to tell
    return decision_document(again), write_decision(again) == write_decision(frozen)


def _settings_then(plan: Plan) -> dict[str, object]:
    kept = dict(plan.settings)
    return {
        "operators": tuple(kept["operators"].split(",")),
        "policy": kept["policy"],
        "estimator": kept["estimator"],
        "races_scope": plan.scope,
        "dry_slips": kept.get("dry") == "true",
    }


def site_readers(settings: Settings, plan: Plan) -> tuple[Source, ...]:
    """The sites whose readers read the stored pages; none of them is ever fetched from."""
    if plan.mode == "recorded":
        return (RecordedReader(),)
    clock = DrivenClock(plan.made_at)
    return make_sources(settings, SiteAddresses(), clock, chance=random.Random(0))  # noqa: S311  never used: nothing is fetched


def _desk(
    settings: Settings,
    plan: Plan,
    memory: MemoryArchive,
    sources: Sequence[Source],
    instant: dt.datetime,
) -> Desk:
    clock = DrivenClock(instant)
    mode = Mode(name=plan.mode, simulated=plan.simulated)
    owner = this_process(uuid.uuid4().hex)
    return Desk(
        sources=tuple(sources),
        archive=memory,
        views=MemoryViews(),
        queue=MemoryQueue(clock),
        claims=MemoryClaims(owner=owner, wall=WallClock().now, ttl_s=60),
        clock=clock,
        forecaster=ESTIMATORS[settings.estimator](),
        policy=POLICIES[settings.policy](),
        options=make_options(settings, mode, parallel=False),
        journal=SilentJournal(),
        reports=NoReports(),
        new_id=lambda prefix: f"{prefix}-replay",
        shadows=shadow_policies(),
    )
