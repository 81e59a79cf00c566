"""When and where: meetings of a day and the off times of their races."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from hippique.racecourse.names import FOREIGN_TRACKS, FRENCH_TRACKS
from hippique.racing.card import Discipline
from hippique.racing.times import paris_at

FIRST_MINUTE = 10 * 60 + 10  # minutes of the Paris day
LAST_MINUTE = 22 * 60
LEAST_GAP = 24  # minutes between two races of a meeting; shifts may cost it four
MOST_RACES = 9  # in one meeting

_KINDS = (
    (Discipline.TROT_HARNESS, Discipline.TROT_MOUNTED, Discipline.TROT_HARNESS),
    (Discipline.FLAT,),
    (Discipline.HURDLE, Discipline.STEEPLECHASE, Discipline.CROSS_COUNTRY, Discipline.HURDLE),
    (Discipline.FLAT, Discipline.TROT_HARNESS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A race still without its field."""

    number: int
    off_time: datetime
    discipline: Discipline


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A meeting still without its fields."""

    number: int
    track: str
    country: str
    slots: tuple[Slot, ...]


def draw_cards(rng: Random, day: date, races: int) -> tuple[Card, ...]:
    """Meetings with `races` French races in all, and one foreign meeting of 3 to 5 beside them.

    The first French off lies between 10:10 and 10:30, the last at 22:00 at the latest.
    """
    sizes = _meeting_sizes(rng, races)
    foreign_at = rng.randint(1, len(sizes))
    tracks = rng.sample(FRENCH_TRACKS, k=min(len(sizes), len(FRENCH_TRACKS)))
    taken: set[int] = set()
    cards: list[Card] = []
    for index, size in enumerate(sizes):
        if index == foreign_at:
            cards.append(_foreign(rng, day, len(cards) + 1, taken))
        track = tracks[index % len(tracks)] + (" II" if index >= len(tracks) else "")
        first = FIRST_MINUTE + rng.randint(0, 18) if index == 0 else None
        minutes = _off_minutes(rng, size, first, taken)
        kinds = _KINDS[index % len(_KINDS)]
        cards.append(_card(day, len(cards) + 1, (track, "FR"), minutes, kinds))
    if foreign_at == len(sizes):
        cards.append(_foreign(rng, day, len(cards) + 1, taken))
    return tuple(cards)


def _meeting_sizes(rng: Random, races: int) -> list[int]:
    """4 to 8 meetings for an ordinary day; fewer for a short one, more for a huge one."""
    most = min(8, max(1, races // 5))
    meetings = max(math.ceil(races / MOST_RACES), rng.randint(min(4, most), most))
    sizes = [races // meetings + (index < races % meetings) for index in range(meetings)]
    rng.shuffle(sizes)
    return sizes


def _foreign(rng: Random, day: date, number: int, taken: set[int]) -> Card:
    place = rng.choice(FOREIGN_TRACKS)
    minutes = _off_minutes(rng, rng.randint(3, 5), None, taken)
    return _card(day, number, place, minutes, (Discipline.FLAT,))


def _card(
    day: date,
    number: int,
    place: tuple[str, str],
    minutes: list[int],
    kinds: tuple[Discipline, ...],
) -> Card:
    slots = tuple(
        Slot(
            number=index + 1,
            off_time=paris_at(day, minute // 60, minute % 60),
            discipline=kinds[index % len(kinds)],
        )
        for index, minute in enumerate(minutes)
    )
    return Card(number=number, track=place[0], country=place[1], slots=slots)


def _off_minutes(rng: Random, size: int, first: int | None, taken: set[int]) -> list[int]:
    """Minutes of the day, in order, on which no other race of the day goes off."""
    gaps = [rng.randint(LEAST_GAP + 3, LEAST_GAP + 14) for _ in range(size - 1)]
    latest = LAST_MINUTE - 10 - sum(gaps)
    start = rng.randint(FIRST_MINUTE + 25, latest) if first is None else first
    minutes: list[int] = []
    for gap in (0, *gaps):
        wanted = minutes[-1] + gap if minutes else start
        minutes.append(_free_minute(wanted, taken))
    taken.update(minutes)
    return minutes


def _free_minute(wanted: int, taken: set[int]) -> int:
    """The wanted minute or, where races are many, the first free one within three of it."""
    return next((m for m in range(wanted, wanted + 4) if m not in taken), wanted)
