"""The programme page: the meetings of three days, and the races of one of them from its frieze."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from selectolax.lexbor import LexborNode

from hippique.errors import WrongPage
from hippique.racing.card import Meeting, Race, RaceId, RaceStatus, Reading
from hippique.sources.text import fold, read_int
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import (
    Document,
    attribute,
    flag_country,
    open_document,
    race_in,
    race_path,
    read_day,
    read_instant,
    words,
)

_Key = tuple[date, int]


@dataclass(slots=True)
class _Table:
    """Meetings by day and number, in the page's order, and how many races each announces."""

    meetings: dict[_Key, Meeting] = field(default_factory=dict)
    announced: dict[_Key, int | None] = field(default_factory=dict)


def read_programme(body: bytes, *, url: str | None = None) -> Reading:
    """Read a programme page. url: the address asked for, if known; a day in it is checked.

    Meetings of all days shown; races only of the day that the frieze of races covers. Raises
    PageMissing (an error page), WrongPage (no meeting of the day in `url`), PageChanged.
    """
    document = open_document(body, url=url)
    table = _read_table(document)
    _refuse_other_day(document, table)
    races = _read_strips(document, table)
    _demand_races(document, table, races)
    for key, found in races.items():
        table.meetings[key] = _with_races(document, table, key, found)
    return Reading(
        source=site.SITE,
        page="programme",
        url=url,
        warnings=tuple(document.warnings),
        meetings=tuple(table.meetings.values()),
    )


def _read_table(document: Document) -> _Table:
    table = _Table()
    rows = document.tree.css(f"{site.PROGRAMME_WRAPPERS} {site.MEETING_ROWS}")
    for row in rows:
        key = _meeting_key(row)
        if key is None:
            raise document.changed(f"the address of a meeting ({site.MEETING_LINK})")
        table.meetings.setdefault(key, _read_meeting(row, key))
        table.announced.setdefault(key, read_int(words(row.css_first(site.MEETING_RACES))))
    if not table.meetings:
        raise document.changed(f"meetings ({site.PROGRAMME_WRAPPERS} {site.MEETING_ROWS})")
    return table


def _meeting_key(row: LexborNode) -> _Key | None:
    """Day and number from the link: the row prints two numbers, "R4" and, for abroad, "FR3".

    The day of the link is the race day, also for a meeting that runs past midnight.
    """
    for link in row.css(site.MEETING_LINK):
        match = site.MEETING_ADDRESS.search(attribute(link, "href"))
        day = read_day(match["day"]) if match else None
        if match is not None and day is not None:
            return day, int(match["meeting"])
    return None


def _read_meeting(row: LexborNode, key: _Key) -> Meeting:
    states = [fold(words(cell)) for cell in row.css(site.MEETING_STATE)]
    pays = attribute(row.css_first(site.MEETING_COUNTRY), site.MEETING_COUNTRY_VALUE)
    return Meeting(
        number=key[1],
        track=words(row.css_first(site.MEETING_TRACK)) or None,
        country=flag_country(row.css_first(site.FLAG)) or pays.upper() or None,
        date=key[0],
        cancelled=any(site.MEETING_CANCELLED.search(state) for state in states),
    )


def _refuse_other_day(document: Document, table: _Table) -> None:
    asked = site.DAY_ADDRESS.search(document.url or "")
    day = read_day(asked[1]) if asked else None
    shown = {key[0] for key in table.meetings}
    if day is not None and day not in shown:
        days = ", ".join(sorted(map(str, shown)))
        message = f"{site.SITE}: the programme shows {days}, not {day}"
        raise WrongPage(message, site=site.SITE, url=document.url)


def _read_strips(document: Document, table: _Table) -> dict[_Key, dict[int, Race]]:
    """Races by meeting and number.

    Each race says itself whose it is: the strips stand in another order than the table.
    """
    races: dict[_Key, dict[int, Race]] = {}
    for strip in document.tree.css(site.STRIPS):
        for item in strip.css(site.STRIP_RACES):
            link = item.css_first(site.STRIP_LINK)
            race_id = race_in(attribute(link, "href"))
            if race_id is None or link is None:
                document.warn(f"a race without address in the frieze: {words(item)}")
                continue
            key = (race_id.day, race_id.key.meeting)
            table.meetings.setdefault(key, _strip_meeting(strip, key))
            race = _read_race(document, item, link, race_id)
            races.setdefault(key, {}).setdefault(race_id.key.race, race)
    return races


def _strip_meeting(strip: LexborNode, key: _Key) -> Meeting:
    """A meeting that the table lacks. Its code begins with the country's letters."""
    code = site.STRIP_CODE_TEXT.fullmatch(words(strip.css_first(site.STRIP_CODE)))
    return Meeting(
        number=key[1],
        track=words(strip.css_first(site.STRIP_TRACK)) or None,
        country=code[1] if code else None,
        date=key[0],
    )


def _read_race(document: Document, item: LexborNode, link: LexborNode, race_id: RaceId) -> Race:
    off_time = read_instant(attribute(item, site.STRIP_OFF))
    if off_time is None:
        document.warn(f"{race_id.key}: no off time ({site.STRIP_OFF})")
    return Race(
        number=race_id.key.race,
        key=str(race_id.key),
        name=site.STRIP_TITLE.sub("", attribute(link, "title"), count=1) or None,
        off_time=off_time,
        url=race_path(attribute(link, "href")),
    )


def _demand_races(document: Document, table: _Table, races: dict[_Key, dict[int, Race]]) -> None:
    """A day with meetings has races with off times; without them the frieze has changed."""
    today = document.tree.css(f"{site.PROGRAMME_WRAPPERS}.{site.TODAY_CLASS} {site.MEETING_ROWS}")
    keys = [key for row in today if (key := _meeting_key(row))]
    is_racing = any(not table.meetings[key].cancelled for key in keys)
    timed = [race for found in races.values() for race in found.values() if race.off_time]
    if is_racing and not timed:
        raise document.changed(f"races with off times ({site.STRIPS} li[{site.STRIP_OFF}])")
    shown_days = {key[0] for key in races}
    for day, number in table.meetings:
        if day in shown_days and (day, number) not in races:
            document.warn(f"R{number}: no races in the frieze")


def _with_races(document: Document, table: _Table, key: _Key, found: dict[int, Race]) -> Meeting:
    meeting = table.meetings[key]
    announced = table.announced.get(key)
    if announced is not None and announced != len(found):
        document.warn(f"R{key[1]}: {announced} races announced, {len(found)} in the frieze")
    races = [found[number] for number in sorted(found)]
    if meeting.cancelled:  # the frieze keeps the times of a cancelled meeting
        races = [replace(race, status=RaceStatus.CANCELLED) for race in races]
    return replace(meeting, races=tuple(races))
