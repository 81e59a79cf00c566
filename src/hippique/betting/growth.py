"""The portfolio of the greatest expected growth among all the bets that a policy may play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from hippique.betting.choice import Choice, Holding
from hippique.betting.measures_data import middle_place_odds
from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace, playable_pools, slip_books
from hippique.betting.priced_pool import Book, PricedPool
from hippique.pricing.kelly import Cuts, Payoffs, Portfolio, best_portfolio
from hippique.pricing.ordering import Ordering
from hippique.pricing.value import fronts, overlay, payoffs


def best_growth(priced: PricedRace, policy: PolicyFile) -> Choice | None:
    """The best portfolio that may be a slip; None where nothing raises the growth."""
    found = _searched(priced, policy, slip_books(priced))
    return found[0] if found else None


def growth_on_paper(priced: PricedRace, policy: PolicyFile) -> Choice | None:
    """The best portfolio of at least one stake at any operator, though it may lose."""
    found = _searched(priced, policy, priced.books)
    return next((choice for choice in found if choice is not None), None)


def _searched(priced: PricedRace, policy: PolicyFile, books: Sequence[Book]) -> list[Choice | None]:
    """The best portfolio, None where it is the empty one, and the runner-up."""
    if priced.at_close is None:
        return []
    sold = [
        (book, pool, _tables(pool, priced.at_close, policy))
        for book in books
        for pool in playable_pools(priced, book)
    ]
    tables = {table.name: (book, pool, table) for book, pool, rows in sold for table in rows}
    if not tables:
        return []
    portfolio = _portfolio(priced, priced.at_close, policy, tables)
    held = [(portfolio.stakes, portfolio.growth)]
    if portfolio.runner_up is not None:
        held.append((portfolio.runner_up.stakes, portfolio.runner_up.growth))
    return [_choice(priced, policy, tables, stakes, growth) for stakes, growth in held]


_Sold = Mapping[str, tuple[Book, PricedPool, Payoffs]]


def _portfolio(
    priced: PricedRace, ordering: Ordering, policy: PolicyFile, tables: _Sold
) -> Portfolio:
    parts = {table.cut for _, _, table in tables.values()}
    cuts = Cuts(
        {part: fronts(ordering, part).chances for part in parts}, partial(overlay, ordering)
    )
    caps = policy.caps
    return best_portfolio(
        cuts,
        [table for _, _, table in tables.values()],
        bankroll=priced.situation.money.bankroll_cents / 100,
        budget=caps.budget_cents / 100,
        per_runner_cap=caps.cents_of(caps.horse_share) / 100,
        max_tickets=caps.max_tickets,
        fraction=caps.kelly_fraction,
    )


def _tables(pool: PricedPool, ordering: Ordering, policy: PolicyFile) -> list[Payoffs]:
    caps = policy.caps
    most = min(caps.budget_cents, caps.cents_of(caps.horse_share))
    levels = [cents / 100 for cents in levels_of(pool, most)]
    if not levels:
        return []
    return payoffs(pool.pool, fronts(ordering, pool.pool.bet.parts), levels)


def levels_of(pool: PricedPool, most_cents: int) -> range:
    """Stakes on sale up to this much, cents."""
    return range(pool.terms.min_cents, most_cents + 1, pool.terms.step_cents)


def shown_odds(priced: PricedRace, book: Book, bet: str, positions: Sequence[int]) -> float | None:
    """The odds on screen of a bet on one horse: to win, or the middle of the place range."""
    if bet not in {"win", "place"}:
        return None
    number = priced.numbers[positions[0]]
    quote = next(quote for quote in book.snapshot.quotes if quote.number == number)
    return quote.win if bet == "win" else middle_place_odds(quote)


def _choice(
    priced: PricedRace,
    policy: PolicyFile,
    tables: _Sold,
    stakes: Mapping[str, float],
    growth: float,
) -> Choice | None:
    if not stakes:
        return None
    tickets: dict[str, list[Holding]] = {}
    for name, euros in stakes.items():
        book, pool, table = tables[name]
        tickets.setdefault(pool.pool.name, []).append(
            Holding(
                pool=pool,
                positions=table.runners,
                stake_cents=round(euros * 100),
                shown=shown_odds(priced, book, pool.bet, table.runners),
            )
        )
    return Choice(
        tickets=tuple(tuple(rows) for rows in tickets.values()),
        growth=growth,
        fraction=policy.caps.kelly_fraction,
    )
