"""The page of a race's runners, of either generation and of the sister site."""

from __future__ import annotations

from dataclasses import replace

from hippique.racing.card import Meeting, Race, Reading
from hippique.sources.geny.header import meeting_with, race_of, read_header
from hippique.sources.geny.nextrace import read_next_race
from hippique.sources.geny.page import (
    Generation,
    Page,
    check_identity,
    open_page,
    page_day,
    page_race_id,
    reading_of,
)
from hippique.sources.geny.runners import (
    read_runners,
    read_sister_runners,
    with_coupled,
    with_withdrawn,
)


def read_race(body: bytes, *, url: str | None = None) -> Reading:
    """Read a race's runners and odds.

    Raises PageMissing (error pages), PageChanged (what is missing), WrongPage (`url` names another
    race or day). Odds of pool `geny`: the legacy page does not name whose they are.
    """
    page = open_page(body, url)
    if page.generation is Generation.LEGACY:
        meeting = read_legacy_race(page)
    elif page.generation is Generation.SISTER:
        meeting = _read_sister(page)
    else:
        meeting = read_next_race(page)
    return reading_of(page, "race", (meeting,))


def read_legacy_race(page: Page) -> Meeting:
    """The one meeting and race of a legacy page, with runners. Raises PageChanged, WrongPage."""
    check_identity(page, race_id=page_race_id(page), day=page_day(page))
    runners = read_runners(page)
    header = read_header(page)
    runners = with_coupled(page, with_withdrawn(page, runners, header.non_runners))
    running = sum(not runner.non_runner for runner in runners)
    race = race_of(header)
    if race.starters is not None and race.starters != running:
        page.warnings.append(f"the header counts {race.starters} runners, the table {running}")
    starters = running if race.starters is None else race.starters
    return meeting_with(
        header, replace(race, runners=runners, declared=len(runners), starters=starters)
    )


def _read_sister(page: Page) -> Meeting:
    check_identity(page, race_id=page_race_id(page), day=None)
    runners = read_sister_runners(page)
    page.warnings.append("a Genybet table alone: no meeting, race, hour; maybe not all runners")
    return Meeting(number=None, races=(Race(number=None, runners=runners),))
