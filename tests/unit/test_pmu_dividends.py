import json
from datetime import date
from typing import Any

import pytest

from hippique.errors import PageChanged, PageMissing
from hippique.racing.card import RaceStatus, Reading
from hippique.racing.result import Dividend, Refund, Result, ResultStatus
from hippique.sources.pmu import read_dividends

URL = "https://example.test/rest/client/61/programme/30122025/R3/C5/rapports-definitifs"


def pool(kind: str, *payments: tuple[str, str, int], **changes: Any) -> dict[str, Any]:
    rows = [
        {"libelle": label, "combinaison": combination, "dividendePourUnEuro": cents}
        for label, combination, cents in payments
    ]
    known = {"typePari": kind, "miseBase": 200, "rembourse": False, "rapports": rows}
    return known | changes


def read(*pools: dict[str, Any], url: str | None = URL) -> Reading:
    return read_dividends(json.dumps(pools).encode(), url=url)


def result(*pools: dict[str, Any]) -> Result:
    found = read(*pools).only_race().result
    assert found is not None
    return found


def only(kind: str, label: str, combination: str, cents: int = 1050) -> Dividend:
    (dividend,) = result(pool(kind, (label, combination, cents))).dividends
    return dividend


def test_identity_comes_from_the_address_and_the_order_stays_unknown():
    reading = read(pool("SIMPLE_GAGNANT", ("Simple gagnant", "4", 140)))
    race = reading.only_race()
    assert (reading.meetings[0].date, race.key) == (date(2025, 12, 30), "R3C5")
    assert race.status is RaceStatus.OFFICIAL
    assert race.result is not None
    assert (race.result.status, race.result.order) == (ResultStatus.OFFICIAL, ())


def test_identity_is_none_without_address_and_a_warning_says_so():
    reading = read(pool("SIMPLE_GAGNANT"), url=None)
    assert (reading.meetings[0].number, reading.only_race().key) == (None, None)
    assert any("--url" in warning for warning in reading.warnings)


def test_dividend_is_per_euro_in_euros():
    assert only("SIMPLE_PLACE", "Simple placé 4 à 7 partants", "4", 105) == Dividend(
        operator="pmu",
        bet="place",
        combination=(4,),
        per_euro=1.05,
        stake_base_eur=2.0,
        label="Simple placé 4 à 7 partants",
    )


@pytest.mark.parametrize(
    ("kind", "operator"), [("SIMPLE_GAGNANT", "pmu"), ("E_SIMPLE_GAGNANT", "pmu_fr")]
)
def test_shops_and_internet_pools_are_two_operators(kind: str, operator: str):
    dividend = only(kind, "Simple gagnant", "4")
    assert (dividend.operator, dividend.bet) == (operator, "win")


@pytest.mark.parametrize(
    ("kind", "label", "combination", "bet", "rank"),
    [
        ("COUPLE_GAGNANT", "Couplé gagnant", "5-3", "couple_win", None),
        ("COUPLE_PLACE", "Couplé placé", "5-3", "couple_place", None),
        ("COUPLE_ORDRE", "Couplé ordre", "5-3", "couple_order", None),
        ("TRIO", "Trio", "5-3-7", "trio", None),
        ("TRIO_ORDRE", "Trio ordre", "5-3-7", "trio_order", None),
        ("DEUX_SUR_QUATRE", "2sur4", "5-3", "two_of_four", None),
        ("MULTI", "Multi en 4", "5-3-7-10", "multi4", None),
        ("MULTI", "Multi en 7", "5-3-7-10", "multi7", None),
        ("MINI_MULTI", "Mini Multi en 6", "5-3-7-10", "mini_multi6", None),
        ("TIERCE", "Tiercé Ordre", "5-3-7", "tierce", "order"),
        ("TIERCE", "Tiercé Désordre", "5-3-7", "tierce", "any_order"),
        ("QUARTE_PLUS", "Quarté+ Ordre", "5-3-7-10", "quarte", "order"),
        ("QUARTE_PLUS", "Bonus", "5-3-7", "quarte", "bonus"),
        ("QUINTE_PLUS", "Quinté+ Désordre", "5-3-7-10-2", "quinte", "any_order"),
        ("QUINTE_PLUS", "Bonus 4", "5-3-7-10", "quinte", "bonus4"),
        ("QUINTE_PLUS", "Bonus 4sur5", "5-3-7-2", "quinte", "bonus4of5"),
        ("QUINTE_PLUS", "Bonus 3", "5-3-7", "quinte", "bonus3"),
        ("PICK5", "Pick5", "5-3-7-10-2", "pick5", None),
    ],
)
def test_bets_and_ranks(kind: str, label: str, combination: str, bet: str, rank: str | None):
    dividend = only(kind, label, combination)
    assert (dividend.bet, dividend.rank) == (bet, rank)
    assert dividend.combination == tuple(int(leg) for leg in combination.split("-"))


