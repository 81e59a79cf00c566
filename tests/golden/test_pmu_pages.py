"""Kept PMU answers against their expected readings, and captures of a whole day against each other.

The answers lie outside the repository. Expected readings are facts: checked by eye against the
answers. Counts of the day's captures were taken from the raw JSON, not from our readers.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hippique.racing.card import Race, RaceStatus, Reading
from hippique.racing.codec import to_builtins
from hippique.racing.result import ResultStatus
from hippique.sources.pmu import read_dividends, read_programme, read_runners
from material import material

EXPECTED = Path(__file__).parent / "pmu"
API = "https://online.turfinfo.api.pmu.fr/rest/client/61/programme"
DAY = "pages/pmu/day_2025-12-30"
EVENING = f"{DAY}/courses_2025-12-30_1767134715.json.gz"
NOON = f"{DAY}/courses_2025-12-30_1767091515.json.gz"

PAGES = [
    (read_programme, "dokor_response_programme_01012024_R1", f"{API}/01012024/R1"),
    (read_programme, "dokor_response_programme_01012024_R1_C1", f"{API}/01012024/R1/C1"),
    (
        read_runners,
        "dokor_response_programme_01012024_R1_C1_participants",
        f"{API}/01012024/R1/C1/participants",
    ),
    (
        read_runners,
        "pascal66_participants-08042026-3-2",
        f"{API}/08042026/R3/C2/participants?specialisation=INTERNET",
    ),
    (read_programme, "pascal66_programmes-02042026", f"{API}/02042026"),
    (read_programme, "turfia_pmu_programme_echantillon", f"{API}/07072026"),
    (read_runners, "turfia_pmu_participants_echantillon", None),
    (read_dividends, "turfia_pmu_rapports_couple_2sur4_echantillon", None),
    (read_dividends, "turfia_pmu_rapports_definitifs_echantillon", None),
    (
        read_dividends,
        "turfia_pmu_rapports_quinte_echantillon",
        f"{API}/07072026/R1/C4/rapports-definitifs",
    ),
]


@pytest.mark.parametrize(("reader", "name", "url"), PAGES, ids=[name for _, name, _ in PAGES])
def test_kept_answer_gives_its_expected_reading(reader: Any, name: str, url: str | None):
    body = material(f"pages/pmu/{name}.json").read_bytes()
    expected = json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))
    assert to_builtins(reader(body, url=url)) == expected


def unwrapped(relative: str) -> Any:
    with gzip.open(material(relative)) as file:
        (wrap,) = json.load(file)
    return wrap


def programme(relative: str) -> Reading:
    return read_programme(json.dumps(unwrapped(relative)).encode(), url=f"{API}/30122025")


def races(reading: Reading) -> dict[str, Race]:
    return {str(race.key): race for meeting in reading.meetings for race in meeting.races}


@pytest.mark.parametrize(
    ("relative", "statuses", "official"),
    [
        # 13:05 in Paris: two races run at Son Pardo, one of them not yet definitive.
        pytest.param(NOON, {"open": 47, "official": 1, "provisional": 1}, ["R2C1"], id="noon"),
        pytest.param(EVENING, {"official": 49}, None, id="evening"),
    ],
)
def test_statuses_of_a_day_programme(
    relative: str, statuses: dict[str, int], official: list[str] | None
):
    read = races(programme(relative))
    found = [str(race.status) for race in read.values()]
    assert {status: found.count(status) for status in set(found)} == statuses
    settled = [key for key, race in read.items() if race.status is RaceStatus.OFFICIAL]
    assert official is None or settled == official
    assert all(
        race.result is not None and race.result.status is ResultStatus.OFFICIAL
        for race in read.values()
        if race.status is RaceStatus.OFFICIAL
    )


def test_dead_heats_of_the_evening_programme():
    # The site writes [[6], [7], [11], [3, 4], [10, 12], …] for R1C7 and [4, 11] in R4C3.
    found = {
        key: [place for place in race.result.order if len(place) > 1]
        for key, race in races(programme(EVENING)).items()
        if race.result is not None and any(len(place) > 1 for place in race.result.order)
    }
    assert found == {"R1C7": [(3, 4), (10, 12)], "R4C3": [(4, 11)]}


def test_orders_agree_with_the_third_partys_results():
    # Its list keeps one horse of each place (a dead heat loses the others) and lacks R6C10.
    read = races(programme(EVENING))
    listed = {
        f"{row['reunion']}{row['course']}": row["arrivee"]
        for row in unwrapped(f"{DAY}/resultats_2025-12-30_1767133265.json.gz")["courses"]
        if row["arrivee"]
    }
    assert len(listed) == 48
    assert listed == {key: heads(read[key]) for key in listed}


def heads(race: Race) -> list[int]:
    assert race.result is not None
    return [place[0] for place in race.result.order]


CAPTURES = json.loads((EXPECTED / "day_2025-12-30_participants.json").read_text(encoding="utf-8"))


def day_runners(capture: str) -> dict[str, Race]:
    """All races of a capture; the wrap keeps the programme's order of races, not their names."""
    keys = list(races(programme(EVENING)))
    documents = unwrapped(f"{DAY}/participants_2025-12-30_{capture}.json.gz")["courses"]
    assert len(documents) == len(keys)
    return {
        key: read_runners(json.dumps(document).encode(), url=race_url(key)).only_race()
        for key, document in zip(keys, documents, strict=True)
    }


def race_url(key: str) -> str:
    meeting, _, race = key.partition("C")
    return f"{API}/30122025/{meeting}/C{race}/participants"


@pytest.mark.parametrize("capture", sorted(CAPTURES))
def test_participants_of_a_whole_day(capture: str):
    read = day_runners(capture).values()
    runners = [runner for race in read for runner in race.runners]
    priced = [runner for runner in runners if runner.odds is not None]
    counted = {
        "races": len(read),
        "runners": len(runners),
        "non_runners": sum(runner.non_runner for runner in runners),
        "win_odds": sum(runner.odds.win is not None for runner in priced if runner.odds),
        "reference_odds": sum(
            runner.odds.reference is not None for runner in priced if runner.odds
        ),
        "placed": sum(len(place) for race in read if race.result for place in race.result.order),
        "coupled": sum(runner.coupling is not None for runner in runners),
        "weighed": sum(runner.weight_kg is not None for runner in runners),
    }
    assert counted == CAPTURES[capture]
    assert {runner.odds.pool for runner in priced if runner.odds} == {"SIMPLE_GAGNANT"}


# After an inquiry the programme keeps three places; the participants tell all eight.
CUT_SHORT = "R7C1"


def test_official_order_cut_short_is_named():
    read = programme(EVENING)
    result = races(read)[CUT_SHORT].result
    assert result is not None
    assert result.order == ((13,), (14,), (4,))
    assert [warning for warning in read.warnings if "9 of 14 declared" in warning] != []


def test_participants_and_programme_tell_the_same_order():
    programmed = races(programme(EVENING))
    for key, race in day_runners("1767134722").items():
        result, official = race.result, programmed[key].result
        if result is None or official is None:
            continue
        told = len(official.order) if key == CUT_SHORT else len(result.order)
        assert [set(place) for place in result.order[:told]] == [set(p) for p in official.order]
        assert set(result.disqualified) == set(official.disqualified), key
        assert result.status is ResultStatus.PROVISIONAL
