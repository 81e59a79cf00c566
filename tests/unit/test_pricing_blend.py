"""Model and market in one: the oracle, the floors, the missing earlier market, the second stage."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from hippique.errors import ArgumentOutOfRange, FieldTooSmall, NoSolution, ProbabilityOutOfRange
from hippique.pricing.blend import blend, fit_blend, fit_logit, winner_weights
from pricing_strategies import fields

F, Q = [0.5, 0.3, 0.2], [0.4, 0.4, 0.2]


def rows_of(inputs):
    fields_of = inputs["races"]
    sizes = [len(one["f"]) for one in fields_of]
    f, q = (np.concatenate([one[key] for one in fields_of]) for key in ("f", "q"))
    return f, q, sizes, winner_weights([[one["winner"] - 1] for one in fields_of], sizes)


@pytest.mark.parametrize("case", oracles.cases("blend.json"))
def test_oracle(case):
    inputs, expected = case["inputs"], case["expected"]
    if "error" in expected:
        with pytest.raises(NoSolution, match=re.escape(expected["error"])) as caught:
            fit_blend(*rows_of(inputs))
        assert "ln q" in str(caught.value)
        return
    oracles.agree(case, combined(inputs) if "alpha" in inputs else fitted(case["what"], inputs))


def combined(inputs):
    found = blend(inputs["f"], inputs["q"], alpha=inputs["alpha"], beta=inputs["beta"])
    return {"c": found.chances.tolist()}


def fitted(what, inputs):
    f, q, sizes, weights = rows_of(inputs)
    if "alpha (ln f)" in what:
        fit = fit_blend(f, q, sizes, weights).fit
    else:
        fit = fit_logit(np.log(q)[:, None], sizes, weights)
    return {
        "coef": fit.coefficients.tolist(),
        "log_likelihood": fit.log_likelihood,
        "standard_error": fit.standard_errors.tolist(),  # the inverse Hessian's
    }


def test_oracle_separable_by_the_model_alone_is_said_too():
    # The oracle's case without its constant column.
    with pytest.raises(NoSolution, match="no finite maximum: the winners are separated by ln f"):
        fit_logit(np.log([[0.6], [0.4]] * 3), [2] * 3, [1.0, 0.0] * 3, names=("ln f",))


# --- one field --------------------------------------------------------------------------------


@given(fields(), st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.randoms())
def test_permuting_the_runners_permutes_the_chances(q, alpha, beta, random):
    order = list(range(q.size))
    random.shuffle(order)
    f = q[::-1].copy()

    straight = blend(f, q, alpha=alpha, beta=beta).chances
    mixed = blend(f[order], q[order], alpha=alpha, beta=beta).chances

    assert straight.sum() == pytest.approx(1.0, abs=1e-14)
    assert mixed == pytest.approx(straight[order], rel=1e-12)


@given(st.integers(2, 24), st.floats(0.0, 2.0), st.floats(-1.0, 1.0))
def test_equal_runners_get_equal_chances(runners, alpha, gamma):
    level = np.full(runners, 1.0 / runners)

    found = blend(level, level, alpha=alpha, beta=1.0, gamma=gamma, earlier=level).chances

    assert np.ptp(found) <= 1e-14


@settings(max_examples=30)
@given(fields())
def test_exponents_of_nought_and_one_give_the_market_back(q):
    assert blend(q[::-1], q, alpha=0.0, beta=1.0).chances == pytest.approx(q, rel=1e-13)


def test_drift_moves_the_chance_by_its_ratio():
    earlier = [0.2, 0.6, 0.2]

    found = blend(F, Q, alpha=0.0, beta=1.0, gamma=0.5, earlier=earlier).chances

    # q √(q/q'): .4 √2, .4 √(2/3), .2; their sum 1.092283…
    parts = [0.4 * math.sqrt(2.0), 0.4 * math.sqrt(2.0 / 3.0), 0.2]
    assert found == pytest.approx([part / sum(parts) for part in parts], rel=1e-14)


def test_missing_earlier_market_is_flagged_and_not_invented():
    found = blend(F, Q, alpha=0.6, beta=0.5, gamma=2.0)

    assert found.chances == pytest.approx(blend(F, Q, alpha=0.6, beta=0.5).chances, abs=0.0)
    assert found.flags == ("no earlier market",)


def test_chance_of_nought_is_floored_with_a_flag():
    found = blend([0.7, 0.3, 0.0], Q, alpha=1.0, beta=0.0)

    # 1e-6 in the place of 0, then the sum brought to 1.
    assert found.chances == pytest.approx(np.array([0.7, 0.3, 1e-6]) / 1.000001, rel=1e-12)
    assert found.flags == ("floored",)
    assert blend(F, Q, alpha=1.0, beta=0.0).flags == ()


@pytest.mark.parametrize("where", ["f", "q", "earlier"])
def test_floor_is_flagged_wherever_it_acts(where):
    views = {"f": F, "q": Q, "earlier": Q, where: [0.9, 0.1 - 1e-9, 1e-9]}

    found = blend(views["f"], views["q"], alpha=1, beta=1, gamma=1, earlier=views["earlier"])

    assert found.flags == ("floored",)
    assert np.isfinite(found.chances).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param({"f": [1.0]}, FieldTooSmall, "f: one runner", id="walkover"),
        pytest.param({"f": [0.5, 0.5]}, ArgumentOutOfRange, "lengths differ", id="lengths"),
        pytest.param({"q": [0.5, 0.5, 0.5]}, ProbabilityOutOfRange, "q", id="sum"),
        pytest.param({"q": [0.5, math.nan, 0.5]}, ProbabilityOutOfRange, "runner 2", id="nan"),
        pytest.param({"earlier": [0.5, 0.5]}, ArgumentOutOfRange, "earlier 2", id="earlier"),
        pytest.param({"alpha": math.nan}, ArgumentOutOfRange, "alpha", id="alpha"),
        pytest.param({"gamma": math.inf}, ArgumentOutOfRange, "gamma", id="gamma"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(change, error, message):
    whole = {"f": F, "q": Q, "alpha": 1.0, "beta": 1.0, **change}

    with pytest.raises(error, match=message):
        blend(whole.pop("f"), whole.pop("q"), **whole)


# --- the second stage -------------------------------------------------------------------------


def shares(utilities):
    powers = np.exp(utilities)
    return (powers / powers.sum(axis=1, keepdims=True)).ravel()


def market_days(seed, alpha, beta, gamma=0.0, groups=1500, runners=8):
    """f, q, sizes, weights, earlier: winners drawn from the blend with these exponents."""
    generator = np.random.default_rng(seed)
    strength = generator.normal(size=(groups, runners))
    f, q, earlier = (
        shares(strength + 0.8 * generator.normal(size=strength.shape)) for _ in range(3)
    )
    utilities = alpha * np.log(f) + beta * np.log(q) + gamma * np.log(q / earlier)
    heard = utilities.reshape(groups, runners) + generator.gumbel(size=(groups, runners))
    weights = (heard == heard.max(axis=1, keepdims=True)).astype(float).ravel()
    return f, q, np.full(groups, runners), weights, earlier


def test_exponents_are_found_again():
    f, q, sizes, weights, earlier = market_days(1, 0.4, 0.7, 0.3)

    found = fit_blend(f, q, sizes, weights, earlier=earlier, blocks=np.arange(1500) // 10)

    for exponent, truth in ((found.alpha, 0.4), (found.beta, 0.7), (found.gamma, 0.3)):
        assert exponent.low < truth < exponent.high
        assert exponent.high - exponent.low == pytest.approx(2 * 1.959964 * exponent.error)
    assert found.interval_from == "sandwich by blocks"
    assert not found.model_may_add_nothing
    assert found.without_earlier == 0
    assert found.fit.steps <= 8


def test_model_that_adds_nothing_is_a_fair_outcome():
    f, q, sizes, weights, _ = market_days(3, 0.0, 1.0)

    found = fit_blend(f, q, sizes, weights)

    assert found.model_may_add_nothing
    assert found.gamma is None
    assert found.without_earlier is None
    assert found.interval_from == "inverse Hessian"


def test_groups_without_an_earlier_market_are_counted_and_have_no_drift():
    f, q, sizes, weights, earlier = market_days(4, 0.4, 0.7, 0.3, groups=200)
    gaps = earlier.copy()
    gaps[[3, 8, 9]] = math.nan  # one runner of the first group, two of the second

    found = fit_blend(f, q, sizes, weights, earlier=gaps)

    drift = np.log(q / earlier)
    drift[:16] = 0.0
    by_hand = fit_logit(np.c_[np.log(f), np.log(q), drift], sizes, weights)
    assert found.without_earlier == 2
    assert found.flags == ("no earlier market",)
    assert found.fit.coefficients == pytest.approx(by_hand.coefficients, rel=1e-9)


def test_earlier_market_that_never_came_leaves_no_gamma():
    f, q, sizes, weights, earlier = market_days(5, 0.4, 0.7, groups=100)

    nothing = np.full_like(earlier, math.nan)
    found = fit_blend(f, q, sizes, weights, earlier=nothing, ridge=[1.0, 1.0, 9.0])

    assert found.gamma is None
    assert found.without_earlier == 100
    assert found.flags == ("no earlier market",)


def test_huge_ridge_gives_the_market_alone():
    f, q, sizes, weights, earlier = market_days(6, 0.4, 0.7, 0.3, groups=100)

    found = fit_blend(f, q, sizes, weights, earlier=earlier, ridge=1e12)

    assert found.fit.coefficients == pytest.approx([0.0, 1.0, 0.0], abs=1e-8)
    assert found.fit.method == "ridge"


def test_floored_chances_are_counted():
    f, q, sizes, weights, _ = market_days(7, 0.4, 0.7, groups=100)
    f[:8] = [0.0, 0.0, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1]

    found = fit_blend(f, q, sizes, weights)

    assert found.floored == 2
    assert found.flags == ("floored",)


def test_fitted_exponents_price_a_field():
    f, q, sizes, weights, _ = market_days(8, 0.4, 0.7, groups=300)
    found = fit_blend(f, q, sizes, weights)
    alpha, beta = found.alpha.value, found.beta.value

    chances = [
        blend(f[k : k + 8], q[k : k + 8], alpha=alpha, beta=beta).chances for k in range(0, 2400, 8)
    ]

    logs = np.log(np.concatenate(chances))
    assert float(weights @ logs) == pytest.approx(found.fit.log_likelihood, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param({"f": [0.5, 0.5]}, ArgumentOutOfRange, "sizes", id="too few rows"),
        pytest.param({"q": [0.5, 0.5]}, ArgumentOutOfRange, "q: 2 for 4", id="q too short"),
        pytest.param({"q": [0.5, 0.5, 0.9, 0.2]}, ProbabilityOutOfRange, "group 2: q", id="sum"),
        pytest.param(
            {"f": [0.5, 0.5, 1.5, -0.5]}, ProbabilityOutOfRange, "group 2, runner 1", id="outside"
        ),
        pytest.param({"f": [math.nan, 1, 0, 1]}, ProbabilityOutOfRange, "runner 1", id="nan"),
        pytest.param({"earlier": [0.4, 0.4, 0.5, 0.5]}, ProbabilityOutOfRange, "earlier", id="q'"),
        pytest.param({"ridge": [1.0, 1.0, 1.0]}, ArgumentOutOfRange, "ridge", id="ridge too long"),
    ],
)
def test_rows_out_of_range_are_refused_by_name(change, error, message):
    whole = {"f": [0.6, 0.4, 0.3, 0.7], "q": [0.5, 0.5, 0.2, 0.8], **change}

    with pytest.raises(error, match=message):
        fit_blend(whole.pop("f"), whole.pop("q"), [2, 2], [1.0, 0.0, 0.0, 1.0], **whole)
