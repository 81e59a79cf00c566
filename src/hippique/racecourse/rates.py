"""The simulator's own takeouts: plausible, dated, and nobody's real rates.

They differ a little from what a real operator deducts, so that a reader must not assume them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

SINGLE_BETS = ("win", "place", "show2", "fourth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeout:
    """What an operator keeps of a pool from a day on."""

    operator: str
    bet: str
    since: date
    rate: Fraction


def _rates(operator: str, since: date, **percent: str) -> tuple[Takeout, ...]:
    return tuple(
        Takeout(operator=operator, bet=bet, since=since, rate=Fraction(value) / 100)
        for bet, value in percent.items()
    )


_FIRST = date(2000, 1, 1)
_COMBINED = {
    "couple_win": "25",
    "couple_place": "25",
    "couple_order": "25",
    "trio": "27",
    "trio_order": "27",
    "two_of_four": "25",
}
TAKEOUTS = (
    *_rates("zeturf", _FIRST, win="15", place="16", show2="20", fourth="20", **_COMBINED),
    *_rates("pmu", _FIRST, win="15.1", place="16", quinte="33", **_COMBINED),
    *_rates("pmu_internet", _FIRST, win="13.3", place="14.5", quinte="33", **_COMBINED),
    *_rates("genybet", _FIRST, win="14", place="15", couple_win="24", couple_place="24"),
)


def takeout(operator: str, bet: str, day: date) -> Fraction:
    """The rate in force on this day. Raises KeyError where the operator lacks the bet."""
    rows = [row for row in TAKEOUTS if (row.operator, row.bet) == (operator, bet)]
    known = [row for row in rows if row.since <= day]
    if not known:
        raise KeyError(f"no takeout of {operator} for {bet} on {day}")
    return max(known, key=lambda row: row.since).rate


def is_offered(operator: str, bet: str, declared: int, *, quinte: bool = False) -> bool:
    """Whether the operator opens this bet on a race of so many declared horses."""
    if not any((row.operator, row.bet) == (operator, bet) for row in TAKEOUTS):
        return False
    least, most = _FIELDS[bet]
    return least <= declared <= most and (bet != "quinte" or quinte)


_FIELDS = {  # declared horses, from and to
    "win": (2, 99),
    "place": (4, 99),
    "show2": (6, 99),
    "fourth": (6, 99),
    "couple_win": (8, 99),
    "couple_place": (8, 99),
    "couple_order": (4, 7),
    "trio": (8, 99),
    "trio_order": (4, 7),
    "two_of_four": (9, 99),
    "quinte": (8, 99),
}
