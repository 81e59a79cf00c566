"""Every case of scoring.json: scores, reliability, paired difference, returns, refusals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

import oracles
from hippique.errors import PricingError
from hippique.pricing.scoring import (
    PairedDifference,
    bets_needed,
    log_loss,
    paired_difference,
    reliability,
    returns,
    rps,
    scoreboard,
)
from oracles import Case

CASES = oracles.cases("scoring.json")
BOOTSTRAP = next(one.values[0] for one in CASES if one.values[0]["id"] == "day_block_bootstrap")


@pytest.mark.parametrize("case", CASES)
def test_score_is_that_of_the_oracle(case):
    if case["id"] == "bad_inputs":
        _refuse_each(case)
        return

    oracles.agree(case, PRODUCED[case["id"].partition("_")[0]](case["inputs"]))


def test_drawn_resamples_come_near_the_counted_ones():
    found = _bootstrap(BOOTSTRAP["inputs"], resamples=100_000, exact_blocks=0)

    near = {"abs": BOOTSTRAP["tolerance"]["monte_carlo_100000"]}
    oracles.agree({**BOOTSTRAP, "tolerance": near}, _told(found))
    assert not found.exact


def _refuse_each(case: Case) -> None:
    bad = case["inputs"]["cases"]
    for inputs, why in zip(bad, case["expected"]["error"], strict=True):
        chances = [oracles.number(chance) for chance in inputs["p"]]
        won = (inputs["winner"] - 1,)
        with pytest.raises(PricingError, match=re.escape(why)):
            log_loss(chances, won)
        with pytest.raises(PricingError, match=f"field 2: .*{re.escape(why)}"):
            scoreboard([[0.5, 0.5], chances], [(0,), won])


def _fields(inputs: Case) -> Case:
    winners = inputs.get("winners") or [[winner] for winner in inputs["winner"]]
    board = scoreboard(inputs["p"], [[place - 1 for place in won] for won in winners])
    losses = board.log_loss.tolist()
    return {
        "log_loss": "infinite" if losses == [math.inf] else losses,
        "mean_log_loss": board.mean_log_loss,
        "brier": board.brier.tolist(),
        "mean_brier": board.mean_brier,
        "flag": board.flag,
    }


def _rps(inputs: Case) -> Case:
    pairs = zip(inputs["p"], inputs["category"], strict=True)
    return {"rps": [rps(chances, category - 1) for chances, category in pairs]}


def _corp(inputs: Case) -> Case:
    found = reliability(inputs["p"], inputs["y"])
    return {
        "recalibrated": found.recalibrated.tolist(),
        "brier": asdict(found.brier),
        "log": asdict(found.log),
    }


def _bootstrap(inputs: Case, **how: int) -> PairedDifference:
    days = inputs["difference_by_day"]
    ours = [one for differences in days.values() for one in differences]
    blocks = [day for day, differences in days.items() for _ in differences]
    generator = np.random.default_rng(20250601)
    return paired_difference(
        ours, np.zeros(len(ours)), blocks, generator=generator, **{"resamples": 1, **how}
    )


def _told(found: PairedDifference) -> Case:
    return {
        "mean": found.mean,
        "races": found.fields,
        "bootstrap_mean": found.bootstrap_mean,
        "bootstrap_sd": found.bootstrap_sd,
        "q": {str(level): value for level, value in found.quantiles.items()},
        "p_not_better": found.p_not_better,
    }


def _returns(inputs: Case) -> Case:
    found = returns(inputs["stake"], inputs["paid"])
    return {
        "roi": found.roi,
        "se": found.error,
        "ci95_normal": [found.low, found.high],
        "conclusive": found.conclusive,
    }


def _bets_needed(inputs: Case) -> Case:
    found = bets_needed(inputs["odds"], edge=inputs["edge"])
    return {"null": found.null.tolist(), "true": found.true.tolist()}


# The first word of a case's id says what it is about.
PRODUCED: dict[str, Callable[[Case], dict[str, Any]]] = {
    "race": _fields,
    "unequal": _fields,
    "dead": _fields,
    "zero": _fields,
    "rps": _rps,
    "corp": _corp,
    "day": lambda inputs: _told(_bootstrap(inputs)),
    "roi": _returns,
    "sample": _bets_needed,
}
