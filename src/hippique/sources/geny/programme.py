"""The programme of a day: flat siblings of the legacy page, or the state of the new one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

from selectolax.lexbor import LexborNode

from hippique.racing.card import Meeting, Race, RaceKey, RaceStatus, Reading, Runner
from hippique.racing.result import Result, ResultStatus
from hippique.sources.geny import selectors as s
from hippique.sources.geny.address import find_address
from hippique.sources.geny.header import (
    MeetingName,
    RaceFacts,
    instant_of,
    read_facts,
    read_hour,
    read_meeting_name,
)
from hippique.sources.geny.nextprogramme import read_next_programme
from hippique.sources.geny.page import Generation, Page, check_identity, open_page, reading_of
from hippique.sources.geny.page import page_day as calendar_day
from hippique.sources.text import fold, read_numbers, squash


def read_programme(body: bytes, *, url: str | None = None) -> Reading:
    """Read a day's meetings and races.

    Raises PageMissing (error pages), PageChanged (what is missing), WrongPage (`url` names another
    day). A race's `runners` hold nothing but the withdrawals that the page lists.
    """
    page = open_page(body, url)
    if page.generation is Generation.LEGACY:
        meetings = _read_legacy(page)
    elif page.generation is Generation.NEXT:
        meetings = read_next_programme(page)
    else:
        raise page.changed("a programme")
    return reading_of(page, "programme", meetings)


@dataclass(slots=True)
class _RaceBlock:
    """What the siblings of one race said so far."""

    number: int
    name: str | None
    href: str | None = None
    arrival_href: str | None = None
    quinte: bool = False
    state: str = ""
    facts: RaceFacts = field(default_factory=RaceFacts)


@dataclass(slots=True)
class _MeetingBlock:
    """A meeting's heading and its races so far."""

    name: MeetingName
    info: str
    withdrawn: tuple[tuple[int, int], ...]
    races: list[_RaceBlock] = field(default_factory=list)


def _read_legacy(page: Page) -> tuple[Meeting, ...]:
    blocks = _walk(page)
    if not blocks:
        raise page.changed(f"div.{s.MEETING_BLOCK}")
    if not any(block.races for block in blocks):
        raise page.changed(f"div.courseParis with {s.RACE_NAME}")
    day = calendar_day(page) or _day_of_links(blocks)
    if day is None:
        raise page.changed(f"{s.PAGE_DAY}, or a day in the races' addresses")
    check_identity(page, race_id=None, day=day)
    return tuple(_meeting(page, block, day) for block in blocks)


def _walk(page: Page) -> list[_MeetingBlock]:
    # Meetings and races are flat siblings: the current meeting is carried along.
    blocks: list[_MeetingBlock] = []
    anchor: int | None = None
    for node in page.tree.css(s.PROGRAMME_NODES):
        if node.tag == "a":
            match = s.MEETING_ANCHOR.match(node.attributes.get("name") or "")
            anchor = int(match[1]) if match else None
        elif s.MEETING_BLOCK in (node.attributes.get("class") or ""):
            blocks.append(_meeting_block(page, node, anchor))
            anchor = None
        elif blocks:
            _take_race(page, blocks[-1], node)
    return blocks


def _meeting_block(page: Page, node: LexborNode, anchor: int | None) -> _MeetingBlock:
    title = node.css_first(s.MEETING_NAME)
    if title is None:
        raise page.changed(f"div.{s.MEETING_BLOCK} {s.MEETING_NAME}")
    text = squash(title.text())
    name = read_meeting_name(text)
    if name.number is None and s.MEETING_NUMBER.search(text) is None:
        name = replace(name, number=anchor or None)
    if name.unknown and name.country is None:
        page.warnings.append(f"{name.unknown!r} after {name.track} is no known country")
    info = node.css_first(s.MEETING_INFO)
    withdrawn = node.css_first(s.MEETING_NON_RUNNERS)
    return _MeetingBlock(
        name=name,
        info=squash(info.text()) if info is not None else "",
        withdrawn=_withdrawn(withdrawn.text() if withdrawn is not None else ""),
    )


def _withdrawn(text: str) -> tuple[tuple[int, int], ...]:
    """(race, number) pairs of a list like ": 511 - 701": two last digits are the horse's."""
    return tuple((int(race), int(number)) for race, number in s.MEETING_NON_RUNNER.findall(text))


