"""An update of a workbook that its owner made his own: only our cells change, not a byte else."""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn, TableFormula

from hippique.errors import StoreDamaged
from hippique.report.facts import RaceFacts
from hippique.report.rows import sheet_rows
from hippique.report.workbook import update_workbook
from report_days import (
    DAY,
    EVENING,
    NEXT_DAY,
    bare,
    decision_for,
    official,
    planned,
    played,
    win_ticket,
)

# The library that looks at the outcome says that it would have lost the sparklines.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
LATER = EVENING + dt.timedelta(hours=8)
OPEN = bare(planned())
SETTLED = played(planned(), decision_for(planned(), win_ticket()), official())
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# What newer Excels write and no library here reads: it must come through as it is.
UNKNOWN_TO_US = (
    b'<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" '
    b'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    b"<x14:sparklineGroups/></ext></extLst>"
)
EXTRA_PARTS = {
    "xl/media/image9.png": PNG,
    "xl/threadedComments/threadedComment1.xml": b"<ThreadedComments/>",
    "xl/slicers/slicer1.xml": b"<slicers/>",
    "customXml/item1.xml": b"<mine/>",
    "xl/printerSettings/printerSettings1.bin": bytes(range(256)),
}


def update(content: bytes | None, *races: RaceFacts, now: dt.datetime = EVENING) -> bytes:
    return update_workbook(content, sheet_rows(races), now)


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content), rich_text=True)


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def zipped(named: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in named.items():
            book.writestr(name, content)
    return target.getvalue()


def owned() -> bytes:
    """A workbook with all that its owner may have added."""
    book = opened(update(None, OPEN))
    page = book["Planning"]
    page["O1"], page["O2"] = "Mon calcul", "=F2*2"
    page["L2"] = "à revoir"
    page["L2"].comment = Comment("vu au paddock", "moi")
    page["D2"].fill = PatternFill("solid", fgColor="FFFF00")
    page["D2"].hyperlink = "https://example.org/"
    page.row_dimensions[2].height = 40
    page.column_dimensions["C"].hidden = True
    page.auto_filter.add_filter_column(3, ["Vincennes"])
    book["Suivi"].add_data_validation(DataValidation(type="list", formula1='"a,b"', sqref="N2:N99"))
    rule = CellIsRule(operator="lessThan", formula=["0"], font=Font(color="FF0000"))
    book["Suivi"].conditional_formatting.add("K2:K99", rule)
    book["Suivi"].protection.sheet = True
    book.defined_names["MaBanque"] = DefinedName("MaBanque", attr_text="Planning!$F$2")
    mine = book.create_sheet("Mon graphique")
    mine["A1"] = "=SUM(Suivi!H2:H3)"
    chart = LineChart()
    chart.add_data(Reference(book["Suivi"], min_col=9, min_row=1, max_row=2), titles_from_data=True)
    mine.add_chart(chart, "B2")
    named = parts(saved(book)) | EXTRA_PARTS
    first = "xl/worksheets/sheet1.xml"
    named[first] = named[first].replace(b"</worksheet>", UNKNOWN_TO_US + b"</worksheet>")
    return zipped(named)


OURS = {
    *(f"xl/worksheets/sheet{n}.xml" for n in (1, 2, 3, 4, 5)),  # four sheets and the totals
    *("xl/workbook.xml", "docProps/core.xml", "xl/styles.xml"),
}


def test_every_part_that_is_not_ours_keeps_its_bytes():
    before = owned()
    after = update(before, SETTLED, bare(planned("R1C4")), now=LATER)
    old, new = parts(before), parts(after)
    charts = {name for name in old if name.startswith("xl/charts/")}
    mine = {name for name in charts if b"Suivi" in old[name]}
    assert list(new) == list(old)
    assert mine
    assert {n for n in old if old[n] != new[n]} <= OURS | (charts - mine)


def test_what_lies_around_our_rows_in_a_sheet_keeps_its_bytes():
    before = parts(owned())["xl/worksheets/sheet1.xml"]
    after = parts(update(owned(), SETTLED, now=LATER))["xl/worksheets/sheet1.xml"]
    assert after.partition(b"<sheetData>")[0] == before.partition(b"<sheetData>")[0]
    assert after.partition(b"</sheetData>")[2] == before.partition(b"</sheetData>")[2]
    assert UNKNOWN_TO_US in after


def test_cells_of_the_owner_stay_while_ours_are_filled():
    page = opened(update(owned(), SETTLED, now=LATER))["Planning"]
    assert (page["O2"].value, page["L2"].value) == ("=F2*2", "à revoir")
    assert page["L2"].comment.text == "vu au paddock"
    assert page["D2"].fill.fgColor.rgb == "00FFFF00"
    assert page["D2"].hyperlink.target == "https://example.org/"
    assert page.row_dimensions[2].height == 40
    assert page.column_dimensions["C"].hidden
    assert page["K2"].value == "G:4@2.4"


def test_an_update_of_an_owned_workbook_twice_is_once():
    once = update(owned(), SETTLED, bare(planned("R1C4")), now=LATER)
    assert update(once, SETTLED, bare(planned("R1C4")), now=LATER + dt.timedelta(days=1)) == once


def test_a_filter_of_the_owner_goes_on_with_the_rows():
    after = opened(update(owned(), OPEN, bare(planned("R1C4")), now=LATER))
    assert after["Planning"].auto_filter.ref == "A1:M3"
    assert after["Planning"].auto_filter.filterColumn[0].filters.filter == ["Vincennes"]


def test_a_calculated_column_of_his_table_goes_on_with_the_rows():
    book = opened(update(None, OPEN))
    page = book["Planning"]
    page.auto_filter.ref = None
    page["N1"], page["N2"] = "Double", "=Courses[[#This Row],[Partants]]*2"
    table = Table(displayName="Courses", ref="A1:N2")
    headers = [cell.value for cell in page[1]]
    table.tableColumns = [TableColumn(id=i, name=h) for i, h in enumerate(headers, start=1)]
    formula = TableFormula(attr_text="Courses[[#This Row],[Partants]]*2")
    table.tableColumns[-1].calculatedColumnFormula = formula
    page.add_table(table)
    after = opened(update(saved(book), OPEN, bare(planned("R1C4"))))["Planning"]
    assert after.tables["Courses"].ref == "A1:N3"
    assert after["N3"].value == "=Courses[[#This Row],[Partants]]*2"


def test_a_table_with_a_row_of_totals_is_not_stretched_over_it():
    book = opened(update(None, OPEN))
    page = book["Planning"]
    page.auto_filter.ref = None
    page["A3"] = "Total"
    table = Table(displayName="Courses", ref="A1:M3", totalsRowCount=1)
    page.add_table(table)
    after = opened(update(saved(book), OPEN, bare(planned("R1C4"))))["Planning"]
    assert after.tables["Courses"].ref == "A1:M3"
    assert (after["A3"].value, after["C4"].value) == ("Total", "C4")


def test_a_new_row_takes_the_format_that_the_rows_above_share():
    races = [bare(planned(f"R1C{n}")) for n in (1, 2, 3)]
    book = opened(update(None, *races))
    for row in (2, 3, 4):
        book["Planning"].cell(row, 1).number_format = "yyyy-mm-dd"
    after = opened(update(saved(book), *races, bare(planned("R1C4"))))["Planning"]
    assert after["A5"].number_format == "yyyy-mm-dd"
    assert after["E5"].number_format == "hh:mm"


def test_a_workbook_that_counts_days_from_1904_keeps_its_days():
    book = opened(update(None, OPEN))
    book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001  a workbook has no zone
    after = opened(update(saved(book), OPEN, bare(planned(day=NEXT_DAY))))["Planning"]
    assert [after["A2"].value.date(), after["A3"].value.date()] == [DAY, NEXT_DAY]


def test_formulas_of_the_owner_are_computed_anew_when_the_file_is_opened():
    assert b'fullCalcOnLoad="1"' in parts(update(owned(), SETTLED))["xl/workbook.xml"]


def prefixed(content: bytes) -> bytes:
    """The same sheets with every element under a prefix, as some programs write them."""
    named = parts(content)
    for name in [n for n in named if re.fullmatch(r"xl/worksheets/sheet\d\.xml", n)]:
        text = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", named[name])
        named[name] = text.replace(b' xmlns="', b' xmlns:x="')
    return zipped(named)


def test_a_sheet_written_with_prefixes_is_updated_too():
    content = prefixed(update(None, OPEN, bare(planned("R1C4"))))
    after = update(content, SETTLED, bare(planned("R1C4")), bare(planned("R1C5")))
    page = opened(after)["Planning"]
    assert [page.cell(row, 3).value for row in (2, 3, 4)] == ["C3", "C4", "C5"]
    assert page["I2"].value == "Analysé"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"<sheetData>", b"<!-- mine --><sheetData>", id="comment"),
        pytest.param(b' r="A2"', b"", id="a cell without an address"),
        pytest.param(b"<sheetData>", b"<sheetData", id="broken"),
        pytest.param(b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet", id="doctype"),
    ],
)
def test_a_sheet_that_cannot_be_cut_safely_is_refused_with_the_mend(old, new):
    named = parts(update(None, OPEN))
    name = "xl/worksheets/sheet1.xml"
    named[name] = named[name].replace(old, new, 1)
    with pytest.raises(StoreDamaged, match=r"workbook rebuild"):
        update(zipped(named), SETTLED)


def test_a_name_that_looks_like_an_address_is_not_taken_for_one():
    hostile = bare(planned(meeting='x" r="F2" <c r="E2"><v>9</v></c>'))
    content = update(None, hostile)
    assert opened(content)["Planning"]["D2"].value == 'x" r="F2" <c r="E2"><v>9</v></c>'
    assert update(content, hostile) == content
