"""The best portfolio of whole steps: against plain enumeration, and the laws of its caps."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.kelly import Payoffs, best_portfolio
from pricing_portfolios import fixed_tickets, pool_tickets, table

RACES = 500
Stakes = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Small:
    """A small race: chances of its states, and per ticket its runners and euros by stake, state."""

    chances: list[float]
    tickets: dict[str, tuple[tuple[int, ...], dict[float, dict[int, float]]]]
    terms: dict[str, Any]


def small_race(seed: int) -> Small:
    """4–6 runners, win, place and couple pools of random sizes, random caps, some poor bettors."""
    dice = random.Random(seed)  # noqa: S311  dice of a test
    runners = range(dice.randint(4, 6))
    weights = [dice.random() ** 2 * (dice.random() > 0.15) for _ in runners]  # some without chance
    weights[0] = weights[1] = 0.3
    win = [w / sum(weights) for w in weights]
    states = list(permutations(runners, 2))
    chances = [win[a] * win[b] / (1.0 - win[a]) for a, b in states]
    step = dice.choice([1.0, 1.0, 0.5])
    levels = [step * k for k in range(dice.choice([1, 1, 2]), dice.randint(3, 5))]
    offered = (
        [(i,) for i in runners] + list(combinations(runners, 2)) + [("place", i) for i in runners]
    )
    tickets = {}
    for kind in dice.sample(offered, dice.randint(1, 7)):
        share = dice.uniform(0.02, 0.4)
        bought = dice.sample(levels, dice.randint(1, len(levels)))
        tickets["-".join(map(str, kind))] = (
            tuple(part for part in kind if part != "place"),
            {x: paid_by_state(kind, states, share, x) for x in sorted(bought)},
        )
    return Small(chances, tickets, random_terms(dice))


def paid_by_state(kind, states, share: float, x: float) -> dict[int, float]:
    """Euros paid: a win pool of 200 €, a pool of pairs of 100 €, places at a third of the win's."""
    paid = {}
    for place, (first, second) in enumerate(states):
        if kind[0] == "place":
            dividend = 1.0 + (0.85 * (60 + x) - 60 * share - x) / (2 * (60 * share + x))
            wins = kind[1] in (first, second)
        elif len(kind) == 1:
            dividend, wins = 0.85 * (200 + x) / (200 * share + x), kind[0] == first
        else:
            dividend = 0.75 * (100 + x) / (100 * share / 3 + x)
            wins = {first, second} == set(kind)
        if wins:
            paid[place] = x * max(math.floor(10 * dividend + 1e-9) / 10, 1.1)
    return paid


def random_terms(dice: random.Random) -> dict[str, Any]:
    return {
        "bankroll": dice.choice([1.0, 2.0, 4.0, 5.0, 10.0, 30.0, 100.0, 1000.0]),
        "budget": dice.choice([0.0, 1.0, 2.5, 4.0, 6.0, 100.0]),
        "per_runner_cap": dice.choice([None, None, 1.0, 2.0, 3.0, 5.0]),
        "max_tickets": dice.choice([1, 2, 2, 2]),
        "fraction": dice.choice([1.0, 1.0, 0.5, 0.25]),
    }


def solved(small: Small, **changed: Any):
    tickets = []
    for name, (runners, sold) in small.tickets.items():
        states = sorted(next(iter(sold.values())))
        paid = {s: [sold[x][s] for x in sold] for s in states}
        tickets.append(table(name, runners, list(sold), paid))
    return best_portfolio(small.chances, tickets, **{**small.terms, **changed})


def every_growth(small: Small) -> dict[Stakes, float]:
    """Each portfolio of at most two tickets that the wealth can pay, with its growth."""
    options = [(name, x) for name, (_, sold) in small.tickets.items() for x in sold]
    several = [(), *((one,) for one in options)]
    several += [pair for pair in combinations(options, 2) if pair[0][0] != pair[1][0]]
    wealth = small.terms["fraction"] * small.terms["bankroll"]
    return {
        tuple(sorted(stakes)): growth_of(small, stakes, wealth)
        for stakes in several
        if sum(x for _, x in stakes) <= wealth
    }


def growth_of(small: Small, stakes: Stakes, wealth: float) -> float:
    total = sum(x for _, x in stakes)
    growth = 0.0
    for state, chance in enumerate(small.chances):
        if chance == 0.0:
            continue
        paid = sum(small.tickets[name][1][x].get(state, 0.0) for name, x in stakes)
        after = wealth - total + paid
        if after <= 1e-9:
            return -math.inf
        growth += chance * math.log(after / wealth)
    return growth


