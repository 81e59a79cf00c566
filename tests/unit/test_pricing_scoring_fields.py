"""Scores of fields and of ordered classes: their bounds, their means, what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import ArgumentOutOfRange, FieldTooSmall, ProbabilityOutOfRange
from hippique.pricing.scoring import brier, log_loss, rps, scoreboard
from pricing_strategies import fields

SHARES = [0.5, 0.3, 0.2]


def winners(runners: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, runners - 1), min_size=1, max_size=3, unique=True)


def run_fields() -> st.SearchStrategy[tuple[np.ndarray, list[int]]]:
    return fields().flatmap(lambda p: st.tuples(st.just(p), winners(p.size)))


@given(run_fields())
def test_scores_keep_their_bounds(run):
    chances, won = run

    assert 0.0 <= log_loss(chances, won) < math.inf
    assert 0.0 <= brier(chances, won) <= 2.0


@given(run_fields(), st.randoms(use_true_random=False))
def test_order_of_the_runners_does_not_matter(run, random):
    chances, won = run
    order = random.sample(range(chances.size), chances.size)
    moved = [order.index(winner) for winner in won]

    assert log_loss(chances[order], moved) == pytest.approx(log_loss(chances, won), abs=1e-14)
    assert brier(chances[order], moved) == pytest.approx(brier(chances, won), abs=1e-14)


@given(st.lists(run_fields(), min_size=1, max_size=8))
def test_scoreboard_is_every_field_on_its_own(runs):
    board = scoreboard([chances for chances, _ in runs], [won for _, won in runs])

    assert board.log_loss == pytest.approx([log_loss(*run) for run in runs], abs=1e-13)
    assert board.brier == pytest.approx([brier(*run) for run in runs], abs=1e-13)
    assert board.mean_brier == pytest.approx(math.fsum(board.brier) / len(runs), abs=1e-14)
    assert board.flag is None


def test_certainty_that_comes_true_scores_zero_without_a_sign():
    board = scoreboard([[1.0, 0.0]], [(0,)])

    assert (str(board.log_loss[0]), board.brier[0]) == ("0.0", 0.0)
    assert str(log_loss([1.0, 0.0], (0,))) == "0.0"


def test_certainty_that_fails_scores_the_most():
    assert (log_loss([1.0, 0.0], (1,)), brier([1.0, 0.0], (1,))) == (math.inf, 2.0)


def test_winner_without_a_chance_is_named_and_makes_the_mean_infinite():
    board = scoreboard([SHARES, [1.0, 0.0], SHARES, [0.0, 1.0]], [(0,), (1,), (2,), (0,)])

    assert board.impossible == (1, 3)
    assert board.flag == "winner had probability 0"
    assert board.mean_log_loss == math.inf
    assert np.isfinite(board.mean_brier)


def test_dead_heat_with_one_who_had_no_chance_is_infinite():
    assert scoreboard([[0.5, 0.5, 0.0]], [(0, 2)]).impossible == (0,)


def test_sum_a_rounding_away_from_one_is_brought_to_one():
    exact = scoreboard([[0.25, 0.75]], [(0,)])
    rounded = scoreboard([[0.25 * (1 + 9e-7), 0.75 * (1 + 9e-7)]], [(0,)])

    assert rounded.log_loss == pytest.approx(exact.log_loss, abs=1e-15)


def test_what_was_given_is_not_changed():
    chances, classes = np.array(SHARES), np.array(SHARES)
    brier(chances, (0,))
    scoreboard([chances], [(0,)])
    rps(classes, 1)

    assert chances.tolist() == classes.tolist() == SHARES


@pytest.mark.parametrize(
    ("chances", "won", "kind", "why"),
    [
        pytest.param([1.0], (0,), FieldTooSmall, "one runner", id="walkover"),
        pytest.param([], (0,), FieldTooSmall, "empty race", id="nobody"),
        pytest.param([0.5, math.nan], (0,), ProbabilityOutOfRange, "runner 2: .*nan", id="nan"),
        pytest.param([1.5, -0.5], (0,), ProbabilityOutOfRange, "runner 1: .*outside", id="above"),
        pytest.param([0.5, 0.4], (0,), ProbabilityOutOfRange, "sum to 0.9", id="sum"),
        pytest.param([[0.5, 0.5]], (0,), ArgumentOutOfRange, "one dimension", id="shape"),
        pytest.param(["a", "b"], (0,), ArgumentOutOfRange, "not an array of numbers", id="words"),
        pytest.param(SHARES, (), ArgumentOutOfRange, "no winner", id="no winner"),
        pytest.param(SHARES, (-1,), ArgumentOutOfRange, "winner is not a runner", id="before"),
        pytest.param(SHARES, (3,), ArgumentOutOfRange, "not a runner: 4 of 3", id="behind"),
        pytest.param(SHARES, (0, 0), ArgumentOutOfRange, "named twice", id="twice"),
        pytest.param(SHARES, (0.5,), ArgumentOutOfRange, "not whole", id="half"),
        pytest.param(SHARES, 1, ArgumentOutOfRange, "not whole positions", id="bare number"),
    ],
)
def test_bad_field_is_refused_with_its_number(chances, won, kind, why):
    for score in (log_loss, brier):
        with pytest.raises(kind, match=why):
            score(chances, won)
    with pytest.raises(kind, match=f"field 2: .*{why}"):
        scoreboard([SHARES, chances], [(0,), won])


@pytest.mark.parametrize(("many", "won"), [([SHARES], []), ([], [])])
def test_scoreboard_of_nothing_or_of_two_lengths_is_refused(many, won):
    with pytest.raises(ArgumentOutOfRange, match=r"fields \d, winners 0"):
        scoreboard(many, won)


# --- ordered classes -------------------------------------------------------------------------


@given(fields(), st.data())
def test_ranked_score_is_the_mean_of_the_two_way_scores_between_classes(chances, data):
    category = data.draw(st.integers(0, chances.size - 1))
    cuts = range(1, chances.size)
    two_way = [(chances[:cut].sum() - (category < cut)) ** 2 for cut in cuts]

    found = rps(chances, category)

    assert found == pytest.approx(math.fsum(two_way) / len(two_way), abs=1e-13)
    assert 0.0 <= found <= 1.0


@given(st.integers(2, 24), st.data())
def test_certain_truth_scores_zero_and_the_far_end_one(classes, data):
    came = data.draw(st.integers(0, classes - 1))

    assert rps(np.eye(classes)[came], came) == 0.0
    assert rps(np.eye(classes)[0], classes - 1) == 1.0


@pytest.mark.parametrize(
    ("category", "why"),
    [(3, "4 is not one of the 3"), (-1, "less than 0"), (1.0, "not a whole number")],
)
def test_class_that_is_not_there_is_refused(category, why):
    with pytest.raises(ArgumentOutOfRange, match=f"category: .*{why}"):
        rps(SHARES, category)


def test_chances_of_classes_are_checked_too():
    with pytest.raises(ProbabilityOutOfRange, match="probabilities of the classes not finite"):
        rps([0.5, math.inf], 0)
