"""Harville's orders of finish and Lo and Bacon-Shone's: places drawn one by one from who is left.

Place m goes to a runner left with a chance in proportion to c^lambda_m, c being its win chance and
lambda_1 = 1. All lambdas 1: Harville 1973 (exponential times), too generous to favourites for the
later places. Lambdas below 1: Lo and Bacon-Shone 1994, near to exact normal times without their
integrals. All lambdas 0 after the first: whoever is left, alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.checks import Bools, Floats, checked_chances, refuse_first
from hippique.pricing.ordering.discounts import checked_discounts, usual_discounts
from hippique.pricing.ordering.draws import one_more_member, one_more_place, two_more_places
from hippique.pricing.ordering.front_index import DEEPEST, Parts, last_steps
from hippique.pricing.ordering.index import Positions, orders_of, rows_without, sets_of
from hippique.pricing.ordering.orders import Ordering
from hippique.pricing.ordering.sums import sums_holding

SMALLEST_WEIGHT = 1e-290  # one divided by less can pass the largest float
NOBODY: Positions = np.zeros((1, 0), dtype=np.int8)  # the one order of no places


def harville(win: ArrayLike) -> Ordering:
    """Orders of finish from win chances, each later place in proportion to them.

    win: shape (runners,), from 2 runners up, sums to 1. A chance of 0 is taken as long as somebody
    with a chance is left for each place asked for; else that call raises ProbabilityOutOfRange.
    Raises FieldTooSmall, ProbabilityOutOfRange, ArgumentOutOfRange. Source: Harville 1973.
    """
    return Ordering(model="harville", law=_drawn(checked_chances(win), (1.0,) * (DEEPEST - 1)))


def lbs(win: ArrayLike, lambdas: Sequence[float] | None = None) -> Ordering:
    """Orders of finish from win chances, discounted for each later place.

    win: as in `harville`. lambdas: exponents of places 2, 3 … (up to four, each 0 or more); None
    takes the usual ones of the field's size. Places beyond those given are refused when asked for.
    Raises as `harville`. Source: Lo and Bacon-Shone 1994.
    """
    given = None if lambdas is None else tuple(checked_discounts(lambdas).tolist())
    return Ordering(model="lbs", law=_drawn(checked_chances(win), given))


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLaw:
    """Places drawn one by one. chances: shape (runners,). weights: row m - 1 draws place m.

    lambdas: of places 2, 3 …; None where they follow from the field's size.
    """

    chances: Floats
    weights: Floats
    lambdas: tuple[float, ...] | None

    def win(self) -> Floats:
        """As `OrderLaw` says, and so the others."""
        return self.chances.copy()

    def top(self, places: int) -> Floats:
        """Chances to be in front, from the sets; up to five places."""
        return sums_holding(self.firsts(places), self.chances.size, places, 1)

    def order(self, runners: tuple[int, ...]) -> float:
        """One product of shares of what is left."""
        left = np.ones(self.chances.size, dtype=bool)
        chance = 1.0
        for weights, runner in zip(self._draws(len(runners)), runners, strict=False):
            if chance == 0.0:  # whoever cannot be in front leaves nothing to divide
                break
            chance *= float(weights[runner]) / _rest(float(weights[left].sum()), left)
            left[runner] = False
        return chance

    def first(self, runners: tuple[int, ...]) -> float:
        """One walk over the 2^k subsets of the set."""
        if len(runners) == self.chances.size:
            return 1.0
        draws = self._draws(len(runners))
        others = np.ones(self.chances.size, dtype=bool)
        others[list(runners)] = False
        outside = draws[:, others].sum(axis=1).tolist()
        return _chance_in_front(outside, draws[:, list(runners)].tolist(), others)

    def orders(self, size: int) -> Floats:
        """Two places at a time; who comes last of all is certain and never drawn."""
        draws = self._safe_draws(size)
        odd = len(draws) % 2
        chances = self.chances.copy() if odd else np.ones(1)
        for depth in range(odd, len(draws), 2):
            starts = orders_of(self.chances.size, depth) if depth else NOBODY
            chances = two_more_places(starts, chances, draws[depth], draws[depth + 1])
        return chances

    def firsts(self, size: int) -> Floats:
        """One member at a time."""
        runners = self.chances.size
        if size == runners:
            return np.ones(1)
        chances = self.chances.copy()
        for members, weights in enumerate(self._safe_draws(size)[1:], start=2):
            smaller, larger = sets_of(runners, members - 1), sets_of(runners, members)
            parents = rows_without(runners, members)
            chances = one_more_member(chances, weights, smaller, larger, parents)
        return chances

    def fronts(self, parts: Parts) -> Floats:
        """The first block as a set, then one member at a time."""
        runners, draws = self.chances.size, self._safe_draws(sum(parts))
        chances = self.firsts(parts[0])
        for block in range(1, len(parts)):
            for size in range(1, parts[block] + 1):
                before = (*parts[:block], size - 1)[: block + (size > 1)]
                # Who comes last of all is certain: any weights draw the only one left.
                weights = draws[min(sum(before), len(draws) - 1)]
                chances = one_more_place(chances, weights, before)
                if size > 1:
                    chances = chances[last_steps(runners, (*parts[:block], size))].sum(axis=0)
        return chances

    def without(self, runner: int) -> DrawnLaw:
        """The others' win chances divided by what is left of them."""
        kept = np.delete(self.chances, runner)
        if kept.sum() == 0.0:
            raise ProbabilityOutOfRange(f"runner {runner + 1} has left none with a chance (0/0)")
        return _drawn(checked_chances(kept / kept.sum()), self.lambdas)

    def _draws(self, size: int) -> Floats:
        """The weights of the places that are drawn for `size` of them in front."""
        drawn = min(size, self.chances.size - 1)
        if size > DEEPEST:
            raise ArgumentOutOfRange(f"{size} places: chances go to the first {DEEPEST}")
        if drawn > len(self.weights):
            raise ArgumentOutOfRange(
                f"no discount was given for place {drawn}, only up to place {len(self.weights)}"
            )
        return self.weights[:drawn]

    def _safe_draws(self, size: int) -> Floats:
        """`_draws`, refused where somebody's place would be drawn from weights that are all 0."""
        draws = self._draws(size)
        for place, weights in enumerate(draws):
            if np.count_nonzero(weights) <= place:
                _rest(0.0, weights == 0.0)
        return draws


