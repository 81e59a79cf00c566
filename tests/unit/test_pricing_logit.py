"""Conditional logit: slopes by differences, the sandwich by loops, data without a maximum."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from hippique.errors import ArgumentOutOfRange, FieldTooSmall, NoSolution
from hippique.pricing.blend import draw_coefficients, fit_logit, winner_weights
from hippique.pricing.blend.likelihood import likelihood_at, one_pass
from hippique.pricing.blend.rows import grouped_rows
from hippique.pricing.compiled import plain_numpy


def drawn(seed, groups=120, columns=3, truth=(0.8, -0.5, 0.3)):
    """Groups of 2 to 9 whose winners follow c ∝ exp(x·truth): the Gumbel trick draws them."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(2, 10, groups)
    table = generator.normal(size=(sizes.sum(), columns))
    heard = table @ np.array(truth[:columns]) + generator.gumbel(size=sizes.sum())
    firsts = np.cumsum(sizes) - sizes
    winners = [[int(heard[f : f + n].argmax())] for f, n in zip(firsts, sizes, strict=True)]
    return table, sizes, winner_weights(winners, sizes.tolist())


def by_loops(table, sizes, weights, b):
    """Log likelihood and chances, written from the definition."""
    value, chances, first = 0.0, [], 0
    for n in sizes:
        utilities = [float(np.dot(table[first + i], b)) for i in range(n)]
        total = sum(math.exp(u) for u in utilities)
        chances.append([math.exp(u) / total for u in utilities])
        value += sum(weights[first + i] * math.log(chances[-1][i]) for i in range(n))
        first += n
    return value, chances


def rows_of(table, sizes, weights):
    return grouped_rows(table, sizes, weights, None)


def test_value_is_the_sum_of_the_winners_log_chances():
    table, sizes, weights = drawn(1, groups=20)
    b = np.array([0.3, -1.2, 0.7])

    found = likelihood_at(rows_of(table, sizes, weights), b)

    assert found.value == pytest.approx(by_loops(table, sizes, weights, b)[0], rel=1e-13)


def test_gradient_and_information_are_the_differences_of_the_value():
    table, sizes, weights = drawn(2, groups=30)
    b, step, unit = np.array([0.3, -1.2, 0.7]), 1e-5, np.eye(3)
    rows = rows_of(table, sizes, weights)
    found = likelihood_at(rows, b)

    up, down = (
        np.array([by_loops(table, sizes, weights, b + sign * step * e)[0] for e in unit])
        for sign in (1, -1)
    )
    bends = [
        (likelihood_at(rows, b + step * e).gradient - likelihood_at(rows, b - step * e).gradient)
        / (2 * step)
        for e in unit
    ]
    assert found.gradient == pytest.approx((up - down) / (2 * step), abs=1e-7)
    assert found.information == pytest.approx(-np.array(bends), abs=1e-7)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_compiled_and_plain_forms_are_one_function(columns):
    pytest.importorskip("numba")
    table, sizes, weights = drawn(3, groups=400, columns=columns)
    rows = rows_of(table, sizes, weights)
    b = np.linspace(-1.0, 1.0, columns)

    plain = one_pass.plain(rows.columns, rows.starts, rows.weights, b)
    compiled = one_pass.compiled(rows.columns, rows.starts, rows.weights, b)

    for one, other in zip(plain, compiled, strict=True):
        assert other == pytest.approx(one, rel=1e-12, abs=1e-12)


def test_fit_is_the_same_without_numba():
    table, sizes, weights = drawn(4)
    fast = fit_logit(table, sizes, weights)

    with plain_numpy():
        slow = fit_logit(table, sizes, weights)

    assert slow.coefficients == pytest.approx(fast.coefficients, rel=1e-12)
    assert slow.standard_errors == pytest.approx(fast.standard_errors, rel=1e-12)


def test_slope_is_nought_at_the_maximum_and_the_way_there_is_short():
    table, sizes, weights = drawn(5)
    fit = fit_logit(table, sizes, weights)

    at = likelihood_at(rows_of(table, sizes, weights), fit.coefficients)

    assert np.abs(at.gradient).max() < 1e-10 * fit.groups
    assert fit.log_likelihood == pytest.approx(at.value, abs=1e-10)
    assert fit.log_likelihood_at_start == pytest.approx(-np.log(sizes).sum(), rel=1e-13)
    assert fit.steps <= 8
    assert fit.method == "maximum likelihood"


