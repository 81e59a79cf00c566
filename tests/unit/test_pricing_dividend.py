"""Dividends against the values worked by hand, and what no dividend can be made of."""

from __future__ import annotations

import datetime as dt
import inspect
import re

import numpy as np
import pytest

import oracles
from hippique.betting.ledger import settle
from hippique.betting.slip import Decision, Leg, RaceReading, Ticket
from hippique.errors import ArgumentOutOfRange, PoolOutOfRange
from hippique.pricing import dividend
from hippique.pricing.dividend import (
    Dividends,
    PayRules,
    combination_dividend,
    dead_heat_dividends,
    expected_return,
    gross_return,
    net_profit,
    net_returns,
    paid,
    payment,
    place_dividends,
    place_parts,
    shared_dividends,
    win_dividend,
)
from hippique.racing.bets import bet_type, places_paid
from hippique.racing.result import Result, ResultStatus

RULES = PayRules()
FLAGS = {"minus_pool", "minimum_paid", "own_money_only"}


@pytest.mark.parametrize("case", oracles.cases("dividends.json"))
def test_worked_by_hand(case):
    produce = next(found for start, found in PRODUCERS if case["id"].startswith(start))
    if "error" not in case["expected"]:
        oracles.agree(case, produce(case["inputs"]))
        return
    words = case["expected"]["error"]
    inputs = case["inputs"].get("cases", [case["inputs"]])
    for facts, said in zip(inputs, words if isinstance(words, list) else [words], strict=True):
        with pytest.raises(PoolOutOfRange, match=re.escape(said)) as refusal:
            produce(facts)
        assert any(name in str(refusal.value) for name in ("on", *facts))


def rules_of(facts) -> PayRules:
    return PayRules(step=facts.get("step", 0.1), minimum=facts.get("min", 1.1))


def sole(facts):
    found = win_dividend(
        facts["pool"],
        facts["on_winner"],
        takeout=facts["takeout"],
        own=facts["own"],
        rules=rules_of(facts),
    )
    assert win_and_combination_agree(facts, found)
    return told(found, facts["own"]) | {
        "gross": float(found.gross[0]),
        "paid": float(found.paid[0]),
    }


def win_and_combination_agree(facts, found: Dividends) -> bool:
    pool, on, own = facts["pool"], facts["on_winner"], facts["own"]
    same = combination_dividend(pool, on, takeout=facts["takeout"], own=own, rules=rules_of(facts))
    return same.gross == found.gross and same.flags == found.flags


def shared(facts):
    stakes = facts["winners"] if "winners" in facts else facts["pairs"]
    door = dead_heat_dividends if "winners" in facts else shared_dividends
    return told(door(facts["pool"], stakes, takeout=facts["takeout"], rules=rules_of(facts)))


def place(facts):
    placed, places = groups(facts)
    own = [[stake] for stake in facts["own"]] if "own" in facts else None
    rule = {"by_horse": "by_runner"}.get(facts.get("rule"), "by_position")
    found = place_dividends(
        facts["pool"],
        placed,
        takeout=facts["takeout"],
        own=own,
        places=places,
        dead_heat=rule,
        rules=rules_of(facts),
    )
    return told(found, *facts.get("own", ()))


def groups(facts):
    """Those who tie together, and the places paid: the oracle's names say where they tie."""
    if "placed" in facts:
        return [[stake] for stake in facts["placed"]], max(1, len(facts["placed"]))
    if "third_tied" in facts:
        return [[facts["first"]], [facts["second"]], facts["third_tied"]], 3
    # Only the pool tells the two cases of a dead heat for second apart: 12,000 pays two places.
    return [[facts["first"]], facts["second_tied"]], 2 if facts["pool"] == 12_000 else 3


def told(found: Dividends, *own: float):
    assert found.flags <= FLAGS
    mine = payment(own, found.paid) if own else np.zeros(1)
    return {
        "gross": found.gross.tolist(),
        "paid": found.paid.tolist(),
        "minus_pool": "minus_pool" in found.flags,
        "paid_to_us": float(mine.sum()),
    }


def refused(facts):
    given = {"takeout": 0.15, "pool": 1000, "on_winner": 100, "own": 0} | facts
    return place(given | {"own": []}) if "placed" in facts else sole(given)