def _take_race(page: Page, meeting: _MeetingBlock, node: LexborNode) -> None:
    title = node.css_first(s.RACE_NAME)
    if title is not None:
        text = squash(title.text())
        match = s.RACE_HEADING_SHORT.match(text) or s.RACE_HEADING.match(text)
        if match is None:
            raise page.changed(f"a race number in {s.RACE_NAME} ({text[:40]})")
        if not meeting.races or meeting.races[-1].number != int(match[1]):
            meeting.races.append(_RaceBlock(int(match[1]), squash(match[2]) or None))
    if not meeting.races:
        return
    race = meeting.races[-1]
    _take_links(race, node)
    state = node.css_first(s.RACE_STATE)
    if state is not None and not race.state:
        race.state = squash(state.text())
    facts = node.css_first(s.RACE_INFO)
    if facts is not None:
        race.facts = read_facts(facts.text())


def _take_links(race: _RaceBlock, node: LexborNode) -> None:
    for link in node.css(s.RACE_LINKS):
        href = link.attributes.get("href") or ""
        if race.href is None and s.RUNNERS_HREF.search(href):
            race.href = href
        elif race.arrival_href is None and s.ARRIVAL_HREF.search(href):
            race.arrival_href = href
    marks = (s.QUINTE_BUTTON, s.QUINTE_MARK)
    race.quinte = race.quinte or any(node.css_first(mark) is not None for mark in marks)


def _day_of_links(blocks: list[_MeetingBlock]) -> date | None:
    links = (race.href or race.arrival_href or "" for block in blocks for race in block.races)
    days = Counter(address.day for address in map(find_address, links) if address and address.day)
    return days.most_common(1)[0][0] if days else None


def _meeting(page: Page, block: _MeetingBlock, day: date) -> Meeting:
    going = s.GOING_IN_MEETING.search(block.info)
    known = {race.number for race in block.races}
    strangers = [pair for pair in block.withdrawn if pair[0] not in known]
    if strangers:
        page.warnings.append(f"{block.name.track}: non-runners of unknown races {strangers}")
    if not block.races:
        page.warnings.append(f"{block.name.track}: no races listed")
    numbers = [race.number for race in block.races]
    if len(set(numbers)) != len(numbers):
        raise page.changed(f"one block per race at {block.name.track}")
    return Meeting(
        number=block.name.number,
        track=block.name.track,
        country=block.name.country,
        date=day,
        cancelled=_is_cancelled(block),
        races=tuple(
            _race(page, block, race, day, squash(going[1]) if going else None)
            for race in block.races
        ),
    )


def _is_cancelled(meeting: _MeetingBlock) -> bool:
    return bool(s.INFO_CANCELLED.search(fold(meeting.info)))


def _race(
    page: Page, meeting: _MeetingBlock, block: _RaceBlock, day: date, going: str | None
) -> Race:
    key = RaceKey(meeting.name.number, block.number) if meeting.name.number else None
    state = fold(block.state)
    hour = s.STATE_HOUR.search(state)
    clock = read_hour(hour[1], hour[2]) if hour else block.facts.hour
    starters = s.STATE_STARTERS.search(state)
    # The races of a cancelled meeting keep their hours in the list.
    is_off = _is_cancelled(meeting)
    status = RaceStatus.CANCELLED if is_off else _status(state, has_hour=hour is not None)
    url = block.href or block.arrival_href
    if url is None:
        page.warnings.append(f"{key or block.name}: no link to its page")
    return Race(
        number=block.number,
        key=str(key) if key else None,
        name=block.name,
        discipline=block.facts.discipline,
        distance_m=block.facts.distance_m,
        prize_eur=block.facts.prize_eur,
        off_time=instant_of(day, clock),
        status=status,
        starters=int(starters[1]) if starters else block.facts.starters,
        going=block.facts.going or going,
        labels=(("quinte",) if block.quinte else ()) + block.facts.labels,
        url=url,
        runners=tuple(
            Runner(number=number, non_runner=True)
            for race, number in meeting.withdrawn
            if race == block.number
        ),
        result=_result(block.state, state) if hour is None else None,
    )


def _status(state: str, *, has_hour: bool) -> RaceStatus | None:
    if s.INFO_CANCELLED.search(state):
        return RaceStatus.CANCELLED
    if has_hour:
        return None  # the page says when, not whether bets are still taken
    if s.PROVISIONAL.search(state):
        return RaceStatus.PROVISIONAL
    if s.DEFINITIVE.search(state):
        return RaceStatus.OFFICIAL
    return RaceStatus.CLOSED if s.STATE_ORDER.search(state) else None


def _result(text: str, state: str) -> Result | None:
    """An arrival in place of the hour, only where the page says how final it is."""
    numbers = s.STATE_ORDER.search(text)
    final = s.DEFINITIVE.search(state)
    if numbers is None or not (final or s.PROVISIONAL.search(state)):
        return None
    status = ResultStatus.OFFICIAL if final else ResultStatus.PROVISIONAL
    return Result(status=status, order=tuple((number,) for number in read_numbers(numbers[0])))
