"""How the sites print names, times and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from hippique.racecourse.simulated import Entry, Person, RaceClass, SimulatedRace
from hippique.racecourse.specials import FORMULA_NAME, MARKUP_NAME
from hippique.racing.card import Discipline
from hippique.racing.times import paris_time

NARROW_SPACE = "\u202f"
HARD_SPACE = "\u00a0"
SIMULATED = "SIMULÉ"

DISCIPLINE_WORDS = {
    Discipline.TROT_HARNESS: "Attelé",
    Discipline.TROT_MOUNTED: "Monté",
    Discipline.FLAT: "Plat",
    Discipline.HURDLE: "Haies",
    Discipline.STEEPLECHASE: "Steeple-chase",
    Discipline.CROSS_COUNTRY: "Cross",
}
CLASS_WORDS: Mapping[RaceClass | None, str | None] = {  # PMU alone names a race with conditions
    None: None,
    RaceClass.HANDICAP: "Handicap",
    RaceClass.CONDITIONS: None,
    RaceClass.CLAIMING: "À réclamer",
}
COUNTRY_WORDS = {
    "FR": "France",
    "BE": "Belgique",
    "GB": "Grande-Bretagne",
    "DE": "Allemagne",
    "ES": "Espagne",
}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def capitals(entry: Entry) -> str:
    """A horse's name as ZEturf and PMU print it; hostile names stay as they are, byte for byte."""
    if entry.name in {FORMULA_NAME, MARKUP_NAME}:
        return entry.name
    return without_accents(entry.name).upper()


def without_accents(text: str) -> str:
    """Latin letters without their marks."""
    split = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def slug(text: str) -> str:
    """The part of an address made from a name."""
    return re.sub(r"[^a-z0-9]+", "-", without_accents(text).lower()).strip("-") or "x"


def initials(person: Person) -> str:
    """`P.-Y.` for Pierre-Yves."""
    return "-".join(f"{part[0]}." for part in person.first.split("-"))


def family_first(person: Person) -> str:
    """`Valtrion P.Y.`, as ZEturf prints people."""
    return f"{person.last} {initials(person).replace('-', '')}"


def initial_first(person: Person) -> str:
    """`P.-Y. Valtrion`, as Geny and PMU print people."""
    return f"{initials(person)} {person.last}"


def clock_words(instant: datetime) -> str:
    """`19h05`, Paris."""
    return paris_time(instant).strftime("%Hh%M")


def thousands(number: int, space: str = NARROW_SPACE) -> str:
    """`17 330` with the space that the site uses."""
    return f"{number:,}".replace(",", space)


def euro_amount(cents: int, space: str = NARROW_SPACE) -> str:
    """`1 929,80` for 192980 cents."""
    return f"{thousands(cents // 100, space)},{cents % 100:02d}"


def comma_number(value: float) -> str:
    """`94,2`, and `95` where there is nothing after the comma."""
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")


def plain_number(value: float) -> float | int:
    """19 instead of 19.0, as JSON of the sites has it."""
    return int(value) if value == int(value) else value


def reduction(ms_per_km: int, second_mark: str) -> str:
    """`1'15"0` or `1'15''0`: minutes, seconds, tenths; rounded down as stewards do."""
    tenths = ms_per_km // 100
    return f"{tenths // 600}'{tenths // 10 % 60:02d}{second_mark}{tenths % 10}"


def race_reduction_ms(race: SimulatedRace, number: int) -> int:
    """A finisher's ms per km over its own distance."""
    return race.finish.times_ms[number] * 1000 // race.entry(number).distance_m


def chrono(ms: int) -> str:
    """`03'26''97`: minutes, seconds, hundredths."""
    hundredths = ms // 10
    minutes, seconds = hundredths // 6000, hundredths // 100 % 60
    return f"{minutes:02d}'{seconds:02d}''{hundredths % 100:02d}"


def margin(gap_ms: int) -> str:
    """A margin in lengths, about six a second."""
    quarters = round(gap_ms * 6 / 1000 * 4)
    if quarters <= 1:
        return "TETE" if quarters else "NEZ"
    whole, rest = divmod(quarters, 4)
    fraction = ("", "1/4", "1/2", "3/4")[rest]
    return f"{whole} L {fraction}".strip() if whole else f"{fraction} L"


def ranked(race: SimulatedRace) -> list[tuple[int, int]]:
    """(place, number) of each finisher; tied horses carry the same place."""
    rows = []
    place = 1
    for tied in race.finish.order:
        rows += [(place, number) for number in tied]
        place += len(tied)
    return rows


def margins(race: SimulatedRace) -> dict[int, str]:
    """What each finisher lost on the one before it; empty for the first."""
    words = {}
    before: int | None = None
    for _, number in ranked(race):
        time = race.finish.times_ms[number]
        words[number] = "" if before is None else _margin_words(time - before)
        before = time
    return words


def _margin_words(gap_ms: int) -> str:
    return margin(gap_ms) if gap_ms else "DEAD-HEAT"
