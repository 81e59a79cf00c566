"""How far a calibrated forecaster's fit strays by chance: bands around the diagonal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, checked_finite, checked_number
from hippique.pricing.scoring.calibration import Groups, checked_events, grouped
from hippique.pricing.scoring.doors import whole
from hippique.pricing.scoring.isotonic import pooled

POSITIONS = 200  # more than a picture can show
_DRAWS_AT_ONCE = 1 << 20  # numbers held in memory, whatever the points and resamples


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Where the recalibrated value falls, `level` of the time at each chance, under calibration.

    chances, low, high: shape (positions,), chances rising.
    """

    chances: Floats
    low: Floats
    high: Floats
    level: float
    resamples: int


def consistency_bands(
    chances: ArrayLike,
    *,
    resamples: int,
    generator: np.random.Generator,
    level: float = 0.9,
    at: ArrayLike | None = None,
) -> Bands:
    """Bands from the isotonic fits of `resamples` outcomes drawn as y ~ Bernoulli(chance).

    chances: shape (points,), as for `reliability`. at: chances, rising, at which the bands are
    wanted, within those forecast, between two of which the fit is taken as straight; left out, the
    distinct chances, thinned to 200. The draws are independent: within a field, where one win rules
    out the others, the true bands are a little narrower. Raises as `reliability`, and
    ArgumentOutOfRange for resamples, level and at. Source: as `reliability`, its section on bands.
    """
    rounds = whole(resamples, "resamples", least=1)
    tail = (1.0 - checked_number(level, "level", least=0.0, most=1.0)) / 2.0
    values = np.sort(checked_events(chances))
    groups = grouped(values)
    wanted = _thinned(groups.chances) if at is None else _checked_at(at, groups.chances)
    fits = [_between(fit, groups, wanted) for fit in _fits(values, groups, rounds, generator)]
    low, high = np.quantile(np.concatenate(fits), [tail, 1.0 - tail], axis=0)
    return Bands(wanted, low, high, level=float(level), resamples=rounds)


def _fits(
    values: Floats, groups: Groups, rounds: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """Fits of shape (some rounds, groups)."""
    counts = groups.counts.astype(np.float64)
    at_once = max(1, _DRAWS_AT_ONCE // values.size)
    for begun in range(0, rounds, at_once):
        rows = min(at_once, rounds - begun)
        came = (generator.random((rows, values.size)) < values).astype(np.float64)
        if groups.starts.size < values.size:
            came = np.add.reduceat(came, groups.starts, axis=1)
        yield pooled(came, counts)


def _between(fit: Floats, groups: Groups, wanted: Floats) -> Floats:
    known = groups.chances
    right = np.searchsorted(known, wanted)
    left = np.maximum(right - 1, 0)
    gap = known[right] - known[left]
    share = np.divide(wanted - known[left], gap, out=np.ones_like(gap), where=gap > 0.0)
    between: Floats = fit[:, left] * (1.0 - share) + fit[:, right] * share
    return between


def _thinned(known: Floats) -> Floats:
    if known.size <= POSITIONS:
        return known
    return known[np.linspace(0, known.size - 1, POSITIONS).round().astype(np.int64)]


def _checked_at(at: ArrayLike, known: Floats) -> Floats:
    wanted = checked_finite(at, "at")
    if np.any(wanted[1:] < wanted[:-1]):
        raise ArgumentOutOfRange("at: the chances do not rise")
    if not wanted.size or wanted[0] < known[0] or wanted[-1] > known[-1]:
        raise ArgumentOutOfRange(f"at: outside the chances forecast, {known[0]} to {known[-1]}")
    return wanted
