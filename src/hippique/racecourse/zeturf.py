"""ZEturf-shaped pages: the programme, and a race before, during and after."""

from __future__ import annotations

import json
from bisect import bisect_right
from datetime import datetime, timedelta
from functools import lru_cache

from hippique.racecourse.rates import is_offered
from hippique.racecourse.rendering import render
from hippique.racecourse.simulated import Entry, SimulatedDay, SimulatedMeeting, SimulatedRace
from hippique.racecourse.wording import (
    CLASS_WORDS,
    COUNTRY_WORDS,
    DISCIPLINE_WORDS,
    HARD_SPACE,
    MONTHS,
    WEEKDAYS,
    capitals,
    clock_words,
    family_first,
    plain_number,
    reduction,
    slug,
    thousands,
)
from hippique.racecourse.zeturf_odds import odds_document
from hippique.racecourse.zeturf_result import official_result, timeline
from hippique.racing.card import Blinkers, Discipline, RaceStatus, Shoes
from hippique.racing.times import paris_at

BETTING_OPENS_BEFORE = timedelta(minutes=15)  # the programme shows this instant, not the off
UNSTARTED = timedelta(minutes=10)  # the strip's placeholder before the actual off is known
DISCIPLINE_IDS = {
    Discipline.TROT_HARNESS: 1,
    Discipline.FLAT: 2,
    Discipline.TROT_MOUNTED: 3,
    Discipline.HURDLE: 4,
    Discipline.CROSS_COUNTRY: 5,
    Discipline.STEEPLECHASE: 7,
}
BET_IDS = {
    "win": 1,
    "place": 2,
    "couple_win": 3,
    "couple_order": 4,
    "couple_place": 5,
    "trio": 6,
    "fourth": 7,
    "trio_order": 11,
    "two_of_four": 13,
    "show2": 29,
}
_STATES = {RaceStatus.OPEN: 1, RaceStatus.OFFICIAL: 4}  # all between is 3, closed
_SHOES = {
    Shoes.UNSHOD_FOUR: ("quatre", "Déferré des 4 fers"),
    Shoes.UNSHOD_HIND: ("arriere", "Déferré des postérieurs"),
    Shoes.UNSHOD_FRONT: ("avant", "Déferré des antérieurs"),
}
_BLINKERS = {
    Blinkers.STANDARD: ("oeilleres", "Oeillères"),
    Blinkers.AUSTRALIAN: ("oeilleresaustr", "Oeillères australiennes"),
}


@lru_cache(maxsize=256)  # asked for on every page
def race_uri(race: SimulatedRace) -> str:
    """The race's canonical path, as the site prints it."""
    name = f"{race.key}-{slug(race.track)}-{slug(race.name)}"
    return f"/fr/course/{race.id.day.isoformat()}/{name}"


def programme_page(day: SimulatedDay, now: datetime) -> str:
    """The programme of the day."""
    cards = [_meeting_card(day, meeting, now) for meeting in day.meetings]
    codes = dict.fromkeys(meeting.country for meeting in day.meetings)
    countries = [
        {
            "code": code,
            "name": COUNTRY_WORDS[code],
            "meetings": [card for card in cards if card["country"] == code],
        }
        for code in sorted(codes, key=lambda code: (code != "FR", code))
    ]
    words = f"{WEEKDAYS[day.day.weekday()]} {day.day.day} {MONTHS[day.day.month - 1]}".upper()
    return render(
        "zeturf_programme.html",
        title=f"Pronostics & Cotes des courses du {day.day:%d/%m/%Y}",
        body_id="programme",
        date_words=words,
        frise=_frise(day, _last_change(day, now)),
        countries=countries,
    )


def missing_page() -> str:
    """The page served in place of an unknown race, with status 200 as on the site."""
    return render("zeturf_missing.html", title="Contenu non disponible", body_id="mon-compte")


def race_page(day: SimulatedDay, race: SimulatedRace, now: datetime) -> str:
    """A race's page at this instant."""
    status = race.status(now)
    uri = race_uri(race)
    is_official = status is RaceStatus.OFFICIAL
    withdrawn = race.withdrawn(now)
    off_time = race.printed_off(now)
    title = f"{race.id.day:%d/%m/%Y} - {race.track} - {race.name}"
    return render(
        "zeturf_race.html",
        title=f"{title}: Résultats & Rapports" if is_official else f"{title}: Pronostics & Cotes",
        body_id="course",
        race=race,
        meeting_id=80_000 + race.key.meeting,
        day=race.id.day.isoformat(),
        day_words=f"{race.id.day:%d/%m/%Y}",
        country_words=COUNTRY_WORDS[race.country],
        discipline_id=DISCIPLINE_IDS[race.discipline],
        discipline_words=DISCIPLINE_WORDS[race.discipline],
        class_words=CLASS_WORDS[race.race_class],
        trot=race.discipline.is_trot,
        uri=uri,
        uri_js=json.dumps(uri).replace("/", r"\/"),
        state=_STATES.get(status, 3),
        odds_js=json.dumps(odds_document(race, now), separators=(",", ":")),
        bet_ids=[id_ for bet, id_ in BET_IDS.items() if is_offered("zeturf", bet, race.declared)],
        off_timestamp=int(off_time.timestamp()),
        off_words=clock_words(off_time),
        starters=race.declared - len(withdrawn),
        withdrawn=" - ".join(map(str, withdrawn)),
        timeline=timeline(race, now),
        result=official_result(race) if is_official else None,
        frise=_frise(day, _last_change(day, now)),
        runners=_runner_table(race, withdrawn),
    )


