"""The programme of the Next.js site, from the page's state and the links beside it."""

from __future__ import annotations

from dataclasses import replace

from hippique.racing.card import Meeting, Race
from hippique.sources.geny import selectors as s
from hippique.sources.geny.address import find_address
from hippique.sources.geny.nextjs import (
    Json,
    meetings_of_state,
    races_of_meeting,
    read_state,
    whole,
)
from hippique.sources.geny.nextrace import next_meeting, next_race
from hippique.sources.geny.page import Page, check_identity

_RUNNERS_VIEW = "partants-pronostics"


def read_next_programme(page: Page) -> tuple[Meeting, ...]:
    """The meetings that list races. Raises PageChanged."""
    held = meetings_of_state(read_state(page))
    if not any(races_of_meeting(item) for item in held):
        raise page.changed("meetings with courseInfos in the state")
    links = _links(page)
    meetings = tuple(_meeting(page, item, links) for item in held)
    days = {meeting.date for meeting in meetings}
    if page.address is None or page.address.day not in days:
        check_identity(page, race_id=None, day=meetings[0].date)
    return meetings


def _links(page: Page) -> dict[int, str]:
    """Each race's address as the page links it."""
    found: dict[int, str] = {}
    for link in page.tree.css(s.NEXT_LINKS):
        href = link.attributes.get("href") or ""
        address = find_address(href)
        if address is None or address.race_id is None:
            continue
        if address.view == _RUNNERS_VIEW:
            found[address.race_id] = href
        else:
            found.setdefault(address.race_id, href)
    return found


def _meeting(page: Page, item: Json, links: dict[int, str]) -> Meeting:
    listed = races_of_meeting(item)
    meeting = next_meeting(item, listed[0] if listed else None)
    return replace(meeting, races=tuple(_race(page, race, meeting, links) for race in listed))


def _race(page: Page, item: Json, meeting: Meeting, links: dict[int, str]) -> Race:
    race = next_race(page, item, meeting)
    race_id = whole(item, "id")
    if race.number is None:
        raise page.changed(f"numeroCourse of race {race_id}")
    if race_id is None:
        page.warnings.append(f"{race.key or race.name}: no id, so no address")
        return race
    # The bare address works too; it serves where the page links the race only by script.
    return replace(race, url=links.get(race_id) or f"/course/{race_id}/{_RUNNERS_VIEW}")