def within(small: Small, stakes: Stakes, terms: dict[str, Any]) -> bool:
    cap = terms["per_runner_cap"]
    on: dict[int, float] = {}
    for name, x in stakes:
        for runner in small.tickets[name][0]:
            on[runner] = on.get(runner, 0.0) + x
    return (
        len(stakes) <= terms["max_tickets"]
        and sum(x for _, x in stakes) <= terms["budget"] + 1e-9
        and (cap is None or max(on.values(), default=0.0) <= cap + 1e-9)
    )


def lifted_costs(small: Small, growths: dict[Stakes, float]) -> dict[str, float | None]:
    def best(**changed: Any) -> float:
        terms = {**small.terms, **changed}
        return max(g for stakes, g in growths.items() if within(small, stakes, terms))

    return {
        "budget": best(budget=math.inf) - best(),
        "per_runner_cap": best(per_runner_cap=None) - best(),
        "max_tickets": best(max_tickets=2) - best() if small.terms["max_tickets"] == 1 else None,
    }


@pytest.mark.parametrize("block", range(10))
def test_the_best_of_every_small_race_is_that_of_plain_enumeration(block):
    for seed in range(block * RACES // 10, (block + 1) * RACES // 10):
        small = small_race(seed)
        growths = every_growth(small)
        allowed = {s: g for s, g in growths.items() if within(small, s, small.terms)}
        possible = sorted((g for g in allowed.values() if g > -math.inf), reverse=True)

        found = solved(small)

        assert found.growth == pytest.approx(possible[0], abs=1e-12), seed
        assert allowed[tuple(found.stakes.items())] == pytest.approx(possible[0], abs=1e-12)
        assert found.candidates == len(allowed), seed
        if len(possible) == 1:
            assert found.runner_up is None
            assert found.gap is None
        else:
            second = tuple(found.runner_up.stakes.items())
            assert second != tuple(found.stakes.items())
            assert allowed[second] == pytest.approx(possible[1], abs=1e-12), seed
            assert found.gap == pytest.approx(possible[0] - possible[1], abs=1e-12), seed
        costs = lifted_costs(small, growths)
        assert {name: getattr(found.cap_costs, name) for name in costs} == pytest.approx(
            costs, abs=1e-12
        ), seed


def test_the_small_races_reach_every_kind_of_answer():
    found = [solved(small_race(seed)) for seed in range(RACES)]

    reasons = {answer.reason.split(" (")[0] for answer in found if answer.reason}
    assert reasons == {
        "budget below the least stake",
        "bankroll below the least stake",
        "cap per runner below the least stake",
        "no portfolio raises the growth",
    }
    assert {len(answer.stakes) for answer in found} == {0, 1, 2}
    assert sum(answer.runner_up is None for answer in found) > 5
    assert sum(answer.cap_costs.budget > 0.0 for answer in found) > 5
    assert sum(answer.cap_costs.per_runner_cap > 0.0 for answer in found) > 5
    assert sum((answer.cap_costs.max_tickets or 0.0) > 0.0 for answer in found) > 5


@given(st.integers(0, 10_000))
def test_profit_and_chance_of_loss_are_sums_over_the_states(seed):
    small = small_race(seed)

    found = solved(small)

    total = sum(found.stakes.values())
    paid = [
        sum(small.tickets[name][1][x].get(state, 0.0) for name, x in found.stakes.items())
        for state in range(len(small.chances))
    ]
    profit = sum(p * (euros - total) for p, euros in zip(small.chances, paid, strict=True))
    loss = sum(p for p, euros in zip(small.chances, paid, strict=True) if euros < total - 1e-9)
    assert found.expected_profit == pytest.approx(profit, abs=1e-12)
    assert found.p_loss == pytest.approx(loss, abs=1e-12)
    assert found.growth >= 0.0
    assert (found.reason is None) == bool(found.stakes)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_tickets_and_states_does_not_matter(seed, dice):
    small = small_race(seed)
    names = list(small.tickets)
    dice.shuffle(names)
    places = list(range(len(small.chances)))
    dice.shuffle(places)  # state s becomes places[s]
    chances = [0.0] * len(places)
    for state, place in enumerate(places):
        chances[place] = small.chances[state]
    tickets = {
        name: (
            small.tickets[name][0],
            {
                x: {places[s]: e for s, e in paid.items()}
                for x, paid in small.tickets[name][1].items()
            },
        )
        for name in names
    }

    straight, shuffled = solved(small), solved(replace(small, chances=chances, tickets=tickets))

    assert dict(shuffled.stakes) == dict(straight.stakes)
    assert shuffled.growth == pytest.approx(straight.growth, abs=1e-14)
    assert shuffled.candidates == straight.candidates


@given(st.integers(0, 10_000))
def test_a_larger_budget_never_lowers_the_growth(seed):
    small = small_race(seed)

    growths = [solved(small, budget=float(budget)).growth for budget in range(7)]

    assert min(np.diff(growths)) >= -1e-14  # a tie may go to the other of two equal growths


@given(st.integers(0, 10_000), st.sampled_from([0.25, 0.5]))
def test_a_fraction_is_a_smaller_bankroll(seed, fraction):
    small = small_race(seed)

    reduced = solved(small, bankroll=40.0, fraction=fraction)
    poorer = solved(small, bankroll=40.0 * fraction, fraction=1.0)

    assert (reduced.stakes, reduced.growth) == (poorer.stakes, poorer.growth)


# --- rules one by one -----------------------------------------------------------------------


def win_tickets(p, dividends, levels, order=None):
    chances, tickets = fixed_tickets({"p": p, "dividend": dividends}, levels)
    return chances, tickets if order is None else [tickets[place] for place in order]


def test_equal_growth_goes_to_the_smaller_total_then_to_the_earlier_name():
    # A and B pay the same on outcomes of equal chance; one euro on either is the best.
    chances, tickets = win_tickets([0.4, 0.4, 0.2], [2.9, 2.9, 1.1], [1.0], order=[1, 0, 2])

    found = best_portfolio(chances, tickets, bankroll=8.0, budget=5.0, max_tickets=1)

    assert dict(found.stakes) == {"SG1": 1.0}
    assert dict(found.runner_up.stakes) == {"SG2": 1.0}
    assert found.gap < 1e-14  # equal but for the rounding of sums, which differs among processors


def test_a_ticket_that_changes_nothing_is_not_bought():
    # It pays its stake back for certain: growth 0, as doing nothing at a smaller total.
    sure = table("sure", (0,), [1.0, 2.0], {0: [1.0, 2.0], 1: [1.0, 2.0]})

    found = best_portfolio([0.5, 0.5], [sure], bankroll=10.0, budget=5.0)

    assert dict(found.stakes) == {}
    assert found.reason == "no portfolio raises the growth"
    assert dict(found.runner_up.stakes) == {"sure": 1.0}


def test_of_equal_growths_the_smaller_total_comes_before_the_earlier_name():
    # "a" pays its stake back for certain: with it or without it the growth is that of "z".
    sure = table("a", (0,), [1.0], {0: [1.0], 1: [1.0]})
    good = table("z", (1,), [2.0], {0: [5.0]})

    found = best_portfolio([0.5, 0.5], [sure, good], bankroll=50.0, budget=5.0)

    assert dict(found.stakes) == {"z": 2.0}
    assert dict(found.runner_up.stakes) == {"a": 1.0, "z": 2.0}
    assert found.gap == 0.0


def test_the_whole_bankroll_may_be_staked_where_every_state_pays():
    # Stakes 5 + 5 of 10 € pay 11 or 10.5 €: ½ ln 1.1 + ½ ln 1.05, riskless.
    chances, tickets = win_tickets([0.5, 0.5], [2.2, 2.1], [5.0])

    found = best_portfolio(chances, tickets, bankroll=10.0, budget=10.0)

    assert dict(found.stakes) == {"SG1": 5.0, "SG2": 5.0}
    assert found.growth == pytest.approx(0.5 * math.log(1.1) + 0.5 * math.log(1.05), abs=1e-15)
    assert found.p_loss == 0.0


def test_the_last_euro_is_not_staked_on_a_chance():
    chances, tickets = win_tickets([0.9, 0.1], [5.0, 1.1], [1.0])

    found = best_portfolio(chances, tickets, bankroll=1.0, budget=1.0)

    assert dict(found.stakes) == {}
    assert found.runner_up is None
    assert found.candidates == 3  # nothing, SG1, SG2; the last two ruin


def test_a_state_without_a_chance_ruins_nobody():
    chances, tickets = win_tickets([1.0, 0.0], [1.5, 1.1], [1.0])

    found = best_portfolio(chances, tickets, bankroll=1.0, budget=1.0)

    assert dict(found.stakes) == {"SG1": 1.0}
    assert found.growth == pytest.approx(math.log(1.5), abs=1e-15)


def test_tenths_of_a_euro_add_up_to_the_budget():
    # .1 + .2 is .30000000000000004 in binary; it is 30 cents to a bettor.
    chances, tickets = win_tickets([0.5, 0.5], [2.2, 2.1], [0.1, 0.2])

    found = best_portfolio(chances, tickets, bankroll=10.0, budget=0.3)

    assert sum(found.stakes.values()) == pytest.approx(0.3, abs=1e-12)


def test_a_ticket_counts_fully_for_each_of_its_runners():
    pair = table("pair", (0, 1), [2.0], {0: [20.0]})
    single = table("single", (1,), [2.0], {0: [8.0], 1: [8.0]})

    free = best_portfolio([0.3, 0.2, 0.5], [pair, single], bankroll=100.0, budget=9.0)
    capped = best_portfolio(
        [0.3, 0.2, 0.5], [pair, single], bankroll=100.0, budget=9.0, per_runner_cap=3.0
    )

    assert set(free.stakes) == {"pair", "single"}
    assert set(capped.stakes) == {"pair"}
    assert capped.cap_costs.per_runner_cap == pytest.approx(free.growth - capped.growth, abs=1e-15)
    assert free.cap_costs.max_tickets is None


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        pytest.param({"budget": 1.5}, "budget below the least stake (1.5 € < 2.0 €)", id="budget"),
        pytest.param({"bankroll": 1.0}, "bankroll below the least stake", id="bankroll"),
        pytest.param({"fraction": 0.01}, "bankroll below the least stake", id="fraction"),
        pytest.param({"per_runner_cap": 1.0}, "cap per runner below the least stake", id="cap"),
    ],
)
def test_too_little_to_stake_is_an_answer_with_its_reason(terms, reason):
    chances, tickets = win_tickets([0.6, 0.4], [2.5, 2.0], [2.0, 3.0])

    found = best_portfolio(chances, tickets, **{"bankroll": 50.0, "budget": 5.0, **terms})

    assert dict(found.stakes) == {}
    assert (found.growth, found.candidates, found.runner_up) == (0.0, 1, None)
    assert found.reason.startswith(reason)


