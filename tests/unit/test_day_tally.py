"""What a day's close tells: accounts apart, every no-bet once, what failed, what was withdrawn."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import (
    DAY,
    OFF,
    R1C1,
    FailingArchive,
    Killed,
    a_race,
    card,
    minutes,
    not_run,
    order,
    programme,
    race_day_bench,
)
from hippique.betting.ledger import ISSUED, PLAYED, STUDY, Slot, released, staked, write_entries
from hippique.betting.policy import ControlPolicy, packaged
from hippique.betting.slip import Gate, RaceReading, write_decision
from hippique.betting.study import study_document
from hippique.day.close import close_day
from hippique.day.entries import entries_of
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.played import mark_played
from hippique.day.race_day import decision_of, latest_plan, outcome_of
from hippique.day.run import run_order
from hippique.day.samples import withdraw
from hippique.day.status import PhaseState, day_status, race_state
from hippique.day.tally import (
    NO_GATE,
    Papers,
    Refusals,
    Tally,
    Withdrawn,
    paper_accounts,
    refusals,
)
from hippique.errors import SourceDown, StoreDamaged
from hippique.racing.card import RaceId
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryArchive

VERSIONS = {"code": "test"}
H5 = OFF - minutes(5)


def opened(**facts: object):
    made = replace(race_day_bench(sites=("zeturf",)), **facts)
    made.service.schedule(DAY)
    return made


def decided(**facts: object):
    made = opened(**facts)
    run_order(made.at(H5).desk, order("H5"))
    return made


def ended(made):
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))
    return made


def totals(made):
    return day_status(made.archive, latest_plan(made.archive, DAY), made.clock.now()).totals


def phases(made, now):
    (race,) = latest_plan(made.archive, DAY).races
    return race_state(made.archive, race, now).phases


# --- refusals -----------------------------------------------------------------------------------

SLIP = decision_of(decided().archive, R1C1)


def no_bet(*gates: tuple[str, bool]):
    told = tuple(
        Gate(gate=name, statistic="value", value=0.0, threshold=1.0, passed=passed)
        for name, passed in gates
    )
    return replace(SLIP, decision="no_bet", tickets=(), stake_cents=0, gates=told)


def test_a_no_bet_counts_once_by_its_first_failed_gate_and_at_each_that_failed():
    found = refusals(
        [
            no_bet(("overround", True), ("ev", False), ("roi", False)),
            no_bet(("overround", False), ("ev", False)),
            no_bet(("overround", True), ("ev", False)),
        ]
    )

    assert found.first == {"ev": 2, "overround": 1}
    assert found.failed == {"ev": 3, "roi": 1, "overround": 1}


def test_a_gate_that_failed_twice_in_a_race_counts_once():
    found = refusals([no_bet(("ev", False), ("ev", False))])

    assert (found.first, found.failed) == ({"ev": 1}, {"ev": 1})


@pytest.mark.parametrize("gates", [(), (("ev", True),)], ids=["without gates", "all passed"])
def test_a_no_bet_that_no_gate_refused_is_counted_too(gates):
    found = refusals([no_bet(*gates)])

    assert (found.first, found.failed) == ({NO_GATE: 1}, {NO_GATE: 1})


def test_each_gate_is_shown_as_it_failed_never_as_it_passed():
    passed, failed = no_bet(("ev", True), ("roi", False)), no_bet(("ev", False))

    gates = refusals([passed, failed]).gates

    assert gates == {"ev": failed.gates[0], "roi": passed.gates[1]}


def test_a_slip_is_no_refusal_whatever_its_gates_say():
    odd = replace(SLIP, gates=no_bet(("ev", False)).gates)

    assert refusals([odd, SLIP]) == Refusals()


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=5)))
def test_the_first_gates_add_up_to_the_no_bets(races):
    found = refusals([no_bet(*gates) for gates in races] + [SLIP])

    assert sum(found.first.values()) == len(races)
    assert all(found.failed[gate] >= count for gate, count in found.first.items())
    assert max(found.failed.values(), default=0) <= len(races)


def test_the_day_counts_its_no_bets_by_the_user_s_own_limit():
    made = decided(week_loss_limit_cents=99)

    refused = totals(made).refused
    assert (refused.first, refused.failed) == ({"week_loss": 1}, {"week_loss": 1})
    assert (totals(made).no_bets, totals(made).slips) == (1, 0)


def test_what_refused_a_shadow_is_no_refusal_of_the_day():
    made = decided(shadows=(packaged("gpi-5.1"),))

    assert totals(made).refused == Refusals()
    assert (totals(made).slips, totals(made).no_bets) == (1, 0)


# --- accounts -----------------------------------------------------------------------------------


def test_every_account_has_its_own_day():
    made = decided(shadows=(ControlPolicy(), packaged("kelly-pure")))
    mark_played(made.archive, R1C1, OFF - minutes(4), VERSIONS, played=True)
    ended(made)

    one = Tally(slips=1, staked_cents=100, returned_cents=260)
    assert paper_accounts(made.archive, [R1C1]) == Papers(played=one, shadows={"control": one})
    found = totals(made)
    assert (found.played, found.study, found.shadows) == (one, Tally(), {"control": one})
    assert (found.staked_cents, found.returned_cents) == (100, 260)


def test_a_stake_that_waits_is_a_slip_and_nothing_staked_yet():
    made = decided(shadows=(ControlPolicy(),))

    assert paper_accounts(made.archive, [R1C1]).shadows == {"control": Tally(slips=1)}


def test_a_refunded_stake_came_back_whole():
    made = opened(shadows=(ControlPolicy(),))
    made.site("zeturf").show_result(R1C1, not_run("zeturf"))
    run_order(made.at(H5).desk, order("H5"))
    ended(made)

    assert totals(made).shadows == {"control": Tally(slips=1, staked_cents=100, returned_cents=100)}


def test_a_study_ticket_is_counted_apart_and_in_no_sum_of_the_day():
    slip = decision_of(decided().archive, R1C1)
    study = RaceReading(study=study_document(slip.tickets, None, ()))
    made = opened()
    refused = replace(slip, decision="no_bet", tickets=(), stake_cents=0, reading=study)
    made.archive.create(f"{R1C1}/H5/slip.json", write_decision(refused))
    run_order(made.at(H5).desk, order("H5"))
    ended(made)

    found = totals(made)
    assert found.study == Tally(slips=1, staked_cents=100, returned_cents=260)
    assert (found.staked_cents, found.returned_cents, found.slips, found.no_bets) == (0, 0, 0, 1)


def test_races_add_up_and_a_stake_taken_back_is_none():
    archive = MemoryArchive()
    shadow = "shadow:control"
    for number, cents in ((1, 100), (2, 300), (10, 500)):
        race = f"2025-10-16/R1C{number}"
        slot = Slot(account=shadow, race=race, at=H5)
        issued = replace(slot, account=ISSUED)
        entries = [staked(slot, cents), staked(issued, cents)]
        archive.create(f"{race}/H5/entries.json", write_entries(entries))
    given_back = released(Slot(account=shadow, race="2025-10-16/R1C2", at=OFF), 300, "rendu")
    archive.create("2025-10-16/R1C2/WITHDRAWAL/entries.json", write_entries([given_back]))
    races = [RaceId.parse(f"2025-10-16/R1C{number}") for number in (1, 2, 10)]

    assert paper_accounts(archive, races) == Papers(shadows={"control": Tally(slips=2)})
    assert paper_accounts(archive, races[:1]).shadows == {"control": Tally(slips=1)}


def test_what_races_returned_adds_up():
    made = ended(decided(shadows=(ControlPolicy(),)))
    entries = entries_of(made.archive, R1C1)
    archive, races = MemoryArchive(), [RaceId.parse(f"2025-10-16/R1C{n}") for n in (1, 2, 3)]
    for race in races:
        of_race = [replace(entry, race=str(race)) for entry in entries]
        archive.create(f"{race}/H5/entries.json", write_entries(of_race))

    assert paper_accounts(archive, races).shadows == {
        "control": Tally(slips=3, staked_cents=300, returned_cents=780)
    }


def test_a_day_without_entries_has_empty_accounts():
    made = opened()

    assert paper_accounts(made.archive, [R1C1]) == Papers()
    assert {PLAYED, STUDY}.isdisjoint(paper_accounts(made.archive, [R1C1]).shadows)


def test_damaged_entries_are_told_by_their_name():
    archive = MemoryArchive()
    archive.create(f"{R1C1}/H5/entries.json", b"{")

    with pytest.raises(StoreDamaged, match=f"{R1C1}/H5/entries.json"):
        paper_accounts(archive, [R1C1])


# --- withdrawn ----------------------------------------------------------------------------------


def test_a_withdrawn_slip_is_told_with_what_came_back_and_leaves_the_sums():
    made = decided(shadows=(ControlPolicy(),))
    withdraw(made.at(OFF - minutes(3)).desk, R1C1, "le 1 est non-partant")
    before = totals(made)
    ended(made)

    for found in (before, totals(made)):
        assert found.withdrawn == Withdrawn(slips=1, stake_cents=100)
        assert (found.slips, found.staked_cents, found.returned_cents) == (1, 0, 0)
    assert totals(made).shadows == {"control": Tally(slips=1, staked_cents=100, returned_cents=260)}


def test_a_slip_that_stands_and_a_no_bet_are_not_withdrawn():
    assert totals(decided()).withdrawn == Withdrawn()
    made = decided(week_loss_limit_cents=99)
    withdraw(made.at(OFF - minutes(3)).desk, R1C1, "rien à retirer")

    assert totals(made).withdrawn == Withdrawn()


def test_the_summary_of_the_close_holds_what_was_counted():
    made = ended(decided(shadows=(ControlPolicy(),), week_loss_limit_cents=99))
    for task in made.queue.live():
        made.queue.cancel(task.name)
    close_day(made.at(paris_at(DAY, 23)).desk, DAY)

    summary = json.loads(made.archive.read(f"{DAY}/close/summary.json"))

    assert summary["shadows"]["control"]["slips"] == 1
    assert summary["refused"]["first"] == {"week_loss": 1}
    assert summary["withdrawn"]["slips"] == 0


# --- failed, or late ----------------------------------------------------------------------------

DOWN = SourceDown("no answer", site="zeturf")


def failing(phase: str, at):
    """A visit begun in time whose every attempt failed."""
    made = opened()
    made.site("zeturf").show_card(R1C1, DOWN)
    for late in (0, 1):
        with pytest.raises(SourceDown):
            run_order(made.at(at + minutes(late)).desk, order(phase))
    return made


BEGUN = [("H30", OFF - minutes(30), H5), ("H5", H5, OFF)]


@pytest.mark.parametrize(("phase", "at", "end"), BEGUN)
def test_a_visit_whose_every_attempt_failed_has_failed(phase, at, end):
    made = failing(phase, at)
    assert phases(made, end - minutes(1))[phase] is PhaseState.PLANNED  # the queue tries again
    assert phases(made, end)[phase] is PhaseState.FAILED  # though nobody came any more

    run_order(made.at(end).desk, order(phase))

    assert phases(made, end)[phase] is PhaseState.FAILED
    assert totals(made).failed == 1


@pytest.mark.parametrize(("phase", "at", "end"), BEGUN)
def test_a_visit_that_nobody_began_in_time_is_late(phase, at, end):
    made = opened()
    assert phases(made, end)[phase] is PhaseState.LATE

    run_order(made.at(end).desk, order(phase))

    assert at < end
    assert phases(made, end)[phase] is PhaseState.LATE
    assert totals(made).failed == 0


@pytest.mark.parametrize("at", ["page-zeturf-race-1.html.zst", "snapshot.json", "money.json"])
def test_a_visit_whose_worker_died_before_its_slip_has_failed(at):
    made = opened()
    inside = made.archive
    made.archive = FailingArchive(inside, at, after=True)
    with pytest.raises(Killed):
        run_order(made.at(H5).desk, order("H5"))
    made.archive = inside

    assert phases(made, OFF)["H5"] is PhaseState.FAILED
    run_order(made.at(OFF).desk, order("H5"))
    assert phases(made, OFF)["H5"] is PhaseState.FAILED


def test_a_visit_that_failed_and_then_came_through_is_done():
    made = opened()
    made.site("zeturf").show_card(R1C1, DOWN)
    with pytest.raises(SourceDown):
        run_order(made.at(H5).desk, order("H5"))
    made.site("zeturf").show_card(R1C1, card("zeturf"))

    run_order(made.at(H5 + minutes(1)).desk, order("H5"))

    assert phases(made, OFF)["H5"] is PhaseState.DONE
    assert (totals(made).failed, totals(made).slips) == (0, 1)


def test_a_visit_whose_pages_came_after_the_off_is_late_and_not_failed():
    made = opened()
    made.site("zeturf").before_answer = lambda _: made.clock.advance_to(OFF)

    assert run_order(made.at(H5).desk, order("H5")).status is Status.LATE
    assert phases(made, OFF)["H5"] is PhaseState.LATE


def test_a_failed_visit_of_the_tenth_race_is_not_one_of_the_first():
    made = opened()
    made.site("zeturf").show_programme(DAY, programme("zeturf", a_race(1), a_race(10)))
    made.service.replan(DAY)
    tenth = RaceId.parse("2025-10-16/R1C10")
    made.site("zeturf").show_card(tenth, DOWN)
    with pytest.raises(SourceDown):
        run_order(made.at(H5).desk, order("H5", tenth))

    states = {
        race.key: race_state(made.archive, race, OFF).phases["H5"]
        for race in latest_plan(made.archive, DAY).races
    }
    assert states == {"R1C1": PhaseState.LATE, "R1C10": PhaseState.FAILED}


def test_a_slip_frozen_in_time_has_not_failed_while_its_race_waits_to_be_finished():
    made = opened()
    inside = made.archive
    made.archive = FailingArchive(inside, "slip.json", after=True)
    with pytest.raises(Killed):
        run_order(made.at(H5).desk, order("H5"))
    made.archive = inside

    assert phases(made, OFF)["H5"] is not PhaseState.FAILED

    run_order(made.at(OFF + minutes(1)).desk, order("H5"))

    assert outcome_of(inside, R1C1, Phase.H5).status is Status.DONE
    assert phases(made, OFF + minutes(1))["H5"] is PhaseState.DONE
    assert totals(made).slips == 1
