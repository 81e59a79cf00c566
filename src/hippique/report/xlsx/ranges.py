"""Filters, tables and names that end with the old last row are let end with the new one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from hippique.report.xlsx.book import Book
from hippique.report.xlsx.grid import Grid, column_of, letters
from hippique.report.xlsx.values import read_cell

_FILTER = rb'(<(?:\w+:)?autoFilter\b[^>]*?\bref=")([A-Z]+\d+:[A-Z]+)(\d+)(")'
_TABLE = rb'(<(?:\w+:)?(?:table|autoFilter)\b[^>]*?\bref=")([A-Z]+\d+:[A-Z]+)(\d+)(")'
_DIMENSION = rb'(<(?:\w+:)?dimension\b[^>]*?\bref=")([A-Z]+\d+:)([A-Z]+)(\d+)(")'
_MERGED = rb'<(?:\w+:)?mergeCell\b[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"'


@dataclass(frozen=True, slots=True)
class Grown:
    """A sheet whose last row moved down. place: its number among the tabs, from 0."""

    name: str
    place: int
    before: int
    last: int


def stretch(book: Book, grid: Grid, grown: Grown) -> None:
    """Let filter, tables, hidden filter name and stated size follow the rows."""
    grid.tail = _ending(grid.tail, _FILTER, grown)
    grid.head = _with_size(grid.head, grown.last)
    for part in tables_of(book, grid):
        content = book.package.read(part)
        if not _has_totals(content):
            book.package.replace(part, _ending(content, _TABLE, grown))
    _stretch_filter_name(book, grown)


def tables_of(book: Book, grid: Grid) -> tuple[str, ...]:
    """The parts of the tables of a sheet."""
    return book.package.related(grid.part, "table")


def calculated_columns(book: Book, grid: Grid, row: int) -> Mapping[int, str]:
    """Column → formula that the user's table gives every row, this one included."""
    return {
        column: formula
        for part in tables_of(book, grid)
        for column, formula in _table_formulas(book.package.read(part), row)
    }


def merged_away(grid: Grid) -> frozenset[tuple[int, int]]:
    """(row, column) of the cells that a merge hides; nothing can be shown in them."""
    hidden: set[tuple[int, int]] = set()
    for left, top, right, bottom in re.findall(_MERGED, grid.tail):
        rows = range(int(top), int(bottom) + 1)
        columns = range(column_of(left), column_of(right) + 1)
        if len(rows) * len(columns) <= _WHOLE_SHEET:
            hidden |= {(row, column) for row in rows for column in columns}
            hidden.discard((rows[0], columns[0]))
    return frozenset(hidden)


_WHOLE_SHEET = 1_000_000  # a merge of that size is no work of a person


def name_rows(book: Book, name: str, last: int) -> None:
    """Let a defined name of one column end with row `last`."""
    book.edit(
        book.part,
        rb'(<(?:\w+:)?definedName\b[^>]*?\bname="%s"[^>]*>[^<]*\$)\d+(<)' % name.encode(),
        rb"\g<1>%d\g<2>" % last,
    )


def format_of_columns(grid: Grid) -> dict[int, int]:
    """Column → the format that the sheet gives its empty cells."""
    found: dict[int, int] = {}
    for entry in re.findall(rb"<(?:\w+:)?col\s[^>]*>", grid.head):
        first, last, style = (_whole(entry, name) for name in (b"min", b"max", b"style"))
        if first is not None and last is not None and style:
            found.update(dict.fromkeys(range(first, min(last, _MOST_COLUMNS) + 1), style))
    return found


_MOST_COLUMNS = 16_384


def usual_format(grid: Grid, numbers: list[int], column: int) -> int | None:
    """The format that three of the last five rows share, as Excel goes on with; None without."""
    styles = [
        read_cell(grid.cell(number, column), ()).style if grid.cell(number, column) else None
        for number in numbers[-5:]
    ]
    common = max(set(styles), key=styles.count, default=None)
    return common if styles.count(common) >= _ENOUGH else None


_ENOUGH = 3


def _ending(content: bytes, pattern: bytes, grown: Grown) -> bytes:
    def moved(found: re.Match[bytes]) -> bytes:
        if int(found[3]) != grown.before:
            return found[0]
        return b"%s%s%d%s" % (found[1], found[2], grown.last, found[4])

    return re.sub(pattern, moved, content)


def _with_size(head: bytes, last: int) -> bytes:
    def sized(found: re.Match[bytes]) -> bytes:
        bottom = max(int(found[4]), last)
        return b"%s%s%s%d%s" % (found[1], found[2], found[3], bottom, found[5])

    return re.sub(_DIMENSION, sized, head)


def _has_totals(table: bytes) -> bool:
    """A table with a row of totals ends below the races; rows under it are not its own."""
    return re.search(rb'totalsRowCount="[1-9]', table) is not None


def _stretch_filter_name(book: Book, grown: Grown) -> None:
    for entry in re.findall(rb"<(?:\w+:)?definedName\b[^>]*>[^<]*<", book.package.read(book.part)):
        is_filter = b'"_xlnm._FilterDatabase"' in entry
        if is_filter and b'localSheetId="%d"' % grown.place in entry:
            ended = re.sub(rb"\$%d<$" % grown.before, b"$%d<" % grown.last, entry)
            book.edit(book.part, re.escape(entry), ended.replace(b"\\", rb"\\"))


def _table_formulas(table: bytes, row: int) -> Iterator[tuple[int, str]]:
    ranged = re.search(rb'<(?:\w+:)?table\b[^>]*?\bref="([A-Z]+)(\d+):[A-Z]+(\d+)"', table)
    if ranged is None or not int(ranged[2]) < row <= int(ranged[3]):
        return
    first = column_of(ranged[1])
    columns = re.findall(
        rb"<(?:\w+:)?tableColumn\b(?:[^>]*/>|[^>]*>(.*?)</(?:\w+:)?tableColumn>)", table, re.DOTALL
    )
    for place, inside in enumerate(columns):
        found = re.search(rb"<(?:\w+:)?calculatedColumnFormula\b[^>]*>([^<]*)<", inside)
        if found:
            yield first + place, unescape(found[1].decode())


def _whole(entry: bytes, name: bytes) -> int | None:
    found = re.search(rb'\s%s="(\d+)"' % name, entry)
    return int(found[1]) if found else None


def cell_name(column: int, row: int) -> str:
    """(4, 7) → D7."""
    return f"{letters(column).decode()}{row}"