def rules_by_count(facts):
    """Rules of bets, not arithmetic of pools: the catalogue answers, never this room."""
    counts = facts["declared_or_took_part"]
    return {
        "simple_place": [places_paid(n) for n in counts],
        "refunded_simple_place": [n < bet_type("place").least_declared for n in counts],
        "couple_place_offered": [n >= bet_type("couple_place").least_declared for n in counts],
        "refunded_2_sur_4": [n < bet_type("two_of_four").least_starters for n in counts],
        "refunded_multi": [n < bet_type("multi4").least_starters for n in counts],
    }


def refunded(facts):
    cents = round(facts["stake"] * 100)
    ticket = Ticket(
        operator="zeturf",
        pool="place",
        bet="place",
        label="Simple placé",
        min_cents=100,
        step_cents=100,
        legs=(Leg(combination=(1,), stake_cents=cents),),
    )
    played = Decision(
        decision="slip",
        race="2025-10-16/R1C1",
        mode="simulated",
        simulated=True,
        policy="control",
        policy_hash="x",
        estimator="market",
        decided_at=dt.datetime(2025, 10, 16, 12, 10, tzinfo=dt.UTC),
        play_before=None,
        tickets=(ticket,),
        stake_cents=cents,
        ev=None,
        gates=(),
        reasons=(),
        counterfactual=None,
        reading=RaceReading(),
        inputs={},
        versions={},
    )
    order = tuple((number,) for number in range(1, facts["runners"] + 1))
    result = Result(status=ResultStatus.OFFICIAL, order=order)
    (leg,) = settle(played, result, facts["runners"]).legs
    return {
        "settlement": leg.state.value.removesuffix("ed"),
        "paid_to_us": leg.payout_cents / 100,
        "profit": leg.profit_cents / 100,
    }


def jointly(facts):
    weight, chance, per_euro = (
        [row[name] for row in facts["scenarios"]] for name in ("weight", "p_win", "dividend")
    )
    p_win, mean = np.dot(weight, chance), np.dot(weight, per_euro)
    right = float(expected_return(weight, chance, per_euro))
    return {
        "E_r_win": right,
        "EV_right": right - 1.0,
        # What the library has no function for: the product that is wrong.
        "P_win": p_win,
        "E_r": mean,
        "wrong_product": p_win * mean,
        "EV_wrong": p_win * mean - 1.0,
    }


PRODUCERS = (
    ("win_dead_heat", shared),
    ("win_", sole),
    ("combination_", sole),
    ("floor_table", lambda facts: {"paid": paid(facts["gross"], rules_of(facts)).tolist()}),
    ("places_paid", rules_by_count),
    ("place_", place),
    ("couple_place", shared),
    ("refund", refunded),
    (
        "payment_cents",
        lambda facts: {"payment": payment(facts["stake"], facts["dividend"]).tolist()},
    ),
    ("errors", refused),
    ("expected_return", jointly),
)


# --- flags ----------------------------------------------------------------------------------


def test_a_dividend_at_the_minimum_by_itself_is_not_flagged():
    found = win_dividend(1000, 750, takeout=0.15, rules=RULES)  # 850 / 750 = 1.13

    assert (found.paid.tolist(), found.flags) == ([1.1], frozenset())


def test_minimum_paid_without_a_minus_pool():
    found = win_dividend(1000, 820, takeout=0.15, rules=RULES)  # 850 / 820 = 1.036

    assert (found.paid.tolist(), found.flags) == ([1.1], {"minimum_paid"})


@pytest.mark.parametrize(
    ("pool", "on"),
    [
        pytest.param(40_000, 34_000, id="whole euros"),
        pytest.param(109, 92.65, id="where 85 % of the pool less the stakes is −1e-14 in doubles"),
    ],
)
def test_a_pool_that_just_gives_stakes_back_is_no_minus_pool(pool, on):
    found = win_dividend(pool, on, takeout=0.15, rules=RULES)

    assert found.flags == {"minimum_paid"}


def test_a_minus_pool_pays_the_minimum_to_all():
    found = place_dividends(40_000, [[33_000], [2_500], [800]], takeout=0.15, places=3, rules=RULES)

    assert (found.paid.tolist(), found.flags) == ([1.1] * 3, {"minus_pool", "minimum_paid"})


def test_own_money_alone_on_one_of_the_placed_is_flagged():
    found = place_dividends(
        10_000, [[900], [600], [0]], own=[[0], [0], [5]], takeout=0.15, places=3, rules=RULES
    )

    assert found.flags == {"own_money_only"}


