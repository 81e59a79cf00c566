"""The page of a race's arrival and dividends, of either generation."""

from __future__ import annotations

from dataclasses import replace

from hippique.racing.card import Meeting, RaceStatus, Reading
from hippique.racing.result import Result
from hippique.sources.geny import selectors as s
from hippique.sources.geny.arrival import Arrival, has_arrival, read_arrival
from hippique.sources.geny.dividends import read_dividends
from hippique.sources.geny.header import meeting_with, race_of, read_header
from hippique.sources.geny.nextresult import read_next_result
from hippique.sources.geny.page import (
    NO_ARRIVAL,
    Generation,
    Page,
    check_identity,
    open_page,
    page_day,
    page_race_id,
    reading_of,
)
from hippique.sources.geny.race import read_legacy_race
from hippique.sources.geny.runners import with_coupled


def read_result(body: bytes, *, url: str | None = None) -> Reading:
    """Read a race's order of finish and its dividends per operator.

    The page of a race that has not finished has no result: what it does hold is read, with a
    warning. Raises PageMissing (error pages), PageChanged (what is missing), WrongPage (`url`
    names another race or day).
    """
    page = open_page(body, url)
    if page.generation is Generation.LEGACY:
        meeting = _read_legacy(page) if has_arrival(page) else _read_without_arrival(page)
    elif page.generation is Generation.SISTER:
        raise page.changed("an arrival (this is a table of runners)")
    else:
        meeting = read_next_result(page)
    return reading_of(page, "result", (meeting,))


def _read_legacy(page: Page) -> Meeting:
    check_identity(page, race_id=page_race_id(page), day=page_day(page))
    arrival = read_arrival(page)
    header = read_header(page)
    dividends, refunded = read_dividends(page)
    non_runners = tuple(sorted({*header.non_runners, *arrival.non_runners}))
    result = Result(
        status=arrival.status,
        order=arrival.order,
        non_runners=non_runners,
        disqualified=arrival.disqualified,
        fallen=arrival.fallen,
        dividends=dividends,
        refunded=refunded,
    )
    race = race_of(header)
    _compare_counts(page, arrival, race.starters)
    return meeting_with(
        header,
        replace(
            race,
            status=RaceStatus(arrival.status.value),
            runners=with_coupled(page, arrival.runners),
            result=result,
        ),
    )


def _read_without_arrival(page: Page) -> Meeting:
    page.warnings.append(NO_ARRIVAL)
    if page.first(s.RUNNERS) is not None:
        return read_legacy_race(page)
    check_identity(page, race_id=page_race_id(page), day=page_day(page))
    header = read_header(page)
    return meeting_with(header, race_of(header))


def _compare_counts(page: Page, arrival: Arrival, starters: int | None) -> None:
    ran = sum(not runner.non_runner for runner in arrival.runners)
    if starters is not None and ran != starters:
        page.warnings.append(f"the header counts {starters} runners, the arrival {ran}")
