"""Manifests: what a phase wrote, by hash, chained to the race's previous; and the day's seal."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

from hippique.day import addresses
from hippique.errors import AlreadyExists
from hippique.ports import Archive
from hippique.racing.card import RaceId
from hippique.racing.codec import from_json, to_pretty_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Hashes of a folder's files. previous: SHA-256 of the race's manifest before this one.

    mark: of the manifest itself, so that a change is found where no later one follows.
    """

    folder: str
    written_at: dt.datetime
    previous: str | None
    files: Mapping[str, str]
    versions: Mapping[str, str]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The day closed: the head of every race's chain, and every other manifest of the day.

    previous: SHA-256 of the seal written before this one, of whatever day. mark: see Manifest.
    """

    date: dt.date
    sealed_at: dt.datetime
    previous: str | None
    heads: Mapping[str, str]
    manifests: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""


class Marked(Protocol):
    """A frozen value that carries its own hash: a manifest, a seal, a record of what was pruned."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def mark(self) -> str:
        """SHA-256 of its own file with an empty mark."""


def marked_bytes(value: Marked) -> bytes:
    """Its file: the value with the SHA-256 of itself without a mark."""
    bare = replace(value, mark="")
    return to_pretty_json(replace(bare, mark=sha256(to_pretty_json(bare))))


def sha256(content: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When a folder is closed, by which versions, and whose chain it joins (None: no chain)."""

    now: dt.datetime
    versions: Mapping[str, str]
    race: RaceId | None = None


def write_manifest(archive: Archive, folder: str, files: Mapping[str, str], stamp: Stamp) -> str:
    """Close a folder: write its manifest, last and atomically. Returns the manifest's hash.

    files: name → SHA-256. The caller holds the race's claim, so that nobody else extends the
    chain meanwhile. Raises AlreadyExists where the folder was closed before.
    """
    manifest = Manifest(
        folder=folder,
        written_at=stamp.now,
        previous=chain_head(archive, stamp.race) if stamp.race else None,
        files=dict(sorted(files.items())),
        versions=stamp.versions,
    )
    content = marked_bytes(manifest)
    archive.create(f"{folder}/{addresses.MANIFEST}", content)
    return sha256(content)


def chain_head(archive: Archive, race: RaceId) -> str | None:
    """Hash of the race's manifest that no other one follows; None before the first."""
    links = race_chain(archive, race)
    followed = {manifest.previous for manifest in links.values()}
    heads = [digest for digest in links if digest not in followed]
    return heads[-1] if heads else None


def race_chain(archive: Archive, race: RaceId) -> dict[str, Manifest]:
    """The race's chained manifests by their hash, in the order of the phases."""
    links = {}
    present = set(archive.addresses(addresses.race_folder(race)))
    for phase in addresses.CHAINED:
        address = f"{addresses.phase_folder(race, phase)}/{addresses.MANIFEST}"
        if address in present:
            content = archive.read(address)
            links[sha256(content)] = from_json(Manifest, content)
    return links


def create_once(archive: Archive, address: str, content: bytes) -> bytes:
    """Write, or return what an earlier attempt wrote there: a retry keeps the first artefact."""
    try:
        archive.create(address, content)
    except AlreadyExists:
        return archive.read(address)
    return content
