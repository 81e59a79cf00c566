"""Let the raw pages of old days go, and leave a record by which the archive still verifies."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.manifest import marked_bytes, sha256
from hippique.day.race_day import load
from hippique.errors import NotFound
from hippique.ports import Archive, Pruner

LEAST_DAYS = 7
"""A result is looked at again for three mornings; a week leaves time to notice a fault."""
_PAGE = re.compile(r"page-[\w.-]+\.zst")


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneRecord:
    """What was let go of a day, by hash. seal: hash of the day's seal. mark: see Manifest."""

    date: dt.date
    pruned_at: dt.datetime
    keep_days: int
    seal: str
    files: Mapping[str, str]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What pruning a day came to. freed: bytes."""

    date: dt.date
    pages: int
    freed: int


def prunable_days(archive: Archive, today: dt.date, keep_days: int) -> tuple[dt.date, ...]:
    """Sealed days older than `keep_days` that still hold pages; an open day is never pruned."""
    last = today - dt.timedelta(days=keep_days)
    days = [day for day in map(_date, archive.folders()) if day is not None and day < last]
    return tuple(day for day in days if _is_prunable(archive, day))


def _date(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name)
    except ValueError:  # `checks`, which no day owns
        return None


def _is_prunable(archive: Archive, day: dt.date) -> bool:
    listed = archive.addresses(addresses.day_folder(day))
    return f"{addresses.close_folder(day)}/{addresses.SEAL}" in listed and any(map(is_page, listed))


def is_page(address: str) -> bool:
    """Whether this is a raw page: the only kind of artefact that is ever let go."""
    return _PAGE.fullmatch(address.rpartition("/")[2]) is not None


def prune_day(
    archive: Archive, pruner: Pruner, day: dt.date, now: dt.datetime, keep_days: int
) -> Pruned:
    """Record the hashes of a sealed day's pages, once, then remove the pages.

    The record comes first: a run that is cut off is finished by the next one. Raises NotFound
    where the day has no seal.
    """
    seal = sha256(archive.read(f"{addresses.close_folder(day)}/{addresses.SEAL}"))
    known = recorded_files(archive, day)
    pages = [a for a in archive.addresses(addresses.day_folder(day)) if is_page(a)]
    contents = {address: archive.read(address) for address in pages}
    fresh = {a: sha256(content) for a, content in contents.items() if a not in known}
    if fresh:
        record = PruneRecord(
            date=day, pruned_at=now, keep_days=keep_days, seal=seal, files=fresh
        )  # fmt: skip
        _write(archive, record)
    for address in pages:
        pruner.remove(address)
    return Pruned(date=day, pages=len(pages), freed=sum(map(len, contents.values())))


def _write(archive: Archive, record: PruneRecord) -> None:
    number = 1 + len(_records(archive, record.date))
    folder = addresses.pruned_folder(record.date, number)
    archive.create(f"{folder}/{addresses.PRUNED}", marked_bytes(record))


def recorded_files(archive: Archive, day: dt.date) -> dict[str, str]:
    """Every page that a record of the day says was let go, with its hash. Raises StoreDamaged."""
    found: dict[str, str] = {}
    for address in _records(archive, day):
        record = load(archive, PruneRecord, address)
        found |= record.files if record else {}
    return found


def record_faults(archive: Archive, day: dt.date) -> list[str]:
    """What is wrong with the day's prune records: changed, of other artefacts, of another seal."""
    records = _records(archive, day)
    try:
        sealed = archive.read(f"{addresses.close_folder(day)}/{addresses.SEAL}")
    except NotFound:
        return [f"{address}: pruned, but the day has no seal" for address in records]
    return [fault for a in records for fault in _record_faults(archive, a, sha256(sealed))]


def _record_faults(archive: Archive, address: str, seal: str) -> list[str]:
    content = archive.read(address)
    record = load(archive, PruneRecord, address)
    if record is None or marked_bytes(record) != content:
        return [f"{address}: changed"]
    faults = [] if record.seal == seal else [f"{address}: written for another seal"]
    return faults + [f"{address}: {a} is no page" for a in record.files if not is_page(a)]


def _records(archive: Archive, day: dt.date) -> list[str]:
    prefix = f"{addresses.day_folder(day)}/pruned"
    return [a for a in archive.addresses(prefix) if a.endswith(f"/{addresses.PRUNED}")]
