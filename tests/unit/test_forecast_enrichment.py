"""What is known of each runner: records, people's rates, coverage; and never by hindsight."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks import (
    DAY,
    OFF,
    R1C1,
    Bench,
    a_race,
    card,
    meeting,
    minutes,
    order,
    race_day_bench,
    reading,
)
from forecast_rules import GPI51_RULES
from hippique.day.capture import capture, write_capture
from hippique.day.enrich import enrichment_of, gather, joined_card
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp, write_manifest
from hippique.day.official import RaceResult
from hippique.day.past import PastRides, keys_of, person_key
from hippique.day.phases import Phase
from hippique.day.plan import Plan, PlannedRace, Scope
from hippique.day.run import run_order
from hippique.day.snapshots import take_snapshots
from hippique.forecast.enrichment import Enrichment, enrich, read_record
from hippique.forecast.gpi51_factors import stats_factor
from hippique.forecast.people import LEAST_RIDES, Rate, Ride, RideBook, Role
from hippique.ports import Archive
from hippique.racing.card import Career, RaceId, Reading, Runner
from hippique.racing.codec import from_json, to_pretty_json
from hippique.racing.result import Result, ResultStatus
from hippique.racing.times import paris_at
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.memory import MemoryArchive
from hippique.sources.scripted import ScriptedSource

LONG_AGO = dt.date(2025, 1, 1)
JOCKEYS = {number: f"JOCKEY{number} A." for number in range(1, 9)}


# --- facts of a page ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "seconds"),
    [
        ("1'15\"3", 75.3),
        ("1'11''9", 71.9),
        ("1’14”5", 74.5),
        ("1'10", 70.0),
        (None, None),
        ("", None),
        ("-", None),
        ("75.3", None),
        ("1'75\"3", None),
    ],
)
def test_a_record_is_seconds_per_kilometre(printed, seconds):
    assert read_record(printed) == seconds


def test_a_starter_has_its_rates_form_and_time():
    runner = Runner(number=4, form="1a Da 3a 7a 2a (25) 1a", record="1'13\"0")
    made = enrich([runner], {4: Rate(rides=40, wins=8, rate=0.17)}, {})
    stats = made.of(4)

    assert stats is not None
    assert (stats.j_rate, stats.j_rides, stats.e_rate, stats.e_rides) == (0.17, 40, None, 0)
    assert (stats.h_win5, stats.h_place5) == (0.2, 0.6)
    assert (stats.h_win_career, stats.h_place_career) == (2 / 6, 4 / 6)
    assert stats.mean_placing == 3.25  # 1, 3, 7, 2; the fault has no place
    assert stats.record_s == 73.0


@pytest.mark.parametrize(
    ("career", "wins", "places"),
    [
        (Career(starts=20, wins=4, places=11), 0.2, 0.55),
        (Career(starts=20, wins=4), 0.2, 4 / 6),  # its places count others than the first three
        (Career(starts=0, wins=0, places=0), 2 / 6, 4 / 6),
        (None, 2 / 6, 4 / 6),
    ],
)
def test_the_career_that_a_page_counts_goes_before_the_runs_that_the_musique_prints(
    career, wins, places
):
    runner = Runner(number=4, form="1a Da 3a 7a 2a (25) 1a", career=career)

    stats = enrich([runner], {}, {}).of(4)

    assert stats is not None
    assert (stats.h_win_career, stats.h_place_career) == (wins, places)
    assert stats.career_starts == (career.starts if career else None)
    assert stats.h_place5 == 0.6  # the newest five are the musique's alone


@pytest.mark.parametrize(("starts", "moved"), [(8, 1.02), (11, 1.0), (16, 0.98)])
def test_half_a_career_placed_is_a_bonus_and_a_quarter_a_malus(starts, moved):
    career = Career(starts=starts, wins=1, places=4)
    (stats,) = enrich([Runner(number=1, career=career)], {}, {}).runners

    assert stats_factor(stats, None, GPI51_RULES) == pytest.approx(moved)


def test_coverage_counts_starters_only():
    runners = [
        Runner(number=1, form="1p", record="1'15\"0"),
        Runner(number=2, form="Inédit"),
        Runner(number=3, form="2p", non_runner=True),
    ]
    rate = Rate(rides=20, wins=2, rate=0.1)
    made = enrich(runners, {1: rate, 2: rate, 3: rate}, {1: rate})

    assert [one.number for one in made.runners] == [1, 2]
    assert made.coverage.jockeys == 1.0
    assert made.coverage.trainers == made.coverage.people == 0.5
    assert made.coverage.form == made.coverage.times == 0.5


def test_an_empty_field_covers_nothing():
    assert enrich([], {}, {}).coverage.people == 0.0


def test_joined_card_believes_the_first_that_states_a_fact():
    one = Runner(number=1, name="ALBA", jockey="Durval A.", non_runner=False)
    two = Runner(number=1, name="Alba", form="1p", jockey="A. Durval", non_runner=True)
    readings = [
        reading(source, meeting(a_race(runners=(runner,))), page="race")
        for source, runner in (("zeturf", one), ("geny", two))
    ]
    joined = joined_card(readings)

    assert joined is not None
    assert joined.runners == (replace(one, form="1p", non_runner=True),)


# --- people -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "printed", ["Ossandré J.L.", "J.-L. OSSANDRE", "j.l. ossandré", "OSSANDRE J L"]
)
def test_spellings_of_sites_are_one_person(printed):
    assert person_key(printed) == "j l ossandre"


def test_blank_names_are_nobody():
    assert keys_of([None, "", " - "]) == frozenset()


def ride(number: int, won: bool, race: int = 1, known: dt.datetime = OFF) -> Ride:  # noqa: FBT001  the row of a table
    return Ride(
        race=f"r{race}",
        day=DAY,
        known_at=known,
        number=number,
        won=won,
        jockey=frozenset({f"j{number}"}),
        trainer=frozenset({"t"}),
    )


def book_of(races: int, winner: int = 1) -> RideBook:
    """So many races of four runners; one number wins them all."""
    book = RideBook()
    for race in range(races):
        book.add_race([ride(number, number == winner, race) for number in range(1, 5)])
    return book


def rate_in(book: RideBook, key: str, role: Role = Role.JOCKEY) -> Rate:
    after = OFF + minutes(1)
    return book.rate(role, [key], book.mean_rate(LONG_AGO, after), LONG_AGO, after)


def test_a_rate_is_drawn_to_the_mean_by_twenty_rides():
    # 20 rides, 20 wins, mean of all one in four: (20 + 20 × .25) / 40.
    assert rate_in(book_of(20), "j1") == Rate(rides=20, wins=20, rate=0.625)


def test_few_rides_have_no_rate_but_are_counted():
    found = rate_in(book_of(LEAST_RIDES - 1), "j1")

    assert found == Rate(rides=LEAST_RIDES - 1, wins=LEAST_RIDES - 1, rate=None)


def test_jockeys_and_trainers_are_counted_apart():
    assert rate_in(book_of(10), "t", Role.TRAINER).rides == 40
    assert rate_in(book_of(10), "t", Role.JOCKEY).rides == 0


def test_two_spellings_of_one_ride_count_once():
    book = RideBook()
    for race in range(10):
        both = frozenset({"a durval", "alain durval"})
        book.add_race([replace(ride(1, won=True, race=race), jockey=both)])

    after = OFF + minutes(1)
    found = book.rate(Role.JOCKEY, ["a durval", "alain durval"], 0.1, LONG_AGO, after)

    assert found.rides == 10


def test_a_result_known_at_the_very_instant_is_not_known_before_it():
    book = book_of(20)

    assert book.mean_rate(LONG_AGO, OFF) is None
    assert book.rate(Role.JOCKEY, ["j1"], 0.1, LONG_AGO, OFF).rides == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(-60, 60)), max_size=40))
@settings(max_examples=60)
def test_rides_known_later_change_no_rate(rows):
    known, whole = RideBook(), RideBook()
    for race, (won, after) in enumerate(rows):
        one = ride(1, won, race, OFF + minutes(after))
        whole.add_race([one])
        if after < 0:
            known.add_race([one])

    means = known.mean_rate(LONG_AGO, OFF), whole.mean_rate(LONG_AGO, OFF)
    assert means[0] == means[1]
    assert known.rate(Role.JOCKEY, ["j1"], means[0], LONG_AGO, OFF) == whole.rate(
        Role.JOCKEY, ["j1"], means[1], LONG_AGO, OFF
    )


# --- the archive --------------------------------------------------------------------------------


def people_card(source: str = "zeturf") -> Reading:
    """The bench's card, with people and form."""
    page = card(source)
    race = page.only_race()
    runners = tuple(
        replace(one, jockey=JOCKEYS[one.number], trainer="TRAINER T.", form="1p 4p 0p (24) Dp 2p")
        for one in race.runners
    )
    return reading(source, meeting(replace(race, runners=runners)), page="race")


