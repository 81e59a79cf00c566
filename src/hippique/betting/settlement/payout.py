"""Cents that a stake returns at a dividend, by exact decimal arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal


def payout_cents(stake_cents: int, per_euro: float) -> int:
    """What stake · dividend is, to the whole cent; half a cent to the even one.

    per_euro: a printed dividend, which its shortest decimal form is; 50 · 1.15 is 57.5 cents and
    pays 58, while the product of floats lies below 57.5.
    """
    exact = Decimal(stake_cents) * Decimal(repr(per_euro))
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
