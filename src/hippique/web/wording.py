"""French words and numbers of the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hippique.racing.times import paris_time

UNKNOWN = "–"
NBSP = "\u00a0"
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_STATES = {
    "planned": "prévue",
    "done": "faite",
    "late": "en retard",
    "failed": "échec",
    "cancelled": "annulée",
}
_STATUSES = {
    "open": "ouverte",
    "closed": "partie",
    "provisional": "provisoire",
    "official": "officielle",
    "cancelled": "annulée",
}
_DISCIPLINES = {
    "trot_harness": "Trot attelé",
    "trot_mounted": "Trot monté",
    "flat": "Plat",
    "hurdle": "Haies",
    "steeplechase": "Steeple",
    "cross_country": "Cross",
}
_DECISIONS = {"slip": "ticket", "no_bet": "pas de pari"}
_MODES = {
    "simulated": "Hippodrome simulé : aucun pari réel, aucun gain réel.",
    "recorded": "Journée enregistrée, rejouée : aucun pari réel.",
    "replayed": "Journée rejouée : aucun pari réel.",
}


def hour(value: str | dt.datetime | None) -> str:
    """`14 h 10` on Paris clocks."""
    if value is None:
        return UNKNOWN
    instant = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return paris_time(instant).strftime(f"%H{NBSP}h{NBSP}%M")


def long_day(value: dt.date | str) -> str:
    """`jeudi 20 novembre 2025`."""
    day = dt.date.fromisoformat(value) if isinstance(value, str) else value
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_DAYS[day.weekday()]} {number} {_MONTHS[day.month - 1]} {day.year}"


def euros(value: float | None) -> str:
    """`3,40 €`, with a real minus sign."""
    return UNKNOWN if value is None else f"{_decimal(value, 2)}{NBSP}€"


def percent(value: float | None) -> str:
    """`12,5 %` of a share."""
    return UNKNOWN if value is None else f"{_decimal(100 * value, 1)}{NBSP}%"


def odds(value: float | None) -> str:
    """One decimal under 20, none from 20."""
    if value is None:
        return UNKNOWN
    return _decimal(value, 1 if value < 20 else 0)  # noqa: PLR2004  the screens' rule


def dividend(value: float | None) -> str:
    """Official dividends: two decimals."""
    return UNKNOWN if value is None else _decimal(value, 2)


def _decimal(value: float, places: int) -> str:
    text = f"{abs(value):,.{places}f}".replace(",", "\u202f").replace(".", ",")
    return f"\u2212{text}" if value < 0 and float(f"{value:.{places}f}") != 0 else text


def _word(words: dict[str, str]) -> Callable[[Any], str]:
    return lambda value: UNKNOWN if value is None else words.get(str(value), str(value))


FILTERS: dict[str, Callable[..., str]] = {
    "hour": hour,
    "long_day": long_day,
    "euros": euros,
    "percent": percent,
    "odds": odds,
    "dividend": dividend,
    "state": _word(_STATES),
    "race_status": _word(_STATUSES),
    "discipline": _word(_DISCIPLINES),
    "decision": _word(_DECISIONS),
    "mode_notice": _word(_MODES),
}
