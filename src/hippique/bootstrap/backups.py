"""Backup and restore: a data folder, or a bucket, as one file and back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hippique import __version__
from hippique.bootstrap.settings_copy import env_lines, secrets_of
from hippique.day.addresses import PLAN
from hippique.day.care.copying import consistent_addresses
from hippique.day.care.log import CARE_LOG
from hippique.day.care.pruning import is_page
from hippique.errors import AlreadyExists, InputError, NotFound, StoreBusy, StoreDamaged
from hippique.ports import Archive, Views
from hippique.racing.codec import from_json, to_pretty_json
from hippique.report.ledger import LEDGER
from hippique.report.update import TRACKING, WORKBOOK
from hippique.runtime.addresses import checked_address
from hippique.runtime.tar_zst import Member, read_tar_zst, write_tar_zst
from hippique.settings import Settings

FORMAT = 1
INDEX = "backup.json"
QUEUE_MEMBER = "queue.sqlite"
SETTINGS_MEMBER = "settings.env"
SECRETS_MEMBER = "secrets.json"
VIEWS = (PLAN, WORKBOOK, TRACKING, LEDGER, CARE_LOG)
"""Views that a backup keeps: the workbook holds the user's own notes, the others save time."""
_ARCHIVE = "archive/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What is backed up. queue: the queue's file as it is now; None where it is Google's."""

    archive: Archive
    views: Views
    queue: Callable[[], bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupIndex:
    """The last member of a backup: what it holds, by hash. made_at: wall time."""

    format: int
    made_at: dt.datetime
    version: str
    members: Mapping[str, str]

    @property
    def artefacts(self) -> tuple[str, ...]:
        """Addresses of the artefacts in it."""
        return tuple(n.removeprefix(_ARCHIVE) for n in self.members if n.startswith(_ARCHIVE))


def write_backup(
    path: Path, stock: Stock, settings: Settings, environment: Mapping[str, str], now: dt.datetime
) -> tuple[BackupIndex, int]:
    """Copy everything into one new file, beside a running service too. Returns index and size.

    Raises InputError where the file is there, StoreBusy (pruned meanwhile), StoreFull.
    """
    made: dict[str, str] = {}

    def members() -> Iterator[Member]:
        for name, content in _members(stock, settings, environment):
            made[name] = _digest(content)
            yield name, content
        yield INDEX, to_pretty_json(_index(made, now))

    size = write_tar_zst(path, members())
    return _index(made, now), size


def _index(made: Mapping[str, str], now: dt.datetime) -> BackupIndex:
    return BackupIndex(format=FORMAT, made_at=now, version=__version__, members=made)


def _members(stock: Stock, settings: Settings, environment: Mapping[str, str]) -> Iterator[Member]:
    # The queue first: a task that it still holds and that the archive has done answers with what
    # is stored; the other way round it would be done in the queue and missing in the archive.
    if stock.queue is not None:
        yield QUEUE_MEMBER, stock.queue()
    for address in consistent_addresses(stock.archive):
        yield f"{_ARCHIVE}{address}", _artefact(stock.archive, address)
    for name in VIEWS:
        content = stock.views.load(name)
        if content is not None:
            yield name, content
    yield SETTINGS_MEMBER, env_lines(settings, environment)
    yield SECRETS_MEMBER, to_pretty_json(secrets_of(settings, environment))


def _artefact(archive: Archive, address: str) -> bytes:
    try:
        return archive.read(address)
    except NotFound:
        if is_page(address):
            raise StoreBusy(f"{address}: pruned during the backup; run it again") from None
        raise


def check_backup(path: Path, *, largest: int | None = None) -> BackupIndex:
    """Read a whole backup and write nothing: names, kinds, sizes, hashes.

    largest: room for what it unpacks to. Raises InputError (not one of ours, hostile, or of a
    newer format) and StoreDamaged (cut off, a byte changed).
    """
    seen: dict[str, str] = {}
    index: BackupIndex | None = None
    for name, content in read_tar_zst(path, largest=largest):
        if index is not None or name in seen:
            raise InputError(f"{path}: {name!r} stands twice or after the index; not one of ours")
        if name == INDEX:
            index = _read_index(path, content)
        else:
            seen[_checked_name(path, name)] = _digest(content)
    if index is None:
        raise StoreDamaged(f"{path}: without its index {INDEX}; take another backup")
    wrong = sorted(n for n in {*seen, *index.members} if seen.get(n) != index.members.get(n))
    if wrong:
        raise StoreDamaged(f"{path}: {wrong[0]} is not what was backed up ({len(wrong)} in all)")
    return index


def _read_index(path: Path, content: bytes) -> BackupIndex:
    try:
        index = from_json(BackupIndex, content)
    except InputError as error:
        raise StoreDamaged(f"{path}: its index cannot be read ({error})") from error
    if index.format != FORMAT:
        raise InputError(
            f"{path}: format {index.format}, made by version {index.version}; restore it with that "
            "version or a newer one"
        )
    return index


def _checked_name(path: Path, name: str) -> str:
    if name in {*VIEWS, QUEUE_MEMBER, SETTINGS_MEMBER, SECRETS_MEMBER}:
        return name
    try:
        checked_address(name.removeprefix(_ARCHIVE))
    except InputError as error:
        raise InputError(f"{path}: {name!r} is no name of ours; nothing was restored") from error
    if not name.startswith(_ARCHIVE):
        raise InputError(f"{path}: {name!r} is no file of ours; nothing was restored")
    return name


def refill(
    path: Path,
    index: BackupIndex,
    archive: Archive,
    views: Views,
    keep: Callable[[str, bytes], None],
) -> None:
    """Write a checked backup's members where they belong; `keep` takes the queue and settings.

    Artefacts that lie there already must be the same. Raises StoreDamaged where the file changed
    since it was checked, AlreadyExists where another artefact lies at an address.
    """
    for name, content in read_tar_zst(path):
        if name == INDEX:
            continue
        if index.members.get(name) != _digest(content):
            raise StoreDamaged(f"{path}: {name} changed while it was restored")
        if name.startswith(_ARCHIVE):
            _create(archive, name.removeprefix(_ARCHIVE), content)
        elif name in VIEWS:
            views.publish(name, content)
        else:
            keep(name, content)


def _create(archive: Archive, address: str, content: bytes) -> None:
    try:
        archive.create(address, content)
    except AlreadyExists:
        if archive.read(address) != content:
            raise


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
