"""Hypothesis strategies for odds: books as a tote pool shows them, before it rounds."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hippique.pricing.checks import Floats
from pricing_strategies import MOST_RUNNERS, fields


def books(least: int = 2, most: int = MOST_RUNNERS) -> SearchStrategy[Floats]:
    """Odds of one field, book sum 1 or more; the shortest is 1.01."""
    return st.builds(_odds, fields(least, most), st.floats(0.0, 0.3))


def _odds(chances: Floats, takeout: float) -> Floats:
    return np.maximum((1.0 - takeout) / chances, 1.01)
