"""A course_url of a call to the race it names, Geny's own race numbers found in the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from hippique.day.race_day import latest_plan
from hippique.errors import UnknownRace
from hippique.ports import Archive
from hippique.racing.card import RaceId
from hippique.sources.addresses import SiteAddresses
from hippique.sources.course_urls import CourseAddress, read_course_url


def make_read_course(
    sites: SiteAddresses, archive: Archive
) -> Callable[[str, dt.date | None], RaceId]:
    """The reader of course_url. It raises BadAddress, DayMismatch, UnknownRace."""

    def read_course(url: str, day: dt.date | None) -> RaceId:
        address = read_course_url(url, sites=sites, day=day)
        return address.race or _by_geny_id(archive, address)

    return read_course


def _by_geny_id(archive: Archive, address: CourseAddress) -> RaceId:
    plan = latest_plan(archive, address.day)
    for race in plan.races if plan else ():
        if race.urls.get("geny", "").endswith(f"_c{address.geny_id}"):
            return race.race
    raise UnknownRace(
        f"Geny's race {address.geny_id} is not in the plan of {address.day}; "
        "plan that day first, or give the race's page at ZEturf",
        field="course_url",
    )