# --- dead heats -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tied", "places", "rule", "parts"),
    [
        pytest.param([1, 1, 1], 3, "by_position", [1 / 3] * 3, id="nobody ties"),
        pytest.param([2, 1], 3, "by_position", [1 / 3] * 3, id="first tied, three paid: no change"),
        pytest.param([2, 1], 3, "by_runner", [1 / 3] * 3, id="and by runner the same"),
        pytest.param([1, 2], 2, "by_position", [1 / 2, 1 / 4, 1 / 4], id="second of two tied"),
        pytest.param([1, 2], 2, "by_runner", [1 / 3] * 3, id="second of two tied, by runner"),
        pytest.param([3], 2, "by_position", [1 / 3] * 3, id="three tie for first of two"),
        pytest.param([1, 3], 3, "by_position", [1 / 3, *[2 / 9] * 3], id="three tie for second"),
        pytest.param([1, 1, 3], 3, "by_position", [1 / 3] * 2 + [1 / 9] * 3, id="three for third"),
        pytest.param([1, 1], 3, "by_position", [1 / 2] * 2, id="two finished: both share all"),
    ],
)
def test_parts_of_the_place_profit(tied, places, rule, parts):
    assert place_parts(tied, places, rule).tolist() == pytest.approx(parts, abs=1e-15)


@pytest.mark.parametrize(
    ("tied", "places", "rule", "kind", "words"),
    [
        pytest.param([], 3, "by_position", PoolOutOfRange, "no placed horse", id="nobody"),
        pytest.param([1, 0], 3, "by_position", PoolOutOfRange, "in placing 2", id="an empty one"),
        pytest.param([1], 0, "by_position", ArgumentOutOfRange, "refunded", id="no place paid"),
        pytest.param([2, 1], 2, "by_position", ArgumentOutOfRange, "position 3", id="beyond"),
        pytest.param([1], 2, "by_horse", ArgumentOutOfRange, "'by_horse'", id="unknown rule"),
    ],
)
def test_parts_that_cannot_be(tied, places, rule, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        place_parts(tied, places, rule)


# --- many at once ---------------------------------------------------------------------------


def test_many_own_stakes_at_once_equal_one_at_a_time():
    own = np.array([0.0, 2.0, 50.0, 500.0])
    at_once = gross_return(50_000, 8_000, takeout=0.15, own=own)

    alone = [float(gross_return(50_000, 8_000, takeout=0.15, own=x)) for x in own]
    assert at_once.tolist() == alone


def test_states_at_once_equal_one_at_a_time():
    stakes = np.array([[9_000.0, 5_000.0, 2_000.0], [9_000.0, 2_000.0, 800.0]])
    own = np.array([[0.0, 0.0, 400.0], [0.0, 400.0, 0.0]])
    at_once = net_returns(40_000, stakes, own, takeout=0.15)

    alone = [
        net_returns(40_000, s, x, takeout=0.15).tolist() for s, x in zip(stakes, own, strict=True)
    ]
    assert at_once.tolist() == alone
    assert at_once[0].tolist() == pytest.approx([1.664444444, 2.196, 3.491666667])  # the oracle's


def test_each_state_may_have_its_own_pool_and_takeout():
    at_once = net_returns([1_000, 2_000], [[300, 200], [300, 200]], 0.0, takeout=[0.1, 0.2])

    # 900 − 500 = 400, 200 each; 1600 − 500 = 1100, 550 each.
    expected = [[1 + 200 / 300, 2.0], [1 + 550 / 300, 1 + 550 / 200]]
    assert at_once == pytest.approx(np.array(expected))


def test_own_money_on_another_of_the_pool_is_the_callers_to_add():
    # 50 on a loser are a part of the 1,050 as everybody's: (0.9 · 1050 − 500)/2 = 222.5 each.
    assert net_profit(1_000 + 50, [300, 200], 0.0, takeout=0.1) == pytest.approx(445.0)


def test_inputs_are_left_as_they_were():
    stakes, own = np.array([300.0, 200.0]), np.array([0.0, 5.0])
    parts = np.array([0.25, 0.75])
    net_returns(1_000, stakes, own, takeout=0.1, parts=parts)

    assert (stakes.tolist(), own.tolist(), parts.tolist()) == ([300, 200], [0, 5], [0.25, 0.75])


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        pytest.param({"own": [0, -1]}, PoolOutOfRange, "own (entry 2): negative own", id="own"),
        pytest.param({"stakes": [300, -2]}, PoolOutOfRange, "stakes (entry 2): neg", id="stake"),
        pytest.param({"stakes": [300, np.nan]}, PoolOutOfRange, "stakes not finite", id="nan"),
        pytest.param({"pool": np.inf}, PoolOutOfRange, "pool not finite", id="infinite pool"),
        pytest.param({"pool": "much"}, ArgumentOutOfRange, "pool: not an array", id="text"),
        pytest.param({"takeout": np.nan}, PoolOutOfRange, "takeout must be in [0, 1)", id="t nan"),
        pytest.param({"stakes": [700, 400]}, PoolOutOfRange, "exceed the pool", id="too much"),
        pytest.param(
            {"stakes": [300, 0], "own": 0}, PoolOutOfRange, "(entry 2): no stake", id="nobody on 2"
        ),
        pytest.param({"stakes": [300, 1e-320], "own": 0}, PoolOutOfRange, "to speak of", id="dust"),
        pytest.param({"stakes": [], "own": []}, PoolOutOfRange, "no placed horse", id="nobody"),
        pytest.param({"stakes": 3.0}, ArgumentOutOfRange, "one axis at least", id="no axis"),
        pytest.param({"own": [0, 0, 0]}, ArgumentOutOfRange, "shapes do not fit", id="own of 3"),
        pytest.param({"stakes": [300]}, ArgumentOutOfRange, "2 entries for 1", id="stake of 1"),
        pytest.param({"parts": [1.0]}, ArgumentOutOfRange, "1 entries for 2", id="one part"),
        pytest.param({"parts": 1.0}, ArgumentOutOfRange, "1 entries for 2", id="part, no axis"),
        pytest.param({"parts": [0.5, 0.6]}, ArgumentOutOfRange, "do not sum to 1", id="parts sum"),
        pytest.param({"parts": [-0.5, 1.5]}, PoolOutOfRange, "parts (entry 1)", id="part < 0"),
        pytest.param(
            {"pool": [1e3] * 3, "stakes": [[300, 200]] * 2},
            ArgumentOutOfRange,
            "pool (3,)",
            id="states differ",
        ),
    ],
)
def test_net_pool_refuses_by_name(arguments, kind, words):
    given = {"pool": 1_000, "stakes": [300, 200], "own": [0, 5], "takeout": 0.1} | arguments

    with pytest.raises(kind, match=re.escape(words)):
        net_returns(**given)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        pytest.param({"on": [10, 2_000]}, PoolOutOfRange, "on (entry 2): stakes on", id="too much"),
        pytest.param({"on": [10, 0]}, PoolOutOfRange, "on (entry 2): no stake", id="nobody"),
        pytest.param({"own": [0, np.nan]}, PoolOutOfRange, "own not finite", id="nan"),
        pytest.param({"on": [1, 2], "own": [1, 2, 3]}, ArgumentOutOfRange, "own (3,)", id="shapes"),
    ],
)
def test_gross_pool_refuses_by_name(arguments, kind, words):
    given = {"pool": 1_000, "on": 100, "takeout": 0.1} | arguments

    with pytest.raises(kind, match=re.escape(words)):
        gross_return(**given)


