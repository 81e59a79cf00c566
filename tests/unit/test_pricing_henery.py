"""Henery's model: normal times, found from the win chances and integrated exactly."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings

import oracles
import ordering_laws
from hippique.errors import ArgumentOutOfRange, FieldTooSmall, NoSolution, PricingError
from hippique.pricing.compiled import plain_numpy
from hippique.pricing.ordering.index import orders_of, sets_of
from hippique.pricing.ordering.location import location_law, nodes_for
from hippique.pricing.ordering.nodes import rule_of
from hippique.pricing.ordering.normal import NormalNoise, normal_tails
from hippique.pricing.ordering.normal_times import henery, henery_of
from hippique.pricing.ordering.set_integrals import half_sets
from hippique.pricing.ordering.strengths import (
    BULK_NODES,
    NODES,
    newton,
    newton_normal,
    strengths,
    strengths_batch,
)
from hippique.pricing.ordering.tables import survival_between
from ordering_facts import facts
from pricing_strategies import fields

SLACK = 1e-11  # of 80 nodes up to 8 deviations beyond the field, summed over 42,504 sets at most

FIELD = np.array([0.31, 0.2, 0.14, 0.11, 0.08, 0.06, 0.05, 0.03, 0.015, 0.005])


@pytest.mark.parametrize("case", oracles.cases("henery.json"))
def test_the_oracle_agrees(case):
    inputs, expected = case["inputs"], case["expected"]
    if "error" in expected:
        with pytest.raises(PricingError, match=re.escape(expected["error"])):
            henery(inputs["win"])
        return
    ordering = henery_of(inputs["theta"]) if "theta" in inputs else henery(inputs["win"])
    produced = facts(ordering, expected)
    if "theta_mean_zero" in expected:
        produced["theta_mean_zero"] = strengths(inputs["win"]).tolist()
    oracles.agree(case, produced)


@pytest.mark.parametrize("law", ordering_laws.LAWS, ids=ordering_laws.sentence)
@given(win=fields(least=3))
@settings(max_examples=12, deadline=None)
def test_the_model_obeys(law, win):
    law(henery, win, SLACK)


@pytest.mark.parametrize(
    ("nodes", "slacks"), [(NODES, (1e-12, 1e-12, 2e-12)), (BULK_NODES, (1e-11, 1e-9, 1e-8))]
)
def test_the_hardest_fields_come_as_near_as_promised(nodes, slacks):
    # All alike but one without hope: the steepest product of survivals there is.
    for runners, slack in zip((14, 18, 24), slacks, strict=True):
        win = np.array([1.0] * (runners - 1) + [1e-3])
        ordering = henery(win / win.sum(), nodes)
        for size in (2, 3, 4, 5):
            assert ordering.all_sets(size).sum() == pytest.approx(1.0, abs=slack)


@given(win=fields())
@settings(max_examples=60, deadline=None)
def test_locations_found_give_the_win_chances_back(win):
    theta = strengths(win)

    assert henery_of(theta).win == pytest.approx(win, rel=3e-12)
    assert abs(theta.sum()) < 1e-12


@pytest.mark.parametrize("smallest", [1e-2, 1e-4, 1e-6, 1e-12])
@pytest.mark.parametrize("runners", [2, 3, 8, 24])
def test_newton_settles_within_seven_steps(runners, smallest):
    wins = np.array(
        [
            [1.0 - (runners - 1) * smallest] + [smallest] * (runners - 1),
            np.geomspace(1, smallest, runners),
        ]
    )
    wins /= wins.sum(axis=1, keepdims=True)
    rules, noise = (rule_of(40).both, rule_of(64).both), NormalNoise()

    theta, _, steps = newton(wins, noise.start(wins), noise, rules)

    assert off(wins, theta, 64).max() < 1e-12
    assert steps.max() <= 7


@pytest.mark.parametrize("runners", [2, 3, 8, 14, 18, 24])
@pytest.mark.parametrize("concentration", [0.3, 1.0, 3.0])
def test_the_last_step_needs_no_verifying(runners, concentration):
    # 3,600 fields in all, from nearly alike to one favourite whom nobody follows.
    drawn = np.random.default_rng(runners).dirichlet(np.full(runners, concentration), 200)
    wins = np.maximum(drawn, 1e-9)
    wins /= wins.sum(axis=1, keepdims=True)

    assert off(wins, strengths_batch(wins), 64).max() < 1e-12


@pytest.mark.parametrize("nodes", [64, 80])
def test_nor_does_it_where_newton_is_at_its_worst(nodes):
    # All alike but one: the less hope that one has, the more a step leaves of its square.
    wins = np.ones((150, 24))
    wins[:, -1] = np.geomspace(1.0, 1e-10, 150)
    wins /= wins.sum(axis=1, keepdims=True)

    assert off(wins, strengths_batch(wins, nodes=nodes), nodes).max() < 1e-12


def off(wins, theta, nodes):
    """How far the logarithms of the chances of each row are from the wanted ones, at the most."""
    _, left, _ = newton(wins, theta, NormalNoise(), (rule_of(nodes).both,))
    return left


def test_two_runners_are_as_far_apart_as_the_normal_quantile_says():
    theta = strengths([0.999, 0.001])

    # The difference of two independent normal times has variance 2.
    assert theta[1] - theta[0] == pytest.approx(math.sqrt(2.0) * NormalDist().inv_cdf(0.999))


def test_a_batch_gives_every_row_what_the_row_alone_gives():
    wins = np.stack([FIELD, FIELD[::-1], np.full(10, 0.1)])

    together = strengths_batch(wins)

    for row, win in enumerate(wins):
        alone = strengths(win, nodes=BULK_NODES)
        assert together[row] == pytest.approx(alone, abs=1e-13)
        assert strengths(win) == pytest.approx(alone, abs=1e-11)
    assert strengths_batch(np.empty((0, 10))).shape == (0, 10)


def test_the_compiled_inversion_is_the_plain_one():
    pytest.importorskip("numba")
    wins = np.stack([FIELD, FIELD[::-1], np.full(10, 0.1), [0.991] + [0.001] * 9])
    begin = NormalNoise().start(wins)
    rules = (rule_of(40).both, rule_of(64).both)

    plain = newton_normal.plain(wins, begin, *rules, 7.0)
    compiled = newton_normal.compiled(wins, begin, *rules, 7.0)

    assert np.abs(plain[0] - compiled[0]).max() < 1e-12
    assert plain[2].tolist() == compiled[2].tolist()


def test_the_compiled_noise_is_the_plain_one():
    pytest.importorskip("numba")
    deviations = np.concatenate([np.linspace(-45.0, 45.0, 2001), [0.0, -0.0]])

    for plain, compiled in zip(
        normal_tails.plain(deviations), normal_tails.compiled(deviations), strict=True
    ):
        np.testing.assert_allclose(compiled, plain, rtol=1e-12, atol=0)


@pytest.mark.parametrize("runners", [2, 7, 18])
def test_the_compiled_integrals_over_sets_are_the_plain_ones(runners):
    pytest.importorskip("numba")
    tables = henery_of(np.linspace(-1.0, 1.5, runners)).law.tables
    edges, tails = tables.between[:, runners], tables.tails

    between = survival_between.compiled(tails.after)
    assert np.abs(between - survival_between.plain(tails.after)).max() < 1e-15
    for size in range(1, min(runners, 3) + 1):
        rows = sets_of(runners, size).astype(np.intp)
        given = (rows, rows[:, -1] + 1, edges, tails.before, tails.density, tables.between)
        plain, compiled = half_sets.plain(*given), half_sets.compiled(*given)
        assert plain.shape == (len(rows), 2, NODES)
        assert np.abs(plain - compiled).max() < 1e-15


def test_every_set_is_the_same_without_numba():
    theta = np.linspace(-1.2, 1.3, 16)
    with plain_numpy():
        plain = [henery_of(theta).all_sets(size) for size in (2, 3, 4, 5)]

    for size, chances in zip((2, 3, 4, 5), plain, strict=True):
        np.testing.assert_allclose(henery_of(theta).all_sets(size), chances, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("heavy", "loads"),
    [
        ("henery(win).top_k(3); henery(win).all_sets(3); henery(win).all_ordered(2)", False),
        ("strengths_batch([win] * 20)", False),
        ("strengths_batch([win] * 200)", True),
        ("henery(win).all_sets(5)", True),
    ],
)
def test_numba_is_loaded_only_where_that_is_repaid(heavy, loads):
    pytest.importorskip("numba")
    program = (
        "import sys; from hippique.pricing.ordering import henery, strengths_batch; "
        f"win = [1 / 18] * 18; {heavy}; sys.exit(7 * ('numba' in sys.modules))"
    )

    ended = subprocess.run([sys.executable, "-c", program], check=False)

    assert ended.returncode == 7 * loads


def test_a_field_has_the_same_bytes_whatever_was_priced_before():
    before = henery(FIELD)
    small = [before.all_sets(3), before.top_k(3), before.law.win()]
    strengths_batch(np.tile(FIELD, (200, 1)))  # loads numba

    again = henery(FIELD)
    for one, other in zip(small, [again.all_sets(3), again.top_k(3), again.law.win()], strict=True):
        assert one.tobytes() == other.tobytes()


def test_without_numba_the_locations_are_the_same():
    with plain_numpy():
        plain = strengths(FIELD)

    assert np.abs(strengths(FIELD) - plain).max() < 1e-12


def test_a_withdrawn_runner_leaves_the_locations_of_the_others():
    theta = np.array([-0.8, -0.1, 0.2, 0.7])

    left = henery_of(theta).without(1)

    assert left.win == pytest.approx(henery_of([-0.8, 0.2, 0.7]).win, abs=1e-15)
    harville = np.delete(henery_of(theta).win, 1)
    assert np.abs(left.win - harville / harville.sum()).max() > 1e-3


@pytest.mark.parametrize(("nodes", "slack"), [(48, 1e-9), (64, 1e-12), (80, 1e-13), (96, 1e-13)])
def test_the_usual_nodes_come_as_near_to_very_many_as_promised(nodes, slack):
    theta = strengths(FIELD)
    ordering, exact = henery_of(theta, nodes), henery_of(theta, nodes=300)

    for size in (2, 3, 4, 5):
        assert ordering.all_sets(size) == pytest.approx(exact.all_sets(size), abs=slack)
        assert ordering.top_k(size) == pytest.approx(exact.top_k(size), abs=slack)
    assert ordering.all_ordered(3) == pytest.approx(exact.all_ordered(3), abs=slack)
    assert ordering.win == pytest.approx(FIELD, abs=slack)


@pytest.mark.parametrize("gap", [9.0, 14.0, 20.0])
def test_a_field_spread_wide_gets_more_nodes_and_stays_exact(gap):
    theta = np.array([0.0, gap / 2, gap])
    noise = NormalNoise()

    ordering = henery_of(theta)

    # Two normal times: the chance that the later comes first is Φ(-gap / √2).
    expected = 0.5 * math.erfc(gap / 4.0)
    pair = henery_of(theta[:2])
    assert pair.win[1] == pytest.approx(expected, rel=1e-10, abs=1e-15)
    assert nodes_for(gap, noise, 64) > 64
    assert ordering.all_sets(2).sum() == pytest.approx(1.0, abs=1e-12)
    assert ordering.top_k(2).sum() == pytest.approx(2.0, abs=1e-12)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_the_integration_leaves_nothing_below_minus_a_billionth_of_a_millionth(size):
    win = np.geomspace(1.0, 1e-4, 12)

    for ordering in (henery(win / win.sum()), henery(win / win.sum(), nodes=96)):
        assert ordering.all_ordered(size).min() > -1e-15


def test_orders_of_a_large_field_fill_in_blocks_and_sum_to_their_sets():
    ordering = henery(np.arange(14.0, 0.0, -1.0) / 105.0)

    orders = ordering.all_ordered(5)

    assert orders.sum() == pytest.approx(1.0, abs=1e-12)
    first = orders_of(14, 5)[:, 0]
    assert np.bincount(first, weights=orders) == pytest.approx(ordering.win, abs=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_whole_field_in_order_or_in_any_order_is_certain(size):
    law = location_law(np.linspace(-0.5, 0.5, size) if size > 1 else np.zeros(1), NormalNoise(), 64)

    assert law.firsts(size) == pytest.approx([1.0], abs=1e-12)
    assert law.orders(size).sum() == pytest.approx(1.0, abs=1e-12)


def test_integrating_up_to_each_node_is_right_for_polynomials():
    rule = rule_of(32)

    for power in (0, 1, 5):
        expected = (rule.points ** (power + 1) - (-1.0) ** (power + 1)) / (power + 1)
        assert rule.up_to @ rule.points**power == pytest.approx(expected, abs=1e-12)
        assert rule.weights @ rule.points**power == pytest.approx(
            (1.0 - (-1.0) ** (power + 1)) / (power + 1), abs=1e-12
        )


def test_both_tails_of_the_noise_keep_their_digits():
    tails = NormalNoise().tails(np.array([-30.0, -3.0, 0.0, 3.0, 30.0, 60.0]))

    # Φ(-3) to 16 digits, and Mills' ratio by its asymptotic series far out.
    assert tails.after[3] == pytest.approx(0.0013498980316300946, rel=1e-14)
    assert tails.before[1] == tails.after[3]
    assert tails.before[0] == tails.after[4]
    assert tails.after[4] == pytest.approx(4.906713927148187e-198, rel=1e-12)
    assert tails.hazard[4] == pytest.approx(30.0 + 1.0 / 30.0, rel=1e-5)
    assert np.isfinite(tails.hazard).all()


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: henery_of([0.0]), FieldTooSmall, "fewer than two runners"),
        (lambda: henery_of([0.0, math.nan]), ArgumentOutOfRange, "runner 2: theta not finite"),
        (lambda: henery([0.5, 0.5], nodes=4), ArgumentOutOfRange, "nodes"),
        (lambda: henery_of([0.0, 1e4]), ArgumentOutOfRange, "nodes"),
        (lambda: henery([0.5, 0.5 - 1e-13, 1e-13]), NoSolution, "runner 3: a win chance below"),
        (lambda: strengths_batch([0.5, 0.5]), ArgumentOutOfRange, "two dimensions"),
        (lambda: strengths_batch([[0.5, 0.5], [1.0]]), ArgumentOutOfRange, "not a table"),
        (lambda: strengths_batch([[0.5, 0.5], [1.0, 0.0]]), PricingError, "runner 2"),
    ],
)
def test_what_cannot_be_priced_is_refused_by_name(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
