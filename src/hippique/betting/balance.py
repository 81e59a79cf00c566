"""What an account stands at, from its entries: bankroll, exposure, profit, drawdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hippique.betting.ledger import ISSUED, PLAYED, Book, Entry, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """An account in figures. at_risk: open stakes (the exposure); staked, returned: settled legs.

    drawdown: the greatest fall of the cumulated profit from an earlier peak, never negative.
    """

    account: str
    bankroll_cents: int
    at_risk_cents: int
    profit_cents: int
    staked_cents: int
    returned_cents: int
    drawdown_cents: int
    entries: int


def balance_of(entries: Iterable[Entry], account: str, start_cents: int = 0) -> Balance:
    """One account's figures. start_cents: the bankroll before the first entry."""
    own = in_order(entry for entry in entries if entry.account == account)
    legs = [(entry.sign, leg) for entry in own for leg in entry.legs]
    return Balance(
        account=account,
        bankroll_cents=start_cents + _total(own, Book.BANKROLL),
        at_risk_cents=_total(own, Book.AT_RISK),
        profit_cents=-_total(own, Book.RESULT),
        staked_cents=sum(sign * leg.stake_cents for sign, leg in legs),
        returned_cents=sum(sign * leg.payout_cents for sign, leg in legs),
        drawdown_cents=_drawdown(own),
        entries=len(own),
    )


def accounts_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The accounts that have an entry: issued and played first, then by name."""
    names = {entry.account for entry in entries}
    first = [name for name in (ISSUED, PLAYED) if name in names]
    return (*first, *sorted(names.difference(first)))


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries by instant; of one instant a reversal comes before what replaces it."""
    return tuple(sorted(entries, key=lambda e: (e.at, e.race, e.account, _STEPS[e.event], e.id)))


_STEPS = {
    Event.STAKE: 0,
    Event.WITHDRAWN: 1,
    Event.REVERSED: 2,
    Event.SETTLED: 3,
    Event.REFUNDED: 3,
}


def at_risk_cents(entries: Iterable[Entry]) -> int:
    """Open stakes over these entries."""
    return _total(entries, Book.AT_RISK)


def last_settled(entries: Iterable[Entry]) -> Entry | None:
    """The settlement that stands: the last one that no reversal took back."""
    ordered = in_order(entries)
    undone = {entry.reverses for entry in ordered}
    standing = [
        entry
        for entry in ordered
        if entry.event in {Event.SETTLED, Event.REFUNDED} and entry.id not in undone
    ]
    return standing[-1] if standing else None


def unbalanced(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries whose postings do not add up to zero; none, ever, of those made here."""
    return tuple(e for e in entries if sum(p.amount_cents for p in e.postings))


def _total(entries: Iterable[Entry], book: Book) -> int:
    return sum(entry.amount_in(book) for entry in entries)


def _drawdown(ordered: Sequence[Entry]) -> int:
    profit = peak = fall = 0
    for entry in ordered:
        profit -= entry.amount_in(Book.RESULT)
        peak = max(peak, profit)
        fall = max(fall, peak - profit)
    return fall
