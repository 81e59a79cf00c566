"""The day's books: stakes with the slip, releases, settlements, corrections, the bettor's marks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from desks import DAY, OFF, R1C1, minutes, not_run, order, race_day_bench, replayed, result
from hippique.betting.balance import balance_of
from hippique.betting.ledger import ISSUED, PLAYED, STUDY, Event, shadow_account
from hippique.betting.slip import RaceReading, read_decision, write_decision
from hippique.betting.study import study_document
from hippique.day import addresses
from hippique.day.close import close_day
from hippique.day.corrections import correct_day, standing_result
from hippique.day.duties import Due, Duty
from hippique.day.entries import entries_of
from hippique.day.folder import Folder
from hippique.day.played import mark_played
from hippique.day.race_day import decision_of, latest_plan
from hippique.day.run import run_order
from hippique.day.samples import withdraw
from hippique.day.status import day_status, race_state
from hippique.day.verify import verify_day
from hippique.errors import InputError, NotFound, SourceDown
from hippique.ports import Archive
from hippique.racing.card import Reading
from hippique.racing.times import paris_at
from hippique.report.ledger import LEDGER, all_entries, check_ledger, rebuild_ledger

MORNING = paris_at(DAY + dt.timedelta(days=1), 9, 30)
VERSIONS = {"code": "test"}


def decided(*answers: Reading | SourceDown, sites=("zeturf",)):
    """A race with 1 € to win on the 1, whose result page answers so."""
    made = race_day_bench(sites=sites)
    made.site("zeturf").show_result(R1C1, *(answers or (result("zeturf"),)))
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    return made


def ended(made):
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))
    return made


def events(made, account=ISSUED):
    return [e.event for e in entries_of(made.archive, R1C1) if e.account == account]


def balance(made, account=ISSUED):
    return balance_of(entries_of(made.archive, R1C1), account)


def totals(made):
    return day_status(made.archive, latest_plan(made.archive, DAY), made.clock.now()).totals


def test_the_stake_is_booked_with_the_slip():
    made = decided()

    assert events(made) == [Event.STAKE]
    assert balance(made).at_risk_cents == 100
    assert f"{R1C1}/H5/entries.json" in made.archive.addresses(str(R1C1))


def test_the_result_settles_it():
    made = ended(decided())

    assert events(made) == [Event.STAKE, Event.SETTLED]
    assert balance(made).profit_cents == 160  # 1 € at 2.6


def test_a_second_delivery_books_nothing_more():
    made = ended(ended(decided()))

    assert events(made) == [Event.STAKE, Event.SETTLED]


def test_a_cancelled_race_is_refunded():
    made = ended(decided(not_run("zeturf")))

    assert events(made) == [Event.STAKE, Event.REFUNDED]
    assert balance(made).bankroll_cents == 0


def test_a_withdrawn_slip_is_released_and_counts_in_no_total():
    made = decided()
    withdraw(made.at(OFF - minutes(3)).desk, R1C1, "le 1 est non-partant")
    ended(made)

    assert events(made) == [Event.STAKE, Event.WITHDRAWN]
    assert (totals(made).staked_cents, totals(made).returned_cents) == (0, 0)
    assert race_state(made.archive, latest_plan(made.archive, DAY).races[0], OFF).settlement
    assert check(made) == ()


def test_a_withdrawn_slip_of_a_cancelled_race_is_not_refunded_again():
    made = decided(not_run("zeturf"))
    withdraw(made.at(OFF - minutes(3)).desk, R1C1, "la course est annulée")
    ended(made)

    assert events(made) == [Event.STAKE, Event.WITHDRAWN]
    assert balance(made).bankroll_cents == 0


def test_a_replay_of_a_withdrawn_slip_settles_the_same():
    made = decided()
    withdraw(made.at(OFF - minutes(3)).desk, R1C1, "le 1 est non-partant")
    ended(made)

    assert replayed(made).differing == ()


def check(made):
    rebuild_ledger(made.archive, made.views, made.clock.now())
    return check_ledger(made.archive, made.views, made.clock.now())


# --- corrections -------------------------------------------------------------------------------


def corrected(*later: Reading | SourceDown, sealed=True):
    """A race settled on a win of the 1 at 2.6, looked at again the next morning."""
    made = ended(decided(result("zeturf"), *later))
    if sealed:
        for task in made.queue.live():
            made.queue.cancel(task.name)
        assert close_day(made.at(paris_at(DAY, 23)).desk, DAY) is not None
    correct_day(made.at(MORNING).desk, DAY)
    return made


OTHER_WINNER = result("zeturf", ((2,), (1,), (3,), (4,)))
OTHER_DIVIDEND = result("zeturf", per_euro=3.1)


def test_a_corrected_order_is_reversed_and_settled_anew():
    made = corrected(OTHER_WINNER)

    assert events(made) == [Event.STAKE, Event.SETTLED, Event.REVERSED, Event.SETTLED]
    assert balance(made).profit_cents == -100
    assert standing_result(made.archive, R1C1).result.order[0] == (2,)


def test_a_corrected_dividend_pays_the_difference():
    made = corrected(OTHER_DIVIDEND)

    assert balance(made).profit_cents == 210  # 1 € at 3.1
    assert totals(made).returned_cents == 310


def test_nothing_that_was_written_changes_and_the_seal_still_holds():
    made = ended(decided(result("zeturf"), OTHER_WINNER))
    for task in made.queue.live():
        made.queue.cancel(task.name)
    close_day(made.at(paris_at(DAY, 23)).desk, DAY)
    before = {a: made.archive.read(a) for a in made.archive.addresses()}

    correct_day(made.at(MORNING).desk, DAY)

    assert {a: made.archive.read(a) for a in before} == before
    checked = verify_day(made.archive, DAY)
    assert (checked.sealed, checked.touched, checked.left_over) == (True, (), ())


def test_the_look_is_made_once():
    made = corrected(OTHER_WINNER, OTHER_DIVIDEND)

    assert correct_day(made.at(MORNING + dt.timedelta(days=1)).desk, DAY) == 0
    assert balance(made).profit_cents == -100


def test_an_unchanged_result_books_nothing():
    made = corrected()

    assert events(made) == [Event.STAKE, Event.SETTLED]
    assert standing_result(made.archive, R1C1) is None
    assert f"{R1C1}/corrections/1/correction.json" in made.archive.addresses(str(R1C1))


def test_before_the_morning_nobody_looks():
    made = ended(decided(result("zeturf"), OTHER_WINNER))

    assert correct_day(made.at(paris_at(DAY, 23)).desk, DAY) == 0
    assert not made.archive.addresses(f"{R1C1}/corrections")


def test_a_site_that_does_not_answer_is_asked_the_next_morning():
    made = corrected(SourceDown("no answer", site="zeturf"), OTHER_WINNER)
    assert events(made) == [Event.STAKE, Event.SETTLED]

    assert correct_day(made.at(MORNING + dt.timedelta(days=1)).desk, DAY) == 1
    assert balance(made).profit_cents == -100


def test_the_dividends_of_a_site_that_is_away_are_not_taken_back():
    made = race_day_bench(sites=("zeturf", "geny"))
    made.site("geny").show_result(R1C1, result("geny"), SourceDown("away", site="geny"))
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    ended(made)

    assert correct_day(made.at(MORNING).desk, DAY) == 0


def test_the_morning_close_looks_and_publishes():
    made = ended(decided(result("zeturf"), OTHER_WINNER))
    service = made.at(MORNING).service

    service.do(Due(MORNING, Duty.CLOSE, DAY))

    assert balance(made).profit_cents == -100
    assert made.reports.days == [DAY]
    assert "Result corrected" in made.journal.messages("WARNING")


@pytest.mark.parametrize("later", [OTHER_WINNER, OTHER_DIVIDEND], ids=["order", "dividend"])
def test_a_corrected_day_reconciles(later):
    made = corrected(later)

    assert check(made) == ()
    assert b"corrected" in made.views.load(LEDGER)


# --- other accounts ----------------------------------------------------------------------------


def test_a_shadow_is_staked_and_settled_on_its_own_account():
    made = decided()
    slip = made.archive.read(f"{R1C1}/H5/slip.json")
    made = race_day_bench(sites=("zeturf",))
    made.service.schedule(DAY)
    decision = read_decision(slip)
    made.archive.create(
        addresses.shadow(R1C1, "kelly-pure"),
        write_decision(replace(decision, policy="kelly-pure")),
    )
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    ended(made)

    shadow = shadow_account("kelly-pure")
    assert events(made, shadow) == [Event.STAKE, Event.SETTLED]
    assert balance(made, shadow).profit_cents == balance(made).profit_cents == 160
    assert totals(made).staked_cents == 100
    assert check(made) == ()


def test_a_study_is_kept_on_paper():
    made = decided()
    slip = decision_of(made.archive, R1C1)
    study = RaceReading(study=study_document(slip.tickets, None, ()))
    no_bet = replace(slip, decision="no_bet", tickets=(), stake_cents=0, reading=study)
    other = race_day_bench(sites=("zeturf",))
    other.service.schedule(DAY)
    other.archive.create(f"{R1C1}/H5/slip.json", write_decision(no_bet))
    run_order(other.at(OFF - minutes(5)).desk, order("H5"))
    ended(other)

    assert events(other) == []
    assert events(other, STUDY) == [Event.STAKE, Event.SETTLED]
    assert totals(other).staked_cents == 0
    assert check(other) == ()


# --- played ------------------------------------------------------------------------------------


def test_a_mark_before_the_result_is_settled_with_it():
    made = decided()
    assert mark_played(made.archive, R1C1, OFF - minutes(4), VERSIONS, played=True)
    ended(made)

    assert events(made, PLAYED) == [Event.SETTLED, Event.STAKE]
    assert balance(made, PLAYED).profit_cents == 160
    assert check(made) == ()


def test_a_mark_after_the_seal_is_settled_at_once():
    made = corrected(OTHER_WINNER)

    assert mark_played(made.archive, R1C1, MORNING, VERSIONS, played=True)

    assert balance(made, PLAYED).profit_cents == -100
    assert verify_day(made.archive, DAY).touched == ()
    assert check(made) == ()


def test_a_mark_can_be_taken_back_and_set_again():
    made = ended(decided())
    for n, played in enumerate((True, False, True)):
        assert mark_played(made.archive, R1C1, OFF + minutes(30 + n), VERSIONS, played=played)

    assert balance(made, PLAYED).profit_cents == 160
    assert balance(made, PLAYED).at_risk_cents == 0
    assert check(made) == ()


def test_marking_twice_changes_nothing():
    made = ended(decided())

    assert mark_played(made.archive, R1C1, OFF + minutes(30), VERSIONS, played=True)
    assert not mark_played(made.archive, R1C1, OFF + minutes(31), VERSIONS, played=True)


def test_a_slip_played_before_it_was_withdrawn_is_the_bettors_own():
    made = decided()
    mark_played(made.archive, R1C1, OFF - minutes(4), VERSIONS, played=True)
    withdraw(made.at(OFF - minutes(3)).desk, R1C1, "sous la limite")
    ended(made)

    assert balance(made).profit_cents == 0
    assert balance(made, PLAYED).profit_cents == 160


def test_a_correction_reaches_the_bettors_account():
    made = ended(decided(result("zeturf"), OTHER_WINNER))
    mark_played(made.archive, R1C1, OFF + minutes(30), VERSIONS, played=True)
    correct_day(made.at(MORNING).desk, DAY)

    assert balance(made, PLAYED).profit_cents == -100
    assert check(made) == ()


def test_what_was_never_advised_cannot_be_marked():
    made = race_day_bench()
    with pytest.raises(NotFound):
        mark_played(made.archive, R1C1, OFF, VERSIONS, played=True)
    made.operators = ("pmu",)
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    with pytest.raises(InputError, match="no-bet"):
        mark_played(made.archive, R1C1, OFF, VERSIONS, played=True)


# --- an older layout, and faults ---------------------------------------------------------------


class Without:
    """An archive in which some files were never written."""

    def __init__(self, inside: Archive, ending: str) -> None:
        self.inside, self.ending = inside, ending

    def addresses(self, prefix=""):
        return tuple(a for a in self.inside.addresses(prefix) if not a.endswith(self.ending))

    def folders(self, prefix=""):
        return self.inside.folders(prefix)

    def read(self, address):
        return self.inside.read(address)

    def create(self, address, content):
        self.inside.create(address, content)


def test_a_day_from_before_there_were_entries_has_the_same_books():
    made = ended(decided())
    older = Without(made.archive, "/entries.json")

    assert [e.event for e in entries_of(older, R1C1)] == [Event.STAKE, Event.SETTLED]
    assert balance_of(entries_of(older, R1C1), ISSUED) == balance(made)


def test_a_settlement_without_its_entries_is_told():
    made = ended(decided())
    rebuild_ledger(made.archive, made.views, made.clock.now())

    faults = check_ledger(Without(made.archive, "RESULT/entries.json"), made.views, OFF)

    assert any("settled" in fault for fault in faults)


def test_an_entry_that_does_not_balance_is_told():
    made = decided()
    folder = Folder(made.archive, addresses.played_folder(R1C1, 1))
    (stake,) = entries_of(made.archive, R1C1)
    crooked = made.archive.read(f"{R1C1}/H5/entries.json").replace(b"issued", b"played")
    folder.write("entries.json", crooked.replace(b"-1.0", b"-2.0"))

    faults = check_ledger(made.archive, made.views, OFF)

    assert f"{str(stake.id).replace('issued', 'played')}: its postings add up to -100" in faults[0]


def test_all_entries_are_in_order():
    made = corrected(OTHER_WINNER)

    assert [e.event for e in all_entries(made.archive, MORNING)] == events(made)
