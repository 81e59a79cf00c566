"""Rows of the sheets and of tracking.csv: columns of the promise, and empty where not known."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.betting.slip import ExpectedDividend, Gate, Leg, Ticket
from hippique.day.status import PhaseState
from hippique.racing.card import Discipline
from hippique.racing.result import Refund
from hippique.report import measures
from hippique.report.labels import BET_CODES, DISCIPLINES, order_cell, tickets_cell
from hippique.report.rows import sheet_rows, verdict
from hippique.report.sheets import SHEETS
from hippique.report.tracking import HEADERS, tracking_csv, tracking_values
from report_days import (
    DAY,
    HOSTILE,
    bare,
    decision_for,
    forecast_of,
    official,
    place_ticket,
    planned,
    played,
    win_ticket,
)
from strategies import names

PROMISED = {
    "Planning": "Date, Réunion, Course, Hippodrome, Heure, Partants, Discipline, Statut H-30, "
    "Statut H-5, Jouable H-5, Tickets H-5, Commentaires, Simulé",
    "Suivi": "Date, Réunion, Course, Hippodrome, Discipline, Partants, Tickets, Mises_totales, "
    "Gains_réels, ROI_estimé, ROI_réel, Verdict, Arrivée_officielle, Notes, Timestamp_UTC, Simulé",
    "ROI Prévisionnel": "R/C, hippodrome, date, discipline, mises, EV_sp, EV_global, ROI_sp, "
    "ROI_global, risk_of_ruin, clv_moyen, variance, payout_attendu, model, Simulé",
    "ROI Observé": "R/C, hippodrome, date, discipline, mises, gains, ROI_reel, result_moyen, "
    "ROI_reel_moyen, Brier_total, Brier_moyen, EV_total, EV_ecart, model, Simulé",
}
TRACKING = (
    "reunion, course, hippodrome, date, discipline, partants, tickets_count, nb_tickets, "
    "stake_total, stake_average, expected_gross_return_eur, ev_simulee_post_arrondi, ev_sp, "
    "ev_global, roi_simule, roi_sp, roi_global, roi_reel, prob_implicite_panier, risk_of_ruin, "
    "sharpe, drift_sign, model, ALERTE_VALUE, Simulé"
)
SETTLED = played(planned(), decision_for(planned(), win_ticket()), official())
REFUSED = played(planned(), decision_for(planned()), official())
OPEN = bare(planned())


def cells(facts, sheet: str) -> dict[str, object]:
    return dict(sheet_rows([facts])[sheet][0].cells)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
@pytest.mark.parametrize("facts", [SETTLED, REFUSED, OPEN], ids=["settled", "no bet", "planned"])
def test_columns_are_the_promised_ones_in_their_order(sheet, facts):
    promised = PROMISED[sheet.name].split(", ")
    assert list(sheet.headers) == promised
    assert list(cells(facts, sheet.name)) == promised


def test_planning_says_what_was_decided_in_the_words_of_the_author():
    row = cells(SETTLED, "Planning")
    assert row["Date"] == DAY
    assert (row["Réunion"], row["Course"]) == ("R1", "C3")
    assert row["Heure"] == dt.time(14, 15)
    assert row["Discipline"] == "Trot attelé"
    assert (row["Statut H-30"], row["Statut H-5"]) == ("Collecté", "Analysé")
    assert (row["Jouable H-5"], row["Tickets H-5"]) == ("Oui", "G:4@2.4")
    assert row["Simulé"] == "Oui"


def test_follow_up_counts_stake_return_and_roi_of_the_slip():
    row = cells(SETTLED, "Suivi")
    # 1 € at 2.50 returns 2.50 €: ROI (2.50 − 1) / 1; expected 0.20 € on 1 €.
    assert (row["Mises_totales"], row["Gains_réels"]) == (1.0, 2.5)
    assert row["ROI_réel"] == pytest.approx(1.5)
    assert row["ROI_estimé"] == pytest.approx(0.2)
    assert row["Arrivée_officielle"] == "4-5-6"
    assert row["Timestamp_UTC"] == dt.datetime(2026, 6, 7, 12, 32)  # noqa: DTZ001  cells hold no zone


def test_a_planned_race_has_empty_cells_and_never_a_zero():
    for sheet in ("Suivi", "ROI Prévisionnel", "ROI Observé"):
        said = {h for h, value in cells(OPEN, sheet).items() if value is not None}
        assert said <= {
            *("Date", "Réunion", "Course", "R/C", "date", "Hippodrome", "hippodrome"),
            *("Discipline", "discipline", "Partants", "Simulé"),
        }


def test_a_no_bet_stakes_nothing_and_has_no_roi():
    row = cells(REFUSED, "Suivi")
    assert (row["Mises_totales"], row["Tickets"]) == (0.0, None)
    assert (row["ROI_estimé"], row["ROI_réel"], row["Verdict"]) == (None, None, "Abstention")


def test_observed_brier_is_the_squared_error_of_the_chances():
    row = cells(SETTLED, "ROI Observé")
    # Winner had 0.5: 0.5² + 0.3² + 0.2² = 0.38, over three starters.
    assert row["Brier_total"] == pytest.approx(0.38)
    assert row["Brier_moyen"] == pytest.approx(0.38 / 3)
    assert row["EV_ecart"] == pytest.approx(1.5 - 0.2)


def test_brier_of_a_dead_heat_shares_the_win_and_a_non_runner_leaves():
    forecast = forecast_of(planned())
    heat = replace(official(), order=((4, 5), (6,)))
    # 4 and 5 won half each: 0² + 0.2² + 0.2².
    assert measures.brier(forecast, heat).total == pytest.approx(0.08)
    without = replace(official(), order=((5,), (6,)), non_runners=(4,))
    # 0.3 and 0.2 become 0.6 and 0.4: 0.4² + 0.4².
    assert measures.brier(forecast, without).total == pytest.approx(0.32)


def test_brier_of_a_winner_that_the_forecast_does_not_know_is_unknown():
    assert measures.brier(forecast_of(planned()), replace(official(), order=((9,),))) is None


def test_ev_of_place_is_known_only_where_all_tickets_are_place():
    place = place_ticket((9, 300, 2.9), (5, 200, 3.4))
    assert measures.ev_of_place(decision_for(planned(), place)) == 0.2
    assert measures.ev_of_place(decision_for(planned(), place, win_ticket())) is None
    assert measures.ev_of_place(decision_for(planned(), win_ticket())) is None


def test_risk_of_ruin_comes_from_the_policy_or_stays_empty():
    gate = Gate(gate="risk_of_ruin", statistic="mean", value=0.004, threshold=0.01, passed=True)
    decided = decision_for(planned(), win_ticket())
    assert cells(SETTLED, "ROI Prévisionnel")["risk_of_ruin"] is None
    known = played(planned(), replace(decided, gates=(gate,)))
    assert cells(known, "ROI Prévisionnel")["risk_of_ruin"] == 0.004


def couple(bet: str, *combination: int, mean: float | None = None) -> Ticket:
    expected = () if mean is None else (ExpectedDividend(combination=combination, mean=mean),)
    return replace(
        win_ticket(),
        bet=bet,
        legs=(Leg(combination=combination, stake_cents=150),),
        expected_dividend=expected,
    )


@pytest.mark.parametrize(
    ("tickets", "cell"),
    [
        pytest.param((win_ticket(3, mean=4.5),), "G:3@4.5", id="win"),
        pytest.param(
            (place_ticket((3, 100, 2.0), (5, 100, 2.0)), couple("couple_place", 1, 3, mean=1.5)),
            "SP:3-5@2.0 | CPL:1-3@1.5",
            id="the example of the format",
        ),
        pytest.param(
            (place_ticket((9, 300, 2.9), (5, 200, 3.4)),), "SP:9@2.9 | SP:5@3.4", id="dutched"
        ),
        pytest.param((couple("two_of_four", 2, 8),), "2S4:2-8", id="no dividend expected"),
        pytest.param((couple("ze4", 1, 2, 3, 4),), "ZE4:1-2-3-4", id="bet without a short code"),
        pytest.param((), None, id="no ticket"),
    ],
)
def test_tickets_are_written_in_the_format_of_the_author(tickets, cell):
    assert tickets_cell(tickets) == cell


def test_every_discipline_has_a_french_name_and_codes_differ():
    assert set(DISCIPLINES) == set(Discipline)
    assert len(set(BET_CODES.values())) == len(BET_CODES)


def test_order_shows_dead_heats_with_an_equals_sign():
    assert order_cell(((10,), (5, 11), (6,))) == "10-5=11-6"


LOST = played(planned(), decision_for(planned(), win_ticket(5)), official())
OFF = played(planned(), decision_for(planned(), win_ticket()), official())
REFUNDED = played(
    planned(),
    decision_for(planned(), win_ticket()),
    replace(official(), refunded=(Refund(operator="zeturf", bet="win"),)),
)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        pytest.param(SETTLED, "Gagnant", id="won"),
        pytest.param(LOST, "Perdant", id="lost"),
        pytest.param(REFUNDED, "Remboursé", id="refunded"),
        pytest.param(
            played(planned(), decision_for(planned(), win_ticket())), "En attente", id="awaited"
        ),
        pytest.param(OPEN, None, id="planned"),
        pytest.param(
            replace(OPEN, state=replace(OPEN.state, phases={**OPEN.state.phases, "H5": "late"})),
            "Sans décision",
            id="late",
        ),
        pytest.param(
            replace(
                OPEN,
                state=replace(
                    OPEN.state, phases=dict.fromkeys(OPEN.state.phases, PhaseState.CANCELLED)
                ),
            ),
            "Annulée",
            id="cancelled",
        ),
    ],
)
def test_verdict_is_one_word(facts, word):
    assert verdict(facts) == word


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_tracking_has_the_promised_columns_and_opens_in_a_french_excel():
    content = tracking_csv([SETTLED])
    assert list(HEADERS) == TRACKING.split(", ")
    assert content.startswith(b"\xef\xbb\xbfreunion;course;")
    row = read_csv(content)[0]
    assert (row["reunion"], row["course"], row["date"]) == ("R1", "C3", "2026-06-07")
    assert (row["stake_total"], row["roi_reel"], row["Simulé"]) == ("1", "1,5", "Oui")
    assert row["risk_of_ruin"] == ""


def test_tracking_measures_basket_and_drift_of_the_horses_backed():
    values = tracking_values(SETTLED)
    # The reading shows 1/0.5·0.85 = 1.7 for the 4; its odds went from 2.0 to 2.2.
    assert values["prob_implicite_panier"] == pytest.approx(1 / 1.7)
    assert values["drift_sign"] == 1
    steam = played(planned(), decision_for(planned(), place_ticket((5, 100, 2.0))))
    # Place odds of the 5 run from 1.55 to 2.55, middle 2.05; win odds fell from 3.4 to 3.1.
    assert tracking_values(steam)["prob_implicite_panier"] == pytest.approx(1 / 2.05)
    assert tracking_values(steam)["drift_sign"] == -1
    assert tracking_values(REFUSED)["drift_sign"] is None


@given(st.one_of(names, st.sampled_from(["+1", "-1", "@x", "\tx", " =x", '";=x', "a\r\nb"])))
@settings(max_examples=60, deadline=None)
def test_no_name_starts_a_formula_in_the_csv(name):
    row = read_csv(tracking_csv([bare(planned(meeting=name))]))[0]
    assert not row["hippodrome"].lstrip().startswith(("=", "+", "-", "@"))
    assert row["Simulé"] == "Oui"


def test_a_hostile_name_stays_readable_in_the_csv():
    row = read_csv(tracking_csv([bare(planned(meeting=HOSTILE))]))[0]
    assert row["hippodrome"] == f"'{HOSTILE}"
