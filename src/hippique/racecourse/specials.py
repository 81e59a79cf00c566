"""What every simulated day holds so that it is met in tests: odd names, withdrawals, a dead heat.

Which race gets what is drawn once; on a day of one race that race gets everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from hippique.racecourse.simulated import Entry
from hippique.racing.card import RaceKey

FORMULA_NAME = "=cmd|' /C calc'!A0"  # a spreadsheet would run it
MARKUP_NAME = "<b>GRAS</b> DU VALLON"  # a browser would obey it
_OUTSIDERS = 4  # entries of a big field from which a withdrawal is drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Specials:
    """The races that hold the day's special facts."""

    formula_name: RaceKey
    markup_name: RaceKey
    coupled: RaceKey
    withdrawn_late: RaceKey
    withdrawn_early: RaceKey
    dead_heat: RaceKey
    quinte: RaceKey


def choose_specials(rng: Random, declared: Mapping[RaceKey, int]) -> Specials:
    """Share the special facts out over the French races with at least eight declared."""
    full = sorted(key for key, horses in declared.items() if horses > 7)  # noqa: PLR2004  see above
    order = rng.sample(full, len(full))
    keys = [order[index % len(order)] for index in range(6)]
    biggest = max(full, key=lambda key: (declared[key], key))
    return Specials(
        formula_name=keys[0],
        markup_name=keys[1],
        coupled=keys[2],
        withdrawn_late=keys[3],
        withdrawn_early=keys[4],
        dead_heat=keys[5],
        quinte=biggest,
    )


def with_specials(
    rng: Random,
    specials: Specials,
    key: RaceKey,
    off_time: datetime,
    entries: tuple[Entry, ...],
) -> tuple[Entry, ...]:
    """The field with what falls to this race: entries keep their numbers.

    Numbers 1 to 4 carry names and coupling; withdrawals are drawn among the last numbers.
    """
    field = list(entries)
    if key == specials.formula_name:
        field[0] = replace(field[0], name=FORMULA_NAME)
    if key == specials.markup_name:
        field[1] = replace(field[1], name=MARKUP_NAME)
    if key == specials.coupled:
        field[2] = replace(field[2], coupling="E1")
        field[3] = replace(field[3], coupling="E1", trainer=field[2].trainer)
    for index, known_at in _withdrawals(rng, specials, key, off_time, len(field)).items():
        field[index] = replace(field[index], withdrawn_at=known_at)
    return tuple(field)


def _withdrawals(
    rng: Random, specials: Specials, key: RaceKey, off_time: datetime, declared: int
) -> dict[int, datetime]:
    """Which entries are withdrawn, and when that is known."""
    morning = off_time.replace(hour=7, minute=0, second=0) + timedelta(minutes=rng.randint(5, 80))
    late = off_time - timedelta(seconds=rng.randint(8 * 60, 26 * 60))
    spare = rng.sample(range(declared - _OUTSIDERS, declared), 2) if declared > 7 else []  # noqa: PLR2004  small fields stay whole
    known: dict[int, datetime] = {}
    if spare and (key == specials.withdrawn_early or rng.random() < 0.15):  # noqa: PLR2004  as usual
        known[spare[0]] = morning
    if key == specials.withdrawn_late:
        known[spare[1]] = late
    elif spare and rng.random() < 0.06:  # noqa: PLR2004  a few more during the day
        known[spare[1]] = off_time - timedelta(minutes=rng.randint(35, 150))
    return known
