"""The field of a race: horses with their true abilities and what a page says of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from hippique.racecourse.simulated import Entry, Person
from hippique.racing.card import Blinkers, Discipline, Shoes

ABILITY_SPREAD = 0.75  # between horses, in standard deviations of one run
RECUL_M = 25  # metres that better horses give away in some trots
_SHOES = (None, None, Shoes.UNSHOD_FOUR, Shoes.UNSHOD_HIND, Shoes.UNSHOD_FRONT)
_BLINKERS = (None, None, None, Blinkers.STANDARD, Blinkers.AUSTRALIAN)
_NOBODY = Person(id=0, first="", last="")
_HALF_KILOS = {True: (106, 120), False: (128, 144)}  # flat 53 to 60 kg, jumps 64 to 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is typical of a discipline. pace_ms: per km at ability 0; metres and euros as ranges."""

    letter: str
    incident_chance: float
    pace_ms: int
    distances_m: tuple[int, ...]
    prizes_eur: tuple[int, int]


KINDS = {
    Discipline.TROT_HARNESS: Kind(
        letter="a",
        incident_chance=0.10,
        pace_ms=74_600,
        distances_m=(2100, 2175, 2700, 2850),
        prizes_eur=(18, 65),
    ),
    Discipline.TROT_MOUNTED: Kind(
        letter="m",
        incident_chance=0.16,
        pace_ms=75_400,
        distances_m=(2175, 2700, 2850),
        prizes_eur=(20, 60),
    ),
    Discipline.FLAT: Kind(
        letter="p",
        incident_chance=0.0,
        pace_ms=60_500,
        distances_m=(1100, 1400, 1600, 2000, 2400),
        prizes_eur=(14, 55),
    ),
    Discipline.HURDLE: Kind(
        letter="h",
        incident_chance=0.07,
        pace_ms=67_000,
        distances_m=(3200, 3500, 3800),
        prizes_eur=(18, 60),
    ),
    Discipline.STEEPLECHASE: Kind(
        letter="s",
        incident_chance=0.11,
        pace_ms=70_000,
        distances_m=(3500, 4100, 4400),
        prizes_eur=(20, 70),
    ),
    Discipline.CROSS_COUNTRY: Kind(
        letter="c",
        incident_chance=0.13,
        pace_ms=74_000,
        distances_m=(4400, 5000, 6000),
        prizes_eur=(16, 40),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """The people of a day."""

    riders: tuple[Person, ...]
    trainers: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The race that the horses are entered for."""

    day: date
    discipline: Discipline
    distance_m: int
    prize_eur: int


def draw_conditions(rng: Random, day: date, discipline: Discipline) -> Conditions:
    """Distance and prize money."""
    kind = KINDS[discipline]
    return Conditions(
        day=day,
        discipline=discipline,
        distance_m=rng.choice(kind.distances_m),
        prize_eur=rng.randint(*kind.prizes_eur) * 1000,
    )


def draw_entries(
    rng: Random, conditions: Conditions, names: Sequence[str], first_id: int, crew: Crew
) -> tuple[Entry, ...]:
    """One entry for each name, numbered from 1. A rider rides once in a race."""
    riders = rng.sample(crew.riders, len(names))
    draws = rng.sample(range(1, len(names) + 1), len(names))
    has_recul = conditions.discipline.is_trot and rng.random() < 0.4  # noqa: PLR2004  four in ten
    entries = []
    for index, name in enumerate(names):
        drawn = _draw_entry(rng, conditions)
        recul = RECUL_M if has_recul and drawn.ability > 1 else 0
        entry = replace(
            drawn,
            number=index + 1,
            horse_id=first_id + index,
            name=name,
            jockey=riders[index],
            trainer=rng.choice(crew.trainers),
            distance_m=conditions.distance_m + recul,
            draw=draws[index] if conditions.discipline is Discipline.FLAT else None,
        )
        entries.append(entry)
    return tuple(entries)


def _draw_entry(rng: Random, conditions: Conditions) -> Entry:
    """A horse still without number, name and people."""
    kind = KINDS[conditions.discipline]
    is_trot = conditions.discipline.is_trot
    ability = rng.gauss(0.0, ABILITY_SPREAD)
    return Entry(
        number=0,
        horse_id=0,
        name="",
        sex=rng.choice("MFHH"),
        age=rng.randint(3, 9),
        jockey=_NOBODY,
        trainer=_NOBODY,
        ability=ability,
        distance_m=conditions.distance_m,
        form=_form(rng, conditions, ability),
        earnings_eur=_earnings_eur(rng, ability),
        record_ms=_record_ms(rng, conditions.discipline, ability),
        incident_chance=kind.incident_chance * rng.choice((0.5, 1.0, 1.0, 1.6)),
        weight_kg=_weight_kg(rng, conditions.discipline),
        shoes=rng.choice(_SHOES) if is_trot else None,
        blinkers=None if is_trot else rng.choice(_BLINKERS),
    )


def _weight_kg(rng: Random, discipline: Discipline) -> float | None:
    if discipline.is_trot:
        return None
    return rng.randint(*_HALF_KILOS[discipline is Discipline.FLAT]) / 2


def _form(rng: Random, conditions: Conditions, ability: float) -> str:
    """A musique that agrees with the ability, as far as the past does."""
    kind = KINDS[conditions.discipline]
    runs = [_past_run(rng, kind, ability) for _ in range(rng.randint(4, 9))]
    runs.insert(rng.randint(0, 3), f"({(conditions.day.year - 1) % 100:02d})")
    return " ".join(runs)


def _past_run(rng: Random, kind: Kind, ability: float) -> str:
    if rng.random() < kind.incident_chance:
        return ("D" if kind.letter in "am" else rng.choice("AT")) + kind.letter
    place = max(1, round(6 - 2.2 * ability + rng.gauss(0, 3)))
    return f"{place if place <= 9 else 0}{kind.letter}"  # noqa: PLR2004  beyond ninth is printed 0


def _earnings_eur(rng: Random, ability: float) -> int:
    return max(500, round(1_400 * math.pow(2.2, ability + rng.gauss(0, 0.5))) * 10)


def _record_ms(rng: Random, discipline: Discipline, ability: float) -> int | None:
    if not discipline.is_trot:
        return None
    pace_ms = KINDS[discipline].pace_ms
    return round((pace_ms - 900 * ability + rng.gauss(0, 500)) / 100) * 100