def finish(
    archive: Archive, day: dt.date, races: int, known_at: dt.datetime, withdrawn: int | None = None
) -> None:
    """A day of finished races at meeting 7: the same eight jockeys, number 1 wins."""
    planned = tuple(
        PlannedRace(date=day, key=f"R7C{number}", off_time=known_at)
        for number in range(1, races + 1)
    )
    plan = Plan(
        date=day, mode="simulated", simulated=True, made_at=known_at, correlation_id="x",
        scope=Scope.FR, races=planned,
    )  # fmt: skip
    archive.create(f"{day}/plan/00000000T000000Z/plan.json", to_pretty_json(plan))
    for race in planned:
        finish_race(archive, race.race, known_at, withdrawn)


def finish_race(
    archive: Archive, race: RaceId, known_at: dt.datetime, withdrawn: int | None = None
) -> None:
    order = tuple((number,) for number in range(1, 9) if number != withdrawn)
    result = Result(status=ResultStatus.OFFICIAL, order=order)
    found = RaceResult(race=str(race), source="zeturf", result=result)
    archive.create(f"{race}/H30/reading.json", to_pretty_json({"readings": [people_card()]}))
    archive.create(f"{race}/RESULT/result.json", to_pretty_json(found))
    write_manifest(archive, f"{race}/RESULT", {}, Stamp(now=known_at, versions={}))


