"""The race page: before the off with live odds, then closed, then with its result."""

from __future__ import annotations

from hippique.racing.card import Meeting, Race, RaceStatus, Reading, Runner
from hippique.racing.result import Result
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import Document, open_document
from hippique.sources.zeturf.header import (
    Header,
    Identity,
    find_header,
    read_header,
    read_identity,
)
from hippique.sources.zeturf.result import read_result
from hippique.sources.zeturf.runners import read_runners
from hippique.sources.zeturf.script import CourseScript, read_script
from hippique.sources.zeturf.state import find_details, read_state


def read_race(body: bytes, *, url: str | None = None) -> Reading:
    """Read a race page. url: the address asked for, if known; a race in it is checked.

    Raises PageMissing (an error page), WrongPage (another race than `url` names), PageChanged
    (damaged, or without something that the state of the race demands; it names what).
    """
    document = open_document(body, url=url, parts=site.RACE_PARTS)
    script = read_script(document)
    root = find_header(document)
    identity = read_identity(document, script, root)
    header = read_header(document, script, root)
    runners = read_runners(document, script.odds)
    details = find_details(document, root)
    state = read_state(document, script.state, details)
    _demand_odds(document, script, runners, state.status)
    result = read_result(document, state.finish, runners, details) if state.finish else None
    race = _race(identity, header, state.status, runners, result)
    _compare_counts(document, race)
    meeting = _meeting(identity, header, race)
    return Reading(
        source=site.SITE,
        page="race",
        url=url,
        warnings=tuple(document.warnings),
        meetings=(meeting,),
    )


def _demand_odds(
    document: Document, script: CourseScript, runners: tuple[Runner, ...], status: RaceStatus
) -> None:
    """Odds are the point of an open page: one without them is a changed page, never null odds.

    That a runner has no odds yet is said by an entry whose values are `false`.
    """
    missing = _missing_odds(script, runners)
    if missing and status is RaceStatus.OPEN:
        raise document.changed(f"{missing}, the odds of an open page")
    if missing:
        document.warn(f"no odds: the page lacks {missing}")
    elif not any(runner.odds and runner.odds.win for runner in runners):
        document.warn("no odds: cotesInfos holds none for any runner")


def _missing_odds(script: CourseScript, runners: tuple[Runner, ...]) -> str | None:
    bare = [runner.number for runner in runners if not runner.non_runner and runner.odds is None]
    if script.odds is None:
        return "cotesInfos"
    return f"cotesInfos of runners {bare}" if bare else None


def _race(
    identity: Identity,
    header: Header,
    status: RaceStatus,
    runners: tuple[Runner, ...],
    result: Result | None,
) -> Race:
    return Race(
        number=identity.race.key.race,
        key=str(identity.race.key),
        name=header.name,
        discipline=header.discipline,
        distance_m=header.distance_m,
        prize_eur=header.prize_eur,
        off_time=header.off_time,
        status=status,
        declared=len(runners),
        starters=_starters(header, runners),
        going=header.going,
        labels=header.labels,
        url=identity.path,
        runners=runners,
        result=result,
    )


def _starters(header: Header, runners: tuple[Runner, ...]) -> int:
    if header.starters is not None:
        return header.starters
    return sum(not runner.non_runner for runner in runners)


def _compare_counts(document: Document, race: Race) -> None:
    rows = sum(not runner.non_runner for runner in race.runners)
    if race.starters != rows:
        document.warn(f"the header counts {race.starters} starters, the table {rows}")


def _meeting(identity: Identity, header: Header, race: Race) -> Meeting:
    return Meeting(
        number=identity.race.key.meeting,
        track=header.track,
        country=header.country,
        date=identity.race.day,
        races=(race,),
    )
