"""The simulated sites over WSGI: addresses, headers, encodings, what is missing and what fails."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import httpx
import pytest

from hippique.racecourse import geny, zeturf
from hippique.racecourse.app import make_app
from hippique.racecourse.draw import draw_day
from hippique.racing.times import paris_at

DAY = draw_day(date(2026, 6, 7), 4, 3)
RACE = DAY.french_races()[0]
PMU = "/pmu/rest/client/61/programme/07062026"
PMU_RACE = f"{PMU}/R{RACE.key.meeting}/C{RACE.key.race}"
ZETURF_RACE = f"/zeturf{zeturf.race_uri(RACE)}"
GENY_RACE = f"/geny{geny.race_path(RACE)}"
GENY_RESULT = f"/geny{geny.race_path(RACE, 'arrivee-et-rapports-pmu')}"
PAGES = (
    "/zeturf/fr/programmes-et-pronostics",
    ZETURF_RACE,
    "/geny/reunions-courses-pmu?date=2026-06-07",
    GENY_RACE,
    GENY_RESULT,
)
DOCUMENTS = (
    "/clock",
    PMU,
    f"{PMU}/R{RACE.key.meeting}",
    PMU_RACE,
    f"{PMU_RACE}/participants",
    f"/truth/{RACE.id.day}/{RACE.key}",
)


class StoppedClock:
    """Race time that stands where it was set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def visitor(now: datetime, **options: object) -> httpx.Client:
    app = make_app(DAY, StoppedClock(now), **options)
    return httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1")


MORNING = visitor(paris_at(DAY.day, 9))
OPEN = visitor(RACE.off_time - timedelta(minutes=5))
AFTER = visitor(RACE.official_at)


@pytest.mark.parametrize("path", [*PAGES, *DOCUMENTS])
def test_every_answer_says_that_it_is_simulated(path):
    reply = OPEN.get(path)
    assert reply.status_code == 200
    assert reply.headers["x-simulated"] == "true"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_simulated_in_its_title_and_in_a_banner(path):
    reply = OPEN.get(path)
    text = reply.content.decode("cp1252" if "/geny/" in path else "utf-8")
    title = text.split("<title>")[1].split("</title>")[0]
    assert title.endswith("SIMULÉ")
    assert "<strong>SIMULÉ</strong>" in text.split("<body")[1]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_json_object_carries_simulated(path):
    assert OPEN.get(path).json()["simulated"] is True


def test_the_clock_tells_race_time_date_seed_and_speed():
    reply = visitor(paris_at(DAY.day, 8, 50), speed=60).get("/clock").json()
    assert reply == {
        "now": "2026-06-07T08:50:00+02:00",
        "speed": 60,
        "date": "2026-06-07",
        "seed": 4,
        "simulated": True,
    }


def test_robots_txt_allows_what_is_served():
    reply = OPEN.get("/robots.txt")
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.text == "User-agent: *\nAllow: /\n"


def test_geny_pages_are_cp1252_under_a_header_that_browsers_read_so():
    reply = OPEN.get(GENY_RACE)
    assert reply.headers["content-type"] == "text/html;charset=ISO-8859-1"
    assert "Entraîneur" in reply.content.decode("cp1252")
    with pytest.raises(UnicodeDecodeError):
        reply.content.decode("utf-8")


def test_links_are_site_absolute_without_the_prefix_of_the_simulation():
    text = OPEN.get(ZETURF_RACE).text
    assert 'href="/fr/course/2026-06-07/' in text
    assert "/zeturf/" not in text


@pytest.mark.parametrize(
    "path",
    [
        f"/zeturf/fr/course/2026-06-07/{RACE.key}",  # no slug
        "/zeturf/fr/course/2026-06-07/R77C1-nulle-part",
        f"/zeturf/fr/course/2026-06-08/{RACE.key}-un-autre-jour",
    ],
)
def test_zeturf_answers_200_with_a_soft_404(path):
    reply = OPEN.get(path)
    assert reply.status_code == 200
    assert "<title>Contenu non disponible" in reply.text
    assert 'id="mon-compte"' in reply.text