def test_errors_are_the_inverse_of_the_hessian():
    table, sizes, weights = drawn(6)
    fit = fit_logit(table, sizes, weights)

    information = likelihood_at(rows_of(table, sizes, weights), fit.coefficients).information

    assert fit.covariance == pytest.approx(np.linalg.inv(information), rel=1e-8)
    assert fit.standard_errors == pytest.approx(np.sqrt(np.diag(fit.covariance)))


def test_sandwich_by_days_is_the_formula_written_out():
    table, sizes, weights = drawn(7, groups=40)
    days = [f"day {group % 7}" for group in range(40)]
    fit = fit_logit(table, sizes, weights, blocks=days)
    chances = by_loops(table, sizes, weights, fit.coefficients)[1]
    sums, bread, first = {day: np.zeros(3) for day in days}, np.zeros((3, 3)), 0
    for group, shares in enumerate(chances):
        mean = sum(c * table[first + i] for i, c in enumerate(shares))
        for i, c in enumerate(shares):
            sums[days[group]] += (weights[first + i] - c) * table[first + i]
            bread += c * np.outer(table[first + i] - mean, table[first + i] - mean)
        first += len(shares)

    meat = 7 / 6 * sum(np.outer(score, score) for score in sums.values())
    inverse = np.linalg.inv(bread)

    assert fit.covariance == pytest.approx(inverse @ meat @ inverse, rel=1e-7)
    assert fit.block_errors == pytest.approx(np.sqrt(np.diag(fit.covariance)))
    assert fit.blocks == 7


def test_truth_lies_inside_the_95_percent_interval_about_as_often():
    held = 0
    for seed in range(150):
        table, sizes, weights = drawn(1000 + seed, groups=80, columns=1)
        fit = fit_logit(table, sizes, weights)
        held += abs(fit.coefficients[0] - 0.8) <= 1.96 * fit.standard_errors[0]

    # Binomial(150, .95): mean 142.5, spread 2.7; three spreads either way.
    assert 134 <= held <= 150


def test_interval_by_days_is_honest_where_a_day_has_its_own_luck():
    by_day, by_group = 0, 0
    for seed in range(60):
        generator = np.random.default_rng(seed)
        luck = np.repeat(generator.normal(0.0, 1.2, 40), 10)  # 40 days of 10 fields, truth 0
        table = generator.normal(size=(400, 6, 1))
        heard = table[:, :, 0] * luck[:, None] + generator.gumbel(size=(400, 6))
        weights = (heard == heard.max(axis=1, keepdims=True)).astype(float).ravel()
        sizes, days = np.full(400, 6), np.repeat(np.arange(40), 10)
        fit = fit_logit(table.reshape(-1, 1), sizes, weights, blocks=days)
        by_day += abs(fit.coefficients[0]) <= 1.96 * fit.block_errors[0]
        by_group += abs(fit.coefficients[0]) <= 1.96 * fit.hessian_errors[0]

    # Binomial(60, .95): mean 57, spread 1.7. The inverse Hessian holds the truth far too rarely.
    assert by_day >= 51
    assert by_group <= 40


# --- ridge ----------------------------------------------------------------------------------


def test_ridge_of_nought_is_the_maximum_likelihood():
    table, sizes, weights = drawn(8)

    plain, held = fit_logit(table, sizes, weights), fit_logit(table, sizes, weights, ridge=0.0)

    assert held.coefficients == pytest.approx(plain.coefficients, abs=0.0)
    assert held.method == "maximum likelihood"


def test_huge_ridge_gives_what_it_pulls_towards_and_says_its_name():
    table, sizes, weights = drawn(9)

    fit = fit_logit(table, sizes, weights, ridge=1e12, towards=[0.1, 1.0, -2.0])

    assert fit.coefficients == pytest.approx([0.1, 1.0, -2.0], abs=1e-8)
    assert fit.method == "ridge"


