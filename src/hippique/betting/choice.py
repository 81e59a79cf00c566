"""What could be put on a slip: stakes on combinations, grouped into tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hippique.betting.money_state import MoneyState
from hippique.betting.priced import PricedRace, expected_dividend, numbers_of
from hippique.betting.priced_pool import PricedPool
from hippique.betting.slip import ExpectedDividend, Leg, Ticket
from hippique.pricing.checks import Floats
from hippique.pricing.ordering import Ordering
from hippique.pricing.value import Fronts, fronts, parts_for, payoffs
from hippique.pricing.value import Ticket as Staked
from hippique.racing.bets import bet_type

NOT_BETTER = 1e-14  # nat; growths nearer than this are equal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Holding:
    """One stake. positions: of the combination. shown: the odds on screen, None where none are.

    Place odds are shown as a range: its middle.
    """

    pool: PricedPool
    positions: tuple[int, ...]
    stake_cents: int
    shown: float | None = None

    @property
    def staked(self) -> Staked:
        """As the pricing room knows it."""
        return Staked(self.pool.pool, self.positions, self.stake_cents / 100)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """A slip before it is one. tickets: at most two. growth: expected, nat, of the wealth at risk.

    fraction: of the bankroll that was put at risk.
    """

    tickets: tuple[tuple[Holding, ...], ...]
    growth: float
    fraction: float

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """All stakes, in the order of the tickets."""
        return tuple(holding for ticket in self.tickets for holding in ticket)

    @property
    def stake_cents(self) -> int:
        """The sum of all stakes."""
        return sum(holding.stake_cents for holding in self.holdings)


def profits(holdings: Sequence[Holding], ordering: Ordering) -> tuple[Floats, Floats]:
    """Euros won or lost in every state, and the states' chances; both of shape (states,)."""
    on = fronts(ordering, parts_for(holding.pool.pool.bet for holding in holdings))
    total = np.full(on.chances.size, -sum(h.stake_cents for h in holdings) / 100)
    for holding in holdings:
        total += returned(holding, on)
    return total, on.chances


def growth_of(
    holdings: Sequence[Holding], ordering: Ordering, money: MoneyState, fraction: float
) -> float:
    """Expected log growth, nat, of that fraction of the bankroll; −∞ where a state ruins it."""
    won, chances = profits(holdings, ordering)
    wealth = fraction * money.bankroll_cents / 100
    if (wealth + won).min() <= 0.0:
        return -np.inf
    return float(chances @ np.log1p(won / wealth))


def returned(holding: Holding, on: Fronts) -> Floats:
    """Euros that one stake pays back in every state of a front."""
    tables = payoffs(holding.pool.pool, on, (holding.stake_cents / 100,))
    table = next(t for t in tables if t.runners == holding.positions)
    back = np.zeros(on.chances.size)
    back[table.states] = table.returns[0]
    return back


def horse_cents(holdings: Sequence[Holding]) -> dict[int, int]:
    """Position → cents on it, a stake counting fully for each of its horses."""
    staked: dict[int, int] = {}
    for holding in holdings:
        for position in holding.positions:
            staked[position] = staked.get(position, 0) + holding.stake_cents
    return staked


def with_holding(choice: Choice, old: Holding, new: Holding) -> Choice:
    """The choice with one stake replaced."""
    tickets = tuple(tuple(new if h is old else h for h in ticket) for ticket in choice.tickets)
    return replace(choice, tickets=tickets)


def slip_tickets(
    priced: PricedRace, choice: Choice, limits: Sequence[float | None] = ()
) -> tuple[Ticket, ...]:
    """The tickets as published. limits: least dividend shown of each stake, in their order."""
    told = iter(limits or [None] * len(choice.holdings))
    return tuple(_ticket(priced, ticket, [next(told) for _ in ticket]) for ticket in choice.tickets)


def _ticket(
    priced: PricedRace, holdings: Sequence[Holding], limits: Sequence[float | None]
) -> Ticket:
    terms = holdings[0].pool.terms
    dividends = [_dividend(priced, holding) for holding in holdings]
    return Ticket(
        operator=terms.operator,
        pool=terms.bet,
        bet=terms.bet,
        label=bet_type(terms.bet).label,
        min_cents=terms.min_cents,
        step_cents=terms.step_cents,
        legs=tuple(
            Leg(
                combination=numbers_of(priced, holding.positions),
                stake_cents=holding.stake_cents,
                limit_dividend=limit,
            )
            for holding, limit in zip(holdings, limits, strict=True)
        ),
        expected_dividend=tuple(one for one in dividends if one is not None),
    )


def _dividend(priced: PricedRace, holding: Holding) -> ExpectedDividend | None:
    assert priced.at_close is not None  # noqa: S101  nothing is held without chances
    pool = holding.pool
    on = fronts(priced.at_close, pool.pool.bet.parts)
    tables = payoffs(pool.pool, on, (holding.stake_cents / 100,))
    table = next(t for t in tables if t.runners == holding.positions)
    return expected_dividend(priced, pool, table, on)
