"""The fitted exponent: closed forms by hand, shrinkage, and the closing odds of Hong Kong."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from hippique.errors import ArgumentOutOfRange, NoSolution
from hippique.pricing.win import fit_tempered, tempered
from material import material

LN2 = math.log(2.0)


def pairs(favourite_wins, longshot_wins, dead_heats=0):
    """Fields of two at 2 and 4: the favourite's chance is 2^β / (1 + 2^β)."""
    rows = favourite_wins + longshot_wins + dead_heats
    winners = np.zeros((rows, 2), dtype=bool)
    winners[:favourite_wins, 0] = True
    winners[favourite_wins : favourite_wins + longshot_wins, 1] = True
    winners[rows - dead_heats :] = True
    return np.tile([2.0, 4.0], (rows, 1)), winners


# By hand: 4 of 5 won means 2^β = 4; the curvature is 5 · .8 · .2 · (ln 2)².
def test_the_exponent_makes_the_winners_most_likely():
    fit = fit_tempered(*pairs(4, 1))

    assert math.isclose(fit.beta, 2.0, rel_tol=1e-9)
    assert math.isclose(fit.se, 1.0 / (math.sqrt(0.8) * LN2), rel_tol=1e-9)
    assert math.isclose(fit.log_likelihood, 4 * math.log(0.8) + math.log(0.2), rel_tol=1e-12)
    plain = 4 * math.log(2 / 3) + math.log(1 / 3)
    assert math.isclose(fit.gain, (fit.log_likelihood - plain) / 5, rel_tol=1e-9)
    assert (fit.rows, fit.spread, fit.groups) == (5, 0.0, ())


def test_longshots_that_win_too_often_give_an_exponent_below_one():
    # 2 of 5 won: 2^β = 2/3.
    assert math.isclose(fit_tempered(*pairs(2, 3)).beta, math.log(2 / 3) / LN2, rel_tol=1e-9)


def test_both_winners_of_a_dead_heat_weigh_a_half():
    assert math.isclose(fit_tempered(*pairs(3, 0, dead_heats=2)).beta, 2.0, rel_tol=1e-9)


def test_a_far_exponent_is_reached_without_leaping_away():
    # At odds of 2 and 200 a favourite that wins 1 of 5 needs 100^β = 1/4.
    odds, winners = pairs(1, 4)
    odds[:, 1] = 200.0

    assert math.isclose(fit_tempered(odds, winners).beta, -math.log(4) / math.log(100))


# By hand: all lie close together, so that 4 of 5 need (1.01/1.0001)^β = 4.
def test_an_exponent_of_a_hundred_is_reached():
    odds, winners = pairs(4, 1)
    odds[:] = [1.0001, 1.01]

    assert math.isclose(fit_tempered(odds, winners).beta, math.log(4) / math.log(1.01 / 1.0001))


def test_a_search_that_overshoots_comes_back():
    # Found by a search at random: plain Newton leaps to and fro across the maximum.
    odds = np.array(
        [
            (
                1.98,
                1.167,
                1.005,
                2.498,
                1.622,
                1.247,
                1.675,
                4.753,
                4.695,
                1.065,
                1.61,
                1.05,
                1.078,
            ),
            (
                1.026,
                2.449,
                8.917,
                2.178,
                1.155,
                114.795,
                1.518,
                1.004,
                1.025,
                1.013,
                1.1,
                1.3,
                1.25,
            ),
        ]
    )
    winners = np.zeros(odds.shape, dtype=bool)
    winners[0, 9] = winners[1, 5] = True

    beta = fit_tempered(odds, winners).beta

    # At the maximum the winners' mean of the log odds is the one expected.
    chances = odds**-beta / (odds**-beta).sum(axis=1, keepdims=True)
    assert math.isclose((chances * np.log(odds)).sum(), np.log(odds[winners]).sum(), rel_tol=1e-9)


