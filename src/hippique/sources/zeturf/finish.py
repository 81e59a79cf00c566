"""The order of finish: the «Arrivée» line, confirmed and completed by the table under it."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from hippique.racing.result import ResultStatus
from hippique.sources.text import fold, read_numbers
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import Document, attribute, words

Places = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Finish:
    """Places from the first; several numbers in one are a dead heat, or a photo not decided yet."""

    status: ResultStatus
    order: Places


def read_finish(document: Document, details: LexborNode | None) -> Finish | None:
    """The order that the box of details states, None where it states none.

    The line has at most seven numbers; the table may have more, and shows dead heats as equal
    places. Where the two disagree the line counts, with a warning.
    """
    for head in details.css(site.DETAILS_HEADS) if details is not None else ():
        match = site.ARRIVAL_HEAD.search(words(head))
        if match is None:
            continue
        parts = site.PLACE_SEPARATOR.split(match["order"])
        stated = tuple(numbers for part in parts if (numbers := read_numbers(part)))
        if stated:
            status = official_or_provisional(match["kind"])
            return Finish(status, _confirmed(document, stated, _read_table(document)))
    return None


def official_or_provisional(word: str) -> ResultStatus:
    """The status that the French word after «Arrivée» names."""
    is_official = word.casefold().startswith("officielle")
    return ResultStatus.OFFICIAL if is_official else ResultStatus.PROVISIONAL


def _read_table(document: Document) -> Places:
    places: list[list[int]] = []
    last_place: str | None = None
    for row in document.tree.css(site.FINISH_ROWS):
        number = attribute(row, site.RUNNER_NUMBER)
        cells = [child for child in row.iter() if child.tag == site.FINISH_CELL]
        if not site.SADDLE_NUMBER.fullmatch(number) or not cells:
            continue
        place = _place(cells[0])
        is_tied = bool(places) and (place == last_place or _ties_with_previous(cells, place))
        if place is None and not is_tied:
            continue  # disqualified, fallen: listed without a place
        if is_tied:
            places[-1].append(int(number))
        else:
            places.append([int(number)])
        last_place = place or last_place
    return tuple(tuple(tied) for tied in places)


def _place(cell: LexborNode) -> str | None:
    match = site.FINISH_PLACE.match(fold(words(cell)))
    return str(int(match[1])) if match and int(match[1]) else None


def _ties_with_previous(cells: list[LexborNode], place: str | None) -> bool:
    """True by the margin to the horse before, or by a place that says "ex æquo" without number."""
    said = cells[4:] if place else (cells[0], *cells[4:])
    return any(site.DEAD_HEAT.search(fold(words(cell))) for cell in said)


def _confirmed(document: Document, stated: Places, table: Places) -> Places:
    """The stated order with the table's dead heats and the table's further places."""
    line = [number for tied in stated for number in tied]
    rows = [number for tied in table for number in tied]
    if not rows:
        return stated
    if not _agree(line, table):
        document.warn("the finish table disagrees with the line «Arrivée»; the line is kept")
        return stated
    full = line + [number for number in rows if number not in line]
    joined = _joins(stated) | _joins(table)
    if _joins(stated) - _joins(table) - set(range(len(rows), len(full))):
        document.warn("a dead heat of the line «Arrivée» has two places in the finish table")
    return _grouped(full, joined)


def _agree(line: list[int], table: Places) -> bool:
    """True when both give each place to the same horses, as far as both go."""
    start = 0
    for tied in table:
        shown = line[start : start + len(tied)]
        if not set(shown) <= set(tied):
            return False
        start += len(tied)
    return True


def _joins(places: Places) -> set[int]:
    """Positions in the flat order that share the place of the position before."""
    joined: set[int] = set()
    start = 0
    for tied in places:
        joined.update(range(start + 1, start + len(tied)))
        start += len(tied)
    return joined


def _grouped(numbers: list[int], joined: set[int]) -> Places:
    places: list[list[int]] = []
    for position, number in enumerate(numbers):
        if position in joined:
            places[-1].append(number)
        else:
            places.append([number])
    return tuple(tuple(tied) for tied in places)