def test_without_tickets_there_is_nothing_to_stake():
    found = best_portfolio([1.0], [], bankroll=50.0, budget=5.0)

    assert (dict(found.stakes), found.reason, found.candidates) == ({}, "no ticket to buy", 1)


def test_equal_tickets_by_the_hundred_are_settled_by_name():
    # 20 outcomes at 25 for 1: every one is a good bet, and every pair as good as the next.
    chances, tickets = win_tickets([0.05] * 20, [25.0] * 20, [1.0, 2.0, 3.0])

    found = best_portfolio(chances, tickets, bankroll=100.0, budget=6.0)

    assert list(found.stakes) == ["SG1", "SG10"]
    assert list(found.runner_up.stakes) == ["SG1", "SG11"]
    assert found.gap == pytest.approx(0.0, abs=1e-14)


def test_three_times_as_many_tickets_give_the_same_as_plain_enumeration():
    # The eight runners of the reference, with a bankroll at which many pairs come close.
    inputs = next(
        param.values[0]["inputs"]
        for param in oracles.cases("kelly.json")
        if param.values[0]["id"] == "int_pool_full"
    )
    chances, tickets = pool_tickets(inputs, [1.0, 2.0, 3.0])
    paid = dense_returns(chances, tickets)
    p = np.array(chances)
    for wealth in (9.0, 20.0, 400.0):
        growths = [0.0]
        for (one, x, a), (other, y, b) in combinations(paid, 2):
            if one != other and x + y <= 5.0:
                growths.append(float(p @ np.log((wealth - x - y + a + b) / wealth)))
        growths += [float(p @ np.log((wealth - x + a) / wealth)) for _, x, a in paid]
        first, second = sorted(growths)[:-3:-1]

        found = best_portfolio(chances, tickets, bankroll=wealth, budget=5.0)

        assert found.growth == pytest.approx(first, abs=1e-13)
        assert found.runner_up.growth == pytest.approx(second, abs=1e-13)
        assert found.candidates == len(growths)


