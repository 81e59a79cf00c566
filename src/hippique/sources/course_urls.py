"""A race page's address: whose it is, and what day and race it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from hippique.errors import BadAddress, DayMismatch
from hippique.racing.card import RaceId, RaceKey
from hippique.sources.addresses import (
    LIVE_DOMAINS,
    SiteAddresses,
    WebAddress,
    is_live_page,
    parse_address,
    path_below,
)

_ISO_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<dom>[0-9]{2})"
_FRENCH_DAY = r"(?P<dom>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})"
_KEY = r"R(?P<meeting>[1-9][0-9]{0,2})%sC(?P<race>[1-9][0-9]?)"

# The kept part of each is the page itself: a ticket (?prefill=) and a runner's popup (/N) are not.
_PAGES = {
    "zeturf": (
        # The site finds a race by date and RnCm and ignores the slug, but answers a page
        # without a race, maybe with status 200, where there is none.
        re.compile(
            rf"(?P<kept>/fr/course/{_ISO_DAY}/{_KEY % ''}-[A-Za-z0-9-]+)(?:/[0-9]+)?/?", re.ASCII
        ),
    ),
    "geny": (
        re.compile(
            r"(?P<kept>/(?:(?:partants|arrivee-et-rapports)-pm[uh]|cotes|stats-pmu)"
            rf"/{_ISO_DAY}-[A-Za-z0-9-]+_c(?P<geny_id>[0-9]{{1,12}}))/?",
            re.ASCII,
        ),
        re.compile(
            rf"(?P<kept>/course/(?P<geny_id>[0-9]{{1,12}})-{_ISO_DAY}-[A-Za-z0-9-]+(?:/[a-z-]+)?)/?",
            re.ASCII,
        ),
    ),
    "pmu": (
        re.compile(
            rf"(?P<kept>(?:/[a-z0-9-]+)*/(?:programme|turf)/{_FRENCH_DAY}/{_KEY % '/'})"
            r"(?:/[a-z0-9-]*)*",
            re.ASCII,
        ),
    ),
}
_EXAMPLES = {
    "zeturf": "/fr/course/2025-11-20/R1C1-vincennes-prix-de-pau",
    "geny": "/partants-pmu/2025-11-20-vincennes-pmu-prix-de-pau_c1500000",
    "pmu": "/rest/client/61/programme/20112025/R1/C1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseAddress:
    """What a course_url says. url: without ticket, runner, query and fragment.

    race is None for Geny, whose addresses hold a number of their own instead of RxCy: find the
    race in the plan by `geny_id` or by its Geny address.
    """

    source: str
    day: date
    race: RaceId | None
    url: str
    geny_id: str | None = None


def read_course_url(url: str, *, sites: SiteAddresses, day: date | None = None) -> CourseAddress:
    """Check a race page's address and read its day and race; `day` is the date of the call.

    Allowed: https, default port, on zeturf.fr, geny.com, pmu.fr or below them; or a configured
    base with its own scheme, host and port. Raises BadAddress, DayMismatch.
    """
    try:
        address = parse_address(url)
    except ValueError as error:
        raise _bad(url, str(error), "copy the address of a race page") from error
    course = _course_of(url, address, sites)
    if day is not None and day != course.day:
        raise DayMismatch(
            f"the address is of {course.day.isoformat()}, the call of {day.isoformat()}",
            field="date",
            hint="send the date that stands in course_url, or leave it out",
        )
    return course


def _course_of(url: str, address: WebAddress, sites: SiteAddresses) -> CourseAddress:
    homes = _homes(address, sites)
    if not homes:
        hosts = ", ".join(LIVE_DOMAINS.values())
        raise _bad(url, _why_outside(address), f"use https and a race page of {hosts}")
    for source, root, path in homes:
        for pattern in _PAGES[source]:
            if match := pattern.fullmatch(path):
                return _read_match(url, source, root, match)
    source = homes[0][0]
    raise _bad(url, f"it is no {source} race page", f"such a page looks like {_EXAMPLES[source]}")


def _homes(address: WebAddress, sites: SiteAddresses) -> list[tuple[str, str, str]]:
    """Each (source, root, path below the root) that the address may belong to."""
    homes = []
    for source in LIVE_DOMAINS:
        base = sites.base(source)
        below = path_below(address, base)
        if below is not None:
            homes.append((source, base, below))
        elif is_live_page(address, source):
            homes.append((source, address.origin, address.path))
    return homes


def _why_outside(address: WebAddress) -> str:
    for source in LIVE_DOMAINS:
        if is_live_page(
            WebAddress(scheme="https", host=address.host, port=443, path="/", query=""), source
        ):
            return f"{address.origin} is not https on the default port"
    return f"{address.origin} is neither an allowed site nor a configured base address"


def _read_match(url: str, source: str, root: str, match: re.Match[str]) -> CourseAddress:
    found = match.groupdict()
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["dom"]))
    except ValueError as error:
        raise _bad(url, "its date does not exist", "copy the address of a race page") from error
    race = None
    if "race" in found:
        race = RaceId(day, RaceKey(int(found["meeting"]), int(found["race"])))
    return CourseAddress(
        source=source, day=day, race=race, url=root + found["kept"], geny_id=found.get("geny_id")
    )


def _bad(url: str, why: str, mend: str) -> BadAddress:
    shown = ascii(url[:200])
    return BadAddress(
        f"course_url {shown} is refused: {why}; {mend}", field="course_url", hint=mend
    )
