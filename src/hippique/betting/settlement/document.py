"""settlement.json: every leg of a decision with what it returned, and the totals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hippique.racing.codec import from_builtins, from_json, to_builtins, to_pretty_json
from hippique.racing.money import in_cents, in_euros


class LegState(StrEnum):
    """How a leg ended. PENDING: it may have won, but what it pays is not known yet."""

    WON = "won"
    LOST = "lost"
    REFUNDED = "refunded"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLeg:
    """One leg's outcome. per_euro: the dividend that paid it; profit = payout − stake.

    reason: why it was refunded or is pending, or the rank that paid it; None for the plain case.
    """

    operator: str
    bet: str
    combination: tuple[int, ...]
    state: LegState
    stake_cents: int
    payout_cents: int
    profit_cents: int
    per_euro: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A race's settlement: every leg, and the totals. complete: no leg is pending.

    withdrawn: the slip was withdrawn before the off; nothing was at stake and no leg is listed.
    """

    race: str
    decision: str
    complete: bool
    staked_cents: int
    returned_cents: int
    profit_cents: int
    legs: tuple[SettledLeg, ...] = ()
    withdrawn: bool = False


def totalled(race: str, decision: str, legs: tuple[SettledLeg, ...]) -> Settlement:
    """The settlement of these legs."""
    return Settlement(
        race=race,
        decision=decision,
        complete=all(leg.state is not LegState.PENDING for leg in legs),
        staked_cents=sum(leg.stake_cents for leg in legs),
        returned_cents=sum(leg.payout_cents for leg in legs),
        profit_cents=sum(leg.profit_cents for leg in legs),
        legs=legs,
    )


def write_settlement(settlement: Settlement) -> bytes:
    """The bytes of settlement.json, amounts in euros."""
    return to_pretty_json(in_euros(to_builtins(settlement)))


def read_settlement(content: bytes) -> Settlement:
    """Read settlement.json. Raises InputError where it is not one."""
    return from_builtins(Settlement, in_cents(from_json(dict, content)))
