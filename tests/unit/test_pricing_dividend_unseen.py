"""Stakes of pools nobody shows, from past dividends: the fit, its refusals, and a real quinella."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import (
    ArgumentOutOfRange,
    NoSolution,
    PoolOutOfRange,
    ProbabilityOutOfRange,
)
from hippique.pricing.dividend import (
    PLACE_SHARE_EXPONENT,
    fit_pool,
    gross_return,
    place_share,
    predict,
    stake_share_from_dividend,
)
from material import material

# Eleven pools on the plane 0.2 + 0.9 x − 0.1 z.
X = np.array([-1.0, -2.0, -3.0, -4.0, -5.0, -1.5, -2.5, -3.5, -4.5, -5.5, -3.0])
Z = np.array([-2.0, -3.0, -3.5, -5.5, -6.0, -2.0, -4.0, -4.0, -5.0, -7.0, -4.5])
PLANE = 0.2 + 0.9 * X - 0.1 * Z
HOLED = np.where(X < -5, np.nan, X)


def test_an_exact_plane_is_found_without_spread():
    model = fit_pool(X, Z, PLANE)

    found = (model.intercept.value, model.on_model.value, model.on_entries.value)
    assert found == pytest.approx((0.2, 0.9, -0.1), abs=1e-12)
    assert (model.residual_sd, model.robust_sd) == pytest.approx((0, 0), abs=1e-12)
    assert (model.rows, model.r_squared) == (11, pytest.approx(1.0))


def test_errors_and_spread_of_a_line_by_hand():
    # x = 1 … 10 has mean 5.5 and Σ(x − x̄)² = 82.5; y = x ± 1 by pairs + − − +, which leaves the
    # line through (5.5, 5.5) its slope of 1 on the first eight rows, and the last two flat.
    x = np.arange(1.0, 11.0)
    noise = np.array([1, -1, -1, 1, 1, -1, -1, 1, 0, 0], dtype=float)
    model = fit_pool(x, None, x + noise)

    # Σ noise = 0 and Σ x·noise = 0, so the slope is exactly 1; s² = 8/(10 − 2) = 1.
    assert (model.on_model.value, model.intercept.value) == pytest.approx((1.0, 0.0), abs=1e-12)
    assert model.residual_sd == pytest.approx(1.0)
    assert model.on_model.error == pytest.approx(1 / np.sqrt(82.5))
    assert model.intercept.error == pytest.approx(np.sqrt(1 / 10 + 5.5**2 / 82.5))
    assert model.robust_sd == pytest.approx(1.4826, abs=1e-4)  # the median of |residual| is 1
    assert model.r_squared == pytest.approx(1 - 8 / (82.5 + 8))
    assert model.on_entries is None


def test_a_prediction_holds_the_coefficients_own_error():
    x = np.arange(1.0, 11.0)
    noise = np.array([1, -1, -1, 1, 1, -1, -1, 1, 0, 0], dtype=float)
    mean, sd = predict(fit_pool(x, None, x + noise), [5.5, 15.5])

    assert mean.tolist() == pytest.approx([5.5, 15.5])
    # At the mean 1 + 1/10; ten away 100/82.5 more.
    assert sd.tolist() == pytest.approx([np.sqrt(1.1), np.sqrt(1.1 + 100 / 82.5)])


def test_a_prediction_with_entries_goes_over_many_combinations():
    mean, _ = predict(fit_pool(X, Z, PLANE), [[-1.0], [-2.0]], [-3.0, -4.0])

    # 0.2 + 0.9 x − 0.1 z by hand.
    assert mean == pytest.approx(np.array([[-0.4, -0.3], [-1.3, -1.2]]))


def test_one_wild_pool_moves_the_sd_and_not_the_robust_one():
    wild = np.tile(PLANE, 5)
    wild[0] += 2.0
    model = fit_pool(np.tile(X, 5), np.tile(Z, 5), wild)

    # 2²·(1 − leverage)/(55 − 3) is at most .077, and most rows lie near the plane.
    assert 0.25 < model.residual_sd < 0.28
    assert model.robust_sd < 0.1


def test_the_robust_sd_is_taken_about_the_median():
    # Eight residuals of −1 and two of 4, at the ends: no slope is in them, and their median is −1.
    noise = np.array([4.0, *[-1.0] * 8, 4.0])
    model = fit_pool(np.arange(10.0), None, np.arange(10.0) + noise)

    assert model.robust_sd == pytest.approx(0.0, abs=1e-12)
    assert model.residual_sd == pytest.approx(np.sqrt(40 / 8))


@pytest.mark.parametrize(
    ("columns", "kind", "words"),
    [
        pytest.param((X[:9], Z[:9], PLANE[:9]), ArgumentOutOfRange, "too few rows: 9", id="nine"),
        pytest.param((X, Z[:10], PLANE), ArgumentOutOfRange, "'ln_entry_share': 10", id="lengths"),
        pytest.param((X, 2 * X + 1, PLANE), NoSolution, "ln_model_share and ln_e", id="line"),
        pytest.param((X, Z * 0 - 2, PLANE), NoSolution, "ln_entry_share is c", id="constant"),
        pytest.param((X * 0, None, PLANE), NoSolution, "ln_model_share is c", id="one model"),
        pytest.param((X, Z, X * 0), NoSolution, "ln_stake_share is constant", id="one stake"),
        pytest.param((HOLED, Z, PLANE), PoolOutOfRange, "ln_model_share (entry 10)", id="nan"),
        pytest.param((X[None], Z, PLANE), ArgumentOutOfRange, "ln_model_share: one", id="shape"),
    ],
)  # fmt: skip
def test_a_fit_that_cannot_be_is_refused_by_name(columns, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        fit_pool(*columns)


def test_a_prediction_needs_the_columns_of_the_fit():
    with pytest.raises(ArgumentOutOfRange, match="fitted with it"):
        predict(fit_pool(X, Z, PLANE), -1.0)
    with pytest.raises(ArgumentOutOfRange, match="fitted without it"):
        predict(fit_pool(X, None, PLANE), -1.0, -2.0)


@given(st.floats(10, 1e6), st.floats(1e-4, 0.5), st.floats(0, 0.4))
def test_the_share_behind_a_gross_dividend_comes_back(pool, share, takeout):
    per_euro = gross_return(pool, pool * share, takeout=takeout)

    assert stake_share_from_dividend(per_euro, takeout) == pytest.approx(share)


@pytest.mark.parametrize("per_euro", [0.7, 0.99, -1.0, np.nan])
def test_a_dividend_below_one_is_not_per_euro(per_euro):
    with pytest.raises(PoolOutOfRange, match="dividend"):
        stake_share_from_dividend([3.5, per_euro], 0.25)


def test_place_shares_by_hand_and_by_default():
    # .8^½ : .2^½ = 2 : 1.
    assert place_share([0.8, 0.2], 0.5).tolist() == pytest.approx([2 / 3, 1 / 3])
    assert PLACE_SHARE_EXPONENT == 0.79  # the measured value of the literature note
    assert place_share([0.8, 0.2])[0] == pytest.approx(1 / (1 + 0.25**0.79))


def test_place_shares_refuse_by_name():
    with pytest.raises(ProbabilityOutOfRange, match="sum to 1"):
        place_share([0.8, 0.3])
    with pytest.raises(ArgumentOutOfRange, match="exponent: 0"):
        place_share([0.8, 0.2], 0.0)


# --- a real pool: Hong Kong's quinella against the closing odds --------------------------------

CROWD = 1.0  # the win pool's own shares: those who bet pairs think as those who bet winners do
TEMPERED = 1.06  # true chances, longshots being overbet: slopes on them come out 1.06 times flatter


@pytest.fixture(scope="module")
def quinellas():
    """Every other usable race of two seasons: (odds, positions of the first two, dividend)."""
    pl = pytest.importorskip("polars")
    folder = material("history/hk")
    season = pl.col("date").is_between(pl.lit("2022-08-01"), pl.lit("2024-07-31"))
    races = pl.read_parquet(folder / "hk_races.parquet").filter(season & pl.col("usable"))
    runners = (
        pl.read_parquet(folder / "hk_runners.parquet")
        .filter(pl.col("odds_final").min().over("race_id") > 1)  # nine real rows show 1.0
        .join(races.sort("race_id").gather_every(2).select("race_id"), on="race_id")
        .group_by("race_id")
        .agg("num", "odds_final")
    )
    paid = (
        pl.read_parquet(folder / "hk_dividends.parquet")
        .filter(pl.col("pool") == "quinella")
        .filter(pl.len().over("race_id") == 1)  # a dead heat pays two, out of one profit
        .join(runners, on="race_id")
        .sort("race_id")
    )
    return [read_quinella(row) for row in paid.iter_rows(named=True)]


def read_quinella(row):
    first, second = (row["num"].index(int(number)) for number in row["combination"].split("-"))
    return np.array(row["odds_final"]), (first, second), row["dividend_per_10"] / 10


def fitted(quinellas, chance_of_pair, power):
    pairs = []
    for odds, places, _ in quinellas:
        weights = odds**-power
        pairs.append(chance_of_pair(weights / weights.sum(), *places))
    share = stake_share_from_dividend([per_euro for _, _, per_euro in quinellas], 0.175)
    return fit_pool(np.log(pairs), None, np.log(share))


def harville_pair(chances, i, j):
    a, b = chances[i], chances[j]
    return a * b / (1 - a) + a * b / (1 - b)


@pytest.mark.parametrize("power", [CROWD, TEMPERED])
def test_harville_is_too_sure_of_a_real_quinella(quinellas, power):
    """Published with the history: a slope of .82 to .89 by Harville, and the fault is his."""
    model = fitted(quinellas, harville_pair, power)

    assert model.rows > 700
    assert 0.82 <= model.on_model.value <= 0.89
    assert model.on_model.error < 0.01
    assert 0.15 < model.robust_sd < model.residual_sd < 0.25


def test_henery_prices_a_real_quinella_as_its_bettors_do(quinellas):
    """Published with the history: a slope of 1.00 ± .03 by Henery, residuals of .181."""
    henery = pytest.importorskip("hippique.pricing.ordering.normal_times").henery
    model = fitted(quinellas, lambda chances, i, j: henery(chances).set((i, j)), CROWD)

    assert model.on_model.value == pytest.approx(1.0, abs=0.03)
    assert 0.14 < model.robust_sd < model.residual_sd < 0.21
    assert model.residual_sd < fitted(quinellas, harville_pair, CROWD).residual_sd
