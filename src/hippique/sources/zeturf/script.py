"""The race page's embedded script: identity, state, and the odds of every runner."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hippique.racing.card import Discipline
from hippique.racing.market import RunnerOdds
from hippique.racing.times import paris_time
from hippique.sources.text import read_decimal
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import Document

_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseScript:
    """What the script says. path: the race's own address; odds: None where it holds none."""

    path: str | None
    state: int | None
    track: str | None
    country: str | None
    discipline: Discipline | None
    odds: Mapping[int, RunnerOdds] | None


def read_script(document: Document) -> CourseScript:
    """Read the script. Raises PageChanged where the odds are there and cannot be read."""
    start = max(document.text.find(site.SCRIPT_START), 0)
    state = site.STATE.search(document.text, start)
    discipline = site.DISCIPLINE_ID.search(document.text, start)
    return CourseScript(
        path=_string(site.COURSE_URI, document.text, start),
        state=int(state[1]) if state else None,
        track=_string(site.TRACK_NAME, document.text, start),
        country=_string(site.COUNTRY, document.text, start),
        discipline=site.DISCIPLINES_BY_ID.get(int(discipline[1])) if discipline else None,
        odds=_read_odds(document, start),
    )


def _string(pattern: re.Pattern[str], text: str, start: int) -> str | None:
    match = pattern.search(text, start)
    if match is None:
        return None
    try:
        return str(json.loads(match[1])).strip() or None
    except ValueError:
        return None


def _read_odds(document: Document, start: int) -> Mapping[int, RunnerOdds] | None:
    match = site.ODDS_START.search(document.text, start)
    if match is None:
        return None
    infos = _json_object(document, match.end())
    if infos is None:
        return None
    stamp = _reference_stamp(document, infos.get(site.ODDS_STAMP))
    # Besides the saddle numbers the object has keys of its own (best odds, shown columns).
    return {
        int(key): _runner_odds(document, key, entry, stamp)
        for key, entry in infos.items()
        if site.SADDLE_NUMBER.fullmatch(key)
    }


def _json_object(document: Document, start: int) -> dict[str, Any] | None:
    try:
        infos, _ = _DECODER.raw_decode(document.text, start)
    except (ValueError, RecursionError) as error:
        raise document.changed(f"whole JSON in cotesInfos ({error})") from error
    if infos is None or infos == []:  # how the site's PHP writes an object without entries
        return None
    if not isinstance(infos, dict):
        raise document.changed("a JSON object in cotesInfos")
    return infos


def _reference_stamp(document: Document, value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
        return paris_time(instant) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        document.warn(f"{site.ODDS_STAMP} is no instant: {value!r}")
        return None


def _runner_odds(document: Document, key: str, entry: object, stamp: datetime | None) -> RunnerOdds:
    odds = entry.get("odds") if isinstance(entry, dict) else None
    if not isinstance(odds, dict) or site.ODDS_WIN not in odds:
        raise document.changed(f"odds with {site.ODDS_WIN} of runner {key} in cotesInfos")

    def price(field: str) -> float | None:
        return _price(document, (field, key), odds.get(field))

    return RunnerOdds(
        pool=site.SITE,
        reference=price(site.ODDS_REFERENCE),
        win=price(site.ODDS_WIN),
        place_low=price(site.ODDS_PLACE_LOW),
        place_high=price(site.ODDS_PLACE_HIGH),
        show2=price(site.ODDS_SHOW2),
        fourth=price(site.ODDS_FOURTH),
        reference_stamp=stamp,
    )


def _price(document: Document, place: tuple[str, str], value: object) -> float | None:
    """Odds of one bet. The site writes `false`, not null or 0, where there are none.

    place: field and saddle number, for messages.
    """
    if value is None or value is False:
        return None
    price = read_decimal(value) if isinstance(value, str) else value
    if isinstance(price, bool) or not isinstance(price, (int, float)):
        shown = " of runner ".join(place)
        raise document.changed(f"a number as {shown} in cotesInfos, not {value!r}")
    if not 1 <= price <= site.LONGEST_ODDS:  # NaN fails both
        document.warn(f"no odds: {' of runner '.join(place)} is {value!r}")
        return None
    return float(price)
