"""Which pages each site has for a day and a race; and that a page of another race is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from random import Random

import httpx
import pytest

from hippique.errors import InputError, PageMissing, SourceRefused, WrongPage
from hippique.ports import Page, PageKind, PageRequest, RaceRef, Source
from hippique.racing.card import Meeting, Race, RaceId, Reading
from hippique.sources.addresses import SiteAddresses, site_addresses
from hippique.sources.client import Habits, PoliteClient
from hippique.sources.exchange import Pulse
from hippique.sources.reading import READERS, check_identity, read_page
from hippique.sources.sites import site_sources
from material import material
from stepped_time import START, StepClock

DAY = date(2025, 11, 20)
RACE = RaceId.parse("2025-11-20/R1C5")
ROOT = "http://127.0.0.1:8090"
SIMULATED = site_addresses(racecourse=ROOT)
ZETURF_LINK = "/fr/course/2025-11-20/R1C5-vincennes-prix-de-picardie"
GENY_LINK = "/partants-pmu/2025-11-20-vincennes-pmu-prix-de-picardie_c1600000"
PMU_RACE = "/rest/client/61/programme/20112025/R1/C5"
GENY_NEW = "/course/1600000-2025-11-20-vincennes-prix-de-picardie"

Answer = Callable[[httpx.Request], httpx.Response]


def nothing(_: httpx.Request) -> httpx.Response:
    return httpx.Response(404)


def sources(sites: SiteAddresses | None = None, answer: Answer = nothing) -> dict[str, Source]:
    known = sites or SiteAddresses()
    chance = Random(7)  # noqa: S311  jitter of back-off, no secret
    pulse = Pulse(clock=StepClock(), monotonic=lambda: 0.0, chance=chance)
    client = PoliteClient(
        known, Habits(user_agent="test"), pulse, transport=httpx.MockTransport(answer)
    )
    return {source.name: source for source in site_sources(known, client)}


def told(requests: tuple[PageRequest, ...]) -> list[tuple[str, str]]:
    return [(request.kind.value, request.url) for request in requests]


def ref(**urls: str) -> RaceRef:
    return RaceRef(race=RACE, urls=urls)


def reading_of(*meetings: Meeting) -> Reading:
    return Reading(source="zeturf", page="race", meetings=meetings)


def meeting_of(day: date | None, number: int | None, *races: int | None) -> Meeting:
    return Meeting(date=day, number=number, races=tuple(Race(number=race) for race in races))


def race_request(race: RaceId = RACE, url: str = "https://www.zeturf.fr/x") -> PageRequest:
    return PageRequest(kind=PageKind.ZETURF_RACE, url=url, day=race.day, race=race)


def programme_request(day: date = DAY) -> PageRequest:
    return PageRequest(kind=PageKind.ZETURF_PROGRAMME, url="https://www.zeturf.fr/x", day=day)


@pytest.mark.parametrize(
    ("site", "kind", "url"),
    [
        ("zeturf", "zeturf-programme", "https://www.zeturf.fr/fr/programmes-et-pronostics"),
        ("geny", "geny-programme", "https://www.geny.com/reunions-courses-pmu?date=2025-11-20"),
        (
            "pmu",
            "pmu-programme",
            "https://online.turfinfo.api.pmu.fr/rest/client/61/programme/20112025",
        ),
    ],
)
def test_programme_of_a_day_lies_where_the_site_keeps_it(site, kind, url):
    (request,) = sources()[site].programme(DAY)

    assert (request.kind.value, request.url) == (kind, url)
    assert (request.day, request.race) == (DAY, None)


@pytest.mark.parametrize(
    "link",
    [
        ZETURF_LINK,
        f"{ZETURF_LINK}?prefill=39",
        f"{ZETURF_LINK}/12",
        f"https://www.zeturf.fr{ZETURF_LINK}",
        f"https://www.zeturf.fr{ZETURF_LINK}/12?prefill=39#top",
    ],
)
def test_zeturf_shows_runners_and_result_on_one_page_without_ticket_and_runner(link):
    zeturf = sources()["zeturf"]
    page = [("zeturf-race", f"https://www.zeturf.fr{ZETURF_LINK}")]

    assert told(zeturf.card(ref(zeturf=link))) == page
    assert told(zeturf.result(ref(zeturf=link))) == page


@pytest.mark.parametrize(
    ("link", "card", "result"),
    [
        (GENY_LINK, GENY_LINK, GENY_LINK.replace("partants", "arrivee-et-rapports", 1)),
        (
            GENY_LINK.replace("partants-pmu", "arrivee-et-rapports-pmh"),
            GENY_LINK.replace("partants-pmu", "partants-pmh"),
            GENY_LINK.replace("partants-pmu", "arrivee-et-rapports-pmh"),
        ),
        (
            f"{GENY_NEW}/partants-pronostics",
            f"{GENY_NEW}/partants-pronostics",
            f"{GENY_NEW}/arrivee-rapports",
        ),
    ],
    ids=["pmu", "pmh, linked by its arrival", "new site"],
)
def test_geny_shows_runners_and_result_in_two_views_of_one_race(link, card, result):
    geny = sources()["geny"]

    assert told(geny.card(ref(geny=link))) == [("geny-race", f"https://www.geny.com{card}")]
    assert told(geny.result(ref(geny=link))) == [("geny-result", f"https://www.geny.com{result}")]


def test_pmu_pages_follow_from_the_race_and_ask_for_the_internet_pool():
    pmu, base = sources()["pmu"], "https://online.turfinfo.api.pmu.fr"

    assert told(pmu.card(ref())) == [
        ("pmu-runners", f"{base}{PMU_RACE}/participants?specialisation=INTERNET")
    ]
    assert told(pmu.result(ref())) == [
        ("pmu-programme", f"{base}{PMU_RACE}"),
        ("pmu-dividends", f"{base}{PMU_RACE}/rapports-definitifs?specialisation=INTERNET"),
    ]


@pytest.mark.parametrize("site", ["zeturf", "geny"])
def test_site_without_the_race_has_no_page_of_it(site):
    source = sources()[site]

    assert source.card(ref()) == ()
    assert source.result(ref()) == ()


def test_pages_of_a_simulated_racecourse_lie_below_its_prefixes():
    urls = ref(zeturf=f"/zeturf{ZETURF_LINK}", geny=GENY_LINK)

    found = [request.url for source in sources(SIMULATED).values() for request in source.card(urls)]

    assert found == [
        f"{ROOT}/zeturf{ZETURF_LINK}",
        f"{ROOT}/geny{GENY_LINK}",
        f"{ROOT}/pmu{PMU_RACE}/participants?specialisation=INTERNET",
    ]


def test_fetched_page_keeps_its_request_its_body_and_the_race_time():
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if "programmes" in request.url.path else 404, text="page")

    zeturf = sources(SIMULATED, answer)["zeturf"]
    (request,) = zeturf.programme(DAY)
    page = zeturf.fetch(request)

    assert (page.request, page.body) == (request, b"page")
    assert page.taken_at > START  # the turn after robots.txt
    assert page.content_type == "text/plain; charset=utf-8"


def test_page_that_the_site_does_not_have_is_missing():
    pmu = sources(SIMULATED)["pmu"]

    with pytest.raises(PageMissing):
        pmu.fetch(pmu.card(ref())[0])


def test_live_link_in_a_simulated_plan_is_not_fetched():
    zeturf = sources(SIMULATED)["zeturf"]
    (request,) = zeturf.card(ref(zeturf=f"https://www.zeturf.fr{ZETURF_LINK}"))

    with pytest.raises(SourceRefused):
        zeturf.fetch(request)


# --- identity --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "meeting",
    [
        meeting_of(DAY, 1, 5),
        meeting_of(DAY, 1, 4, 5, 6),
        meeting_of(None, 1, 5),
        meeting_of(DAY, None, 5),
        meeting_of(DAY, None, None),
        meeting_of(DAY, 1),
    ],
)
def test_reading_that_does_not_contradict_the_race_is_accepted(meeting):
    check_identity(reading_of(meeting), race_request())


@pytest.mark.parametrize(
    "meeting",
    [
        meeting_of(DAY, 1, 6),
        meeting_of(DAY, 2, 5),
        meeting_of(date(2025, 11, 21), 1, 5),
        meeting_of(date(2025, 11, 21), None, None),
        meeting_of(None, None, 6),
    ],
)
def test_reading_of_another_race_is_the_wrong_page(meeting):
    with pytest.raises(WrongPage, match="asked for 2025-11-20/R1C5"):
        check_identity(reading_of(meeting), race_request())


@pytest.mark.parametrize("days", [[], [20], [20, 21, 22], [19, 21]])
def test_programme_that_covers_the_day_is_accepted(days):
    meetings = [meeting_of(date(2025, 11, day), 1) for day in days]

    check_identity(reading_of(*meetings), programme_request())


@pytest.mark.parametrize("days", [[19], [21, 22]])
def test_programme_of_other_days_is_the_wrong_page(days):
    meetings = [meeting_of(date(2025, 11, day), 1) for day in days]

    with pytest.raises(WrongPage, match="asked for 2025-11-20"):
        check_identity(reading_of(*meetings), programme_request())


@pytest.mark.parametrize(
    ("race", "is_right"),
    [("2026-01-18/R5C6", True), ("2026-01-18/R5C7", False), ("2026-01-19/R5C6", False)],
)
def test_real_race_page_is_accepted_for_its_own_race_only(race, is_right):
    body = material("pages/zeturf/race_2026-01-18_R5C6.html").read_bytes()
    page = Page(request=race_request(RaceId.parse(race)), body=body, taken_at=START)
    zeturf = sources()["zeturf"]

    if is_right:
        assert zeturf.read(page).only_race().key == "R5C6"
    else:
        with pytest.raises(WrongPage):
            zeturf.read(page)


# --- readers ---------------------------------------------------------------------------------


def test_every_kind_of_page_of_a_site_has_its_reader():
    of_sites = {kind for kind in PageKind if not kind.startswith("recorded")}

    assert set(READERS) == of_sites


def test_recorded_tables_are_no_page_of_a_site():
    with pytest.raises(InputError, match="choose one of zeturf-programme"):
        read_page(PageKind.RECORDED_RACE, b"")


def test_identity_of_pmu_runners_comes_from_their_address():
    runner = {"numPmu": 1, "nom": "ETOILE DU SOIR", "statut": "PARTANT"}
    body = json.dumps({"participants": [runner]}).encode()

    reading = read_page(PageKind.PMU_RUNNERS, body, url=f"{ROOT}/pmu{PMU_RACE}/participants")

    assert reading.only_race().key == "R1C5"
    assert reading.meetings[0].date == DAY
