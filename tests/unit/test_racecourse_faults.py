"""Faults of the races: what a file asks for comes out on all three sites, from its instant on."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import get_args, get_type_hints

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import InputError
from hippique.racecourse import geny as geny_pages
from hippique.racecourse import zeturf as zeturf_pages
from hippique.racecourse.app import make_app
from hippique.racecourse.crowd import pool_at
from hippique.racecourse.draw import draw_day
from hippique.racecourse.faults import Faults, faults_for, rough_faults, with_faults
from hippique.racecourse.faults.file import parse_faults
from hippique.racecourse.faults.instants import by_off
from hippique.racing.card import RaceStatus
from hippique.racing.times import paris_at
from hippique.sources import geny, pmu, zeturf
from house import ROOT

DAY = draw_day(date(2026, 6, 7), 4, 3)
FIRST, SECOND, THIRD = by_off(DAY)
PMU = "/pmu/rest/client/61/programme/07062026"
MINUTE = timedelta(minutes=1)
SITES = ("zeturf", "geny", "pmu")


def faulty(**tables: object):
    """The day with these tables of a file in it."""
    return with_faults(DAY, parse_faults(tables, name="faults"))


class StoppedClock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def read(day, site, now, race=None, *, result=False):
    """A site's programme, or its page of one race, through the reader of the real site."""
    app = make_app(day, StoppedClock(now))
    client = httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1")
    path, reader = address(site, race, result=result)
    reply = client.get(path)
    assert reply.status_code == 200, path
    return reader(reply.content, url=f"http://127.0.0.1{path}")


def address(site, race, *, result):
    if race is None:
        return {
            "zeturf": ("/zeturf/fr/programmes-et-pronostics", zeturf.read_programme),
            "geny": ("/geny/reunions-courses-pmu?date=2026-06-07", geny.read_programme),
            "pmu": (PMU, pmu.read_programme),
        }[site]
    view = "arrivee-et-rapports-pmu" if result else "partants-pmu"
    own = f"{PMU}/R{race.key.meeting}/C{race.key.race}"
    return {
        "zeturf": (f"/zeturf{zeturf_pages.race_uri(race)}", zeturf.read_race),
        "geny": (
            f"/geny{geny_pages.race_path(race, view)}",
            geny.read_result if result else geny.read_race,
        ),
        "pmu": (own, pmu.read_programme) if result else (f"{own}/participants", pmu.read_runners),
    }[site]


def listed(reading, race):
    return next(r for m in reading.meetings for r in m.races if r.key == str(race.key))


# --- moved ------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(("minutes", "at"), [(25, "H-20"), (-10, "H-50")], ids=["later", "earlier"])
def test_a_moved_off_is_printed_from_its_instant_on(site, minutes, at):
    day = faulty(moves=[{"race": "#2", "at": at, "minutes": minutes}])
    race, known = day.race(SECOND.key), SECOND.off_time - MINUTE * int(at[2:])

    before = listed(read(day, site, known - timedelta(seconds=1)), race)
    after = listed(read(day, site, known), race)

    assert before.off_time == SECOND.off_time
    assert after.off_time == SECOND.off_time + MINUTE * minutes


def test_the_pools_of_a_delayed_race_close_at_its_new_off():
    day = faulty(moves=[{"race": "#2", "at": "H-20", "minutes": 25}])
    race = day.race(SECOND.key)
    old_off = SECOND.actual_off

    held = [
        sum(pool_at(race, ("zeturf", "win"), now).stakes.values())
        for now in (old_off, old_off + 20 * MINUTE, race.actual_off, race.actual_off + MINUTE)
    ]

    assert held[0] < held[1] < held[2] == held[3]
    assert race.status(old_off + 20 * MINUTE) is RaceStatus.OPEN


