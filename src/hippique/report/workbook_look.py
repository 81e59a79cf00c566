"""Fonts, lines, colours and the printed page that the sheets of a new workbook share."""

from __future__ import annotations

from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill, Side

from hippique.report.sheets import Column

LAST_ROW = 1_048_576
_FACE = "Calibri"
INK, SOFT = "FF14181B", "FF454C53"
BODY = Font(name=_FACE, size=10, color=INK)
STRONG = Font(name=_FACE, size=10, color=INK, bold=True)
HEADER = Font(name=_FACE, size=10, color=SOFT, bold=True)
HEADER_FILL = PatternFill("solid", fgColor="FFF3F4F0")
HAIRLINE = Side(style="thin", color="FFDCDED8")
INK_LINE = Side(style="thin", color=INK)
_HELP = "18+ Jouer comporte des risques. Aide : 09 74 75 13 13, joueurs-info-service.fr"


def alignment(column: Column, *, wrap: bool = False) -> Alignment:
    """Of a column's cells and, wrapped, of its header; text keeps off the figures before it."""
    indent = 1 if column.aligned == "left" else 0
    return Alignment(horizontal=column.aligned, vertical="center", indent=indent, wrap_text=wrap)


def print_setup(page: Any) -> None:
    """A4 across, one page wide, headers on every page."""
    page.sheet_format.defaultRowHeight = 16
    page.sheet_format.customHeight = True
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top, page.page_margins.bottom = 0.75, 0.6
    page.oddFooter.left.text = f"&8 {_HELP}"  # without the space the 18 would be read as a size
    page.oddFooter.right.text = "&8&A  ·  &P / &N"
