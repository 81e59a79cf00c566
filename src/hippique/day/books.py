"""The day's part of the books: entries written beside the artefact that causes them, once.

A stake with its decision (H5), a release with its withdrawal, a settlement with its result
(RESULT, or a correction), all of them under the folder's manifest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from hippique.betting.balance import at_risk_cents, last_settled
from hippique.betting.ledger import (
    ISSUED,
    Entry,
    Slot,
    read_entries,
    released,
    reversed_entry,
    settled,
    staked,
    write_entries,
)
from hippique.betting.settlement import OfficialRace, Settlement, settle_official, withdraw
from hippique.betting.slip import Decision, total_stake_cents
from hippique.day import addresses
from hippique.day.entries import (
    entries_of,
    of_account,
    paper_decisions,
    with_played,
    withdrawn_at,
)
from hippique.day.folder import Folder
from hippique.day.race_day import decision_of
from hippique.ports import Archive
from hippique.racing.card import RaceId

Settle = Callable[[Decision], Settlement]


def write_stakes(archive: Archive, folder: Folder, race: RaceId) -> tuple[Entry, ...]:
    """Write what the decisions of H-5 stake, on every account; nothing where nothing is staked."""
    entries = stake_entries(archive, race)
    if not entries:
        return ()
    return read_entries(folder.write(addresses.ENTRIES, write_entries(entries)))


def stake_entries(archive: Archive, race: RaceId) -> tuple[Entry, ...]:
    """The stakes of a race's frozen decisions, the bettor's own marks apart."""
    made = []
    for account, decision in paper_decisions(archive, race).items():
        cents = total_stake_cents(decision.tickets)
        if cents:
            slot = Slot(account=account, race=str(race), at=decision.decided_at)
            made.append(staked(slot, cents))
    return tuple(made)


def write_release(archive: Archive, folder: Folder, race: RaceId, note: str) -> None:
    """Give the withdrawn slip's stake back to the issued account. Others keep theirs on paper.

    The bettor may have played the slip before: his account is his own to mark.
    """
    at = withdrawn_at(archive, race)
    open_cents = at_risk_cents(of_account(entries_of(archive, race), ISSUED))
    if at is None or not open_cents:
        return
    entry = released(Slot(account=ISSUED, race=str(race), at=at), open_cents, note)
    folder.write(addresses.ENTRIES, write_entries([entry]))


def write_results(
    archive: Archive, folder: Folder, race: RaceId, settle: Settle, at: dt.datetime
) -> None:
    """Settle every account that has an open stake on the race."""
    known = entries_of(archive, race)
    made = [
        entry
        for account, decision in with_played(archive, race).items()
        if at_risk_cents(of_account(known, account)) > 0
        and (entry := settled(_next_slot(known, account, race, at), settle(decision)))
    ]
    if made:
        folder.write(addresses.ENTRIES, write_entries(made))


def correcting_entries(
    archive: Archive, race: RaceId, settle: Settle, at: dt.datetime
) -> tuple[Entry, ...]:
    """The reversals and new settlements that a corrected result asks for.

    None for an account that is paid as before; one that still waited is settled now.
    """
    known = entries_of(archive, race)
    made: list[Entry] = []
    for account, decision in with_played(archive, race).items():
        own = of_account(known, account)
        before = last_settled(own)
        if before is None and at_risk_cents(own) == 0:
            continue  # never staked, or withdrawn
        slot = _next_slot(known, account, race, at)
        anew = settled(slot, settle(decision))
        if anew is None or (before is not None and anew.legs == before.legs):
            continue
        if before is not None:
            made.append(reversed_entry(slot, before, "the official result was corrected"))
        made.append(anew)
    return tuple(made)


def settle_by(official: OfficialRace) -> Settle:
    """How decisions are settled on a race's official result."""
    return lambda decision: settle_official(decision, official)


def settle_issued(archive: Archive, race: RaceId, settle: Settle) -> Settlement | None:
    """The slip's own settlement, of nothing where it was withdrawn; None without a decision."""
    decision = decision_of(archive, race)
    if decision is None:
        return None
    return withdraw(decision) if withdrawn_at(archive, race) else settle(decision)


def _next_slot(known: Iterable[Entry], account: str, race: RaceId, at: dt.datetime) -> Slot:
    """The number follows those of the account's settlements and reversals."""
    own = [e for e in known if e.account == account]
    return Slot(account=account, race=str(race), at=at, number=len(own))
