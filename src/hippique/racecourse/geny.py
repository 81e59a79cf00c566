"""Geny-shaped pages of the first generation: programme and runners. Text; sent as cp1252."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from hippique.racecourse.geny_result import result_fragment
from hippique.racecourse.odds import win_odds
from hippique.racecourse.rendering import render
from hippique.racecourse.simulated import Entry, SimulatedDay, SimulatedMeeting, SimulatedRace
from hippique.racecourse.wording import (
    CLASS_WORDS,
    COUNTRY_WORDS,
    DISCIPLINE_WORDS,
    HARD_SPACE,
    MONTHS,
    WEEKDAYS,
    clock_words,
    comma_number,
    initial_first,
    slug,
    thousands,
)
from hippique.racing.card import Blinkers, Discipline, RaceStatus, Shoes

_EQUIPMENT = {  # what it is called, and its sign in the site's own font
    Shoes.UNSHOD_FOUR: ("Déferré des quatre pieds", "&#xe900;&#xe901;"),
    Shoes.UNSHOD_HIND: ("Déferré des postérieurs", "&nbsp;&nbsp;&#xe901;"),
    Shoes.UNSHOD_FRONT: ("Déferré des antérieurs", "&#xe900;&nbsp;&nbsp;"),
    Blinkers.STANDARD: ("Portent des oeillères", "&#xe906;"),
    Blinkers.AUSTRALIAN: ("Oeillères australienne", "&#xe907;"),
}


@lru_cache(maxsize=512)  # asked for on every page
def race_path(race: SimulatedRace, view: str = "partants-pmu") -> str:
    """The path of a race's page; `view` is its first segment."""
    name = f"{race.id.day.isoformat()}-{slug(race.track)}-pmu-{slug(race.name)}"
    return f"/{view}/{name}_c{race.page_id}"


def programme_page(day: SimulatedDay, now: datetime) -> str:
    """All meetings of the day."""
    return render(
        "geny_programme.html",
        title=f"Réunions et courses du {_date_words(day)}",
        date_value=f"{day.day:%d/%m/%Y}",
        weekday=WEEKDAYS[day.day.weekday()],
        meetings=[_meeting(meeting, now) for meeting in day.meetings],
    )


def missing_page() -> str:
    """The error page, recognised by its title."""
    return render("geny_missing.html", title="Erreur - Geny")


def runners_page(race: SimulatedRace, now: datetime) -> str:
    """The runners with their odds of the morning and the last ones, from the PMU shops' pool."""
    return _race_page(race, now, result=None)


def result_page(race: SimulatedRace, now: datetime) -> str:
    """The arrival once there is one; before, the same page as the runners'."""
    status = race.status(now)
    if status not in {RaceStatus.PROVISIONAL, RaceStatus.OFFICIAL}:
        return _race_page(race, now, result=None)
    return _race_page(
        race, now, result=result_fragment(race, is_official=status is RaceStatus.OFFICIAL)
    )


def _race_page(race: SimulatedRace, now: datetime, *, result: str | None) -> str:
    withdrawn = race.withdrawn(now)
    return render(
        "geny_race.html",
        title=f"{race.name} à {race.track.title()} - {'Arrivée' if result else 'Partants'}",
        date_value=f"{race.id.day:%d/%m/%Y}",
        weekday=WEEKDAYS[race.id.day.weekday()],
        track=race.track.title(),
        country_words=None if race.country == "FR" else COUNTRY_WORDS[race.country],
        race=race,
        hour=clock_words(race.printed_off(now)),
        is_cancelled=race.is_cancelled(now),
        discipline_words=DISCIPLINE_WORDS[race.discipline],
        class_words=CLASS_WORDS[race.race_class],
        prize=thousands(race.prize_eur, HARD_SPACE),
        starters=race.declared - len(withdrawn),
        withdrawn=" - ".join(map(str, withdrawn)),
        trot=race.discipline.is_trot,
        flat=race.discipline is Discipline.FLAT,
        result=result,
        runners=() if result else _runners(race, now, withdrawn),
    )


def _runners(
    race: SimulatedRace, now: datetime, withdrawn: Sequence[int]
) -> list[dict[str, object]]:
    # The site refreshes its odds by the minute, and shows no instant.
    shown_at = now.replace(second=0, microsecond=0)
    last = win_odds(race, ("pmu", "win"), shown_at)
    reference = win_odds(race, ("pmu", "win"), race.morning_at) if now >= race.morning_at else {}
    return [
        row
        | {
            "is_out": number in withdrawn,
            "reference": _odds_cell(reference, number, withdrawn),
            "last": _odds_cell(last, number, withdrawn),
        }
        for number, row in enumerate(_fixed_cells(race), start=1)
    ]


def _odds_cell(odds: dict[int, float], number: int, withdrawn: Sequence[int]) -> str:
    return comma_number(odds[number]) if number in odds and number not in withdrawn else ""


@lru_cache(maxsize=256)  # what the draw fixed; odds and withdrawals come on top
def _fixed_cells(race: SimulatedRace) -> tuple[dict[str, object], ...]:
    return tuple(_runner(entry) for entry in race.entries)


def _runner(entry: Entry) -> dict[str, object]:
    equipment = entry.shoes or entry.blinkers
    return {
        "number": entry.number,
        "name": entry.name,
        "slug": slug(entry.name),
        "horse_id": entry.horse_id,
        "equipment": _EQUIPMENT.get(equipment) if equipment else None,
        "draw": entry.draw,
        "sex": entry.sex,
        "age": entry.age,
        "distance": entry.distance_m,
        "weight": None if entry.weight_kg is None else comma_number(entry.weight_kg),
        "jockey": initial_first(entry.jockey),
        "jockey_slug": slug(f"{entry.jockey.first} {entry.jockey.last}"),
        "jockey_id": entry.jockey.id,
        "trainer": initial_first(entry.trainer),
        "trainer_slug": slug(f"{entry.trainer.first} {entry.trainer.last}"),
        "trainer_id": entry.trainer.id,
        "form": entry.form.replace(" ", ""),
        "earnings": entry.earnings_eur,
    }


def _meeting(meeting: SimulatedMeeting, now: datetime) -> dict[str, object]:
    first = meeting.races[0]
    withdrawn = [
        f"{race.key.race}{number:02d}" for race in meeting.races for number in race.withdrawn(now)
    ]
    return {
        "number": meeting.number,
        "track": meeting.track.title(),
        "country_words": None if meeting.country == "FR" else COUNTRY_WORDS[meeting.country],
        "hour": clock_words(first.printed_off(now)),
        "going": first.going,
        "withdrawn": " - ".join(withdrawn),
        "races": [_programme_race(race, now) for race in meeting.races],
    }


def _programme_race(race: SimulatedRace, now: datetime) -> dict[str, object]:
    return {
        "number": race.key.race,
        "name": race.name,
        "href": race_path(race),
        "button": "btnQuinte" if race.is_quinte else "btnCourse",
        "state": _programme_state(race, now),
    }


def _programme_state(race: SimulatedRace, now: datetime) -> str:
    status = race.status(now)
    if status is RaceStatus.CANCELLED:
        return "Course annulée"
    if status is RaceStatus.OFFICIAL:
        return " - ".join(map(str, race.finish.finishers()[:3]))
    starters = race.declared - len(race.withdrawn(now))
    return f"{starters} Partants - {clock_words(race.printed_off(now))}"


def _date_words(day: SimulatedDay) -> str:
    return f"{day.day.day} {MONTHS[day.day.month - 1]} {day.day.year}"
