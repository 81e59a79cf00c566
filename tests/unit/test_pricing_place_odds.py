"""Chances to be placed: from place odds by one shift, and from every model of the order."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from hippique.errors import (
    ArgumentOutOfRange,
    FieldTooSmall,
    OddsOutOfRange,
    ProbabilityOutOfRange,
)
from hippique.pricing.ordering.counts import poisson_binomial
from hippique.pricing.ordering.discounted import harville, lbs
from hippique.pricing.ordering.discounts import LITERATURE
from hippique.pricing.ordering.normal_times import henery
from hippique.pricing.ordering.place_odds import place_chances_from_odds, shifted
from hippique.racing.bets import places_paid


@pytest.mark.parametrize("case", oracles.cases("place.json"))
def test_place_chances_agree(case):
    inputs, expected = case["inputs"], case["expected"]
    if "error" in expected:
        refuses_to_place(inputs, expected["error"])
        return
    oracles.agree(case, next(produce(inputs) for asked, produce in ASKED if asked(inputs)))


def refuses_to_place(inputs, message):
    for build in (harville, lbs, henery):
        with pytest.raises(ArgumentOutOfRange, match=re.escape(message)):
            build(inputs["win"]).top_k(inputs["k"])
    with pytest.raises(ArgumentOutOfRange, match=re.escape(message)):
        shifted(inputs["win"], inputs["k"])


def placed_by_each_model(inputs):
    win = inputs["win"]
    places = places_paid(len(win))  # the whole field was declared and starts
    models = {
        "harville": harville(win),
        "lbs_0.76_0.62": lbs(win, LITERATURE),
        "henery": henery(win),
    }
    chances = {name: model.top_k(places) for name, model in models.items()}
    sums = [float(column.sum()) for column in chances.values()]
    return {
        **{name: column.tolist() for name, column in chances.items()},
        "places_paid": places,
        "sum": max(sums, key=lambda total: abs(total - places)),
    }


def placed_for_certain(inputs):
    columns = [build(inputs["win"]).top_k(inputs["k"]) for build in (harville, lbs, henery)]
    columns.append(shifted(inputs["win"], inputs["k"]).chances)
    return {"place": np.min(columns, axis=0).tolist()}


def placed_by_a_shift(inputs):
    found = shifted(inputs["raw"], inputs["k"])
    by_odds = place_chances_from_odds(1.0 / np.array(inputs["raw"]), inputs["k"])
    assert by_odds.chances == pytest.approx(found.chances, abs=1e-14)
    return {
        "shift": found.shift,
        "place": found.chances.tolist(),
        # What the rejected way would give: everybody scaled alike.
        "proportional_would_give_max": max(inputs["raw"]) * inputs["k"] / sum(inputs["raw"]),
    }


ASKED = (
    (lambda inputs: "raw" in inputs, placed_by_a_shift),
    (lambda inputs: "q" in inputs, lambda inputs: {"pmf": poisson_binomial(inputs["q"]).tolist()}),
    (
        lambda inputs: "declared" in inputs,
        lambda inputs: {"places": [places_paid(count) for count in inputs["declared"]]},
    ),
    (lambda inputs: "k" in inputs, placed_for_certain),
    (lambda inputs: "win" in inputs, placed_by_each_model),
)


# --- the shift ------------------------------------------------------------------------------

# Down to a hundred thousand millionth and up to as near to 1; odds of a market are far inside.
raw_chances = st.floats(-25.0, 25.0).map(lambda log_odds: float(1.0 / (1.0 + np.exp(-log_odds))))
raw_fields = st.lists(raw_chances, min_size=2, max_size=24)


@given(raw=raw_fields, share=st.floats(0.0, 1.0))
def test_shifted_chances_sum_to_the_places_and_keep_the_order(raw, share):
    places = 1 + int(share * (len(raw) - 2))
    chances = shifted(raw, places).chances

    assert chances.sum() == pytest.approx(places, abs=1e-12)
    assert ((chances > 0.0) & (chances <= 1.0)).all()
    assert (np.diff(chances[np.argsort(raw)]) >= -1e-15).all()


@given(raw=raw_fields)
def test_all_log_odds_move_by_the_same_shift(raw):
    found = shifted(raw, 1)
    values = np.array(raw)
    moderate = (values > 1e-6) & (values < 1.0 - 1e-6) & (found.chances < 1.0 - 1e-6)

    moved = np.log(found.chances / (1.0 - found.chances)) - np.log(values / (1.0 - values))
    assert moved[moderate] == pytest.approx(np.full(moderate.sum(), found.shift), abs=1e-8)


@given(raw=st.lists(st.floats(0.05, 0.9), min_size=4, max_size=20))
def test_chances_that_fit_already_are_not_moved(raw):
    fitting = shifted(raw, 3)

    again = shifted(fitting.chances, 3)
    assert again.shift == pytest.approx(0.0, abs=1e-12)
    assert again.chances == pytest.approx(fitting.chances, abs=1e-13)


@given(raw=raw_fields)
def test_renumbering_the_runners_renumbers_their_places(raw):
    backwards = shifted(raw[::-1], 1).chances

    assert backwards[::-1] == pytest.approx(shifted(raw, 1).chances, abs=1e-14)


def test_equal_place_odds_share_the_places_equally():
    assert place_chances_from_odds([2.5] * 8, 3).chances == pytest.approx([3 / 8] * 8, abs=1e-15)


def test_a_near_certainty_and_a_near_impossibility_keep_their_digits():
    # Of two and one place, p = sigma(x + a) and 1 - p = sigma(-x + a): the shift is 0 by symmetry.
    found = shifted([1.0 - 2.0**-40, 2.0**-40], 1)

    assert found.chances[1] == pytest.approx(2.0**-40, rel=1e-12)
    assert found.shift == pytest.approx(0.0, abs=1e-9)


def test_the_widest_gap_that_floats_can_hold_is_still_solved():
    chances = shifted([1.0 - 2.0**-53, 5e-324, 0.5], 2).chances

    assert chances.sum() == pytest.approx(2.0, abs=1e-12)


@pytest.mark.parametrize("log_odds", [(-10.455208, 14.31136156), (-36.0, 29.458862)])
def test_log_odds_so_far_apart_that_digits_are_lost_still_settle(log_odds):
    # Two steps apart by one digit of the sum, for ever: the search once gave up here.
    chances = shifted([1.0 / (1.0 + np.exp(-value)) for value in log_odds], 1).chances

    assert chances.sum() == pytest.approx(1.0, abs=1e-13)


def test_everybody_placed_is_certain_and_the_shift_infinite():
    found = place_chances_from_odds([1.1, 3.0, 8.0], 3)

    assert found.chances.tolist() == [1.0, 1.0, 1.0]
    assert found.shift == np.inf


@pytest.mark.parametrize(
    ("raw", "places", "error", "message"),
    [
        pytest.param([0.5, 0.0], 1, ProbabilityOutOfRange, "runner 2", id="no chance at all"),
        pytest.param([1.0, 0.5], 1, ProbabilityOutOfRange, "runner 1", id="a certainty"),
        pytest.param([0.5, float("nan")], 1, ProbabilityOutOfRange, "runner 2", id="no number"),
        pytest.param([0.5], 1, FieldTooSmall, "fewer than two", id="one runner"),
        pytest.param([0.5, 0.4], 0, ArgumentOutOfRange, "less than 1", id="no place"),
        pytest.param([[0.5, 0.4]], 1, ArgumentOutOfRange, "one dimension", id="a table"),
    ],
)
def test_bad_raw_chances_are_refused(raw, places, error, message):
    with pytest.raises(error, match=message):
        shifted(raw, places)


def test_place_odds_that_pay_nothing_are_refused():
    with pytest.raises(OddsOutOfRange, match="runner 2: odds <= 1"):
        place_chances_from_odds([1.4, 1.0, 3.0], 1)
