"""The workbook: one row a race on each sheet, found again by its key; all else is the user's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, range_boundaries

from hippique.errors import StoreDamaged
from hippique.racing.card import RaceId
from hippique.report.cells import put, race_of
from hippique.report.rows import SheetRows
from hippique.report.sheets import SHEETS, SIMULATED, SIMULATED_MARK, Row, Sheet
from hippique.report.xlsx_bytes import book_bytes, plain_utc, read_book

TITLE = "Suivi des courses hippiques"
_NOTICE = "Hippodrome simulé. Aucun pari réel, aucun gain réel."


BODY_FONT = "Calibri"  # openpyxl's own for cells; a font without a name falls back to a serif


def update_workbook(content: bytes | None, rows: SheetRows, now: dt.datetime) -> bytes:
    """Bring the rows of these races up to date and return the file.

    content: the present file, None to make a new one; it is returned as it is, byte for byte,
    where nothing changes. Other rows, other columns, notes, formats and formulas stay.
    Raises StoreDamaged that names a renamed sheet or header, or an unreadable file.
    """
    book = _new_book(now) if content is None else read_book(content)
    headers = {sheet.name: _header_columns(book, sheet) for sheet in SHEETS}
    changed = content is None
    for sheet in SHEETS:
        changed |= _fill(book[sheet.name], sheet, headers[sheet.name], rows.get(sheet.name, ()))
    if _has_simulated(rows):
        changed |= _mark_simulated(book)
    return book_bytes(book, now) if content is None or changed else content


def _new_book(now: dt.datetime) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for sheet in SHEETS:
        _new_sheet(book, sheet)
    book.properties.title = TITLE
    book.properties.creator = "hippique"
    book.properties.language = "fr-FR"
    book.properties.created = plain_utc(now)
    return book


def _new_sheet(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.name)
    for position, column in enumerate(sheet.columns, start=1):
        cell = page.cell(row=1, column=position, value=column.header)
        cell.font = Font(name=BODY_FONT, size=11, bold=True)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(position)].width = column.width
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _header_columns(book: Workbook, sheet: Sheet) -> dict[str, int]:
    """Header → column number, wherever the user moved it."""
    if sheet.name not in book.sheetnames:
        raise StoreDamaged(
            f"the workbook has no sheet {sheet.name!r} (it has {', '.join(book.sheetnames)}); "
            "give the sheet its name back"
        )
    found: dict[str, int] = {}
    for cell in book[sheet.name][1]:
        found.setdefault(str(cell.value or "").strip(), cell.column)
    missing = [header for header in sheet.headers if header not in found]
    if missing:
        raise StoreDamaged(
            f"sheet {sheet.name!r} of the workbook lacks the header "
            f"{', '.join(map(repr, missing))} in row 1; give the column its name back"
        )
    return {header: found[header] for header in sheet.headers}


def _fill(page: Any, sheet: Sheet, columns: Mapping[str, int], rows: Sequence[Row]) -> bool:
    present = _rows_by_race(page, sheet, columns)
    last = last_before = _last_row(page)
    changed = False
    for row in rows:
        if row.race not in present:
            last += 1
            present[row.race] = last
            _format_row(page, sheet, columns, last)
        for header, value in row.cells.items():
            changed |= put(page.cell(present[row.race], columns[header]), value)
    if last > last_before:
        _stretch(page, last_before, last)
    return changed


def _rows_by_race(page: Any, sheet: Sheet, columns: Mapping[str, int]) -> dict[RaceId, int]:
    found: dict[RaceId, int] = {}
    for number in range(2, page.max_row + 1):
        day = page.cell(number, columns[sheet.day_header]).value
        parts = [page.cell(number, columns[header]).value for header in sheet.race_headers]
        race = race_of(day, parts)
        if race is not None:
            found.setdefault(race, number)
    return found


def _last_row(page: Any) -> int:
    """The last row that holds a value, the user's included: nothing of his is written over."""
    for number in range(page.max_row, 1, -1):
        if any(cell.value is not None for cell in page[number]):
            return number
    return 1


def _format_row(page: Any, sheet: Sheet, columns: Mapping[str, int], number: int) -> None:
    for column in sheet.columns:
        cell = page.cell(number, columns[column.header])
        if cell.number_format == "General":
            cell.number_format = column.number_format
            cell.alignment = Alignment(horizontal="center")


def _stretch(page: Any, last_before: int, last: int) -> None:
    """Let a table or filter that ended with the old last row end with the new one."""
    for ranged in (*page.tables.values(), page.auto_filter):
        if not ranged.ref:
            continue
        left, top, right, bottom = range_boundaries(ranged.ref)
        if bottom == last_before:
            first, end = f"{get_column_letter(left)}{top}", f"{get_column_letter(right)}{last}"
            ranged.ref = f"{first}:{end}"


def _has_simulated(rows: SheetRows) -> bool:
    return any(row.cells.get(SIMULATED) == "Oui" for sheet in rows.values() for row in sheet)


def _mark_simulated(book: Workbook) -> bool:
    """«SIMULÉ» in the page headers and the file's properties; True when it was not there."""
    changed = False
    for sheet in SHEETS:
        centre = book[sheet.name].oddHeader.center
        changed |= _prefix(centre, "text")
    for name, rest in (("title", TITLE), ("description", _NOTICE), ("keywords", "")):
        changed |= _prefix(book.properties, name, rest)
    return changed


def _prefix(holder: Any, name: str, rest: str = "") -> bool:
    text = getattr(holder, name) or rest
    if SIMULATED_MARK in text:
        return False
    setattr(holder, name, f"{SIMULATED_MARK} – {text}" if text else SIMULATED_MARK)
    return True
