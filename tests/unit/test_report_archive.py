"""The views rebuilt from an archive: workbook, tracking.csv, fiches, ledger, and the summary."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from hippique.day.care.roi import ratio_roi
from hippique.report.facts import archive_days, day_facts
from hippique.report.fiche import escaped, fiche_text
from hippique.report.french import euros, exact_hour, hour, long_date, number, odds, percent
from hippique.report.ledger import LEDGER, check_ledger, ledger_bytes, rebuild_ledger
from hippique.report.summary import roi_text, summary_document, summary_text
from hippique.report.update import (
    TRACKING,
    WORKBOOK,
    publish_fiches,
    rebuild_workbook,
    update_reports,
)
from hippique.runtime.memory import MemoryArchive, MemoryViews
from report_days import DAY, EVENING, HOSTILE, NEXT_DAY, bare, planned, status_at, write_day


@pytest.fixture
def archive() -> MemoryArchive:
    filled = MemoryArchive()
    write_day(filled)
    return filled


def tracking(views: MemoryViews) -> list[dict[str, str]]:
    text = (views.load(TRACKING) or b"").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def all_rows(views: MemoryViews) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(views.load(WORKBOOK) or b""), data_only=True)
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


def column(views: MemoryViews, sheet: str, header: str) -> list[object]:
    rows = load_workbook(io.BytesIO(views.load(WORKBOOK) or b""))[sheet].iter_rows(values_only=True)
    place = next(rows).index(header)
    return [row[place] for row in rows]


def test_a_day_gives_one_row_a_race_in_scope_on_every_sheet(archive):
    views = MemoryViews()
    assert update_reports(archive, views, DAY, EVENING) == [
        f"memory:{WORKBOOK}",
        f"memory:{TRACKING}",
    ]
    assert column(views, "Planning", "Course") == ["C1", "C2", "C3", "C4"]
    assert column(views, "ROI Observé", "R/C") == ["R1C1", "R1C2", "R1C3", "R1C4"]
    assert column(views, "Suivi", "Verdict") == [
        "Gagnant",
        "Abstention",
        "Sans décision",
        "Annulée",
    ]
    assert [row["course"] for row in tracking(views)] == ["C1", "C2", "C3", "C4"]


def test_money_of_the_sheets_adds_up_to_the_totals_of_the_day(archive):
    views = MemoryViews()
    plan = write_day(archive, NEXT_DAY)
    update_reports(archive, views, NEXT_DAY, EVENING)
    totals = status_at(archive, plan).totals
    staked = [v for v in column(views, "ROI Observé", "mises") if v is not None]
    returned = [v for v in column(views, "Suivi", "Gains_réels") if v is not None]
    assert round(sum(staked) * 100) == totals.staked_cents
    assert round(sum(returned) * 100) == totals.returned_cents


def test_update_of_each_day_and_rebuilding_tell_the_same(archive):
    write_day(archive, NEXT_DAY)
    stepwise, anew = MemoryViews(), MemoryViews()
    for day in (DAY, NEXT_DAY, DAY):
        update_reports(archive, stepwise, day, EVENING)
    rebuild_workbook(archive, anew, EVENING)
    assert archive_days(archive) == (DAY, NEXT_DAY)
    assert all_rows(stepwise) == all_rows(anew)
    assert stepwise.load(TRACKING) == anew.load(TRACKING)


@pytest.mark.parametrize(
    "present",
    [
        pytest.param(b"reunion;course\r\nR1;C1\r\n", id="an older layout"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_tracking_file_that_is_not_as_we_write_it_is_made_from_the_whole_archive(
    archive, present
):
    write_day(archive, NEXT_DAY)
    views, anew = MemoryViews(), MemoryViews()
    views.publish(TRACKING, present)
    update_reports(archive, views, NEXT_DAY, EVENING)
    rebuild_workbook(archive, anew, EVENING)
    assert views.load(TRACKING) == anew.load(TRACKING)


def test_a_tracking_file_that_a_spreadsheet_saved_is_made_from_the_whole_archive(archive):
    views = MemoryViews()
    update_reports(archive, views, DAY, EVENING)
    ours = views.load(TRACKING) or b""
    views.publish(TRACKING, ours.replace(b"2026-06-07", b"07/06/2026"))
    update_reports(archive, views, DAY, EVENING)
    assert views.load(TRACKING) == ours


def test_a_later_day_leaves_the_lines_of_the_others_as_they_are(archive):
    views = MemoryViews()
    update_reports(archive, views, DAY, EVENING)
    before = views.load(TRACKING) or b""
    write_day(archive, NEXT_DAY)
    update_reports(archive, views, NEXT_DAY, EVENING)
    after = views.load(TRACKING) or b""
    assert after.startswith(before)
    assert [row["date"] for row in tracking(views)] == ["2026-06-07"] * 4 + ["2026-06-08"] * 4


def test_updating_twice_publishes_the_same_bytes(archive):
    views = MemoryViews()
    update_reports(archive, views, DAY, EVENING)
    before = views.load(WORKBOOK), views.load(TRACKING)
    update_reports(archive, views, DAY, EVENING.replace(hour=23, minute=59))
    assert (views.load(WORKBOOK), views.load(TRACKING)) == before


def test_rebuilding_keeps_the_old_workbook_beside_the_new_one(archive):
    views = MemoryViews()
    update_reports(archive, views, DAY, EVENING)
    old = views.load(WORKBOOK)
    write_day(archive, NEXT_DAY)
    kept = [place for place in rebuild_workbook(archive, views, EVENING) if "avant" in place]
    # 23:00 Paris is 21:00 UTC.
    assert kept == [f"memory:{WORKBOOK.removesuffix('.xlsx')}-avant-20260607T210000Z.xlsx"]
    assert views.load(kept[0].removeprefix("memory:")) == old


def test_a_day_without_a_plan_leaves_headers_only():
    views = MemoryViews()
    update_reports(MemoryArchive(), views, DAY, EVENING)
    assert column(views, "Planning", "Date") == []
    assert tracking(views) == []


def test_the_fiche_shows_chances_decision_result_and_settlement_of_a_race(archive):
    won, refused, late, cancelled = day_facts(archive, DAY, EVENING)
    text = fiche_text(won)
    assert text.startswith("**SIMULÉ")
    # Chance 50 %, fair 2.0, shown 1.7, first home.
    assert "| 4 | KENJY BEL 4 | 50,0\u00a0% | – | 2,0 | 1,7 | 1 |" in text
    assert "Simple gagnant, zeturf : 4, 1,00\u00a0€, cote à H-5 2,4" in text
    assert "Simple gagnant 4 : gagné, mise 1,00\u00a0€, gain 2,50\u00a0€" in text
    assert "Officielle : 4-5-6" in text
    assert "**Pas de pari.**" in fiche_text(refused)
    assert "Pas de décision" in fiche_text(late)
    assert "Course annulée." in fiche_text(cancelled)


def test_the_fiche_of_a_race_out_of_scope_says_so():
    outside = bare(planned(in_scope=False))
    outside = replace(outside, state=replace(outside.state, phases={}))
    assert "hors du périmètre suivi" in fiche_text(outside)


def test_hostile_names_are_escaped_in_the_fiche():
    race = planned(name="<b>|*x*|</b>\n# titre", meeting=HOSTILE)
    first = fiche_text(bare(race, simulated=False)).splitlines()[0]
    assert first == r"# R1C3 – \<b\>\|\*x\*\|\</b\> \# titre"
    assert escaped(HOSTILE) == r"=cmd\|' /C calc'!A0"


def test_fiches_lie_by_day_and_race(archive):
    views = MemoryViews()
    places = publish_fiches(archive, views, DAY, EVENING)
    assert places[:2] == [
        "memory:fiches/2026-06-07-R1C1.html",
        "memory:fiches/2026-06-07-R1C1.en.html",
    ]
    assert len(places) == 8


def rows(content: bytes, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as ledger:
        ledger.deserialize(content)
        return ledger.execute(query).fetchall()


def test_the_ledger_holds_every_leg_in_cents_and_the_days_totals(archive):
    content = ledger_bytes(archive, EVENING)
    legs = "SELECT race, bet, combination, stake_cents, payout_cents, state, simulated FROM legs"
    assert rows(content, legs) == [
        ("R1C1", "win", "4", 100, 250, "won", 1),
        ("R1C4", "win", "4", 100, 100, "refunded", 1),
    ]
    assert rows(content, "SELECT date, staked_cents, returned_cents FROM days") == [
        ("2026-06-07", 200, 350)
    ]
    assert rows(content, "SELECT settled_at FROM legs LIMIT 1") == [("2026-06-07T14:32:00+02:00",)]


def test_the_ledger_is_a_view_the_same_archive_gives_the_same_bytes(archive):
    assert ledger_bytes(archive, EVENING) == ledger_bytes(archive, EVENING)
    views = MemoryViews()
    rebuild_ledger(archive, views, EVENING)
    assert check_ledger(archive, views, EVENING) == ()


def test_a_ledger_that_was_touched_is_told(archive):
    views = MemoryViews()
    with closing(sqlite3.connect(":memory:")) as ledger:
        ledger.deserialize(ledger_bytes(archive, EVENING))
        ledger.execute("UPDATE legs SET payout_cents = 9900 WHERE race = 'R1C1'")
        ledger.commit()
        views.publish(LEDGER, ledger.serialize())
    faults = check_ledger(archive, views, EVENING)
    assert len(faults) == 2
    assert "250" in faults[0]
    assert "9900" in faults[1]


@pytest.mark.parametrize("content", [b"no database", b"", b"SQLite format 3\x00" + b"x" * 4096])
def test_a_damaged_ledger_is_told(archive, content):
    views = MemoryViews()
    views.publish(LEDGER, content)
    assert "cannot be read" in check_ledger(archive, views, EVENING)[0]


def test_a_missing_ledger_is_told(archive):
    assert "is not there" in check_ledger(archive, MemoryViews(), EVENING)[0]


def test_the_document_of_the_day_has_the_published_fields(archive):
    plan = write_day(archive, NEXT_DAY)
    assert summary_document(status_at(archive, plan)) == {
        "date": "2026-06-08",
        "mode": "simulated",
        "simulated": True,
        "races": 4,
        "h30_done": 2,
        "h5_done": 3,
        "slips": 2,
        "no_bets": 1,
        "settled": 2,
        "cancelled": 1,
        "failed": 0,
        "staked_eur": 2.0,
        "returned_eur": 3.5,
        "withdrawn": 0,
        "withdrawn_eur": 0.0,
        "no_bets_by_gate": {"no_gate": 1},
        "accounts": {
            "played": {"slips": 0, "staked_eur": 0.0, "returned_eur": 0.0},
            "study": {"slips": 0, "staked_eur": 0.0, "returned_eur": 0.0},
        },
        "closing_error": {
            "races": 0,
            "not_judged": 2,
            "runners": 0,
            "forecast_rmse": None,
            "shown_rmse": None,
        },
    }


def test_the_text_of_the_day_begins_with_simulated_and_ends_with_the_notice(archive):
    plan = write_day(archive, NEXT_DAY)
    lines = summary_text(status_at(archive, plan)).splitlines()
    assert lines[0].startswith("SIMULÉ")
    assert lines[2] == "Journée du lundi 8 juin 2026 (simulée)"
    assert lines[-1].startswith("18+")
    # 2 € staked, one refunded and one paid 2.50 €.
    assert [" ".join(line.split()) for line in lines if "Résultat" in line] == ["Résultat +1,50 €"]
    assert any("ROI" in line and "non concluant" in line for line in lines)


def test_a_real_day_without_a_slip_shows_dashes_and_no_mark():
    archive = MemoryArchive()
    plan = write_day(archive, simulated=False)
    status = status_at(archive, plan)
    assert "SIMULÉ" not in summary_text(status)
    assert roi_text(ratio_roi([(100, 50)])) == "–"


def test_roi_has_an_interval_and_concludes_only_with_ten_slips_away_from_zero():
    # Stakes 1 €, profits +1 € and −1 €: ROI 0, e = ±100, error sqrt(2/1 · 20000)/200 = 1.
    two = ratio_roi([(100, 100), (100, -100)])
    assert (two.value, two.low) == (0.0, -1.0)
    assert two.high == pytest.approx(1.96, abs=0.001)
    won = ratio_roi([(100, 100), (100, 120)] * 5)
    assert won.low > 0
    assert won.is_conclusive
    assert not ratio_roi([(100, 100), (100, 120)] * 4).is_conclusive


def test_slips_that_all_lost_have_no_interval_and_conclude_nothing():
    lost = ratio_roi([(100, -100)] * 30)
    assert not lost.is_conclusive
    assert roi_text(lost) == "−100,0\u00a0% (intervalle inconnu), sur 30 tickets, non concluant"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(euros(340), "3,40\u00a0€", id="euros"),
        pytest.param(euros(-460, signed=True), "−4,60\u00a0€", id="minus sign"),
        pytest.param(euros(530, signed=True), "+5,30\u00a0€", id="plus"),
        pytest.param(number(-0.001, 2, signed=True), "0,00", id="rounded zero has no sign"),
        pytest.param(number(2700, 0), "2\u202f700", id="thousands"),
        pytest.param(percent(0.125), "12,5\u00a0%", id="share"),
        pytest.param(odds(19.94), "19,9", id="odds below 20"),
        pytest.param(odds(48.7), "49", id="odds from 20"),
        pytest.param(odds(None), "–", id="unknown"),
        pytest.param(long_date(NEXT_DAY.replace(month=11, day=1)), "dimanche 1er novembre 2026",
                     id="first of the month"),
        pytest.param(
            exact_hour(EVENING.replace(minute=5, second=7)),
            "23\u00a0h\u00a005\u00a0min\u00a007\u00a0s",
            id="hour with seconds",
        ),
        pytest.param(hour(EVENING), "23\u00a0h\u00a000", id="hour"),
    ],
)  # fmt: skip
def test_numbers_are_french(shown, expected):
    assert shown == expected
