"""Each one's part of the profit when places are shared; the rule is a setting of the operator.

Sources: by position as in most codes (California 1972, Montana, Wisconsin); by runner in some.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from hippique.errors import ArgumentOutOfRange, PoolOutOfRange
from hippique.pricing.checks import Floats

DeadHeat = Literal["by_position", "by_runner"]


def place_parts(tied: Sequence[int], places: int, dead_heat: DeadHeat = "by_position") -> Floats:
    """Parts of the place profit, in order of finish, shape (runners paid,), summing to 1.

    tied: how many share each placing, from the first. places: those that are paid; where fewer
    runners are listed, that many. by_position: those who tie share the parts of the positions
    they occupy, of which some may lie beyond the last place paid. by_runner: all paid alike.
    Raises PoolOutOfRange (nobody placed), ArgumentOutOfRange.
    """
    _check(tied, places, dead_heat)
    runners = sum(tied)
    if dead_heat == "by_runner":
        return np.full(runners, 1.0 / runners)
    positions = min(places, runners)
    starts = np.cumsum([0, *tied[:-1]])
    within = np.minimum(starts + tied, positions) - starts
    return np.repeat(within / (np.asarray(tied) * positions), tied)


def _check(tied: Sequence[int], places: int, dead_heat: str) -> None:
    if dead_heat not in get_args(DeadHeat):
        raise ArgumentOutOfRange(f"dead_heat: {dead_heat!r} is none of {get_args(DeadHeat)}")
    if places < 1:
        raise ArgumentOutOfRange(f"places: {places} is less than 1; such bets are refunded")
    if not tied:
        raise PoolOutOfRange("placed: no placed horse")
    for placing, runners in enumerate(tied, start=1):
        if runners < 1:
            raise PoolOutOfRange(f"placed: no placed horse in placing {placing}")
    before_last = sum(tied[:-1])
    if before_last >= places:
        raise ArgumentOutOfRange(
            f"placed: placing {len(tied)} begins at position {before_last + 1}, "
            f"and {places} places are paid"
        )
