"""The state inside a Next.js page: chunks joined, queries decoded, objects found by fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from hippique.sources.geny import selectors as s
from hippique.sources.geny.nextfields import MEETING_MARKS, RACE_MARKS
from hippique.sources.geny.page import Generation, Page
from hippique.sources.text import squash

Json = Mapping[str, Any]
_DECODER = json.JSONDecoder()
_NOT_BLANK = re.compile(r"\S")
_MOST_OBJECTS = 200_000


@dataclass(frozen=True, slots=True)
class State:
    """All objects and arrays of objects of a page's state, outer ones first."""

    objects: tuple[Json, ...]
    arrays: tuple[tuple[Json, ...], ...]


def read_state(page: Page) -> State:
    """Decode the state. Raises PageChanged where there is none."""
    roots = _json_roots(page) if page.generation is Generation.JSON else _query_states(page)
    if not roots:
        raise page.changed('{"mutations":[],"queries":[…]} in the __next_f chunks')
    objects: list[Json] = []
    arrays: list[tuple[Json, ...]] = []
    waiting = list(roots)
    for value in _outer_first(waiting):
        if isinstance(value, dict):
            objects.append(value)
        elif value and all(isinstance(item, dict) for item in value):
            arrays.append(tuple(value))
        if len(objects) > _MOST_OBJECTS:
            raise page.changed("a state of ordinary size")
    return State(tuple(objects), tuple(arrays))


def _outer_first(waiting: list[Any]) -> Iterator[Any]:
    place = 0
    while place < len(waiting):
        value = waiting[place]
        place += 1
        inner: Iterable[Any] = value.values() if isinstance(value, dict) else value
        waiting.extend(item for item in inner if isinstance(item, (dict, list)))
        yield value


def _json_roots(page: Page) -> list[Any]:
    try:
        value = json.loads(page.text)
    except (ValueError, RecursionError) as error:
        raise page.changed("a whole JSON answer") from error
    return [value] if isinstance(value, (dict, list)) else []


def _query_states(page: Page) -> list[Any]:
    # The site cuts its JSON anywhere, also between two chunks: joined first, decoded after.
    flight = "".join(_chunks(page.text))
    states = []
    for match in s.QUERY_STATE.finditer(flight):
        value = _decoded(flight, match.start())
        if isinstance(value, dict) and isinstance(value.get("queries"), list):
            states += [data for data in map(_query_data, value["queries"]) if data is not None]
    return states


def _query_data(query: object) -> object | None:
    state = query.get("state") if isinstance(query, dict) else None
    data = state.get("data") if isinstance(state, dict) else None
    return data if isinstance(data, (dict, list)) else None


def _chunks(text: str) -> Iterator[str]:
    place = text.find(s.FLIGHT_PUSH)
    while place >= 0:
        argument = _NOT_BLANK.search(text, place + len(s.FLIGHT_PUSH))
        value = _decoded(text, argument.start()) if argument else None
        if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
            yield value[1]
        place = text.find(s.FLIGHT_PUSH, place + 1)


def _decoded(text: str, place: int) -> object | None:
    try:
        value, _ = _DECODER.raw_decode(text, place)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


# --- finding -------------------------------------------------------------------------------------


def participants_of(state: State) -> tuple[Json, ...]:
    """The longest array of runners: the page carries a widget of five favourites too."""
    candidates = [
        array
        for array in state.arrays
        if all("numero" in item and isinstance(item.get("cheval"), dict) for item in array)
    ]
    return max(candidates, key=len, default=())


def race_of_state(state: State) -> Json | None:
    """The page's own race: the one of which the page tells most."""
    races = [item for item in state.objects if whole(item, "numeroCourse") is not None]
    return max(races, key=lambda item: _told(item, RACE_MARKS), default=None)


def meeting_of_state(state: State, race: Json) -> Json | None:
    """The meeting of a race: inside it, beside it, listing it, or the only one."""
    inside = race.get("reunion")
    if isinstance(inside, dict):
        return inside
    meetings = [item for item in state.objects if "numeroPmu" in item]
    for holder in state.objects:
        values = list(holder.values())
        if any(value is race for value in values):
            beside = [meeting for meeting in meetings if any(meeting is v for v in values)]
            if beside:
                return beside[0]
    for meeting in meetings:
        if race.get("id") is not None and race["id"] in [
            item.get("id") for item in races_of_meeting(meeting)
        ]:
            return meeting
    return meetings[0] if len(meetings) == 1 else None


def meetings_of_state(state: State) -> tuple[Json, ...]:
    """The meetings that list races, each once."""
    found: dict[tuple[int | None, str | None], Json] = {}
    for item in state.objects:
        if isinstance(item.get("courseInfos"), list) and _told(item, MEETING_MARKS):
            key = (whole(item, "numeroPmu"), text(item, "nomReunion"))
            known = found.get(key)
            if known is None or len(item["courseInfos"]) > len(known["courseInfos"]):
                found[key] = item
    return tuple(found.values())


def races_of_meeting(meeting: Json) -> tuple[Json, ...]:
    """The races that a meeting lists."""
    listed = meeting.get("courseInfos")
    return (
        tuple(item for item in listed if isinstance(item, dict)) if isinstance(listed, list) else ()
    )


def _told(item: Json, names: tuple[str, ...]) -> int:
    return sum(item.get(name) is not None for name in names)


# --- typed fields --------------------------------------------------------------------------------


def text(item: Json, name: str) -> str | None:
    """A text; "$undefined" and other references of the page's format are none."""
    value = item.get(name)
    if not isinstance(value, str):
        return None
    value = value.removeprefix("$D")  # how the format writes an instant
    if value.startswith("$"):
        return None
    # JSON may escape half a surrogate pair, which no file can hold.
    return squash(value.encode("utf-8", "replace").decode("utf-8")) or None


def number(item: Json, name: str) -> float | None:
    """A finite number."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < 1e15 and isfinite(value) else None  # noqa: PLR2004  beyond exact floats


def whole(item: Json, name: str) -> int | None:
    """A whole number, also where it is written as a text."""
    value = number(item, name)
    if value is None:
        words = text(item, name)
        return int(words) if words and s.PLAIN_NUMBER.fullmatch(words) else None
    return int(value) if value == int(value) else None


def inner(item: Json, name: str) -> Json:
    """An object inside; empty where it is absent."""
    value = item.get(name)
    return value if isinstance(value, dict) else {}
