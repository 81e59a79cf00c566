"""ledger.sqlite: a view of all entries of the archive, for people who ask in SQL."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from hippique.betting.balance import accounts_of, balance_of, in_order
from hippique.betting.ledger import ISSUED, Book, Entry
from hippique.day.race_day import latest_plan
from hippique.day.status import DayStatus, day_status
from hippique.errors import StoreDamaged
from hippique.ports import Archive, Views
from hippique.report.facts import archive_days
from hippique.report.reconcile import RaceBooks, books_of_day, faults_of

LEDGER = "ledger.sqlite"
_MAGIC = b"SQLite format 3\x00"
_MEND = "remove it, it is made anew from the archive"
_SCHEMA = """
CREATE TABLE days (
  date TEXT PRIMARY KEY, mode TEXT NOT NULL, simulated INTEGER NOT NULL, races INTEGER NOT NULL,
  slips INTEGER NOT NULL, no_bets INTEGER NOT NULL, settled INTEGER NOT NULL,
  staked_cents INTEGER NOT NULL, returned_cents INTEGER NOT NULL
) STRICT;
CREATE TABLE entries (
  id TEXT PRIMARY KEY, date TEXT NOT NULL, race TEXT NOT NULL, account TEXT NOT NULL,
  event TEXT NOT NULL, at TEXT NOT NULL, bankroll_cents INTEGER NOT NULL,
  at_risk_cents INTEGER NOT NULL, result_cents INTEGER NOT NULL, reverses TEXT, note TEXT,
  simulated INTEGER NOT NULL, mode TEXT NOT NULL,
  CHECK (bankroll_cents + at_risk_cents + result_cents = 0)
) STRICT;
CREATE TABLE legs (
  date TEXT NOT NULL, race TEXT NOT NULL, leg INTEGER NOT NULL, operator TEXT NOT NULL,
  bet TEXT NOT NULL, combination TEXT NOT NULL, stake_cents INTEGER NOT NULL,
  payout_cents INTEGER, state TEXT NOT NULL, simulated INTEGER NOT NULL, mode TEXT NOT NULL,
  settled_at TEXT, account TEXT NOT NULL, PRIMARY KEY (date, race, account, leg)
) STRICT;
CREATE TABLE accounts (
  account TEXT NOT NULL, simulated INTEGER NOT NULL, bankroll_cents INTEGER NOT NULL,
  at_risk_cents INTEGER NOT NULL, profit_cents INTEGER NOT NULL, staked_cents INTEGER NOT NULL,
  returned_cents INTEGER NOT NULL, drawdown_cents INTEGER NOT NULL, entries INTEGER NOT NULL,
  PRIMARY KEY (account, simulated)
) STRICT;
"""
_COLUMNS = {"days": 9, "entries": 13, "legs": 13, "accounts": 9}
_ORDER = {
    "days": "date",
    "entries": "at, id",
    "legs": "date, race, account, leg",
    "accounts": "account, simulated",
}
Rows = dict[str, list[tuple[Any, ...]]]


def rebuild_ledger(archive: Archive, views: Views, now: dt.datetime) -> str:
    """Write the ledger anew from all days of the archive; returns where it lies.

    Raises StoreBusy where the file is open elsewhere, StoreFull.
    """
    return views.publish(LEDGER, ledger_bytes(archive, now))


def ledger_bytes(archive: Archive, now: dt.datetime) -> bytes:
    """The ledger's SQLite file; the same archive gives the same bytes.

    Amounts in whole cents; payout NULL while a dividend is pending. leg counts from 1 in an
    account's settlement of a race; legs hold the settlement that stands.
    """
    rows = _ledger_rows(_books(archive, now))
    with closing(sqlite3.connect(":memory:")) as ledger:
        ledger.executescript(_SCHEMA)
        for table, width in _COLUMNS.items():
            marks = ", ".join("?" * width)
            ledger.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])  # noqa: S608  a table of ours
        ledger.commit()
        return ledger.serialize()


def check_ledger(archive: Archive, views: Views, now: dt.datetime) -> tuple[str, ...]:
    """What does not add up in the archive's books, or differs in the view; one sentence each."""
    books = _books(archive, now)
    wrong = faults_of((day.status, day.races) for day in books)
    if wrong:  # the view's own constraints would refuse such rows
        return wrong
    content = views.load(LEDGER)
    if content is None:
        return (f"{LEDGER} is not there; it is made anew from the archive",)
    try:
        present = _read_rows(content)
    except StoreDamaged as error:
        return (str(error),)
    expected = _ledger_rows(books)
    return tuple(fault for table in _COLUMNS for fault in _differences(table, present, expected))


