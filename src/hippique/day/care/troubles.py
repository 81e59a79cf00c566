"""What went wrong, read from the archive alone: attempts, pages and visits that failed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hippique.day import addresses
from hippique.day.capture import Failure, KeptPage
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase, not_after
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import latest_plan, load, outcome_of
from hippique.errors import PageMissing
from hippique.ports import Archive


class Kind(StrEnum):
    """ATTEMPT: one delivery that was tried again. PAGE: one page. VISIT: lost for good."""

    ATTEMPT = "attempt"
    PAGE = "page"
    VISIT = "visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that went wrong. error: the class of the error, or what became of the visit.

    where: address of the folder, of the page where one was kept. source: of a page. at: race time.
    """

    at: dt.datetime
    kind: Kind
    where: str
    error: str
    reason: str
    source: str | None = None
    has_page: bool = False

    @property
    def race(self) -> str | None:
        """R1C3 of the day that it fell on; None outside races."""
        parts = self.where.split("/")
        return parts[1] if len(parts) > 1 and parts[1].startswith("R") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleGroup:
    """Troubles of one kind, class and source together. example: the newest one's reason."""

    error: str
    kind: Kind
    source: str | None
    count: int
    first: dt.datetime
    last: dt.datetime
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    at: dt.datetime
    error: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Index:
    pages: tuple[KeptPage, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Closed:
    written_at: dt.datetime


def troubles_between(
    archive: Archive, since: dt.datetime, until: dt.datetime
) -> tuple[Trouble, ...]:
    """Everything that went wrong after `since` and up to `until`, oldest first.

    Raises StoreDamaged that names the artefact.
    """
    found = [one for day in _days(archive, since, until) for one in troubles_of_day(archive, day)]
    found += _lost(archive, _days(archive, since, until), until)
    inside = (one for one in found if since < one.at <= until)
    return tuple(sorted(inside, key=lambda one: (one.at, one.where, one.error)))


def _days(archive: Archive, since: dt.datetime, until: dt.datetime) -> list[dt.date]:
    """Race days that may hold it: their last visits come four days later."""
    days = (since - dt.timedelta(days=5)).date(), (until + dt.timedelta(days=1)).date()
    return sorted(day for day in map(_date, archive.folders()) if day and days[0] <= day <= days[1])


def _date(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name)
    except ValueError:
        return None


def troubles_of_day(archive: Archive, day: dt.date) -> Iterator[Trouble]:
    """The attempts and pages of a day that failed; what was lost altogether is `lost_visits`."""
    listed = archive.addresses(addresses.day_folder(day))
    for address in listed:
        folder, _, name = address.rpartition("/")
        if name.startswith("failure-"):
            yield from _attempt(archive, address, folder)
        elif name == addresses.PAGES:
            yield from _pages(archive, address, folder)


def _attempt(archive: Archive, address: str, folder: str) -> Iterator[Trouble]:
    said = load(archive, _Attempt, address)
    if said is not None:
        yield Trouble(
            at=said.at, kind=Kind.ATTEMPT, where=folder, error=said.error, reason=said.reason
        )


def _pages(archive: Archive, address: str, folder: str) -> Iterator[Trouble]:
    index = load(archive, _Index, address)
    if index is None or not index.failures:
        return
    at = _instant(archive, folder, index)
    if at is None:  # a planning call that is still at it
        return
    for failure in index.failures:
        if folder.endswith(f"/{Phase.RESULT}") and failure.error == PageMissing.__name__:
            continue  # dividends have no page before they are official
        yield Trouble(
            at=at, kind=Kind.PAGE, error=failure.error, reason=failure.reason,
            where=f"{folder}/{failure.file}" if failure.file else folder,
            source=failure.source, has_page=failure.file is not None,
        )  # fmt: skip


def _instant(archive: Archive, folder: str, index: _Index) -> dt.datetime | None:
    """When the folder's pages were asked for: by its newest page, else by its manifest."""
    if index.pages:
        return max(page.taken_at for page in index.pages)
    closed = load(archive, _Closed, f"{folder}/{addresses.MANIFEST}")
    return closed.written_at if closed else None


def _lost(archive: Archive, days: Iterable[dt.date], now: dt.datetime) -> Iterator[Trouble]:
    for day in days:
        plan = latest_plan(archive, day)
        if plan is not None:
            yield from lost_visits(archive, plan, now)


def lost_visits(archive: Archive, plan: Plan, now: dt.datetime) -> Iterator[Trouble]:
    """Visits that failed for good, came too late, or that nobody made in time."""
    for race in plan.queued():
        for phase in Phase:
            outcome = outcome_of(archive, race.race, phase)
            lost = _never_made(race, phase, now) if outcome is None else _ended_badly(outcome)
            if lost is not None:
                yield lost


def _ended_badly(outcome: Outcome) -> Trouble | None:
    if outcome.status not in {Status.LATE, Status.FAILED}:
        return None
    return Trouble(
        at=outcome.at, kind=Kind.VISIT, where=f"{outcome.race}/{outcome.phase}",
        error=outcome.status, reason="; ".join(outcome.reasons),
    )  # fmt: skip


def _never_made(race: PlannedRace, phase: Phase, now: dt.datetime) -> Trouble | None:
    if race.off_time is None or not_after(phase, race.off_time) > now:
        return None
    return Trouble(
        at=not_after(phase, race.off_time), kind=Kind.VISIT, where=f"{race.race}/{phase}",
        error="missed", reason="nobody made this visit in time",
    )  # fmt: skip


def top_troubles(troubles: Iterable[Trouble]) -> tuple[TroubleGroup, ...]:
    """Troubles by class, kind and source, the most frequent first."""
    groups: Mapping[tuple[str, Kind, str], list[Trouble]] = defaultdict(list)
    for one in troubles:
        groups[one.error, one.kind, one.source or ""].append(one)
    found = [
        TroubleGroup(
            error=error, kind=kind, source=source or None, count=len(same),
            first=min(one.at for one in same), last=max(one.at for one in same),
            example=max(same, key=lambda one: one.at).reason,
        )
        for (error, kind, source), same in groups.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda group: (-group.count, group.error, group.source or "")))
