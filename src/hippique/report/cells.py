"""Writing one cell: only what differs, never over a formula, text always as text."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.utils.datetime import from_excel, to_excel

from hippique.errors import InputError
from hippique.racing.card import RaceId, RaceKey
from hippique.report.guarded import is_risky, printable
from hippique.report.sheets import Cell

_HALF_A_SECOND = 0.5 / 86_400  # cells hold instants as days
_WRITTEN = 4e-15  # a workbook keeps 16 digits of a number, one fewer than it may need
_DATE_TEXTS = ("%Y-%m-%d", "%d/%m/%Y")


def put(cell: Any, value: Cell) -> bool:
    """Write a value where it differs; True when the cell changed.

    A formula in our column is the user's and stays; None and "" leave what is there.
    """
    if value in {None, ""} or isinstance(cell, MergedCell) or cell.data_type == "f":
        return False
    wanted = printable(value) if isinstance(value, str) else value
    if _is_same(cell.value, wanted):
        return False
    cell.value = wanted
    if isinstance(wanted, str):
        # openpyxl takes "=…" for a formula and "#N/A" for an error; a page's text is neither.
        cell.data_type = "s"
        cell.quotePrefix = is_risky(wanted)
    return True


def _is_same(present: object, wanted: Cell) -> bool:
    if present is None:
        return False
    if isinstance(wanted, dt.date | dt.time):
        serial = _serial(present)
        return serial is not None and abs(serial - to_excel(wanted)) < _HALF_A_SECOND
    if isinstance(wanted, int | float) and isinstance(present, int | float):
        return math.isclose(present, wanted, rel_tol=_WRITTEN)
    return str(present) == wanted


def _serial(present: object) -> float | None:
    """Days since the workbook's epoch; a user may have shown a date as a plain number."""
    if isinstance(present, dt.date | dt.time):
        return float(to_excel(present))
    is_number = isinstance(present, int | float) and not isinstance(present, bool)
    return float(present) if is_number else None  # type: ignore[arg-type]  # a number by the test


def race_of(day: object, parts: list[object]) -> RaceId | None:
    """The race that the key cells of a row name; None where they name none.

    parts: ["R1", "C3"], [1, 3] or ["R1C3"].
    """
    date = _as_day(day)
    if date is None:
        return None
    letters = "RC" if len(parts) > 1 else ""
    try:
        return RaceId(date, RaceKey.parse("".join(map(_part, parts, letters or [""]))))
    except InputError:
        return None


def _part(value: object, letter: str) -> str:
    text = str(int(value) if isinstance(value, float) else value).strip()
    return f"{letter}{text}" if text.isdecimal() else text


def _as_day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return _read_day(value.strip())
    serial = _serial(value)
    return _as_day(from_excel(serial)) if serial is not None and serial >= 1 else None


def _read_day(text: str) -> dt.date | None:
    for form in _DATE_TEXTS:
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None
