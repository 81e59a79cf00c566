"""Gathers what the maintenance checks judge by."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sysconfig
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hippique.bootstrap.machine import look_at_machine
from hippique.bootstrap.parts import missing_parts
from hippique.bootstrap.replaying import site_readers
from hippique.bootstrap.settings_copy import ENV_FILE, secrets_of
from hippique.bootstrap.wiring import LIVE, mode_of_archive
from hippique.day.care.figures import figures_of
from hippique.day.care.log import BackupNote, CareLog, read_care_log
from hippique.day.care.replan import Replanned, plan_again
from hippique.day.care.troubles import top_troubles, troubles_between
from hippique.day.care.upkeep import Access, Install, Upkeep
from hippique.day.race_day import latest_plan, newest_day, race_day
from hippique.day.watch.record import incidents_of
from hippique.day.watch.thresholds import read_thresholds
from hippique.ports import Archive, Views
from hippique.report.facts import archive_days
from hippique.settings import Settings

TOOLS = ("pytest", "mypy", "ruff", "hypothesis", "pip-tools", "ipython")
_LOOPBACK = {"127.0.0.1", "localhost", "::1", None}
_OTHERS_READ, _OTHERS_WRITE = 0o004, 0o002


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose upkeep is looked at. root: None for a bucket. service_url: of whoever ran last."""

    root: Path | None
    archive: Archive
    views: Views
    service_url: str | None
    now: dt.datetime
    wall: dt.datetime


def gather_upkeep(
    place: Place,
    settings: Settings,
    environment: Mapping[str, str],
    days: int,
    docs: tuple[str, ...] | None,
) -> Upkeep:
    """Look back over so many days. docs: see Install. Raises StoreDamaged."""
    last = race_day(place.now)
    window = [last - dt.timedelta(days=back) for back in reversed(range(days))]
    since = place.now - dt.timedelta(days=days)
    care = read_care_log(place.views)
    project = settings.project_id
    return Upkeep(
        now=place.now,
        wall=place.wall,
        is_live=mode_of_archive(place.archive) in {LIVE, None},
        is_cloud=bool(settings.gcs_bucket) or "K_SERVICE" in environment or project != "local",
        first_day=next(iter(archive_days(place.archive)), None),
        figures=figures_of(place.archive, window, place.now),
        errors=top_troubles(troubles_between(place.archive, since, place.now)),
        machine=look_at_machine(place.root),
        access=_access(place, settings, environment),
        install=_install(environment, docs),
        timeout_s=settings.timeout_seconds,
        care=care,
        stored=_size_of(place.root) if place.root else None,
        replanned=_replanned(place.archive, settings),
        alerts=tuple(incidents_of(place.archive, window).values()),
        thresholds=asdict(read_thresholds(settings.alert_thresholds)),
        has_alert_channel=bool(settings.alert_urls),
        lost_backup=_lost_backup(care),
        billing=f"https://console.cloud.google.com/billing/linkedaccount?project={project}",
    )


def _replanned(archive: Archive, settings: Settings) -> Replanned | None:
    day = newest_day(archive)
    plan = latest_plan(archive, day) if day else None
    return plan_again(archive, site_readers(settings, plan), plan.date) if plan else None


def _access(place: Place, settings: Settings, environment: Mapping[str, str]) -> Access:
    reached = [settings.service_url, place.service_url]
    outside = [url for url in reached if url and urlsplit(url).hostname not in _LOOPBACK]
    return Access(
        is_open=not settings.require_auth,
        reach=outside[0] if outside else None,
        callers=(
            *settings.oidc_allowed_emails,
            *([settings.scheduler_sa_email] if settings.scheduler_sa_email else []),
        ),
        operators=settings.oidc_operators,
        readers=settings.oidc_readers,
        exposed=tuple(_exposed(place.root, settings, environment)),
    )


def _exposed(root: Path | None, settings: Settings, environment: Mapping[str, str]) -> list[str]:
    found = []
    if root is not None and root.stat().st_mode & _OTHERS_WRITE:
        found.append(f"{root}: everybody on this machine may write there")
    secret = [copy.name for copy in secrets_of(settings, environment) if copy.is_set]
    if secret and ENV_FILE.exists() and ENV_FILE.stat().st_mode & _OTHERS_READ:
        found.append(f"{ENV_FILE}: everybody may read {', '.join(secret)}")
    return found


def _install(environment: Mapping[str, str], docs: tuple[str, ...] | None) -> Install:
    libraries = Path(sysconfig.get_path("purelib"))
    metadata = [path for path in libraries.glob("*.dist-info") if path.is_dir()]
    names = {path.name.split("-")[0].replace("_", "-").lower() for path in metadata}
    newest = max((path.stat().st_mtime for path in metadata), default=None)
    return Install(
        size=_size_of(libraries),
        packages=len(metadata),
        updated_at=None if newest is None else dt.datetime.fromtimestamp(newest, dt.UTC),
        unmet=tuple(missing_parts()),
        tools=tuple(sorted(names & set(TOOLS))),
        is_image="K_SERVICE" in environment,
        docs=docs,
    )


def _size_of(root: Path) -> int:
    """Bytes of all files; one that goes away meanwhile counts nothing."""
    total = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            try:
                total += path.lstat().st_size
            except FileNotFoundError:
                continue  # a draft that has become an artefact
    return total


def _lost_backup(care: CareLog) -> str | None:
    """Why the newest backup cannot be relied on; None where it can, or where there is none."""
    return _why_lost(care.backups[-1]) if care.backups else None


def _why_lost(note: BackupNote) -> str | None:
    path = Path(note.file)
    if not path.is_file():
        return f"the newest backup, {path}, is not there"
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != note.sha256:
            return f"the newest backup, {path}, is not as it was written"
    return None
