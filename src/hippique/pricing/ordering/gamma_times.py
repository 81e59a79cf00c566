"""Stern's model: gamma times of one shape, the smallest first. Shape 1 is Harville's model."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, FieldTooSmall
from hippique.pricing.checks import (
    LEAST_RUNNERS,
    Floats,
    checked_finite,
    checked_number,
    refuse_first,
)
from hippique.pricing.ordering.gamma import GammaNoise
from hippique.pricing.ordering.location import location_law
from hippique.pricing.ordering.orders import Ordering
from hippique.pricing.ordering.strengths import strengths

NODES = 96
LEAST_SHAPE, MOST_SHAPE = 0.1, 1000.0  # beyond 1000 the model is Henery's to three digits


def stern(win: ArrayLike, shape: float, nodes: int = NODES) -> Ordering:
    """The field whose chances to win are `win`, shape (runners,), each above 0, sum 1.

    shape: of the gamma times, 0.1–1000; 1 gives Harville, larger ones tend to Henery. Raises
    FieldTooSmall, ProbabilityOutOfRange, ArgumentOutOfRange (shape, nodes), NoSolution.
    Source: Stern 1990.
    """
    return stern_of(stern_rates(win, shape, nodes), shape, nodes)


def stern_of(rates: ArrayLike, shape: float, nodes: int = NODES) -> Ordering:
    """The field of gamma times with these rates, shape (runners,), each above 0; larger is faster.

    Raises FieldTooSmall, ArgumentOutOfRange (a rate, the shape).
    """
    values = checked_finite(rates, "rates")
    if values.size < LEAST_RUNNERS:
        raise FieldTooSmall(f"rates: fewer than two runners ({values.size})")
    refuse_first(values <= 0.0, values, "a rate is not above 0", ArgumentOutOfRange)
    return Ordering("stern", location_law(-np.log(values), _noise(shape), nodes))


def stern_rates(win: ArrayLike, shape: float, nodes: int = NODES) -> Floats:
    """Rates with geometric mean 1 whose chances to win are `win`; raises as `stern` does."""
    return np.asarray(np.exp(-strengths(win, _noise(shape), nodes)))


def _noise(shape: float) -> GammaNoise:
    return GammaNoise(checked_number(shape, "shape", least=LEAST_SHAPE, most=MOST_SHAPE))
