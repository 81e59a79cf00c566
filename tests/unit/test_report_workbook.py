"""The workbook: one row a race, updated in place; whatever the user added stays."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from hippique.errors import StoreDamaged
from hippique.report.facts import RaceFacts
from hippique.report.rows import sheet_rows
from hippique.report.sheets import SHEETS
from hippique.report.workbook import update_workbook
from report_days import (
    DAY,
    EVENING,
    HOSTILE,
    NEXT_DAY,
    bare,
    decision_for,
    official,
    planned,
    played,
    win_ticket,
)
from strategies import names

LATER = EVENING + dt.timedelta(hours=8)
SETTLED = played(planned(), decision_for(planned(), win_ticket()), official())
OPEN = bare(planned())


def update(content: bytes | None, *races: RaceFacts, now: dt.datetime = EVENING) -> bytes:
    return update_workbook(content, sheet_rows(races), now)


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content), rich_text=True)


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def shown(book: Workbook, sheet: str = "Planning") -> list[dict[str, object]]:
    header, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_new_workbook_has_the_four_sheets_with_headers_in_row_one_and_nothing_else():
    book = opened(update(None, SETTLED, bare(planned("R1C4"))))
    assert book.sheetnames == [*(sheet.name for sheet in SHEETS), "Totaux"]
    for sheet in SHEETS:
        page = book[sheet.name]
        assert tuple(cell.value for cell in page[1]) == sheet.headers
        assert (page.max_row, page.max_column) == (3, len(sheet.headers))
        assert page["A1"].font.bold
        assert page.freeze_panes == "D2"


def test_days_hours_and_money_are_real_values_with_their_formats():
    page = opened(update(None, SETTLED))["Suivi"]
    cells = {page.cell(1, c).value: page.cell(2, c) for c in range(1, page.max_column + 1)}
    assert cells["Date"].is_date
    assert cells["Date"].value.date() == DAY
    assert cells["Date"].number_format == "dd/mm/yyyy"
    assert cells["Gains_réels"].value == 2.5
    assert "€" in cells["Gains_réels"].number_format
    assert cells["ROI_réel"].number_format == "0.0 %"
    hour = opened(update(None, SETTLED))["Planning"]["E2"]
    assert (hour.value, hour.number_format) == (dt.time(14, 15), "hh:mm")


def test_the_same_rows_again_change_no_byte_even_later():
    content = update(None, SETTLED, bare(planned("R1C4")))
    assert update(content, SETTLED, bare(planned("R1C4")), now=LATER) == content


def test_the_same_input_gives_the_same_bytes_without_a_wall_clock():
    assert update(None, SETTLED) == update(None, SETTLED)
    before = update(None, OPEN)
    assert update(before, SETTLED, now=LATER) == update(before, SETTLED, now=LATER)
    with zipfile.ZipFile(io.BytesIO(update(before, SETTLED, now=LATER))) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
        core = archive.read("docProps/core.xml").decode()
    # 23:00 Paris in summer is 21:00 UTC; eight hours later 05:00.
    assert re.findall(r"2026-06-0[0-9]T[0-9:]+Z", core) == [
        "2026-06-07T21:00:00Z",
        "2026-06-08T05:00:00Z",
    ]


def test_a_race_that_goes_on_keeps_its_row():
    book = opened(update(update(None, OPEN, bare(planned("R1C4"))), SETTLED))
    assert [(row["Course"], row["Statut H-5"]) for row in shown(book)] == [
        ("C3", "Analysé"),
        ("C4", "Prévu"),
    ]


def test_the_same_race_of_another_day_has_a_row_of_its_own():
    book = opened(update(update(None, OPEN), bare(planned(day=NEXT_DAY))))
    assert [row["Date"].date() for row in shown(book)] == [DAY, NEXT_DAY]
    assert len(shown(book, "ROI Observé")) == 2


def test_a_user_s_columns_notes_comments_formats_and_formulas_stay():
    book = opened(update(None, OPEN))
    page = book["Planning"]
    page.insert_cols(3)
    page["C1"], page["C2"] = "Météo", "pluie"
    page["O1"], page["O2"] = "Mon calcul", "=F2*2"
    page["M2"] = "à revoir"  # Commentaires, moved by the inserted column
    page["M2"].comment = Comment("vu au paddock", "moi")
    page["A2"].fill = PatternFill("solid", fgColor="FFFF00")
    page["E2"].font = Font(italic=True)
    book["Suivi"]["K2"] = "=I2/H2-1"  # ROI_réel replaced by the user's own formula
    after = opened(update(saved(book), SETTLED))
    page = after["Planning"]
    assert (page["C2"].value, page["O2"].value, page["M2"].value) == ("pluie", "=F2*2", "à revoir")
    assert page["M2"].comment.text == "vu au paddock"
    assert page["A2"].fill.fgColor.rgb == "00FFFF00"
    assert page["E2"].font.italic
    assert after["Suivi"]["K2"].value == "=I2/H2-1"
    assert shown(after)[0]["Tickets H-5"] == "G:4@2.4"


def test_a_user_s_chart_validation_list_and_conditional_format_stay():
    book = opened(update(None, OPEN))
    page = book["Suivi"]
    page.add_data_validation(DataValidation(type="list", formula1='"oui,non"', sqref="N2:N99"))
    rule = CellIsRule(operator="lessThan", formula=["0"], font=Font(color="FF0000"))
    page.conditional_formatting.add("K2:K99", rule)
    chart = LineChart()
    chart.add_data(Reference(page, min_col=9, min_row=1, max_row=2), titles_from_data=True)
    book.create_sheet("Mon graphique").add_chart(chart, "B2")
    before = saved(book)
    content = update(before, SETTLED)
    after = opened(content)
    lists = [str(listed.sqref) for listed in after["Suivi"].data_validations.dataValidation]
    assert "N2:N99" in lists
    assert "K2:K99" in [str(area.sqref) for area in after["Suivi"].conditional_formatting]
    assert len(after["Mon graphique"]._charts) == 1  # noqa: SLF001  openpyxl has no public list


def test_a_row_that_the_user_typed_as_text_is_found_again():
    book = opened(update(None, OPEN))
    page = book["Planning"]
    page["A2"], page["B2"], page["C2"] = "07/06/2026", 1, 3
    after = opened(update(saved(book), SETTLED))
    assert len(shown(after)) == 1


def test_a_date_that_the_user_shows_as_a_number_keeps_that_format():
    book = opened(update(None, OPEN))
    book["Planning"]["A2"].number_format = "0"
    content = update(saved(book), OPEN)  # the library forgets what the formulas of Totaux show
    assert update(content, OPEN, now=LATER) == content
    assert opened(update(content, SETTLED))["Planning"]["A2"].number_format == "0"


def test_a_new_row_goes_below_all_that_the_user_wrote():
    book = opened(update(None, OPEN))
    book["Planning"]["D5"] = "mes totaux"
    after = opened(update(saved(book), OPEN, bare(planned("R1C4"))))
    assert after["Planning"]["D5"].value == "mes totaux"
    assert after["Planning"]["C6"].value == "C4"


def test_a_table_of_the_user_grows_with_the_rows():
    book = opened(update(None, OPEN))
    book["Planning"].add_table(Table(displayName="Courses", ref="A1:M2"))
    after = opened(update(saved(book), OPEN, bare(planned("R1C4"))))
    assert after["Planning"].tables["Courses"].ref == "A1:M3"


def test_a_renamed_sheet_is_refused_by_name():
    book = opened(update(None, OPEN))
    book["Suivi"].title = "Mes paris"
    with pytest.raises(StoreDamaged, match=r"no sheet 'Suivi' .*Mes paris"):
        update(saved(book), SETTLED)


def test_a_renamed_header_is_refused_by_name():
    book = opened(update(None, OPEN))
    book["ROI Observé"]["F1"] = "retours"
    with pytest.raises(StoreDamaged, match=r"'ROI Observé'.*'gains'"):
        update(saved(book), SETTLED)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_a_file_that_is_no_workbook_is_refused_with_the_mend(content):
    with pytest.raises(StoreDamaged, match="workbook rebuild"):
        update(content, OPEN)


@pytest.mark.parametrize("name", [HOSTILE, "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "#N/A"])
def test_a_hostile_name_is_text_and_never_a_formula(name):
    content = update(None, bare(planned(meeting=name)))
    cell = opened(content)["Planning"]["D2"]
    assert cell.data_type == "s"
    assert cell.value.replace("\n", "\r") == name.replace("\n", "\r")
    assert bool(cell.quotePrefix) == (name != "#N/A")
    assert update(content, bare(planned(meeting=name))) == content


@given(st.one_of(names, st.text(max_size=8)))
@settings(max_examples=25, deadline=None)
def test_any_name_can_be_written_and_is_never_a_formula(name):
    content = update(None, bare(planned(meeting=name)))
    assert opened(content)["Planning"]["D2"].data_type != "f"
    assert update(content, bare(planned(meeting=name)), now=LATER) == content


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.booleans()), max_size=5))
@settings(max_examples=15, deadline=None)
def test_updates_in_any_order_leave_one_row_a_race_and_twice_is_once(steps):
    content = update(None)
    for meeting, race, is_settled in steps:
        card = planned(f"R{meeting}C{race}")
        facts = played(card, decision_for(card, win_ticket()), official())
        content = update(content, facts if is_settled else bare(card))
        assert update(content, facts if is_settled else bare(card), now=LATER) == content
    keys = [(row["Réunion"], row["Course"]) for row in shown(opened(content))]
    assert len(keys) == len(set(keys)) == len({step[:2] for step in steps})


def test_a_simulated_day_is_marked_in_headers_properties_and_column_and_never_in_a_row_above():
    book = opened(update(None, SETTLED))
    for sheet in SHEETS:
        assert book[sheet.name].oddHeader.center.text == "SIMULÉ"
        assert shown(book, sheet.name)[0]["Simulé"] == "Oui"
    properties = book.properties
    assert all("SIMULÉ" in t for t in (properties.title, properties.description))
    assert properties.keywords == "SIMULÉ"


def test_a_real_day_bears_no_mark():
    book = opened(update(None, bare(planned(), simulated=False)))
    assert book["Planning"].oddHeader.center.text is None
    assert book.properties.title == "Suivi des courses hippiques"
    assert shown(book)[0]["Simulé"] == "Non"