@pytest.mark.parametrize(
    ("kind", "label", "combination", "legs", "rank"),
    [
        ("COUPLE_GAGNANT", "Couplé Gagnant 1 NP", "5-NP", (5,), "1np"),
        ("DEUX_SUR_QUATRE", "2sur4 1 NP", "10-NP", (10,), "1np"),
        ("PICK5", "Pick5 2 NP", "5-3-7-NP-NP", (5, 3, 7), "2np"),
        ("TRIO", "Trio", "5-3-NP", (5, 3), "1np"),
    ],
)
def test_legs_without_runner_are_a_rank_of_their_own(
    kind: str, label: str, combination: str, legs: tuple[int, ...], rank: str
):
    dividend = only(kind, label, combination)
    assert (dividend.combination, dividend.rank) == (legs, rank)


def test_rank_that_nobody_won_is_named_and_pays_nothing():
    reading = read(pool("COUPLE_GAGNANT", ("Couplé Gagnant 1 NP", "5-NP", 0)))
    assert reading.only_race().result == Result(status=ResultStatus.OFFICIAL)
    assert reading.warnings == (
        "[0].rapports[0]: COUPLE_GAGNANT Couplé Gagnant 1 NP 5-NP: rank not won",
    )


@pytest.mark.parametrize(
    ("kind", "label", "combination"),
    [
        pytest.param("MULTI", "Multi", "5-3-7-10", id="multi of unknown size"),
        pytest.param("TRIO", "Trio", "5-X-7", id="a leg that is no number"),
        pytest.param("TRIO", "Trio", "", id="no combination"),
        pytest.param("QUINTE_PLUS", "Tirelire", "5-3-7-10-2", id="a rank nobody knows"),
        pytest.param("SUPER_QUATRE", "Super4", "5-3-7-10", id="a bet outside the catalogue"),
    ],
)
def test_unknown_payment_is_left_out_and_named(kind: str, label: str, combination: str):
    reading = read(pool(kind, (label, combination, 1050)))
    assert reading.only_race().result == Result(status=ResultStatus.OFFICIAL)
    assert [warning for warning in reading.warnings if kind in warning] != []


def test_refunded_pools_are_named_as_bets():
    refunded = [pool(kind, rembourse=True) for kind in ("TRIO", "E_TRIO", "MULTI")]
    found = result(pool("SIMPLE_GAGNANT", ("Simple gagnant", "4", 140)), *refunded)
    assert found.refunded == tuple(
        Refund(operator=operator, bet=bet)
        for operator, bet in (
            ("pmu", "trio"),
            ("pmu_fr", "trio"),
            *(("pmu", f"multi{legs}") for legs in (4, 5, 6, 7)),
        )
    )


@pytest.mark.parametrize("empty", [b"", b"[]"], ids=["204", "no pool yet"])
def test_dividends_not_yet_published_are_missing(empty: bytes):
    with pytest.raises(PageMissing):
        read_dividends(empty, url=URL)


@pytest.mark.parametrize("content", [b"<html>", b"{}", b"[1]", b'[{"rapports": []}]', b"3"])
def test_another_shape_is_a_changed_page(content: bytes):
    with pytest.raises(PageChanged):
        read_dividends(content, url=URL)
