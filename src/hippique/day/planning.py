"""Make the day's plan: read every source's programme, merge, and keep the version if it is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hippique.day import addresses
from hippique.day.capture import Capture, KeptPage, capture, unpack_page
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.merge import Merged, keep_known, merge
from hippique.day.plan import Plan, PlannedRace, SourceReport
from hippique.day.race_day import latest_plan, load
from hippique.errors import EmptyDay, SourceDown, SourceError, StoreError
from hippique.ports import Page, PageRequest, Source
from hippique.racing.card import Reading
from hippique.racing.codec import to_pretty_json
from hippique.racing.times import paris_day

ROLLING_DAYS = {"zeturf": 2}  # its one programme page shows today and so many days after it
CONFIRMING_SOURCES = 2  # an empty day is believed when two sources read without fault agree


@dataclass(frozen=True, slots=True)
class _PagesFile:
    pages: tuple[KeptPage, ...]


def make_plan(desk: Desk, day: dt.date, correlation_id: str) -> Plan:
    """The day's plan from all sources; a new version is archived only where something changed.

    A source that fails now counts with its last good page of the day, and as degraded.
    Raises SourceDown where no source answers, or where an empty day is not confirmed.
    """
    folder = Folder(desk.archive, _free(desk, addresses.programme_folder(day, desk.now())))
    taken = capture(
        desk.sources, lambda source: source.programme(day), folder, parallel=desk.options.parallel
    )
    folder.write_value(addresses.PAGES, {"pages": taken.pages, "failures": taken.failures})
    folder.close(desk.stamp())
    _report(desk, taken, correlation_id, folder)
    readings = _readings(taken)
    reports = tuple(_source_report(desk, source, readings, taken, day) for source in desk.sources)
    if not readings:
        raise SourceDown(_all_down(reports), site="all")
    for source in desk.sources:
        if source.name not in readings:
            earlier = _last_good(desk, source, day)
            readings |= {source.name: earlier} if earlier else {}
    merged = merge(readings, day, desk.options.scope)
    _check_empty(merged, reports, day)
    before = latest_plan(desk.archive, day)
    merged = keep_known(merged, before.races if before else ())
    plan = _plan(desk, day, correlation_id, merged, reports)
    return _keep(desk, plan)


def _free(desk: Desk, path: str) -> str:
    """The folder, or the same with a number where a call of the same second took it.

    The numbered ones must sort after the first: the last plan of a day is the one in force.
    """
    number, free = 1, path
    while desk.archive.addresses(free):
        number += 1
        free = f"{path}_{number:03}"
    return free


def _report(desk: Desk, taken: Capture, correlation_id: str, folder: Folder) -> None:
    for failure in taken.failures:
        desk.journal.event(
            "WARNING",
            "Error parsing" if failure.file else "Error fetching",
            correlation_id=correlation_id,
            source=failure.source,
            url=failure.url,
            error=failure.error,
            missing=failure.reason,
            page=f"{folder.path}/{failure.file}" if failure.file else None,
        )


def _readings(taken: Capture) -> dict[str, Reading]:
    return {one.reading.source: one.reading for one in taken.taken}


def _source_report(
    desk: Desk, source: Source, readings: Mapping[str, Reading], taken: Capture, day: dt.date
) -> SourceReport:
    reading = readings.get(source.name)
    if reading is None:
        errors = [f.reason for f in taken.failures if f.source == source.name]
        return SourceReport(source=source.name, ok=False, error="; ".join(errors) or "no page")
    today = [m for m in reading.meetings if m.date in {day, None}]
    return SourceReport(
        source=source.name,
        ok=True,
        covers=bool(today) or _speaks_of(source, (day - paris_day(desk.now())).days),
        meetings=len(today),
        races=sum(len(meeting.races) for meeting in today),
        warnings=reading.warnings,
    )


def _speaks_of(source: Source, days_ahead: int) -> bool:
    """Whether a page without a meeting of that day says that there is none."""
    most = ROLLING_DAYS.get(source.name)
    return most is None or 0 <= days_ahead <= most


def _all_down(reports: tuple[SourceReport, ...]) -> str:
    if not reports:
        return "no source is read here: this folder is served for looking only"
    told = "; ".join(f"{report.source}: {report.error}" for report in reports)
    return f"no source gave a programme ({told})"


def _check_empty(merged: Merged, reports: tuple[SourceReport, ...], day: dt.date) -> None:
    if merged.races:
        return
    agreeing = [r.source for r in reports if r.ok and r.covers and r.races == 0]
    if len(agreeing) < CONFIRMING_SOURCES:
        seen = ", ".join(agreeing) or "none"
        raise EmptyDay(
            f"0 races on {day}, which two sources must confirm (confirming: {seen})", site="all"
        )


def _last_good(desk: Desk, source: Source, day: dt.date) -> Reading | None:
    """The newest programme of the day that this source served and that could be read."""
    prefix = f"{addresses.day_folder(day)}/programme"
    indexes = [a for a in desk.archive.addresses(prefix) if a.endswith(f"/{addresses.PAGES}")]
    for index in reversed(indexes):
        pages = load(desk.archive, _PagesFile, index)
        for kept in pages.pages if pages else ():
            if kept.source != source.name:
                continue
            try:
                return source.read(reread(desk, index.rpartition("/")[0], kept, day))
            except (SourceError, StoreError):
                continue  # damaged, or kept although it could not be read; an older one may
    return None


def reread(desk: Desk, folder: str, kept: KeptPage, day: dt.date) -> Page:
    """A kept page as it came. Raises NotFound, StoreDamaged."""
    address = f"{folder}/{kept.file}"
    return Page(
        request=PageRequest(kind=kept.kind, url=kept.url, day=day),
        body=unpack_page(desk.archive.read(address), address),
        taken_at=kept.taken_at,
        content_type=kept.content_type,
    )


def _plan(
    desk: Desk,
    day: dt.date,
    correlation_id: str,
    merged: Merged,
    reports: tuple[SourceReport, ...],
) -> Plan:
    return Plan(
        date=day,
        mode=desk.options.mode,
        simulated=desk.options.simulated,
        made_at=desk.now(),
        correlation_id=correlation_id,
        scope=desk.options.scope,
        settings={
            "operators": ",".join(desk.options.operators),
            "policy": desk.policy.name,
            "estimator": desk.forecaster.name,
            **({"dry": "true"} if desk.options.dry else {}),
        },
        races=tuple(_addressed(desk, race) for race in merged.races),
        sources=reports,
        disagreements=merged.disagreements,
        refused=merged.refused,
    )


def _addressed(desk: Desk, race: PlannedRace) -> PlannedRace:
    """The race with its absolute address at the first source that has a page of it."""
    for source in desk.sources:
        requests = source.card(race.ref) if source.name in race.urls else ()
        if requests:
            return replace(race, url=requests[0].url)
    return race


def _keep(desk: Desk, plan: Plan) -> Plan:
    before = latest_plan(desk.archive, plan.date)
    kept = before if before is not None and _is_same(before, plan) else plan
    content = to_pretty_json(kept)
    if kept is plan:
        folder = Folder(desk.archive, _free(desk, addresses.plan_folder(plan.date, desk.now())))
        folder.write(addresses.PLAN, content)
        folder.close(desk.stamp())
    if desk.views.load(addresses.PLAN) != content:  # another day's, or a worker died before it
        desk.views.publish(addresses.PLAN, content)
    return kept


def _is_same(one: Plan, two: Plan) -> bool:
    return _news(one) == _news(two)


def _news(plan: Plan) -> tuple[object, ...]:
    made_under = (plan.mode, plan.scope, dict(plan.settings))
    return made_under, plan.races, plan.degraded, plan.refused, plan.disagreements