def test_zeturf_ignores_the_words_of_the_slug():
    assert OPEN.get(f"/zeturf/fr/course/2026-06-07/{RACE.key}-x").text == OPEN.get(ZETURF_RACE).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 404),
        ("/zeturf/fr/rien", 404),
        ("/geny/reunions-courses-pmu?date=2026-06-08", 404),
        ("/geny/partants-pmu/2026-06-07-x-pmu-y_c1", 404),
        ("/pmu/rest/client/61/programme/08062026", 204),
        (f"{PMU}/R99", 404),
        (f"{PMU}/R1/C99/participants", 404),
        (f"{PMU_RACE}/rapports-definitifs", 204),  # before the official result
        ("/truth/2026-06-07/R99C1", 404),
    ],
)
def test_what_does_not_exist_answers_as_the_real_sites_do(path, status):
    assert OPEN.get(path).status_code == status


def test_only_get_and_head_are_answered():
    assert OPEN.post("/clock").status_code == 405
    head = OPEN.head("/clock")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("late_s", [-1, 0], ids=["before the off", "after it"])
def test_the_strip_of_races_holds_a_placeholder_until_the_actual_off_is_known(late_s):
    programme = visitor(RACE.actual_off + timedelta(seconds=late_s)).get(PAGES[0]).text
    (line,) = [line for line in programme.splitlines() if zeturf.race_uri(RACE) in line]
    times = [int(part.split('"')[1]) for part in line.split("data-")[1:3]]
    off, actual = int(RACE.off_time.timestamp()), int(RACE.actual_off.timestamp())

    assert times == [off + 600 if late_s else actual, off]


def test_hostile_names_are_escaped_in_html_and_plain_in_json():
    race = next(r for r in DAY.races() if any("<b>" in e.name for e in r.entries))
    page = OPEN.get(f"/zeturf{zeturf.race_uri(race)}").text
    assert "<b>GRAS" not in page
    assert "&lt;b&gt;GRAS&lt;/b&gt; DU VALLON" in page
    path = f"{PMU}/R{race.key.meeting}/C{race.key.race}/participants"
    names = [runner["nom"] for runner in OPEN.get(path).json()["participants"]]
    assert "<b>GRAS</b> DU VALLON" in names


def test_no_page_before_the_off_tells_how_the_race_will_end():
    # Two races that differ in nothing but their finish give the same pages until the end.
    swapped = replace(RACE.finish, order=RACE.finish.order[::-1])
    other = replace(RACE, finish=swapped)
    for now in (RACE.morning_at, RACE.off_time - timedelta(minutes=5), RACE.actual_off):
        assert zeturf.race_page(DAY, RACE, now) == zeturf.race_page(DAY, other, now)
        assert geny.result_page(RACE, now) == geny.result_page(other, now)


def test_the_internet_offer_has_its_own_pool():
    shop = OPEN.get(f"{PMU_RACE}/participants").json()["participants"][0]
    internet = OPEN.get(f"{PMU_RACE}/participants?specialisation=INTERNET").json()
    price = internet["participants"][0]["dernierRapportDirect"]
    assert shop["dernierRapportDirect"]["typePari"] == "SIMPLE_GAGNANT"
    assert price["typePari"] == "E_SIMPLE_GAGNANT"


def test_dividends_appear_with_the_official_result():
    path = f"{PMU_RACE}/rapports-definitifs"
    just_before = visitor(RACE.official_at - timedelta(seconds=1))
    assert just_before.get(path).status_code == 204
    assert {row["typePari"] for row in AFTER.get(path).json()} >= {"SIMPLE_GAGNANT", "SIMPLE_PLACE"}


def test_the_same_request_at_the_same_instant_gives_the_same_bytes():
    # A second draw, asked in another order, with other pages before.
    twin = draw_day(DAY.day, DAY.seed, 3)
    now = RACE.official_at
    app = make_app(twin, StoppedClock(now))
    client = httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1")
    asked = [*PAGES, *DOCUMENTS, f"{PMU_RACE}/rapports-definitifs"]
    first = {path: AFTER.get(path).content for path in asked}
    second = {path: client.get(path).content for path in reversed(asked)}
    assert first == second


def test_the_truth_sums_to_one_over_the_starters():
    runners = MORNING.get(f"/truth/{RACE.id.day}/{RACE.key}").json()["runners"]
    assert sum(runner["p_win"] for runner in runners) == pytest.approx(1)
    assert len(runners) == len(RACE.starters(paris_at(DAY.day, 9)))


def test_odds_of_a_page_are_numbers_or_false_never_null_or_zero():
    line = next(line for line in OPEN.get(ZETURF_RACE).text.splitlines() if "cotesInfos" in line)
    odds = json.loads(line.split("cotesInfos: ", 1)[1])
    cells = [cell for n, row in odds.items() if n.isdigit() for cell in row["odds"].values()]
    assert cells
    assert all(cell is False or cell >= 1.1 for cell in cells)