def _drawn(chances: Floats, lambdas: tuple[float, ...] | None) -> DrawnLaw:
    later = usual_discounts(chances.size) if lambdas is None else np.array(lambdas)
    weights = chances ** np.concatenate([[1.0], later])[:, np.newaxis]
    for row in weights:
        faint = (chances > 0.0) & (row < SMALLEST_WEIGHT)
        refuse_first(faint, chances, "chance too small to be weighed", ProbabilityOutOfRange)
    return DrawnLaw(chances=chances, weights=weights, lambdas=lambdas)


def _rest(weight: float, left: Bools) -> float:
    """What the runners left weigh together; refused where it is nothing."""
    if weight > 0.0:
        return weight
    first = int(np.flatnonzero(left)[0])
    raise ProbabilityOutOfRange(
        f"runner {first + 1}: a win probability is 0, and so are all those left to draw from (0/0)"
    )


def _chance_in_front(outside: list[float], inside: list[list[float]], others: Bools) -> float:
    """P(the members are in front), each subset reached from those one smaller.

    outside: for each place, the weight of all who are no members; inside: that of each member.
    A subset is a number whose bit j says that member j is in it.
    """
    size = len(inside[0])
    chances = [1.0] + [0.0] * (2**size - 1)
    for subset in range(2**size - 1):
        weights = inside[subset.bit_count()]
        left = [member for member in range(size) if not subset >> member & 1]
        weight = outside[subset.bit_count()] + sum(weights[member] for member in left)
        share = chances[subset] / _rest(weight, others)
        for member in left:
            chances[subset | 1 << member] += share * weights[member]
    return chances[-1]