def stats_of_visit(fill) -> Enrichment:
    """je_stats of an H-5 visit to an archive that `fill` wrote into before."""
    made = race_day_bench(sites=("zeturf",))
    made.site("zeturf").show_card(R1C1, people_card())
    fill(made.archive)
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5", due=OFF - minutes(5)))
    stats = enrichment_of(made.archive, R1C1, Phase.H5)
    assert stats is not None
    return stats


def yesterday(archive: Archive) -> None:
    day = DAY - dt.timedelta(days=1)
    finish(archive, day, 12, paris_at(day, 18))


def test_rates_come_from_the_days_before():
    stats = stats_of_visit(yesterday)

    # 12 rides each; the mean of all is one in eight: (12 + 20/8) / 32 and (20/8) / 32.
    assert [one.j_rate for one in stats.runners] == pytest.approx([14.5 / 32] + [2.5 / 32] * 7)
    assert {one.j_rides for one in stats.runners} == {12}
    assert {one.e_rides for one in stats.runners} == {96}
    assert stats.coverage.people == 1.0


def test_an_empty_archive_gives_no_rates_and_says_so():
    stats = stats_of_visit(lambda _: None)

    assert {one.j_rate for one in stats.runners} == {None}
    assert (stats.coverage.people, stats.coverage.form) == (0.0, 1.0)


