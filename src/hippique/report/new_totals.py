"""The sheet «Totaux» of a new workbook: two tables side by side and one chart under the first."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break, ColBreak

from hippique.report.sheets import FOLLOW_UP, TOTALS, TOTALS_COLUMNS, Column
from hippique.report.totals import DAY, NAMES
from hippique.report.workbook_look import (
    BODY,
    HAIRLINE,
    HEADER,
    HEADER_FILL,
    INK_LINE,
    LAST_ROW,
    STRONG,
    alignment,
    print_setup,
)

_STAKED, _RETURNED, _GATHERED = "B9BDB6", "0A6845", "14181B"
_GREY, _RULE = "646B72", "DCDED8"


def add_totals(book: Workbook) -> None:
    """Add the sheet, the names that its formulas use, and the chart."""
    page = book.create_sheet(TOTALS)
    for position, column in enumerate(TOTALS_COLUMNS, start=1):
        _add_column(page, position, column)
    page.row_dimensions[1].height = 32
    page.freeze_panes = "A2"
    page.sheet_view.showGridLines = False
    _rule_rows(page)
    _add_names(book)
    _add_chart(page)
    print_setup(page)
    page.page_setup.fitToHeight = 1
    page.sheet_properties.pageSetUpPr.fitToPage = False
    page.page_setup.scale = 78
    page.col_breaks = ColBreak(brk=[Break(id=_first_day_column() - 1)])


def _add_column(page: Any, position: int, column: Column) -> None:
    look = page.column_dimensions[get_column_letter(position)]
    look.width = column.width
    if not column.header:
        return
    align = alignment(column)
    look.font, look.number_format, look.alignment = BODY, column.number_format, align
    cell = page.cell(row=1, column=position, value=column.header)
    cell.font, cell.fill, cell.border = HEADER, HEADER_FILL, Border(bottom=INK_LINE)
    cell.alignment = alignment(column, wrap=True)
    if position < _first_day_column():
        whole = page.cell(row=2, column=position)
        whole.font, whole.number_format, whole.alignment = STRONG, column.number_format, align
        whole.border = Border(bottom=HAIRLINE)


def _first_day_column() -> int:
    return 1 + [column.header for column in TOTALS_COLUMNS].index(DAY)


def _rule_rows(page: Any) -> None:
    day = get_column_letter(_first_day_column())
    last = get_column_letter(len(TOTALS_COLUMNS))
    before = get_column_letter(_first_day_column() - 2)
    for first, end in (("A", before), (day, last)):
        line = FormulaRule([f"LEN(${first}2)>0"], border=Border(bottom=HAIRLINE))
        page.conditional_formatting.add(f"{first}2:{end}{LAST_ROW}", line)


def _add_names(book: Workbook) -> None:
    for name, header in NAMES.items():
        letter = get_column_letter(1 + FOLLOW_UP.headers.index(header))
        book.defined_names[name] = DefinedName(
            name, attr_text=f"{FOLLOW_UP.name}!${letter}$2:${letter}$2"
        )


def _add_chart(page: Any) -> None:
    """Stakes and returns of each day as bars, what they add up to as a line."""
    headers = [column.header for column in TOTALS_COLUMNS]
    days = Reference(page, min_col=headers.index(DAY) + 1, min_row=2, max_row=3)
    bars, line = BarChart(), LineChart()
    drawn = (
        (bars, "Mises du jour", "Mises", _STAKED),
        (bars, "Retours du jour", "Retours", _RETURNED),
    )
    for chart, header, label, colour in (
        *drawn,
        (line, "Résultat cumulé", "Résultat cumulé", _GATHERED),
    ):
        column = headers.index(header) + 1
        chart.add_data(Reference(page, min_col=column, min_row=2, max_row=3))
        series = chart.series[-1]
        series.tx = SeriesLabel(v=label)
        if chart is bars:
            series.graphicalProperties = GraphicalProperties(solidFill=colour)
            series.graphicalProperties.line.noFill = True
        else:
            series.graphicalProperties = GraphicalProperties(
                ln=LineProperties(solidFill=colour, w=22225)
            )
            series.smooth = False
            series.marker.symbol = "circle"
            series.marker.size = 5
            series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
            series.marker.graphicalProperties.line.solidFill = colour
        series.cat = None
    bars.set_categories(days)
    line.set_categories(days)
    bars.gapWidth, bars.overlap = 150, 0
    _dress(bars)
    bars += line
    bars.anchor = TwoCellAnchor(
        _from=AnchorMarker(col=0, row=4), to=AnchorMarker(col=headers.index(""), row=27)
    )
    page.add_chart(bars)


def _dress(chart: BarChart) -> None:
    chart.title = "Mises et retours par jour, résultat cumulé (€)"
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(
        defRPr=CharacterProperties(sz=1200, b=True, solidFill=_GATHERED)
    )
    chart.title.tx.rich.p[0].r[0].rPr = CharacterProperties(sz=1200, b=True, solidFill=_GATHERED)
    chart.title.overlay = False
    chart.legend.position = "t"
    chart.legend.txPr = _small()
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False  # newer versions of the library hide them
        axis.txPr = _small()
        axis.majorTickMark = axis.minorTickMark = "none"
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=_RULE))
    chart.x_axis.number_format = "dd/mm"
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.number_format = '#,##0" €"'
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_RULE))


def _small() -> RichText:
    said = ParagraphProperties(defRPr=CharacterProperties(sz=900, solidFill=_GREY))
    return RichText(p=[Paragraph(pPr=said, endParaRPr=CharacterProperties(sz=900))])