def dense_returns(chances, tickets) -> list[tuple[str, float, np.ndarray]]:
    rows = []
    for ticket in tickets:
        for level, stake in enumerate(ticket.stakes):
            row = np.zeros(len(chances))
            row[ticket.states] = ticket.returns[level]
            rows.append((ticket.name, float(stake), row))
    return rows


# --- refusals -------------------------------------------------------------------------------

GOOD: dict[str, Any] = {
    "name": "T",
    "runners": (0,),
    "stakes": np.array([1.0, 2.0]),
    "states": np.array([0, 1]),
    "returns": np.array([[2.0, 2.0], [4.0, 4.0]]),
}


@pytest.mark.parametrize(
    ("part", "why"),
    [
        pytest.param({"stakes": np.array([1.0])}, "returns are (2, 2)", id="one level short"),
        pytest.param({"stakes": np.array([])}, "stakes (0,)", id="no level"),
        pytest.param({"stakes": np.array([2.0, 1.0])}, "ascend", id="stakes descend"),
        pytest.param({"stakes": np.array([0.0, 1.0])}, "positive", id="stake of nothing"),
        pytest.param({"stakes": np.array([1.0, math.nan])}, "positive", id="stake not a number"),
        pytest.param({"states": np.array([1, 0])}, "states must ascend", id="states descend"),
        pytest.param({"states": np.array([0, 3])}, "from 0 to 2", id="no such state"),
        pytest.param({"states": np.array([-1, 1])}, "from 0 to 2", id="negative state"),
        pytest.param(
            {"returns": np.array([[2.0, -1.0], [4.0, 4.0]])}, "a return", id="negative return"
        ),
        pytest.param(
            {"returns": np.array([[2.0, math.inf], [4.0, 4.0]])}, "a return", id="endless return"
        ),
        pytest.param({"runners": ()}, "runners ()", id="no runner"),
        pytest.param({"runners": (1, 1)}, "runners (1, 1)", id="runner twice"),
        pytest.param({"runners": (-1,)}, "count from 0", id="negative runner"),
    ],
)
def test_a_ticket_that_makes_no_sense_is_refused_by_its_name(part, why):
    tickets = [Payoffs(**{**GOOD, "name": "A"}), Payoffs(**{**GOOD, **part})]

    with pytest.raises(ArgumentOutOfRange) as refused:
        best_portfolio([0.5, 0.3, 0.2], tickets, bankroll=10.0, budget=5.0)

    assert str(refused.value).startswith("ticket T: ")
    assert why in str(refused.value)


