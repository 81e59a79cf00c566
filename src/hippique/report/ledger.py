"""ledger.sqlite: a view of all settlements of the archive, for people who ask in SQL."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

from hippique.day.race_day import latest_plan
from hippique.day.status import DayStatus, day_status
from hippique.errors import StoreDamaged
from hippique.ports import Archive, Views
from hippique.racing.times import paris_time
from hippique.report.facts import RaceFacts, archive_days, status_facts

LEDGER = "ledger.sqlite"
_MAGIC = b"SQLite format 3\x00"
_MEND = "remove it, it is made anew from the archive"
_SCHEMA = """
CREATE TABLE days (
  date TEXT PRIMARY KEY, mode TEXT NOT NULL, simulated INTEGER NOT NULL, races INTEGER NOT NULL,
  slips INTEGER NOT NULL, no_bets INTEGER NOT NULL, settled INTEGER NOT NULL,
  staked_cents INTEGER NOT NULL, returned_cents INTEGER NOT NULL
) STRICT;
CREATE TABLE legs (
  date TEXT NOT NULL, race TEXT NOT NULL, leg INTEGER NOT NULL, operator TEXT NOT NULL,
  bet TEXT NOT NULL, combination TEXT NOT NULL, stake_cents INTEGER NOT NULL,
  payout_cents INTEGER, state TEXT NOT NULL, simulated INTEGER NOT NULL, mode TEXT NOT NULL,
  settled_at TEXT, PRIMARY KEY (date, race, leg)
) STRICT;
"""
_COLUMNS = {"days": 9, "legs": 12}
_ORDER = {"days": "date", "legs": "date, race, leg"}
Rows = dict[str, list[tuple[Any, ...]]]


def rebuild_ledger(archive: Archive, views: Views, now: dt.datetime) -> str:
    """Write the ledger anew from all days of the archive; returns where it lies.

    Raises StoreBusy where the file is open elsewhere, StoreFull.
    """
    return views.publish(LEDGER, ledger_bytes(archive, now))


def ledger_bytes(archive: Archive, now: dt.datetime) -> bytes:
    """The ledger's SQLite file; the same archive gives the same bytes.

    Amounts in whole cents; payout NULL while a dividend is pending. leg counts from 1 in a race.
    """
    rows = _ledger_rows(archive, now)
    with closing(sqlite3.connect(":memory:")) as ledger:
        ledger.executescript(_SCHEMA)
        for table, width in _COLUMNS.items():
            marks = ", ".join("?" * width)
            ledger.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])  # noqa: S608  a table of ours
        ledger.commit()
        return ledger.serialize()


def check_ledger(archive: Archive, views: Views, now: dt.datetime) -> tuple[str, ...]:
    """What in the ledger is not what the archive says, one sentence each; empty when it agrees."""
    content = views.load(LEDGER)
    if content is None:
        return (f"{LEDGER} is not there; it is made anew from the archive",)
    try:
        present = _read_rows(content)
    except StoreDamaged as error:
        return (str(error),)
    expected = _ledger_rows(archive, now)
    return tuple(fault for table in _COLUMNS for fault in _differences(table, present, expected))


def _ledger_rows(archive: Archive, now: dt.datetime) -> Rows:
    rows: Rows = {"days": [], "legs": []}
    for day in archive_days(archive):
        plan = latest_plan(archive, day)
        if plan is None:
            continue
        status = day_status(archive, plan, now)
        rows["days"].append(_day_row(status))
        rows["legs"] += [row for f in status_facts(archive, status) for row in _leg_rows(f)]
    rows["legs"].sort(key=lambda row: row[:3])
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


def _leg_rows(facts: RaceFacts) -> list[tuple[Any, ...]]:
    settlement = facts.state.settlement
    settled_at = paris_time(facts.ended_at).isoformat() if facts.ended_at else None
    return [
        (
            facts.race.day.isoformat(),
            facts.state.key,
            position,
            leg.operator,
            leg.bet,
            "-".join(map(str, leg.combination)),
            leg.stake_cents,
            None if leg.state == "pending" else leg.payout_cents,
            leg.state.value,
            int(facts.simulated),
            facts.mode,
            settled_at,
        )
        for position, leg in enumerate(settlement.legs if settlement else (), start=1)
    ]


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
