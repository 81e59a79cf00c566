"""Is one forecaster better than another? Their scores field by field, whole days resampled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, Ints, checked_number, checked_vector
from hippique.pricing.scoring.doors import refuse_entry, refuse_lengths, whole

LEVELS = (0.025, 0.05, 0.5, 0.95, 0.975)
LEAST_BLOCKS = 6  # five blocks all fall on one side of 0 in one case of 16 by chance alone
EXACT_BLOCKS = 8  # up to here all resamples are counted: 6,435 kinds of them
_MOST_EXACT = 10  # 92,378 kinds of resamples; each block more is four times as many
_INTERVAL = (0.025, 0.975)
_DRAWS_AT_ONCE = 1 << 20  # numbers held in memory, whatever the blocks and resamples


@dataclass(frozen=True, slots=True, eq=False)
class PairedDifference:
    """Mean of ours − theirs over fields (below 0: ours is better), and what other days might give.

    fields, blocks: how many. resamples: drawn or, if exact, all equally likely ones. The rest is
    None or empty with one block, which says nothing of the spread: bootstrap_mean and bootstrap_sd
    over the resamples; quantiles by level; low and high, the middle 95 %; p_not_better, the share
    of resamples at 0 or above.
    """

    mean: float
    fields: int
    blocks: int
    resamples: int
    exact: bool
    bootstrap_mean: float | None
    bootstrap_sd: float | None
    quantiles: Mapping[float, float]
    low: float | None
    high: float | None
    p_not_better: float | None

    @property
    def conclusive(self) -> bool:
        """Six blocks at least, and a 95 % interval that leaves 0 out."""
        if self.blocks < LEAST_BLOCKS or self.low is None or self.high is None:
            return False
        return self.low > 0.0 or self.high < 0.0


def paired_difference(  # noqa: PLR0913  two forecasters, their days, and how to resample
    ours: ArrayLike,
    theirs: ArrayLike,
    blocks: Sequence[object],
    *,
    resamples: int,
    generator: np.random.Generator,
    levels: Sequence[float] = LEVELS,
    exact_blocks: int = EXACT_BLOCKS,
) -> PairedDifference:
    """The mean of ours − theirs with a bootstrap of whole blocks: a ratio of sums in each resample.

    ours, theirs: scores of the same fields (log loss in nat, say), shape (fields,), finite. blocks:
    the day of each field, any labels that sort. As many blocks are drawn, with replacement, as
    there are; up to `exact_blocks` of them all resamples are counted instead, exactly, and the
    generator is left alone. Quantiles are of type 7 (linear). With few blocks these percentile
    intervals are too narrow. Raises ArgumentOutOfRange for lengths, levels and a score that is not
    finite, naming the field, counted from 1: of an infinite log loss no interval exists.
    """
    difference = _difference(ours, theirs)
    wanted = [checked_number(level, "levels", least=0.0, most=1.0) for level in levels]
    rounds = whole(resamples, "resamples", least=1)
    few = checked_number(exact_blocks, "exact_blocks", least=0, most=_MOST_EXACT)
    block = _numbered(blocks, difference.size)
    counts = np.bincount(block)
    sums = np.zeros(counts.size)
    np.add.at(sums, block, difference)
    if sums.size == 1:
        return _of_one_block(difference)
    exact = sums.size <= few
    draws = _every_draw(sums.size) if exact else _random_draws(sums.size, rounds, generator)
    ratios, weights = _resampled(sums, counts, draws)
    centre, spread = _moments(ratios, weights)
    low, high = (_quantile(ratios, weights, level) for level in _INTERVAL)
    return PairedDifference(
        mean=float(difference.mean()),
        fields=difference.size,
        blocks=sums.size,
        resamples=int(weights.sum()),
        exact=exact,
        bootstrap_mean=centre,
        bootstrap_sd=spread,
        quantiles={level: _quantile(ratios, weights, level) for level in wanted},
        low=low,
        high=high,
        p_not_better=float(weights[ratios >= 0.0].sum() / weights.sum()),
    )


def _difference(ours: ArrayLike, theirs: ArrayLike) -> Floats:
    one, other = checked_vector(ours, "ours"), checked_vector(theirs, "theirs")
    refuse_lengths(ours=one.size, theirs=other.size)
    for name, scores in (("ours", one), ("theirs", other)):
        refuse_entry(~np.isfinite(scores), scores, f"{name} not finite: field", ArgumentOutOfRange)
    return one - other


def _numbered(blocks: Sequence[object], fields: int) -> Ints:
    """Blocks numbered in the order of their labels, so that the order of the fields is nothing."""
    refuse_lengths(fields=fields, blocks=len(blocks))
    labels = np.asarray(blocks)
    if labels.ndim != 1:
        raise ArgumentOutOfRange("blocks: one label for each field is needed")
    try:
        known, block = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise ArgumentOutOfRange(f"blocks: the labels do not sort ({error})") from error
    if known.dtype.kind in "fM" and np.any(np.isnan(known.astype(np.float64))):
        raise ArgumentOutOfRange("blocks: a label is missing")
    return np.asarray(block, dtype=np.int64)


def _of_one_block(difference: Floats) -> PairedDifference:
    return PairedDifference(
        mean=float(difference.mean()),
        fields=difference.size,
        blocks=1,
        resamples=0,
        exact=False,
        bootstrap_mean=None,
        bootstrap_sd=None,
        quantiles={},
        low=None,
        high=None,
        p_not_better=None,
    )


def _every_draw(blocks: int) -> Iterator[tuple[Ints, Ints]]:
    """Each multiset of blocks once, and how many ordered draws give it."""
    drawn = np.array(list(combinations_with_replacement(range(blocks), blocks)))
    times = (drawn[:, :, np.newaxis] == np.arange(blocks)).sum(axis=1)
    factorials = np.array([math.factorial(number) for number in range(blocks + 1)])
    yield drawn, math.factorial(blocks) // factorials[times].prod(axis=1)


def _random_draws(
    blocks: int, rounds: int, generator: np.random.Generator
) -> Iterator[tuple[Ints, Ints]]:
    at_once = max(1, _DRAWS_AT_ONCE // blocks)
    for begun in range(0, rounds, at_once):
        rows = min(at_once, rounds - begun)
        yield generator.integers(blocks, size=(rows, blocks)), np.ones(rows, dtype=np.int64)


def _resampled(
    sums: Floats, counts: Ints, draws: Iterator[tuple[Ints, Ints]]
) -> tuple[Floats, Ints]:
    """The ratio of sums of every draw, rising, and the weight of each."""
    drawn = [
        (sums[blocks].sum(axis=1) / counts[blocks].sum(axis=1), weights)
        for blocks, weights in draws
    ]
    ratios = np.concatenate([part for part, _ in drawn])
    rising = np.argsort(ratios, kind="stable")
    return ratios[rising], np.concatenate([weights for _, weights in drawn])[rising]


def _moments(ratios: Floats, weights: Ints) -> tuple[float, float]:
    centre = float(np.average(ratios, weights=weights))
    return centre, math.sqrt(np.average(np.square(ratios - centre), weights=weights))


def _quantile(ratios: Floats, weights: Ints, level: float) -> float:
    """Type 7 (numpy's default) of rising ratios, each standing there as often as its weight."""
    reached = np.cumsum(weights)
    place = (int(reached[-1]) - 1) * level
    below = math.floor(place)
    lower, upper = ratios[np.searchsorted(reached, [below, math.ceil(place)], side="right")]
    return float(lower + (upper - lower) * (place - below))
