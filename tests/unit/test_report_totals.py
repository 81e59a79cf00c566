"""«Totaux»: months and days of the workbook, as formulas with the values that they have now."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from hippique.racing.result import Refund
from hippique.report.facts import RaceFacts
from hippique.report.rows import sheet_rows
from hippique.report.workbook import update_workbook
from report_days import (
    DAY,
    EVENING,
    NEXT_DAY,
    decision_for,
    official,
    planned,
    played,
    win_ticket,
)

JULY = dt.date(2026, 7, 3)


def slip(key: str, day: dt.date, winner: int, per_euro: float = 2.5) -> RaceFacts:
    """1 € to win on the 4."""
    race = planned(key, day)
    return played(race, decision_for(race, win_ticket()), official(winner, per_euro))


def no_bet(key: str, day: dt.date) -> RaceFacts:
    race = planned(key, day)
    return played(race, decision_for(race), official())


def awaited(key: str, day: dt.date) -> RaceFacts:
    race = planned(key, day)
    return played(race, decision_for(race, win_ticket()))


RACES = (
    slip("R1C1", DAY, 4),  # +1.50
    slip("R1C2", DAY, 5),  # −1.00
    no_bet("R1C3", DAY),
    slip("R1C1", NEXT_DAY, 5),
    awaited("R1C2", NEXT_DAY),
    slip("R1C1", JULY, 4, 3.0),
)


def update(content: bytes | None, *races: RaceFacts) -> bytes:
    return update_workbook(content, sheet_rows(races), EVENING)


def opened(content: bytes, *, values: bool = True) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=values)


def lines(content: bytes, *, values: bool = True) -> list[dict[str, object]]:
    header, *rows = opened(content, values=values)["Totaux"].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_month_counts_settled_slips_alone():
    whole, june, july = lines(update(None, *RACES))
    assert (whole["Mois"], june["Mois"].date(), july["Mois"].date()) == (
        "Ensemble",
        dt.date(2026, 6, 1),
        dt.date(2026, 7, 1),
    )
    names = ("Courses", "Tickets", "Gagnants", "Mises", "Retours", "Résultat")
    # June: 5 races, 3 settled slips of 1 €, one of them paid 2.50 €; one awaits its result.
    assert [june[name] for name in names] == [5, 3, 1, 3.0, 2.5, -0.5]
    assert [whole[name] for name in names] == [6, 4, 2, 4.0, 5.5, 1.5]


def test_an_roi_has_its_interval_and_says_that_it_concludes_nothing():
    june = lines(update(None, *RACES))[1]
    # Profits 1.5, −1, −1: roi −1/6, residuals 5/3, −5/6, −5/6, error √(3·(25/9+50/36)/2)/3 = 5/6.
    assert june["ROI"] == pytest.approx(-1 / 6)
    assert june["Erreur type"] == pytest.approx(5 / 6)
    assert june["ROI bas 95 %"] == -1
    assert june["ROI haut 95 %"] == pytest.approx(-1 / 6 + 1.959964 * 5 / 6)
    assert june["Lecture"] == "non concluant"


def test_a_single_slip_and_slips_that_all_lost_show_dashes():
    july = lines(update(None, *RACES))[2]
    assert [july[name] for name in ("ROI", "Erreur type", "Lecture")] == ["–", "–", "–"]
    lost = lines(update(None, slip("R1C1", DAY, 5), slip("R1C2", DAY, 5)))[1]
    assert (lost["ROI"], lost["Erreur type"], lost["Lecture"]) == (-1, "–", "non concluant")


def test_days_add_up_in_their_order_even_when_an_older_day_comes_later():
    content = update(update(None, RACES[-1]), *RACES[:-1])
    days = [(row["Jour"].date(), row["Résultat cumulé"]) for row in lines(content) if row["Jour"]]
    assert days == [(DAY, 0.5), (NEXT_DAY, -0.5), (JULY, 1.5)]


def test_the_chart_draws_every_day_and_holds_its_values():
    content = update(update(None, *RACES[:3]), *RACES)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        (name,) = [n for n in book.namelist() if n.startswith("xl/charts/chart")]
        chart = book.read(name).decode()
    assert set(re.findall(r"\$2:\$[A-Z]+\$(\d+)", chart)) == {"4"}
    assert chart.count('ptCount val="3"') == 6  # three series, each with its days and its values


def test_the_chart_stays_below_the_months():
    races = [slip("R1C1", dt.date(2024 + m // 12, m % 12 + 1, 5), 4) for m in range(24)]
    content = update(None, *races)
    (chart,) = opened(content, values=False)["Totaux"]._charts  # noqa: SLF001  openpyxl has no public list
    # A header, the whole, 24 months and an empty row come first.
    assert chart.anchor._from.row >= 27  # noqa: SLF001  the name is the format's own


def test_a_formula_that_the_owner_wrote_into_the_totals_stays():
    book = opened(update(None, *RACES), values=False)
    book["Totaux"]["H3"] = "=G3/100"
    target = io.BytesIO()
    book.save(target)
    after = update(target.getvalue(), *RACES, slip("R1C5", JULY, 5))
    assert lines(after, values=False)[1]["ROI"] == "=G3/100"


def test_totals_that_the_owner_took_away_stay_away():
    book = opened(update(None, *RACES), values=False)
    del book["Totaux"]
    target = io.BytesIO()
    book.save(target)
    assert "Totaux" not in opened(update(target.getvalue(), slip("R1C5", JULY, 5))).sheetnames


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_computes_what_the_cells_hold(tmp_path: Path):
    many = [slip(f"R{m}C{n}", DAY, 4 if (m + n) % 2 else 5) for m in (2, 3, 4) for n in range(1, 6)]
    content = update(None, *RACES, *many)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        named = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet5.xml"
    # Without the values beside them the formulas have to be computed.
    named[sheet] = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", named[sheet])
    with zipfile.ZipFile(tmp_path / "plain.xlsx", "w") as book:
        for name, part in named.items():
            book.writestr(name, part)
    calculated = _calculated(tmp_path)
    for ours, theirs in zip(lines(content), calculated, strict=True):
        for header, value in ours.items():
            expected = pytest.approx(value) if isinstance(value, float) else value
            assert theirs[header] == expected, (header, ours["Mois"])


def _calculated(folder: Path) -> list[dict[str, object]]:
    home = f"-env:UserInstallation=file://{folder}/home"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(folder / "plain.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    found = lines((folder / "out" / "plain.xlsx").read_bytes())
    return [line for line in found if any(value is not None for value in line.values())]


def test_a_stake_returned_counts_as_a_slip_without_gain():
    race = planned("R1C7")
    back = replace(official(), refunded=(Refund(operator="zeturf", bet="win"),))
    refunded = played(race, decision_for(race, win_ticket()), back)
    whole = lines(update(None, refunded, RACES[0]))[0]
    assert [whole[n] for n in ("Tickets", "Gagnants", "Mises", "Retours")] == [2, 1, 2.0, 3.5]
