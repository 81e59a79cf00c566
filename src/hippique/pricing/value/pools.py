"""One bet's pool: what others have staked on each combination, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, Ints, checked_number, checked_runners
from hippique.pricing.dividend.doors import checked_stakes, checked_takeout
from hippique.pricing.dividend.pools import gross_return, net_profit
from hippique.pricing.dividend.rounding import PayRules, paid, payment
from hippique.pricing.ordering.index import order_row, set_row
from hippique.pricing.value.bets import Bet, combinations_of, settled

MOST_SD = 5.0  # of a logarithm: e^5 is a factor of 150


@dataclass(frozen=True, slots=True, eq=False)
class BetPool:
    """The pool of one bet, euros, without one's own stakes.

    name: unique in the field; names of tickets begin with it. stakes: one for each row of
    `combinations_of(bet, runners)`; kept as a read-only copy. takeout: in [0, 1). rules: None pays
    gross dividends, unrounded. stakes_sd: what is not known of ln stakes (the residual of
    `fit_pool`), one or one for each row. takeout_sd: what is not known of the takeout.
    Raises PoolOutOfRange, ArgumentOutOfRange.
    """

    name: str
    bet: Bet
    stakes: Floats
    takeout: float
    rules: PayRules | None
    stakes_sd: float | Floats = 0.0
    takeout_sd: float = 0.0

    def __post_init__(self) -> None:
        stakes = checked_stakes(self.stakes, f"{self.name}: stakes")
        if stakes.ndim != 1:
            raise ArgumentOutOfRange(f"{self.name}: stakes: shape {stakes.shape}, not (rows,)")
        stakes.flags.writeable = False
        object.__setattr__(self, "stakes", stakes)
        checked_takeout(self.takeout)
        _check_spread(self)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A combination of one pool and what is staked on it, euros.

    runners: positions from 0; their order matters where the bet is in order.
    """

    pool: BetPool
    runners: tuple[int, ...]
    stake: float


def row_of(ticket: Ticket, runners: int) -> int:
    """Where the ticket's combination stands among those of its pool. Raises ArgumentOutOfRange."""
    chosen, bet = checked_runners(ticket.runners, runners), ticket.pool.bet
    if len(chosen) != bet.legs:
        raise ArgumentOutOfRange(f"{ticket.pool.name}: {len(chosen)} runners for {bet.legs} legs")
    return order_row(chosen, runners) if bet.in_order else set_row(tuple(sorted(chosen)), runners)


def check_rows(pool: BetPool, runners: int) -> None:
    """Raises ArgumentOutOfRange unless there is a stake for each combination of the field."""
    rows = len(combinations_of(pool.bet, runners))
    if pool.stakes.size != rows:
        raise ArgumentOutOfRange(
            f"{pool.name}: {pool.stakes.size} stakes for {rows} combinations of {runners} runners"
        )


def ticket_name(pool: BetPool, combination: Sequence[int]) -> str:
    """The pool's name and the runners, counted from 1: CG2-4."""
    return pool.name + "-".join(str(runner + 1) for runner in combination)


def gross_dividends(  # noqa: PLR0913  a pool as it may be, and whose dividends are asked for
    bet: Bet,
    runners: int,
    rows: Ints,
    *,
    stakes: Floats,
    takeout: Floats,
    own: Floats,
) -> Floats:
    """Gross dividends per 1 € of some combinations, in each state in which they are paid.

    rows: shape (C,). stakes: others' euros, shape (..., combinations). takeout: shape (...).
    own: one's stake on the combination, shape (L,), each of them the only one.
    Returns shape (..., C, L, support), support 1 where the dividend is the same in all of them.
    A paid combination that nobody backs keeps its part of a shared profit: its fate is not
    known, and this is the lower bound for the others. Raises PoolOutOfRange.
    """
    table = settled(bet, runners)
    rate = np.asarray(takeout)[..., None, None, None]
    total = stakes.sum(axis=-1)[..., None, None, None]
    mine, on = own[:, None], stakes[..., rows, None, None]
    if bet.sharing == "alone":
        return gross_return(total, on, takeout=rate, own=mine)
    states, places = np.unique(table.states[rows], return_inverse=True)
    together = stakes[..., table.paid[states]].sum(axis=-1)
    backed = together[..., places.reshape(rows.size, -1)][..., :, None, :]
    if bet.sharing == "alike":
        return gross_return(total, backed, takeout=rate, own=mine)
    backed, mine = np.broadcast_arrays(backed, mine)
    profit = net_profit(total, backed[..., None], mine[..., None], takeout=rate)
    return np.asarray(1.0 + profit / (table.paid.shape[1] * (on + own[:, None])))


def paid_back(gross: Floats, own: Floats, rules: PayRules | None) -> Floats:
    """Euros for whole stakes at these gross dividends, by the rules; shapes broadcast."""
    if rules is None:
        return np.asarray(gross * own)
    return payment(own, paid(gross, rules))


def _check_spread(pool: BetPool) -> None:
    spread = np.array(pool.stakes_sd, dtype=np.float64)
    if spread.shape not in {(), pool.stakes.shape}:
        raise ArgumentOutOfRange(f"{pool.name}: stakes_sd: {spread.shape}, not one for each stake")
    if not ((spread >= 0.0) & (spread <= MOST_SD)).all():
        raise ArgumentOutOfRange(f"{pool.name}: stakes_sd: not within [0, {MOST_SD}]")
    if spread.ndim:
        spread.flags.writeable = False
        object.__setattr__(pool, "stakes_sd", spread)
    checked_number(pool.takeout_sd, f"{pool.name}: takeout_sd", least=0.0, most=1.0)
    if pool.takeout_sd > 0.0 and pool.takeout == 0.0:
        raise ArgumentOutOfRange(f"{pool.name}: takeout_sd: a takeout of 0 has no spread")
