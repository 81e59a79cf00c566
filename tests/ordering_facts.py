"""What the oracles of the orders of finish ask, answered by an `Ordering`; they count from 1."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.ordering.index import orders_of, sets_of
from hippique.pricing.ordering.orders import Ordering

IN_ORDER = {"exacta", "trifecta", "first_four_ordered", "first_five_ordered"}
IN_FRONT = {"quinella", "trio", "first_four_set", "first_five_set"}
TWO_OF_FIRST = {"two_of_first_three": 3, "two_of_first_four": 4}
FINISHES = {"finishes_second": 2, "finishes_third": 3, "finishes_fourth": 4}
EACH_IN_ORDER = {"exacta_each": 2, "trifecta_each": 3, "first_five_ordered_each": 5}
EACH_IN_FRONT = {"trio_each": 3, "first_four_set_each": 4, "first_five_set_each": 5}
EACH_TWO_OF_FIRST = {"two_of_first_three_each": 3, "two_of_first_four_each": 4}


def facts(ordering: Ordering, expected: dict[str, Any]) -> dict[str, Any]:
    """Every key of `expected` that is known here, computed for the runners that it names."""
    known = {key: _fact(ordering, key, value) for key, value in expected.items()}
    return {key: value for key, value in known.items() if value is not None}


def _fact(ordering: Ordering, key: str, expected: Any) -> Any:
    if isinstance(expected, dict):
        return _by_name(ordering, key, expected)
    if key == "win":
        return ordering.win.tolist()
    if named := re.fullmatch(r"top_(\d)", key):
        return ordering.top_k(int(named[1])).tolist()
    if named := re.fullmatch(r"(exacta|trifecta)_([\d_]+)", key):
        return ordering.ordered(_runners(named[2].replace("_", "-")))
    if key in FINISHES:
        return ordering.finishes(FINISHES[key]).tolist()
    return _each(ordering, key, expected)


def _by_name(ordering: Ordering, key: str, names: dict[str, Any]) -> dict[str, Any] | None:
    """Chances of the selections that these names write out, as "1-2-3"."""
    if key == "top_k":
        return {places: ordering.top_k(int(places)).tolist() for places in names}
    if key == "counts":
        return {name: _count(name) for name in names}
    chance = _chance_of(ordering, key)
    return None if chance is None else {name: chance(_runners(name)) for name in names}


def _chance_of(ordering: Ordering, key: str) -> Callable[[tuple[int, ...]], float] | None:
    if key in IN_ORDER:
        return ordering.ordered
    if key in IN_FRONT:
        return ordering.set
    if key in TWO_OF_FIRST:
        return lambda runners: ordering.joint(runners, TWO_OF_FIRST[key])
    if key == "first_four_within":
        return lambda runners: ordering.within(runners, 4)
    return None


def _each(ordering: Ordering, key: str, expected: Any) -> float | None:
    """Of a whole table whose values should all be the expected one, the farthest from it."""
    if key in EACH_IN_ORDER:
        return _farthest(ordering.all_ordered(EACH_IN_ORDER[key]), expected)
    if key in EACH_IN_FRONT:
        return _farthest(ordering.all_sets(EACH_IN_FRONT[key]), expected)
    if key in EACH_TWO_OF_FIRST:
        return _farthest(ordering.all_joint(2, EACH_TWO_OF_FIRST[key]), expected)
    if key == "top_3_each":
        return _farthest(ordering.top_k(3), expected)
    return None


def _farthest(table: Floats, expected: float) -> float:
    return float(table[np.argmax(np.abs(table - expected))])


def _count(name: str) -> int:
    """Rows of the table that "18P3" or "C(18,3)" counts."""
    runners, size = (int(number) for number in re.findall(r"\d+", name))
    return len(orders_of(runners, size) if "P" in name else sets_of(runners, size))


def _runners(name: str) -> tuple[int, ...]:
    return tuple(int(number) - 1 for number in name.split("-"))
