"""PMU-shaped JSON documents: programme, meeting, race and participants."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from hippique.racecourse.career import career_counts
from hippique.racecourse.odds import win_odds
from hippique.racecourse.pmu_dividends import race_bets
from hippique.racecourse.simulated import (
    Entry,
    RaceClass,
    SimulatedDay,
    SimulatedMeeting,
    SimulatedRace,
)
from hippique.racecourse.wording import (
    COUNTRY_WORDS,
    capitals,
    initials,
    race_reduction_ms,
    ranked,
    without_accents,
)
from hippique.racing.card import Blinkers, Discipline, RaceStatus, Shoes
from hippique.racing.times import paris_at

Document = dict[str, object]

DISCIPLINES = {
    Discipline.TROT_HARNESS: ("ATTELE", "TROT_ATTELE"),
    Discipline.TROT_MOUNTED: ("MONTE", "TROT_MONTE"),
    Discipline.FLAT: ("PLAT", "PLAT"),
    Discipline.HURDLE: ("HAIES", "OBSTACLE"),
    Discipline.STEEPLECHASE: ("STEEPLECHASE", "OBSTACLE"),
    Discipline.CROSS_COUNTRY: ("CROSS", "OBSTACLE"),
}
_COUNTRIES = {"FR": "FRA", "BE": "BEL", "GB": "GBR", "DE": "DEU", "ES": "ESP"}
_CATEGORIES = {
    None: "INCONNU",
    RaceClass.HANDICAP: "HANDICAP",
    RaceClass.CONDITIONS: "COURSE_A_CONDITIONS",
    RaceClass.CLAIMING: "A_RECLAMER",
}
_STATUSES = {
    RaceStatus.OPEN: ("PROGRAMMEE", "A_PARTIR"),
    RaceStatus.CLOSED: ("EN_COURS", "EN_COURS"),
    RaceStatus.PROVISIONAL: ("ARRIVEE_PROVISOIRE", "ARRIVEE"),
    RaceStatus.OFFICIAL: ("ARRIVEE_DEFINITIVE_COMPLETE", "ARRIVEE"),
    RaceStatus.CANCELLED: ("COURSE_ANNULEE", "ANNULEE"),
}
_SEXES = {"M": "MALES", "F": "FEMELLES", "H": "HONGRES"}
_SHOES = {
    Shoes.UNSHOD_FOUR: "DEFERRE_ANTERIEURS_POSTERIEURS",
    Shoes.UNSHOD_FRONT: "DEFERRE_ANTERIEURS",
    Shoes.UNSHOD_HIND: "DEFERRE_POSTERIEURS",
}
_BLINKERS = {
    Blinkers.STANDARD: "OEILLERES_CLASSIQUE",
    Blinkers.AUSTRALIAN: "OEILLERES_AUSTRALIENNES",
}
_ENDED = (RaceStatus.PROVISIONAL, RaceStatus.OFFICIAL)


def programme(day: SimulatedDay, now: datetime) -> Document:
    """The day: all meetings with their races."""
    return {
        "simulated": True,
        "programme": {
            "date": _milliseconds(paris_at(day.day, 0)),
            "reunions": [meeting_document(meeting, now) for meeting in day.meetings],
        },
    }


def meeting_document(meeting: SimulatedMeeting, now: datetime) -> Document:
    """One meeting with its races."""
    first = meeting.races[0]
    place = meeting.track.title()
    return {
        "simulated": True,
        "cached": False,
        "timezoneOffset": _offset_ms(first.off_time),
        "dateReunion": _milliseconds(paris_at(first.id.day, 0)),
        "numOfficiel": meeting.number,
        "numExterne": meeting.number,
        "nature": "NOCTURNE" if first.off_time.hour >= 17 else "DIURNE",  # noqa: PLR2004  five p.m.
        "hippodrome": {
            "code": f"X{meeting.number:02d}",
            "libelleCourt": meeting.track,
            "libelleLong": f"HIPPODROME SIMULE DE {meeting.track}",
        },
        "pays": {
            "code": _COUNTRIES[meeting.country],
            "libelle": COUNTRY_WORDS[meeting.country].upper(),
        },
        "statut": "ANNULEE" if all(race.is_cancelled(now) for race in meeting.races) else "PROG",
        "meteo": {"libelleCourt": place},
        "courses": [race_document(race, now) for race in meeting.races],
    }


def race_document(race: SimulatedRace, now: datetime) -> Document:
    """One race without its participants."""
    status = race.status(now)
    stage, category = _STATUSES[status]
    document = _fixed_facts(race) | {
        "heureDepart": _milliseconds(race.printed_off(now)),
        "statut": stage,
        "categorieStatut": category,
        "departImminent": False,
        "paris": race_bets(race, is_open=status is RaceStatus.OPEN),
        "incidents": _incidents(race, now),
    }
    if status in _ENDED:
        document["ordreArrivee"] = [list(tied) for tied in race.finish.order]
        document["dureeCourse"] = race.finish.times_ms[race.finish.order[0][0]]
    if status is RaceStatus.OFFICIAL:
        document |= {"arriveeDefinitive": True, "isArriveeDefinitive": True}
    return document


def participants(race: SimulatedRace, now: datetime, *, internet: bool) -> Document:
    """The runners with the odds of one of the two win pools, and their result after the race."""
    pool = "E_SIMPLE_GAGNANT" if internet else "SIMPLE_GAGNANT"
    operator = "pmu_internet" if internet else "pmu"
    # PMU recomputes by the minute and says when.
    shown_at = min(now, race.closes_at).replace(second=0, microsecond=0)
    live = win_odds(race, (operator, "win"), shown_at)
    morning = win_odds(race, (operator, "win"), race.morning_at) if now >= race.morning_at else {}
    places = {number: place for place, number in ranked(race)}
    shown_places = places if race.status(now) in _ENDED else {}
    runners = []
    for entry, fixed in zip(race.entries, _fixed_runners(race), strict=True):
        runner = fixed | {"statut": "PARTANT"}
        number = entry.number
        if entry.is_withdrawn(now):
            runner |= {"statut": "NON_PARTANT", "incident": "NON_PARTANT"}
        else:
            runner["dernierRapportDirect"] = _price(pool, "DIRECT", live, number, shown_at)
        runner["dernierRapportReference"] = _price(
            pool, "REFERENCE", morning, number, race.morning_at
        )
        runners.append(runner | _outcome(race, entry, shown_places))
    return {
        "simulated": True,
        "participants": runners,
        "ecuries": _couplings(race),
        "cached": False,
    }


@lru_cache(maxsize=256)  # what the draw fixed
def _fixed_facts(race: SimulatedRace) -> Document:
    discipline, speciality = DISCIPLINES[race.discipline]
    return {
        "simulated": True,
        "cached": False,
        "timezoneOffset": _offset_ms(race.off_time),
        "numReunion": race.key.meeting,
        "numExterneReunion": race.key.meeting,
        "numOrdre": race.key.race,
        "numExterne": race.key.race,
        "heureDepart": None,
        "libelle": without_accents(race.name).upper(),
        "montantPrix": race.prize_eur,
        "distance": race.distance_m,
        "distanceUnit": "METRE",
        "corde": "CORDE_GAUCHE",
        "discipline": discipline,
        "specialite": speciality,
        "categorieParticularite": _CATEGORIES[race.race_class],
        "nombreDeclaresPartants": race.declared,
        "penetrometre": {"intitule": race.going},
    }


def _incidents(race: SimulatedRace, now: datetime) -> list[Document]:
    rows = [("NON_PARTANT", race.withdrawn(now))]
    if race.status(now) in _ENDED:
        rows += [
            ("DISQUALIFIE_POUR_ALLURE_IRREGULIERE", race.finish.disqualified),
            ("TOMBE", race.finish.fallen),
            ("ARRETE", race.finish.pulled_up),
        ]
    return [
        {"type": kind, "numeroParticipants": list(numbers)} for kind, numbers in rows if numbers
    ]


@lru_cache(maxsize=256)  # what the draw fixed
def _fixed_runners(race: SimulatedRace) -> tuple[Document, ...]:
    gait = {"allure": "TROT" if race.discipline.is_trot else "GALOP"}
    return tuple(_runner(entry) | gait | _handicap(race, entry) for entry in race.entries)


def _handicap(race: SimulatedRace, entry: Entry) -> Document:
    """What evens the field out: a trotter's own distance, a galloper's weight and draw."""
    if race.discipline.is_trot:
        return {"handicapDistance": entry.distance_m}
    handicap: Document = {}
    if entry.weight_kg is not None:
        handicap["handicapPoids"] = round(entry.weight_kg * 10)
    if entry.draw is not None:
        handicap["placeCorde"] = entry.draw
    return handicap


def _runner(entry: Entry) -> Document:
    runner: Document = {
        "nom": capitals(entry),
        "numPmu": entry.number,
        "age": entry.age,
        "sexe": _SEXES[entry.sex],
        "oeilleres": _BLINKERS[entry.blinkers] if entry.blinkers else "SANS_OEILLERES",
        "entraineur": _person(entry.trainer.last, initials(entry.trainer)),
        "driver": _person(entry.jockey.last, initials(entry.jockey)),
        "driverChange": False,
        "indicateurInedit": False,
        "musique": entry.form.replace(" ", ""),
        "gainsParticipant": {"gainsCarriere": entry.earnings_eur * 100},
    } | career_counts(entry.form)
    if entry.shoes:
        runner["deferre"] = _SHOES[entry.shoes]
    if entry.coupling is not None:
        runner["ecurie"] = _letter(entry.coupling)
    return runner


def _person(last: str, first_letters: str) -> str:
    return f"{first_letters} {without_accents(last).upper()}"


def _letter(coupling: str) -> str:
    """PMU letters its coupled entries: A for the first."""
    return chr(ord("A") + int(coupling.removeprefix("E")) - 1)


def _couplings(race: SimulatedRace) -> list[Document]:
    names = dict.fromkeys(entry.coupling for entry in race.entries if entry.coupling)
    return [
        {
            "nom": _letter(name),
            "numeroParticipants": [e.number for e in race.entries if e.coupling == name],
        }
        for name in names
    ]


def _price(
    pool: str, kind: str, odds: dict[int, float], number: int, stamp: datetime
) -> Document | None:
    if number not in odds:
        return None
    return {
        "typePari": pool,
        "rapport": odds[number],
        "typeRapport": kind,
        "dateRapport": _milliseconds(stamp),
        "favoris": odds[number] == min(odds.values()),
        "numPmu1": number,
        "grossePrise": False,
    }


def _outcome(race: SimulatedRace, entry: Entry, places: dict[int, int]) -> Document:
    if not places:
        return {}
    number = entry.number
    if number in places:
        outcome: Document = {"ordreArrivee": places[number]}
        if race.discipline.is_trot:
            outcome["tempsObtenu"] = race.finish.times_ms[number]
            outcome["reductionKilometrique"] = race_reduction_ms(race, number)
        return outcome
    kinds = (
        ("DISQUALIFIE_POUR_ALLURE_IRREGULIERE", race.finish.disqualified),
        ("TOMBE", race.finish.fallen),
        ("ARRETE", race.finish.pulled_up),
    )
    incident = next((kind for kind, numbers in kinds if number in numbers), None)
    return {} if incident is None else {"incident": incident}


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000


def _offset_ms(instant: datetime) -> int:
    offset = instant.utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * 1000
