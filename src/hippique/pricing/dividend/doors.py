"""What no dividend can be made of is refused here, by name; entries are counted from 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, PoolOutOfRange, PricingError
from hippique.pricing.checks import SUM_SLACK, Bools, Floats

EXCESS_SLACK = 1e-9  # relative: stakes made of shares may exceed their pool by rounding noise


def checked_takeout(takeout: ArrayLike) -> Floats:
    """A copy of the deducted shares, each in [0, 1). Raises PoolOutOfRange."""
    values = numbers(takeout, "takeout")
    refuse(~((values >= 0.0) & (values < 1.0)), values, "takeout", "takeout must be in [0, 1)")
    return values


def checked_pool(pool: ArrayLike) -> Floats:
    """A copy of the pools in euros, each above 0. Raises PoolOutOfRange."""
    values = finite(pool, "pool")
    refuse(values < 0.0, values, "pool", "negative pool")
    refuse(values == 0.0, values, "pool", "empty pool")
    return values


def checked_stakes(stakes: ArrayLike, name: str) -> Floats:
    """A copy of others' stakes in euros, none negative. Raises PoolOutOfRange."""
    values = finite(stakes, name)
    refuse(values < 0.0, values, name, "negative stake")
    return values


def checked_own(own: ArrayLike) -> Floats:
    """A copy of one's own stakes in euros, none negative. Raises PoolOutOfRange."""
    values = finite(own, "own")
    refuse(values < 0.0, values, "own", "negative own stake")
    return values


def checked_parts(parts: ArrayLike) -> Floats:
    """Parts of a profit along the last axis, none negative, brought to sum to 1 exactly.

    Raises PoolOutOfRange, ArgumentOutOfRange for a sum farther than 1e-6 from 1.
    """
    values = np.atleast_1d(checked_stakes(parts, "parts"))
    total = np.asarray(values.sum(axis=-1, keepdims=True))
    wrong = np.abs(total - 1.0) > SUM_SLACK
    refuse(wrong, total, "parts", "the parts do not sum to 1", ArgumentOutOfRange)
    return np.asarray(values / total)


def finite(values: ArrayLike, name: str) -> Floats:
    """A float64 copy without NaN and infinity. Raises PoolOutOfRange, ArgumentOutOfRange."""
    copy = numbers(values, name)
    refuse(~np.isfinite(copy), copy, name, f"{name} not finite")
    return copy


def numbers(values: ArrayLike, name: str) -> Floats:
    """A float64 copy of any shape. Raises ArgumentOutOfRange for what is no number."""
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentOutOfRange(f"{name}: not an array of numbers ({error})") from error


def fitting(**arrays: Floats) -> tuple[int, ...]:
    """The shape these arrays broadcast to. Raises ArgumentOutOfRange naming them."""
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ArgumentOutOfRange(f"shapes do not fit together: {shapes}") from None


def refuse(
    wrong: Bools,
    values: Floats,
    name: str,
    why: str,
    kind: type[PricingError] = PoolOutOfRange,
) -> None:
    """Raise `kind` for the first True of `wrong`, naming the argument, its entry and its value."""
    if not np.any(wrong):
        return
    first = tuple(int(axis) for axis in np.argwhere(wrong)[0])
    where = ", ".join(str(position + 1) for position in first)
    entry = f" (entry {where})" if where else ""
    raise kind(f"{name}{entry}: {why} ({np.broadcast_to(values, np.shape(wrong))[first]})")
