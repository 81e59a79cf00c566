"""Verify an archive: every hash, every chain, every seal. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.care.pruning import record_faults, recorded_files
from hippique.day.close import seals_of
from hippique.day.manifest import Manifest, Seal, marked_bytes, race_chain, sha256
from hippique.errors import InputError, NotFound, StoreDamaged
from hippique.ports import Archive
from hippique.racing.card import RaceId, RaceKey
from hippique.racing.codec import from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found. touched: faults; left_over: files without a manifest; open: not sealed.

    pruned: pages that are gone by a record of the day, with the hashes that their manifests name.
    """

    date: dt.date
    manifests: int
    files: int
    sealed: bool
    touched: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing was touched; an open day and left-over files are no faults."""
        return not self.touched


def verify_day(archive: Archive, day: dt.date) -> Verification:
    """Check one day's manifests, chains and seal."""
    all_files = archive.addresses(addresses.day_folder(day))
    manifests = [a for a in all_files if a.endswith(f"/{addresses.MANIFEST}")]
    touched, gone = _pruned(archive, day, all_files)
    covered = {*manifests, *(a for a in all_files if a.endswith(f"/{addresses.PRUNED}"))}
    for address in manifests:
        faults, files = _check_manifest(archive, address, gone)
        touched += faults
        covered |= files
    seal_address = f"{addresses.close_folder(day)}/{addresses.SEAL}"
    sealed = seal_address in all_files
    if sealed:
        faults, files = _check_seal(archive, seal_address)
        touched += faults
        covered |= files
    touched += _check_chains(archive, day, all_files)
    return Verification(
        date=day,
        manifests=len(manifests),
        files=len(covered),
        sealed=sealed,
        touched=tuple(dict.fromkeys(touched)),
        left_over=tuple(a for a in all_files if a not in covered),
        pruned=tuple(sorted(gone)),
    )


def _pruned(
    archive: Archive, day: dt.date, present: tuple[str, ...]
) -> tuple[list[str], dict[str, str]]:
    """Faults of the prune records, and the pages they account for: none where one is at fault."""
    try:
        faults = record_faults(archive, day)
        gone = {} if faults else recorded_files(archive, day)
    except StoreDamaged as error:
        return [str(error)], {}
    return faults, {address: digest for address, digest in gone.items() if address not in present}


def _check_manifest(
    archive: Archive, address: str, gone: Mapping[str, str]
) -> tuple[list[str], set[str]]:
    folder = address.rpartition("/")[0]
    content = archive.read(address)
    try:
        manifest = from_json(Manifest, content)
    except InputError as error:
        return [f"{address}: unreadable ({error})"], set()
    faults = [] if manifest.folder == folder else [f"{address}: written for {manifest.folder}"]
    faults += [] if marked_bytes(manifest) == content else [f"{address}: changed"]
    files = {f"{folder}/{name}": digest for name, digest in manifest.files.items()}
    kept = {a: digest for a, digest in files.items() if gone.get(a) != digest}
    return faults + list(_wrong_hashes(archive, kept)), set(files)


def _wrong_hashes(archive: Archive, files: dict[str, str]) -> Iterator[str]:
    for address, digest in files.items():
        try:
            content = archive.read(address)
        except (NotFound, InputError):  # a name that was changed may be no address at all
            yield f"{address}: missing"
            continue
        if sha256(content) != digest:
            yield f"{address}: changed"


def _check_seal(archive: Archive, address: str) -> tuple[list[str], set[str]]:
    folder = address.rpartition("/")[0]
    content = archive.read(address)
    try:
        seal = from_json(Seal, content)
    except InputError as error:
        return [f"{address}: unreadable ({error})"], {address}
    files = {f"{folder}/{name}": digest for name, digest in seal.files.items()}
    faults = [] if marked_bytes(seal) == content else [f"{address}: changed"]
    faults += _wrong_hashes(archive, {**files, **seal.manifests})
    return faults + list(_wrong_heads(archive, seal)), {address, *files}


def _wrong_heads(archive: Archive, seal: Seal) -> Iterator[str]:
    for key, head in seal.heads.items():
        try:
            chain = race_chain(archive, RaceId(seal.date, RaceKey.parse(key)))
        except InputError:
            yield f"{seal.date}/{key}: the chain cannot be read to the sealed head"
            continue
        followed = {manifest.previous for manifest in chain.values()}
        if head not in chain or head in followed:
            yield f"{seal.date}/{key}: the chain does not end at the sealed head"


def _check_chains(archive: Archive, day: dt.date, files: tuple[str, ...]) -> list[str]:
    faults = []
    keys = {a.split("/")[1] for a in files if a.split("/")[1].startswith("R")}
    for key in sorted(keys):
        try:
            links = race_chain(archive, RaceId(day, RaceKey.parse(key)))
        except InputError:
            continue  # an unreadable manifest was reported with its own address
        followed = [manifest.previous for manifest in links.values()]
        unknown = [p for p in followed if p is not None and p not in links]
        if unknown or len(followed) != len(set(followed)):
            faults.append(f"{day}/{key}: the chain is broken or forked")
    return faults


def verify_beside(archive: Archive) -> tuple[str, ...]:
    """Faults beside the days: the chain of their seals, the settings of the loss limit."""
    manifests = [a for a in archive.addresses(addresses.LIMITS) if a.endswith(addresses.MANIFEST)]
    limits = [fault for a in manifests for fault in _check_manifest(archive, a, {})[0]]
    return (*verify_seals(archive), *limits)


def verify_seals(archive: Archive) -> tuple[str, ...]:
    """Faults of the chain of days: every seal follows another one, but the first."""
    try:
        seals = seals_of(archive)
    except StoreDamaged as error:
        return (f"a seal is unreadable ({error})",)
    followed = [seal.previous for seal in seals.values()]
    faults = [
        f"{seal.date}: its seal follows one that is not there"
        for seal in seals.values()
        if seal.previous is not None and seal.previous not in seals
    ]
    if len(followed) != len(set(followed)):
        faults.append("two seals follow the same one")
    return tuple(faults)
