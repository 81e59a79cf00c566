import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hippique.errors import PageChanged, PageMissing, WrongPage
from hippique.racing.card import Blinkers, Career, RaceStatus, Reading, Runner, Shoes
from hippique.racing.market import RunnerOdds
from hippique.racing.result import Result, ResultStatus
from hippique.sources.pmu import read_runners

URL = "https://example.test/rest/client/61/programme/30122025/R3/C5/participants"
AT_MS = 1_767_094_200_000  # 2025-12-30 11:30:00 UTC
AT = datetime(2025, 12, 30, 11, 30, tzinfo=UTC)
BEFORE_MS = AT_MS - 600_000
BEFORE = datetime(2025, 12, 30, 11, 20, tzinfo=UTC)
SHOPS, INTERNET = "SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT"


def quote(pool: str, odds: float, at_ms: int = AT_MS) -> dict[str, Any]:
    return {"typePari": pool, "rapport": odds, "dateRapport": at_ms}


def horse(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"numPmu": number, "nom": f"CHEVAL {number}", "statut": "PARTANT"} | changes


def read(*horses: dict[str, Any], url: str | None = URL) -> Reading:
    document = {"participants": list(horses), "ecuries": []}
    return read_runners(json.dumps(document).encode(), url=url)


def only_runner(**changes: Any) -> Runner:
    (runner,) = read(horse(**changes)).only_race().runners
    return runner


def only_result(*horses: dict[str, Any]) -> Result:
    result = read(*horses).only_race().result
    assert result is not None
    return result


def test_identity_comes_from_the_address():
    reading = read(horse())
    meeting, race = reading.meetings[0], reading.only_race()
    assert (meeting.number, meeting.date) == (3, date(2025, 12, 30))
    assert (race.number, race.key, race.url) == (5, "R3C5", URL.removesuffix("/participants"))


def test_identity_is_none_without_address_and_a_warning_says_so():
    reading = read(horse(), url=None)
    meeting, race = reading.meetings[0], reading.only_race()
    assert (meeting.number, meeting.date, race.number, race.key) == (None, None, None, None)
    assert any("--url" in warning for warning in reading.warnings)


def test_declared_counts_the_withdrawn_and_starters_do_not():
    race = read(horse(1), horse(2, statut="NON_PARTANT"), horse(3)).only_race()
    assert (race.declared, race.starters, race.status) == (3, 2, None)


def test_galloper_has_its_weight_in_kilos_and_a_trotter_none():
    assert only_runner(allure="GALOP", handicapPoids=585).weight_kg == 58.5
    assert only_runner(allure="TROT", handicapPoids=600).weight_kg is None


def test_without_a_gait_a_distance_of_its_own_tells_the_trotter():
    assert only_runner(handicapPoids=585).weight_kg == 58.5
    assert only_runner(handicapPoids=600, handicapDistance=2700).weight_kg is None


def test_earnings_come_in_cents():
    assert only_runner(gainsParticipant={"gainsCarriere": 7_256_100}).earnings_eur == 72_561


@pytest.mark.parametrize(
    ("counts", "career"),
    [
        ((16, 3, 3, 0), Career(starts=16, wins=3, places=6)),  # nombrePlaces is 8: paid places
        ((0, 0, 0, 0), Career(starts=0, wins=0, places=0)),
        ((16, 3, None, 0), Career(starts=16, wins=3)),
        ((16, 3, 3, None), Career(starts=16, wins=3)),
        ((None, 3, 3, 0), None),
        ((16, None, 3, 0), None),
        ((5, 3, 2, 1), None),  # six placed runs of five
        ((2, 3, None, None), None),
        ((-1, 0, 0, 0), None),
    ],
)
def test_a_career_counts_the_first_three_not_the_paid_places(counts, career):
    names = ("nombreCourses", "nombreVictoires", "nombrePlacesSecond", "nombrePlacesTroisieme")
    told = {name: count for name, count in zip(names, counts, strict=True) if count is not None}

    assert only_runner(nombrePlaces=8, **told).career == career


def test_a_career_that_contradicts_itself_is_named_in_a_warning():
    read_one = read(horse(nombreCourses=5, nombreVictoires=6))

    assert [w for w in read_one.warnings if "6 wins" in w] != []


def test_absent_facts_are_none():
    assert only_runner() == Runner(number=1, name="CHEVAL 1")


@pytest.mark.parametrize(
    ("code", "shoes"),
    [
        (None, None),
        ("DEFERRE_ANTERIEURS", Shoes.UNSHOD_FRONT),
        ("DEFERRE_POSTERIEURS", Shoes.UNSHOD_HIND),
        ("DEFERRE_ANTERIEURS_POSTERIEURS", Shoes.UNSHOD_FOUR),
        ("PROTEGE_ANTERIEURS", Shoes.PLATED_FRONT),
        ("PROTEGE_POSTERIEURS", Shoes.PLATED_HIND),
        ("PROTEGE_ANTERIEURS_POSTERIEURS", Shoes.PLATED_FOUR),
        ("PROTEGE_ANTERIEURS_DEFERRRE_POSTERIEURS", Shoes.UNSHOD_HIND),
        ("DEFERRE_ANTERIEURS_PROTEGE_POSTERIEURS", Shoes.UNSHOD_FRONT),
        ("REFERRE_ANTERIEURS_POSTERIEURS", Shoes.SHOD),
        ("SABOTS", None),
    ],
)
def test_shoes_codes(code: str | None, shoes: Shoes | None):
    assert only_runner(deferre=code).shoes is shoes


