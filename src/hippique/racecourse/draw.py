"""Draw a whole day: the same (day, seed, races) gives the same values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from hippique.errors import InputError
from hippique.racecourse.chance import stream
from hippique.racecourse.field import Conditions, Crew, draw_conditions, draw_entries
from hippique.racecourse.finish import draw_finish
from hippique.racecourse.names import horse_names, people, prize_names
from hippique.racecourse.schedule import Card, Slot, draw_cards
from hippique.racecourse.simulated import (
    Entry,
    RaceClass,
    SimulatedDay,
    SimulatedMeeting,
    SimulatedRace,
    Timeline,
)
from hippique.racecourse.specials import Specials, choose_specials, with_specials
from hippique.racing.card import Discipline, RaceId, RaceKey
from hippique.racing.times import paris_at

MOST_RACES = 400
_CLASS_WEIGHTS = (5, 4, 1)  # of RaceClass: about half of PMU's flat races are handicaps
_GOINGS = ("Bon", "Bon souple", "Souple", "Très souple", "Collant", "Lourd")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Supply:
    """Names, people and special facts of the day, shared out race by race."""

    specials: Specials
    horses: list[str]
    prizes: list[str]
    crew: Crew


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A race's place on the day: card, slot and index, its declared horses, its first horse."""

    card: Card
    slot: Slot
    index: int
    declared: int
    first_horse: int

    @property
    def key(self) -> RaceKey:
        return RaceKey(self.card.number, self.slot.number)


def draw_day(day: date, seed: int, races: int | None = None) -> SimulatedDay:
    """Draw the day. races: French races in all, 30 to 50 when None. Raises InputError.

    Beside them runs one foreign meeting, out of French scope.
    """
    if races is not None and not 1 <= races <= MOST_RACES:
        raise InputError(f"{races} races; choose 1 to {MOST_RACES}", field="races")
    rng = stream(seed, day, "schedule")
    count = rng.randint(30, 50) if races is None else races
    cards = draw_cards(rng, day, count)
    places = _places(stream(seed, day, "field sizes"), cards)
    specials = choose_specials(
        stream(seed, day, "specials"),
        {place.key: place.declared for place in places if place.card.country == "FR"},
    )
    supply = _supply(day, seed, places, specials)
    drawn = {place.key: _draw_race(day, seed, place, supply) for place in places}
    return SimulatedDay(day=day, seed=seed, meetings=tuple(_meeting(card, drawn) for card in cards))


def _meeting(card: Card, drawn: dict[RaceKey, SimulatedRace]) -> SimulatedMeeting:
    return SimulatedMeeting(
        number=card.number,
        track=card.track,
        country=card.country,
        races=tuple(drawn[RaceKey(card.number, slot.number)] for slot in card.slots),
    )


def _places(rng: Random, cards: tuple[Card, ...]) -> list[_Place]:
    """Declared horses of each race; the last race of a day of several is always a small one."""
    slots = [(card, slot) for card in cards for slot in card.slots]
    french = [index for index, (card, _) in enumerate(slots) if card.country == "FR"]
    small = rng.choice(french) if len(french) > 1 else None
    sizes = [
        rng.randint(4, 7) if index == small else _declared(rng, alone=len(french) == 1)
        for index in range(len(slots))
    ]
    sizes = _with_one_full_field(sizes, french, small)
    return [
        _Place(
            card=card,
            slot=slot,
            index=index,
            declared=sizes[index],
            first_horse=sum(sizes[:index]),
        )
        for index, (card, slot) in enumerate(slots)
    ]


def _declared(rng: Random, *, alone: bool) -> int:
    if not alone and rng.random() < 0.06:  # noqa: PLR2004  a few small fields, as on a real day
        return rng.randint(4, 7)
    return rng.randint(9, 18)


def _with_one_full_field(sizes: list[int], french: list[int], small: int | None) -> list[int]:
    """At least one French race keeps enough horses for withdrawals and every kind of bet."""
    if any(sizes[index] > 7 for index in french):  # noqa: PLR2004  eight declared pay three places
        return sizes
    index = next(index for index in french if index != small)
    return [*sizes[:index], 12, *sizes[index + 1 :]]


def _supply(day: date, seed: int, places: list[_Place], specials: Specials) -> _Supply:
    rng = stream(seed, day, "names")
    return _Supply(
        horses=horse_names(rng, sum(place.declared for place in places)),
        prizes=prize_names(rng, len(places)),
        specials=specials,
        crew=Crew(riders=people(rng, 90, 3000), trainers=people(rng, 60, 7000)),
    )


def _draw_race(day: date, seed: int, place: _Place, supply: _Supply) -> SimulatedRace:
    specials = supply.specials
    conditions = draw_conditions(
        stream(seed, day, "conditions", place.key), day, place.slot.discipline
    )
    entries = _draw_field(seed, conditions, place, supply)
    return SimulatedRace(
        seed=seed,
        id=RaceId(day, place.key),
        page_id=600_000 + place.index,
        name=supply.prizes[place.index],
        track=place.card.track,
        country=place.card.country,
        discipline=conditions.discipline,
        distance_m=conditions.distance_m,
        prize_eur=conditions.prize_eur,
        going=stream(seed, day, "going", place.card.number).choice(_GOINGS),
        is_quinte=place.key == specials.quinte,
        entries=entries,
        finish=draw_finish(
            stream(seed, day, "finish", place.key),
            conditions.discipline,
            conditions.distance_m,
            [entry for entry in entries if entry.withdrawn_at is None],
            tied=place.key == specials.dead_heat,
        ),
        timeline=_draw_timeline(stream(seed, day, "timeline", place.key), place.slot.off_time),
        race_class=_draw_class(stream(seed, day, "class", place.key), conditions.discipline),
    )


def _draw_class(rng: Random, discipline: Discipline) -> RaceClass | None:
    if discipline is not Discipline.FLAT:
        return None
    return rng.choices(list(RaceClass), weights=_CLASS_WEIGHTS)[0]


def _draw_field(
    seed: int, conditions: Conditions, place: _Place, supply: _Supply
) -> tuple[Entry, ...]:
    day, first = conditions.day, place.first_horse
    entries = draw_entries(
        stream(seed, day, "field", place.key),
        conditions,
        supply.horses[first : first + place.declared],
        500_000 + first,
        supply.crew,
    )
    rng = stream(seed, day, "withdrawals", place.key)
    return with_specials(rng, supply.specials, place.key, place.slot.off_time, entries)


def _draw_timeline(rng: Random, off_time: datetime) -> Timeline:
    day = off_time.date()  # no race goes off past midnight
    actual_off = off_time + timedelta(seconds=rng.randint(0, 90))
    return Timeline(
        opens_at=paris_at(day, 7),
        morning_at=paris_at(day, 8, 30),
        off_time=off_time,
        actual_off=actual_off,
        provisional_at=actual_off + timedelta(seconds=rng.randint(300, 420)),
        official_at=actual_off + timedelta(seconds=rng.randint(600, 900)),
    )