@settings(max_examples=30, deadline=None)
@given(st.integers(10, 60), st.integers(-9, 90).filter(bool), st.lists(st.floats(0, 1), max_size=6))
def test_stakes_of_a_moved_race_never_shrink_and_end_as_large_as_undisturbed(known, minutes, parts):
    day = faulty(moves=[{"race": "#2", "at": f"H-{known}", "minutes": minutes}])
    race, name = day.race(SECOND.key), ("zeturf", "win")
    whole = race.actual_off - race.opens_at
    steps = sorted([race.opens_at + part * whole for part in parts] + [race.actual_off])

    pools = [pool_at(race, name, now).stakes for now in steps]

    assert all(low[n] <= high[n] for low, high in pairwise(pools) for n in low)
    drawn = pool_at(SECOND, name, SECOND.actual_off).stakes
    assert sum(pools[-1].values()) == pytest.approx(sum(drawn.values()), abs=50)


def test_nobody_bets_on_a_move_before_it_is_printed():
    day = faulty(moves=[{"race": "#2", "at": "H-20", "minutes": 25}])
    before = SECOND.off_time - 40 * MINUTE
    name = ("pmu", "win")

    moved, drawn = (pool_at(race, name, before) for race in (day.race(SECOND.key), SECOND))

    assert sum(moved.stakes.values()) == pytest.approx(sum(drawn.stakes.values()), abs=50)


def test_a_withdrawal_drawn_before_the_old_off_comes_before_the_new_one():
    day = faulty(moves=[{"race": "#2", "at": "H-60", "minutes": -30}])
    race = day.race(SECOND.key)

    assert all(e.withdrawn_at is None or e.withdrawn_at < race.off_time for e in race.entries)


# --- withdrawn --------------------------------------------------------------------------------


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("at", ["H-40", "H-20", "H-3"])
def test_a_horse_is_a_non_runner_from_the_instant_that_was_asked_for(site, at):
    day = faulty(withdrawals=[{"race": str(FIRST.key), "at": at, "number": 2}])
    race, known = day.race(FIRST.key), FIRST.off_time - MINUTE * int(at[2:])

    before = read(day, site, known - timedelta(seconds=1), race).only_race()
    after = read(day, site, known, race).only_race()

    assert not before.runners[1].non_runner
    assert after.runners[1].non_runner


def test_a_withdrawn_horse_does_not_finish_and_the_others_finish_as_before():
    day = faulty(withdrawals=[{"race": "#1", "at": "H-3", "number": 2}])
    finish, drawn = day.race(FIRST.key).finish, FIRST.finish

    assert finish.finishers() == tuple(n for n in drawn.finishers() if n != 2)
    assert 2 not in (*finish.disqualified, *finish.fallen, *finish.pulled_up)


def test_without_a_number_the_favourite_of_that_instant_is_withdrawn():
    day = faulty(withdrawals=[{"race": "#1", "at": "H-3"}])
    known = FIRST.off_time - 3 * MINUTE
    out = {e.number for e in day.race(FIRST.key).entries if e.withdrawn_at == known}
    stakes = pool_at(FIRST, ("zeturf", "win"), known).live()

    assert out == {max(stakes, key=stakes.get)}


# --- cancelled --------------------------------------------------------------------------------


@pytest.mark.parametrize("site", ["pmu", "geny"])
def test_a_cancelled_race_is_told_by_the_programmes_that_tell_races(site):
    day = faulty(cancellations=[{"race": "#2", "at": "H-12"}])
    known = SECOND.off_time - 12 * MINUTE

    before = listed(read(day, site, known - timedelta(seconds=1)), SECOND)
    after = listed(read(day, site, known), SECOND)

    assert before.status is not RaceStatus.CANCELLED
    assert after.status is RaceStatus.CANCELLED


@pytest.mark.parametrize("site", SITES)
def test_the_page_of_a_cancelled_race_says_so_and_never_an_arrival(site):
    day = faulty(cancellations=[{"race": "#2", "at": "H-2"}])
    race = day.race(SECOND.key)

    found = read(day, site, SECOND.official_at, race, result=site == "pmu").only_race()

    assert found.status is RaceStatus.CANCELLED
    assert found.result is None


