"""A whole simulated day, read by the readers of the real sites: they must agree with the facts."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date, timedelta
from functools import cache

import httpx
import pytest

from hippique.errors import PageMissing
from hippique.forecast.form_scores import form_facts
from hippique.ports import RaceRef
from hippique.racecourse import geny as geny_pages
from hippique.racecourse import zeturf as zeturf_pages
from hippique.racecourse.app import make_app
from hippique.racecourse.chance import stream
from hippique.racecourse.dividends import dividends
from hippique.racecourse.draw import draw_day
from hippique.racecourse.odds import place_odds, reference_at, win_odds
from hippique.racecourse.server import serve
from hippique.racecourse.simulated import RaceClass
from hippique.racecourse.wording import capitals
from hippique.racing.card import Career, RaceStatus, is_handicap
from hippique.racing.result import ResultStatus
from hippique.runtime.clocks import DrivenClock
from hippique.sources import geny, pmu, zeturf
from hippique.sources.addresses import site_addresses
from hippique.sources.client import Habits, PoliteClient
from hippique.sources.exchange import Pulse
from hippique.sources.sites import site_sources

DAY = draw_day(date(2026, 6, 7), 1)
RACES = DAY.races()
HOST = "http://127.0.0.1"
PMU = "/pmu/rest/client/61/programme/07062026"
OPERATORS = {"pmu_internet": "pmu_fr"}  # the readers' word for PMU's internet offer
UNORDERED = frozenset({"couple_win", "couple_place", "trio", "two_of_four"})
HOSTILE = [r for r in RACES if any(e.name.startswith("=cmd") or "<" in e.name for e in r.entries)]
MOMENTS = {
    "in the morning": lambda race: race.morning_at,
    "at H-30": lambda race: race.off_time - timedelta(minutes=30),
    "at H-5": lambda race: race.off_time - timedelta(minutes=5),
    "just off": lambda race: race.actual_off,
    "provisional": lambda race: race.provisional_at,
    "official": lambda race: race.official_at,
}


class MovedClock:
    """Race time that stands where a test moves it."""

    def __init__(self) -> None:
        self.instant = RACES[0].morning_at

    def now(self):
        return self.instant


CLOCK = MovedClock()
CLIENT = httpx.Client(transport=httpx.WSGITransport(app=make_app(DAY, CLOCK)), base_url=HOST)


def fetch(path, now) -> bytes:
    CLOCK.instant = now
    reply = CLIENT.get(path)
    assert reply.status_code == 200, path
    return reply.content


@cache
def zeturf_race(race, moment):
    path = f"/zeturf{zeturf_pages.race_uri(race)}"
    page = fetch(path, MOMENTS[moment](race))
    return zeturf.read_race(page, url=HOST + path).only_race()


@cache
def geny_race(race, moment):
    path = f"/geny{geny_pages.race_path(race)}"
    page = fetch(path, MOMENTS[moment](race))
    return geny.read_race(page, url=HOST + path).only_race()


@cache
def geny_result(race, moment):
    path = f"/geny{geny_pages.race_path(race, 'arrivee-et-rapports-pmu')}"
    page = fetch(path, MOMENTS[moment](race))
    return geny.read_result(page, url=HOST + path).only_race()


@cache
def pmu_race(race, moment, offer=""):
    path = f"{PMU}/R{race.key.meeting}/C{race.key.race}/participants{offer}"
    page = fetch(path, MOMENTS[moment](race))
    return pmu.read_runners(page, url=HOST + path).only_race()


@cache
def pmu_paid(race, offer=""):
    path = f"{PMU}/R{race.key.meeting}/C{race.key.race}/rapports-definitifs{offer}"
    return pmu.read_dividends(fetch(path, race.official_at), url=HOST + path).only_race()


@cache
def pmu_own_race(race, moment):
    path = f"{PMU}/R{race.key.meeting}/C{race.key.race}"
    page = fetch(path, MOMENTS[moment](race))
    return pmu.read_programme(page, url=HOST + path).only_race()


def test_flat_races_state_their_class_and_no_site_contradicts_it():
    flat = [race for race in RACES if race.race_class]
    assert {race.race_class for race in flat} == set(RaceClass)
    for race in RACES:
        told = [read(race, "at H-5").labels for read in (zeturf_race, geny_race, pmu_own_race)]
        known = {one for one in map(is_handicap, told) if one is not None}
        assert known == ({race.race_class is RaceClass.HANDICAP} if race.race_class else set())
        if race.race_class is RaceClass.HANDICAP:
            assert all("handicap" in labels for labels in told)


def test_careers_are_those_of_the_musiques():
    for race in RACES:
        for runner in pmu_race(race, "at H-5").runners:
            facts = form_facts(runner.form)
            runs = (
                (facts.career_runs, facts.career_wins, facts.career_places) if facts else (0, 0, 0)
            )
            assert runner.career == Career(starts=runs[0], wins=runs[1], places=runs[2])


def programme(site, now):
    path = {
        "zeturf": "/zeturf/fr/programmes-et-pronostics",
        "geny": "/geny/reunions-courses-pmu?date=2026-06-07",
        "pmu": PMU,
    }[site]
    read = {"zeturf": zeturf, "geny": geny, "pmu": pmu}[site].read_programme
    return read(fetch(path, now), url=HOST + path)


def facts(race, operators):
    return Counter(
        fact(OPERATORS.get(row.operator, row.operator), row.bet, row.rank, row.combination, row)
        for row in dividends(race)
        if row.operator in operators
    )


def read(result):
    return Counter(
        fact(row.operator, row.bet, row.rank, row.combination, row) for row in result.dividends
    )


def fact(operator, bet, rank, combination, row):
    is_set = bet in UNORDERED or rank == "any_order"
    horses = tuple(sorted(combination)) if is_set else tuple(combination)
    return operator, bet, rank, horses, row.per_euro


def order_of(race):
    return tuple(tuple(sorted(tied)) for tied in race.finish.order)


def first_seven(order):
    places, left = [], 7
    for tied in order:
        if left > 0:
            places.append(tuple(sorted(tied)))
        left -= len(tied)
    return tuple(places)


@pytest.mark.parametrize("site", ["zeturf", "geny", "pmu"])
@pytest.mark.parametrize("hour", [0, 5, 13], ids=["morning", "afternoon", "night"])
def test_every_race_of_the_day_stands_in_each_programme(site, hour):
    now = RACES[0].morning_at + timedelta(hours=hour)
    reading = programme(site, now)
    found = {race.key for meeting in reading.meetings for race in meeting.races}
    assert found == {str(race.key) for race in RACES}
    assert {m.number: m.country for m in reading.meetings} == {
        m.number: m.country for m in DAY.meetings
    }


@pytest.mark.parametrize("site", ["zeturf", "geny", "pmu"])
def test_each_programme_gives_the_off_times_in_the_morning(site):
    reading = programme(site, RACES[0].morning_at)
    times = {race.key: race.off_time for meeting in reading.meetings for race in meeting.races}
    assert times == {str(race.key): race.off_time for race in RACES}


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_page_reads_at_every_moment(moment):
    for race in RACES:
        assert zeturf_race(race, moment).key == str(race.key)
        assert geny_race(race, moment).key == str(race.key)
        assert pmu_race(race, moment).key == str(race.key)
        assert pmu_race(race, moment, "?specialisation=INTERNET").key == str(race.key)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("at H-5", RaceStatus.OPEN),
        ("just off", RaceStatus.CLOSED),
        ("provisional", RaceStatus.PROVISIONAL),
        ("official", RaceStatus.OFFICIAL),
    ],
)
def test_zeturf_and_pmu_say_how_far_each_race_is(moment, status):
    assert {zeturf_race(race, moment).status for race in RACES} == {status}
    assert {pmu_own_race(race, moment).status for race in RACES} == {status}


def test_names_numbers_and_withdrawals_agree_on_all_sites():
    for race in RACES:
        runners = [(e.number, e.is_withdrawn(MOMENTS["at H-5"](race))) for e in race.entries]
        capital = [capitals(entry) for entry in race.entries]
        for reading in (zeturf_race(race, "at H-5"), pmu_race(race, "at H-5")):
            assert [(r.number, r.non_runner) for r in reading.runners] == runners
            assert [r.name for r in reading.runners] == capital
        geny_reading = geny_race(race, "at H-5")
        assert [(r.number, r.non_runner) for r in geny_reading.runners] == runners
        assert [r.name for r in geny_reading.runners] == [e.name for e in race.entries]


def test_pmu_gives_trotters_their_distance_and_gallopers_their_weight_and_draw():
    for race in RACES:
        trot = race.discipline.is_trot
        for runner, entry in zip(pmu_race(race, "at H-5").runners, race.entries, strict=True):
            assert runner.distance_m == (entry.distance_m if trot else None)
            assert (runner.weight_kg, runner.draw) == (entry.weight_kg, entry.draw)


def test_mounted_and_harnessed_trots_read_as_what_they_are():
    trots = [race for race in RACES if race.discipline.is_trot]
    assert len({race.discipline for race in trots}) == 2
    for race in trots:
        assert zeturf_race(race, "at H-5").discipline is race.discipline
        assert geny_race(race, "at H-5").discipline is race.discipline
        assert pmu_own_race(race, "at H-5").discipline is race.discipline


def test_header_facts_agree_on_zeturf_and_geny():
    for race in RACES:
        for reading in (zeturf_race(race, "at H-5"), geny_race(race, "at H-5")):
            stated = (reading.name, reading.discipline, reading.distance_m, reading.prize_eur)
            assert stated == (race.name, race.discipline, race.distance_m, race.prize_eur)
            assert reading.off_time == race.off_time
            assert reading.declared == race.declared
            assert reading.starters == len(race.starters(MOMENTS["at H-5"](race)))


@pytest.mark.parametrize("moment", ["in the morning", "at H-30", "at H-5", "official"])
def test_zeturf_odds_are_those_of_its_pools(moment):
    for race in RACES:
        now = MOMENTS[moment](race)
        win, place = win_odds(race, ("zeturf", "win"), now), place_odds(race, "zeturf", now)
        reference = win_odds(race, ("zeturf", "win"), reference_at(race, now))
        second = win_odds(race, ("zeturf", "show2"), now)
        fourth = win_odds(race, ("zeturf", "fourth"), now)
        for runner in zeturf_race(race, moment).runners:
            odds, n = runner.odds, runner.number
            if runner.non_runner:
                assert odds is None or odds.win is None
                continue
            assert (odds.win, odds.reference) == (win[n], reference[n])
            assert (odds.place_low, odds.place_high) == place[n]
            assert (odds.show2, odds.fourth) == (second.get(n), fourth.get(n))


@pytest.mark.parametrize(
    ("operator", "pool", "offer"),
    [
        ("pmu", "SIMPLE_GAGNANT", ""),
        ("pmu_internet", "E_SIMPLE_GAGNANT", "?specialisation=INTERNET"),
    ],
)
def test_pmu_odds_carry_their_pool_and_their_instant(operator, pool, offer):
    for race in RACES:
        now = MOMENTS["at H-5"](race)
        live = win_odds(race, (operator, "win"), now)
        for runner in pmu_race(race, "at H-5", offer).runners:
            if not runner.non_runner:
                assert runner.odds.pool == pool
                assert (runner.odds.win, runner.odds.stamp) == (live[runner.number], now)


def test_geny_shows_the_shops_prices_of_the_morning_and_of_now():
    for race in RACES:
        now = MOMENTS["at H-5"](race)
        live = win_odds(race, ("pmu", "win"), now)
        morning = win_odds(race, ("pmu", "win"), race.morning_at)
        for runner in geny_race(race, "at H-5").runners:
            if not runner.non_runner:
                shown = (runner.odds.win, runner.odds.reference)
                assert shown == (live[runner.number], morning[runner.number])


def test_the_official_order_is_the_same_on_all_sites_dead_heat_included():
    for race in RACES:
        order = order_of(race)
        seen = zeturf_race(race, "official").result
        assert seen.status is ResultStatus.OFFICIAL
        assert first_seven(seen.order) == first_seven(order)
        assert first_seven(geny_result(race, "official").result.order) == first_seven(order)
        assert first_seven(pmu_race(race, "official").result.order) == first_seven(order)
        assert pmu_own_race(race, "official").result.status is ResultStatus.OFFICIAL
        assert first_seven(pmu_own_race(race, "official").result.order) == first_seven(order)


def test_the_provisional_order_is_never_official():
    for race in RACES:
        for reading in (
            zeturf_race(race, "provisional"),
            geny_result(race, "provisional"),
            pmu_race(race, "provisional"),
        ):
            assert reading.result.status is ResultStatus.PROVISIONAL
            assert reading.result.dividends == ()


def test_zeturf_names_who_was_withdrawn_disqualified_and_fell():
    for race in RACES:
        result = zeturf_race(race, "official").result
        finish = race.finish
        assert result.non_runners == race.withdrawn(race.official_at)
        assert result.disqualified == finish.disqualified
        assert set(result.fallen) == {*finish.fallen, *finish.pulled_up}


def test_zeturf_dividends_are_those_paid():
    for race in RACES:
        assert read(zeturf_race(race, "official").result) == facts(race, {"zeturf"})


def test_pmu_dividends_are_those_paid_in_shops_and_on_the_internet():
    for race in RACES:
        assert read(pmu_paid(race).result) == facts(race, {"pmu"})
        internet = pmu_paid(race, "?specialisation=INTERNET").result
        assert read(internet) == facts(race, {"pmu_internet"})


def test_geny_gives_the_dividends_of_three_operators():
    for race in RACES:
        result = geny_result(race, "official").result
        seen, paid = read(result), facts(race, {"genybet", "pmu", "pmu_internet"})
        for bet in ("win", "place", "couple_win", "couple_place", "couple_order", "trio"):
            assert {f for f in seen if f[1] == bet} == {f for f in paid if f[1] == bet}


def test_geny_gives_the_quinte_per_euro_though_it_prints_it_for_two():
    race = next(race for race in RACES if race.is_quinte)
    seen = read(geny_result(race, "official").result)
    paid = facts(race, {"pmu", "pmu_internet"})
    amounts = {(f[0], f[2], f[4]) for f in paid if f[1] == "quinte"}
    assert {(f[0], f[2], f[4]) for f in seen if f[1] == "quinte"} == amounts


def test_the_quinte_is_labelled():
    race = next(race for race in RACES if race.is_quinte)
    assert "quinte" in geny_race(race, "at H-5").labels


@pytest.mark.parametrize("race", HOSTILE, ids=lambda race: str(race.key))
def test_hostile_names_come_out_as_plain_text(race):
    hostile = {e.number: e.name for e in race.entries if e.name[0] in "=<"}
    for reading in (
        zeturf_race(race, "at H-5"),
        geny_race(race, "at H-5"),
        pmu_race(race, "at H-5"),
    ):
        names = {runner.number: runner.name for runner in reading.runners}
        assert {number: names[number] for number in hostile} == hostile


def test_coupled_entries_are_named_by_zeturf_and_pmu():
    race = next(r for r in RACES if any(e.coupling for e in r.entries))
    coupled = [e.number for e in race.entries if e.coupling]
    for reading in (zeturf_race(race, "at H-5"), pmu_race(race, "at H-5")):
        named = {r.number: r.coupling for r in reading.runners if r.coupling}
        assert list(named) == coupled
        assert len(set(named.values())) == 1


def test_a_soft_404_is_refused_and_a_page_without_arrival_has_no_result():
    race = RACES[0]
    soft = fetch(f"/zeturf/fr/course/2026-06-07/{race.key}", race.morning_at)
    with pytest.raises(PageMissing):
        zeturf.read_race(soft, url=f"{HOST}/zeturf/fr/course/2026-06-07/{race.key}")
    assert geny_result(race, "at H-5").result is None


def links(reading, race):
    found = [r.url for m in reading.meetings for r in m.races if r.key == str(race.key)]
    return found[0]


def test_the_products_own_client_walks_from_programme_to_result_over_http():
    race = RACES[0]
    with serve(make_app(DAY, CLOCK), "127.0.0.1", 0) as server:
        sites = site_addresses(racecourse=f"http://127.0.0.1:{server.port}")
        clock = DrivenClock(race.morning_at)
        pulse = Pulse(clock=clock, monotonic=time.monotonic, chance=stream(0, DAY.day))
        with PoliteClient(sites, Habits(user_agent="test"), pulse) as client:
            for source in site_sources(sites, client):
                CLOCK.instant = race.morning_at
                (programme,) = [source.fetch(r) for r in source.programme(DAY.day)]
                url = links(source.read(programme), race)
                ref = RaceRef(race=race.id, urls={source.name: url})
                CLOCK.instant = race.official_at
                for request in (*source.card(ref), *source.result(ref)):
                    assert source.read(source.fetch(request)).only_race().key == str(race.key)