def test_slope_of_the_likelihood_balances_the_penalty():
    table, sizes, weights = drawn(10)
    penalty, towards = np.array([2.0, 0.0, 5.0]), np.array([0.0, 1.0, 0.5])

    fit = fit_logit(table, sizes, weights, ridge=penalty, towards=towards)

    at = likelihood_at(rows_of(table, sizes, weights), fit.coefficients)
    assert at.gradient == pytest.approx(penalty * (fit.coefficients - towards), abs=1e-9)
    assert fit.log_likelihood == pytest.approx(at.value, abs=1e-10)


def test_ridge_fits_what_has_no_maximum_of_its_own():
    fit = fit_logit([[1.0, 7.0], [0.0, 7.0]], [2], [1.0, 0.0], ridge=0.1, towards=[0.0, 3.0])

    # The slope of −ln(1 + e^−b) is 1/(1 + e^b); the ridge pulls back with .1 b.
    assert 1.0 / (1.0 + math.exp(fit.coefficients[0])) == pytest.approx(0.1 * fit.coefficients[0])
    assert fit.coefficients[1] == pytest.approx(3.0)  # constant: only the penalty speaks


# --- what must not matter, and dead heats ------------------------------------------------------


def test_order_of_rows_and_of_groups_does_not_matter():
    table, sizes, weights = drawn(11)
    days = np.arange(sizes.size) % 9
    generator = np.random.default_rng(0)
    firsts = np.cumsum(sizes) - sizes
    groups = generator.permutation(sizes.size)
    rows = np.concatenate([firsts[g] + generator.permutation(sizes[g]) for g in groups])

    fit = fit_logit(table, sizes, weights, blocks=days)
    mixed = fit_logit(table[rows], sizes[groups], weights[rows], blocks=days[groups])

    assert mixed.coefficients == pytest.approx(fit.coefficients, rel=1e-10)
    assert mixed.block_errors == pytest.approx(fit.block_errors, rel=1e-10)


def test_start_scale_and_offset_of_a_group_do_not_matter():
    table, sizes, weights = drawn(12)
    fit = fit_logit(table, sizes, weights)
    lifted = table + np.repeat(np.arange(sizes.size) * 10.0, sizes)[:, None]

    far = fit_logit(table, sizes, weights, start=[300.0, -200.0, 500.0])
    other_units = fit_logit(lifted * [1e-6, 1.0, 1e6], sizes, weights)

    assert far.coefficients == pytest.approx(fit.coefficients, rel=1e-9)
    assert other_units.coefficients * [1e-6, 1.0, 1e6] == pytest.approx(fit.coefficients, rel=1e-9)


def test_dead_heat_is_two_copies_that_weigh_a_half():
    table, sizes, weights = drawn(13, groups=30)
    heat = np.array([[0.5, -1.0, 0.2], [0.1, 0.4, 2.0], [-0.3, 0.0, -1.0]])

    fit = fit_logit(
        np.vstack([table, table, heat]), [*sizes, *sizes, 3], [*weights, *weights, 0.5, 0.5, 0]
    )

    at = likelihood_at(rows_of(table, sizes, weights), fit.coefficients)
    first = likelihood_at(rows_of(heat, [3], [1, 0, 0]), fit.coefficients)
    second = likelihood_at(rows_of(heat, [3], [0, 1, 0]), fit.coefficients)
    halves = 2 * at.gradient + 0.5 * first.gradient + 0.5 * second.gradient
    assert halves == pytest.approx(np.zeros(3), abs=1e-9)


def test_winners_become_weights():
    assert winner_weights([[1], [0, 2]], [2, 3]).tolist() == [0.0, 1.0, 0.5, 0.0, 0.5]


@pytest.mark.parametrize("winners", [[[2]], [[]], [[-1]]], ids=["outside", "nobody", "before"])
def test_winner_who_does_not_run_is_refused(winners):
    with pytest.raises(ArgumentOutOfRange, match="group 1"):
        winner_weights(winners, [2])


def test_arguments_are_left_as_they_were():
    table, sizes, weights = drawn(14)
    kept = table.copy(), sizes.copy(), weights.copy()

    fit_logit(table, sizes, weights)

    for now, before in zip((table, sizes, weights), kept, strict=True):
        assert np.array_equal(now, before)