@pytest.mark.parametrize(
    ("code", "blinkers"),
    [
        (None, None),
        ("SANS_OEILLERES", Blinkers.NONE),
        ("OEILLERES_CLASSIQUE", Blinkers.STANDARD),
        ("OEILLERES_AUSTRALIENNES", Blinkers.AUSTRALIAN),
        ("OEILLERES_DE_BAL", None),
    ],
)
def test_blinkers_codes(code: str | None, blinkers: Blinkers | None):
    assert only_runner(oeilleres=code).blinkers is blinkers


@pytest.mark.parametrize("field", ["deferre", "oeilleres", "sexe", "statut"])
def test_unknown_code_is_named_in_a_warning(field: str):
    reading = read(horse(**{field: "JAMAIS_VU"}))
    assert [warning for warning in reading.warnings if "JAMAIS_VU" in warning] != []


def test_time_of_the_day_is_never_a_record():
    assert only_runner(reductionKilometrique=75200, tempsObtenu=160_000).record is None


def test_odds_carry_their_pool_and_their_own_instants():
    odds = only_runner(
        dernierRapportDirect=quote(INTERNET, 6.2),
        dernierRapportReference=quote(INTERNET, 7.7, BEFORE_MS),
    ).odds
    assert odds == RunnerOdds(
        pool=INTERNET, win=6.2, reference=7.7, stamp=AT, reference_stamp=BEFORE
    )


def test_reference_of_the_other_pool_is_left_out_with_a_warning():
    reading = read(
        horse(
            dernierRapportDirect=quote(INTERNET, 6.2),
            dernierRapportReference=quote(SHOPS, 7.7, BEFORE_MS),
        )
    )
    assert reading.only_race().runners[0].odds == RunnerOdds(pool=INTERNET, win=6.2, stamp=AT)
    assert [warning for warning in reading.warnings if SHOPS in warning] != []


def test_reference_alone_keeps_its_own_pool():
    odds = only_runner(dernierRapportReference=quote(SHOPS, 7.7)).odds
    assert odds == RunnerOdds(pool=SHOPS, reference=7.7, reference_stamp=AT)


@pytest.mark.parametrize("direct", [None, quote(SHOPS, 0), quote(SHOPS, 1), quote("TRIO", 5)])
def test_no_usable_odds_are_none(direct: dict[str, Any] | None):
    assert only_runner(dernierRapportDirect=direct).odds is None


@pytest.mark.parametrize(
    "mark", [{"statut": "NON_PARTANT"}, {"incident": "NON_PARTANT"}], ids=["state", "incident"]
)
def test_odds_left_on_a_withdrawn_horse_are_ignored(mark: dict[str, str]):
    runner = only_runner(dernierRapportDirect=quote(SHOPS, 6.2), **mark)
    assert (runner.non_runner, runner.odds) == (True, None)


def test_two_pools_in_one_race_are_reported():
    reading = read(
        horse(1, dernierRapportDirect=quote(SHOPS, 6)),
        horse(2, dernierRapportDirect=quote(INTERNET, 7)),
    )
    assert "odds of several pools in one race: E_SIMPLE_GAGNANT, SIMPLE_GAGNANT" in reading.warnings


def test_withdrawal_alone_is_no_result():
    assert read(horse(1), horse(2, incident="NON_PARTANT")).only_race().result is None


def test_order_in_the_participants_is_provisional_only():
    reading = read(
        horse(1, ordreArrivee=2, reductionKilometrique=75200),
        horse(2, ordreArrivee=1),
        horse(3, incident="DISQUALIFIE_POUR_ALLURE_IRREGULIERE"),
        horse(4, statut="NON_PARTANT"),
        horse(5, incident="ARRETE"),
    )
    assert reading.only_race().result == Result(
        status=ResultStatus.PROVISIONAL,
        order=((2,), (1,)),
        non_runners=(4,),
        disqualified=(3,),
        fallen=(5,),
    )
    assert reading.only_race().status is RaceStatus.PROVISIONAL
    assert "the race is run: its odds are closing odds" in reading.warnings


def test_equal_places_are_a_dead_heat():
    places = {1: 3, 2: 1, 3: 3, 4: 2, 5: 5}
    result = only_result(*(horse(n, ordreArrivee=place) for n, place in places.items()))
    assert result.order == ((2,), (4,), (1, 3), (5,))


def test_places_behind_a_gap_are_left_out():
    # The winner's row is missing: number 1 came second and must not be read as the winner.
    assert only_result(horse(1, ordreArrivee=2), horse(2, ordreArrivee=3)).order == ()


@pytest.mark.parametrize(
    "silks",
    ["/casaques/31122025/R3/C5/P1.png", "/casaques/30122025/R4/C5/P1.png"],
    ids=["another day", "another meeting"],
)
def test_silks_of_another_race_are_the_wrong_page(silks: str):
    with pytest.raises(WrongPage):
        read(horse(urlCasaque=f"https://example.test{silks}"))


def test_race_without_runners_is_missing():
    with pytest.raises(PageMissing):
        read()


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="no participants"),
        pytest.param({"participants": None}, id="null participants"),
        pytest.param({"participants": [1]}, id="a row that is no horse"),
        pytest.param({"participants": [{"nom": "X"}]}, id="a horse without number"),
        pytest.param({"participants": [{"numPmu": 2}, {"numPmu": 2}]}, id="one number twice"),
        pytest.param({"participants": [{"numPmu": 2, "ordreArrivee": "er"}]}, id="a worded place"),
    ],
)
def test_another_shape_is_a_changed_page(document: dict[str, Any]):
    with pytest.raises(PageChanged):
        read_runners(json.dumps(document).encode(), url=URL)
