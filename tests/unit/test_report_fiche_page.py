"""The printable race sheet: self-contained, escaped, in two languages, one side of A4."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings

from browser import chromium
from hippique.betting.settlement import withdraw
from hippique.betting.slip import (
    Cost,
    Ev,
    Gate,
    RaceReading,
    RunnerReading,
    write_decision,
)
from hippique.racing.codec import from_json
from hippique.report import english
from hippique.report.facts import RaceFacts
from hippique.report.fiche_page import fiche_html, fiche_name
from hippique.report.fiche_words import LANGUAGES, WORDS
from report_days import (
    EVENING,
    HOSTILE,
    bare,
    decision_for,
    official,
    place_ticket,
    planned,
    played,
    win_ticket,
)
from strategies import names

SETTLED = played(planned(), decision_for(planned(), win_ticket()), official())
REFUSED = played(planned(), decision_for(planned()), official())


class Words(HTMLParser):
    """What a reader sees, and which elements there are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(facts: RaceFacts, language: str = "fr") -> str:
    page = re.sub(r"<style>.*?</style>", "", fiche_html(facts, language), flags=re.DOTALL)
    return " ".join(" ".join(Words(page).words).split())


def rich(runners: int, *, gates: int = 0) -> RaceFacts:
    """A slip with intervals, limits, closing odds, costs and as many runners as asked for."""
    race = planned(declared=runners)
    ticket = place_ticket((4, 300, 2.9), (5, 200, 3.4))
    ticket = replace(
        ticket,
        legs=tuple(replace(leg, limit_dividend=1.9) for leg in ticket.legs),
        expected_dividend=tuple(replace(e, low=2.3, high=4.4) for e in ticket.expected_dividend),
    )
    reading = RaceReading(
        runners=tuple(
            RunnerReading(
                number=n,
                p_win=1 / runners,
                p_place=3 / runners,
                fair=runners,
                shown=runners * 0.85,
                closing={"zeturf": {"mean": 6.2, "low": 5.3, "high": 7.4}},
                limit={"place": 3.4},
            )
            for n in range(1, runners + 1)
        ),
        costs=tuple(Cost(operator="zeturf", bet=b, loss_per_eur=0.14) for b in ("win", "place")),
    )
    failed = tuple(
        Gate(gate=f"gate_{n}", statistic="mean", value=0.1, threshold=0.4, passed=False)
        for n in range(gates)
    )
    decision = replace(
        decision_for(race, ticket),
        ev=Ev(mean_eur=2.21, low_eur=-0.7, high_eur=5.3, p_loss_all=0.29),
        reading=reading,
        gates=failed,
    )
    return played(race, decision, official())


def test_a_settled_slip_shows_reading_decision_result_and_settlement():
    text = read(SETTLED)
    assert "Dimanche 7 juin 2026" in text
    # Chance 50 %, fair 2.0, shown 1.7, first home.
    assert "4 KENJY BEL 4 50,0\u00a0%".replace("\u00a0", " ") in text.replace("\u00a0", " ")
    assert "Ticket réglé" in text
    assert "Cote à H-5 2,4" in text
    assert "4-5-6" in text
    assert "Simple gagnant 4, gagné, mise 1,00" in text
    assert "18+" in text


def test_forecasts_stand_beside_their_interval():
    text = read(rich(9)).replace("\u00a0", " ")
    assert "6,2 5,3–7,4" in text  # the predicted close of a runner
    assert "Rapport attendu à la clôture 2,9 (2,3–4,4), pas sous 1,9" in text
    assert "+2,21 €" in text
    assert "−0,70 € à +5,30 €" in text
    assert "29 % des cas" in text
    assert "−0,14 €" in text


def test_english_numbers_and_words_are_english():
    text = read(rich(9), "en")
    assert "Sunday 7 June 2026" in text
    assert "Expected dividend at close 2.9 (2.3–4.4), not under 1.9" in text
    assert "−€0.70 to +€5.30" in text
    assert "14:10:07" in text
    assert "Over-18s only" in text


def test_columns_that_nobody_filled_are_left_out():
    text = read(SETTLED)
    assert "Clôture prévue" not in text
    assert "Limite" not in text


