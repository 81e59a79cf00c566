"""The study ticket: kept in the reading, in the shape of a slip's tickets."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from decisions import no_bet, place_ticket
from hippique.betting.slip import (
    Ev,
    Gate,
    RaceReading,
    decision_document,
    read_decision,
    write_decision,
)
from hippique.betting.study import read_study, study_document

EV = Ev(mean_eur=-0.4, low_eur=-0.9, high_eur=0.2, p_loss_all=0.6)
FAILED = Gate(gate="sum_p_place", statistic="value", value=0.9, threshold=1.2, passed=False)
PASSED = replace(FAILED, gate="runners", passed=True)


def test_a_study_holds_its_tickets_its_value_and_only_the_gates_that_refused_it():
    study = read_study(study_document([place_ticket(300, 200)], EV, [PASSED, FAILED]))

    assert study is not None
    assert study.tickets == (place_ticket(300, 200),)
    assert (study.stake_cents, study.ev, study.failed) == (500, EV, (FAILED,))


def test_nothing_that_could_be_staked_is_no_study():
    assert study_document([], EV, [FAILED]) is None
    assert read_study(None) is None


def test_on_file_its_amounts_are_euros_as_everywhere():
    reading = RaceReading(study=study_document([place_ticket(300, 200)], EV, [FAILED]))

    study = decision_document(no_bet(reading))["reading"]["study"]

    assert study["stake_eur"] == 5.0
    assert study["tickets"][0]["legs"][0]["stake_eur"] == 3.0
    assert study["tickets"][0]["min_eur"] == 1.0


@given(st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_a_study_that_was_written_is_read_back_unchanged(euros):
    made = study_document([place_ticket(*(100 * amount for amount in euros))], EV, [FAILED])

    kept = read_decision(write_decision(no_bet(RaceReading(study=made)))).reading.study

    assert read_study(kept) == read_study(made)
