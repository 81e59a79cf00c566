"""«Totaux»: what the slips of each month and day returned, as formulas over «Suivi».

The formulas hold names (`Suivi_mises` …), so that their text never changes; beside each stands the
value that it has now, for viewers that do not calculate. A month counts settled slips alone.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from hippique.day.care.roi import LEAST_SLIPS, Roi, ratio_roi
from hippique.report.cells import day_of
from hippique.report.sheets import FOLLOW_UP, TOTALS
from hippique.report.totals_chart import refresh_charts
from hippique.report.xlsx.book import Book
from hippique.report.xlsx.grid import Grid, letters
from hippique.report.xlsx.ranges import format_of_columns, name_rows
from hippique.report.xlsx.values import EMPTY, Held, Value, is_same

UNKNOWN = "–"
WHOLE = "Ensemble"
MONTH, DAY = "Mois", "Jour"
NAMES: Mapping[str, str] = {
    "Suivi_dates": "Date",
    "Suivi_mises": "Mises_totales",
    "Suivi_gains": "Gains_réels",
}
# A slip counts once its return is known; {in} chooses the rows, {a} and {x} are a column's cell.
_SETTLED = "(Suivi_mises>0)*ISNUMBER(Suivi_gains)"
_OF_MONTH = "(Suivi_dates>={Mois})*(Suivi_dates<EDATE({Mois},1))"
_IN_MONTH = 'Suivi_dates,">="&{Mois},Suivi_dates,"<"&EDATE({Mois},1)'
MONTHLY: Mapping[str, str] = {
    "Courses": "COUNTIFS([in])",
    "Tickets": 'COUNTIFS([in],Suivi_mises,">0",Suivi_gains,">=0")',
    "Gagnants": f"SUMPRODUCT([of]*{_SETTLED}*(Suivi_gains>Suivi_mises))",
    "Mises": 'SUMIFS(Suivi_mises,[in],Suivi_gains,">=0")',
    "Retours": 'SUMIFS(Suivi_gains,[in],Suivi_mises,">0")',
    "Résultat": "{Retours}-{Mises}",
    "ROI": f'IF({{Tickets}}<{LEAST_SLIPS},"{UNKNOWN}",{{Résultat}}/{{Mises}})',
    # 1/(1/0) is an error: where slips do not differ (all lost) there is no interval to show.
    "Erreur type": (
        f'IF({{Tickets}}<{LEAST_SLIPS},"{UNKNOWN}",IFERROR(1/(1/ROUND(SQRT({{Tickets}}/'
        f"({{Tickets}}-1)*SUMPRODUCT([of]*{_SETTLED}*"
        f'(Suivi_gains-Suivi_mises-{{ROI}}*Suivi_mises)^2))/{{Mises}},9)),"{UNKNOWN}"))'
    ),
    "ROI bas 95 %": (
        f'IF(ISNUMBER({{Erreur type}}),MAX(-1,{{ROI}}-NORMSINV(0.975)*{{Erreur type}}),"{UNKNOWN}")'
    ),
    "ROI haut 95 %": (
        f'IF(ISNUMBER({{Erreur type}}),{{ROI}}+NORMSINV(0.975)*{{Erreur type}},"{UNKNOWN}")'
    ),
    "Lecture": (
        f'IF({{Tickets}}<{LEAST_SLIPS},"{UNKNOWN}",IF(AND(ISNUMBER({{Erreur type}}),'
        f"SUMPRODUCT([of]*{_SETTLED}*(Suivi_gains<>Suivi_mises))>=10),"
        'IF({ROI bas 95 %}>0,"gain démontré",IF({ROI haut 95 %}<0,"perte démontrée",'
        '"non concluant")),"non concluant"))'
    ),
}
DAILY: Mapping[str, str] = {
    "Mises du jour": 'SUMIFS(Suivi_mises,Suivi_dates,{Jour},Suivi_gains,">=0")',
    "Retours du jour": 'SUMIFS(Suivi_gains,Suivi_dates,{Jour},Suivi_mises,">0")',
    "Résultat du jour": "{Retours du jour}-{Mises du jour}",
    "Résultat cumulé": "N({Résultat cumulé^})+{Résultat du jour}",
}
_REACH = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Slip:
    """A race of «Suivi»: its day; stake and return in euros, None where not known."""

    day: dt.date
    stake: float | None
    paid: float | None


Line = tuple[Value, Mapping[str, str], Mapping[str, str | float | None]]


def update_totals(book: Book) -> None:
    """Bring «Totaux» up to date with «Suivi»; nothing where the user took the sheet away."""
    if TOTALS not in book.sheets:
        return
    slips, last = _slips(book)
    for name in NAMES:
        name_rows(book, name, max(2, last))
    grid = book.grid(TOTALS)
    headers = book.headers(grid)
    days = _day_lines(slips)
    _write_block(book, grid, headers, MONTH, _month_lines(slips))
    _write_block(book, grid, headers, DAY, days)
    shown = {DAY: [book.epoch.serial(day) for day, _, _ in days if isinstance(day, dt.date)]}
    for header in DAILY:
        shown[header] = [_amount(values[header]) for _, _, values in days]
    columns = {letters(headers[h]): values for h, values in shown.items() if h in headers}
    refresh_charts(book, TOTALS, columns, months=len({s.day.replace(day=1) for s in slips}))


def _amount(value: str | float | None) -> float:
    return value if isinstance(value, float) else 0.0


def _slips(book: Book) -> tuple[list[Slip], int]:
    grid = book.grid(FOLLOW_UP.name)
    headers = book.headers(grid)
    day, stake, paid = (headers[header] for header in NAMES.values())
    found = []
    for number in grid.rows:
        told = book.held(grid, number, day).value if number > 1 else None
        if isinstance(told, float) and (date := day_of(told, book.epoch)):
            amounts = (book.held(grid, number, column).value for column in (stake, paid))
            found.append(Slip(date, *(a if isinstance(a, float) else None for a in amounts)))
    return sorted(found, key=lambda slip: slip.day), grid.last_row()


def _month_lines(slips: Sequence[Slip]) -> list[Line]:
    months: dict[dt.date, list[Slip]] = defaultdict(list)
    for slip in slips:
        months[slip.day.replace(day=1)].append(slip)
    whole = {header: _over_all(formula) for header, formula in MONTHLY.items()}
    monthly = {
        header: formula.replace("[in]", _IN_MONTH).replace("[of]", _OF_MONTH)
        for header, formula in MONTHLY.items()
    }
    first: Line = (WHOLE, whole, _month_values(slips))
    return [first, *((month, monthly, _month_values(of)) for month, of in months.items())]


def _over_all(formula: str) -> str:
    """The same figure without a choice of rows."""
    plain = formula.replace("COUNTIFS([in])", "COUNT(Suivi_dates)").replace("[in],", "")
    return plain.replace("[of]", "ISNUMBER(Suivi_dates)")


def _month_values(slips: Sequence[Slip]) -> Mapping[str, str | float | None]:
    settled = [(s.stake, s.paid) for s in slips if s.stake and s.paid is not None]
    stakes, paid = math.fsum(s for s, _ in settled), math.fsum(p for _, p in settled)
    cents = [(round(s * 100), round(p * 100) - round(s * 100)) for s, p in settled]
    roi = ratio_roi(cents)
    return {
        "Courses": float(len(slips)),
        "Tickets": float(len(settled)),
        "Gagnants": float(sum(profit > 0 for _, profit in cents)),
        "Mises": stakes,
        "Retours": paid,
        "Résultat": paid - stakes,
        **_roi_values(roi),
    }


def _roi_values(roi: Roi | None) -> Mapping[str, str | float | None]:
    if roi is None:
        return dict.fromkeys(("ROI", *_INTERVAL, "Lecture"), UNKNOWN)
    interval: dict[str, str | float | None] = dict.fromkeys(_INTERVAL, UNKNOWN)
    if roi.low is not None and roi.high is not None:
        error = (roi.high - roi.value) / _REACH
        interval = dict(zip(_INTERVAL, (error, roi.low, roi.high), strict=True))
    verdict = "gain démontré" if roi.value > 0 else "perte démontrée"
    return {
        "ROI": roi.value,
        **interval,
        "Lecture": verdict if roi.is_conclusive else "non concluant",
    }


_INTERVAL = ("Erreur type", "ROI bas 95 %", "ROI haut 95 %")


def _day_lines(slips: Sequence[Slip]) -> list[Line]:
    days: dict[dt.date, list[Slip]] = defaultdict(list)
    for slip in slips:
        days[slip.day].append(slip)
    lines: list[Line] = []
    gathered = 0.0
    for day, of in days.items():
        settled = [(s.stake, s.paid) for s in of if s.stake and s.paid is not None]
        stakes, paid = math.fsum(s for s, _ in settled), math.fsum(p for _, p in settled)
        gathered += paid - stakes
        values = dict(zip(DAILY, (stakes, paid, paid - stakes, gathered), strict=True))
        lines.append((day, DAILY, values))
    return lines


def _write_block(
    book: Book, grid: Grid, headers: Mapping[str, int], key: str, lines: Sequence[Line]
) -> None:
    """One line a row from row 2 on; a block whose columns the user renamed is left alone."""
    wanted = (key, *lines[0][1]) if lines else ()
    if not set(wanted) <= set(headers):
        return
    formats = format_of_columns(grid)
    for number, (name, formulas, values) in enumerate(lines, start=2):
        cells = {}
        held = _present(book, grid, number, headers[key], formats)
        if not held.is_formula and not is_same(held.value, name, book.epoch):
            cells[headers[key]] = book.written(grid, number, headers[key], name, held.style)
        for header, formula in formulas.items():
            column = headers[header]
            held = _present(book, grid, number, column, formats)
            text = _filled(formula, headers, number)
            if _is_stale(held, text, values[header]):
                now = Held(values[header], held.style)
                cells[column] = book.calculated(grid, (number, column), text, now)
        if cells:
            grid.put(number, cells)


def _present(book: Book, grid: Grid, number: int, column: int, formats: Mapping[int, int]) -> Held:
    cell = grid.cell(number, column)
    if cell is None:
        return Held(None, formats.get(column, EMPTY.style))
    return book.held(grid, number, column)


def _is_stale(held: Held, formula: str, value: str | float | None) -> bool:
    """Whether a cell has to be written: it is empty, or ours with another value; never his."""
    if held.is_formula:
        is_ours = _bare(held.formula or "") == _bare(formula)
        return is_ours and not _is_close(held.value, value)
    return held.value is None


def _is_close(held: str | float | None, value: str | float | None) -> bool:
    """Programs differ in the last digits of a root or a quantile; that is no change."""
    if isinstance(held, float) and isinstance(value, float):
        return math.isclose(held, value, rel_tol=_NO_CHANGE, abs_tol=_NO_CHANGE)
    return held == value


_NO_CHANGE = 1e-9


def _bare(formula: str) -> str:
    return re.sub(r"\s", "", formula)


def _filled(formula: str, headers: Mapping[str, int], number: int) -> str:
    """`{Mises}` → E3; `{Mises^}` is the cell above."""

    def cell(found: re.Match[str]) -> str:
        header, above = found[1].removesuffix("^"), found[1].endswith("^")
        return f"{letters(headers[header]).decode()}{number - above}"

    return re.sub(r"\{([^}]*)\}", cell, formula)
