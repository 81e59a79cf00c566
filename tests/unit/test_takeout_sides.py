"""Dividends tell a pool's takeout: from the crowd's side and from the result's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

import numpy as np
import pytest
from finishing.shares import as_set, couple_place, exactly, in_order, of_three, pairs_of_four

from hippique.pricing.ordering import Ordering, harville, henery, lbs

KEPT = 0.23
WIN = np.array([0.36, 0.24, 0.17, 0.12, 0.07, 0.04])
Positions = tuple[int, ...]
Outcome = tuple[float, tuple[Positions, ...], list[float]]  # chance, combinations won, paid


def single(size: int, share: Callable[[Ordering, Positions], float]) -> Callable[..., object]:
    def outcomes(result: Ordering, crowd: Ordering) -> Iterator[Outcome]:
        for order in permutations(range(WIN.size), size):
            yield result.ordered(order), (order,), [(1 - KEPT) / share(crowd, order)]

    return outcomes


def placed(places: int) -> Callable[..., object]:
    def outcomes(result: Ordering, crowd: Ordering) -> Iterator[Outcome]:
        for order in permutations(range(WIN.size), places):
            last = (order[-1],)
            paid = (1 - KEPT) / crowd.finishes(places)[order[-1]]
            yield result.ordered(order), (last,), [paid]

    return outcomes


def three_pairs(result: Ordering, crowd: Ordering) -> Iterator[Outcome]:
    for first in combinations(range(WIN.size), 3):
        pairs = tuple(combinations(first, 2))
        share = [crowd.joint(pair, 3) / 3 for pair in pairs]
        yield result.set(first), pairs, [(1 - KEPT) / (3 * one) for one in share]


def net_pairs(result: Ordering, crowd: Ordering) -> Iterator[Outcome]:
    for order in permutations(range(WIN.size), 3):
        a, b, c = order
        pairs = ((a, b), (a, c), (b, c))
        share = [crowd.joint(pair, 3) / 3 for pair in pairs]
        profit = 1 - KEPT - sum(share)
        paid = [1 + profit / (3 * one) for one in share]
        yield result.ordered(order), pairs, [0.0, *paid[1:]]  # the couple's own row is lost


def six_pairs(result: Ordering, crowd: Ordering) -> Iterator[Outcome]:
    for first in combinations(range(WIN.size), 4):
        pairs = tuple(combinations(first, 2))
        held = sum(crowd.joint(pair, 4) / 6 for pair in pairs)
        yield result.set(first), pairs, [(1 - KEPT) / held] * 6


TOLD = {
    "trio": (as_set, single(3, lambda crowd, order: crowd.set(order))),
    "tierce": (in_order, single(3, lambda crowd, order: crowd.ordered(order))),
    "second": (exactly(2), placed(2)),
    "fourth": (exactly(4), placed(4)),
    "gross pairs": (of_three, three_pairs),
    "net pairs": (couple_place, net_pairs),
    "pairs of four": (pairs_of_four, six_pairs),
}


@pytest.mark.parametrize("bet", TOLD)
def test_both_sides_tell_the_takeout_where_the_crowd_is_right(bet):
    told, outcomes = TOLD[bet]
    model = henery(WIN)

    means = expected(told, outcomes(model, model), model, model)

    assert means == pytest.approx((1 - KEPT, 1 / (1 - KEPT)), rel=1e-9)


@pytest.mark.parametrize("bet", TOLD)
def test_the_results_side_tells_it_whatever_the_crowd_thinks(bet):
    told, outcomes = TOLD[bet]
    result, crowd = henery(WIN), lbs(np.sqrt(WIN) / np.sqrt(WIN).sum())

    ours, theirs = expected(told, outcomes(result, crowd), crowd, result)

    assert theirs == pytest.approx(1 / (1 - KEPT), rel=1e-9)
    assert ours == pytest.approx(1 - KEPT, rel=1e-9)  # staked as the crowd did


@pytest.mark.parametrize("bet", sorted(set(TOLD) - {"net pairs"}))
def test_a_crowd_that_errs_makes_its_side_too_large(bet):
    told, outcomes = TOLD[bet]
    result, crowd = henery(WIN), lbs(np.sqrt(WIN) / np.sqrt(WIN).sum())

    ours, _ = expected(told, outcomes(result, crowd), result, result)

    assert ours > 1 - KEPT + 0.005


@pytest.mark.parametrize("bet", sorted(set(TOLD) - {"net pairs", "pairs of four"}))
def test_a_result_that_the_crowd_knows_better_makes_its_side_too_large(bet):
    told, outcomes = TOLD[bet]
    better, ours = henery(WIN), harville(np.sqrt(WIN) / np.sqrt(WIN).sum())

    _, theirs = expected(told, outcomes(better, better), better, ours)

    assert theirs > 1 / (1 - KEPT) + 0.005


def test_a_race_without_six_pairs_of_one_dividend_tells_nothing():
    model = henery(WIN)
    pairs = tuple(combinations(range(4), 2))

    assert pairs_of_four(model, model, pairs[:5], [2.0] * 5) is None
    assert pairs_of_four(model, model, pairs, [2.0] * 5 + [3.0]) is None


def expected(told, outcomes, crowd, result) -> tuple[float, float]:
    rows = [(chance, told(crowd, result, won, paid)) for chance, won, paid in outcomes]
    assert sum(chance for chance, _ in rows) == pytest.approx(1.0)
    return tuple(sum(chance * sides[side] for chance, sides in rows) for side in (0, 1))
