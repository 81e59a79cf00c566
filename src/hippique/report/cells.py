"""The day and the race that a row of a sheet names, whatever way its cells were typed."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from hippique.errors import InputError
from hippique.racing.card import RaceKey
from hippique.report.xlsx.values import Epoch

_DATE_TEXTS = ("%Y-%m-%d", "%d/%m/%Y")
Held = str | float | None


@lru_cache(maxsize=4096)
def race_key(*parts: Held) -> RaceKey | None:
    """The race's key in its cells: ("R1", "C3"), (1.0, 3.0) or ("R1C3",); None for any other."""
    letters = "RC" if len(parts) > 1 else ""
    try:
        return RaceKey.parse("".join(map(_part, parts, letters or [""])))
    except InputError:
        return None


def day_of(value: Held, epoch: Epoch) -> dt.date | None:
    """The day in a cell: a serial, ISO or French; None where it holds none."""
    if value is None:
        return None
    return _read_day(value.strip()) if isinstance(value, str) else epoch.day(value)


def _part(value: Held, letter: str) -> str:
    text = str(int(value) if isinstance(value, float) else value).strip()
    return f"{letter}{text}" if text.isdecimal() else text


def _read_day(text: str) -> dt.date | None:
    for form in _DATE_TEXTS:
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None
