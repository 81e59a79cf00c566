"""One field from its odds to its best portfolio, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, checked_positive_chances
from hippique.pricing.kelly.cuts import Cuts
from hippique.pricing.kelly.payoffs import Payoffs
from hippique.pricing.kelly.portfolio import MOST_TICKETS, Portfolio, best_portfolio
from hippique.pricing.ordering.orders import Ordering
from hippique.pricing.value.draws import DRAWS, Draws, Model, drawn_chances, draws_of, henery_rows
from hippique.pricing.value.expected import Ev, expected_value
from hippique.pricing.value.fronts import Fronts, fronts, overlay
from hippique.pricing.value.payoffs import mean_profits, paid_chances, payoffs
from hippique.pricing.value.pools import BetPool, Ticket
from hippique.pricing.win import win_chances

SETS = (2, 3)  # sizes priced for every field; larger ones where a bet needs them
ORDERS = (2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class StakePlan:
    """What may be staked, euros: the levels on sale, ascending, and what `best_portfolio` takes."""

    levels: tuple[float, ...]
    bankroll: float
    budget: float
    per_runner_cap: float | None = None
    max_tickets: int = MOST_TICKETS
    fraction: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unsure:
    """What is not known of the chances.

    covariance: of the log strengths, as `drawn_chances` takes it. rng: used up by the call; seed
    it by the field, so that the same field gives the same draws.
    """

    covariance: Floats
    rng: np.random.Generator
    draws: int = DRAWS


@dataclass(frozen=True, slots=True, eq=False)
class PoolPrices:
    """One pool's combinations, rows as in `combinations_of`.

    chances: to be paid, shape (combinations,). fair: 1 / chance, the dividend at which a stake
    breaks even. mean_profits: euros, shape (combinations, levels).
    """

    chances: Floats
    fair: Floats
    mean_profits: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FieldPrices:
    """Everything priced of one field.

    sets, orders: by size, rows as in `sets_of` and `orders_of`. pools: by name. tickets: those of
    the portfolio; where there are none, ev is None. draws: of all pools, whichever are played, so
    that other tickets can be compared on them; None where nothing was said to be unsure.
    """

    ordering: Ordering
    sets: Mapping[int, Floats]
    orders: Mapping[int, Floats]
    pools: Mapping[str, PoolPrices]
    portfolio: Portfolio
    tickets: tuple[Ticket, ...]
    ev: Ev | None
    draws: Draws | None


def price_field(  # noqa: PLR0913  what is seen, what is sold, and three optional beliefs by name
    odds: ArrayLike,
    pools: Sequence[BetPool],
    plan: StakePlan,
    *,
    chances: ArrayLike | None = None,
    unsure: Unsure | None = None,
    model: Model = henery_rows,
) -> FieldPrices:
    """Chances, all sets and orders, every combination of the pools, the best portfolio, its EV.

    odds: decimal, shape (runners,); made into chances by the default method unless `chances`, of
    one's own, are given. pools: those whose combinations may be played. unsure: None leaves the
    EV without an interval. model: of the order of finish, Henery's unless given.
    Raises PricingError of what is wrong: odds, pools, chances, plan.
    """
    _check_pools(pools)
    ordering = model(_win(odds, chances)[None])[0]
    on = {pool.bet.parts: fronts(ordering, pool.bet.parts) for pool in pools}
    tables = {pool.name: payoffs(pool, on[pool.bet.parts], plan.levels) for pool in pools}
    cuts = Cuts({parts: each.chances for parts, each in on.items()}, partial(overlay, ordering))
    portfolio = _portfolio(cuts, [table for each in tables.values() for table in each], plan)
    tickets = _tickets(pools, tables, portfolio)
    draws = None if unsure is None else _draws(ordering, pools, unsure, model)
    return FieldPrices(
        ordering=ordering,
        sets={size: ordering.all_sets(size) for size in _set_sizes(pools, ordering.runners)},
        orders={size: ordering.all_ordered(size) for size in ORDERS if size <= ordering.runners},
        pools={pool.name: _prices(tables[pool.name], on[pool.bet.parts]) for pool in pools},
        portfolio=portfolio,
        tickets=tickets,
        ev=expected_value(tickets, ordering, draws) if tickets else None,
        draws=draws,
    )


def _win(odds: ArrayLike, chances: ArrayLike | None) -> Floats:
    if chances is None:
        return win_chances(odds).probabilities
    own = checked_positive_chances(chances)
    if own.shape != np.shape(odds):
        raise ArgumentOutOfRange(f"chances: {own.size} for odds of shape {np.shape(odds)}")
    return own


def _portfolio(cuts: Cuts, tables: Sequence[Payoffs], plan: StakePlan) -> Portfolio:
    return best_portfolio(
        cuts,
        tables,
        bankroll=plan.bankroll,
        budget=plan.budget,
        per_runner_cap=plan.per_runner_cap,
        max_tickets=plan.max_tickets,
        fraction=plan.fraction,
    )


def _tickets(
    pools: Sequence[BetPool], tables: Mapping[str, Sequence[Payoffs]], portfolio: Portfolio
) -> tuple[Ticket, ...]:
    stakes = portfolio.stakes
    return tuple(
        Ticket(pool, table.runners, stakes[table.name])
        for pool in pools
        for table in tables[pool.name]
        if table.name in stakes
    )


def _prices(tables: Sequence[Payoffs], on: Fronts) -> PoolPrices:
    chances = paid_chances(tables, on)
    with np.errstate(divide="ignore"):  # no chance, no dividend is enough: infinite
        fair = 1.0 / chances
    return PoolPrices(chances, fair, mean_profits(tables, on))


def _set_sizes(pools: Sequence[BetPool], runners: int) -> list[int]:
    deepest = max(*SETS, *(pool.bet.last for pool in pools))
    return [size for size in range(min(SETS), deepest + 1) if size <= runners]


def _draws(ordering: Ordering, pools: Sequence[BetPool], unsure: Unsure, model: Model) -> Draws:
    rows = drawn_chances(ordering.win, unsure.covariance, unsure.rng, unsure.draws)
    return draws_of(rows, pools, unsure.rng, model)


def _check_pools(pools: Sequence[BetPool]) -> None:
    names = [pool.name for pool in pools]
    if not names or len(set(names)) < len(names):
        raise ArgumentOutOfRange(f"pools: none is given, or two have one name: {names}")
