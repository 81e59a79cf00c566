"""Model and market put together: Benter's second stage.

c_i ∝ exp(α ln f_i + β ln q_i + γ (ln q_i − ln q'_i)), f the model's chance, q the market's now, q'
the market's earlier. Source: Benter 1994.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, checked_chances

FLOOR = 1e-6
FLOORED = "floored"  # a chance below 1e-6 was counted as 1e-6
NO_EARLIER = "no earlier market"  # the drift counts as 0


@dataclass(frozen=True, slots=True)
class BlendedChances:
    """Win chances of one field, (runners,), sum 1, and what was put in for them."""

    chances: Floats
    flags: tuple[str, ...]


def blend(  # noqa: PLR0913  # two views and three exponents are the formula
    f: ArrayLike,
    q: ArrayLike,
    *,
    alpha: float,
    beta: float,
    gamma: float = 0.0,
    earlier: ArrayLike | None = None,
) -> BlendedChances:
    """The chances of one field from the model's f and the market's q; each (runners,), sum 1.

    earlier: q', the market's chances at the earlier snapshot; without it the drift is 0 and, where
    gamma is not 0, the flag says so. Chances below 1e-6 count as 1e-6, with a flag.
    Raises ArgumentOutOfRange (lengths that differ, an exponent not finite), FieldTooSmall,
    ProbabilityOutOfRange.
    """
    model, market = checked_chances(f, "f"), checked_chances(q, "q")
    before = market if earlier is None else checked_chances(earlier, "earlier")
    _refuse_lengths(model, market, before)
    _refuse_exponents(alpha=alpha, beta=beta, gamma=gamma)
    now = floored_log(market)
    utilities = alpha * floored_log(model) + beta * now
    if gamma != 0.0 and earlier is not None:
        utilities = utilities + gamma * (now - floored_log(before))
    powers = np.exp(utilities - utilities.max())
    is_floored = min(model.min(), market.min(), before.min()) < FLOOR
    flags = {FLOORED: is_floored, NO_EARLIER: gamma != 0.0 and earlier is None}
    return BlendedChances(powers / powers.sum(), tuple(flag for flag, on in flags.items() if on))


def floored_log(chances: Floats) -> Floats:
    """The ln of each chance, none below ln 1e-6; the smallest keep their order."""
    return np.asarray(np.log(np.maximum(chances, FLOOR)))


def _refuse_lengths(model: Floats, market: Floats, before: Floats) -> None:
    if not model.size == market.size == before.size:
        sizes = f"f {model.size}, q {market.size}, earlier {before.size}"
        raise ArgumentOutOfRange(f"lengths differ: {sizes}")


def _refuse_exponents(**exponents: float) -> None:
    for name, value in exponents.items():
        if not np.isfinite(value):
            raise ArgumentOutOfRange(f"{name} not finite ({value})")
