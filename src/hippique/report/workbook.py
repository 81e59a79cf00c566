"""The workbook: one row a race on each sheet, found again by its key; all else is the user's.

Only cells that differ are written, into the text of their sheet; charts, pictures, comments and
whatever a newer Excel knows stay byte for byte, because nobody takes them apart.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from hippique.errors import StoreDamaged
from hippique.racing.card import RaceId
from hippique.report.cells import day_of, race_key
from hippique.report.guarded import is_risky, printable
from hippique.report.new_workbook import NOTICE, TITLE, new_workbook
from hippique.report.rows import SheetRows
from hippique.report.sheets import SHEETS, SIMULATED, SIMULATED_MARK, TOTALS, Cell, Row, Sheet
from hippique.report.totals import update_totals
from hippique.report.xlsx.book import Book, mark_property, open_book, recalculate_on_load
from hippique.report.xlsx.book import stamp_change as stamp
from hippique.report.xlsx.grid import Grid
from hippique.report.xlsx.ranges import (
    Grown,
    calculated_columns,
    format_of_columns,
    merged_away,
    stretch,
    usual_format,
)
from hippique.report.xlsx.values import EMPTY, is_same

_AFTER_HEADER = (
    *("rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags"),
    *("drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects"),
    *("controls", "webPublishItems", "tableParts", "extLst"),
)


def update_workbook(content: bytes | None, rows: SheetRows, now: dt.datetime) -> bytes:
    """Bring the rows of these races up to date and return the file.

    content: the present file, None to make a new one; it is returned as it is, byte for byte,
    where nothing changes. Other rows, other columns, notes, formats and formulas stay.
    Raises StoreDamaged that names a renamed sheet or header, or an unreadable file.
    """
    book = open_book(new_workbook(now) if content is None else content)
    for sheet in SHEETS:
        _refuse_renamed(book, sheet)
    for sheet in SHEETS:
        _update_sheet(book, sheet, rows.get(sheet.name, ()))
    if _has_simulated(rows):
        _mark_simulated(book)
    update_totals(book)
    book.keep()
    if content is not None and not book.package.is_changed:
        return content
    recalculate_on_load(book)
    stamp(book, now)
    return book.package.to_bytes()


def _refuse_renamed(book: Book, sheet: Sheet) -> None:
    if sheet.name not in book.sheets:
        raise StoreDamaged(
            f"the workbook has no sheet {sheet.name!r} (it has {', '.join(book.sheets)}); "
            "give the sheet its name back"
        )


def _update_sheet(book: Book, sheet: Sheet, rows: Sequence[Row]) -> None:
    grid = book.grid(sheet.name)
    headers = book.headers(grid)
    missing = [header for header in sheet.headers if header not in headers]
    if missing:
        raise StoreDamaged(
            f"sheet {sheet.name!r} of the workbook lacks the header "
            f"{', '.join(map(repr, missing))} in row 1; give the column its name back"
        )
    _fill(_Page(book, grid, sheet, headers), rows)


class _Page:
    """One sheet while it is filled: where its races stand, and what its cells look like."""

    def __init__(self, book: Book, grid: Grid, sheet: Sheet, headers: Mapping[str, int]) -> None:
        self.book, self.grid, self.sheet, self.headers = book, grid, sheet, headers
        self.by_race = self._rows_by_race()
        self.merged = merged_away(grid)
        self.column_formats = format_of_columns(grid)
        self.numbers = sorted(self.by_race.values())
        self._formats: dict[int, int] = {}

    def _rows_by_race(self) -> dict[RaceId, int]:
        found: dict[RaceId, int] = {}
        day = self.headers[self.sheet.day_header]
        parts = [self.headers[header] for header in self.sheet.race_headers]
        held, grid, epoch = self.book.held, self.grid, self.book.epoch
        day_in = lru_cache(maxsize=4096)(lambda value: day_of(value, epoch))
        for number in grid.rows:
            keys = [held(grid, number, column).value for column in (day, *parts)]
            date, key = day_in(keys[0]), race_key(*keys[1:])
            if number > 1 and date and key:
                found.setdefault(RaceId(date, key), number)
        return found

    def format_of(self, column: int, number_format: str) -> int:
        """The format of a cell that is made: as its neighbours above, else as its column."""
        if column not in self._formats:
            usual = usual_format(self.grid, self.numbers, column)
            style = self.column_formats.get(column, 0) if usual is None else usual
            if usual is None and self.book.styles.is_general(style):
                style = self.book.styles.derived(style, number_format=number_format)
            self._formats[column] = style
        return self._formats[column]


def _fill(page: _Page, rows: Sequence[Row]) -> None:
    before = last = page.grid.last_row()
    added: list[int] = []
    for row in rows:
        number = page.by_race.get(row.race)
        if number is None:
            last += 1
            number = page.by_race[row.race] = last
            added.append(number)
        cells = _differing(page, number, row.cells)
        if cells:
            page.grid.put(number, cells)
    if added:
        place = list(page.book.sheets).index(page.sheet.name)
        stretch(page.book, page.grid, Grown(page.sheet.name, place, before, last))
        _continue_tables(page, added)


def _differing(page: _Page, number: int, cells: Mapping[str, Cell]) -> dict[int, bytes]:
    """The cells to write: a formula in our column is the user's; None and "" leave what is."""
    written: dict[int, bytes] = {}
    for column in page.sheet.columns:
        value, place = cells.get(column.header), page.headers[column.header]
        if value in {None, ""} or (number, place) in page.merged:
            continue
        wanted = printable(value) if isinstance(value, str) else value
        text = page.grid.cell(number, place)
        held = page.book.held(page.grid, number, place) if text else EMPTY
        if held.is_formula or is_same(held.value, wanted, page.book.epoch):
            continue
        usual = held.style if text else page.format_of(place, column.number_format)
        style = _typed(page.book, wanted, usual)
        written[place] = page.book.written(page.grid, number, place, wanted, style)
    return written