@pytest.mark.parametrize("site", SITES)
def test_a_cancelled_meeting_is_cancelled_on_every_programme(site):
    meeting = FIRST.key.meeting
    day = faulty(cancellations=[{"meeting": meeting, "at": "09:30"}])

    reading = read(day, site, paris_at(DAY.day, 9, 30))

    cancelled = {
        race.key
        for found in reading.meetings
        for race in found.races
        if found.cancelled or race.status is RaceStatus.CANCELLED
    }
    assert cancelled == {str(race.key) for race in DAY.races() if race.key.meeting == meeting}


def test_races_that_are_off_are_still_run_when_their_meeting_is_cancelled():
    at = f"{FIRST.off_time:%H:%M}"
    day = faulty(cancellations=[{"meeting": FIRST.key.meeting, "at": f"{at}:59"}])
    later = [race for race in day.races() if race.cancelled_at is not None]

    assert all(race.actual_off > race.cancelled_at for race in later)
    assert later


def test_money_stops_when_a_race_is_cancelled():
    day = faulty(cancellations=[{"race": "#2", "at": "H-12"}])
    race = day.race(SECOND.key)
    pools = [pool_at(race, ("pmu", "win"), t) for t in (race.cancelled_at, race.official_at)]

    assert pools[0].stakes == pools[1].stakes


# --- the end of a race --------------------------------------------------------------------------


def test_a_dead_heat_on_demand_ties_the_closest_two_of_the_first_four():
    race = next(r for r in DAY.races() if all(len(tied) == 1 for tied in r.finish.order))
    day = faulty(dead_heats=[{"race": str(race.key)}])
    order = day.race(race.key).finish.order

    (tied,) = [place for place in order if len(place) > 1]
    assert len({day.race(race.key).finish.times_ms[number] for number in tied}) == 1
    assert order.index(tied) <= 2
    assert sorted(n for place in order for n in place) == sorted(race.finish.finishers())


def test_a_late_result_stays_provisional_for_two_hours():
    day = faulty(late_results=[{"race": "#1"}])
    race = day.race(FIRST.key)

    waiting = read(day, "zeturf", race.provisional_at + 119 * MINUTE, race).only_race()
    then = read(day, "zeturf", race.provisional_at + 120 * MINUTE, race).only_race()

    assert (waiting.status, then.status) == (RaceStatus.PROVISIONAL, RaceStatus.OFFICIAL)


