"""Numbers, hours and dates as French screens show them. Unknown is «–», never 0."""

from __future__ import annotations

import datetime as dt

from hippique.racing.times import paris_time

UNKNOWN = "–"
THOUSANDS = "\u202f"  # narrow no-break space
NO_BREAK = "\u00a0"  # before €, %, h
MINUS = "\u2212"
_SHORT_ODDS = 20.0  # from here odds are shown without a decimal
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def number(value: float | None, decimals: int, *, signed: bool = False) -> str:
    """2700.5 with two decimals → «2 700,50»; `signed` puts a plus before gains."""
    if value is None:
        return UNKNOWN
    text = f"{abs(value):,.{decimals}f}".replace(",", THOUSANDS).replace(".", ",")
    if not any(digit in text for digit in "123456789"):
        return text  # a rounded zero has no sign
    if value < 0:
        return MINUS + text
    return f"+{text}" if signed else text


def euros(cents: int | None, *, signed: bool = False) -> str:
    """340 cents → «3,40 €»."""
    return euro_amount(None if cents is None else cents / 100, signed=signed)


def euro_amount(amount: float | None, *, signed: bool = False) -> str:
    """An expectation in euros, which no cent holds: 3.4 → «3,40 €»."""
    return UNKNOWN if amount is None else f"{number(amount, 2, signed=signed)}{NO_BREAK}€"


def percent(share: float | None, decimals: int = 1, *, signed: bool = False) -> str:
    """0.125 → «12,5 %»."""
    if share is None:
        return UNKNOWN
    return f"{number(share * 100, decimals, signed=signed)}{NO_BREAK}%"


def odds(value: float | None) -> str:
    """Decimal odds: one decimal under 20, none from 20."""
    return number(value, 1 if value is not None and value < _SHORT_ODDS else 0)


def hour(instant: dt.datetime | None) -> str:
    """«14 h 15» on Paris clocks."""
    if instant is None:
        return UNKNOWN
    local = paris_time(instant)
    return f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"


def exact_hour(instant: dt.datetime | None) -> str:
    """«14 h 10 min 07 s» on Paris clocks."""
    if instant is None:
        return UNKNOWN
    return f"{hour(instant)}{NO_BREAK}min{NO_BREAK}{instant.second:02d}{NO_BREAK}s"


def long_date(day: dt.date) -> str:
    """«jeudi 20 novembre 2025», «samedi 1er novembre 2025»."""
    first = "1er" if day.day == 1 else str(day.day)
    return f"{_DAYS[day.weekday()]} {first} {_MONTHS[day.month - 1]} {day.year}"