def all_entries(archive: Archive, now: dt.datetime) -> tuple[Entry, ...]:
    """Every entry of the archive, in order."""
    return in_order(e for day in _books(archive, now) for race in day.races for e in race.entries)


@dataclass(frozen=True, slots=True)
class _DayBooks:
    status: DayStatus
    races: tuple[RaceBooks, ...]


def _books(archive: Archive, now: dt.datetime) -> tuple[_DayBooks, ...]:
    books = []
    for day in archive_days(archive):
        plan = latest_plan(archive, day)
        if plan is not None:
            status = day_status(archive, plan, now)
            books.append(_DayBooks(status, books_of_day(archive, status)))
    return tuple(books)


def _ledger_rows(books: Iterable[_DayBooks]) -> Rows:
    rows: Rows = {table: [] for table in _COLUMNS}
    by_kind: dict[bool, list[Entry]] = {}
    for day in books:
        totals = day.status.totals
        rows["days"].append(_day_row(day.status))
        for race in day.races:
            rows["entries"] += [_entry_row(entry, race, day.status) for entry in race.entries]
            rows["legs"] += _leg_rows(race, day.status)
            by_kind.setdefault(totals.simulated, []).extend(race.entries)
    for simulated, entries in by_kind.items():
        rows["accounts"] += [_account_row(entries, a, simulated) for a in accounts_of(entries)]
    for table in rows:
        rows[table].sort(key=str)
    return rows


def _day_row(status: DayStatus) -> tuple[Any, ...]:
    totals = status.totals
    return (
        totals.date.isoformat(),
        totals.mode,
        int(totals.simulated),
        totals.races,
        totals.slips,
        totals.no_bets,
        totals.settled,
        totals.staked_cents,
        totals.returned_cents,
    )


def _entry_row(entry: Entry, race: RaceBooks, status: DayStatus) -> tuple[Any, ...]:
    return (
        entry.id,
        status.totals.date.isoformat(),
        race.key,
        entry.account,
        entry.event.value,
        entry.at.isoformat(),
        *(entry.amount_in(book) for book in Book),
        entry.reverses,
        entry.note,
        int(status.totals.simulated),
        status.totals.mode,
    )


def _leg_rows(race: RaceBooks, status: DayStatus) -> list[tuple[Any, ...]]:
    """The legs as they stand; those of the slip that still wait are listed without a payout."""
    totals = status.totals
    return [
        (
            totals.date.isoformat(),
            race.key,
            position,
            leg.operator,
            leg.bet,
            "-".join(map(str, leg.combination)),
            leg.stake_cents,
            None if leg.state == "pending" else leg.payout_cents,
            leg.state.value,
            int(totals.simulated),
            totals.mode,
            race.settled_at,
            account,
        )
        for account in (ISSUED, *(a for a in accounts_of(race.entries) if a != ISSUED))
        for position, leg in enumerate(race.standing_legs(account), start=1)
    ]


def _account_row(entries: list[Entry], account: str, simulated: bool) -> tuple[Any, ...]:  # noqa: FBT001  a column of the row
    balance = balance_of(entries, account)
    return (
        account,
        int(simulated),
        balance.bankroll_cents,
        balance.at_risk_cents,
        balance.profit_cents,
        balance.staked_cents,
        balance.returned_cents,
        balance.drawdown_cents,
        balance.entries,
    )


def _read_rows(content: bytes) -> Rows:
    if not content.startswith(_MAGIC):  # SQLite answers an empty file with MemoryError
        raise StoreDamaged(f"{LEDGER} cannot be read (no SQLite file); {_MEND}")
    with closing(sqlite3.connect(":memory:")) as ledger:
        try:
            ledger.deserialize(content)
            return {
                table: ledger.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()  # noqa: S608  a table of ours
                for table, order in _ORDER.items()
            }
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"{LEDGER} cannot be read ({error}); {_MEND}") from error


def _differences(table: str, present: Rows, expected: Rows) -> list[str]:
    found, wanted = Counter(present[table]), Counter(expected[table])
    extra = [f"{table}: the archive does not say {row}" for row in (found - wanted).elements()]
    missing = [f"{table}: the archive also says {row}" for row in (wanted - found).elements()]
    return [*missing, *extra]
