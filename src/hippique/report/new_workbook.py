"""A new workbook without a race: sheets, formats, filters, lists, emphasis, totals and chart."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from hippique.report.new_totals import add_totals
from hippique.report.sheets import SHEETS, SIMULATED, Column, Sheet
from hippique.report.workbook_look import (
    BODY,
    HAIRLINE,
    HEADER,
    HEADER_FILL,
    INK_LINE,
    LAST_ROW,
    alignment,
    print_setup,
)

TITLE = "Suivi des courses hippiques"
NOTICE = "Hippodrome simulé. Aucun pari réel, aucun gain réel."
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first day that a zip entry can bear
_GREEN, _GREEN_TINT = "FF0A6845", "FFE0F0E8"
_OCHRE, _RED, _VIOLET, _GREY = "FF875400", "FFB1221A", "FF6637A6", "FF646B72"


def new_workbook(now: dt.datetime) -> bytes:
    """The file, its headers alone filled in. now: aware; the time of making, to the second."""
    book = Workbook()
    book.remove(book.active)
    for sheet in SHEETS:
        _add_sheet(book, sheet)
    add_totals(book)
    made = now.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    book.properties.title = TITLE
    book.properties.creator = "hippique"
    book.properties.language = "fr-FR"
    book.properties.created = book.properties.modified = made
    return _bytes(book)


def _add_sheet(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.name)
    for position, column in enumerate(sheet.columns, start=1):
        _add_column(page, position, column)
    page.row_dimensions[1].height = 32
    page.freeze_panes = "D2"
    page.sheet_view.showGridLines = False
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}1"
    _add_emphasis(page, sheet)
    print_setup(page)


def _add_column(page: Any, position: int, column: Column) -> None:
    letter = get_column_letter(position)
    look = page.column_dimensions[letter]
    look.width = column.width
    look.font = BODY
    look.number_format = column.number_format
    look.alignment = alignment(column)
    cell = page.cell(row=1, column=position, value=column.header)
    cell.font, cell.fill = HEADER, HEADER_FILL
    cell.border = Border(bottom=INK_LINE)
    cell.alignment = alignment(column, wrap=True)
    if column.choices:
        listed = DataValidation(
            type="list",
            formula1=f'"{",".join(column.choices)}"',
            allow_blank=True,
            errorStyle="warning",
            errorTitle=column.header,
            error="Ce mot n’est pas dans la liste de la colonne.",
        )
        listed.add(f"{letter}2:{letter}{LAST_ROW}")
        page.add_data_validation(listed)


def _add_emphasis(page: Any, sheet: Sheet) -> None:
    """Colours of the screens: green for a ticket that pays, ochre late, red failed, violet ours.

    A loss is written in ink. The hairline under a row is a rule too: an empty sheet stays white.
    """
    for position, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(position)
        for word, look in _WORDS.items():
            if word in column.choices and (column.header, word) not in _QUIET:
                rule = FormulaRule(
                    [f'${letter}2="{word}"'],
                    font=look.font,
                    fill=look.fill,
                    border=Border(bottom=HAIRLINE),
                )
                page.conditional_formatting.add(f"{letter}2:{letter}{LAST_ROW}", rule)
    wide = get_column_letter(len(sheet.columns))
    line = FormulaRule(["LEN($A2)>0"], border=Border(bottom=HAIRLINE))
    page.conditional_formatting.add(f"A2:{wide}{LAST_ROW}", line)


def _look(colour: str, *, bold: bool = False, strike: bool = False, tint: str = "") -> Any:
    fill = PatternFill(bgColor=tint, fill_type="solid") if tint else None
    return DifferentialStyle(
        font=Font(color=colour, bold=bold or None, strike=strike or None), fill=fill
    )


_QUIET = {(SIMULATED, "Oui")}  # green is for tickets
_WORDS = {
    "Gagnant": _look(_GREEN, bold=True, tint=_GREEN_TINT),
    "Oui": _look(_GREEN, bold=True, tint=_GREEN_TINT),
    "En retard": _look(_OCHRE, bold=True),
    "Échec": _look(_RED, bold=True),
    "Annulé": _look(_GREY, strike=True),
    "Annulée": _look(_GREY, strike=True),
    "Abstention": _look(_GREY),
    "Non": _look(_GREY),
}


def _bytes(book: Workbook) -> bytes:
    """Saved without the wall clock: the same hour gives the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        # Workbook.save would stamp the wall clock; its writer alone does not.
        ExcelWriter(book, archive).write_data()
    target = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: n != "[Content_Types].xml"):
            new.writestr(zipfile.ZipInfo(name, _NO_DATE), old.read(name))
    return target.getvalue()
