"""Replay plugged together: the archived day's own settings, its stored pages, an empty archive."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence

from hippique.bootstrap.identity import code_version
from hippique.bootstrap.wiring import ESTIMATORS, POLICIES, Mode, make_options, make_sources
from hippique.day.desk import Desk
from hippique.day.plan import Plan
from hippique.day.replay import Replay, replay_day
from hippique.ports import Archive, Source
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

    def desk_at(sources: Sequence[Source], instant: dt.datetime) -> Desk:
        return _desk(then, plan, memory, sources, instant)

    return replay_day(archive, _sites(then, plan), desk_at, plan.date, code_version())


def _settings_then(plan: Plan) -> dict[str, object]:
    kept = dict(plan.settings)
    return {
        "operators": tuple(kept["operators"].split(",")),
        "policy": kept["policy"],
        "estimator": kept["estimator"],
        "races_scope": plan.scope,
    }


def _sites(settings: Settings, plan: Plan) -> tuple[Source, ...]:
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
    )
