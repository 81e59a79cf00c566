"""The four sheets: their names, columns in order, formats, and which columns name a race."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from hippique.racing.card import RaceId

Cell = str | int | float | dt.date | dt.time | dt.datetime | None
SIMULATED = "Simulé"
SIMULATED_MARK = "SIMULÉ"

_TEXT, _WHOLE = "General", "0"
_DAY, _HOUR, _INSTANT = "dd/mm/yyyy", "hh:mm", "dd/mm/yyyy hh:mm:ss"
_EUROS, _SHARE, _SCORE = '#,##0.00" €"', "0.0 %", "0.000"


@dataclass(frozen=True, slots=True)
class Column:
    """A header with the number format of its cells and its width in characters."""

    header: str
    number_format: str = _TEXT
    width: float = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. race_headers: the columns that, with day_header, name the race of a row."""

    name: str
    columns: tuple[Column, ...]
    day_header: str
    race_headers: tuple[str, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers, in order."""
        return tuple(column.header for column in self.columns)


@dataclass(frozen=True, slots=True)
class Row:
    """One race on one sheet: header → value. None: not known, or not ours to write."""

    race: RaceId
    cells: Mapping[str, Cell]


_DATE, _MEETING, _RACE = Column("Date", _DAY), Column("Réunion", width=9), Column("Course", width=8)
_TRACK, _KIND = Column("Hippodrome", width=24), Column("Discipline", width=14)
_IS_SIMULATED = Column(SIMULATED, width=9)

PLANNING = Sheet(
    "Planning",
    (
        *(_DATE, _MEETING, _RACE, _TRACK, Column("Heure", _HOUR, 8)),
        *(Column("Partants", _WHOLE, 9), _KIND, Column("Statut H-30"), Column("Statut H-5")),
        *(Column("Jouable H-5"), Column("Tickets H-5", width=30), Column("Commentaires", width=40)),
        _IS_SIMULATED,
    ),
    "Date",
    ("Réunion", "Course"),
)
FOLLOW_UP = Sheet(
    "Suivi",
    (
        *(_DATE, _MEETING, _RACE, _TRACK, _KIND, Column("Partants", _WHOLE, 9)),
        *(Column("Tickets", width=30), Column("Mises_totales", _EUROS, 14)),
        *(Column("Gains_réels", _EUROS), Column("ROI_estimé", _SHARE), Column("ROI_réel", _SHARE)),
        *(Column("Verdict"), Column("Arrivée_officielle", width=22), Column("Notes", width=40)),
        *(Column("Timestamp_UTC", _INSTANT, 19), _IS_SIMULATED),
    ),
    "Date",
    ("Réunion", "Course"),
)
_LOWER = (
    *(Column("R/C", width=8), Column("hippodrome", width=24), Column("date", _DAY)),
    *(Column("discipline", width=14), Column("mises", _EUROS)),
)
EXPECTED = Sheet(
    "ROI Prévisionnel",
    (
        *_LOWER,
        *(Column("EV_sp", _EUROS), Column("EV_global", _EUROS), Column("ROI_sp", _SHARE)),
        *(Column("ROI_global", _SHARE), Column("risk_of_ruin", _SHARE)),
        *(
            Column("clv_moyen", _SHARE),
            Column("variance", "0.00"),
            Column("payout_attendu", _EUROS, 17),
        ),
        *(Column("model", width=16), _IS_SIMULATED),
    ),
    "date",
    ("R/C",),
)
OBSERVED = Sheet(
    "ROI Observé",
    (
        *_LOWER,
        *(Column("gains", _EUROS), Column("ROI_reel", _SHARE), Column("result_moyen", _EUROS, 13)),
        *(Column("ROI_reel_moyen", _SHARE, 15), Column("Brier_total", _SCORE)),
        *(Column("Brier_moyen", _SCORE), Column("EV_total", _EUROS), Column("EV_ecart", _EUROS)),
        *(Column("model", width=16), _IS_SIMULATED),
    ),
    "date",
    ("R/C",),
)
SHEETS = (PLANNING, FOLLOW_UP, EXPECTED, OBSERVED)
