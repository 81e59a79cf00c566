"""The stakes that the product buys: whole steps, at most two tickets, the best of them all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import checked_number
from hippique.pricing.kelly.cuts import Cuts
from hippique.pricing.kelly.exclusive import checked_bankroll, checked_fraction
from hippique.pricing.kelly.growth import Parts, growth, payouts
from hippique.pricing.kelly.payoffs import DUST, Payoffs
from hippique.pricing.kelly.search import Limits, count_portfolios, two_best
from hippique.pricing.kelly.tables import Tables, tabulated

MOST_TICKETS = 2
NO_TICKET = "no ticket to buy"
BUDGET_TOO_SMALL = "budget below the least stake"
CAP_TOO_SMALL = "cap per runner below the least stake"
BANKROLL_TOO_SMALL = "bankroll below the least stake"
NOTHING_GROWS = "no portfolio raises the growth"


@dataclass(frozen=True, slots=True)
class Holding:
    """stakes: euros by ticket name, in order of names. growth: nat per race, of the wealth."""

    stakes: Mapping[str, float]
    growth: float


@dataclass(frozen=True, slots=True)
class CapCosts:
    """Growth that each cap takes away: the best without that cap, the others kept, less the best.

    budget is lifted to what the stake tables and the wealth hold, max_tickets to two; where two
    are allowed already it is None: three are not enumerated, so what they would bring is unknown.
    """

    budget: float
    per_runner_cap: float
    max_tickets: float | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The best portfolio, what came second and why it is not larger.

    stakes: euros by ticket name, empty for no bet; growth: expected log growth of `wealth`
    (fraction × bankroll), nat. expected_profit: euros. p_loss: chance that less is paid than was
    staked. runner_up, gap: the best other candidate and how far it stays behind, None where there
    is none. candidates: portfolios within the caps, the empty one included. reason: why nothing is
    staked, None where something is.
    """

    stakes: Mapping[str, float]
    growth: float
    expected_profit: float
    p_loss: float
    wealth: float
    runner_up: Holding | None
    gap: float | None
    candidates: int
    cap_costs: CapCosts
    reason: str | None


def best_portfolio(  # noqa: PLR0913  each cap is an argument of its own, by name
    chances: ArrayLike | Cuts,
    candidates: Sequence[Payoffs],
    *,
    bankroll: float,
    budget: float,
    per_runner_cap: float | None = None,
    max_tickets: int = MOST_TICKETS,
    fraction: float = 1.0,
) -> Portfolio:
    """The portfolio of the greatest expected log growth, as full enumeration finds it.

    chances: (states,), summing to 1; or Cuts, where each ticket is tabulated on states of its own
    cut: the same portfolio, of fewer states. candidates: one per ticket, in any order.
    fraction: the bankroll is reduced to fraction × bankroll, which no total may pass; integer
    stakes do not scale. per_runner_cap: euros; a ticket counts fully for each of its runners.
    A portfolio that leaves nothing in a state that can happen is no candidate for the best.
    Ties within 1e-14 go to the smaller total, then to the names. Too small a budget, cap or
    bankroll gives the empty portfolio with its reason.
    Raises ProbabilityOutOfRange, ArgumentOutOfRange (names the state, the ticket or the argument).
    Source: Kelly 1956.
    """
    wealth = checked_bankroll(bankroll) * checked_fraction(fraction)
    spend = checked_number(budget, "budget", least=0.0, most=math.inf)
    if per_runner_cap is not None:
        checked_number(per_runner_cap, "per_runner_cap", least=0.0, most=math.inf)
    if max_tickets not in range(1, MOST_TICKETS + 1):
        raise ArgumentOutOfRange(f"max_tickets: {max_tickets}; 1 or 2 are enumerated")
    tables = tabulated(chances, candidates)
    limits = Limits(wealth, min(spend, wealth), per_runner_cap, max_tickets)
    ranked = two_best(tables, limits)
    best, *others = (_holding(tables, parts, wealth) for parts in ranked)
    paid = payouts(tables, ranked[0])
    return Portfolio(
        stakes=best.stakes,
        growth=best.growth,
        expected_profit=float(paid.chances @ (paid.euros - paid.total)),
        p_loss=float(paid.chances[paid.euros < paid.total - DUST].sum()),
        wealth=wealth,
        runner_up=others[0] if others else None,
        # A tie within the rounding may put the smaller total a rounding behind.
        gap=max(best.growth - others[0].growth, 0.0) if others else None,
        candidates=count_portfolios(tables, limits),
        cap_costs=_cap_costs(tables, limits, best.growth),
        reason=None if best.stakes else _reason(tables, limits, spend),
    )


def _holding(tables: Tables, parts: Parts, wealth: float) -> Holding:
    stakes = {tables.names[ticket]: tables.amounts[amount].stake for ticket, amount in parts}
    return Holding(stakes, growth(tables, parts, wealth) if parts else 0.0)


def _cap_costs(tables: Tables, limits: Limits, reached: float) -> CapCosts:
    def cost(lifted: Limits) -> float:
        if lifted == limits:
            return 0.0
        return max(growth(tables, two_best(tables, lifted)[0], limits.wealth) - reached, 0.0)

    largest = tables.amounts[-1].stake if tables.amounts else 0.0
    held = min(limits.wealth, limits.tickets * largest)
    return CapCosts(
        budget=cost(replace(limits, total=max(held, limits.total))),
        per_runner_cap=cost(replace(limits, per_runner=None)),
        max_tickets=None
        if limits.tickets == MOST_TICKETS
        else cost(replace(limits, tickets=MOST_TICKETS)),
    )


def _reason(tables: Tables, limits: Limits, budget: float) -> str:
    if not tables.amounts:
        return NO_TICKET
    least = tables.amounts[0].stake
    for amount, reason in (
        (budget, BUDGET_TOO_SMALL),
        (limits.wealth, BANKROLL_TOO_SMALL),
        (limits.per_runner, CAP_TOO_SMALL),
    ):
        if amount is not None and amount < least - DUST:
            return f"{reason} ({amount} € < {least} €)"
    return NOTHING_GROWS
