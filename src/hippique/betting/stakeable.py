"""What a budget really allows at an operator: told once, at start, not race by race."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations_with_replacement
from typing import Literal

from hippique.betting.policy_file import PolicyFile, bets_wanted
from hippique.betting.terms import Terms, bets_of, terms_of
from hippique.racing.bets import bet_type

Role = Literal["ticket1", "ticket2", "alone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakeable:
    """One bet of a policy at one operator.

    least_cents: the least that a ticket of it costs, None where it is not offered. reason: why it
    can never be staked, None where it can. unknown: figures of its terms without which it is
    never priced, hence never on a slip though it could be staked.
    """

    operator: str
    bet: str
    role: Role
    least_cents: int | None
    reason: str | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Stakes that add up: ticket 1 leg by leg, largest first, then the other tickets.

    stakes: (bet, cents). Combinations are taken to share no horse; where they do, the cap on one
    horse leaves fewer.
    """

    stakes: tuple[tuple[str, int], ...]

    @property
    def total_cents(self) -> int:
        """The sum of the stakes."""
        return sum(cents for _, cents in self.stakes)


def stakeable(policy: PolicyFile, operator: str, day: date) -> tuple[Stakeable, ...]:
    """A row for every bet that the policy may play, in its order."""
    return tuple(_row(policy, operator, bet, day) for bet in bets_wanted(policy))


def playable_portfolios(policy: PolicyFile, operator: str, day: date) -> tuple[Portfolio, ...]:
    """Every split of the budget that minimum, step and caps allow, cheapest first.

    Bets whose price is not known are listed too: this is about money, not about value.
    """
    rows = [row for row in stakeable(policy, operator, day) if row.reason is None]
    terms = [(row.role, terms_of(operator, row.bet, day)) for row in rows]
    if policy.method == "tickets":
        splits = _ticket_splits(policy, terms)
    elif policy.method == "growth":
        splits = _growth_splits(policy, [term for _, term in terms])
    else:
        splits = (((term.bet, _flat_cents(policy, term)),) for _, term in terms)
    found = (Portfolio(stakes=split) for split in dict.fromkeys(splits))
    return tuple(sorted(found, key=lambda portfolio: portfolio.total_cents))


def _row(policy: PolicyFile, operator: str, bet: str, day: date) -> Stakeable:
    role = _role(policy, bet)
    if bet not in bets_of(operator, day):
        reason = f"{operator} does not offer {bet_type(bet).label}"
        return Stakeable(operator=operator, bet=bet, role=role, least_cents=None, reason=reason)
    terms = terms_of(operator, bet, day)
    return Stakeable(
        operator=operator,
        bet=bet,
        role=role,
        least_cents=_least_cents(policy, terms, role),
        reason=_refusal(policy, terms, role, day),
        unknown=("takeout",) if terms.takeout is None else (),
    )


def _role(policy: PolicyFile, bet: str) -> Role:
    if policy.ticket1 is not None and bet == policy.ticket1.bet:
        return "ticket1"
    return "ticket2" if policy.method == "tickets" else "alone"


def _least_cents(policy: PolicyFile, terms: Terms, role: Role) -> int:
    if role == "ticket1" and policy.ticket1 is not None:
        return policy.ticket1.min_legs * terms.min_cents
    return _flat_cents(policy, terms)


def _flat_cents(policy: PolicyFile, terms: Terms) -> int:
    """The stake of the favourite's bet, brought up to what the operator takes; else its least."""
    if policy.favourite is None:
        return terms.min_cents
    wanted = round(policy.favourite.stake_eur * 100)
    steps = -(-max(wanted, terms.min_cents) // terms.step_cents)
    return steps * terms.step_cents


def _refusal(policy: PolicyFile, terms: Terms, role: Role, day: date) -> str | None:
    caps, label = policy.caps, bet_type(terms.bet).label
    if not terms.played:
        return f"{label} is shown, not played"
    horse_cents = caps.cents_of(caps.horse_share)
    one_cents = _flat_cents(policy, terms)
    if one_cents > horse_cents:
        return _above(terms, label, one_cents, horse_cents, "allowed on one horse")
    least_cents = _least_cents(policy, terms, role)
    if least_cents > caps.budget_cents:
        return _above(terms, label, least_cents, caps.budget_cents, "of the budget")
    return _refusal_beside(policy, terms, day) if role == "ticket2" else None


def _refusal_beside(policy: PolicyFile, terms: Terms, day: date) -> str | None:
    """Why a combination never fits beside ticket 1."""
    caps, label = policy.caps, bet_type(terms.bet).label
    share = caps.cents_of(caps.ticket2_share)
    if terms.min_cents > share:
        return _above(terms, label, terms.min_cents, share, "left to ticket 2")
    if policy.ticket1 is None:
        return None
    first = _row(policy, terms.operator, policy.ticket1.bet, day)
    if first.reason is not None or first.least_cents is None:
        return f"{label} needs a ticket 1, and {first.reason}"
    share = caps.cents_of(caps.ticket1_share)
    if first.least_cents > share:
        words = f"left to ticket 1 beside {label}"
        return _above(terms, bet_type(first.bet).label, first.least_cents, share, words)
    return None


def _above(terms: Terms, label: str, least_cents: int, cap_cents: int, words: str) -> str:
    least, cap = least_cents / 100, cap_cents / 100
    return (
        f"{label} at {terms.operator} costs at least {least:.2f} €, above the {cap:.2f} € {words}"
    )


Split = tuple[tuple[str, int], ...]


def _ticket_splits(policy: PolicyFile, terms: list[tuple[Role, Terms]]) -> Iterator[Split]:
    caps = policy.caps
    for first in _first_tickets(policy, terms):
        spent = sum(cents for _, cents in first)
        yield first
        if spent > caps.cents_of(caps.ticket1_share):
            continue
        most = min(caps.cents_of(caps.ticket2_share), caps.budget_cents - spent)
        for role, term in terms:
            if role == "ticket2" and caps.max_tickets > 1:
                yield from ((*first, (term.bet, cents)) for cents in _levels(policy, term, most))


def _first_tickets(policy: PolicyFile, terms: list[tuple[Role, Terms]]) -> Iterator[Split]:
    rules = policy.ticket1
    term = next((term for role, term in terms if role == "ticket1"), None)
    if rules is None or term is None:
        return
    levels = sorted(_levels(policy, term, policy.caps.budget_cents), reverse=True)
    for legs in range(rules.min_legs, rules.max_legs + 1):
        for stakes in combinations_with_replacement(levels, legs):
            if sum(stakes) <= policy.caps.budget_cents:
                yield tuple((term.bet, cents) for cents in stakes)


def _growth_splits(policy: PolicyFile, terms: list[Terms]) -> Iterator[Split]:
    """One ticket, or as many as are allowed; two may be of one bet, on other horses."""
    budget = policy.caps.budget_cents
    singles = [(term.bet, cents) for term in terms for cents in _levels(policy, term, budget)]
    for tickets in range(1, policy.caps.max_tickets + 1):
        for split in combinations_with_replacement(singles, tickets):
            if sum(cents for _, cents in split) <= budget:
                yield split


def _levels(policy: PolicyFile, terms: Terms, most_cents: int) -> range:
    """Stakes on sale up to `most_cents` and the cap on one horse."""
    most = min(most_cents, policy.caps.cents_of(policy.caps.horse_share))
    return range(terms.min_cents, most + 1, terms.step_cents)