# --- no finite maximum ------------------------------------------------------------------------


def refused(table, sizes, weights):
    with pytest.raises(NoSolution, match="no finite maximum") as caught:
        fit_logit(table, sizes, weights, names=("form", "price", "age")[: np.shape(table)[1]])
    return str(caught.value)


def test_separated_winners_have_no_finite_maximum():
    table, sizes, weights = drawn(15)
    table[:, 1] = weights + 0.01 * table[:, 1]

    assert "price" in refused(table, sizes, weights)


def test_column_that_never_speaks_against_a_winner_is_named():
    table, sizes, weights = drawn(16)
    table[:, 2] = 0.0  # quasi-separation: it differs in three groups only, and for their winners
    for row in np.flatnonzero(weights)[[4, 50, 99]]:
        table[row, 2] = 1.0

    message = refused(table, sizes, weights)

    assert "age" in message
    assert "form" not in message


def test_mixture_that_separates_names_its_columns():
    table, sizes, weights = drawn(17)
    table[:, 1] = 0.6 * table[:, 0] + np.where(
        np.arange(weights.size) == weights.argmax(), 1.0, 0.0
    )

    message = refused(table, sizes, weights)

    assert "form" in message
    assert "price" in message
    assert "age" not in message


def test_dead_heat_does_not_hide_a_separation():
    table, sizes, weights = drawn(18)
    table[:, 1] = weights > 0.0
    whole = np.vstack([table, [[0.1, 1.0, 0.3], [0.2, 1.0, -0.1], [0.5, 0.0, 0.2]]])

    assert "price" in refused(whole, [*sizes, 3], [*weights, 0.5, 0.5, 0.0])


def test_dead_heat_that_a_column_tears_apart_holds_it():
    # Two fields of two: one won by the larger x, one a dead heat. With s = 1/(1 + e^−b):
    fit = fit_logit([[1.0], [0.0], [1.0], [0.0]], [2, 2], [1.0, 0.0, 0.5, 0.5])

    # (1 − s) + (1/2 − s) = 0 gives s = 3/4, b = ln 3.
    assert fit.coefficients[0] == pytest.approx(math.log(3.0), rel=1e-10)


def test_column_constant_within_every_group_is_named():
    table, sizes, weights = drawn(19)
    table[:, 1] = np.repeat(np.linspace(5.0, 6.0, sizes.size), sizes)

    assert refused(table, sizes, weights).endswith("constant within every group: price")


def test_collinear_columns_are_named():
    table, sizes, weights = drawn(20)
    table[:, 2] = 3.0 * table[:, 0] + np.repeat(np.arange(sizes.size), sizes)

    message = refused(table, sizes, weights)

    assert message.endswith("collinear within the groups: form, age")


def test_outlier_does_not_make_hard_data_look_separable():
    table, sizes, weights = drawn(21)
    table[np.flatnonzero(weights)[0], 0] = 1e6

    fit = fit_logit(table, sizes, weights)

    assert (
        np.abs(likelihood_at(rows_of(table, sizes, weights), fit.coefficients).gradient).max()
        < 1e-6
    )


@pytest.mark.parametrize("against", [1, 3])
def test_nearly_separable_data_have_their_large_but_finite_answer(against):
    groups = 20_000
    table = np.tile([[1.0], [0.0]], (groups, 1))
    weights = np.tile([1.0, 0.0], groups)
    weights[: 2 * against] = np.tile([0.0, 1.0], against)

    fit = fit_logit(table, np.full(groups, 2), weights)

    # The share of wins is s(b): b = ln((N − k)/k).
    assert fit.coefficients[0] == pytest.approx(math.log((groups - against) / against), rel=1e-9)


def test_nearly_collinear_columns_are_fitted():
    table, sizes, weights = drawn(22)
    generator = np.random.default_rng(5)
    table[:, 2] = table[:, 0] + 1e-5 * generator.normal(size=table.shape[0])

    fit = fit_logit(table, sizes, weights)

    other = fit_logit(np.c_[table[:, :2], (table[:, 2] - table[:, 0]) * 1e5], sizes, weights)
    assert fit.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-9)
    assert fit.coefficients[2] * 1e-5 == pytest.approx(other.coefficients[2], rel=1e-4)


