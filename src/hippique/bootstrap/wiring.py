"""The composition root: reads settings, plugs rooms together, starts nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from hippique import __version__
from hippique.bootstrap.channels import slip_channel
from hippique.bootstrap.estimators import ESTIMATORS, TRUTH, check_estimator
from hippique.bootstrap.folders import Folder
from hippique.bootstrap.identity import code_version, settings_version
from hippique.bootstrap.policies import POLICIES, shadow_policies
from hippique.bootstrap.preflight import check_stakes
from hippique.bootstrap.reports import FileReports
from hippique.bootstrap.watching import watched
from hippique.day import addresses
from hippique.day.desk import Desk, Journal, Options
from hippique.day.manifest import create_once
from hippique.day.money import WeekEntries
from hippique.day.past import PastRides
from hippique.day.race_day import load, race_day
from hippique.day.service import DayService
from hippique.errors import InputError
from hippique.ports import Archive, Clock, Source, Task, Truth
from hippique.racing.codec import to_json
from hippique.runtime.delivery import Deliver, Delivery
from hippique.settings import Settings
from hippique.sources.addresses import SiteAddresses, is_live, site_addresses
from hippique.sources.bounds import Limits
from hippique.sources.client import Habits, PoliteClient, user_agent
from hippique.sources.exchange import Pulse
from hippique.sources.sites import site_sources

CLAIM_MARGIN_S = 10.0
CALL_LIMIT_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """What kind of day a data folder holds: `live`, `simulated` or `recorded`."""

    name: str
    simulated: bool


LIVE = Mode(name="live", simulated=False)
SIMULATED = Mode(name="simulated", simulated=True)
RECORDED = Mode(name="recorded", simulated=False)


@dataclass(frozen=True, slots=True)
class _Kind:
    kind: str
    layout: int = 1


MODES = {mode.name: mode for mode in (LIVE, SIMULATED, RECORDED)}


def mode_of(folder: Folder) -> Mode | None:
    """What kind of days the folder holds, None where it is new."""
    return mode_of_archive(folder.archive)


def mode_of_archive(archive: Archive) -> Mode | None:
    """What kind of days an archive holds, None where it is new."""
    kept = load(archive, _Kind, addresses.FOLDER)
    return None if kept is None else MODES.get(kept.kind)


def mark_folder(folder: Folder, mode: Mode) -> None:
    """Mark a folder with its kind at first use; real, simulated and recorded days never mix.

    Raises InputError where the folder is of another kind.
    """
    mine = to_json(_Kind(mode.name))
    kept = create_once(folder.archive, addresses.FOLDER, mine)
    if kept != mine:
        raise InputError(
            f"{folder.place} holds other days ({kept.decode()}) than {mode.name} ones; "
            "give another folder with --data",
            field="data",
        )


def sites_of(settings: Settings) -> SiteAddresses:
    """The sites' bases that the settings name. Raises SettingsError."""
    return site_addresses(
        zeturf=settings.zeturf_base_url,
        geny=settings.geny_base_url,
        pmu=settings.pmu_base_url,
        racecourse=settings.racecourse_url,
    )


def make_sources(
    settings: Settings,
    sites: SiteAddresses,
    clock: Clock,
    *,
    chance: random.Random,
    transport: httpx.BaseTransport | None = None,
) -> tuple[Source, ...]:
    """The three sites behind one polite client."""
    habits = Habits(
        user_agent=user_agent(__version__),
        delay_s=settings.rate_limit_delay,
        switch=_switch(settings, sites),
    )
    client = PoliteClient(
        sites,
        habits,
        Pulse(clock=clock, monotonic=time.monotonic, chance=chance),
        limits=Limits(total_s=min(CALL_LIMIT_S, settings.timeout_seconds / 4)),
        transport=transport,
    )
    return site_sources(sites, client)


def _switch(settings: Settings, sites: SiteAddresses) -> Callable[[str], str | None]:
    def why_not(site: str) -> str | None:
        if site in settings.disabled_sources:
            return "source switched off by DISABLED_SOURCES"
        if is_live(sites.base(site)) and not settings.terms_acknowledged:
            return (
                "the site's terms are not acknowledged; read them (links in the README), "
                "then set TERMS_ACKNOWLEDGED=true"
            )
        return None

    return why_not


def make_options(
    settings: Settings, mode: Mode, *, parallel: bool = True, eager_reports: bool = True
) -> Options:
    """The day's choices from the settings."""
    return Options(
        mode=mode.name,
        simulated=mode.simulated,
        scope=settings.races_scope,
        operators=settings.operators,
        queue_path=settings.queue_path,
        parallel=parallel,
        eager_reports=eager_reports,
        service_url=settings.service_url,
        bankroll_cents=round(settings.bankroll_eur * 100),
        week_loss_limit_cents=week_loss_limit_cents(settings),
        dry=settings.dry_slips,
        versions={"code": code_version(), "settings": _settings_version(settings)},
    )


def week_loss_limit_cents(settings: Settings) -> int | None:
    """What WEEKLY_LOSS_LIMIT_EUR says, None where it is not set."""
    limit = settings.weekly_loss_limit_eur
    return None if limit is None else round(limit * 100)


def _settings_version(settings: Settings) -> str:
    return settings_version(
        {
            "operators": settings.operators,
            "policy": settings.policy,
            "estimator": settings.estimator,
            "scope": settings.races_scope,
            "bankroll_eur": settings.bankroll_eur,
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a day service meets: time, sites, a journal, and where its correlation ids come from.

    parallel: whether the sites are asked side by side. eager_reports: see Options. truth: the
    simulated racecourse, where there is one. is_viewed: the folder is served for looking only.
    """

    clock: Clock
    sources: Sequence[Source]
    journal: Journal
    new_id: Callable[[str], str]
    parallel: bool = True
    eager_reports: bool = True
    truth: Truth | None = None
    is_viewed: bool = False


def make_service(settings: Settings, mode: Mode, folder: Folder, outside: Outside) -> DayService:
    """A day service over a data folder. Raises what `check_estimator` and `check_stakes` raise."""
    check_estimator(settings.estimator, mode.name, simulated=mode.simulated)
    check_stakes(settings, race_day(outside.clock.now()))
    desk = Desk(
        sources=tuple(outside.sources),
        archive=folder.archive,
        views=folder.views,
        queue=folder.queue,
        claims=folder.claims(settings.timeout_seconds + CLAIM_MARGIN_S),
        clock=outside.clock,
        forecaster=ESTIMATORS[settings.estimator](),
        policy=POLICIES[settings.policy](),
        options=make_options(
            settings, mode, parallel=outside.parallel, eager_reports=outside.eager_reports
        ),
        journal=outside.journal,
        reports=FileReports(
            folder.archive, folder.views, outside.clock, is_near=folder.disk is not None
        ),
        new_id=outside.new_id,
        shadows=shadow_policies(),
        past=PastRides(folder.archive, folder.views if folder.disk is None else None),
        week=WeekEntries(folder.archive),
        truth=outside.truth if settings.estimator == TRUTH else None,
        channel=slip_channel(settings),
    )
    desk, watch = watched(settings, desk, disk=folder.disk, is_reading=outside.is_viewed)
    return DayService(desk, time.monotonic, watch)


def deliver_in_process(service: DayService) -> Deliver:
    """Deliver tasks to the service without HTTP; anything but an error is a success."""

    def deliver(task: Task) -> Delivery:
        service.deliver(task)
        return Delivery(ok=True)

    return deliver
