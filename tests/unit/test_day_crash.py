"""A worker killed at any write: whoever comes next finishes, with one decision and no fault.

Pages show other odds at every fetch, so that a retry that mixes two captures is found out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from desks import (
    DAY,
    ODDS,
    OFF,
    R1C1,
    Bench,
    FailingArchive,
    Killed,
    a_race,
    card,
    minutes,
    order,
    programme,
    race_day_bench,
    replayed,
    result,
)
from hippique.betting.policy import packaged
from hippique.day.close import close_day
from hippique.day.folder import Folder, hash_of
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of, outcome_of
from hippique.day.run import run_order
from hippique.day.verify import verify_day
from hippique.ports import Archive
from hippique.runtime.memory import MemoryArchive

Step = tuple[timedelta, Callable[[Bench], object]]


def visit(phase: Phase) -> Callable[[Bench], object]:
    return lambda made: run_order(made.desk, order(phase))


def sample(made: Bench) -> object:
    return made.service.tick(DAY)


STEPS: tuple[Step, ...] = (
    (timedelta(hours=-5), lambda made: made.service.schedule(DAY)),
    (minutes(-40), sample),
    (minutes(-30), visit(Phase.H30)),
    (minutes(-5), visit(Phase.H5)),
    (minutes(15), visit(Phase.RESULT)),
    (timedelta(hours=9), lambda made: close_day(made.desk, DAY)),
)


def restless() -> Bench:
    """A day whose pages differ at every fetch; the dividend too."""
    made = race_day_bench()
    cards = [card("zeturf", {n: o + turn for n, o in ODDS.items()}) for turn in range(20)]
    made.site("zeturf").show_card(R1C1, *cards)
    results = [result("zeturf", per_euro=2 + turn) for turn in range(5)]
    made.site("zeturf").show_result(R1C1, *results)
    made.shadows = (packaged("kelly-pure"),)
    return made


def live_through(made: Bench, at: int | None, *, after: bool) -> int:
    """Run the whole day, killed once at the `at`-th write; returns how many writes it made."""
    inside = MemoryArchive()
    failing = FailingArchive(inside, at, after=after)
    made.archive = failing
    for offset, step in STEPS:
        made.at(OFF + offset)
        try:
            step(made)
        except Killed:
            made.archive = inside  # a new process; the dead one's claims are taken over
            made.at(OFF + offset + timedelta(seconds=20))
            step(made)
    made.archive = inside
    return failing.creates


WRITES = live_through(restless(), None, after=False)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(WRITES))
def test_killed_at_any_write_the_day_still_ends_with_one_decision_and_no_fault(at, after):
    made = restless()

    live_through(made, at, after=after)

    for phase in Phase:
        assert outcome_of(made.archive, R1C1, phase).status is Status.DONE
    decision = decision_of(made.archive, R1C1)
    folder = Folder(made.archive, f"{R1C1}/H5")
    assert decision.inputs == {
        "snapshot": hash_of(folder, "snapshot.json"),
        "forecast": hash_of(folder, "forecast.json"),
        "money": hash_of(folder, "money.json"),
    }
    assert [a for a in made.archive.addresses() if "/shadow/" in a] == [
        f"{R1C1}/H5/shadow/kelly-pure.json"
    ]
    slips = [a for a in made.archive.addresses() if a.endswith("/slip.json")]
    assert slips == [f"{R1C1}/H5/slip.json"]
    verification = verify_day(made.archive, DAY)
    assert verification.touched == ()
    assert verification.sealed
    assert replayed(made).differing == ()


def test_a_slip_frozen_in_time_is_finished_after_the_off_by_whoever_comes_next():
    made = restless()
    made.service.schedule(DAY)
    inside = killed_at(made, "slip.json", "H5")
    frozen = inside.read(f"{R1C1}/H5/slip.json")

    outcome = run_order(made.at(OFF + minutes(2)).desk, order("H5"))

    assert (outcome.status, outcome.decision) == (Status.DONE, "slip")
    assert inside.read(f"{R1C1}/H5/slip.json") == frozen
    assert verify_day(inside, DAY).ok


def killed_at(made: Bench, at: int | str, phase: str) -> Archive:
    """A bench whose worker was killed right after this write, in time for H5."""
    inside = made.archive
    made.archive = FailingArchive(inside, at, after=True)
    with pytest.raises(Killed):
        run_order(made.at(OFF - minutes(5)).desk, order(phase))
    made.archive = inside
    return inside


def move(made: Bench, off: datetime) -> None:
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, a_race(off=off)))
    made.service.replan(DAY)


def test_a_worker_killed_before_its_slip_leaves_a_late_race_and_no_slip():
    made = restless()
    made.service.schedule(DAY)
    inside = killed_at(made, "snapshot.json", "H5")

    outcome = run_order(made.at(OFF).desk, order("H5"))

    assert outcome.status is Status.LATE
    assert decision_of(inside, R1C1) is None
    assert verify_day(inside, DAY).ok


BEFORE_ITS_RACE = ("page-zeturf-race-1.html.zst", "pages.json", "snapshot.json", "forecast.json")


@pytest.mark.parametrize("at", BEFORE_ITS_RACE)
def test_a_race_that_moves_while_its_worker_is_dead_is_decided_and_replayed_alike(at):
    made = restless()
    made.service.schedule(DAY)
    inside = killed_at(made, at, "H5")
    later = OFF + minutes(6)
    move(made, later)

    run_order(made.at(later - minutes(5)).desk, order("H5"))

    assert decision_of(inside, R1C1).play_before == later - timedelta(seconds=30)
    assert replayed(made).differing == ()
    assert verify_day(inside, DAY).ok


@pytest.mark.parametrize("at", ["race.json", "slip.json", "outcome.json"])
def test_a_slip_frozen_for_the_old_off_is_withdrawn(at):
    made = restless()
    made.service.schedule(DAY)
    inside = killed_at(made, at, "H5")
    later = OFF + minutes(6)
    move(made, later)

    run_order(made.at(later - minutes(5)).desk, order("H5"))
    made.service.replan(DAY)

    assert b"le d\xc3\xa9part a boug\xc3\xa9" in inside.read(f"{R1C1}/WITHDRAWAL/withdrawn.json")
    assert verify_day(inside, DAY).ok


def test_odds_that_a_dead_worker_left_long_ago_are_not_bet_on():
    made = restless()
    made.service.schedule(DAY)
    inside = killed_at(made, "snapshot.json", "H5")
    later = OFF + minutes(50)
    move(made, later)

    outcome = run_order(made.at(later - minutes(5)).desk, order("H5"))

    assert (outcome.status, "too old" in outcome.reasons[0]) == (Status.LATE, True)
    assert decision_of(inside, R1C1) is None


@pytest.mark.parametrize("at", range(12))
def test_an_operators_look_survives_its_worker_too(at):
    made = restless()
    made.service.schedule(DAY)
    inside = made.archive
    made.archive = FailingArchive(inside, at, after=True)
    try:
        first = run_order(made.desk, order("H30", due=None))
    except Killed:
        made.archive = inside
        first = run_order(made.desk, order("H30", due=None))
    made.archive = inside

    assert run_order(made.desk, order("H30", due=None)) == first
    assert verify_day(inside, DAY).left_over == ()


def test_every_write_of_the_day_is_covered_by_a_manifest():
    made = restless()
    live_through(made, None, after=False)

    assert verify_day(made.archive, DAY).left_over == ()
