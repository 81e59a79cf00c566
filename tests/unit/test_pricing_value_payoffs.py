"""What tickets pay back: the oracle, direct sums over all orders, and simulated fields."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from hippique.errors import ArgumentOutOfRange, PoolOutOfRange
from hippique.pricing.dividend import PayRules, combination_dividend, shared_dividends
from hippique.pricing.kelly import best_portfolio
from hippique.pricing.ordering.discounted import harville
from hippique.pricing.ordering.normal_times import henery_of
from hippique.pricing.value import (
    Bet,
    BetPool,
    Ticket,
    combinations_of,
    expected_value,
    fronts,
    in_front,
    mean_profits,
    pair_among,
    parts_for,
    payoffs,
    top,
    within,
)
from pricing_strategies import fields

DECIME = PayRules(step=0.1, minimum=1.1)
BETS = {
    "winner": top(1),
    "placed": top(3),
    "second": Bet(legs=1, first=2, last=2),
    "pair in front": in_front(2),
    "pair in order": in_front(2, in_order=True),
    "three in order": in_front(3, in_order=True),
    "two of three": pair_among(3),
    "two of four": pair_among(4, "alike"),
    "first four within five": within(5, 4),
}
every_bet = pytest.mark.parametrize("bet", BETS.values(), ids=BETS)
WIN = np.array([0.3, 0.22, 0.16, 0.13, 0.1, 0.06, 0.03])
SIX = WIN[:6] / WIN[:6].sum()


def pool_on(bet, runners, rules=DECIME, takeout=0.2, seed=5):
    """Stakes that do not follow the chances, so that some combinations are worth more."""
    count = len(combinations_of(bet, runners))
    stakes = np.random.default_rng(seed).uniform(20.0, 400.0, count)
    return BetPool("P", bet, stakes, takeout, rules)


def settle(bet, pool, chosen, stake, order):
    """Euros back for one ticket on one order of finish, by the rules and not by the tables."""
    there = order[bet.first - 1 : bet.last]
    combos = [tuple(row) for row in combinations_of(bet, len(order)).tolist()]
    stakes = dict(zip(combos, pool.stakes.tolist(), strict=True))
    if bet.in_order:
        paid = [tuple(order[: bet.legs])]
    elif bet.legs <= len(there):
        paid = list(combinations(sorted(there), bet.legs))
    else:
        paid = [one for one in combos if set(there) <= set(one)]
    if chosen not in paid:
        return 0.0
    total, rules = sum(stakes.values()), pool.rules
    own = [stake if one == chosen else 0.0 for one in paid]
    if bet.sharing == "profit":
        on = [stakes[one] for one in paid]
        found = shared_dividends(total, on, takeout=pool.takeout, own=own, rules=rules)
        return stake * found.paid[paid.index(chosen)]
    on = sum(stakes[one] for one in paid)
    return (
        stake
        * combination_dividend(total, on, takeout=pool.takeout, own=stake, rules=rules).paid.item()
    )


# --- the oracle ----------------------------------------------------------------------------


def oracle_pools(case):
    given_ = case["inputs"]
    rules = PayRules(step=given_["step"], minimum=given_["min_dividend"])
    pair_stakes = list(given_["couple_gagnant_pool"].values())
    return [
        BetPool("SP", top(3), given_["place_pool"], given_["place_takeout"], rules),
        BetPool("CG", in_front(2), pair_stakes, given_["couple_takeout"], rules),
    ]


def kelly_cases(beginning):
    return [
        case for case in oracles.cases("kelly.json") if case.values[0]["id"].startswith(beginning)
    ]


@pytest.mark.parametrize("case", kelly_cases("pool_single_ev"))
def test_single_tickets_are_worth_what_the_full_enumeration_says(case):
    pools, ordering = oracle_pools(case), harville(case["inputs"]["win"])
    on = fronts(ordering, parts_for(pool.bet for pool in pools))
    tables = [payoffs(pool, on, [1.0]) for pool in pools]
    place, couple = (mean_profits(each, on)[:, 0].tolist() for each in tables)
    names = [table.name for table in tables[1]]
    oracles.agree(
        case,
        {
            "place_ev_one_euro": place,
            "couple_ev_one_euro": dict(zip(names, couple, strict=True)),
        },
    )


@pytest.mark.parametrize("case", kelly_cases("int_pool"))
def test_the_tables_lead_the_search_to_the_oracles_portfolio(case):
    pools, ordering = oracle_pools(case), harville(case["inputs"]["win"])
    on = fronts(ordering, parts_for(pool.bet for pool in pools))
    limits = case["inputs"]
    found = best_portfolio(
        on.chances,
        [table for pool in pools for table in payoffs(pool, on, range(1, 7))],
        bankroll=limits["bankroll"],
        budget=limits["budget"],
        per_runner_cap=limits["per_horse_cap"],
    )
    assert dict(found.stakes) == case["expected"]["stakes"]
    assert found.growth == pytest.approx(case["expected"]["growth"], abs=1e-12)


# --- another way to the same number ----------------------------------------------------------


@every_bet
@pytest.mark.parametrize("finer", [False, True], ids=["own front", "all orders of four"])
def test_tables_agree_with_a_direct_sum_over_all_orders(bet, finer):
    runners = 6
    ordering, pool = harville(SIX), pool_on(bet, runners)
    on = fronts(ordering, (1, 1, 1, 1) if finer else bet.parts)
    tables = payoffs(pool, on, [2.0, 7.0])
    found = mean_profits(tables, on)
    for row in range(0, len(tables), 11):
        for level, stake in enumerate((2.0, 7.0)):
            direct = sum(
                ordering.ordered(order[:5]) * settle(bet, pool, tables[row].runners, stake, order)
                for order in permutations(range(runners))
            )
            assert found[row, level] == pytest.approx(direct - stake, abs=1e-9)


@every_bet
def test_simulated_fields_pay_what_the_tables_say(bet):
    theta, runs = np.linspace(-0.9, 0.8, WIN.size), 40_000
    ordering, pool = henery_of(theta), pool_on(bet, WIN.size)
    rng = np.random.default_rng(11)
    finish = np.argsort(rng.normal(theta, 1.0, (runs, WIN.size)), axis=1)[:, :4]
    orders, times = np.unique(finish, axis=0, return_counts=True)
    combos = combinations_of(bet, WIN.size).tolist()
    chosen, stake = tuple(combos[min(3, len(combos) - 1)]), 3.0
    rest = [[i for i in range(WIN.size) if i not in order] for order in orders.tolist()]
    back = np.array(
        [
            settle(bet, pool, chosen, stake, tuple(order) + tuple(left))
            for order, left in zip(orders.tolist(), rest, strict=True)
        ]
    )
    mean = back @ times / runs
    spread = np.sqrt((back**2 @ times / runs - mean**2) / runs)
    value = expected_value([Ticket(pool, chosen, stake)], ordering)
    assert abs(value.payout - mean) < 4.0 * spread
    lost = times[back < stake].sum() / runs
    assert value.outcome.p_loss == pytest.approx(lost, abs=4.0 * 0.5 / np.sqrt(runs))


# --- laws -------------------------------------------------------------------------------------


def everything(pool, runners, share):
    """A ticket on each combination, in proportion to what others have on it."""
    played = [tuple(row) for row in combinations_of(pool.bet, runners).tolist()]
    return [
        Ticket(pool, chosen, share * stake)
        for chosen, stake in zip(played, pool.stakes.tolist(), strict=True)
    ]


@every_bet
@pytest.mark.parametrize("share", [1e-6, 0.5], ids=["a drop in the pool", "a third of the pool"])
def test_everything_in_proportion_to_the_stakes_loses_the_takeout(bet, share):
    value = expected_value(everything(pool_on(bet, 6, rules=None), 6, share), harville(SIX))
    assert value.per_euro == pytest.approx(-0.2, abs=1e-12)


@every_bet
def test_with_rounding_everything_loses_at_most_a_step_more_than_the_takeout(bet):
    value = expected_value(everything(pool_on(bet, 6), 6, 0.5), harville(SIX))
    assert value.lost_to_rounding == pytest.approx(-0.2 * value.stake - value.centre, abs=1e-8)
    assert -0.3 <= value.per_euro < -0.15


@every_bet
@given(win=fields(least=6, most=7), seed=st.integers(0, 1000))
@settings(max_examples=8)
def test_each_euro_more_is_worth_less_than_the_one_before(bet, win, seed):
    pool, ordering = pool_on(bet, win.size, rules=None, seed=seed), harville(win)
    on = fronts(ordering, bet.parts)
    levels = np.array([1.0, 5.0, 50.0])
    per_euro = mean_profits(payoffs(pool, on, levels), on) / levels
    assert (np.diff(per_euro, axis=1) <= 1e-12).all()


@given(win=fields(least=5, most=8), data=st.data())
@settings(max_examples=20)
def test_permuting_the_runners_permutes_the_values(win, data):
    moved = np.array(data.draw(st.permutations(range(win.size))))
    stakes = np.linspace(100.0, 900.0, win.size)
    here, there = fronts(harville(win), (3,)), fronts(harville(win[moved]), (3,))
    straight = mean_profits(payoffs(BetPool("P", top(3), stakes, 0.15, None), here, [2.0]), here)
    other = BetPool("P", top(3), stakes[moved], 0.15, None)
    turned = mean_profits(payoffs(other, there, [2.0]), there)
    np.testing.assert_allclose(turned, straight[moved], atol=1e-11)


def test_a_combination_only_we_back_takes_the_whole_net_pool():
    pool = BetPool("P", top(1), [0.0, 60.0, 40.0], 0.2, None)
    on = fronts(harville([0.5, 0.3, 0.2]), (1,))
    (table, *_) = payoffs(pool, on, [5.0])
    # 0.8 × (100 + 5), all of it ours.
    assert table.returns.tolist() == [[pytest.approx(84.0)]]


def test_payments_are_whole_cents_and_dividends_whole_decimes():
    pool = BetPool("P", top(1), [300.0, 500.0, 211.0], 0.16, DECIME)
    on = fronts(harville([0.5, 0.3, 0.2]), (1,))
    (table, *_) = payoffs(pool, on, [1.5])
    # 0.84 × 1012.5 / 301.5 = 2.8208 → 2.8, times 1.50 €.
    assert table.returns.tolist() == [[4.2]]


def test_names_count_runners_from_one_in_the_order_that_the_bet_reads():
    on = fronts(harville([0.5, 0.3, 0.2]), (1, 1))
    pool = BetPool("CO", in_front(2, in_order=True), np.full(6, 10.0), 0.2, None)
    assert [table.name for table in payoffs(pool, on, [1.0])][2:4] == ["CO2-1", "CO2-3"]


def test_the_stakes_given_are_copied_and_left_alone():
    stakes = np.array([300.0, 500.0, 200.0])
    pool = BetPool("P", top(1), stakes, 0.2, None)
    stakes[0] = 1.0
    assert pool.stakes[0] == 300.0
    with pytest.raises(ValueError, match="read-only"):
        pool.stakes[0] = 2.0


@pytest.mark.parametrize("levels", [[], [0.0, 1.0], [2.0, 1.0], [float("nan")]], ids=str)
def test_levels_that_do_not_ascend_are_refused(levels):
    on = fronts(harville([0.5, 0.3, 0.2]), (1,))
    with pytest.raises(ArgumentOutOfRange, match="levels"):
        payoffs(BetPool("P", top(1), [1.0, 2.0, 3.0], 0.2, None), on, levels)


def test_a_pool_of_another_field_is_refused_by_name():
    on = fronts(harville([0.5, 0.3, 0.2]), (1,))
    with pytest.raises(ArgumentOutOfRange, match="SG: 2 stakes for 3 combinations"):
        payoffs(BetPool("SG", top(1), [1.0, 2.0], 0.2, None), on, [1.0])


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"takeout": 1.0}, PoolOutOfRange, "takeout"),
        ({"stakes": [1.0, -2.0, 3.0]}, PoolOutOfRange, "entry 2"),
        ({"stakes": [[1.0, 2.0, 3.0]]}, ArgumentOutOfRange, "stakes"),
        ({"stakes_sd": -0.1}, ArgumentOutOfRange, "stakes_sd"),
        ({"stakes_sd": np.array([0.1, 0.1])}, ArgumentOutOfRange, "stakes_sd"),
        ({"takeout": 0.0, "takeout_sd": 0.1}, ArgumentOutOfRange, "takeout_sd"),
    ],
    ids=str,
)
def test_a_pool_that_cannot_be_is_refused_by_name(change, kind, words):
    right = {"stakes": [1.0, 2.0, 3.0], "takeout": 0.2}
    with pytest.raises(kind, match=words):
        BetPool(name="SG", bet=top(1), rules=None, **{**right, **change})