def test_the_fit_finds_the_exponent_that_drew_the_winners():
    random = np.random.default_rng(3)
    odds = 0.85 / random.dirichlet(np.ones(10) * 2, 4000)
    odds = np.maximum(odds, 1.1)
    chances = np.array([tempered(row, beta=1.2).probabilities for row in odds])
    drawn = (random.random((4000, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    fit = fit_tempered(odds, np.arange(10) == drawn[:, None])

    assert abs(fit.beta - 1.2) < 3 * fit.se
    assert fit.se < 0.03


def test_masked_cells_and_the_order_of_runners_change_nothing():
    odds, winners = pairs(7, 3)
    wide = np.full((10, 4), np.nan)
    wide[:, [3, 1]] = odds
    won = np.zeros((10, 4), dtype=bool)
    won[:, [3, 1]] = winners

    assert math.isclose(
        fit_tempered(wide, won, np.isfinite(wide)).beta, fit_tempered(odds, winners).beta
    )


# --- groups ---------------------------------------------------------------------------------


def joined(parts):
    odds, winners = zip(*parts, strict=True)
    labels = np.repeat(np.arange(len(parts)), [len(part) for part in odds])
    return np.concatenate(odds), np.concatenate(winners), labels


# By hand, for two groups: τ² = ((β₁−β₂)² − v₁ − v₂) / 2 with v = 1/(n p (1−p) (ln 2)²).
def test_group_values_are_drawn_to_the_overall_one_by_their_errors():
    odds, winners, labels = joined([pairs(400, 100), pairs(200, 100)])
    fit = fit_tempered(odds, winners, groups=labels)

    first = 1 / (500 * 0.8 * 0.2 * LN2**2)
    second = 1 / (300 * (2 / 9) * LN2**2)
    between = (1.0 - first - second) / 2
    assert math.isclose(fit.beta, math.log(3.0) / LN2, rel_tol=1e-9)  # 600 of 800
    assert math.isclose(fit.spread, math.sqrt(between), rel_tol=1e-9)
    for group, own, variance in zip(fit.groups, (2.0, 1.0), (first, second), strict=True):
        weight = between / (between + variance)
        assert math.isclose(group.own, own, rel_tol=1e-9)
        assert math.isclose(group.own_se, math.sqrt(variance), rel_tol=1e-9)
        assert math.isclose(group.weight, weight, rel_tol=1e-9)
        assert math.isclose(group.beta, weight * own + (1 - weight) * fit.beta, rel_tol=1e-9)
    assert fit.beta_of(0) == fit.groups[0].beta


def test_groups_that_differ_by_chance_only_have_the_overall_value():
    odds, winners, labels = joined([pairs(8, 2), pairs(7, 3)])
    fit = fit_tempered(odds, winners, groups=labels)

    assert fit.spread == 0.0
    assert [group.beta for group in fit.groups] == [fit.beta, fit.beta]


def test_a_small_group_moves_less_than_a_large_one():
    odds, winners, labels = joined([pairs(4000, 1000), pairs(2000, 2000), pairs(8, 2)])
    large, _, small = fit_tempered(odds, winners, groups=labels).groups

    assert math.isclose(large.own, small.own, rel_tol=1e-9)
    assert small.weight < large.weight < 1.0
    assert small.beta < large.beta


def test_a_group_in_which_every_favourite_won_has_the_overall_value():
    odds, winners, labels = joined([pairs(40, 10), pairs(3, 0)])
    fit = fit_tempered(odds, winners, groups=labels)

    assert (fit.groups[1].own, fit.groups[1].own_se, fit.groups[1].weight) == (None, None, 0.0)
    assert fit.groups[1].beta == fit.beta


def test_a_group_never_seen_has_the_overall_value():
    fit = fit_tempered(*pairs(4, 1), groups=[1, 1, 2, 2, 2])

    assert fit.beta_of(9) == fit.beta


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("favourite_wins", "longshot_wins", "why"),
    [(5, 0, "nobody but favourites"), (0, 5, "nobody but the longest odds")],
)
def test_no_finite_maximum_is_said(favourite_wins, longshot_wins, why):
    with pytest.raises(NoSolution, match=f"no finite maximum: {why}"):
        fit_tempered(*pairs(favourite_wins, longshot_wins))


def test_equal_odds_say_nothing_of_the_exponent():
    with pytest.raises(NoSolution, match="no finite maximum"):
        fit_tempered([[3.0, 3.0]], [[True, False]])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"winners": np.zeros((5, 2), dtype=bool)}, "row 1: no winner"),
        ({"winners": [0, 1, 0, 1, 0]}, "truth values are needed"),
        ({"mask": [[True, True]] * 4 + [[True, False]]}, "row 5: fewer than two runners"),
        ({"groups": [1.0] * 5}, "groups: 5 whole numbers are needed"),
        ({"groups": [1, 2]}, "groups: 5 whole numbers are needed"),
    ],
)
def test_bad_fits_are_refused_by_name(change, why):
    odds, winners = pairs(4, 1)
    kind = "FieldTooSmall" if "mask" in change else ArgumentOutOfRange.__name__

    with pytest.raises(Exception, match=re.escape(why)) as refusal:
        fit_tempered(**{"odds": odds, "winners": winners} | change)
    assert type(refusal.value).__name__ == kind


def test_a_winner_outside_the_mask_is_refused():
    mask = [[True, True, False]]

    with pytest.raises(ArgumentOutOfRange, match="row 1: the winner 3 is masked out"):
        fit_tempered([[2.0, 3.0, 4.0]], [[False, False, True]], mask)


def test_no_rows_cannot_be_fitted():
    with pytest.raises(ArgumentOutOfRange, match="no row to fit"):
        fit_tempered(np.empty((0, 3)), np.empty((0, 3), dtype=bool))


# --- what happened --------------------------------------------------------------------------


def closing_odds_of_hong_kong():
    """Usable races with one winner and every price above 1 (nine show a price of 1.0)."""
    pl = pytest.importorskip("polars")
    usable = pl.read_parquet(material("history/hk/hk_races.parquet")).filter("usable")
    runners = (
        pl.read_parquet(material("history/hk/hk_runners.parquet"))
        .join(usable.select("race_id"), on="race_id")
        .filter((pl.col("odds_final").min() > 1.0).over("race_id"))
        .sort("race_id", "num")
    )
    _, rows = np.unique(runners["race_id"].to_numpy(), return_inverse=True)
    columns = np.arange(rows.size) - np.searchsorted(rows, rows)
    odds = np.full((rows.max() + 1, columns.max() + 1), np.nan)
    winners = np.zeros(odds.shape, dtype=bool)
    odds[rows, columns] = runners["odds_final"].to_numpy()
    winners[rows, columns] = runners.select(pl.col("rank").eq(1).fill_null(value=False)).to_series()
    return odds, winners


# 1.063 and .0013 nat a race on 13,283 races: measured apart, by another program.
def test_longshots_of_hong_kong_are_overbet_a_little():
    odds, winners = closing_odds_of_hong_kong()
    fit = fit_tempered(odds, winners, np.isfinite(odds))

    assert fit.rows == 13_283
    assert abs(fit.beta - 1.063) < 0.01
    assert abs(fit.gain - 0.0013) < 0.00005
