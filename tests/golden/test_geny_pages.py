"""Real Geny pages against their expected readings.

The pages lie outside the repository. Expected readings are facts: each runner, place and dividend
was compared with the page's own text, not taken from our reader.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from hippique.errors import PageChanged, PageMissing, WrongPage
from hippique.racing.codec import to_builtins
from hippique.sources.geny import read_programme, read_race, read_result, read_url
from material import material

EXPECTED = Path(__file__).parent / "geny"
SITE = "https://www.geny.com"

STEEPLE = "partants_2024-09-02_craon_steeple_c1515849"
STEEPLE_URL = f"{SITE}/partants-pmh/2024-09-02-craon-pmu-prix-lesieur-prix-courant-d-air_c1515849"
TROT = "partants_2024-08-26_vincennes_trot_c1514560_utf8-damaged"
ARRIVAL = "arrivee_2024-09-02_craon_quinte-trot_c1515922"
PAGES = [
    (read_race, f"{STEEPLE}.html", STEEPLE_URL),
    (read_race, f"{TROT}.html", None),
    (read_result, f"{ARRIVAL}.html", f"{SITE}/arrivee-et-rapports-pmh?id_course=1515922"),
    (read_result, "transcribed/geny_arrivee_2026-06-27_enghien_R1C2_c1663078_excerpt.html", None),
    (read_race, "transcribed/genybet_2026-10-02_c1688155_obstacle_partants_rows3-5.html", None),
    (read_race, "transcribed/genybet_2026-10-02_c1688204_trot_partants_rows1-2.html", None),
    (read_race, "transcribed/geny_api-turf-course_1671089_partants_testfixture.json", None),
]


def body_of(name: str) -> bytes:
    return material(f"pages/geny/{name}").read_bytes()


@pytest.mark.parametrize(("reader", "name", "url"), PAGES, ids=[Path(n).stem for _, n, _ in PAGES])
def test_real_page_gives_its_expected_reading(reader: Any, name: str, url: str | None):
    expected = json.loads((EXPECTED / f"{Path(name).stem}.json").read_text(encoding="utf-8"))
    assert to_builtins(reader(body_of(name), url=url)) == expected


@pytest.mark.parametrize("reader", [read_programme, read_race, read_result])
def test_real_error_page_is_missing(reader: Any):
    with pytest.raises(PageMissing):
        reader(body_of("error404_reunions-courses-pmu.html"))


@pytest.mark.parametrize(
    "name",
    [
        "transcribed/geny_horse_page_2026-08_cards_testfixture.html",
        "transcribed/geny_api-turf-cheval_2709650_jabalpur_2026-07_testfixture.json",
        f"{ARRIVAL}.html",
    ],
)
def test_page_of_another_kind_has_no_runners(name: str):
    with pytest.raises(PageChanged):
        read_race(body_of(name))


@pytest.mark.parametrize(
    ("reader", "name", "url"),
    [
        (read_race, f"{STEEPLE}.html", STEEPLE_URL.replace("1515849", "1515850")),
        (read_race, f"{STEEPLE}.html", STEEPLE_URL.replace("2024-09-02", "2024-09-03")),
        (read_result, f"{ARRIVAL}.html", f"{SITE}/arrivee-et-rapports-pmh?id_course=1515849"),
        (
            read_race,
            "transcribed/genybet_2026-10-02_c1688204_trot_partants_rows1-2.html",
            "https://www.genybet.fr/courses/partants-pronostics/1688155",
        ),
    ],
)
def test_real_page_of_another_race_is_refused(reader: Any, name: str, url: str):
    with pytest.raises(WrongPage):
        reader(body_of(name), url=url)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(
    ("reader", "name"), [(read_race, STEEPLE), (read_result, ARRIVAL)], ids=["runners", "arrival"]
)
def test_real_page_cut_short_is_refused(reader: Any, name: str, share: float):
    body = body_of(f"{name}.html")
    with pytest.raises(PageChanged, match="cut short"):
        reader(body[: int(len(body) * share)])


def test_every_real_address_is_read():
    lines = material("pages/geny/urls_partants.txt").read_text(encoding="utf-8").split()
    read = [read_url(url) for url in lines]
    rebuilt = [
        f"{SITE}/partants-pmu/{one.day}-{one.track}-pmu-{one.prize}_c{one.race_id}" for one in read
    ]
    assert len(lines) == 214
    assert rebuilt == lines


def test_pmu_quinte_amounts_are_printed_for_two_euros():
    # A dividend per 1 € has whole tenths; each printed amount of the quinté is twice one.
    result = read_result(body_of(f"{ARRIVAL}.html")).only_race().result
    assert result is not None
    doubled = [
        round(one.per_euro * 20) % 2
        for one in result.dividends
        if one.bet == "quinte" and one.operator in {"pmu", "pmu_fr"}
    ]
    assert doubled == [0] * 8
