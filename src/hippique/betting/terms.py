"""What an operator accepts and which pool its odds are: dated rows, the latest in force wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hippique.errors import UnknownBet


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One operator's terms for one bet from a day on. cut_off_s: seconds before the off."""

    operator: str
    bet: str
    since: date
    pool: str
    min_cents: int
    step_cents: int
    cut_off_s: int


# ZEturf: win and place from 1 € by steps of 1 € (bet form of its race pages). PMU: base stakes of
# its own programme documents of 2025-12-30 (miseBase 200 cents in shops, 100 on the internet).
# Cut-off: bets close with the off itself; half a minute is left for the bettor's hands.
_ROWS = (
    Terms(operator="zeturf", bet="win", since=date(2005, 1, 1), pool="zeturf",
          min_cents=100, step_cents=100, cut_off_s=30),
    Terms(operator="zeturf", bet="place", since=date(2005, 1, 1), pool="zeturf",
          min_cents=100, step_cents=100, cut_off_s=30),
    Terms(operator="pmu", bet="win", since=date(2005, 1, 1), pool="SIMPLE_GAGNANT",
          min_cents=200, step_cents=200, cut_off_s=30),
    Terms(operator="pmu_fr", bet="win", since=date(2010, 6, 1), pool="E_SIMPLE_GAGNANT",
          min_cents=100, step_cents=100, cut_off_s=30),
)  # fmt: skip

OPERATORS = tuple(dict.fromkeys(row.operator for row in _ROWS))


def terms_of(operator: str, bet: str, day: date) -> Terms:
    """The terms in force on `day`. Raises UnknownBet where the operator does not offer the bet."""
    rows = [r for r in _ROWS if r.operator == operator and r.bet == bet and r.since <= day]
    if not rows:
        raise UnknownBet(f"{operator} has no terms for {bet!r} on {day}", field="bet")
    return max(rows, key=lambda row: row.since)
