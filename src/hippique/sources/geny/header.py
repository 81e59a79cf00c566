"""The header of a legacy race page: meeting, race, and the unlabelled list of its facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from hippique.racing.card import Discipline, Meeting, Race, RaceKey, RaceStatus
from hippique.racing.times import after_midnight
from hippique.sources.geny import selectors as s
from hippique.sources.geny.page import Page, page_day, page_url
from hippique.sources.geny.words import (
    NO_COUNTRY,
    country_code,
    discipline_of,
    labels_in,
)
from hippique.sources.text import fold, read_amount, read_int, read_numbers, squash

_LAST_HOUR = 23
_LAST_MINUTE = 59


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingName:
    """A meeting's heading taken apart. country is None for words in brackets nobody knows."""

    track: str
    country: str | None
    number: int | None
    unknown: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the header says. non_runners: saddle numbers of its list."""

    meeting: MeetingName
    day: date
    number: int
    name: str | None
    facts: RaceFacts
    quinte: bool
    non_runners: tuple[int, ...]
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceFacts:
    """The facts of `span.infoCourse`, found by their pattern, never by their place."""

    hour: tuple[int, int] | None = None
    discipline: Discipline | None = None
    prize_eur: float | None = None
    distance_m: int | None = None
    starters: int | None = None
    going: str | None = None
    labels: tuple[str, ...] = ()
    cancelled: bool = False
    foreign_prize: str | None = None


def read_header(page: Page) -> Header:
    """Read the header. Raises PageChanged that names the missing part."""
    block = page.first(s.HEADER)
    if block is None:
        raise page.changed(s.HEADER)
    title = block.css_first(s.MEETING_NAME)
    if title is None:
        raise page.changed(f"{s.HEADER} {s.MEETING_NAME}")
    day = page_day(page)
    if day is None:
        raise page.changed(s.PAGE_DAY)
    number, name = _race_title(page)
    withdrawn = page.first(s.NON_RUNNERS)
    facts = _facts_of(page)
    return Header(
        meeting=_checked_meeting(page, title.text()),
        day=day,
        number=number,
        name=name,
        facts=facts,
        quinte=block.css_first(s.QUINTE_MARK) is not None,
        non_runners=read_numbers(withdrawn.text()) if withdrawn else (),
        url=page_url(page),
    )


def meeting_with(header: Header, race: Race) -> Meeting:
    """The one meeting of a race page."""
    return Meeting(
        number=header.meeting.number,
        track=header.meeting.track,
        country=header.meeting.country,
        date=header.day,
        races=(race,),
    )


def race_of(header: Header) -> Race:
    """The race as far as the header knows it; runners and result are added by the readers."""
    facts = header.facts
    meeting = header.meeting.number
    return Race(
        number=header.number,
        key=str(RaceKey(meeting, header.number)) if meeting else None,
        name=header.name,
        discipline=facts.discipline,
        distance_m=facts.distance_m,
        prize_eur=facts.prize_eur,
        off_time=instant_of(header.day, facts.hour),
        status=RaceStatus.CANCELLED if facts.cancelled else None,
        starters=facts.starters,
        going=facts.going,
        labels=(("quinte",) if header.quinte else ()) + facts.labels,
        url=header.url,
    )


def instant_of(day: date, hour: tuple[int, int] | None) -> datetime | None:
    """An hour printed on a card of this day; small hours belong to the next morning."""
    return after_midnight(day, *hour) if hour else None


def read_meeting_name(text: str) -> MeetingName:
    """Take apart "jeudi : Mons (Belgique) (R5)", "Sha Tin [Hong Kong] - Genybet", "Craon (R-1)"."""
    name = s.WEEKDAY.sub("", squash(text))
    numbered = s.MEETING_NUMBER.search(name)
    number = int(numbered[1]) if numbered else 0
    name = name[: numbered.start()] if numbered else s.MEETING_TAIL.sub("", name)
    return _parted(name, number if number > 0 else None)


def _parted(name: str, number: int | None) -> MeetingName:
    country: str | None = None
    unknown: str | None = None
    name = s.SISTER_TAIL.sub("", name.strip())
    while match := s.COUNTRY_TAIL.search(name):
        name = s.SISTER_TAIL.sub("", name[: match.start()].strip())
        for piece in (match[1] or match[2] or "").split(" - "):
            code = country_code(piece)
            country = country or code
            if code is None and fold(piece) not in NO_COUNTRY:
                unknown = squash(piece)
    if country is None and unknown is None:
        country = "FR"  # the site prints a country for foreign tracks only
    return MeetingName(track=name, country=country, number=number, unknown=unknown)


def _checked_meeting(page: Page, text: str) -> MeetingName:
    meeting = read_meeting_name(text)
    if not meeting.track:
        raise page.changed(f"a track in {s.MEETING_NAME}")
    if meeting.unknown and meeting.country is None:
        page.warnings.append(f"{meeting.unknown!r} after {meeting.track} is no known country")
    return meeting


def _race_title(page: Page) -> tuple[int, str | None]:
    node = page.first(s.RACE_TITLE) or page.first(s.RACE_TITLE_OLD)
    text = squash(node.text()) if node else ""
    # The number is glued to its ordinal: "1ère course - Prix de ...".
    match = s.RACE_HEADING.match(text) or s.RACE_HEADING_SHORT.match(text)
    if match is None:
        raise page.changed(f"a race number in {s.RACE_TITLE}")
    return int(match[1]), squash(match[2]) or None


def _facts_of(page: Page) -> RaceFacts:
    node = page.first(s.RACE_INFO)
    if node is None:
        raise page.changed(s.RACE_INFO)
    for conditions in node.css(s.CONDITIONS):
        conditions.decompose()  # free text with sums, distances and dashes of its own
    for line_break in node.css("br"):
        line_break.replace_with("\x1f")
    facts = read_facts(node.text())
    if facts.hour is None and not facts.cancelled:
        page.warnings.append("no hour of departure in the header")
    if facts.discipline is None:
        page.warnings.append("no known discipline in the header")
    if facts.foreign_prize:
        page.warnings.append(f"the prize is not in euros: {facts.foreign_prize}")
    return facts


def read_facts(text: str) -> RaceFacts:
    """Read the list of facts; lines are parted by U+001F, facts by a dash between blanks."""
    pieces = [piece for piece in map(squash, s.INFO_SPLIT.split(text)) if piece]
    folded = [fold(piece) for piece in pieces]
    going = _first(s.INFO_GOING, pieces)
    starters = _first(s.INFO_STARTERS, folded)
    return RaceFacts(
        hour=_hour(folded),
        discipline=next(filter(None, map(discipline_of, folded)), None),
        prize_eur=read_amount(_first(s.INFO_PRIZE, folded)),
        distance_m=read_int(_first(s.INFO_DISTANCE, folded)),
        starters=int(starters) if starters else None,
        going=going,
        labels=labels_in(folded),
        cancelled=any(s.INFO_CANCELLED.search(piece) for piece in folded),
        foreign_prize=next(
            (
                piece
                for piece, plain in zip(pieces, folded, strict=True)
                if s.INFO_FOREIGN_PRIZE.match(plain)
            ),
            None,
        ),
    )


def read_hour(hour: str, minute: str) -> tuple[int, int] | None:
    """Hour and minute of a clock; 24 reads as midnight, None where no clock shows it."""
    found = (int(hour) % 24 if int(hour) == _LAST_HOUR + 1 else int(hour), int(minute))
    return found if found[0] <= _LAST_HOUR and found[1] <= _LAST_MINUTE else None


def _hour(folded: list[str]) -> tuple[int, int] | None:
    for piece in folded:
        if match := s.INFO_HOUR.match(piece):
            return read_hour(match[1], match[2])
    return None


def _first(pattern: re.Pattern[str], pieces: list[str]) -> str | None:
    return next((match[1] for match in map(pattern.match, pieces) if match), None)
