"""What every ticket of a pool pays back in every state, as the search for stakes wants it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, checked_finite
from hippique.pricing.kelly.payoffs import Payoffs
from hippique.pricing.value.bets import combinations_of, settled, settled_on
from hippique.pricing.value.fronts import Fronts
from hippique.pricing.value.pools import (
    BetPool,
    check_rows,
    gross_dividends,
    paid_back,
    ticket_name,
)


def payoffs(pool: BetPool, on: Fronts, levels: ArrayLike) -> list[Payoffs]:
    """The table of every combination of a pool: returns per stake level and state.

    on: fronts that settle the pool's bet, or finer ones. levels: euros, ascending, shape (levels,).
    One's own stake is in the pool; dividends and payments follow the pool's rules. Each table
    holds for that ticket alone in the pool: of two in one pool, neither knows the other. The
    tables' cut is the parts of the fronts.
    Raises PoolOutOfRange, ArgumentOutOfRange.
    """
    runners, stakes = on.runners, _checked_levels(levels)
    check_rows(pool, runners)
    combinations = combinations_of(pool.bet, runners)
    gross = gross_dividends(
        pool.bet,
        runners,
        np.arange(len(combinations)),
        stakes=pool.stakes,
        takeout=np.asarray(pool.takeout),
        own=stakes,
    )
    states, slots = settled_on(pool.bet, runners, on.parts)
    support = settled(pool.bet, runners).states.shape[1]
    returns = paid_back(gross, stakes[:, None], pool.rules)
    returns = np.broadcast_to(returns, (*returns.shape[:2], support))
    returns = np.take_along_axis(returns, slots[:, None, :], axis=2)
    return [
        Payoffs(ticket_name(pool, chosen), tuple(chosen), stakes, where, back, on.parts)
        for chosen, where, back in zip(combinations.tolist(), states, returns, strict=True)
    ]


def paid_chances(tables: Sequence[Payoffs], on: Fronts) -> Floats:
    """The chance of each of a pool's tickets to be paid, shape (tickets,)."""
    return np.asarray(on.chances[np.stack([table.states for table in tables])].sum(axis=1))


def mean_profits(tables: Sequence[Payoffs], on: Fronts) -> Floats:
    """Expected profit of each of a pool's tickets at each level, euros; (tickets, levels)."""
    chances = on.chances[np.stack([table.states for table in tables])]
    back = np.stack([table.returns for table in tables]) @ chances[:, :, None]
    return np.asarray(back[:, :, 0] - np.stack([table.stakes for table in tables]))


def _checked_levels(levels: ArrayLike) -> Floats:
    stakes = checked_finite(levels, "levels")
    if not stakes.size or stakes[0] <= 0.0 or (np.diff(stakes) <= 0.0).any():
        raise ArgumentOutOfRange(f"levels: {stakes.tolist()} are not positive and ascending")
    stakes.flags.writeable = False
    return stakes
