"""Which artefacts make one consistent copy of an archive that is being written to meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from hippique.day import addresses
from hippique.day.manifest import Manifest, Seal, sha256
from hippique.errors import InputError
from hippique.ports import Archive
from hippique.racing.codec import from_json

_MARKS: dict[str, type[Manifest | Seal]] = {
    addresses.MANIFEST: Manifest,
    addresses.SEAL: Seal,
}


def consistent_addresses(archive: Archive) -> tuple[str, ...]:
    """Addresses whose copy holds, for every manifest and seal in it, all that these name.

    A mark is written after what it names. So whatever a mark of the first listing names is in the
    second; marks that appear only there are left out, unless one of the first names them (a
    listing is no instant: it may have passed a folder just before). Everything that lay there
    before the call is in it.
    """
    first = set(archive.addresses())
    later = archive.addresses()
    plain = {address for address in later if not _is_mark(address)}
    fresh = {sha256(archive.read(a)): a for a in later if _is_mark(a) and a not in first}
    return tuple(sorted(first | plain | (_named(archive, first, fresh) if fresh else set())))


def _is_mark(address: str) -> bool:
    return address.rpartition("/")[2] in _MARKS


def _named(archive: Archive, first: set[str], fresh: dict[str, str]) -> set[str]:
    """The fresh marks that marks of the first listing name, and those that these name."""
    found: set[str] = set()
    pending = [address for address in first if _is_mark(address)]
    while pending:
        named = {fresh[d] for d in _digests(archive, pending.pop()) if d in fresh} - found
        found |= named
        pending += named
    return found


def _digests(archive: Archive, address: str) -> Iterator[str]:
    """Hashes of the marks that a mark names; none of one that cannot be read: `verify` tells."""
    kind: type[Manifest | Seal] = _MARKS[address.rpartition("/")[2]]
    try:
        mark: Manifest | Seal = from_json(kind, archive.read(address))
    except InputError:
        return
    if mark.previous is not None:
        yield mark.previous
    if isinstance(mark, Seal):
        yield from mark.heads.values()
        yield from mark.manifests.values()
