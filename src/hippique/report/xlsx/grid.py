"""The rows of one sheet as text: found, changed and put back, with all around them as it was.

A parser that writes a sheet anew loses what it does not know (charts, pictures, newer formats) and
takes minutes for a year of races; so rows are cut out of the text and only changed ones rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from hippique.report.xlsx.package import refuse_broken, unreadable

_LETTERS = 26
_SAVE_AGAIN = "open it in Excel or LibreOffice, save it, and try again"


@dataclass(slots=True)
class Grid:
    """A sheet's text: before its rows, the rows by number (from 1, in order), after them."""

    part: str
    tag: bytes
    head: bytes
    tail: bytes
    rows: dict[int, bytes] = field(default_factory=dict)
    has_plain_cells: bool = True  # each cell's address is its first attribute

    def cell(self, number: int, column: int) -> bytes | None:
        """The text of one cell; None where nothing is written there. Columns count from 1."""
        row = self.rows.get(number)
        if row is None:
            return None
        # Text cannot hold "<": a horse's name that looks like an address is never taken for one.
        start = row.find(b'<%sc r="%s%d"' % (self.tag, letters(column), number))
        if start < 0:
            return None if self.has_plain_cells else self.columns(number).get(column)
        opened = row.index(b">", start)
        if row[opened - 1 : opened] == b"/":
            return row[start : opened + 1]
        closing = b"</%sc>" % self.tag
        return row[start : row.index(closing, opened) + len(closing)]

    def put(self, number: int, cells: Mapping[int, bytes]) -> None:
        """Write cells into a row, made where it is not there yet; other cells of it stay."""
        row = self.rows.get(number)
        if row is None:
            self._open_row(number)
            row = b'<%srow r="%d"></%srow>' % (self.tag, number, self.tag)
        self.rows[number] = _with_cells(row, self.tag, number, cells)
        refuse_broken(f"{self.part}, row {number}", self.rows[number])

    def columns(self, number: int) -> dict[int, bytes]:
        """All cells of a row by column."""
        return _cells_of(self.rows.get(number, b""), self.tag)

    def last_row(self) -> int:
        """The last row that holds a value, the user's included; 1 where only a header is."""
        marks = tuple(b"<%s%s" % (self.tag, name) for name in (b"v>", b"f>", b"f ", b"is>"))
        for number in reversed(self.rows):
            if number == 1 or any(mark in self.rows[number] for mark in marks):
                return number
        return 1

    def to_bytes(self) -> bytes:
        """The sheet's part again."""
        return b"".join((self.head, *self.rows.values(), self.tail))

    def _open_row(self, number: int) -> None:
        if not self.rows or number > next(reversed(self.rows)):
            return
        later = {n: self.rows.pop(n) for n in [n for n in self.rows if n > number]}
        self.rows[number] = b""
        self.rows.update(later)


def read_grid(part: str, content: bytes) -> Grid:
    """Cut a sheet's part into its rows. Raises StoreDamaged on text that cannot be cut so."""
    found = re.search(rb"<(\w+:)?sheetData\s*(/?)>", content)
    if found is None or b"<!DOCTYPE" in content or b"<!--" in content or b"<![CDATA[" in content:
        raise unreadable(f"part {part} is written in a way of its own; {_SAVE_AGAIN}")
    tag = found[1] or b""
    if found[2]:
        opened, closed = b"<%ssheetData>" % tag, b"</%ssheetData>" % tag
        return Grid(part, tag, content[: found.start()] + opened, closed + content[found.end() :])
    end = content.find(b"</%ssheetData>" % tag)
    if end < 0:
        raise unreadable(f"part {part} breaks off")
    # A parser takes a second over a year of rows; what stands around them is enough to be parsed.
    refuse_broken(part, content[: found.end()] + content[end:])
    grid = Grid(part, tag, content[: found.end()], content[end:])
    _cut_rows(grid, content[found.end() : end])
    return grid


def letters(column: int) -> bytes:
    """1 → A, 27 → AA."""
    return _letters(column)


def column_of(name: bytes) -> int:
    """AA → 27."""
    total = 0
    for letter in name:
        total = total * _LETTERS + letter - 64
    return total


@lru_cache(maxsize=1024)
def _letters(column: int) -> bytes:
    rest, last = divmod(column - 1, _LETTERS)
    return (_letters(rest) if rest else b"") + bytes([65 + last])


def _cut_rows(grid: Grid, body: bytes) -> None:
    _refuse_nameless(grid, body)
    opening = re.compile(rb"<%srow\b([^>]*)>" % grid.tag)
    closing = b"</%srow>" % grid.tag
    place, number = 0, 0
    while found := opening.search(body, place):
        is_empty = found[1].endswith(b"/")
        end = found.end() if is_empty else body.index(closing, found.end()) + len(closing)
        said = re.search(rb'\sr="(\d+)"', found[1])
        number = int(said[1]) if said else number + 1
        grid.rows[number] = body[place:end]
        place = end


def _refuse_nameless(grid: Grid, body: bytes) -> None:
    """A cell may leave out its address; no office program does, and counting them is dear."""
    cells = body.count(b"<%sc " % grid.tag) + body.count(b"<%sc>" % grid.tag)
    if body.count(b'<%sc r="' % grid.tag) == cells:
        return
    grid.has_plain_cells = False
    named = len(re.findall(rb'<%sc\s[^>]*?\br="[A-Z]' % grid.tag, body))
    if named != cells:
        raise unreadable(f"part {grid.part} has cells without an address; {_SAVE_AGAIN}")


def _with_cells(row: bytes, tag: bytes, number: int, cells: Mapping[int, bytes]) -> bytes:
    start = row.index(b"<")
    opened = row.index(b">", start)
    closing = b"</%srow>" % tag
    # A span is a hint on the first and last column, which a new cell may make wrong.
    head = re.sub(rb'\sspans="[^"]*"', b"", row[: opened + 1])
    if head.endswith(b"/>"):
        head = head[:-2].rstrip() + b">"
    if b" r=" not in head:
        head = head.replace(b"row", b'row r="%d"' % number, 1)
    merged = {**_cells_of(row, tag), **cells}
    ordered = b"".join(merged[column] for column in sorted(merged))
    return head + ordered + _after_cells(row, tag) + closing


def _after_cells(row: bytes, tag: bytes) -> bytes:
    """What follows the cells inside a row: an extension list, or nothing."""
    found = re.search(rb"<%sextLst>.*</%sextLst>" % (tag, tag), row, re.DOTALL)
    return found[0] if found else b""


def _cells_of(row: bytes, tag: bytes) -> dict[int, bytes]:
    found = re.finditer(rb"<%sc\b(?:[^>]*/>|[^>]*>.*?</%sc>)" % (tag, tag), row, re.DOTALL)
    return {_column(match[0]): match[0] for match in found}


def _column(cell: bytes) -> int:
    said = re.search(rb'\sr="([A-Z]+)', cell)
    if said is None:
        raise unreadable(f"a cell without an address; {_SAVE_AGAIN}")
    return column_of(said[1])
