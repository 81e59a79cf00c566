"""Tickets tabulated each on states of its own cut: the portfolio is that of states fine enough."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.kelly import Cuts, Overlay, Payoffs, best_portfolio
from pricing_portfolios import table

WINNER, PAIR, ORDER = (1,), (2,), (1, 1)
SMALL_FIELDS = 150


def small_field(seed):
    """Chances of the orders of two, the rows of their winner and pair, and tickets on each cut."""
    dice = random.Random(seed)  # noqa: S311  dice of a test
    runners = range(dice.randint(3, 5))
    weights = [dice.random() * (dice.random() > 0.2) for _ in runners]  # some cannot win
    weights[0] = weights[1] = 0.4
    orders, pairs = list(permutations(runners, 2)), list(combinations(runners, 2))
    chances = np.array([weights[a] * (0.1 + weights[b]) for a, b in orders])
    rows = {
        WINNER: np.array([a for a, _ in orders]),
        PAIR: np.array([pairs.index((min(one), max(one))) for one in orders]),
        ORDER: np.arange(len(orders)),
    }
    levels = [1.0, 2.0, 4.0]
    tickets = []
    for cut, states in ((WINNER, len(runners)), (PAIR, len(pairs)), (ORDER, len(orders))):
        for state in dice.sample(range(states), dice.randint(1, min(3, states))):
            legs = {WINNER: [(i,) for i in runners], PAIR: pairs, ORDER: orders}[cut][state]
            odds = dice.uniform(1.0, 3.0 * states)
            paid = {state: [x * odds - 0.1 * x * x for x in levels]}
            if cut == PAIR and dice.random() < 0.5:
                paid[(state + 1) % states] = [x * 1.1 for x in levels]
            tickets.append(replace(table(f"{cut}{state}", legs, levels, paid), cut=cut))
    dice.shuffle(tickets)
    return chances / chances.sum(), rows, tickets


def cuts_of(chances, rows, asked=None):
    def meet(first, second) -> Overlay:
        if asked is not None:
            asked.append((first, second))
        return Overlay(chances, rows[first], rows[second])

    return Cuts({cut: np.bincount(each, weights=chances) for cut, each in rows.items()}, meet)


def on_orders(ticket, rows):
    """The same ticket on the states of the orders."""
    own = np.full(rows[ticket.cut].max() + 1, -1)
    own[ticket.states] = np.arange(ticket.states.size)
    places = own[rows[ticket.cut]]
    return replace(
        ticket,
        cut=ORDER,
        states=np.flatnonzero(places >= 0),
        returns=ticket.returns[:, places[places >= 0]],
    )


def everything(found):
    """The figures, and apart from them what is bought."""
    second = found.runner_up
    figures = {
        "growth": found.growth,
        "profit": found.expected_profit,
        "p_loss": found.p_loss,
        "growth of the second": second and second.growth,
        "candidates": found.candidates,
        "budget": found.cap_costs.budget,
        "cap": found.cap_costs.per_runner_cap,
    }
    return figures, [dict(found.stakes), second and dict(second.stakes)]


def test_the_portfolio_is_that_of_one_list_of_states_fine_enough_for_all():
    bought = []
    for seed in range(SMALL_FIELDS):
        chances, rows, tickets = small_field(seed)
        caps = {"budget": [3.0, 5.0, 8.0][seed % 3], "per_runner_cap": [None, 2.0][seed % 2]}
        caps["bankroll"] = [4.0, 10.0, 60.0][seed // 7 % 3]  # all of the 4 may be staked

        found = best_portfolio(cuts_of(chances, rows), tickets, **caps)
        expected = best_portfolio(chances, [on_orders(one, rows) for one in tickets], **caps)

        bought.append(len(found.stakes))
        figures, stakes = everything(expected)
        assert everything(found)[0] == pytest.approx(figures, abs=1e-12), seed
        assert everything(found)[1] == stakes, seed
    assert set(bought) == {0, 1, 2}


def test_two_cuts_are_laid_over_each_other_once_and_only_when_tickets_are_compared():
    chances, rows, tickets = small_field(3)
    asked = []

    best_portfolio(cuts_of(chances, rows, asked), tickets[:1], bankroll=50.0, budget=5.0)
    assert asked == []

    best_portfolio(cuts_of(chances, rows, asked), tickets, bankroll=50.0, budget=8.0)
    assert asked
    assert len(asked) == len(set(asked))
    assert all(first < second for first, second in asked)


def test_a_list_of_states_takes_tickets_of_whatever_cut_they_share():
    ticket = replace(table("A", (0,), [1.0], {0: [3.0]}), cut=(2, 1))

    found = best_portfolio([0.6, 0.4], [ticket], bankroll=50.0, budget=5.0)

    assert dict(found.stakes) == {"A": 1.0}


def test_a_list_of_states_refuses_tickets_of_two_cuts():
    tickets = [
        replace(table("A", (0,), [1.0], {0: [3.0]}), cut=WINNER),
        replace(table("B", (0,), [1.0], {0: [3.0]}), cut=PAIR),
    ]

    with pytest.raises(ArgumentOutOfRange, match="ticket B: no chances"):
        best_portfolio([0.6, 0.4], tickets, bankroll=50.0, budget=5.0)


GOOD = Overlay(np.array([0.1, 0.5, 0.4]), np.array([0, 0, 1]), np.array([0, 1, 1]))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(replace(GOOD, chances=np.array([0.1, 0.4, 0.5])), id="other chances"),
        pytest.param(replace(GOOD, first=np.array([0, 1])), id="shape"),
        pytest.param(replace(GOOD, first=np.array([0, 0, 2])), id="no such state"),
        pytest.param(replace(GOOD, second=np.array([0, -1, 1])), id="negative state"),
        pytest.param(replace(GOOD, chances=np.array([np.nan, 0.5, 0.4])), id="not a number"),
        pytest.param(replace(GOOD, chances=np.array([-0.1, 0.7, 0.4])), id="negative chance"),
    ],
)
def test_an_overlay_that_does_not_fit_its_cuts_is_refused(wrong):
    tickets = [
        Payoffs("A", (0,), np.array([1.0]), np.array([0]), np.array([[3.0]]), cut=WINNER),
        Payoffs("B", (1,), np.array([1.0]), np.array([1]), np.array([[2.0]]), cut=PAIR),
    ]
    chances = {WINNER: np.array([0.6, 0.4]), PAIR: np.array([0.1, 0.9])}
    terms = {"bankroll": 50.0, "budget": 5.0}

    assert best_portfolio(Cuts(chances, lambda *_: GOOD), tickets, **terms).stakes
    with pytest.raises(ArgumentOutOfRange, match=r"cuts \(1,\) and \(2,\) meet in other chances"):
        best_portfolio(Cuts(chances, lambda *_: wrong), tickets, **terms)


def test_the_chances_of_every_cut_are_checked():
    chances = {WINNER: np.array([0.6, 0.4]), PAIR: np.array([0.2, 0.9])}

    with pytest.raises(ProbabilityOutOfRange, match="do not sum to 1"):
        best_portfolio(Cuts(chances, lambda *_: GOOD), [], bankroll=50.0, budget=5.0)


def test_runners_of_any_number_are_told_apart():
    # 3 and 67 stand at the same bit of two words.
    tickets = [
        table(f"T{runner}", (runner,), [2.0], {state: [9.0]})
        for state, runner in enumerate((3, 67, 131))
    ]
    tickets.append(table("T3-131", (3, 131), [2.0], {3: [9.0]}))
    terms = {"bankroll": 50.0, "budget": 4.0}

    free = best_portfolio([0.25] * 4, tickets, **terms)
    capped = best_portfolio([0.25] * 4, tickets, per_runner_cap=2.0, **terms)

    assert free.candidates == 1 + 4 + 6
    assert capped.candidates == 1 + 4 + 4
