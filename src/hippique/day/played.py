"""The bettor's own word: this slip was played, or was not. Each mark is written once, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from hippique.betting.balance import at_risk_cents, last_settled
from hippique.betting.ledger import (
    PLAYED,
    Entry,
    Slot,
    released,
    reversed_entry,
    settled,
    staked,
    write_entries,
)
from hippique.betting.settlement import Settlement, refund
from hippique.betting.slip import Decision, total_stake_cents
from hippique.day import addresses
from hippique.day.books import settle_by
from hippique.day.corrections import settled_result, standing_result
from hippique.day.entries import entries_of, of_account
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of, outcome_of
from hippique.errors import InputError, NotFound
from hippique.ports import Archive
from hippique.racing.card import RaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The bettor's mark of a slip at an instant."""

    race: str
    played: bool
    marked_at: dt.datetime


def mark_played(
    archive: Archive, race: RaceId, now: dt.datetime, versions: Mapping[str, str], *, played: bool
) -> bool:
    """Mark a race's slip as played or not; False where it is marked so already.

    Stakes the slip on the bettor's account, and settles it where the race is settled; unmarking
    takes all of it back. Raises NotFound (no decision), InputError (a no-bet).
    """
    decision = decision_of(archive, race)
    if decision is None:
        raise NotFound(f"{race} has no frozen decision in this archive")
    if not decision.tickets:
        raise InputError(f"{race} is a no-bet: there is nothing to play", field="race")
    known = of_account(entries_of(archive, race), PLAYED)
    is_played = bool(at_risk_cents(known)) or last_settled(known) is not None
    if is_played is played:
        return False
    number = 1 + len(_marks(archive, race))
    slot = Slot(account=PLAYED, race=str(race), at=now, number=1 + len(known))
    entries = _played(archive, race, decision, slot) if played else _unplayed(known, slot)
    folder = Folder(archive, addresses.played_folder(race, number))
    folder.write_value(addresses.MARK, Mark(race=str(race), played=played, marked_at=now))
    folder.write(addresses.ENTRIES, write_entries(entries))
    folder.close(Stamp(now=now, versions=versions))
    return True


def _marks(archive: Archive, race: RaceId) -> list[str]:
    prefix = f"{addresses.race_folder(race)}/played"
    return [a for a in archive.addresses(prefix) if a.endswith(f"/{addresses.MARK}")]


def _played(archive: Archive, race: RaceId, decision: Decision, slot: Slot) -> list[Entry]:
    made = [staked(slot, total_stake_cents(decision.tickets))]
    settlement = _settlement(archive, race, decision)
    entry = settled(slot, settlement) if settlement else None
    return [*made, entry] if entry else made


def _settlement(archive: Archive, race: RaceId, decision: Decision) -> Settlement | None:
    """The slip as it was played, also where the issued one was withdrawn before the off."""
    ended = outcome_of(archive, race, Phase.RESULT)
    if ended is not None and ended.status is Status.CANCELLED:
        return refund(decision)
    found = standing_result(archive, race) or settled_result(archive, race)
    official = found.official if found else None
    return settle_by(official)(decision) if official else None


def _unplayed(known: tuple[Entry, ...], slot: Slot) -> list[Entry]:
    note = "marked as not played"
    standing = last_settled(known)
    undone = [reversed_entry(slot, standing, note)] if standing else []
    open_cents = at_risk_cents([*known, *undone])
    return [*undone, released(slot, open_cents, note)]