def test_two_tickets_of_one_name_are_refused():
    with pytest.raises(ArgumentOutOfRange, match="two tickets are named T"):
        best_portfolio([0.5, 0.5], [Payoffs(**GOOD)] * 2, bankroll=10.0, budget=5.0)


@pytest.mark.parametrize(
    ("chances", "terms", "kind", "why"),
    [
        pytest.param([0.5, 0.6], {}, ProbabilityOutOfRange, "do not sum to 1", id="sum"),
        pytest.param([-0.5, 1.5], {}, ProbabilityOutOfRange, "state 0: ", id="negative"),
        pytest.param([0.5, math.nan], {}, ProbabilityOutOfRange, "state 1: ", id="not a number"),
        pytest.param([[0.5, 0.5]], {}, ArgumentOutOfRange, "states: one dimension", id="shape"),
        pytest.param([0.5, 0.5], {"bankroll": 0}, ArgumentOutOfRange, "be positive", id="broke"),
        pytest.param([0.5, 0.5], {"budget": -1}, ArgumentOutOfRange, "budget", id="budget"),
        pytest.param([0.5, 0.5], {"budget": math.nan}, ArgumentOutOfRange, "budget", id="nan"),
        pytest.param([0.5, 0.5], {"per_runner_cap": -1}, ArgumentOutOfRange, "cap", id="cap"),
        pytest.param([0.5, 0.5], {"max_tickets": 3}, ArgumentOutOfRange, "max_tickets: 3", id="3"),
        pytest.param([0.5, 0.5], {"max_tickets": 0}, ArgumentOutOfRange, "max_tickets: 0", id="0"),
        pytest.param([0.5, 0.5], {"fraction": 2.0}, ArgumentOutOfRange, "fraction", id="fraction"),
    ],
)
def test_an_argument_out_of_range_is_refused_by_name(chances, terms, kind, why):
    with pytest.raises(kind, match=why):
        best_portfolio(chances, [Payoffs(**GOOD)], **{"bankroll": 10.0, "budget": 5.0, **terms})