def _last_change(day: SimulatedDay, now: datetime) -> datetime | None:
    """When the strip of races last changed: a race went off, or its printed off moved."""
    changes = _changes(day)
    at = bisect_right(changes, now)
    return changes[at - 1] if at else None


@lru_cache(maxsize=16)
def _changes(day: SimulatedDay) -> tuple[datetime, ...]:
    started = [race.closes_at for race in day.races() if race.closes_at == race.actual_off]
    moved = [printed.since for race in day.races() for printed in race.offs[1:]]
    return tuple(sorted(started + moved))


@lru_cache(maxsize=128)  # one per change; none of them is the day's morning
def _frise(day: SimulatedDay, changed: datetime | None) -> str:
    now = changed or paris_at(day.day, 0)
    meetings = [
        {
            "number": meeting.number,
            "code": _country_code(day, meeting),
            "track": meeting.track,
            "href": _meeting_uri(meeting),
            "races": [_frise_race(race, now) for race in meeting.races],
        }
        for meeting in day.meetings
    ]
    return render("zeturf_frise.html", meetings=meetings)


def _frise_race(race: SimulatedRace, now: datetime) -> dict[str, object]:
    off_time = race.printed_off(now)
    is_started = race.actual_off <= now and not race.is_cancelled(now)
    return {
        "number": race.key.race,
        "name": race.name,
        "href": race_uri(race),
        "hour": clock_words(off_time),
        "depart": int(off_time.timestamp()),
        "time": int((race.actual_off if is_started else off_time + UNSTARTED).timestamp()),
    }


def _meeting_uri(meeting: SimulatedMeeting) -> str:
    day = meeting.races[0].id.day.isoformat()
    return f"/fr/reunion/{day}/R{meeting.number}-{slug(meeting.track)}"


def _country_code(day: SimulatedDay, meeting: SimulatedMeeting) -> str:
    """`FR3`: the meeting's rank within its country, which is not its R."""
    same = [other.number for other in day.meetings if other.country == meeting.country]
    return f"{meeting.country}{same.index(meeting.number) + 1}"


def _meeting_card(day: SimulatedDay, meeting: SimulatedMeeting, now: datetime) -> dict[str, object]:
    opens = meeting.races[0].printed_off(now) - BETTING_OPENS_BEFORE
    statuses = {race.status(now) for race in meeting.races}
    kinds = dict.fromkeys(race.discipline for race in meeting.races)
    return {
        "number": meeting.number,
        "country": meeting.country,
        "code": _country_code(day, meeting),
        "track": meeting.track,
        "href": _meeting_uri(meeting),
        "races": meeting.races,
        "kinds": [{"id": DISCIPLINE_IDS[kind], "name": DISCIPLINE_WORDS[kind]} for kind in kinds],
        "is_over": statuses <= {RaceStatus.OFFICIAL, RaceStatus.CANCELLED},
        "is_cancelled": statuses == {RaceStatus.CANCELLED},
        "opens": int(opens.timestamp()),
        "opens_words": clock_words(opens),
    }


@lru_cache(maxsize=512)  # a race and what was withdrawn by then; nothing else changes its rows
def _runner_table(race: SimulatedRace, withdrawn: tuple[int, ...]) -> str:
    rows = []
    previous = race.entries[0].distance_m
    for entry in race.entries:
        is_group_start = race.discipline.is_trot and entry.distance_m != previous
        row = _runner_row(entry, is_out=entry.number in withdrawn)
        rows.append(row | {"is_group_start": is_group_start})
        previous = entry.distance_m
    return render(
        "zeturf_runners.html",
        uri=race_uri(race),
        runners=rows,
        trot=race.discipline.is_trot,
        flat=race.discipline is Discipline.FLAT,
    )


def _runner_row(entry: Entry, *, is_out: bool) -> dict[str, object]:
    weight = None if entry.weight_kg is None else plain_number(entry.weight_kg)
    return {
        "number": entry.number,
        "is_out": is_out,
        "name": capitals(entry),
        "horse_id": entry.horse_id,
        "shoes": _SHOES.get(entry.shoes) if entry.shoes else None,
        "blinkers": _BLINKERS.get(entry.blinkers) if entry.blinkers else None,
        "coupling": entry.coupling,
        "jockey": family_first(entry.jockey),
        "jockey_id": entry.jockey.id,
        "trainer": family_first(entry.trainer),
        "sex": entry.sex,
        "age": entry.age,
        "distance": entry.distance_m,
        "record": reduction(entry.record_ms, '"') if entry.record_ms else None,
        "earnings": thousands(entry.earnings_eur) + HARD_SPACE,
        "weight": weight,
        "form": entry.form,
        "draw": entry.draw,
    }
