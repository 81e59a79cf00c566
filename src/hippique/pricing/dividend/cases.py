"""One finish, its dividends: what is paid, what the pool would have given, and what was odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, PoolOutOfRange
from hippique.pricing.checks import Floats
from hippique.pricing.dividend.dead_heat import DeadHeat, place_parts
from hippique.pricing.dividend.doors import EXCESS_SLACK, finite
from hippique.pricing.dividend.pools import gross_return, net_profit, net_returns
from hippique.pricing.dividend.rounding import PayRules, is_minimum, paid

MINUS_POOL = "minus_pool"
MINIMUM_PAID = "minimum_paid"
OWN_MONEY_ONLY = "own_money_only"


@dataclass(frozen=True, slots=True, eq=False)
class Dividends:
    """Dividends per 1 €, stake included, of those paid together, shape (paid,).

    gross: what the pool gives. paid: rounded, at least the minimum. flags: `minus_pool` (the
    pool does not hold the stakes on those paid), `minimum_paid` (to one of them at least),
    `own_money_only` (nobody else is on one of them: where the rules know a "no winner" clause,
    it applies instead).
    """

    gross: Floats
    paid: Floats
    flags: frozenset[str]


def win_dividend(
    pool: float, on_winner: float, *, takeout: float, own: float = 0.0, rules: PayRules
) -> Dividends:
    """The dividend of a sole winner, shape (1,). Euros, without one's own stake but in `own`.

    Raises PoolOutOfRange.
    """
    mine = _alone(own, "own")
    gross = gross_return(_alone(pool, "pool"), _alone(on_winner, "on"), takeout=takeout, own=mine)
    return _settled(gross, pool, np.array([on_winner], dtype=np.float64), mine, takeout, rules)


def combination_dividend(
    pool: float, on_winner: float, *, takeout: float, own: float = 0.0, rules: PayRules
) -> Dividends:
    """The dividend of a sole winning combination (couplé gagnant, trio): as `win_dividend`."""
    return win_dividend(pool, on_winner, takeout=takeout, own=own, rules=rules)


def dead_heat_dividends(
    pool: float,
    winners_stakes: ArrayLike,
    *,
    takeout: float,
    own: ArrayLike | None = None,
    rules: PayRules,
) -> Dividends:
    """Dividends of winners that tie: stakes back, the profit in equal parts.

    winners_stakes, own: euros on each, shape (winners,). Raises PoolOutOfRange,
    ArgumentOutOfRange.
    """
    return shared_dividends(pool, winners_stakes, takeout=takeout, own=own, rules=rules)


def place_dividends(  # noqa: PLR0913  one finish: its pool, its stakes, its rules
    pool: float,
    placed: Sequence[Sequence[float]],
    *,
    takeout: float,
    own: Sequence[Sequence[float]] | None = None,
    places: int,
    dead_heat: DeadHeat = "by_position",
    rules: PayRules,
) -> Dividends:
    """Dividends of a net place pool, in order of finish, shape (runners paid,).

    placed: euros on each, those who tie together: [[9000], [5000], [2000, 2600]]. own: one's
    own euros, grouped alike. places: how many the bet pays, by the declared. dead_heat: see
    `place_parts`. Raises PoolOutOfRange, ArgumentOutOfRange.
    """
    tied = [len(group) for group in placed]
    mine = None if own is None else _grouped_alike(own, tied)
    parts = place_parts(tied, places, dead_heat)
    stakes = [stake for group in placed for stake in group]
    return shared_dividends(pool, stakes, takeout=takeout, own=mine, parts=parts, rules=rules)


def shared_dividends(  # noqa: PLR0913  one finish: its pool, its stakes, its rules
    pool: float,
    stakes: ArrayLike,
    *,
    takeout: float,
    own: ArrayLike | None = None,
    parts: ArrayLike | None = None,
    rules: PayRules,
) -> Dividends:
    """Dividends of any bet that gives stakes back and shares its profit (couplé placé: 3 pairs).

    stakes, own: euros on each paid, shape (paid,); own none unless given. parts: of the profit,
    summing to 1; equal unless given. Raises PoolOutOfRange, ArgumentOutOfRange.
    """
    staked = finite(stakes, "stakes")
    if staked.ndim != 1:
        raise ArgumentOutOfRange(f"stakes: one dimension is needed, the shape is {staked.shape}")
    mine = np.zeros_like(staked) if own is None else finite(own, "own")
    if mine.shape != staked.shape:
        raise ArgumentOutOfRange(f"own: the shape is {mine.shape}, that of stakes {staked.shape}")
    gross = net_returns(pool, staked, mine, takeout=takeout, parts=parts)
    return _settled(gross, pool, staked, mine, takeout, rules)


def _settled(  # noqa: PLR0913, PLR0917  one finish: its pool, its stakes, its rules
    gross: Floats, pool: float, stakes: Floats, own: Floats, takeout: float, rules: PayRules
) -> Dividends:
    profit = float(net_profit(pool, stakes, own, takeout=takeout))
    found = {
        MINUS_POOL: profit < -EXCESS_SLACK * pool,
        MINIMUM_PAID: bool(is_minimum(gross, rules).any()),
        OWN_MONEY_ONLY: bool((stakes == 0.0).any()),  # with no own money there either: refused
    }
    flags = frozenset(flag for flag, is_so in found.items() if is_so)
    return Dividends(gross=gross, paid=paid(gross, rules), flags=flags)


def _alone(value: float, name: str) -> Floats:
    number = finite(value, name)
    if number.ndim:
        raise PoolOutOfRange(f"{name}: one number is needed, the shape is {number.shape}")
    return number.reshape(1)


def _grouped_alike(own: Sequence[Sequence[float]], tied: Sequence[int]) -> list[float]:
    if [len(group) for group in own] != list(tied):
        raise ArgumentOutOfRange("own: not grouped as placed")
    return [stake for group in own for stake in group]
