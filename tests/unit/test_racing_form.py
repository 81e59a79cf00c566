"""Reading the musique: each letter and year mark of the three sites, and what none may become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from hippique.racing.form import UNPLACED, Form, FormCode, Incident, PastRun, read_form


def run(place: int | None, code: FormCode | None, year: int | None = None) -> PastRun:
    return PastRun(place=place, code=code, year=year)


def fault(incident: Incident, code: FormCode | None, year: int | None = None) -> PastRun:
    return PastRun(incident=incident, code=code, year=year)


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        pytest.param("4a", run(4, FormCode.HARNESS), id="harness"),
        pytest.param("4m", run(4, FormCode.MOUNTED), id="mounted"),
        pytest.param("4p", run(4, FormCode.FLAT), id="flat"),
        pytest.param("4h", run(4, FormCode.HURDLE), id="hurdles"),
        pytest.param("4s", run(4, FormCode.STEEPLECHASE), id="steeplechase"),
        pytest.param("4c", run(4, FormCode.CROSS_COUNTRY), id="cross-country"),
        pytest.param("4o", run(4, FormCode.OBSTACLE), id="obstacle"),
        pytest.param("4", run(4, None), id="no letter"),
        pytest.param("11s", run(11, FormCode.STEEPLECHASE), id="two digits"),
        pytest.param("15h", run(15, FormCode.HURDLE), id="fifteenth"),
        pytest.param("0p", run(0, FormCode.FLAT), id="beyond ninth"),
        pytest.param("Da", fault(Incident.DISQUALIFIED, FormCode.HARNESS), id="disqualified"),
        pytest.param("Dm", fault(Incident.DISQUALIFIED, FormCode.MOUNTED), id="same, mounted"),
        pytest.param("da", fault(Incident.DISQUALIFIED, FormCode.HARNESS), id="in lower case"),
        pytest.param("As", fault(Incident.PULLED_UP, FormCode.STEEPLECHASE), id="pulled up"),
        pytest.param("Ao", fault(Incident.PULLED_UP, FormCode.OBSTACLE), id="same, obstacle"),
        pytest.param("Ta", fault(Incident.FELL, FormCode.HARNESS), id="fell, in harness"),
        pytest.param("Ts", fault(Incident.FELL, FormCode.STEEPLECHASE), id="fell"),
        pytest.param("To", fault(Incident.FELL, FormCode.OBSTACLE), id="fell, obstacle"),
        pytest.param("Rp", fault(Incident.UNSEATED, FormCode.FLAT), id="R, flat"),
    ],
)
def test_sign_of_a_run(sign, expected):
    assert read_form(sign) == Form(runs=(expected,))


def test_year_mark_is_a_year_and_never_a_place():
    form = read_form("4a (25) 5a Da (24) 0a")

    assert [past.year for past in form.runs] == [None, 2025, 2025, 2024]
    assert [past.place for past in form.runs] == [4, 5, None, 0]


@pytest.mark.parametrize(
    ("mark", "year"),
    [
        pytest.param("(25)", 2025, id="two digits"),
        pytest.param("(05)", 2005, id="with a zero"),
        pytest.param("(98)", 1998, id="last century"),
        pytest.param("(2025)", 2025, id="four digits"),
        pytest.param("( 25 )", 2025, id="blanks inside"),
        pytest.param("(25", 2025, id="cut at the column's edge"),
    ],
)
def test_year_marks(mark, year):
    assert [past.year for past in read_form(f"{mark} 1a").runs] == [year]


def test_runs_without_a_blank_between_them_are_read_apart():
    form = read_form("Da6aDaDa6a")

    assert [past.place for past in form.runs] == [None, 6, None, None, 6]


def test_beyond_ninth_counts_as_tenth_and_not_as_better_than_first():
    assert [past.placing for past in read_form("0a 1a 12a Da").runs] == [UNPLACED, 1, 12, None]


@pytest.mark.parametrize("words", ["Inédit", "inedit", "INÉDITE", "Deb", "Déb.", "Débutante"])
def test_horse_that_never_raced(words):
    assert read_form(words) == Form(never_raced=True)


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u202f\n"], ids=repr)
def test_nothing_printed_is_an_empty_form_and_not_a_debut(blank):
    assert read_form(blank) == Form()


@pytest.mark.parametrize(
    ("musique", "places", "unread"),
    [
        pytest.param("4x 2a", [4, 2], ("x",), id="a letter that nobody knows"),
        pytest.param("4t", [4], ("t",), id="a lone small t is no fall"),
        pytest.param("4ſ", [4], ("ſ",), id="a letter that folds to s elsewhere"),
        pytest.param("²a", [], ("²", "a"), id="a raised digit"),
        pytest.param("?", [], ("?",), id="a question mark"),
    ],
)
def test_unknown_signs_are_kept_apart(musique, places, unread):
    form = read_form(musique)

    assert [past.place for past in form.runs] == places
    assert form.unread == unread


@given(strategies.musiques())
def test_printed_musique_is_read_run_by_run(printed):
    musique, said = printed
    form = read_form(musique)

    assert form.unread == ()
    assert [(shown(past), past.year) for past in form.runs] == list(said)


def shown(past: PastRun) -> str:
    sign = past.incident.value if past.incident else str(past.place)
    return sign + (past.code.value if past.code else "")


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text):
    form = read_form(text)

    assert all((past.place is None) != (past.incident is None) for past in form.runs)
