"""The table of what operators accept: dated, sourced, refused with the row and the key named."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.betting.strict_file import packaged_text
from hippique.betting.terms import (
    FILE,
    OPERATORS,
    TERMS,
    bets_of,
    read_terms,
    terms_in_force,
    terms_of,
)
from hippique.errors import SettingsError, UnknownBet
from hippique.pricing.dividend import PayRules
from hippique.racing.bets import CATALOGUE
from material import material

DAY = dt.date(2026, 6, 1)
SMALL = """
[operators.zeturf]
channel = "internet"
since = 2005-01-01
cut_off_s = 30
dividend_step = 0.10
min_dividend = 1.10
dead_heat = "by_position"
unverified = ["dead_heat"]

[[operators.zeturf.bets]]
bet = "win"
pool = "zeturf"
min_cents = 100
step_cents = 50
takeout = 0.15
source = "a test"
"""


# --- the packaged table ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "least"),
    [
        (dt.date(2012, 1, 1), 1.10),
        (dt.date(2021, 3, 31), 1.10),
        (dt.date(2021, 4, 1), 1.05),  # 558 of 31,003 dividends, none before that day
        (DAY, 1.05),
    ],
)
def test_simple_place_at_pmu_pays_at_least_what_that_day_had(day, least):
    terms = terms_of("pmu", "place", day)

    assert terms.min_dividend == least
    assert not {"min_dividend", "dividend_step"} & set(terms.unverified)


@pytest.mark.parametrize(
    ("operator", "bet", "takeout"),
    [  # lately quoted: simple 15.05 %, couplé and 2 sur 4 26 %, trio 30.9 %, quinté+ 35.25 %
        ("pmu", "win", 0.1505),
        ("pmu", "place", 0.1505),
        ("pmu", "couple_win", 0.26),
        ("pmu", "couple_place", 0.26),
        ("pmu", "two_of_four", 0.26),
        ("pmu", "trio", 0.309),
        ("pmu", "quinte", 0.3525),
        ("pmu", "tierce", None),  # published tables conflict
        ("pmu_fr", "win", 0.133),
        ("pmu_fr", "trio", None),
        ("zeturf", "couple_win", 0.188),  # told from dividends: docs/method/takeout.md
        ("zeturf", "couple_place", 0.213),
        ("zeturf", "couple_order", 0.217),
        ("zeturf", "trio", 0.25),
        ("zeturf", "ze4", 0.322),
        ("zeturf", "two_of_four", None),  # hangs on the order model
        ("zeturf", "trio_order", None),
    ],
)
def test_takeouts_are_the_quoted_ones_or_absent(operator, bet, takeout):
    assert terms_of(operator, bet, DAY).takeout == takeout


def test_a_takeout_that_was_estimated_carries_its_own_spread():
    spreads = {row.bet: row.takeout_sd for row in TERMS if row.takeout_sd is not None}

    assert spreads == {
        "couple_win": 0.015,
        "couple_place": 0.014,
        "couple_order": 0.021,
        "trio": 0.018,
        "ze4": 0.03,
    }
    assert all("takeout" in terms_of("zeturf", bet, DAY).unverified for bet in spreads)


def test_no_takeout_counts_as_verified():
    assert [
        row for row in TERMS if row.takeout is not None and "takeout" not in row.unverified
    ] == []
    assert not any(row.verified for row in TERMS)  # every dead-heat rule is still assumed


@pytest.mark.parametrize(
    ("operator", "bet", "min_cents", "step_cents"),
    [
        ("zeturf", "win", 100, 100),  # bet form of two race pages
        ("zeturf", "ze4", 50, 50),
        ("pmu", "win", 200, 200),  # base stake of the programme documents
        ("pmu", "two_of_four", 300, 300),
        ("pmu_fr", "win", 100, 100),
        ("pmu_fr", "quarte", 150, 150),
    ],
)
def test_stakes_are_those_of_the_real_pages(operator, bet, min_cents, step_cents):
    terms = terms_of(operator, bet, DAY)

    assert (terms.min_cents, terms.step_cents) == (min_cents, step_cents)


@pytest.mark.parametrize("operator", OPERATORS)
def test_national_bets_are_shown_and_not_played(operator):
    shown = {bet for bet in bets_of(operator, DAY) if not terms_of(operator, bet, DAY).played}

    assert shown >= {"tierce", "quarte", "quinte"} & set(bets_of(operator, DAY))
    assert terms_of(operator, "win", DAY).played
    assert terms_of(operator, "place", DAY).played


@pytest.mark.parametrize("row", TERMS, ids=lambda row: f"{row.operator}-{row.bet}-{row.since}")
def test_every_row_prices_and_says_its_source(row):
    PayRules(step=row.dividend_step, minimum=row.min_dividend)  # the pricing room takes them

    assert row.bet in CATALOGUE
    assert len(row.source) > 20
    assert row.channel == ("shop" if row.operator == "pmu" else "internet")
    assert row.min_cents % row.step_cents == 0


def test_terms_in_force_hold_one_row_a_bet():
    rows = terms_in_force(DAY)

    assert len({(row.operator, row.bet) for row in rows}) == len(rows)
    assert {row.bet for row in rows if row.operator == "zeturf"} == set(bets_of("zeturf", DAY))


def test_before_an_operator_opened_it_offers_nothing():
    assert bets_of("pmu_fr", dt.date(2009, 1, 1)) == ()
    with pytest.raises(UnknownBet, match="2009-01-01"):
        terms_of("pmu_fr", "win", dt.date(2009, 1, 1))


@given(day=st.dates(dt.date(2011, 1, 1), dt.date(2030, 1, 1)))
@settings(max_examples=50)
def test_what_is_offered_has_terms_that_had_begun(day):
    for operator in OPERATORS:
        for bet in bets_of(operator, day):
            row = terms_of(operator, bet, day)
            later = [r.since for r in TERMS if (r.operator, r.bet) == (operator, bet)]
            assert row.since == max(since for since in later if since <= day)


# --- against real pages -----------------------------------------------------------------------


def base_stakes(document: Any) -> set[tuple[str, int]]:
    """(pool, base stake in cents) of every bet in a programme document, at any depth."""
    if isinstance(document, list):
        return {pair for part in document for pair in base_stakes(part)}
    if not isinstance(document, dict):
        return set()
    is_bet = {"typePari", "miseBase"} <= set(document)
    own = {(document["typePari"], document["miseBase"])} if is_bet else set()
    return own | {pair for part in document.values() for pair in base_stakes(part)}


def test_stakes_at_pmu_are_the_base_stakes_of_a_programme():
    page = material("pages/pmu/pascal66_programmes-02042026.json")
    seen = base_stakes(json.loads(page.read_text("utf-8")))
    pools = {pool for pool, _ in seen}
    rows = [row for row in TERMS if row.pool in pools]

    assert {(row.pool, row.min_cents) for row in rows} <= seen
    assert len(rows) > 25


FORM_IDS = {  # ids of the bet form: STRUCTURE notes of the pages
    "win": 1, "place": 2, "show2": 29, "fourth": 7, "couple_win": 3, "couple_place": 5,
    "two_of_four": 13, "trio": 6, "ze4": 8, "ze5": 12, "ze234": 15, "ze345": 16,
}  # fmt: skip


@pytest.mark.parametrize("bet", FORM_IDS)
def test_stakes_at_zeturf_are_those_of_its_bet_form(bet):
    page = material("pages/zeturf/race_2024-06-20_R1C3_rendered.html").read_text("utf-8")
    form = re.search(
        rf'"{FORM_IDS[bet]}":{{"montant_ticket_min":([\d.]+),"increment":([\d.]+)', page
    )
    terms = terms_of("zeturf", bet, DAY)

    assert form is not None
    assert [terms.min_cents, terms.step_cents] == [float(euros) * 100 for euros in form.groups()]


# --- reading -----------------------------------------------------------------------------------


def test_a_row_takes_from_its_operator_what_it_leaves_out():
    (row,) = read_terms(SMALL)

    assert (row.since, row.min_dividend, row.cut_off_s) == (dt.date(2005, 1, 1), 1.10, 30)
    assert row.unverified == ("dead_heat",)
    assert not row.verified


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "min_cents = 100",
            "min_cent = 100",
            "operators.zeturf: bets[0].min_cent is unknown; write min_cents (row win)",
        ),
        (
            "min_cents = 100\n",
            "",
            "operators.zeturf: bets[0].min_cents is missing; add it (row win)",
        ),
        ("min_cents = 100", "min_cents = 1.5", "min_cents: write `int`"),
        ("min_cents = 100", "min_cents = 0", "min_cents: write `int` >= 1"),
        ("min_cents = 100", "min_cents = 70", "zeturf win since 2005-01-01: min_cents 70"),
        ("takeout = 0.15", "takeout = 15", "takeout: write `float` < 1.0"),
        ("takeout = 0.15", "takeout_sd = 0.01", "takeout_sd stands without a takeout"),
        ("takeout = 0.15", "takeout = 0.15\ntakeout_sd = 0.0", "takeout_sd: write `float` > 0.0"),
        ('bet = "win"', 'bet = "wins"', "bet is unknown; write one of win, place"),
        ('"internet"', '"web"', "channel: 'web' is unknown; write one of shop, internet"),
        ('"by_position"', '"shared"', "write one of by_position, by_runner"),
        ('["dead_heat"]', '["dead_heat", "pool"]', "unverified[1]: 'pool' is unknown"),
        ('["dead_heat"]', '["typical_pool_eur"]', "unverified names typical_pool_eur"),
        ('source = "a test"', 'source = ""', "source: write `str` of length >= 1"),
        ("2005-01-01", '"long ago"', "since: "),
        ("[operators.zeturf]", "[operators.zeturf", "not TOML"),
        ("\n[operators.zeturf]", "version = 1\n[operators.zeturf]", "holds version, operators"),
        ("[[operators.zeturf.bets]]", "[operators.zeturf.bets]", "bets: write `array`"),
        ("cut_off_s = 30", "cut_off_s = -1", "cut_off_s: write `int` >= 0"),
    ],
)
def test_a_bad_file_names_the_key_and_the_mend(old, new, words):
    assert old in SMALL
    with pytest.raises(SettingsError) as refused:
        read_terms(SMALL.replace(old, new, 1), "mine.toml")

    assert str(refused.value).startswith("mine.toml: ")
    assert words in str(refused.value)


def test_two_rows_of_one_day_are_refused():
    row = SMALL[SMALL.index("[[") :]
    with pytest.raises(SettingsError, match="since stands twice"):
        read_terms(SMALL + row)


LINES = packaged_text(FILE).splitlines()


def read_or_refusal(text: str) -> str | None:
    """None where the table can be read, else what was said."""
    try:
        read_terms(text, "mine.toml")
    except SettingsError as refused:
        return str(refused)
    return None


@given(line=st.integers(0, len(LINES) - 1), junk=st.text(max_size=20))
@settings(max_examples=60)
def test_a_damaged_line_is_taken_or_refused_in_one_line(line, junk):
    refusal = read_or_refusal("\n".join([*LINES[:line], junk, *LINES[line + 1 :]]))

    assert refusal is None or refusal.startswith("mine.toml: ")