def test_single_case_doors_take_single_cases():
    with pytest.raises(PoolOutOfRange, match="own: one number"):
        win_dividend(1_000, 100, takeout=0.1, own=[1, 2], rules=RULES)
    with pytest.raises(ArgumentOutOfRange, match="stakes: one dimension"):
        shared_dividends(1_000, [[1, 2]], takeout=0.1, rules=RULES)
    with pytest.raises(ArgumentOutOfRange, match="own: the shape"):
        shared_dividends(1_000, [1, 2], takeout=0.1, own=[1], rules=RULES)
    with pytest.raises(ArgumentOutOfRange, match="own: not grouped as placed"):
        place_dividends(99, [[1], [2, 3]], takeout=0.1, own=[[0], [0], [0]], places=2, rules=RULES)


# --- what is dated is the caller's ------------------------------------------------------------


def test_no_takeout_and_no_rules_stand_in_the_functions():
    """Takeout, step and minimum are the operator's of that day: always an argument."""
    found = {
        (name, argument): parameter.default
        for name in dividend.__all__
        if inspect.isfunction(function := getattr(dividend, name))
        for argument, parameter in inspect.signature(function).parameters.items()
        if argument in {"takeout", "rules", "places"}
    }

    assert len(found) >= 15
    assert set(found.values()) == {inspect.Parameter.empty}
