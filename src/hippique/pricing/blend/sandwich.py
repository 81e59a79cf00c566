"""The spread of fitted coefficients when the groups of one day are not independent."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, Ints

LEAST_BLOCKS = 2


def block_numbers(blocks: Iterable[Hashable], groups: int) -> Ints:
    """The block of each group as a number from 0, in order of first sight; shape (groups,).

    Raises ArgumentOutOfRange: not one label per group, or fewer than two blocks.
    """
    labels = blocks.tolist() if isinstance(blocks, np.ndarray) else list(blocks)
    if len(labels) != groups:
        raise ArgumentOutOfRange(f"blocks: {len(labels)} labels for {groups} groups")
    seen: dict[Hashable, int] = {}
    numbers = [seen.setdefault(label, len(seen)) for label in labels]
    if len(seen) < LEAST_BLOCKS:
        raise ArgumentOutOfRange("blocks: one block only; its spread cannot be seen")
    return np.array(numbers, dtype=np.int64)


def sandwich(scores: Floats, numbers: Ints, inverse: Floats) -> Floats:
    """Covariance A⁻¹ B A⁻¹ of the coefficients, groups of one block moving together; (p, p).

    scores: (groups, p). numbers: (groups,), blocks from 0. inverse: (p, p), A⁻¹, the inverse of
    information plus penalty. B = D / (D − 1) · Σ_d (s_d − s̄)(s_d − s̄)', s_d the sum of a block's
    scores, D the number of blocks. s̄ is 0 at a maximum; a ridge fit leaves some.
    Source: Huber 1967; Liang & Zeger 1986; the factor is the usual one for few blocks.
    """
    sums = np.stack([np.bincount(numbers, weights=column) for column in scores.T], axis=1)
    count = sums.shape[0]
    apart = sums - sums.mean(axis=0)
    meat = apart.T @ apart * (count / (count - 1))
    return np.asarray(inverse @ meat @ inverse)
