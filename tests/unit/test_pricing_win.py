"""Odds of one field to chances: the oracle's books, the laws of every method, what is refused."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import oracles
from hippique.errors import ArgumentOutOfRange, FieldTooSmall, NoSolution, OddsOutOfRange
from hippique.pricing import win
from hippique.pricing.win import METHODS, win_chances
from pricing_books import books

ORDERLY = st.sampled_from(METHODS)


# --- the oracle -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", oracles.cases("devig.json"))
def test_odds_become_the_chances_of_the_oracle(case):
    odds = [oracles.number(o) for o in case["inputs"]["odds"]]
    if "error" in case["expected"]:
        _refused_by_every_method(odds, case["expected"]["error"])
        return

    oracles.agree(case, _produced(odds, case["expected"]))


def _produced(odds, expected) -> oracles.Case:
    power, additive = win.power(odds), win.additive(odds)
    return {
        "booksum": win.book_sum(odds),
        "multiplicative": win.multiplicative(odds).probabilities.tolist(),
        "power": power.probabilities.tolist(),
        "power_k": power.parameters["k"],
        "additive": additive.probabilities.tolist(),
        "additive_is_valid": "invalid" not in additive.flags,
        "tempered": {
            beta: win.tempered(odds, beta=float(beta)).probabilities.tolist()
            for beta in expected["tempered"]
        },
        **_shin(odds, expected["shin"]),
    }


def _shin(odds, expected) -> oracles.Case:
    if expected is None:
        with pytest.raises(NoSolution, match="book sum below 1"):
            win.shin(odds)
        return {"shin": None}
    found = win.shin(odds)
    return {"shin": found.probabilities.tolist(), "shin_z": found.parameters["z"]}


def _refused_by_every_method(odds, why) -> None:
    kind = FieldTooSmall if len(odds) < 2 else OddsOutOfRange
    wrong = [at for at, o in enumerate(odds, 1) if not (1.0 < o < math.inf)]
    for method in METHODS:
        with pytest.raises(kind, match=re.escape(why)) as refusal:
            win_chances(odds, method)
        assert kind is FieldTooSmall or f"runner {wrong[0]}:" in str(refusal.value)
    for bare in (win.win_shares, win.book_sum):
        with pytest.raises(kind, match=re.escape(why)):
            bare(np.array(odds))


# --- the definitions ------------------------------------------------------------------------


@given(books())
def test_power_chances_are_powers_of_the_implied_ones(odds):
    found = win.power(odds)

    assert np.allclose(found.probabilities, odds ** -found.parameters["k"], rtol=1e-10, atol=0)


@given(books(), st.floats(0.5, 2.0))
def test_tempered_chances_keep_the_ratio_of_powers(odds, beta):
    chances = win.tempered(odds, beta=beta).probabilities

    assert np.allclose(chances / chances[0], (odds[0] / odds) ** beta, rtol=1e-10, atol=0)


@given(books())
def test_shin_chances_solve_the_equation_as_it_is_printed(odds):
    found = win.shin(odds)
    z, implied = found.parameters["z"], 1.0 / odds
    printed = (np.sqrt(z**2 + 4 * (1 - z) * implied**2 / implied.sum()) - z) / (2 * (1 - z))

    assert 0.0 <= z < 1.0
    assert np.allclose(found.probabilities, printed, rtol=1e-9, atol=1e-12)


@given(books())
def test_additive_chances_lie_a_constant_below_the_implied_ones(odds):
    found = win.additive(odds)
    taken = 1.0 / odds - found.probabilities

    assert np.allclose(taken, (found.overround - 1.0) / odds.size, rtol=0, atol=1e-12)
    assert ("invalid" in found.flags) == bool((found.probabilities < 0.0).any())


@given(books())
def test_tempered_with_one_is_the_multiplicative_method(odds):
    tempered = win.tempered(odds, beta=1.0).probabilities

    assert np.array_equal(tempered, win.multiplicative(odds).probabilities)
    assert np.allclose(tempered, win.win_shares(odds), rtol=0, atol=1e-15)


# --- laws of every method -------------------------------------------------------------------


@given(books(), ORDERLY)
def test_chances_sum_to_one(odds, method):
    found = win_chances(odds, method)

    assert math.isclose(found.probabilities.sum(), 1.0, rel_tol=0, abs_tol=1e-13)
    assert found.overround == win.book_sum(odds)
    assert found.runners == tuple(range(odds.size))


@given(books(), ORDERLY, st.randoms(use_true_random=False))
def test_the_order_of_the_runners_does_not_matter(odds, method, random):
    order = list(range(odds.size))
    random.shuffle(order)

    straight = win_chances(odds, method).probabilities
    shuffled = win_chances(odds[order], method).probabilities

    assert np.allclose(shuffled, straight[order], rtol=0, atol=1e-13)


@given(books(), ORDERLY, st.integers(0, 23), st.integers(0, 23))
def test_equal_odds_have_equal_chances(odds, method, one, other):
    one, other = one % odds.size, other % odds.size
    odds[other] = odds[one]
    assume(method != "shin" or win.book_sum(odds) >= 1.0)

    chances = win_chances(odds, method).probabilities

    assert abs(chances[one] - chances[other]) <= 1e-14


@given(books(), ORDERLY)
def test_shorter_odds_never_have_less_chance(odds, method):
    chances = win_chances(odds, method).probabilities[np.argsort(odds, kind="stable")]

    assert (np.diff(chances) <= 1e-14).all()


@given(st.integers(2, 24), st.floats(0.0, 0.4), ORDERLY)
def test_a_field_of_equals_has_exactly_one_nth_each(runners, takeout, method):
    odds = np.full(runners, max((1.0 - takeout) * runners, 1.05))

    assert win_chances(odds, method).probabilities.tolist() == [1.0 / runners] * runners
    assert win.win_shares(odds).tolist() == [1.0 / runners] * runners


@pytest.mark.parametrize("method", METHODS)
def test_given_odds_stay_as_they_are_and_chances_cannot_be_changed(method):
    odds = np.array([1.8, 3.0, 9.0])
    found = win_chances(odds, method)

    assert odds.tolist() == [1.8, 3.0, 9.0]
    with pytest.raises(ValueError, match="read-only"):
        found.probabilities[0] = 0.5


# --- edges ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["multiplicative", "tempered", "power"])
def test_a_book_below_one_is_flagged(method):
    found = win_chances([3.2, 3.4, 3.1], method)

    assert found.flags == {"book below 1"}
    assert math.isclose(found.probabilities.sum(), 1.0)


def test_a_fair_book_that_rounding_left_below_one_is_still_fair():
    # Seven times 1/7 is 1 - 2e-16 in floating point.
    found = win.shin([7.0] * 7)

    assert found.overround < 1.0
    assert found.parameters == {"z": 0.0}
    assert found.flags == frozenset()


# By hand for two: z = (Π−1)(Π−D²) / (Π(1−D²)); odds 1.25 and 4: Π = 1.05, D = .55.
def test_shin_of_two_runners_is_the_closed_form():
    z = win.shin([1.25, 4.0]).parameters["z"]

    assert math.isclose(z, 0.05 * (1.05 - 0.3025) / (1.05 * (1 - 0.3025)), rel_tol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "odds",
    [
        pytest.param([1.02, 40.0], id="favourite against one"),
        pytest.param([1.05] + [251.0] * 23, id="favourite against many"),
        pytest.param([1.0001, 1.0001, 1000.0, 1000.0], id="two certain winners"),
        pytest.param([1.000001] * 24, id="everybody nearly certain"),
        pytest.param([1.0000001, 1e6], id="a million to one"),
    ],
)
def test_extreme_books_converge(odds, method):
    found = win_chances(odds, method)

    assert math.isclose(found.probabilities.sum(), 1.0, abs_tol=1e-12)
    assert np.isfinite(list(found.parameters.values())).all()


# --- missing odds, and arguments ------------------------------------------------------------


@pytest.mark.parametrize("missing", [None, math.nan])
def test_missing_odds_are_refused_naming_the_runner(missing):
    with pytest.raises(OddsOutOfRange, match="runner 2: odds not finite"):
        win_chances([2.0, missing, 4.0])


@pytest.mark.parametrize("missing", [None, math.nan])
def test_dropped_runners_leave_the_others_with_their_positions(missing):
    found = win_chances([2.0, missing, 4.0], "multiplicative", missing="drop")

    assert found.runners == (0, 2)
    assert np.allclose(found.probabilities, [2 / 3, 1 / 3], atol=1e-15)
    assert found.flags == {"runners dropped", "book below 1"}


def test_nobody_missing_means_nobody_dropped():
    assert win_chances([1.5, 2.0], missing="drop").flags == frozenset()


def test_odds_that_are_there_but_wrong_are_not_dropped():
    with pytest.raises(OddsOutOfRange, match="runner 3: odds <= 1"):
        win_chances([None, 2.0, 1.0, 3.0], missing="drop")
    with pytest.raises(OddsOutOfRange, match="runner 2: odds not finite"):
        win_chances([None, math.inf, 2.0], missing="drop")


def test_one_runner_left_is_no_field():
    with pytest.raises(FieldTooSmall, match="fewer than two runners"):
        win_chances([2.0, None], missing="drop")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param({"method": "shine"}, "method: 'shine' is not one of", id="method"),
        pytest.param({"beta": 0.0}, "beta: 0.0 is not a positive", id="beta zero"),
        pytest.param({"beta": math.nan}, "beta: nan is not a positive", id="beta nan"),
        pytest.param({"method": "shin", "beta": 1.1}, "the shin method has none", id="no beta"),
        pytest.param({"missing": "zero"}, "missing: 'zero' is neither", id="policy"),
    ],
)
def test_unknown_arguments_are_refused_by_name(arguments, why):
    with pytest.raises(ArgumentOutOfRange, match=re.escape(why)):
        win_chances([1.8, 2.0], **arguments)


def test_one_field_is_priced_without_loading_numba():
    code = (
        "import sys; from hippique.pricing.win import shin, power; shin([1.5, 2.0, 9.0]);"
        "power([1.5, 2.0, 9.0]); sys.exit('numba' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
