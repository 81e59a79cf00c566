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
_GAIN = '+#,##0.00" €";−#,##0.00" €";0.00" €"'


@dataclass(frozen=True, slots=True)
class Column:
    """A header with the number format of its cells and its width in characters.

    align: left, right or center; None lets numbers stand right. choices: the words that the cells
    offer as a list.
    """

    header: str
    number_format: str = _TEXT
    width: float = 12
    align: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def aligned(self) -> str:
        """Text left, numbers right: a column's header stands over its cells."""
        return self.align or ("left" if self.number_format == _TEXT else "right")


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


def _text(header: str, width: float, *choices: str) -> Column:
    return Column(header, _TEXT, width, choices=choices)


def _euros(header: str, width: float = 11) -> Column:
    return Column(header, _EUROS, width)


def _share(header: str, width: float = 11) -> Column:
    return Column(header, _SHARE, width)


_YES_NO = ("Oui", "Non")
_H30 = ("Prévu", "Collecté", "En retard", "Échec", "Annulé")
_H5 = ("Prévu", "Analysé", "En retard", "Échec", "Annulé")
_VERDICTS = (
    *("Gagnant", "Perdant", "Nul", "Remboursé", "Abstention", "En attente", "Sans décision"),
    "Annulée",
)
_DATE = Column("Date", _DAY, 11, "left")
_MEETING, _RACE = _text("Réunion", 8.5), _text("Course", 8)
_TRACK, _KIND = _text("Hippodrome", 24), _text("Discipline", 14)
_STARTERS = Column("Partants", _WHOLE, 9)
_IS_SIMULATED = _text(SIMULATED, 9, *_YES_NO)

PLANNING = Sheet(
    "Planning",
    (
        *(_DATE, _MEETING, _RACE, _TRACK, Column("Heure", _HOUR, 8), _STARTERS, _KIND),
        *(_text("Statut H-30", 12, *_H30), _text("Statut H-5", 12, *_H5)),
        *(_text("Jouable H-5", 10, *_YES_NO), _text("Tickets H-5", 32), _text("Commentaires", 40)),
        _IS_SIMULATED,
    ),
    "Date",
    ("Réunion", "Course"),
)
FOLLOW_UP = Sheet(
    "Suivi",
    (
        *(_DATE, _MEETING, _RACE, _TRACK, _KIND, _STARTERS, _text("Tickets", 30)),
        *(_euros("Mises_totales", 13), _euros("Gains_réels"), _share("ROI_estimé")),
        *(_share("ROI_réel"), _text("Verdict", 14, *_VERDICTS), _text("Arrivée_officielle", 24)),
        *(_text("Notes", 40), Column("Timestamp_UTC", _INSTANT, 19, "left"), _IS_SIMULATED),
    ),
    "Date",
    ("Réunion", "Course"),
)
_LOWER = (
    *(_text("R/C", 8), _text("hippodrome", 24), Column("date", _DAY, 11, "left")),
    *(_text("discipline", 14), _euros("mises")),
)
EXPECTED = Sheet(
    "ROI Prévisionnel",
    (
        *(*_LOWER, _euros("EV_sp"), _euros("EV_global"), _share("ROI_sp"), _share("ROI_global")),
        *(_share("risk_of_ruin", 12), _share("clv_moyen", 12), Column("variance", "0.00", 11)),
        *(_euros("payout_attendu", 15), _text("model", 16), _IS_SIMULATED),
    ),
    "date",
    ("R/C",),
)
OBSERVED = Sheet(
    "ROI Observé",
    (
        *(*_LOWER, _euros("gains"), _share("ROI_reel"), _euros("result_moyen", 13)),
        *(_share("ROI_reel_moyen", 15), Column("Brier_total", _SCORE, 11)),
        *(Column("Brier_moyen", _SCORE, 12), _euros("EV_total"), _euros("EV_ecart")),
        *(_text("model", 16), _IS_SIMULATED),
    ),
    "date",
    ("R/C",),
)
TOTALS = "Totaux"
TOTALS_COLUMNS = (
    *(Column("Mois", "[$-40C]mmm yyyy", 13, "left"), Column("Courses", _WHOLE, 9)),
    *(Column("Tickets", _WHOLE, 9), Column("Gagnants", _WHOLE, 10), _euros("Mises", 12)),
    *(_euros("Retours", 12), Column("Résultat", _GAIN, 12), _share("ROI", 10)),
    *(_share("Erreur type"), _share("ROI bas 95 %", 14), _share("ROI haut 95 %", 14)),
    *(_text("Lecture", 17), Column("", width=4), Column("Jour", _DAY, 12, "left")),
    *(_euros("Mises du jour", 12), _euros("Retours du jour", 12)),
    *(Column("Résultat du jour", _GAIN, 12), Column("Résultat cumulé", _GAIN, 12)),
)
SHEETS = (PLANNING, FOLLOW_UP, EXPECTED, OBSERVED)
