"""Which reader reads which kind of page; and whether a reading is of the race asked for."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from hippique.errors import InputError, WrongPage
from hippique.ports import PageKind, PageRequest
from hippique.racing.card import Meeting, Race, RaceKey, Reading
from hippique.sources import geny, pmu, zeturf


class Reader(Protocol):
    """Page in, reading out. Raises PageChanged, PageMissing (a soft 404), WrongPage."""

    def __call__(self, body: bytes, *, url: str | None = None) -> Reading:
        """Read one page; `url` gives the identity where the page does not hold it."""


READERS: dict[PageKind, Reader] = {
    PageKind.ZETURF_PROGRAMME: zeturf.read_programme,
    PageKind.ZETURF_RACE: zeturf.read_race,
    PageKind.GENY_PROGRAMME: geny.read_programme,
    PageKind.GENY_RACE: geny.read_race,
    PageKind.GENY_RESULT: geny.read_result,
    PageKind.PMU_PROGRAMME: pmu.read_programme,
    PageKind.PMU_RUNNERS: pmu.read_runners,
    PageKind.PMU_DIVIDENDS: pmu.read_dividends,
}


def read_page(kind: PageKind, body: bytes, *, url: str | None = None) -> Reading:
    """Read one page of a site. Raises PageChanged, PageMissing, WrongPage, InputError (kind)."""
    reader = READERS.get(kind)
    if reader is None:
        known = ", ".join(READERS)
        raise InputError(f"{kind} is no page of a site; choose one of {known}", field="page")
    return reader(body, url=url)


def check_identity(reading: Reading, request: PageRequest) -> None:
    """Raises WrongPage where a reading contradicts the race or the day that was asked for.

    What a page does not say contradicts nothing: Geny's pages may lack the meeting's number.
    """
    if request.race is None:
        days = {meeting.date for meeting in reading.meetings if meeting.date}
        if days and not _covers(days, request.day):
            raise _wrong(reading, request, ", ".join(day.isoformat() for day in sorted(days)))
        return
    found = [(meeting, race) for meeting in reading.meetings for race in meeting.races]
    if found and not any(_agrees(meeting, race, request) for meeting, race in found):
        raise _wrong(reading, request, _identity(*found[0]))


def _covers(days: set[date], day: date) -> bool:
    # ZEturf's programme holds three days in one page, and one of them may be without racing.
    return min(days) <= day <= max(days)


def _agrees(meeting: Meeting, race: Race, request: PageRequest) -> bool:
    key = request.race.key if request.race else None
    stated = (meeting.date, meeting.number, race.number)
    asked = (request.day, key.meeting if key else None, key.race if key else None)
    pairs = zip(stated, asked, strict=True)
    return all(said is None or said == wanted for said, wanted in pairs)


def _identity(meeting: Meeting, race: Race) -> str:
    both = meeting.number is not None and race.number is not None
    key = RaceKey(meeting.number or 0, race.number or 0) if both else f"race {race.number}"
    return f"{meeting.date or 'an unknown day'} {key}"


def _wrong(reading: Reading, request: PageRequest, found: str) -> WrongPage:
    wanted = request.race or request.day
    return WrongPage(
        f"{reading.source}: {request.url}: asked for {wanted}, the page is of {found}",
        site=reading.source,
        url=request.url,
    )