def test_a_no_bet_begins_with_what_it_would_have_taken():
    gate = Gate(gate="runners", statistic="value", value=5, threshold=6, passed=False)
    decided = replace(decision_for(planned()), gates=(gate,))
    text = read(played(planned(), decided))
    assert "Pas de pari" in text
    assert "au moins 6 partants" in text
    told = replace(decided, counterfactual={"text": "5 placé à partir de 4,8"})
    assert "5 placé à partir de 4,8" in read(played(planned(), told))


def test_a_study_is_shown_as_not_played():
    ticket = from_json(dict, write_decision(decision_for(planned(), win_ticket())))["tickets"]
    decided = decision_for(planned())
    decided = replace(decided, reading=replace(decided.reading, study={"tickets": ticket}))
    text = read(played(planned(), decided))
    assert "sur le papier, non joué" in text
    assert "1,00" in text


def test_a_withdrawn_slip_says_not_to_play_and_why():
    facts = played(planned(), decision_for(planned(), win_ticket()))
    text = read(replace(facts, withdrawn="le 4 est non-partant"))
    assert "Ticket retiré, ne pas jouer" in text
    assert "le 4 est non-partant" in text
    gone = replace(facts.state, settlement=withdraw(facts.state.decision))
    assert "Ticket retiré avant le départ" in read(replace(facts, state=gone, withdrawn="x"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_race_of_which_nothing_is_known_says_so_without_a_zero(language):
    text = read(bare(planned(off_time=None, declared=None, distance_m=None)), language)
    assert WORDS[language]["no_decision"] in text
    assert WORDS[language]["no_snapshot"] in text
    assert WORDS[language]["not_yet"] in text
    assert " 0 " not in text


@pytest.mark.parametrize("mode", ["live", "simulated", "recorded", "replayed"])
def test_every_mode_but_live_wears_a_banner(mode):
    page = fiche_html(replace(SETTLED, mode=mode, simulated=mode == "simulated"))
    assert ('class="banner"' in page) == (mode != "live")
    assert ("SIMULÉ" in page) == (mode == "simulated")


def test_the_page_needs_nothing_from_outside_and_runs_nothing():
    page = fiche_html(rich(9))
    found = Words(page)
    assert "script" not in found.tags
    assert found.addresses == ["2026-06-07-R1C3.en.html"]
    assert "url(" not in page
    assert "default-src 'none'" in page


@given(names)
@settings(max_examples=30, deadline=None)
def test_no_name_becomes_markup(name):
    usual = Words(fiche_html(bare(planned(name="Prix", meeting="Vichy")))).tags
    assert Words(fiche_html(bare(planned(name=name, meeting=f"<b>{name}")))).tags == usual


def test_hostile_words_are_shown_as_text_wherever_they_come_from():
    decided = replace(decision_for(planned()), reasons=("<script>1</script>",), policy="<i>")
    page = fiche_html(played(planned(name=HOSTILE), decided))
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<i>" not in page


def test_the_two_languages_have_the_same_words_and_names_of_files():
    assert WORDS["fr"].keys() == WORDS["en"].keys()
    assert fiche_name(SETTLED) == "fiches/2026-06-07-R1C3.html"
    assert fiche_name(SETTLED, "en") == "fiches/2026-06-07-R1C3.en.html"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(english.euros(-340, signed=True), "−€3.40", id="minus before the sign"),
        pytest.param(english.euro_amount(None), "–", id="unknown"),
        pytest.param(english.number(2700, 0), "2,700", id="thousands"),
        pytest.param(english.percent(0.125), "12.5%", id="share"),
        pytest.param(english.number(-0.001, 2, signed=True), "0.00", id="zero has no sign"),
        pytest.param(english.odds(48.7), "49", id="odds from 20"),
        pytest.param(english.hour(EVENING), "23:00", id="hour"),
    ],
)
def test_numbers_are_english(shown, expected):
    assert shown == expected


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(rich(9), id="a slip of nine runners"),
        pytest.param(rich(24, gates=40), id="twenty-four runners and forty failed gates"),
        pytest.param(bare(planned()), id="only planned"),
    ],
)
def test_the_sheet_prints_on_one_page(facts, tmp_path: Path):
    page, paper = tmp_path / "fiche.html", tmp_path / "fiche.pdf"
    page.write_text(fiche_html(facts), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    subprocess.run(
        [chromium(), *options, profile, f"--print-to-pdf={paper}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) == 1
