"""Numbers, hours and dates as English screens show them. Unknown is «–», never 0."""

from __future__ import annotations

import datetime as dt

from hippique.racing.times import paris_time
from hippique.report.french import MINUS, UNKNOWN

_SHORT_ODDS = 20.0  # from here odds are shown without a decimal
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def number(value: float | None, decimals: int, *, signed: bool = False) -> str:
    """2700.5 with two decimals → «2,700.50»; `signed` puts a plus before gains."""
    if value is None:
        return UNKNOWN
    return _sign(value, f"{abs(value):,.{decimals}f}", signed=signed)


def euros(cents: int | None, *, signed: bool = False) -> str:
    """340 cents → «€3.40»."""
    return euro_amount(None if cents is None else cents / 100, signed=signed)


def euro_amount(amount: float | None, *, signed: bool = False) -> str:
    """An expectation in euros, which no cent holds: −3.4 → «−€3.40»."""
    if amount is None:
        return UNKNOWN
    return _sign(amount, f"€{abs(amount):,.2f}", signed=signed)


def percent(share: float | None, decimals: int = 1, *, signed: bool = False) -> str:
    """0.125 → «12.5%»."""
    return UNKNOWN if share is None else f"{number(share * 100, decimals, signed=signed)}%"


def odds(value: float | None) -> str:
    """Decimal odds: one decimal under 20, none from 20."""
    return number(value, 1 if value is not None and value < _SHORT_ODDS else 0)


def hour(instant: dt.datetime | None) -> str:
    """«14:15» on Paris clocks."""
    return UNKNOWN if instant is None else f"{paris_time(instant):%H:%M}"


def exact_hour(instant: dt.datetime | None) -> str:
    """«14:10:07» on Paris clocks."""
    return UNKNOWN if instant is None else f"{paris_time(instant):%H:%M:%S}"


def long_date(day: dt.date) -> str:
    """«Thursday 20 November 2025»."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _sign(value: float, text: str, *, signed: bool) -> str:
    if not any(digit in text for digit in "123456789"):
        return text  # a rounded zero has no sign
    if value < 0:
        return MINUS + text
    return f"+{text}" if signed else text
