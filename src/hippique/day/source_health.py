"""When each source last gave a programme, read from the day's own archive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.capture import Failure, KeptPage
from hippique.day.race_day import load
from hippique.ports import Archive


@dataclass(frozen=True, slots=True)
class _Index:
    pages: tuple[KeptPage, ...]
    failures: tuple[Failure, ...] = ()


def last_successes(archive: Archive, day: dt.date) -> dict[str, dt.datetime | None]:
    """Source → instant of its newest programme page of the day that could be read; None: none.

    Empty before the first planning call of the day.
    """
    prefix = f"{addresses.day_folder(day)}/programme"
    seen: dict[str, dt.datetime | None] = {}
    for address in archive.addresses(prefix):
        if not address.endswith(f"/{addresses.PAGES}"):
            continue
        index = load(archive, _Index, address) or _Index(())
        unread = {failure.file for failure in index.failures if failure.file}
        seen |= {failure.source: seen.get(failure.source) for failure in index.failures}
        seen |= {page.source: page.taken_at for page in index.pages if page.file not in unread}
    return seen
