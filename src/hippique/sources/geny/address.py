"""Geny's addresses: what day, track, prize and race they name.

No other source shares Geny's race numbers, and its slugs cannot be rebuilt: an address is always
taken from a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from hippique.errors import BadAddress
from hippique.sources.geny.selectors import (
    LEGACY_DAY,
    LEGACY_ID,
    LEGACY_INFO_DAY,
    LEGACY_RACE,
    NEXT_API,
    NEXT_DAY,
    NEXT_RACE,
    PRIZE_IN_SLUG,
    SISTER_RACE,
)

_LONGEST = 2000  # characters; a longer link is no address of the site
_YEARS = range(1990, 2100)  # beyond them a date is damage, and clocks overflow


@dataclass(frozen=True, slots=True, kw_only=True)
class GenyAddress:
    """What an address says. race_id: Geny's own number, None for a programme.

    view: the kind of page in the site's words ("partants", "arrivee-et-rapports", "programme").
    track, prize: slugs; None where the address does not part them.
    """

    view: str
    race_id: int | None = None
    day: date | None = None
    track: str | None = None
    prize: str | None = None


def read_url(url: str) -> GenyAddress:
    """Read an address of either generation, absolute or as in a link. Raises BadAddress."""
    address = find_address(url)
    if address is None:
        raise BadAddress(
            f"{url[:200]!a} names no Geny race and no day;"
            " a race looks like /partants-pmu/2025-11-20-vincennes-pmu-prix-de-pau_c1500000",
            field="course_url",
        )
    return address


def find_address(url: str) -> GenyAddress | None:
    """The same as `read_url`, None for an address that names neither a race nor a day."""
    if len(url) > _LONGEST:
        return None
    for pattern in (LEGACY_RACE, LEGACY_ID, NEXT_API, NEXT_RACE, SISTER_RACE):
        if match := pattern.search(url):
            return _race_address(url, match)
    for pattern in (LEGACY_DAY, NEXT_DAY):
        if match := pattern.search(url):
            day = as_day(match["day"])
            return GenyAddress(view="programme", day=day) if day else None
    return None


def _race_address(url: str, match: re.Match[str]) -> GenyAddress:
    found = match.groupdict()
    info = LEGACY_INFO_DAY.search(url)
    track, prize = _parts(found)
    return GenyAddress(
        view=found.get("view") or "partants-pronostics",
        race_id=int(found["race"]),
        day=as_day(found.get("day") or (info["day"] if info else None)),
        track=track,
        prize=prize,
    )


def _parts(found: dict[str, str | None]) -> tuple[str | None, str | None]:
    slug = found.get("slug")
    if not slug:
        return found.get("track"), found.get("prize")
    # The new site writes track and prize in one slug; only French prizes tell where one ends.
    track, mark, rest = slug.partition(PRIZE_IN_SLUG)
    return (track, f"{PRIZE_IN_SLUG.strip('-')}-{rest}") if mark else (None, None)


def as_day(text: str | None) -> date | None:
    """An ISO date of the years that the site can speak of, None for anything else."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year in _YEARS else None
