"""Faults of the sites: refused, failing, slow, changed, cut, and naming the wrong horses."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import httpx
import pytest

from hippique.errors import InputError, PageChanged
from hippique.racecourse import geny as geny_pages
from hippique.racecourse import zeturf as zeturf_pages
from hippique.racecourse.app import PAUSE, make_app
from hippique.racecourse.draw import draw_day
from hippique.racecourse.faults.file import parse_faults
from hippique.racecourse.faults.instants import by_off
from hippique.racecourse.server import serve
from hippique.racing.times import paris_at
from hippique.sources import geny, pmu, zeturf

DAY = draw_day(date(2026, 6, 7), 4, 3)
RACE = by_off(DAY)[0]
NOW = RACE.off_time - timedelta(minutes=5)
ALL_DAY = {"since": "08:00", "until": "26:00"}
PMU = "/pmu/rest/client/61/programme/07062026"
PMU_RACE = f"{PMU}/R{RACE.key.meeting}/C{RACE.key.race}"
ZETURF_RACE = f"/zeturf{zeturf_pages.race_uri(RACE)}"
GENY_RACE = f"/geny{geny_pages.race_path(RACE)}"
GENY_RESULT = f"/geny{geny_pages.race_path(RACE, 'arrivee-et-rapports-pmu')}"
PAGES = {
    ("zeturf", "programme"): ("/zeturf/fr/programmes-et-pronostics", zeturf.read_programme),
    ("zeturf", "runners"): (ZETURF_RACE, zeturf.read_race),
    ("zeturf", "odds"): (ZETURF_RACE, zeturf.read_race),
    ("zeturf", "result"): (ZETURF_RACE, zeturf.read_race),
    ("geny", "programme"): ("/geny/reunions-courses-pmu", geny.read_programme),
    ("geny", "runners"): (GENY_RACE, geny.read_race),
    ("geny", "odds"): (GENY_RACE, geny.read_race),
    ("geny", "result"): (GENY_RESULT, geny.read_result),
    ("pmu", "programme"): (PMU, pmu.read_programme),
    ("pmu", "runners"): (f"{PMU_RACE}/participants", pmu.read_runners),
}


class StoppedClock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def app(now=NOW, **tables: object):
    return make_app(DAY, StoppedClock(now), faults=parse_faults(tables, name="faults"))


def visitor(now=NOW, **tables: object):
    transport = httpx.WSGITransport(app=app(now, **tables))
    return httpx.Client(transport=transport, base_url="http://127.0.0.1")


def test_a_site_is_down_in_its_window_and_the_others_are_not():
    outage = {"site": "geny", "since": "10:00", "until": "11:00", "status": 429}
    tables = {"outages": [outage | {"retry_after_s": 90}]}
    hit = visitor(paris_at(DAY.day, 10, 30), **tables)

    reply = hit.get(GENY_RACE)

    assert (reply.status_code, reply.headers["retry-after"]) == (429, "90")
    assert reply.headers["x-simulated"] == "true"
    assert hit.get(ZETURF_RACE).status_code == hit.get("/clock").status_code == 200
    assert visitor(paris_at(DAY.day, 11), **tables).get(GENY_RACE).status_code == 200


@pytest.mark.parametrize("site_part", PAGES, ids=" ".join)
def test_a_renamed_part_is_a_changed_page_to_the_reader_of_the_real_site(site_part):
    site, part = site_part
    path, read = PAGES[site_part]
    now = RACE.official_at if part == "result" else NOW
    changed = visitor(now, changed=[{"site": site, "part": part, **ALL_DAY}])
    address = f"http://127.0.0.1{path}"
    read(visitor(now).get(path).content, url=address)

    with pytest.raises(PageChanged):
        read(changed.get(path).content, url=address)


def test_pmu_odds_under_another_key_are_no_odds():
    # PMU leaves the key out of ordinary answers too: no reader can tell the two apart.
    changed = visitor(changed=[{"site": "pmu", "part": "odds", **ALL_DAY}])
    path = f"{PMU_RACE}/participants"

    race = pmu.read_runners(changed.get(path).content, url=f"http://127.0.0.1{path}").only_race()

    assert all(runner.odds is None or runner.odds.win is None for runner in race.runners)


@pytest.mark.parametrize("site_part", PAGES, ids=" ".join)
def test_half_a_page_is_a_changed_page_to_the_reader_of_the_real_site(site_part):
    path, read = PAGES[site_part]
    now = RACE.official_at if site_part[1] == "result" else NOW
    whole = visitor(now).get(path).content
    half = visitor(now, damaged=[{"site": site_part[0], **ALL_DAY}]).get(path)

    assert half.content == whole[: len(whole) // 2]
    assert half.status_code == 200
    with pytest.raises(PageChanged):
        read(half.content, url=f"http://127.0.0.1{path}")


def test_a_slow_answer_waits_on_the_servers_side_for_the_seconds_asked_for():
    waited: list[float] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": ZETURF_RACE, PAUSE: waited.append}
    slow = app(slow=[{"site": "zeturf", "delay_s": 1.5, **ALL_DAY}])

    slow(environ, lambda *_: None)
    slow(environ | {"PATH_INFO": GENY_RACE}, lambda *_: None)

    assert waited == [1.5]


def test_slow_answers_cost_time_over_http_only():
    slow = app(slow=[{"site": "zeturf", "delay_s": 0.05, **ALL_DAY}])
    with serve(slow, "127.0.0.1", 0) as server:
        begun = time.monotonic()
        reply = httpx.get(f"http://127.0.0.1:{server.port}{ZETURF_RACE}")
        took = time.monotonic() - begun

    in_process = visitor(slow=[{"site": "zeturf", "delay_s": 30, **ALL_DAY}]).get(ZETURF_RACE)

    assert took >= 0.05
    assert reply.content == in_process.content


@pytest.mark.parametrize("site", ["zeturf", "geny", "pmu"])
def test_one_site_lists_other_horses_under_the_same_numbers(site):
    path, read = PAGES[site, "runners"]
    tables = {"wrong_names": [{"site": site, "race": str(RACE.key)}]}
    address = f"http://127.0.0.1{path}"

    right = read(visitor().get(path).content, url=address).only_race().runners
    wrong = read(visitor(**tables).get(path).content, url=address).only_race().runners

    assert [r.number for r in wrong] == [r.number for r in right]
    assert [r.odds for r in wrong] == [r.odds for r in right]
    assert not {r.name for r in wrong} & {r.name for r in right}


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"damaged": [{"site": "pmu", "since": "10", "until": "11:00"}]}, r"\[0\]\.since: '10'"),
        ({"damaged": [{"site": "pmu", "since": "11:00", "until": "11:00"}]}, "after it begins"),
        ({"changed": [{"site": "pmu", "part": "result", **ALL_DAY}]}, "pmu has no result"),
        ({"slow": [{"site": "pmu", "delay_s": 31, **ALL_DAY}]}, r"slow\[0\]\.delay_s"),
        ({"outages": [{"site": "pmu", "status": 404, **ALL_DAY}]}, r"outages\[0\]\.status"),
        ({"outages": [{"site": "pmu", "status": 430, **ALL_DAY}]}, "write 429 or 5xx"),
        ({"wrong_names": [{"site": "pmu", "race": "#8"}]}, r"wrong_names\[0\]\.race"),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_its_place(tables, said):
    with pytest.raises(InputError, match=said):
        app(**tables)