def test_a_result_that_never_comes_is_provisional_days_later():
    day = faulty(late_results=[{"race": "#1", "never": True}])
    race = day.race(FIRST.key)

    assert race.status(FIRST.official_at + timedelta(days=4)) is RaceStatus.PROVISIONAL


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"outage": []}, "faults: outage is unknown; known are outages"),
        ({"moves": [{"race": "#1", "at": "H-9", "minuts": 9}]}, r"moves\[0\]\.minuts is unknown"),
        ({"moves": [{"race": "#1", "at": "H-9"}]}, r"minutes.*\$\.moves\[0\]"),
        ({"moves": [{"race": "#1", "at": "H-9", "minutes": "9"}]}, r"\$\.moves\[0\]\.minutes"),
        ({"outages": [{"site": "letrot", "since": "9:00", "until": "9:10"}]}, r"\[0\]\.site"),
        ({"outages": {"site": "geny"}}, r"Expected `array`.*\$\.outages"),
        ({"outages": ["geny"]}, r"outages\[0\]: not a table"),
        ([], "not a table"),
    ],
)
def test_a_file_that_is_no_faults_file_is_refused_with_its_place(tables, said):
    with pytest.raises(InputError, match=said):
        parse_faults(tables, name="faults")


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"dead_heats": [{"race": "R77C1"}]}, r"dead_heats\[0\]\.race: 'R77C1' is no race"),
        ({"dead_heats": [{"race": "#9"}]}, "the day has 3 French races"),
        ({"dead_heats": [{"race": "premier"}]}, "write R1C3, or #3"),
        ({"withdrawals": [{"race": "#1", "at": "tôt"}]}, r"withdrawals\[0\]\.at: 'tôt' is no hour"),
        ({"withdrawals": [{"race": "#1", "at": "H+5"}]}, "before the off"),
        ({"withdrawals": [{"race": "#1", "at": "H-5", "number": 40}]}, "number 40 does not run"),
        ({"moves": [{"race": "#1", "at": "H-5", "minutes": 0}]}, "a move of 0 minutes is none"),
        ({"moves": [{"race": "#1", "at": "H-5", "minutes": -10}]}, "before both offs"),
        ({"cancellations": [{"at": "09:00"}]}, "name a race or a meeting"),
        ({"cancellations": [{"at": "09:00", "meeting": 40}]}, "no meeting 40"),
        ({"cancellations": [{"at": "23:59", "meeting": 1}]}, "is off by then"),
        ({"cancellations": [{"at": "23:59", "race": "#1"}]}, "has its arrival by then"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_its_place(tables, said):
    with pytest.raises(InputError, match=said):
        faulty(**tables)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("faults.toml", '[[dead_heats]]\nrace = "#2"\n'),
        ("faults.json", '{"dead_heats": [{"race": "#2"}]}'),
    ],
)
def test_a_file_is_toml_or_json_by_its_name(tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")

    faults = faults_for(str(tmp_path / name))(DAY)

    assert faults.describe() == ("#2: a dead heat among the first four",)


@pytest.mark.parametrize("name", ["missing.toml", "broken.toml", "broken.json"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    (tmp_path / "broken.toml").write_text("[[", "utf-8")
    (tmp_path / "broken.json").write_text("{", "utf-8")

    with pytest.raises(InputError, match=name):
        faults_for(str(tmp_path / name))


# --- rough ----------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 14))
def test_rough_can_be_on_every_day(seed, races):
    day = draw_day(DAY.day, seed, races)
    rough = with_faults(day, rough_faults(day))

    offs = [race.off_time for race in rough.races()]
    assert all(off.date() == DAY.day for off in offs)
    assert any(race.withdrawn(race.off_time) for race in rough.french_races())


def test_rough_on_an_ordinary_day_has_every_kind_of_fault():
    day = draw_day(DAY.day, 1)
    faults = rough_faults(day)

    assert all(getattr(faults, table) for table in Faults.__slots__)
    assert len(faults.describe()) == 19


def test_rough_is_fixed_by_the_seed():
    days = [draw_day(DAY.day, seed, 12) for seed in (3, 3, 4)]
    first, again, other = (rough_faults(day) for day in days)

    assert first == again != other


def test_a_day_without_faults_stays_the_very_same_day():
    assert with_faults(DAY, faults_for(None)(DAY)) is DAY


# --- the reference page ---------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "reference" / "faults.md").read_text("utf-8")


def test_the_example_of_the_reference_page_loads_and_can_be(tmp_path):
    example = tmp_path / "faults.toml"
    example.write_text(PAGE.split("```toml\n")[1].split("```")[0], "utf-8")
    day = draw_day(DAY.day, 1)

    faults = faults_for(str(example))(day)

    with_faults(day, faults)
    make_app(day, StoppedClock(paris_at(DAY.day, 9)), faults=faults)
    assert all(getattr(faults, table) for table in Faults.__slots__)


def test_the_reference_page_lists_every_field_with_its_default():
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    listed_fields = {(row[0].strip("`"), row[1].strip("` ")) for row in rows if len(row) > 2}
    tables = get_type_hints(Faults)
    real = {
        (table, field.name) for table, kind in tables.items() for field in fields(get_args(kind)[0])
    }
    assert listed_fields == real
