"""Tickets of small pools by the pools' own rules, for the tests of the portfolio.

Nothing here comes from the pricing room but the values that it takes and gives: orders of finish
by Harville's rule and dividends by the rule of each pool, one number at a time.
"""

from __future__ import annotations

import math
from itertools import combinations, permutations
from typing import Any

import numpy as np

from hippique.pricing.kelly import Payoffs, Portfolio, best_portfolio

Inputs = dict[str, Any]
PLACES = 3


def portfolio_produced(inputs: Inputs) -> Inputs:
    """The keys of the oracle's cases `int_*`."""
    chances, tickets = (
        fixed_tickets(inputs, levels=whole_stakes(inputs))
        if "dividend" in inputs
        else pool_tickets(inputs, levels=whole_stakes(inputs))
    )
    found = best_portfolio(
        chances,
        tickets,
        bankroll=inputs["bankroll"],
        budget=inputs["budget"],
        per_runner_cap=inputs["per_horse_cap"],
        max_tickets=inputs["max_tickets"],
    )
    return as_the_oracle(found)


def as_the_oracle(found: Portfolio) -> Inputs:
    second = found.runner_up
    return {
        "stakes": dict(found.stakes),
        "growth": found.growth,
        "expected_profit": found.expected_profit,
        "p_loss": found.p_loss,
        "runner_up": second and {"stakes": dict(second.stakes), "growth": second.growth},
        "candidates": found.candidates,
        "growth_of_nothing": 0.0,
    }


def single_values_produced(inputs: Inputs) -> Inputs:
    """The keys of the oracle's case `pool_single_ev`, from the same tables at 1 €."""
    chances, tickets = pool_tickets(inputs, levels=[1.0])
    values = {
        ticket.name: float(np.sum(np.array(chances)[ticket.states] * ticket.returns[0])) - 1.0
        for ticket in tickets
    }
    return {
        "place_ev_one_euro": [v for name, v in values.items() if name.startswith("SP")],
        "couple_ev_one_euro": {n: v for n, v in values.items() if n.startswith("CG")},
    }


def whole_stakes(inputs: Inputs) -> list[float]:
    step = inputs.get("stake_step", inputs["step"])
    count = int(inputs["budget"] // step)
    return [step * k for k in range(1, count + 1) if step * k >= inputs["min_stake"]]


def fixed_tickets(inputs: Inputs, levels: list[float]) -> tuple[list[float], list[Payoffs]]:
    """One ticket per runner at fixed dividends; a state is a winner."""
    tickets = [
        table(f"SG{i + 1}", (i,), levels, {i: [x * dividend for x in levels]})
        for i, dividend in enumerate(inputs["dividend"])
    ]
    return inputs["p"], tickets


def pool_tickets(inputs: Inputs, levels: list[float]) -> tuple[list[float], list[Payoffs]]:
    """Place tickets and couples of the first two; a state is an order of the first three."""
    win, runners = inputs["win"], len(inputs["win"])
    orders = list(permutations(range(runners), PLACES))
    tickets = []
    for i in range(runners):
        paid = {
            s: [place_paid(inputs, i, set(order), x) for x in levels]
            for s, order in enumerate(orders)
            if i in order
        }
        tickets.append(table(f"SP{i + 1}", (i,), levels, paid))
    for i, j in combinations(range(runners), 2):
        paid = {
            s: [couple_paid(inputs, i, j, x) for x in levels]
            for s, order in enumerate(orders)
            if set(order[:2]) == {i, j}
        }
        tickets.append(table(f"CG{i + 1}-{j + 1}", (i, j), levels, paid))
    return [harville(win, order) for order in orders], tickets


def harville(win: list[float], order: tuple[int, ...]) -> float:
    chance, left = 1.0, 1.0
    for runner in order:
        chance *= win[runner] / left
        left -= win[runner]
    return chance


def place_paid(inputs: Inputs, i: int, placed: set[int], x: float) -> float:
    """Net pool: what is left after the takeout and the stakes on the placed is shared by three."""
    pool = inputs["place_pool"]
    kept = (1.0 - inputs["place_takeout"]) * (sum(pool) + x)
    profit = kept - sum(pool[k] for k in placed) - x
    return x * rounded(inputs, 1.0 + profit / (PLACES * (pool[i] + x)))


def couple_paid(inputs: Inputs, i: int, j: int, x: float) -> float:
    pool = inputs["couple_gagnant_pool"]
    kept = (1.0 - inputs["couple_takeout"]) * (sum(pool.values()) + x)
    return x * rounded(inputs, kept / (pool[f"{i + 1}-{j + 1}"] + x))


def rounded(inputs: Inputs, dividend: float) -> float:
    steps = math.floor(dividend / inputs["step"] + 1e-9)
    return max(steps * inputs["step"], inputs["min_dividend"])


def table(
    name: str, runners: tuple[int, ...], levels: list[float], paid: dict[int, list[float]]
) -> Payoffs:
    states = sorted(paid)
    return Payoffs(
        name=name,
        runners=runners,
        stakes=np.array(levels, dtype=float),
        states=np.array(states, dtype=np.int64),
        returns=np.array([[paid[s][k] for s in states] for k in range(len(levels))], dtype=float),
    )
