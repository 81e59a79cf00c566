"""Snapshots, samples between the phases, and slips that are withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import (
    DAY,
    NAMES,
    ODDS,
    OFF,
    R1C1,
    a_race,
    card,
    meeting,
    minutes,
    order,
    programme,
    race_day_bench,
    reading,
    runners,
)
from hippique.betting.slip import Leg
from hippique.day.capture import Taken
from hippique.day.plan import PlannedRace
from hippique.day.race_day import decision_of
from hippique.day.run import run_order
from hippique.day.samples import is_sampled, why_withdrawn
from hippique.day.snapshots import take_snapshots
from hippique.day.tasks import read_payload
from hippique.day.verify import verify_day
from hippique.errors import NotFound, SourceDown
from hippique.racing.card import RaceStatus, Reading, Runner
from hippique.racing.market import Quote, RunnerOdds, Snapshot
from hippique.racing.times import paris_at


def taken(*readings: Reading):
    return [Taken(taken_at=OFF - minutes(5), reading=one) for one in readings]


def snapshots(*readings: Reading):
    return take_snapshots(R1C1, taken(*readings))


def renamed(source, numbers):
    """A card whose horses of these numbers bear other names."""
    horses = tuple(
        replace(horse, name="ZZZ" if horse.number in numbers else horse.name)
        for horse in runners(source)
    )
    return reading(source, meeting(a_race(runners=horses)), page="race")


def test_every_pool_has_a_snapshot_of_its_own():
    both = tuple(
        Runner(number=n, name=NAMES[n - 1], odds=RunnerOdds(pool=pool, win=2.0 + n))
        for n, pool in ((1, "SIMPLE_GAGNANT"), (2, "E_SIMPLE_GAGNANT"), (3, "SIMPLE_GAGNANT"))
    )
    found = snapshots(reading("pmu", meeting(a_race(runners=both)))).snapshots

    assert {s.pool: [q.win for q in s.quotes] for s in found} == {
        "SIMPLE_GAGNANT": [3.0, None, 5.0],
        "E_SIMPLE_GAGNANT": [None, 4.0, None],
    }


def test_pools_of_two_sites_are_never_mixed():
    found = snapshots(card("zeturf"), card("pmu", {n: o + 1 for n, o in ODDS.items()})).snapshots

    assert [(s.source, s.pool) for s in found] == [("zeturf", "zeturf"), ("pmu", "pmu")]
    assert [s.quotes[0].win for s in found] == [2.5, 3.5]


@pytest.mark.parametrize(("others", "refused"), [(1, False), (2, False), (3, True), (8, True)])
def test_more_than_a_quarter_of_other_names_sets_a_source_aside(others, refused):
    found = snapshots(card("zeturf"), renamed("pmu", range(1, others + 1)))  # eight runners

    (mismatch,) = found.mismatches
    assert (mismatch.source, len(mismatch.numbers)) == ("pmu", others)
    assert mismatch.refused is refused
    assert len(found.snapshots) == (1 if refused else 2)


@pytest.mark.parametrize(
    ("one", "two"),
    [("JABALPUR", "JABALPUR (GB)"), ("ÉTOILE D'OR", "ETOILE D OR"), ("KENJY BEL", "Kenjy Bel")],
)
def test_one_name_in_two_spellings_is_one_horse(one, two):
    def said(source, name) -> Reading:
        horse = Runner(number=1, name=name, odds=RunnerOdds(pool=source, win=2.0))
        return reading(source, meeting(a_race(runners=(horse,))))

    assert snapshots(said("zeturf", one), said("pmu", two)).mismatches == ()


def test_a_runner_without_a_name_contradicts_nobody():
    nameless = tuple(replace(horse, name=None) for horse in runners("pmu"))

    found = snapshots(card("zeturf"), reading("pmu", meeting(a_race(runners=nameless))))

    assert found.mismatches == ()


def test_a_non_runner_has_no_odds_and_does_not_count_for_coverage():
    stale = tuple(replace(horse, non_runner=horse.number == 3) for horse in runners("zeturf"))

    (found,) = snapshots(reading("zeturf", meeting(a_race(runners=stale)))).snapshots

    assert [q.win for q in found.quotes if q.non_runner] == [None]
    assert found.win_coverage() == 1.0


def test_coverage_is_the_share_of_starters_with_odds():
    half = tuple(
        replace(horse, odds=None if horse.number > 4 else horse.odds) for horse in runners("zeturf")
    )

    (found,) = snapshots(reading("zeturf", meeting(a_race(runners=half)))).snapshots

    assert found.win_coverage() == 0.5


def test_a_pool_without_a_stamp_says_so():
    (found,) = snapshots(card("zeturf")).snapshots

    assert (found.stamp, found.flags) == (None, ("stamp_unknown",))


def test_a_page_without_runners_gives_no_snapshot():
    assert snapshots(reading("zeturf", meeting(a_race()))).snapshots == ()


@given(
    st.dictionaries(st.integers(1, 10), st.sampled_from(["zeturf", "a", "b"]), max_size=10),
)
def test_each_odds_cell_lies_in_exactly_one_snapshot(pools):
    horses = tuple(
        Runner(number=n, name=NAMES[n - 1], odds=RunnerOdds(pool=pool, win=1.0 + n))
        for n, pool in sorted(pools.items())
    )

    found = snapshots(reading("zeturf", meeting(a_race(runners=horses)))).snapshots

    cells = [(q.number, s.pool) for s in found for q in s.quotes if q.win is not None]
    assert sorted(cells) == sorted(pools.items())


# --- samples -----------------------------------------------------------------------------------


def planned_race(**facts: object) -> PlannedRace:
    return PlannedRace(date=DAY, key="R1C1", **{"off_time": OFF, **facts})


@pytest.mark.parametrize(
    ("before", "sampled"),
    [
        (46, False),
        (45, True),
        (35, True),
        (32, True),
        (31, False),
        (30, False),
        (29, False),
        (28, True),
        (10, True),
        (7, True),
        (6, False),
        (5, False),
        (4, False),
        (0, False),
        (-1, False),
    ],
)
def test_odds_are_sampled_from_h45_to_h5_but_not_beside_a_phase(before, sampled):
    assert is_sampled(planned_race(), OFF - minutes(before)) is sampled


@pytest.mark.parametrize("facts", [{"cancelled": True}, {"in_scope": False}, {"off_time": None}])
def test_a_race_that_is_not_queued_is_not_sampled(facts):
    assert not is_sampled(planned_race(**facts), OFF - minutes(20))


def decided(odds=None):
    made = race_day_bench()
    made.service.schedule(DAY)
    if odds:
        made.site("zeturf").show_card(R1C1, card("zeturf", odds))
    made.service.run(order("H5")) if made.at(OFF - minutes(5)) else None
    return made


def run_samples(made):
    while (due := made.queue.next_due()) is not None and due < OFF:
        made.at(due)
        for task in made.queue.lease_due(made.clock.now(), 5):
            made.service.deliver(task)
            made.queue.finish(task.name)
    return made


def withdrawn(made):
    try:
        return made.archive.read(f"{R1C1}/WITHDRAWAL/withdrawn.json").decode()
    except NotFound:
        return None


def test_after_h5_the_last_minutes_are_sampled():
    made = decided()

    dues = sorted(t.due for t in made.queue.live() if read_payload(t).phase == "ODDS")

    assert dues == [OFF - minutes(m) for m in (4, 3, 2, 1)]


def test_a_second_delivery_of_h5_queues_no_second_samples():
    made = decided()
    before = made.queue.live()

    made.service.run(order("H5"))

    assert made.queue.live() == before


def test_samples_that_find_nothing_wrong_withdraw_nothing():
    made = run_samples(decided())

    assert withdrawn(made) is None
    assert (
        len([a for a in made.archive.addresses(f"{R1C1}/odds") if a.endswith("manifest.json")]) == 4
    )


def test_a_slip_on_a_horse_that_is_withdrawn_is_withdrawn_once_and_stays_frozen():
    made = decided()
    frozen = made.archive.read(f"{R1C1}/H5/slip.json")
    made.site("zeturf").show_card(R1C1, card("zeturf", non_runners=(1,)))

    run_samples(made)

    assert "le 1 est non-partant" in withdrawn(made)
    assert made.archive.read(f"{R1C1}/H5/slip.json") == frozen
    assert made.journal.messages().count("Slip withdrawn") == 1
    assert verify_day(made.archive, DAY).ok


def test_another_horse_that_is_withdrawn_withdraws_nothing():
    made = decided()
    made.site("zeturf").show_card(R1C1, card("zeturf", non_runners=(2,)))

    assert withdrawn(run_samples(made)) is None


def test_a_site_that_is_down_withdraws_nothing():
    made = decided()
    made.site("zeturf").show_card(R1C1, SourceDown("no answer", site="zeturf"))

    assert withdrawn(run_samples(made)) is None


def test_a_slip_whose_off_moves_is_withdrawn():
    made = decided()
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, a_race(off=OFF + minutes(3))))

    made.at(OFF - minutes(4)).service.replan(DAY)

    assert "14:15" in withdrawn(made)
    assert "14:18" in withdrawn(made)


def test_a_move_that_is_seen_after_the_off_withdraws_nothing():
    made = decided()
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, a_race(off=OFF + minutes(2))))

    made.at(OFF + minutes(5)).service.replan(DAY)

    assert withdrawn(made) is None


def test_samples_of_the_old_off_are_not_taken_after_a_move():
    made = decided()
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, a_race(off=OFF + minutes(30))))
    made.at(OFF - minutes(4.5)).service.replan(DAY)

    run_samples(made)

    assert made.archive.addresses(f"{R1C1}/odds") == ()


def test_a_tick_samples_the_races_that_are_due_and_twice_in_a_second_once():
    made = race_day_bench()
    made.service.schedule(DAY)
    made.at(OFF - minutes(40)).service.tick(DAY)
    before = made.archive.addresses(f"{R1C1}/odds")

    made.service.tick(DAY)

    assert before
    assert made.archive.addresses(f"{R1C1}/odds") == before


def test_geny_repeats_pmus_odds_late_and_is_not_sampled():
    made = race_day_bench()
    made.site("geny").show_card(R1C1, card("geny"))
    made.service.schedule(DAY)

    made.at(OFF - minutes(40)).service.tick(DAY)

    assert not any(url.endswith("/card") for url in made.site("geny").calls)


# --- why a slip is withdrawn -------------------------------------------------------------------


def slip_with_limit(limit):
    decision = decision_of(decided().archive, R1C1)
    (ticket,) = decision.tickets
    legs = (Leg(combination=(1,), stake_cents=100, limit_dividend=limit),)
    return replace(decision, tickets=(replace(ticket, legs=legs),))


def seen(*quotes: Quote, pool="zeturf"):
    return [
        Snapshot(race=str(R1C1), source="zeturf", pool=pool, taken_at=OFF, quotes=tuple(quotes))
    ]


@pytest.mark.parametrize(
    ("shown", "limit", "is_withdrawn"),
    [
        (2.5, 2.4, False),
        (2.4, 2.4, False),
        (2.3, 2.4, True),
        (None, 2.4, False),
        (1.1, None, False),
    ],
)
def test_a_price_under_its_limit_withdraws(shown, limit, is_withdrawn):
    quotes = seen(Quote(number=1, win=shown))

    assert (why_withdrawn(slip_with_limit(limit), quotes, DAY) is not None) is is_withdrawn


def test_the_odds_of_another_pool_say_nothing_about_a_slip():
    others = seen(Quote(number=1, win=1.1, non_runner=True), pool="SIMPLE_GAGNANT")

    assert why_withdrawn(slip_with_limit(2.4), others, DAY) is None


def test_a_horse_that_is_no_longer_listed_is_a_non_runner():
    assert why_withdrawn(slip_with_limit(None), seen(Quote(number=2, win=3.0)), DAY)


def test_a_cancelled_race_is_not_sampled_any_more():
    made = decided()
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, a_race(status=RaceStatus.CANCELLED)))
    made.at(OFF - minutes(4.5)).service.replan(DAY)

    run_samples(made)

    assert made.archive.addresses(f"{R1C1}/odds") == ()


def test_a_race_is_visited_at_its_own_hours_alone():
    made = race_day_bench()
    made.service.schedule(DAY)
    made.at(paris_at(DAY, 10)).service.tick(DAY)

    assert not any(url.endswith("/card") for url in made.site("zeturf").calls)
    assert run_order(made.desk, order("H5", generation=9)).status == "superseded"
