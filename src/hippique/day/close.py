"""Close a day: its summary, and one seal over the heads of all races and all other manifests."""

from __future__ import annotations

import datetime as dt

from hippique.day import addresses
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.manifest import Seal, chain_head, marked_bytes, sha256
from hippique.day.phases import Phase
from hippique.day.race_day import days_of, latest_plan, load, outcome_of
from hippique.day.status import DayStatus, PhaseState, RaceState, day_status
from hippique.day.tasks import day_prefix, read_payload
from hippique.ports import Archive
from hippique.racing.card import RaceId
from hippique.racing.codec import from_json


def close_day(desk: Desk, day: dt.date) -> Seal | None:
    """Seal the day when every race in scope is ended; None while one is not, or without a plan.

    Sealing twice returns the first seal.
    """
    sealed = seal_of(desk.archive, day)
    if sealed is not None:
        return sealed
    plan = latest_plan(desk.archive, day)
    if plan is None:
        return None
    status = day_status(desk.archive, plan, desk.now())
    if not is_over(status) or _is_awaited(desk, day):
        return None
    return _seal(desk, day, status)


def is_over(status: DayStatus) -> bool:
    """Whether every race in scope has its result, failed for good, or was cancelled.

    A race that never got an off time has no task and is not waited for.
    """
    ended = {PhaseState.DONE, PhaseState.FAILED, PhaseState.CANCELLED}
    return all(
        race.phases["RESULT"] in ended and not _is_owed(race)
        for race in status.races
        if race.phases and race.planned.off_time is not None
    )


def _is_owed(race: RaceState) -> bool:
    """Whether a cancelled race has still to return its stakes."""
    return race.planned.cancelled and race.decision is not None and race.settlement is None


def _is_awaited(desk: Desk, day: dt.date) -> bool:
    """Whether a result task is still to write: after the seal it would break the sealed chain."""
    payloads = [read_payload(task) for task in desk.queue.live(day_prefix(day))]
    waiting = {RaceId.parse(p.race) for p in payloads if p.phase == Phase.RESULT}
    return any(outcome_of(desk.archive, race, Phase.RESULT) is None for race in waiting)


def seal_of(archive: Archive, day: dt.date) -> Seal | None:
    """The day's seal, None while the day is open."""
    return load(archive, Seal, f"{addresses.close_folder(day)}/{addresses.SEAL}")


def _seal(desk: Desk, day: dt.date, status: DayStatus) -> Seal:
    folder = Folder(desk.archive, addresses.close_folder(day))
    summary = folder.write_value(addresses.SUMMARY, status.totals)
    manifests = [
        a
        for a in desk.archive.addresses(addresses.day_folder(day))
        if a.endswith(f"/{addresses.MANIFEST}")
    ]
    heads = {race.key: chain_head(desk.archive, race.race) for race in status.races if race.phases}
    seal = Seal(
        date=day,
        sealed_at=desk.now(),
        previous=last_seal(desk.archive),
        heads={key: head for key, head in heads.items() if head},
        manifests={a: sha256(desk.archive.read(a)) for a in manifests},
        files={addresses.SUMMARY: sha256(summary)},
        versions=desk.versions,
    )
    return from_json(Seal, folder.write(addresses.SEAL, marked_bytes(seal)))


def last_seal(archive: Archive) -> str | None:
    """Hash of the seal that no other seal follows, None before the first day was closed."""
    seals = seals_of(archive)
    followed = {seal.previous for seal in seals.values()}
    heads = [digest for digest in seals if digest not in followed]
    return heads[-1] if heads else None


def seals_of(archive: Archive) -> dict[str, Seal]:
    """All seals by their hash, by day."""
    found = {}
    for day in days_of(archive):
        address = f"{addresses.close_folder(day)}/{addresses.SEAL}"
        seal = load(archive, Seal, address)
        if seal is not None:
            found[sha256(archive.read(address))] = seal
    return found
