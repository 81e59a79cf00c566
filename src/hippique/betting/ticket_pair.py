"""The slips of the author's method: ticket 1, alone or with one combination beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hippique.betting.choice import NOT_BETTER, Choice, profits
from hippique.betting.combination import with_combination
from hippique.betting.place_basket import Limits, best_basket
from hippique.betting.policy_file import PolicyFile, RuinRules
from hippique.betting.priced import PricedRace, slip_books
from hippique.betting.priced_pool import Book

_MOST_LN = 700.0  # e^700 is near the largest float


def best_tickets(race: PricedRace, policy: PolicyFile) -> tuple[Choice, ...]:
    """What may become the slip, the greatest growth first: the gates decide which, if any.

    The empty slip has growth 0: what falls behind it is not among them.
    """
    found = [choice for book in slip_books(race) for choice in _of_book(race, policy, book)]
    grown = [choice for choice in found if choice.growth > NOT_BETTER]
    return tuple(sorted(grown, key=lambda choice: -choice.growth))


def tickets_on_paper(race: PricedRace, policy: PolicyFile) -> Choice | None:
    """The ticket 1 of the greatest growth at any operator, though it may lose."""
    limits = Limits(total_cents=policy.caps.budget_cents, fraction=policy.caps.kelly_fraction)
    found = [best_basket(race, policy, book, limits, on_paper=True) for book in race.books]
    known = [choice for choice in found if choice is not None]
    return max(known, key=lambda choice: choice.growth, default=None)


def risk_of_ruin(race: PricedRace, choice: Choice) -> float | None:
    """exp(−2·EV·B/σ²), B the whole bankroll; None unless the expected profit is above 0."""
    if race.at_close is None:
        return None
    won, chances = profits(choice.holdings, race.at_close)
    mean = float(chances @ won)
    variance = float(chances @ (won - mean) ** 2)
    if mean <= 0.0:
        return None
    if variance == 0.0:
        return 0.0
    bankroll = race.situation.money.bankroll_cents / 100
    return math.exp(-min(2.0 * mean * bankroll / variance, _MOST_LN))


def _of_book(race: PricedRace, policy: PolicyFile, book: Book) -> Iterator[Choice]:
    """Ticket 1 alone on the whole budget, and a smaller one with each a combination."""
    caps = policy.caps
    alone = _within_ruin(race, policy, book, caps.budget_cents)
    if alone is None:
        return
    yield alone
    if caps.max_tickets < 2 or policy.ticket2 is None:  # noqa: PLR2004  a pair of tickets
        return
    smaller = _within_ruin(race, policy, book, caps.cents_of(caps.ticket1_share))
    pair = with_combination(race, policy, book, smaller) if smaller else None
    if pair is not None:
        yield pair


def _within_ruin(
    race: PricedRace, policy: PolicyFile, book: Book, total_cents: int
) -> Choice | None:
    """The best basket, its wealth at risk lowered while its risk of ruin is above the policy's."""
    found: Choice | None = None
    for fraction in _fractions(policy.caps.kelly_fraction, policy.ruin):
        limits = Limits(total_cents=total_cents, fraction=fraction)
        found = best_basket(race, policy, book, limits)
        ruin = risk_of_ruin(race, found) if found else None
        if ruin is None or policy.ruin is None or ruin <= policy.ruin.daily_above:
            return found
    return found


def _fractions(full: float, rules: RuinRules | None) -> list[float]:
    """The Kelly fraction, lowered step by step to its floor."""
    if rules is None or not 0.0 < rules.kelly_factor < 1.0:
        return [full]
    steps = math.ceil(np.log(max(rules.kelly_floor, 1e-3)) / np.log(rules.kelly_factor))
    powers = [rules.kelly_factor**step for step in range(steps + 1)]
    return [full * max(power, rules.kelly_floor) for power in powers]
