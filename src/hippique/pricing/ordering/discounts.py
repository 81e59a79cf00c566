"""Lo and Bacon-Shone's discounts: how much less a win chance says about each later place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, checked_vector

# The values that come nearest to exact normal running times on real fields, by field size: 200
# fields each (84 of 18), 3,000 simulated finishes a field, good to .005. Columns: places 2 to 5.
FIELD_SIZES = (6, 8, 10, 12, 14, 16, 18)
BY_FIELD_SIZE = (
    (0.725, 0.583, 0.475, 0.390),
    (0.748, 0.615, 0.521, 0.449),
    (0.761, 0.638, 0.549, 0.487),
    (0.775, 0.654, 0.572, 0.509),
    (0.782, 0.668, 0.590, 0.531),
    (0.786, 0.675, 0.597, 0.540),
    (0.792, 0.687, 0.607, 0.551),
)
# One pair for all field sizes, places 2 and 3 only. Source: Lo and Bacon-Shone 1994, 2008.
LITERATURE = (0.76, 0.62)
MOST_DISCOUNTS = 4  # chances go to the first five, and the first place has none


def usual_discounts(runners: int) -> Floats:
    """Exponents of places 2 to 5 for a field of this size, shape (4,); 1 is none, 0 all alike.

    Between two sizes of the table in proportion; below the first and above the last as there.
    """
    columns = np.array(BY_FIELD_SIZE).T
    return np.array([np.interp(runners, FIELD_SIZES, column) for column in columns])


def checked_discounts(discounts: Sequence[float]) -> Floats:
    """A copy of the exponents of places 2, 3 …, shape (1 to 4,), each finite and 0 or more.

    Raises ArgumentOutOfRange naming the place.
    """
    values = checked_vector(discounts, "discounts")
    if not 1 <= values.size <= MOST_DISCOUNTS:
        raise ArgumentOutOfRange(
            f"discounts: {values.size} given; from 1 to {MOST_DISCOUNTS}, for places 2 to 5"
        )
    for place, value in enumerate(values, start=2):
        if not (np.isfinite(value) and value >= 0.0):
            raise ArgumentOutOfRange(f"discount of place {place}: {value} is not in [0, infinity)")
    return values
