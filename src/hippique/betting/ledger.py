"""The books: every stake and payout as a balanced entry, on accounts that are kept apart.

An entry is written once and never changed; a corrected result reverses the old one and settles
anew. Money moves between three books of an account and adds up to zero in every entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hippique.betting.settlement import (
    LegState,
    SettledLeg,
    Settlement,
    read_settlement,
    refund,
    settle,
    write_settlement,
)
from hippique.racing.codec import from_builtins, from_json, to_builtins, to_pretty_json
from hippique.racing.money import in_cents, in_euros

__all__ = [  # the settlement's names are read from here by the reports
    "ISSUED",
    "PLAYED",
    "SHADOW",
    "STUDY",
    "Book",
    "Entry",
    "Event",
    "LegState",
    "Posting",
    "SettledLeg",
    "Settlement",
    "Slot",
    "read_entries",
    "read_settlement",
    "refund",
    "released",
    "reversed_entry",
    "settle",
    "settled",
    "shadow_account",
    "staked",
    "write_entries",
    "write_settlement",
]

ISSUED = "issued"  # what the system advised
PLAYED = "played"  # what the bettor says that he played
STUDY = "study"  # the best refused portfolio, on paper
SHADOW = "shadow:"  # what another policy would have played, on paper


def shadow_account(policy: str) -> str:
    """The paper account of a policy that runs beside the one in force."""
    return f"{SHADOW}{policy}"


class Book(StrEnum):
    """Where money is. RESULT holds the other side of gains and losses: a loss is positive there."""

    BANKROLL = "bankroll"
    AT_RISK = "at_risk"
    RESULT = "result"


class Event(StrEnum):
    """What an entry records."""

    STAKE = "stake"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"
    REFUNDED = "refunded"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Cents that go into a book; negative: out of it."""

    book: Book
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event on one account of one race. Its postings add up to zero.

    id: race, account, event and count, so that writing it twice writes the same. legs: what was
    settled (as it was, in a reversal). reverses: the id that a reversal takes back.
    """

    id: str
    account: str
    race: str
    event: Event
    at: dt.datetime
    postings: tuple[Posting, ...]
    legs: tuple[SettledLeg, ...] = ()
    reverses: str | None = None
    note: str | None = None

    def amount_in(self, book: Book) -> int:
        """Cents that this entry moves into a book."""
        return sum(p.amount_cents for p in self.postings if p.book is book)

    @property
    def sign(self) -> int:
        """−1 for a reversal, whose legs count backwards."""
        return -1 if self.event is Event.REVERSED else 1


# --- entries -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where an entry belongs: an account of a race, at an instant. number: of its like, from 1."""

    account: str
    race: str
    at: dt.datetime
    number: int = 1


def staked(slot: Slot, stake_cents: int) -> Entry:
    """A slip issued: its stake leaves the bankroll and is at risk."""
    return _entry(slot, Event.STAKE, {Book.BANKROLL: -stake_cents, Book.AT_RISK: stake_cents})


def released(slot: Slot, stake_cents: int, note: str) -> Entry:
    """A slip withdrawn before the off: its stake comes back."""
    moved = {Book.AT_RISK: -stake_cents, Book.BANKROLL: stake_cents}
    return _entry(slot, Event.WITHDRAWN, moved, note=note)


def settled(slot: Slot, settlement: Settlement) -> Entry | None:
    """What the settled legs returned; None where every leg is pending. Those stay at risk."""
    legs = tuple(leg for leg in settlement.legs if leg.state is not LegState.PENDING)
    if not legs:
        return None
    stake = sum(leg.stake_cents for leg in legs)
    payout = sum(leg.payout_cents for leg in legs)
    all_back = all(leg.state is LegState.REFUNDED for leg in legs)
    return _entry(
        slot,
        Event.REFUNDED if all_back else Event.SETTLED,
        {Book.AT_RISK: -stake, Book.BANKROLL: payout, Book.RESULT: stake - payout},
        legs=legs,
    )


def reversed_entry(slot: Slot, entry: Entry, note: str) -> Entry:
    """The opposite of an entry: what a corrected result, or a mark taken back, undoes."""
    return Entry(
        id=_id(slot, Event.REVERSED),
        account=entry.account,
        race=entry.race,
        event=Event.REVERSED,
        at=slot.at,
        postings=tuple(Posting(book=p.book, amount_cents=-p.amount_cents) for p in entry.postings),
        legs=entry.legs,
        reverses=entry.id,
        note=note,
    )


def _entry(
    slot: Slot,
    event: Event,
    moved: dict[Book, int],
    *,
    legs: tuple[SettledLeg, ...] = (),
    note: str | None = None,
) -> Entry:
    return Entry(
        id=_id(slot, event),
        account=slot.account,
        race=slot.race,
        event=event,
        at=slot.at,
        postings=tuple(Posting(book=book, amount_cents=cents) for book, cents in moved.items()),
        legs=legs,
        note=note,
    )


def _id(slot: Slot, event: Event) -> str:
    return f"{slot.race}/{slot.account}/{event}-{slot.number}"


# --- files -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    entries: tuple[Entry, ...]


def write_entries(entries: Sequence[Entry]) -> bytes:
    """The bytes of entries.json, amounts in euros."""
    return to_pretty_json(in_euros(to_builtins(_File(tuple(entries)))))


def read_entries(content: bytes) -> tuple[Entry, ...]:
    """Read entries.json. Raises InputError where it is not one."""
    return from_builtins(_File, in_cents(from_json(dict, content))).entries
