"""A location family: times θ_i + noise, the smallest first. Henery's and Stern's are both."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats
from hippique.pricing.compiled import repaid
from hippique.pricing.ordering.counts import top_chances
from hippique.pricing.ordering.front_index import Parts
from hippique.pricing.ordering.front_integrals import front_chances, order_chance
from hippique.pricing.ordering.nodes import MOST_NODES, rule_of
from hippique.pricing.ordering.noise import Noise
from hippique.pricing.ordering.set_integrals import set_chance, set_chances
from hippique.pricing.ordering.tables import Tables, survival_between

WIDEST = 8.0  # a field spread wider than this, in scales of the noise, gets more nodes


@dataclass(frozen=True, slots=True, eq=False)
class LocationLaw:
    """Chances of one field of a location family; made by `location_law`.

    theta: shape (runners,), as given, read-only. tables: the noise of every runner at the nodes.
    """

    theta: Floats
    noise: Noise
    nodes: int
    tables: Tables

    def win(self) -> Floats:
        """The chance to be first, shape (runners,)."""
        return self.tables.win.copy()

    def top(self, places: int) -> Floats:
        """The chance of each to be among the first `places`, shape (runners,)."""
        return top_chances(self.tables, places)

    def order(self, runners: tuple[int, ...]) -> float:
        """The chance that these are the first, in this order."""
        return order_chance(self.tables, runners)

    def first(self, runners: tuple[int, ...]) -> float:
        """The chance that these are the first, in any order."""
        return set_chance(self.tables, runners)

    def orders(self, size: int) -> Floats:
        """`order` of every row of `orders_of(runners, size)`."""
        return front_chances(self.tables, (1,) * size)

    def firsts(self, size: int) -> Floats:
        """`first` of every row of `sets_of(runners, size)`."""
        return set_chances(self.tables, size)

    def fronts(self, parts: Parts) -> Floats:
        """The chance of every row of `fronts_of(runners, parts)`."""
        return front_chances(self.tables, parts)

    def without(self, runner: int) -> LocationLaw:
        """The others keep their locations."""
        return location_law(np.delete(self.theta, runner), self.noise, self.nodes)


def location_law(theta: Floats, noise: Noise, nodes: int) -> LocationLaw:
    """The law of these locations. nodes: for a spread up to 8 scales; a wider one gets more.

    Raises ArgumentOutOfRange where more than 512 nodes would be needed.
    """
    kept = theta.copy()
    kept.flags.writeable = False
    count = nodes_for(float(np.ptp(kept)), noise, nodes)
    return LocationLaw(kept, noise, nodes, tables_of(kept, noise, count))


def nodes_for(spread: float, noise: Noise, nodes: int) -> int:
    """`nodes`, or more in proportion to the width where the spread passes 8 scales."""
    width = spread / noise.scale + noise.reach
    count = math.ceil(nodes * max(1.0, width / (WIDEST + noise.reach)))
    if count > MOST_NODES:
        raise ArgumentOutOfRange(
            f"a field spread over {spread:.4g} needs {count} nodes; {MOST_NODES} at most are used"
        )
    return count


def tables_of(theta: Floats, noise: Noise, count: int) -> Tables:
    """The noise of every runner at `count` nodes."""
    rule = rule_of(count)
    times, step = noise.grid(theta.min(), theta.max(), rule.points)
    tails = noise.tails(times - theta[:, None])
    weights = rule.weights * step
    between = repaid(survival_between)(tails.after)
    win = tails.hazard @ (weights * between[0, -1])
    return Tables(tails, weights, np.asarray(rule.up_to * step), between, win)
