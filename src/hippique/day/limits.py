"""The bettor's weekly loss limit as it was set over time: records in the archive, each once.

A record is written when the setting differs from the newest record: by a service that starts, and
by each morning's preparation. A command beside the service, whose shell may lack the setting,
writes none. Records lie beside the days, each under a manifest of its own.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from hippique.betting.loss_limit import LimitInForce, LimitSet, least_limit, limit_in_force
from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp
from hippique.day.race_day import load, race_day
from hippique.errors import AlreadyExists, StoreDamaged
from hippique.ports import Archive
from hippique.racing.codec import to_pretty_json


@dataclass(frozen=True, slots=True, kw_only=True)
class _LimitFile:
    """limit.json. limit_eur: None where the setting was taken away."""

    limit_eur: float | None
    set_at: dt.datetime


def record_limit(archive: Archive, limit_cents: int | None, stamp: Stamp) -> LimitInForce:
    """Record what the setting says now, where that is news; returns the limit in force.

    Raises StoreError.
    """
    _close_left_over(archive, stamp)
    sets = limits_set(archive)
    known = [one for one in sets if one.set_at <= stamp.now]
    latest = known[-1].limit_cents if known else None
    if limit_cents != latest:
        sets = (*sets, _write(archive, LimitSet(limit_cents=limit_cents, set_at=stamp.now), stamp))
    return limit_in_force(sets, race_day(stamp.now), stamp.now)


def limits_set(archive: Archive) -> tuple[LimitSet, ...]:
    """Every record, the oldest first. Raises StoreDamaged."""
    found = []
    for address in archive.addresses(addresses.LIMITS):
        if address.endswith(f"/{addresses.LIMIT}"):
            kept = load(archive, _LimitFile, address)
            if kept is None:
                raise StoreDamaged(f"{address} has gone; see `hippique verify`")
            if kept.set_at.tzinfo is None:
                raise StoreDamaged(f"{address} is damaged (no zone); see `hippique verify`")
            cents = None if kept.limit_eur is None else round(kept.limit_eur * 100)
            found.append(LimitSet(limit_cents=cents, set_at=kept.set_at))
    return tuple(sorted(found, key=lambda one: one.set_at))  # of one instant, in order of number


def binding_limit(
    archive: Archive, day: dt.date, now: dt.datetime, own_cents: int | None
) -> int | None:
    """The limit of a decision on this race day: the one in force, or the setting's if lower.

    own_cents: what the setting of this very process says. Raises StoreDamaged.
    """
    standing = limit_in_force(limits_set(archive), day, now)
    return least_limit((standing.limit_cents, own_cents))


def _write(archive: Archive, one: LimitSet, stamp: Stamp) -> LimitSet:
    limit_eur = None if one.limit_cents is None else one.limit_cents / 100
    content = to_pretty_json(_LimitFile(limit_eur=limit_eur, set_at=one.set_at))
    number = 1
    while True:
        folder = Folder(archive, addresses.limit_folder(number))
        try:
            archive.create(f"{folder.path}/{addresses.LIMIT}", content)
        except AlreadyExists:
            number += 1
        else:
            folder.close(stamp)
            return one


def _close_left_over(archive: Archive, stamp: Stamp) -> None:
    """Put the manifest on a record whose writer died before it did."""
    present = set(archive.addresses(addresses.LIMITS))
    for address in sorted(present):
        path = address.rpartition("/")[0]
        if (
            address.endswith(f"/{addresses.LIMIT}")
            and f"{path}/{addresses.MANIFEST}" not in present
        ):
            with suppress(AlreadyExists):  # another one that starts was quicker
                Folder(archive, path).close(stamp)
