"""Do the books agree with each other: entries, settlements, day totals? One sentence a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hippique.betting.balance import accounts_of, at_risk_cents, balance_of, last_settled
from hippique.betting.ledger import ISSUED, Book, Entry, Event
from hippique.betting.settlement import SettledLeg, Settlement
from hippique.betting.slip import total_stake_cents
from hippique.day.entries import entries_of, of_account, paper_decisions
from hippique.day.phases import Phase
from hippique.day.race_day import outcome_of
from hippique.day.status import DayStatus
from hippique.ports import Archive
from hippique.racing.times import paris_time


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceBooks:
    """A race's entries with what they must agree with.

    settlement: the slip's, as it stands. stakes: what each account's decision stakes, in cents.
    """

    race: str
    key: str
    entries: tuple[Entry, ...]
    settlement: Settlement | None
    stakes: dict[str, int]
    settled_at: str | None = None

    def standing_legs(self, account: str) -> tuple[SettledLeg, ...]:
        """The legs of the account's settlement that stands, the slip's pending ones too."""
        if account == ISSUED and self.settlement is not None:
            return self.settlement.legs
        entry = last_settled(of_account(self.entries, account))
        return entry.legs if entry else ()


def books_of_day(archive: Archive, status: DayStatus) -> tuple[RaceBooks, ...]:
    """The books of every race in scope that has a decision."""
    books = []
    for race in status.races:
        if not race.phases or race.decision is None:
            continue
        ended = outcome_of(archive, race.race, Phase.RESULT)
        decisions = paper_decisions(archive, race.race)
        books.append(
            RaceBooks(
                race=str(race.race),
                key=race.key,
                entries=entries_of(archive, race.race),
                settlement=race.settlement,
                stakes={a: total_stake_cents(d.tickets) for a, d in decisions.items()},
                settled_at=paris_time(ended.at).isoformat() if ended else None,
            )
        )
    return tuple(books)


def faults_of(days: Iterable[tuple[DayStatus, tuple[RaceBooks, ...]]]) -> tuple[str, ...]:
    """Every fault of these days' books."""
    kept = list(days)
    ids = Counter(e.id for _, races in kept for race in races for e in race.entries)
    doubled = [f"{name}: booked {count} times" for name, count in ids.items() if count > 1]
    return (*doubled, *(fault for status, races in kept for fault in _day_faults(status, races)))


def _day_faults(status: DayStatus, races: tuple[RaceBooks, ...]) -> Iterator[str]:
    for race in races:
        yield from _race_faults(race)
    balances = [balance_of(race.entries, ISSUED) for race in races]
    totals = status.totals
    for name, booked, said in (
        ("staked", sum(b.staked_cents for b in balances), totals.staked_cents),
        ("returned", sum(b.returned_cents for b in balances), totals.returned_cents),
    ):
        if booked != said - _pending(races, name):
            yield f"{totals.date}: {booked} cents {name} by the entries, {said} by the day's total"


def _pending(races: tuple[RaceBooks, ...], name: str) -> int:
    """Stakes of legs that wait are in the day's total, and still at risk in the books."""
    if name != "staked":
        return 0
    legs = [leg for race in races if race.settlement for leg in race.settlement.legs]
    return sum(leg.stake_cents for leg in legs if leg.state == "pending")


def _race_faults(race: RaceBooks) -> Iterator[str]:
    for entry in race.entries:
        amount = sum(posting.amount_cents for posting in entry.postings)
        if amount:
            yield f"{entry.id}: its postings add up to {amount} cents, not to 0"
    yield from _account_faults(race)
    if race.settlement is None:
        return
    balance = balance_of(race.entries, ISSUED)
    settled = [leg for leg in race.settlement.legs if leg.state != "pending"]
    said = (sum(x.stake_cents for x in settled), sum(x.payout_cents for x in settled))
    booked = (balance.staked_cents, balance.returned_cents)
    if booked != said:
        yield f"{race.race}: {booked} cents staked and returned by the entries, {said} settled"


def _account_faults(race: RaceBooks) -> Iterator[str]:
    for account in accounts_of(race.entries):
        own = of_account(race.entries, account)
        open_cents = at_risk_cents(own)
        if open_cents < 0:
            yield f"{race.race}/{account}: {-open_cents} cents settled that were never staked"
        stake = sum(e.amount_in(Book.AT_RISK) for e in own if e.event is Event.STAKE)
        wanted = race.stakes.get(account)
        if wanted is not None and stake != wanted:
            yield f"{race.race}/{account}: {stake} cents staked, its decision says {wanted}"
    for account in race.stakes.keys() - set(accounts_of(race.entries)):
        if race.stakes[account]:
            yield f"{race.race}/{account}: {race.stakes[account]} cents staked, no entry says so"
