"""Stakes on exclusive outcomes and a single stake in a pool: the reference values and the laws."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from hippique.errors import (
    ArgumentOutOfRange,
    FieldTooSmall,
    NoSolution,
    OddsOutOfRange,
    PoolOutOfRange,
    PricingError,
    ProbabilityOutOfRange,
)
from hippique.pricing.kelly import best_single_stake, kelly, levin, levin_linear, single_profit
from pricing_portfolios import portfolio_produced, single_values_produced
from pricing_strategies import fields

KINDS = {
    "probabilities do not sum to 1": ProbabilityOutOfRange,
    "probability outside [0, 1]": ProbabilityOutOfRange,
    "odds <= 1": OddsOutOfRange,
    "bankroll must be positive": ArgumentOutOfRange,
}


def produced(case: oracles.Case) -> oracles.Case:
    """Every expected key of a case that is no refusal, by the kind of its inputs."""
    inputs, kind = case["inputs"], case["id"]
    if kind.startswith("levin"):
        return levin_produced(inputs)
    if kind.startswith("int_"):
        return portfolio_produced(inputs)
    if kind == "pool_single_ev":
        return single_values_produced(inputs)
    if "dividend_before" in inputs:
        return single_stake_produced(inputs)
    return closed_form_produced(inputs)


def closed_form_produced(inputs: oracles.Case) -> oracles.Case:
    found = kelly(inputs["p"], inputs["odds"])
    return {
        "fraction": found.fractions.tolist(),
        "reserve": found.reserve,
        "support": [position + 1 for position in found.support.tolist()],
        "growth": found.growth,
        "expected_value_per_unit": found.expected_value.tolist(),
        "holds_negative_ev": found.holds_negative_ev,
        "flag": found.flags[0] if found.flags else None,
    }


def levin_produced(inputs: oracles.Case) -> oracles.Case:
    terms = {"takeout": 1.0 - inputs["Q"], "carry": inputs["carry"]}
    if inputs["wealth"] is None:
        found = levin_linear(inputs["public"], inputs["p"], **terms)
    else:
        found = levin(inputs["public"], inputs["p"], wealth=inputs["wealth"], **terms)
    return {
        "stakes": found.stakes.tolist(),
        "total_stake": found.total_stake,
        "total_pool": found.total_pool,
        "gradient_on_unplayed": found.gradient[found.stakes == 0.0].max(),
        "growth": found.growth,
        "expected_profit": found.expected_profit,
    }


def single_stake_produced(inputs: oracles.Case) -> oracles.Case:
    p, pool, takeout = inputs["p"], inputs["pool"], inputs["takeout"]
    on_runner = (1.0 - takeout) * pool / inputs["dividend_before"]
    found = best_single_stake(p, pool, on_runner, takeout)
    return {
        "on_horse": on_runner,
        "stake": found.stake,
        "profit": found.expected_profit,
        "profit_at_277": single_profit(277.0, p, pool, on_runner, takeout),
    }


@pytest.mark.parametrize("case", oracles.cases("kelly.json"))
def test_stakes_agree_with_the_reference(case):
    why = case["expected"].get("error")
    if why is None:
        oracles.agree(case, produced(case))
        return
    inputs = case["inputs"]
    with pytest.raises(KINDS[why], match=re.escape(why)) as refused:
        kelly(inputs["p"], inputs["odds"], bankroll=inputs.get("bankroll", 1.0))
    assert re.match(r"runner \d+: |probabilities: |bankroll: ", str(refused.value))


# --- exclusive outcomes ---------------------------------------------------------------------

ODDS = st.lists(st.floats(1.01, 200.0), min_size=24, max_size=24)


@given(fields(), ODDS)
def test_kelly_fractions_meet_the_conditions_of_an_optimum(chances, odds):
    odds = np.array(odds[: chances.size])
    if abs(sum(1.0 / odds) - 1.0) < 1e-6:
        return

    found = kelly(chances, odds)

    wealth = found.reserve + found.fractions * odds
    # One more unit on i, taken from the reserve: p_i o_i / W_i − Σ p_j / W_j, 0 where staked.
    # With a book below 1 nothing is left in reserve, and all gradients are equal instead.
    marginal = chances * odds / wealth
    cost = sum(chances / wealth) if not found.flags else marginal.max()
    assert np.abs(marginal[found.support] - cost).max(initial=0.0) < 1e-9
    assert (marginal <= cost + 1e-9).all()
    assert found.fractions.min() >= 0.0
    assert found.fractions.sum() <= 1.0 + 1e-12
    assert found.reserve == pytest.approx(1.0 - found.fractions.sum(), abs=1e-12)
    assert found.growth >= -1e-15


@given(fields(), ODDS, st.randoms(use_true_random=False))
def test_permuting_the_outcomes_permutes_the_fractions(chances, odds, random):
    odds = np.array(odds[: chances.size])
    order = list(range(chances.size))
    random.shuffle(order)

    straight, shuffled = kelly(chances, odds), kelly(chances[order], odds[order])

    assert shuffled.fractions == pytest.approx(straight.fractions[order], abs=1e-13)
    assert shuffled.growth == pytest.approx(straight.growth, abs=1e-13)


def test_equal_outcomes_get_equal_fractions():
    # Three outcomes of the same p·o at the edge of the support, one far below.
    found = kelly([0.3, 0.3, 0.3, 0.1], [3.5, 3.5, 3.5, 2.0])

    assert np.ptp(found.fractions[:3]) <= 1e-14
    assert found.fractions[0] > 0.0


def test_outcomes_exactly_at_the_reserve_are_not_held():
    # p·o = 1 everywhere: a fair book, nothing to gain.
    found = kelly([0.5, 0.25, 0.25], [2.0, 4.0, 4.0])

    assert found.fractions.tolist() == [0.0, 0.0, 0.0]
    assert (found.reserve, found.growth, found.flags) == (1.0, 0.0, ())


def test_an_outcome_without_a_chance_is_never_staked():
    # The two that can happen form a book below 1: all is staked, f = p.
    found = kelly([0.5, 0.5, 0.0], [2.2, 2.1, 3.0])

    assert found.fractions == pytest.approx([0.5, 0.5, 0.0], abs=1e-15)
    assert found.growth == pytest.approx(0.5 * math.log(1.1) + 0.5 * math.log(1.05), abs=1e-15)


def test_a_half_kelly_scales_the_fractions_and_keeps_the_rest():
    # Full: 1/5 on the first (p·o − 1)/(o − 1); a half is 1/10 of 200.
    found = kelly([0.6, 0.4], [2.0, 2.0], bankroll=200.0, fraction=0.5)

    assert found.fractions == pytest.approx([0.1, 0.0], abs=1e-15)
    assert found.amounts == pytest.approx([20.0, 0.0], abs=1e-12)
    assert found.reserve == pytest.approx(0.9, abs=1e-15)
    assert found.growth == pytest.approx(0.6 * math.log(1.1) + 0.4 * math.log(0.9), abs=1e-15)


def test_the_inputs_are_not_changed():
    chances, odds = np.array([0.2, 0.5, 0.3]), np.array([9.0, 2.5, 3.0])

    kelly(chances, odds)

    assert (chances.tolist(), odds.tolist()) == ([0.2, 0.5, 0.3], [9.0, 2.5, 3.0])


@pytest.mark.parametrize(
    ("p", "odds", "terms", "kind", "why"),
    [
        pytest.param([1.0], [2.0], {}, FieldTooSmall, "one runner", id="one runner"),
        pytest.param([0.5, 0.5], [2.0], {}, FieldTooSmall, "odds", id="one price"),
        pytest.param(
            [0.5, 0.5], [2.0, 3.0, 4.0], {}, ArgumentOutOfRange, "2 probabilities", id="lengths"
        ),
        pytest.param(
            [0.5, math.nan], [2.0, 3.0], {}, ProbabilityOutOfRange, "runner 2", id="not a number"
        ),
        pytest.param(
            [0.5, 0.5], [2.0, math.inf], {}, OddsOutOfRange, "runner 2", id="infinite odds"
        ),
        pytest.param(
            [0.5, 0.5], [2.0, 3.0], {"bankroll": math.inf}, ArgumentOutOfRange, "bankroll",
            id="infinite bankroll",
        ),
        pytest.param(
            [0.5, 0.5], [2.0, 3.0], {"fraction": 0.0}, ArgumentOutOfRange, "fraction",
            id="no fraction",
        ),
        pytest.param(
            [0.5, 0.5], [2.0, 3.0], {"fraction": 1.5}, ArgumentOutOfRange, "fraction",
            id="borrowed money",
        ),
    ],
)  # fmt: skip
def test_kelly_refuses_by_name(p, odds, terms, kind: type[PricingError], why):
    with pytest.raises(kind, match=why):
        kelly(p, odds, **terms)


# --- one stake in a pool --------------------------------------------------------------------


@settings(max_examples=60)
@given(st.floats(0.0, 1.0), st.floats(0.001, 0.999), st.floats(0.01, 0.5), st.floats(10.0, 1e6))
def test_no_other_stake_earns_more(p, share, takeout, pool):
    on_runner = share * pool

    found = best_single_stake(p, pool, on_runner, takeout)

    others = found.stake * np.array([0.0, 0.5, 0.9, 0.999, 1.001, 1.1, 2.0]) + 1e-3
    earned = [single_profit(other, p, pool, on_runner, takeout) for other in others]
    assert max(earned) <= found.expected_profit + 1e-12 * pool
    assert found.expected_profit >= 0.0


def test_a_runner_that_nobody_backs_has_no_best_stake():
    # One cent takes the whole pool; every further cent only comes back less the takeout.
    found = best_single_stake(0.1, 1000.0, 0.0, 0.15)

    assert (found.stake, found.flags) == (0.0, ("nobody else on the runner",))


def test_a_runner_that_carries_the_whole_pool_is_not_backed():
    assert best_single_stake(1.0, 1000.0, 1000.0, 0.15).stake == 0.0


def test_a_certain_winner_without_takeout_has_no_best_stake():
    with pytest.raises(NoSolution, match="more is better"):
        best_single_stake(1.0, 1000.0, 400.0, 0.0)


@pytest.mark.parametrize(
    ("p", "pool", "on_runner", "takeout", "kind", "why"),
    [
        pytest.param(1.2, 100, 10, 0.1, ProbabilityOutOfRange, "p: prob", id="chance above 1"),
        pytest.param(math.nan, 100, 10, 0.1, ProbabilityOutOfRange, "p: prob", id="no chance"),
        pytest.param(0.2, 0, 0, 0.1, PoolOutOfRange, "pool: 0", id="empty pool"),
        pytest.param(0.2, 100, 101, 0.1, PoolOutOfRange, "on_runner: 101", id="more than all"),
        pytest.param(0.2, 100, -1, 0.1, PoolOutOfRange, "on_runner: -1", id="negative stakes"),
        pytest.param(0.2, 100, 10, 1.0, PoolOutOfRange, "takeout", id="all is taken"),
    ],
)
def test_a_pool_that_makes_no_price_is_refused(p, pool, on_runner, takeout, kind, why):
    with pytest.raises(kind, match=why):
        best_single_stake(p, pool, on_runner, takeout)


def test_a_negative_stake_has_no_profit():
    with pytest.raises(PoolOutOfRange, match="stake: -1"):
        single_profit(-1.0, 0.2, 100.0, 10.0, 0.1)
