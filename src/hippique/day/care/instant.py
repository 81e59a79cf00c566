"""The last instant that an archive tells of: where a simulated day's clock stands once it ended."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.race_day import load, newest_day
from hippique.ports import Archive

_STAMP = re.compile(r"/(\d{8}T\d{6}Z)[/_]")
_STAMPED = (addresses.MANIFEST, addresses.SEAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamps:
    written_at: dt.datetime | None = None
    sealed_at: dt.datetime | None = None


def last_instant(archive: Archive) -> dt.datetime | None:
    """When the newest day's last manifest or seal was written; None in an empty archive.

    Raises StoreDamaged.
    """
    day = newest_day(archive)
    if day is None:
        return None
    return max(
        (
            at
            for address in archive.addresses(addresses.day_folder(day))
            if address.rpartition("/")[2] in _STAMPED
            for at in _instants(load(archive, _Stamps, address))
        ),
        default=None,
    )


def newest_stamp(archive: Archive, day: dt.date) -> dt.datetime | None:
    """The newest instant that a folder of the day is named by; nothing is read for it."""
    stamps = {
        found[1]
        for address in archive.addresses(addresses.day_folder(day))
        if (found := _STAMP.search(address))
    }
    newest = max(stamps, default=None)
    if newest is None:
        return None
    return dt.datetime.strptime(newest, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def _instants(stamps: _Stamps | None) -> list[dt.datetime]:
    told = (stamps.written_at, stamps.sealed_at) if stamps else ()
    return [at for at in told if at is not None]