@pytest.mark.parametrize("days", [1, 7], ids=["tomorrow", "next week"])
def test_later_days_change_nothing(days):
    def later(archive: Archive) -> None:
        yesterday(archive)
        finish(archive, DAY + dt.timedelta(days=days), 12, OFF + dt.timedelta(days=days))

    assert stats_of_visit(later) == stats_of_visit(yesterday)


def test_yesterdays_result_that_came_in_late_is_not_known_yet():
    def late(archive: Archive) -> None:
        yesterday(archive)
        day = DAY - dt.timedelta(days=2)
        finish(archive, day, 12, OFF - minutes(4))

    assert stats_of_visit(late) == stats_of_visit(yesterday)


def test_the_races_own_result_and_the_days_later_ones_change_nothing():
    """The same visit looked at again after the day: with R1C1 itself and a later race finished."""
    made = race_day_bench(sites=("zeturf",))
    made.site("zeturf").show_card(R1C1, people_card())
    yesterday(made.archive)
    made.service.schedule(DAY)
    due = OFF - minutes(5)
    run_order(made.at(due).desk, order("H5", due=due))
    before = made.archive.read(f"{R1C1}/H5/je_stats.json")
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT", due=OFF + minutes(15)))

    again = looked_at_again(made, due)
    assert again == before


def looked_at_again(made: Bench, due: dt.datetime) -> bytes:
    """je_stats of the H-5 visit made anew on an empty archive, its past the whole finished day."""
    clock = DrivenClock(due)
    site = ScriptedSource("zeturf", clock)
    site.show_card(R1C1, people_card())
    desk = replace(
        made.desk, archive=MemoryArchive(), clock=clock, sources=(site,),
        past=PastRides(made.archive),
    )  # fmt: skip
    folder = Folder(desk.archive, f"{R1C1}/H5")
    planned = PlannedRace(date=DAY, key="R1C1", off_time=OFF, declared=8)
    taken = capture(desk.sources, lambda source: source.card(planned.ref), folder, parallel=False)
    write_capture(folder, taken)
    gather(desk, planned, Phase.H5, folder, take_snapshots(R1C1, taken.taken))
    return folder.read("je_stats.json")


def test_rides_of_more_than_a_year_ago_are_forgotten():
    def old(archive: Archive) -> None:
        day = DAY - dt.timedelta(days=366)
        finish(archive, day, 12, paris_at(day, 18))

    assert {one.j_rides for one in stats_of_visit(old).runners} == {0}


def test_a_race_that_finishes_meanwhile_is_read_at_the_next_look():
    archive = MemoryArchive()
    past = PastRides(archive)
    day = DAY - dt.timedelta(days=1)
    finish(archive, day, 1, paris_at(day, 18))
    first = past.book(DAY).mean_rate(LONG_AGO, OFF)
    finish(archive, DAY, 3, OFF - minutes(60))
    now = past.book(DAY).rate(Role.JOCKEY, keys_of([JOCKEYS[2]]), first, LONG_AGO, OFF)

    assert first == 1 / 8
    assert now.rides == 4


def test_a_horse_that_was_withdrawn_was_not_ridden():
    archive = MemoryArchive()
    day = DAY - dt.timedelta(days=1)
    finish(archive, day, 1, paris_at(day, 18), withdrawn=2)
    found = PastRides(archive).book(DAY)

    rides = {
        n: found.rate(Role.JOCKEY, keys_of([JOCKEYS[n]]), 0.1, LONG_AGO, OFF).rides for n in JOCKEYS
    }
    assert rides == {**dict.fromkeys(JOCKEYS, 1), 2: 0}


def test_times_are_written_beside():
    made = race_day_bench(sites=("zeturf",))
    made.service.schedule(DAY)
    outcome = run_order(made.at(OFF - minutes(30)).desk, order("H30", due=OFF - minutes(30)))
    document = from_json(dict, made.archive.read(f"{R1C1}/H30/chronos.json"))

    assert f"{R1C1}/H30/je_stats.json" in outcome.artifacts
    assert document["runners"][0] == {"number": 1, "time": None, "ok": False}
