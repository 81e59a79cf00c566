"""The last minutes of a race: dated lines of text, the newest first, printed twice on the page."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from hippique.racing.result import ResultStatus
from hippique.sources.text import fold
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import Document, attribute, words
from hippique.sources.zeturf.finish import Finish


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. stamp: Unix seconds, 0 where the page gives none."""

    stamp: int
    text: str


def read_timeline(document: Document) -> tuple[Line, ...]:
    """The lines, newest first; empty where the page has no timeline."""
    for selector in site.TIMELINE_ITEMS:
        lines = [_read_line(item) for item in document.tree.css(selector)]
        if lines:
            return tuple(sorted(filter(None, lines), key=lambda line: -line.stamp))
    return ()


def _read_line(item: LexborNode) -> Line | None:
    text = words(item.css_first(site.TIMELINE_TEXT))
    seconds = attribute(item.css_first(site.TIMELINE_STAMP), "data-timestamp")
    stamp = int(seconds[:12]) if seconds.isascii() and seconds.isdigit() else 0
    return Line(stamp, text) if text else None


def provisional_finish(lines: tuple[Line, ...]) -> Finish | None:
    """The newest order of the timeline, None without one.

    Always provisional: an official order in the timeline names five horses at most, and until the
    page's own state says that results are in, it does not settle.
    """
    for line in lines:
        if match := site.TIMELINE_ARRIVAL.match(line.text):
            order = _places(match["order"])
            if order:
                return Finish(ResultStatus.PROVISIONAL, order)
    return None


def _places(text: str) -> tuple[tuple[int, ...], ...]:
    places: list[tuple[int, ...]] = []
    for match in site.TIMELINE_PLACE.finditer(text):
        number = int(match["number"])
        if match["sign"] == "/" and places:
            places[-1] = (*places[-1], number)
        else:
            places.append((number,))
    return tuple(places)


def out_of_the_race(lines: tuple[Line, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numbers that the timeline calls disqualified, and fallen or pulled up; ascending."""
    disqualified: set[int] = set()
    fallen: set[int] = set()
    for line in lines:
        match = site.TIMELINE_OUT.match(fold(line.text))
        if match is not None:
            (disqualified if match[2] else fallen).add(int(match[1]))
    return tuple(sorted(disqualified)), tuple(sorted(fallen))


def is_called_off(document: Document) -> bool:
    """True when the page says that the race or its meeting is cancelled."""
    notices = [words(node) for node in document.tree.css(site.CANCELLED_PLACES)]
    texts = [*notices, *(line.text for line in read_timeline(document))]
    return any(site.CANCELLED.match(fold(text)) for text in texts)
