"""Tables by their captions. Only direct children count: name cells hold tables of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from selectolax.lexbor import LexborNode

from hippique.sources.text import fold, squash

_CELLS = ("td", "th")
_WIDEST = 30  # a colspan beyond this is damage, not a table

_LONGER_CAPTIONS = frozenset({"reference", "win"})  # they may go on: "Dernières cotes PMU"

Row = Mapping[str, LexborNode]


def rows_of(table: LexborNode) -> Iterator[tuple[str, LexborNode]]:
    """The table's own rows, each with the tag it stands in (thead, tbody, tfoot)."""
    for part in table.iter():
        if part.tag == "tr":
            yield "tbody", part
        elif part.tag in {"thead", "tbody", "tfoot"}:
            yield from ((part.tag, row) for row in part.iter() if row.tag == "tr")


def cells_of(row: LexborNode) -> list[LexborNode]:
    """The row's own cells; a cell over several columns stands once for each."""
    return [
        cell for cell in row.iter() if cell.tag in _CELLS for _ in range(_span(cell, "colspan"))
    ]


def captions_of(rows: Sequence[LexborNode]) -> list[str]:
    """One caption per column: the lowest where headings stand above each other."""
    grid: list[dict[int, str]] = [{} for _ in rows]
    for height, row in enumerate(rows):
        column = 0
        for cell in row.iter():
            if cell.tag not in _CELLS:
                continue
            while column in grid[height]:
                column += 1
            _fill(grid[height:], column, cell)
    width = max((max(line, default=-1) + 1 for line in grid), default=0)
    return [
        next((line[column] for line in reversed(grid) if line.get(column)), "")
        for column in range(width)
    ]


def _fill(lines: Sequence[dict[int, str]], column: int, cell: LexborNode) -> None:
    for depth, line in enumerate(lines[: _span(cell, "rowspan")]):
        for place in range(column, column + _span(cell, "colspan")):
            line[place] = squash(cell.text()) if depth == 0 else ""


def _span(cell: LexborNode, attribute: str) -> int:
    text = cell.attributes.get(attribute) or ""
    return min(max(int(text), 1), _WIDEST) if text.isdecimal() and text.isascii() else 1


def columns_by_caption(
    captions: Sequence[str], known: Sequence[tuple[str, re.Pattern[str]]]
) -> tuple[dict[str, int], list[str]]:
    """Where each known field stands, and the captions that nobody knows.

    A caption that begins with a known one ("Dernières cotes PMU") serves where none equals it.
    """
    folded = [fold(caption) for caption in captions]
    columns: dict[str, int] = {}
    taken: set[int] = set()
    for field, pattern in known:
        places = [place for place, text in enumerate(folded) if pattern.fullmatch(text)]
        taken.update(places)
        if places:
            columns[field] = places[0]
    for field, pattern in known:
        if field in columns or field not in _LONGER_CAPTIONS:
            continue
        places = [place for place, text in enumerate(folded) if pattern.match(text)]
        if places:
            columns[field] = places[-1]
            taken.add(places[-1])
    return columns, [caption for place, caption in enumerate(captions) if place not in taken]
