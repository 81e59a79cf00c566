"""What one race's dividends say of the takeout, from the side of the crowd and of the result.

A pool keeps t and pays D = (1 − t)/s per euro on a combination that holds the share s of the
stakes. Two means over races tell t, each under a condition of its own:

* crowd: stake in proportion to predicted shares q. The return is q·D, and its mean is 1 − t where
  q is the crowd's share, or where the crowd is calibrated. Noise of s around q makes it too large.
* result: divide by the chance P that it wins. The mean of 1/(P·D) is Σ s/(1 − t) = 1/(1 − t),
  whatever the crowd does, where P is right. What the crowd knows and P does not makes it too large.

So 1 − (mean of the first) errs to low takeouts, 1 − 1/(mean of the second) to high ones.
Every function takes the two models, and the rows with half a step of rounding added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hippique.pricing.ordering import Ordering, sets_of

Positions = tuple[int, ...]
Rows = Sequence[Positions]
PerEuro = Sequence[float]
Sides = tuple[float, float]  # whose means are 1 − t and 1/(1 − t)
Told = Callable[[Ordering, Ordering, Rows, PerEuro], Sides | None]
PLACES = 3  # paid in a place pool of 8 declared or more
PAIRS_OF_FOUR, FIRST_FOUR = 6, 4


def as_set(crowd: Ordering, result: Ordering, won: Rows, paid: PerEuro) -> Sides:
    """One combination in any order."""
    return crowd.set(won[0]) * paid[0], 1.0 / (result.set(won[0]) * paid[0])


def in_order(crowd: Ordering, result: Ordering, won: Rows, paid: PerEuro) -> Sides:
    """One combination in its order."""
    return crowd.ordered(won[0]) * paid[0], 1.0 / (result.ordered(won[0]) * paid[0])


def exactly(place: int) -> Told:
    """One horse that finishes just there."""

    def told(crowd: Ordering, result: Ordering, won: Rows, paid: PerEuro) -> Sides:
        ((horse,),) = won
        share, chance = crowd.finishes(place)[horse], result.finishes(place)[horse]
        return share * paid[0], 1.0 / (chance * paid[0])

    return told


def of_three(crowd: Ordering, result: Ordering, won: Rows, paid: PerEuro) -> Sides:
    """A gross pool that is split in three: a horse, or a pair, among the first three."""
    share = [crowd.joint(one, PLACES) / PLACES for one in won]
    chance = [result.joint(one, PLACES) for one in won]
    held = [1.0 / (PLACES * each) for each in paid]
    return _dot(share, paid), sum(s / p for s, p in zip(held, chance, strict=True))


def couple_place(crowd: Ordering, result: Ordering, won: Rows, paid: PerEuro) -> Sides | None:
    """The net pool of pairs: D = 1 + (1 − t − Σ s)/3s, so that the rows give each s/(1 − t).

    won: the winning couple, whose row is lost, and the two others. The lost share is the model's
    part of the others'; only pairs with a row enter the side of the result.
    """
    couple, *listed = won
    own = paid[1:]
    if len(listed) != PLACES - 1 or min(own) <= 1.0:
        return None
    share = [crowd.joint(pair, PLACES) / PLACES for pair in listed]
    lost = crowd.joint(couple, PLACES) / PLACES
    weight = [1.0 / (PLACES * (each - 1.0)) for each in own]
    profit = 1.0 / (1.0 + sum(weight) * (1.0 + lost / sum(share)))  # ÷ (1 − t), as `held`
    held = [profit * one for one in weight]
    chance = [result.joint(pair, PLACES) - result.set(pair) for pair in listed]
    beside = lost + profit / PLACES * sum(share) / sum(held)  # what the lost pair returns
    return _dot(share, own) + beside, sum(s / p for s, p in zip(held, chance, strict=True))


def pairs_of_four(crowd: Ordering, result: Ordering, won: Rows, paid: PerEuro) -> Sides | None:
    """Two of the first four: the six pairs share one dividend, D = (1 − t)/(sum of their shares).

    The side of the result weighs the foursomes so that every pair counts once: Σ of v_A over the
    foursomes that hold a pair is 1; among such weights, those of least variance.
    """
    four = tuple(sorted({runner for pair in won for runner in pair}))
    if (len(won), len(four), len(set(paid))) != (PAIRS_OF_FOUR, FIRST_FOUR, 1):
        return None
    foursomes, holds = pairs_in_foursomes(crowd.runners)
    chance = result.all_sets(4)
    held = holds.T @ (crowd.all_joint(2, 4) / PAIRS_OF_FOUR)
    weighed = chance / held**2
    weight = weighed * (holds.T @ np.linalg.solve((holds * weighed) @ holds.T, np.ones(len(holds))))
    row = foursomes[four]
    return held[row] * paid[0], weight[row] / (chance[row] * paid[0])


@cache
def pairs_in_foursomes(runners: int) -> tuple[dict[Positions, int], NDArray[np.float64]]:
    """The row of each foursome, and which pairs it holds, shape (pairs, foursomes)."""
    pair_at = {tuple(map(int, pair)): row for row, pair in enumerate(sets_of(runners, 2))}
    foursomes = [tuple(map(int, four)) for four in sets_of(runners, 4)]
    holds = np.zeros((len(pair_at), len(foursomes)))
    for column, four in enumerate(foursomes):
        for pair in combinations(four, 2):
            holds[pair_at[pair], column] = 1.0
    return {four: column for column, four in enumerate(foursomes)}, holds


def _dot(share: Sequence[float], paid: PerEuro) -> float:
    return sum(one * each for one, each in zip(share, paid, strict=True))
