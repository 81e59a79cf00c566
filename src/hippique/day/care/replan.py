"""The schedule tried by hand, without a site: the plan made again from its stored pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.capture import Failure, KeptPage, unpack_page
from hippique.day.care.pruning import is_page
from hippique.day.merge import merge
from hippique.day.plan import Plan
from hippique.day.race_day import load
from hippique.errors import SourceError
from hippique.ports import Archive, Page, PageRequest, Source
from hippique.racing.card import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """One plan made again. races: how many came out; faults: a race that came out otherwise."""

    address: str
    races: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Index:
    pages: tuple[KeptPage, ...] = ()
    failures: tuple[Failure, ...] = ()


def plan_again(archive: Archive, sites: Sequence[Source], day: dt.date) -> Replanned | None:
    """The day's newest whole plan again, by today's readers and rules.

    None where no plan of the day was made from all sources, or its pages were pruned.
    Raises StoreDamaged.
    """
    for address in reversed(_plans(archive, day)):
        plan = load(archive, Plan, address)
        pages = _programme_before(archive, day, address)
        if plan is not None and not plan.degraded and pages is not None:
            return _again(archive, sites, plan, address, pages)
    return None


def _plans(archive: Archive, day: dt.date) -> list[str]:
    prefix = f"{addresses.day_folder(day)}/plan"
    return [a for a in archive.addresses(prefix) if a.endswith(f"/{addresses.PLAN}")]


def _programme_before(archive: Archive, day: dt.date, plan: str) -> str | None:
    """The pages that a plan was made from: those of the last call that began before it."""
    made = plan.split("/")[2]
    prefix = f"{addresses.day_folder(day)}/programme"
    kept = [a for a in archive.addresses(prefix) if a.endswith(f"/{addresses.PAGES}")]
    earlier = [address for address in kept if address.split("/")[2] <= made]
    folder = earlier[-1].rpartition("/")[0] if earlier else None
    if folder is None or not any(map(is_page, archive.addresses(folder))):
        return None
    return earlier[-1]


def _again(
    archive: Archive, sites: Sequence[Source], plan: Plan, address: str, pages: str
) -> Replanned:
    readings, faults = _readings(archive, sites, plan.date, pages)
    merged = merge(readings, plan.date, plan.scope)
    for race in merged.races:
        known = plan.find(race.key)
        if known is None:
            faults.append(f"{race.key}: not in the plan of then")
        elif known.off_time != race.off_time:
            faults.append(f"{race.key}: off at {race.off_time}, then at {known.off_time}")
    if plan.races and not merged.races:
        faults.append("no race came out")
    return Replanned(address=address, races=len(merged.races), faults=tuple(faults))


def _readings(
    archive: Archive, sites: Sequence[Source], day: dt.date, pages: str
) -> tuple[dict[str, Reading], list[str]]:
    index = load(archive, _Index, pages) or _Index()
    by_name = {site.name: site for site in sites}
    readings: dict[str, Reading] = {}
    faults = []
    for kept in index.pages:
        try:
            page = _page(archive, pages.rpartition("/")[0], kept, day)
            readings[kept.source] = by_name[kept.source].read(page)
        except SourceError as error:
            faults.append(f"{kept.source}: {error}")
    return readings, faults


def _page(archive: Archive, folder: str, kept: KeptPage, day: dt.date) -> Page:
    address = f"{folder}/{kept.file}"
    return Page(
        request=PageRequest(kind=kept.kind, url=kept.url, day=day),
        body=unpack_page(archive.read(address), address),
        taken_at=kept.taken_at,
        content_type=kept.content_type,
    )
