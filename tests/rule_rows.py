"""Rows of the rule book's tests: a bet on a race's end, what it comes to, and the sum by hand.

A row's `sum` is its arithmetic in cents: "300 × 2.6 = 780" for a winner at 2.6, "× 1" for a
stake that comes back, "× 0" for a loser, "× ?" where nothing can be paid yet. Where the product
has parts of a cent the rounding is written out: "50 × 1.15 = 57.5 → 58".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hippique.betting.settlement import OfficialRace, SettledLeg, settle_official
from hippique.betting.slip import Decision, Leg, RaceReading, Ticket
from hippique.racing.bets import bet_type
from hippique.racing.result import Dividend, Refund, Result, ResultStatus

_SUM = re.compile(r"(\d+) × ([\d.]+|\?) = ([\d.]+)(?: → (\d+))?")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule at work. end: "1-2-3=4" is a dead heat for third; pays: combination → per euro.

    A key of `pays` may carry a rank ("1np 5"), an operator ("pmu: 1") or another bet ("place/1").
    out: non-runners. gone: disqualified or fallen. coupled: numbers of one owner.
    """

    says: str
    bet: str
    on: str
    end: str
    state: str
    sum: str
    operator: str = "zeturf"
    declared: int | None = 10
    pays: Mapping[str, float] = field(default_factory=dict)
    out: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    coupled: tuple[tuple[int, ...], ...] = ()
    back: tuple[str, ...] = ()  # "OPERATOR: BET" that the operator paid back

    @property
    def stake_cents(self) -> int:
        """The stake, first number of the sum."""
        return int(_parts(self.sum)[1])

    @property
    def payout_cents(self) -> int:
        """What the sum comes to, rounded."""
        parts = _parts(self.sum)
        return int(parts[4] or parts[3])


def _parts(said: str) -> re.Match[str]:
    parts = _SUM.fullmatch(said)
    assert parts is not None, f"{said!r} is no sum"
    return parts


def settled_row(row: Row) -> SettledLeg:
    """The row's only leg, settled."""
    race = OfficialRace(
        result=Result(
            status=ResultStatus.OFFICIAL,
            order=_order(row.end),
            non_runners=row.out,
            disqualified=row.gone,
            dividends=tuple(_dividend(row, key, amount) for key, amount in row.pays.items()),
            refunded=tuple(_refund(said) for said in row.back),
        ),
        declared=row.declared,
        couplings=row.coupled,
    )
    (leg,) = settle_official(
        slip(row.bet, _numbers(row.on), row.stake_cents, row.operator), race
    ).legs
    return leg


def check_row(row: Row) -> None:
    """Settle the row and compare; and see that its own sum is right."""
    leg = settled_row(row)
    assert (leg.state.value, leg.payout_cents) == (row.state, row.payout_cents), leg.reason
    parts = _parts(row.sum)
    factor = {"won": str(leg.per_euro), "refunded": "1", "lost": "0", "pending": "?"}[row.state]
    assert parts[2] == factor or Decimal(parts[2]) == Decimal(factor)
    if factor != "?":
        assert Decimal(parts[1]) * Decimal(parts[2]) == Decimal(parts[3])
    assert leg.profit_cents == (0 if row.state == "pending" else leg.payout_cents - row.stake_cents)


def _order(end: str) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(n) for n in tied.split("=")) for tied in end.split("-")) if end else ()


def _numbers(on: str) -> tuple[int, ...]:
    return tuple(int(number) for number in on.split("-"))


def _refund(said: str) -> Refund:
    operator, _, bet = said.partition(": ")
    return Refund(operator=operator, bet=bet)


def _dividend(row: Row, key: str, amount: float) -> Dividend:
    rank, _, combination = key.rpartition(" ")
    operator, _, rank = rank.rpartition(":")
    bet, _, numbers = combination.rpartition("/")
    return Dividend(
        operator=operator or row.operator,
        bet=bet or row.bet,
        rank=rank or None,
        combination=_numbers(numbers),
        per_euro=amount,
    )


def slip(
    bet: str, combination: tuple[int, ...], stake_cents: int, operator: str = "zeturf"
) -> Decision:
    """A slip of one leg."""
    leg = Leg(combination=combination, stake_cents=stake_cents)
    ticket = Ticket(
        operator=operator,
        pool=bet,
        bet=bet,
        label=bet_type(bet).label,
        min_cents=100,
        step_cents=100,
        legs=(leg,),
    )
    return Decision(
        decision="slip",
        race="2025-10-16/R1C1",
        mode="simulated",
        simulated=True,
        policy="control",
        policy_hash="x",
        estimator="market",
        decided_at=dt.datetime(2025, 10, 16, 12, 10, tzinfo=dt.UTC),
        play_before=None,
        tickets=(ticket,),
        stake_cents=stake_cents,
        ev=None,
        gates=(),
        reasons=(),
        counterfactual=None,
        reading=RaceReading(),
        inputs={},
        versions={},
    )
