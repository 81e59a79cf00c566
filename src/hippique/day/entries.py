"""Reading the books of a race: its entries, and the decisions that stand behind each account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hippique.betting.ledger import (
    ISSUED,
    PLAYED,
    STUDY,
    Entry,
    Slot,
    read_entries,
    released,
    settled,
    shadow_account,
    staked,
)
from hippique.betting.settlement import Settlement, read_settlement
from hippique.betting.slip import Decision, read_decision, total_stake_cents
from hippique.betting.study import read_study
from hippique.day import addresses
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of, load, outcome_of
from hippique.errors import InputError, NotFound, StoreDamaged
from hippique.ports import Archive
from hippique.racing.card import RaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A slip that must not be played any more, and why; the slip itself stays as it was frozen."""

    race: str
    withdrawn_at: dt.datetime
    reason: str


def entries_of(archive: Archive, race: RaceId) -> tuple[Entry, ...]:
    """All entries of a race, in the order of their folders.

    A folder whose manifest is not written yet counts too: its entries are final all the same.
    A race of an older layout, without entries of its own, has those of its slip and settlement.
    """
    prefix = addresses.race_folder(race)
    stored = [a for a in archive.addresses(prefix) if a.endswith(f"/{addresses.ENTRIES}")]
    found = tuple(entry for address in stored for entry in read_entries_at(archive, address))
    if f"{prefix}/H5/{addresses.ENTRIES}" in stored:
        return found
    return (*older_layout(archive, race, found), *found)


def read_entries_at(archive: Archive, address: str) -> tuple[Entry, ...]:
    """One entries.json. Raises StoreDamaged by its name."""
    try:
        return read_entries(archive.read(address))
    except InputError as error:
        raise StoreDamaged(f"{address} is damaged ({error}); see `hippique verify`") from error


def older_layout(archive: Archive, race: RaceId, found: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What a race that was decided before there were entries would have written, and did not."""
    decision = decision_of(archive, race)
    if decision is None or not decision.tickets:
        return ()
    slot = Slot(account=ISSUED, race=str(race), at=decision.decided_at)
    made = [staked(slot, total_stake_cents(decision.tickets))]
    if of_account(found, ISSUED):  # it ended in the new layout
        return tuple(made)
    withdrawn = withdrawn_at(archive, race)
    if withdrawn is not None:
        made.append(released(replace(slot, at=withdrawn), decision.stake_cents, "withdrawn"))
        return tuple(made)
    settlement, at = first_settlement(archive, race), _ended_at(archive, race)
    entry = settled(replace(slot, at=at), settlement) if settlement and at else None
    return (*made, entry) if entry else tuple(made)


def first_settlement(archive: Archive, race: RaceId) -> Settlement | None:
    """The slip's settlement as RESULT wrote it; None where it did not."""
    address = f"{addresses.phase_folder(race, Phase.RESULT)}/{addresses.SETTLEMENT}"
    try:
        return read_settlement(archive.read(address))
    except NotFound:
        return None
    except InputError as error:
        raise StoreDamaged(f"{address} is damaged ({error})") from error


def _ended_at(archive: Archive, race: RaceId) -> dt.datetime | None:
    ended = outcome_of(archive, race, Phase.RESULT)
    return ended.at if ended else None


def withdrawn_at(archive: Archive, race: RaceId) -> dt.datetime | None:
    """When the race's slip was withdrawn; None while it stands."""
    said = load(archive, Withdrawal, f"{race}/WITHDRAWAL/{addresses.WITHDRAWN}")
    return said.withdrawn_at if said else None


def paper_decisions(archive: Archive, race: RaceId) -> dict[str, Decision]:
    """Every frozen decision of the race by its account: issued, each shadow, the study."""
    issued = decision_of(archive, race)
    found = {} if issued is None else {ISSUED: issued}
    for address in archive.addresses(f"{race}/H5/{addresses.SHADOWS}"):
        policy = address.rpartition("/")[2].removesuffix(".json")
        found[shadow_account(policy)] = _decision(archive, address)
    study = _study(issued) if issued else None
    return {**found, STUDY: study} if study else found


def _decision(archive: Archive, address: str) -> Decision:
    try:
        return read_decision(archive.read(address))
    except InputError as error:
        raise StoreDamaged(f"{address} is damaged ({error}); see `hippique verify`") from error


def _study(decision: Decision) -> Decision | None:
    """The study of a no-bet as a decision on paper; None where it has none."""
    study = read_study(decision.reading.study)
    return replace(decision, tickets=study.tickets) if study else None


def with_played(archive: Archive, race: RaceId) -> Mapping[str, Decision]:
    """The paper decisions and, on the bettor's own account, the issued one again."""
    found = paper_decisions(archive, race)
    return {**found, PLAYED: found[ISSUED]} if ISSUED in found else found


def of_account(entries: Iterable[Entry], account: str) -> tuple[Entry, ...]:
    """The entries of one account."""
    return tuple(entry for entry in entries if entry.account == account)