def _typed(book: Book, wanted: Cell, style: int) -> int:
    """Risky text is marked as typed text, or it would run once the user edits its cell."""
    is_guarded = isinstance(wanted, str) and is_risky(wanted)
    return book.styles.derived(style, quote_prefix=True) if is_guarded else style


def _continue_tables(page: _Page, added: Sequence[int]) -> None:
    ours = {page.headers[header] for header in page.sheet.headers}
    for number in added:
        formulas = calculated_columns(page.book, page.grid, number)
        cells = {
            column: page.book.calculated(page.grid, (number, column), formula, EMPTY)
            for column, formula in formulas.items()
            if column not in ours
        }
        if cells:
            page.grid.put(number, cells)


def _has_simulated(rows: SheetRows) -> bool:
    return any(row.cells.get(SIMULATED) == "Oui" for sheet in rows.values() for row in sheet)


def _mark_simulated(book: Book) -> None:
    """«SIMULÉ» in the printed headers and the file's properties, where it was not there."""
    for name in (*(sheet.name for sheet in SHEETS), TOTALS):
        if name in book.sheets:
            _mark_header(book.grid(name))
    for name, rest in (("dc:title", TITLE), ("dc:description", NOTICE), ("cp:keywords", "")):
        mark_property(book, name, SIMULATED_MARK, rest)


def _mark_header(grid: Grid) -> None:
    mark = SIMULATED_MARK.encode()
    grid.tail = re.sub(rb"<((?:\w+:)?oddHeader)\s*/>", rb"<\1></\1>", grid.tail)
    present = re.search(rb"<(?:\w+:)?oddHeader>([^<]*)</", grid.tail)
    if present is None:
        grid.tail = _with_header(grid, b"&amp;C" + mark)
        return
    if mark not in present[1]:
        # &C opens the centre; a header without it has left and right only.
        before, opened, rest = present[1].partition(b"&amp;C")
        text = b"%s&amp;C%s%s%s" % (before, mark, b" " if opened else b"", rest)
        grid.tail = grid.tail[: present.start(1)] + text + grid.tail[present.end(1) :]


def _with_header(grid: Grid, text: bytes) -> bytes:
    tag, tail = grid.tag, grid.tail
    header = b"<%soddHeader>%s</%soddHeader>" % (tag, text, tag)
    whole = b"<%sheaderFooter>%s</%sheaderFooter>" % (tag, header, tag)
    opened = re.search(rb"<(?:\w+:)?headerFooter\b[^>]*>", tail)
    if opened and not opened[0].endswith(b"/>"):
        return tail[: opened.end()] + header + tail[opened.end() :]
    if opened:
        return tail[: opened.start()] + whole + tail[opened.end() :]
    names = "|".join(_AFTER_HEADER).encode()
    later = re.search(rb"<%s(?:%s)\b|</%sworksheet>" % (tag, names, tag), tail)
    place = later.start() if later else len(tail)
    return tail[:place] + whole + tail[place:]
