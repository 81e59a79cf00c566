"""Henery's model: normal times with equal spreads, the smallest first."""

from __future__ import annotations

from numpy.typing import ArrayLike

from hippique.errors import FieldTooSmall
from hippique.pricing.checks import LEAST_RUNNERS, Floats, checked_finite
from hippique.pricing.ordering.location import location_law
from hippique.pricing.ordering.normal import NormalNoise
from hippique.pricing.ordering.orders import Ordering
from hippique.pricing.ordering.strengths import NODES, strengths

FULL, BULK = NormalNoise(8.0), NormalNoise(6.5)  # fewer nodes reach less far
FULL_FROM = 60


def henery(win: ArrayLike, nodes: int = NODES) -> Ordering:
    """The field whose chances to win are `win`, shape (runners,), each above 0, sum 1.

    nodes: over all sets together 80 are exact to 1e-12 even in the hardest fields (all alike but
    one without hope). 64, for bulk, are to 1e-13 in usual fields, to 1e-10 in the hardest of 18 and
    to 1e-8 in those of 24.
    Raises FieldTooSmall, ProbabilityOutOfRange, ArgumentOutOfRange (nodes), NoSolution.
    Source: Henery 1981.
    """
    return henery_of(strengths(win, _noise(nodes), nodes), nodes)


def henery_of(theta: ArrayLike, nodes: int = NODES) -> Ordering:
    """The field of these mean times, in standard deviations; smaller is faster.

    Raises FieldTooSmall, ArgumentOutOfRange.
    """
    return Ordering("henery", location_law(_locations(theta), _noise(nodes), nodes))


def _noise(nodes: int) -> NormalNoise:
    return FULL if nodes >= FULL_FROM else BULK


def _locations(theta: ArrayLike) -> Floats:
    values = checked_finite(theta, "theta")
    if values.size < LEAST_RUNNERS:
        raise FieldTooSmall(f"theta: fewer than two runners ({values.size})")
    return values
