"""`hippique price` as people and scripts use it: the reference values through the command."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from oracles import HERE, Case
from running import Ended, hippique, invoke


def cases_of(file: str, *needed: str) -> list[Any]:
    """The cases of a file whose inputs or expectations hold all of these keys."""
    found = json.loads((HERE / file).read_text("utf-8"))["cases"]
    return [
        pytest.param(case, id=f"{file} {case['id']}")
        for case in found
        if all(key in case["inputs"] or key in case["expected"] for key in needed)
    ]


def listed(values: list[Any]) -> str:
    return ",".join(repr(value) if isinstance(value, float) else str(value) for value in values)


def call(*words: str) -> Ended:
    return invoke("price", *words, cwd=HERE)


def priced(*words: str) -> Any:
    ended = call(*words, "--json")
    assert ended.code == 0, ended
    return ended.document


def close(one: list[float], other: list[float], within: float = 1e-9) -> bool:
    pairs = zip(one, other, strict=True)
    return all(math.isclose(a, b, rel_tol=0, abs_tol=within) for a, b in pairs)


@pytest.mark.parametrize("case", cases_of("devig.json", "multiplicative"))
def test_win_prints_the_reference_chances_of_every_method(case: Case):
    odds = listed(case["inputs"]["odds"])
    expected = case["expected"]
    for method in ("multiplicative", "power", "shin"):
        if expected[method] is not None:
            document = priced("win", "--odds", odds, "--method", method)
            assert close(document["probabilities"], expected[method])
            assert math.isclose(document["overround"], expected["booksum"])
    for beta, chances in expected["tempered"].items():
        document = priced("win", "--odds", odds, "--beta", beta)
        assert (document["method"], document["parameters"]) == ("tempered", {"beta": float(beta)})
        assert close(document["probabilities"], chances)


@pytest.mark.parametrize("case", cases_of("harville.json", "exacta"))
def test_orders_prints_every_order_and_the_reference_chances(case: Case):
    win = case["inputs"]["win"]
    document = priced("orders", "--probs", listed(win), "--model", "harville", "--top", "2",
                      "--ordered")  # fmt: skip

    found = {"-".join(map(str, c["runners"])): c["probability"] for c in document["combinations"]}
    assert (document["model"], document["top"], document["ordered"]) == ("harville", 2, True)
    assert len(found) == len(win) * (len(win) - 1)
    for runners, chance in case["expected"]["exacta"].items():
        assert math.isclose(found[runners], chance, rel_tol=0, abs_tol=1e-12)


@pytest.mark.parametrize("case", cases_of("lbs.json", "trio"))
def test_orders_takes_the_discounts_of_lbs(case: Case):
    document = priced("orders", "--probs", listed(case["inputs"]["win"]), "--model", "lbs",
                      "--top", "3", "--lambdas", listed(case["inputs"]["lambda"]))  # fmt: skip

    found = {"-".join(map(str, c["runners"])): c["probability"] for c in document["combinations"]}
    rows = [c["runners"] for c in document["combinations"]]
    assert rows == sorted(rows)
    assert all(row == sorted(row) for row in rows)
    for runners, chance in case["expected"]["trio"].items():
        assert math.isclose(found[runners], chance, rel_tol=0, abs_tol=1e-12)


@pytest.mark.parametrize("case", cases_of("stern.json", "win", "exacta_1_2"))
def test_orders_takes_the_shape_of_stern(case: Case):
    document = priced("orders", "--probs", listed(case["inputs"]["win"]), "--model", "stern",
                      "--top", "2", "--ordered", "--r", str(case["inputs"]["r"]))  # fmt: skip

    first = document["combinations"][0]
    assert first["runners"] == [1, 2]
    assert math.isclose(first["probability"], case["expected"]["exacta_1_2"], abs_tol=1e-8)


@pytest.mark.parametrize("case", cases_of("place.json", "places_paid"))
def test_place_prints_the_reference_chances_of_each_model(case: Case):
    win, places = listed(case["inputs"]["win"]), str(case["expected"]["places_paid"])
    models = {
        "harville": ("harville",),
        "henery": ("henery",),
        "lbs_0.76_0.62": ("lbs", "--lambdas", ".76,.62"),
    }
    for column, words in models.items():
        document = priced("place", "--probs", win, "--places", places, "--model", *words)
        assert close(document["probabilities"], case["expected"][column])


# Steps of the arithmetic: oracles/dividends.json.
PLACE = "--bet place --pool 40000 --takeout .15 --minimum 1.1"
TIED = f"{PLACE} --stakes 9000,5000,2000,2600 --winners 1,2,3=4 --places 3"
DIVIDENDS = {
    "own stake joins the pool": (
        "--bet win --pool 50000 --stakes 8000,42000 --winners 1 --takeout .15 --own 500 --on 1",
        {1: 5.0},
    ),
    "an exact decime stays": (
        "--bet win --pool 50000 --stakes 3400,46600 --winners 1 --takeout .15",
        {1: 12.5},
    ),
    "dead heat to win": (
        "--bet win --pool 60000 --stakes 9000,15000,36000 --winners 1,2 --takeout .15",
        {1: 2.5, 2: 1.9},
    ),
    "three placed, own stake on the third": (
        f"{PLACE} --stakes 9000,5000,2000,24000 --winners 1,2,3 --own 400 --on 3",
        {1: 1.6, 2: 2.1, 3: 3.4},
    ),
    "dead heat for third by position": (TIED, {1: 1.5, 2: 2.0, 3: 2.2, 4: 1.9}),
    "dead heat for third by horse": (
        f"{TIED} --dead-heat by_horse",
        {1: 1.4, 2: 1.7, 3: 2.9, 4: 2.4},
    ),
}


@pytest.mark.parametrize(("words", "expected"), DIVIDENDS.values(), ids=DIVIDENDS)
def test_dividend_prints_what_the_pool_pays(words: str, expected: dict[int, float]):
    document = priced("dividend", *words.split())

    assert {one["runner"]: one["per_euro"] for one in document["dividends"]} == expected
    assert document["flags"] == []


def test_dividend_says_that_a_pool_is_short_and_pays_the_minimum():
    document = priced(
        "dividend", "--bet", "place", "--pool", "40000", "--stakes", "33000,2500,800",
        "--winners", "1,2,3", "--takeout", ".15",
    )  # fmt: skip

    assert [one["per_euro"] for one in document["dividends"]] == [1.05, 1.05, 1.05]
    assert "minus_pool" in document["flags"]


@pytest.mark.parametrize("case", cases_of("kelly.json", "support"))
def test_stakes_prints_the_reference_fractions_and_the_reserve(case: Case):
    inputs, expected = case["inputs"], case["expected"]
    words = ("stakes", "--probs", listed(inputs["p"]), "--odds", listed(inputs["odds"]))

    full, half = priced(*words), priced(*words, "--fraction", ".5")

    assert close(full["fractions"], expected["fraction"])
    assert math.isclose(full["reserve"], expected["reserve"], abs_tol=1e-12)
    assert close(half["fractions"], [f / 2 for f in expected["fraction"]])
    assert math.isclose(half["reserve"], 1 - sum(half["fractions"]), abs_tol=1e-12)


REFUSED = {
    "win --odds 0.9,3": "runner 1",
    "win --odds 2,x,4": "runner 2",
    "win --odds 2,nan,4": "runner 2",
    "win --odds 3": "fewer than two runners",
    "win --odds 3.2,3.4,3.1 --method shin": "below 1",
    "win --odds 2,3 --beta 0": "beta",
    "orders --probs .5,.6 --top 1": "do not sum to 1",
    "orders --probs 1,0 --top 1": "a win probability is 0",
    "orders --probs .5,.3,.2 --top 4": "more places than runners",
    "orders --probs .5,.3,.2 --top 2 --model lbs --lambdas -1": "discount",
    "orders --probs .5,.3,.2 --top 2 --model stern --r 0": "shape",
    "place --probs .5,.3,.2 --places 0": "places",
    "dividend --bet win --pool 0 --stakes 0,0 --winners 1 --takeout .1": "empty pool",
    "dividend --bet win --pool 10 --stakes 5,5 --winners 3 --takeout .1": "runner 3",
    "dividend --bet win --pool 10 --stakes 5,5 --winners a --takeout .1": "--winners",
    "dividend --bet win --pool 10 --stakes 5,5 --winners 1,1 --takeout .1": "--winners",
    "dividend --bet win --pool 10 --stakes 5,5 --winners 1 --takeout 1": "takeout",
    "dividend --bet win --pool 10 --stakes 15,5 --winners 1 --takeout .1": "exceed the pool",
    "dividend --bet win --pool 10 --stakes 5,5 --winners 1 --takeout .1 --own 1": "--own",
    "dividend --bet win --pool 10 --stakes 5,5 --winners 1 --takeout .1 --on 9": "--on",
    "dividend --bet place --pool 10 --stakes 5,2,3 --winners 1,2=3 --takeout .1": "--places",
    "stakes --probs .5,.5 --odds 2,2,2": "2 probabilities for 3 odds",
    "stakes --probs .5,.5 --odds 2,1": "runner 2",
    "stakes --probs .5,.5 --odds 2,3 --fraction -1": "fraction",
}


@pytest.mark.parametrize(("words", "named"), REFUSED.items(), ids=REFUSED)
def test_bad_input_ends_with_one_line_that_names_it(words: str, named: str):
    plain, machine = call(*words.split()), call(*words.split(), "--json")

    assert (plain.code, machine.code) == (1, 1)
    assert plain.out == ""
    assert plain.err.startswith("hippique: ")
    assert plain.err.count("\n") == 1
    assert named in plain.err
    assert machine.document["ok"] is False
    assert named in machine.document["error"]["message"]


def test_text_shows_the_likeliest_first_and_says_what_is_left_out():
    ended = call("orders", "--probs", ".2,.5,.3", "--top", "2", "--ordered",
                   "--show", "2", "--model", "harville")  # fmt: skip

    lines = ended.out.splitlines()
    # Harville: 2-3 = .5 × .3/.5 = .3; then 3-2 = .3 × .5/.7 = .214.
    assert lines[1].split() == ["2", "-", "3", "30.0000%", "3.33"]
    assert lines[2].split() == ["3", "-", "2", "21.4286%", "4.67"]
    assert lines[3].startswith("4 less likely left out")


def test_the_installed_command_starts_without_the_service():
    ended: Ended = hippique("price", "win", "--odds", "2.6,2.4,4.3", "--method", "shin", cwd=HERE)

    assert ended.code == 0
    assert "z 0.0169" in ended.out  # oracles/devig.json n3_shin_readme