def test_small_separations_are_decided_as_every_direction_says():
    # All data sets of 3 fields of two over the contrasts (±1, 0, …): the law of Albert & Anderson,
    # the directions tried one by one on a fine circle.
    contrasts = [(1, 0), (-1, 0), (0, 1), (1, 1), (-1, -1), (1, -1)]
    circle = [np.array([math.cos(a), math.sin(a)]) for a in np.arange(720) * math.pi / 360]
    for chosen in itertools.combinations_with_replacement(contrasts, 4):
        table = np.array([row for c in chosen for row in (c, (0, 0))], dtype=float)
        apart = np.array(chosen, dtype=float)
        endless = any((apart @ d > -1e-9).all() for d in circle)
        try:
            fit_logit(table, [2] * 4, [1.0, 0.0] * 4)
            found = False
        except NoSolution as error:
            found = "no finite maximum" in str(error)
        assert found == endless, chosen


# --- doors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param({"columns": [1.0, 2.0]}, ArgumentOutOfRange, "columns", id="flat columns"),
        pytest.param({"columns": [[1], [math.nan]]}, ArgumentOutOfRange, "runner 2", id="nan"),
        pytest.param({"columns": [[1], [1e200]]}, ArgumentOutOfRange, "column 1", id="too large"),
        pytest.param({"sizes": [3]}, ArgumentOutOfRange, "sizes", id="sizes that do not add up"),
        pytest.param({"sizes": [1, 1]}, FieldTooSmall, "group 1", id="one runner"),
        pytest.param({"sizes": []}, ArgumentOutOfRange, "no group", id="no group"),
        pytest.param({"sizes": [1.5, 0.5]}, ArgumentOutOfRange, "whole", id="half a runner"),
        pytest.param({"weights": [1.0]}, ArgumentOutOfRange, "weights", id="one weight"),
        pytest.param({"weights": [0, 0]}, ArgumentOutOfRange, "group 1", id="no winner"),
        pytest.param({"weights": [2, -1]}, ArgumentOutOfRange, "runner 1", id="weights outside"),
        pytest.param({"ridge": -1.0}, ArgumentOutOfRange, "ridge", id="negative ridge"),
        pytest.param({"ridge": [1.0, 1.0]}, ArgumentOutOfRange, "ridge", id="ridge too long"),
        pytest.param({"start": [math.inf]}, ArgumentOutOfRange, "start", id="infinite start"),
        pytest.param({"names": ["a", "b"]}, ArgumentOutOfRange, "names", id="too many names"),
        pytest.param({"blocks": ["a"]}, ArgumentOutOfRange, "one block", id="one block"),
        pytest.param({"blocks": ["a", "b"]}, ArgumentOutOfRange, "blocks: 2", id="more blocks"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(change, error, message):
    whole = {"columns": [[1.0], [0.0]], "sizes": [2], "weights": [1.0, 0.0], **change}

    with pytest.raises(error, match=message):
        fit_logit(whole.pop("columns"), whole.pop("sizes"), whole.pop("weights"), **whole)


# --- draws ------------------------------------------------------------------------------------


def test_draws_have_the_mean_and_the_covariance_of_the_fit():
    table, sizes, weights = drawn(23)
    fit = fit_logit(table, sizes, weights, blocks=np.arange(sizes.size) % 12)

    drawn_now = draw_coefficients(fit, 40_000, np.random.default_rng(3))

    # Spread of a mean of 40,000: 1/200 of the error; of a covariance about 1/140.
    assert drawn_now.shape == (40_000, 3)
    assert np.abs(drawn_now.mean(axis=0) - fit.coefficients).max() < 0.02 * fit.block_errors.max()
    assert np.cov(drawn_now.T) == pytest.approx(fit.covariance, abs=0.03 * fit.covariance.max())


def test_draws_are_the_generator_s_own():
    fit = fit_logit(*drawn(24))

    first, second = (draw_coefficients(fit, 5, np.random.default_rng(8)) for _ in range(2))

    assert np.array_equal(first, second)
    with pytest.raises(ArgumentOutOfRange, match="draws"):
        draw_coefficients(fit, 0, np.random.default_rng(8))
