"""Ticket 2: one combination of the policy's list beside a ticket 1 that stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hippique.betting.choice import NOT_BETTER, Choice, Holding, horse_cents, returned
from hippique.betting.growth import levels_of
from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace, playable_pools
from hippique.betting.priced_pool import Book, PricedPool
from hippique.betting.profiles import forgotten
from hippique.pricing.kelly import Payoffs
from hippique.pricing.value import Fronts, fronts, mean_profits, parts_for, payoffs

_MOST = 40  # combinations of a pool, best expected profit first, that are joined to ticket 1


def with_combination(
    race: PricedRace, policy: PolicyFile, book: Book, first: Choice
) -> Choice | None:
    """Ticket 1 with the combination that raises the growth most; None where none can be staked.

    Caps: the share of ticket 2, what the budget leaves, and the cap on one horse, on which both
    tickets count in full. A forgotten profile must be in the bets that the policy names for it.
    """
    if policy.ticket2 is None or race.at_close is None:
        return None
    best: Choice | None = None
    for pool in playable_pools(race, book):
        if pool.bet == first.holdings[0].pool.bet:
            continue
        for found in _of_pool(race, policy, first, pool):
            if best is None or found.growth > best.growth + NOT_BETTER:
                best = found
    return best


def _of_pool(
    race: PricedRace, policy: PolicyFile, first: Choice, pool: PricedPool
) -> Iterator[Choice]:
    """Both tickets for each of the pool's best combinations and each stake that fits."""
    caps = policy.caps
    most = min(caps.cents_of(caps.ticket2_share), caps.budget_cents - first.stake_cents)
    cents = levels_of(pool, most)
    if not cents or race.at_close is None:
        return
    bets = (pool.pool.bet, first.holdings[0].pool.pool.bet)
    on = fronts(race.at_close, parts_for(bets))
    won = np.full(on.chances.size, -first.stake_cents / 100)
    for holding in first.holdings:
        won += returned(holding, on)
    wealth = first.fraction * race.situation.money.bankroll_cents / 100
    for table in _tables(race, policy, pool, on, cents):
        for level, stake in enumerate(cents):
            second = Holding(pool=pool, positions=table.runners, stake_cents=stake)
            staked = horse_cents((*first.holdings, second))
            if max(staked.values()) > caps.cents_of(caps.horse_share):
                continue
            both = won - stake / 100
            both[table.states] += table.returns[level]
            if (wealth + both).min() <= 0.0:
                continue
            growth = float(on.chances @ np.log1p(both / wealth))
            yield replace(first, tickets=(*first.tickets, (second,)), growth=growth)


def _tables(
    race: PricedRace, policy: PolicyFile, pool: PricedPool, on: Fronts, cents: range
) -> list[Payoffs]:
    """The combinations of the best expected profit at the least stake; ties: as they stand."""
    tables = payoffs(pool.pool, on, [one / 100 for one in cents])
    worth = mean_profits(tables, on)[:, 0]
    wanted = forgotten(race, policy)
    must = policy.ticket2 is not None and pool.bet in policy.ticket2.forgotten_in and bool(wanted)
    order = np.argsort(-worth, kind="stable")
    fitting = (tables[i] for i in order if not must or wanted & set(tables[i].runners))
    return [table for table, _ in zip(fitting, range(_MOST), strict=False)]
