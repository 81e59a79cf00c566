"""Which day, meeting and race a PMU address names: the identity that most answers do not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from hippique.errors import WrongPage
from hippique.racing.card import RaceKey
from hippique.sources.pmu.fields import SITE

_PROGRAMME = re.compile(
    r"(?P<day>.*/programme/(?P<ddmmyyyy>\d{8}))(?:/R(?P<meeting>\d{1,3})(?:/C(?P<race>\d{1,2}))?)?"
    r"(?![\dA-Za-z])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A read address; the parts that it does not name are None. day_url: up to the date."""

    url: str | None = None
    day_url: str | None = None
    day: date | None = None
    meeting: int | None = None
    race: int | None = None

    @property
    def key(self) -> str | None:
        """The race's key, R1C3."""
        if self.meeting is None or self.race is None:
            return None
        return str(RaceKey(self.meeting, self.race))

    def race_url(self, meeting: int | None, race: int | None) -> str | None:
        """The address of a race of the same day; None where anything in it is unknown."""
        if self.day_url is None or meeting is None or race is None:
            return None
        return f"{self.day_url}/R{meeting}/C{race}"

    def check(self, what: str, named: object, found: object) -> None:
        """Raise WrongPage where the address names another `what` than the document holds."""
        if named is not None and found is not None and named != found:
            raise WrongPage(
                f"the address names {what} {named}, the document {found}", site=SITE, url=self.url
            )


def read_address(url: str | None) -> Address:
    """Read `…/programme/DDMMYYYY[/R1[/C6[/…]]]`; any host and client number. Never raises."""
    match = _PROGRAMME.match(url or "")
    day = read_day(match["ddmmyyyy"]) if match else None
    if match is None or day is None:
        return Address(url=url)
    return Address(
        url=url,
        day_url=match["day"],
        day=day,
        meeting=_number(match["meeting"]),
        race=_number(match["race"]),
    )


def read_day(ddmmyyyy: str) -> date | None:
    """A day written DDMMYYYY; None where there is no such day."""
    try:
        return date(int(ddmmyyyy[4:]), int(ddmmyyyy[2:4]), int(ddmmyyyy[:2]))
    except ValueError:
        return None


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
