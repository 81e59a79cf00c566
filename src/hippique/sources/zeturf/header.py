"""The race page's header: which race it is, when it is off, and the conditions of the race."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from selectolax.lexbor import LexborNode

from hippique.errors import WrongPage
from hippique.racing.card import Discipline, RaceId, RaceKey
from hippique.sources.text import fold, read_amount, read_int, squash
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import (
    Document,
    attribute,
    flag_country,
    own_words,
    race_in,
    race_path,
    read_day,
    read_instant,
    words,
)
from hippique.sources.zeturf.script import CourseScript


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The race that the page itself claims to be. path: its address as the page gives it."""

    race: RaceId
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header's facts. starters leaves later non-runners out."""

    track: str | None
    country: str | None
    name: str
    off_time: datetime
    discipline: Discipline | None = None
    distance_m: int | None = None
    prize_eur: float | None = None
    starters: int | None = None
    going: str | None = None
    labels: tuple[str, ...] = ()


def find_header(document: Document) -> LexborNode:
    """The header's box. Raises PageChanged without it."""
    header = document.tree.css_first(site.HEADER)
    if header is None:
        raise document.changed(f"the race's header ({site.HEADER})")
    return header


def read_identity(document: Document, script: CourseScript, header: LexborNode) -> Identity:
    """Whose page it is. Raises WrongPage when the address asked for names another race.

    Only the script's courseUri and the header's own link count: other links of the page echo
    whatever address was asked for, or lead to the next race anywhere.
    """
    path = script.path or attribute(header.css_first(site.HEADER_LINK), "href")
    race = race_in(path)
    if race is None:
        raise document.changed("the race's own address (courseUri, a.cta_course)")
    _refuse_other_header(document, race, header)
    asked = race_in(document.url or "")
    if asked is not None and asked != race:
        message = f"{site.SITE}: the page is {race}, not {asked}"
        raise WrongPage(message, site=site.SITE, url=document.url)
    return Identity(race=race, path=race_path(path))


def _refuse_other_header(document: Document, race: RaceId, header: LexborNode) -> None:
    meeting = site.MEETING_CODE.search(words(header.css_first(site.HEADER_MEETING)))
    number = site.RACE_CODE.search(words(header.css_first(site.HEADER_RACE)))
    day = _french_date(words(header.css_first(site.HEADER_TITLE))) or race.day
    shown_meeting = int(meeting[1]) if meeting else race.key.meeting
    shown = RaceId(day, RaceKey(shown_meeting, int(number[1]) if number else race.key.race))
    if shown != race:
        raise document.changed(f"one race only: the header shows {shown}, the address {race}")


def _french_date(text: str) -> date | None:
    match = site.FRENCH_DATE.search(text)
    return read_day(f"{match[3]}-{match[2]}-{match[1]}") if match else None


def read_header(document: Document, script: CourseScript, root: LexborNode) -> Header:
    """Read the header. Raises PageChanged without the race's name or its off time."""
    name = words(root.css_first(site.HEADER_NAME))
    if not name:
        raise document.changed(f"the race's name ({site.HEADER_NAME})")
    facts = _read_facts(_facts_line(document, script, root))
    discipline = facts.discipline or script.discipline
    return Header(
        track=words(root.css_first(site.HEADER_TRACK)) or script.track,
        country=_country(root, script),
        name=name,
        off_time=_off_time(document, root),
        discipline=discipline,
        distance_m=facts.distance_m,
        prize_eur=facts.prize_eur,
        starters=facts.starters,
        going=_going(root, discipline),
        labels=_labels(root, name, facts),
    )


def _facts_line(document: Document, script: CourseScript, root: LexborNode) -> str:
    line = words(root.css_first(site.HEADER_FACTS))
    if not line:
        missing = f"the race's kind, distance and starters ({site.HEADER_FACTS})"
        if script.state in site.OPEN_STATES:
            raise document.changed(missing)
        document.warn(f"missing: {missing}")
    return line


def _country(root: LexborNode, script: CourseScript) -> str | None:
    return script.country.upper() if script.country else flag_country(root.css_first(site.FLAG))


def _off_time(document: Document, root: LexborNode) -> datetime:
    """The stamp of the off. The printed hour is no substitute: past midnight its day is unknown."""
    off_time = read_instant(attribute(root.css_first(site.HEADER_OFF), "data-timestamp"))
    if off_time is None:
        timer = document.tree.css_first(site.BETTING_TIMER)
        off_time = read_instant(attribute(timer, "data-timer"))
    if off_time is None:
        raise document.changed(f"the off time ({site.HEADER_OFF})")
    return off_time


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    discipline: Discipline | None
    distance_m: int | None
    prize_eur: float | None
    starters: int | None
    words: str


def _read_facts(line: str) -> _Facts:
    """The line "Attelé - 2650m - 22000 € - 13 Partants", each part known by its own unit."""
    parts = [part for part in map(squash, site.FACT_SEPARATOR.split(line)) if part]
    folded = [fold(part) for part in parts]
    metres = [match[1] for part in folded if (match := site.METRES.match(part))]
    starters = [int(match[1]) for part in folded if (match := site.STARTERS.match(part))]
    prizes = [read_amount(part) for part in parts if "€" in part]
    return _Facts(
        discipline=read_discipline(" ".join(folded)),
        distance_m=next((read_int(text) or None for text in metres), None),
        prize_eur=next((prize or None for prize in prizes), None),
        starters=next(iter(starters), None),
        words=" ".join(folded),
    )


def read_discipline(folded: str) -> Discipline | None:
    """The kind of race that a folded French text names."""
    return next((kind for word, kind in site.DISCIPLINES if word in folded), None)


def _going(root: LexborNode, discipline: Discipline | None) -> str | None:
    # What the page prints as "Terrain" of a trotting track is the state of its sand, no going.
    if discipline is not None and discipline.is_trot:
        return None
    match = site.GOING.search(own_words(root.css_first(site.GOING_LINE)))
    return (match[1] or None) if match else None


def _labels(root: LexborNode, name: str, facts: _Facts) -> tuple[str, ...]:
    race_class = fold(_race_class(root))
    labels = [label for word, label in site.CLASS_LABELS if word in race_class]
    if group := site.GROUP.search(race_class):
        labels.insert(0, f"group{group[1] or len(group[2])}")
    if site.QUINTE in f"{fold(name)} {facts.words} {race_class}":
        labels.insert(0, site.QUINTE)
    return tuple(labels)


def _race_class(root: LexborNode) -> str:
    """The text after the icon "Classe / Groupe"; the set of icons differs from race to race."""
    for icon in root.css(site.CONDITION_ICON):
        if fold(attribute(icon, "title")).startswith(site.CLASS_ICON):
            return _text_until_next_icon(icon)
    return ""


def _text_until_next_icon(icon: LexborNode) -> str:
    texts: list[str] = []
    node = icon.next
    while node is not None and node.tag != "i":
        texts.append(node.text() or "")
        node = node.next
    return squash(" ".join(texts))
