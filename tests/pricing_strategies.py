"""Hypothesis strategies for the pricing room: fields of chances as real markets show them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hippique.pricing.checks import Floats

SMALLEST, LARGEST = 1e-4, 0.95
MOST_RUNNERS = 24


def fields(least: int = 2, most: int = MOST_RUNNERS) -> SearchStrategy[Floats]:
    """Win chances of one field, each from 1e-4 to .95, summing to 1."""
    return st.integers(least, most).flatmap(_of_size)


def _of_size(runners: int) -> SearchStrategy[Floats]:
    weights = st.lists(st.floats(-9.0, 0.0), min_size=runners, max_size=runners)
    return weights.map(_chances).filter(lambda chances: chances.max() <= LARGEST)


def _chances(log_weights: list[float]) -> Floats:
    weights = np.exp(log_weights)
    # A floor for every share, as a pool with one unit of stake on everybody has.
    floor = SMALLEST * 1.01
    chances: Floats = floor + (1.0 - floor * weights.size) * weights / weights.sum()
    return chances / chances.sum()
