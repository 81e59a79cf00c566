"""Small readers of French page text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.sources.text import (
    fold,
    is_dash,
    read_amount,
    read_decimal,
    read_int,
    read_numbers,
    same_words,
    squash,
)


@pytest.mark.parametrize(
    ("text", "euros"),
    [
        ("1 929,80 €", 1929.8),
        ("17\u202f330\u00a0€", 17330.0),
        ("5,10 €", 5.1),
        ("5,10", 5.1),
        ("22000 €", 22000.0),
        ("75.000 €", 75000.0),
        ("1.250.000 €", 1250000.0),
        ("1.929,80 €", 1929.8),
        ("21000.00 €", 21000.0),
        ("0,00 €", 0.0),
        ("12 euros", 12.0),
        ("-", None),
        ("", None),
        (None, None),
        ("Remboursé", None),
        ("5,10 € 2,00 €", None),
        ("1 23 €", None),
        ("9" * 40, None),
    ],
)
def test_amounts(text, euros):
    assert read_amount(text) == euros


@pytest.mark.parametrize(
    ("text", "number"),
    [("2650m", 2650), ("2 650 m", 2650), ("13 Partants", 13), ("C7", 7), ("0m", 0), ("x", None)],
)
def test_whole_numbers(text, number):
    assert read_int(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("54.5 kg", 54.5), ("3,6", 3.6), ("58 kg", 58.0), ("—", None)]
)
def test_decimal_numbers(text, number):
    assert read_decimal(text) == number


@pytest.mark.parametrize(
    ("text", "numbers"), [("10 - 5 / 11", (10, 5, 11)), ("6\n-\t13", (6, 13)), ("", ()), (None, ())]
)
def test_lists_of_numbers(text, numbers):
    assert read_numbers(text) == numbers


def test_squash_folds_every_blank():
    assert squash(" a\u00a0\u202f b\u200b\r\n\tc ") == "a b c"


def test_fold_compares_without_accents_and_case():
    assert fold("Œillères  À L’ŒUVRE ex æquo") == "oeilleres a l'oeuvre ex aequo"
    assert same_words("Prix de Bornéo", "PRIX DE\u00a0BORNEO")


@pytest.mark.parametrize(("text", "dash"), [("-", True), (" – ", True), ("", True), ("0", False)])
def test_dashes_say_no_value(text, dash):
    assert is_dash(text) is dash


@given(st.text())
def test_no_text_raises(text):
    for read in (squash, fold, is_dash, read_amount, read_int, read_decimal, read_numbers):
        read(text)


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_written_amount_is_read_back(euros, cents):
    grouped = f"{euros:,}".replace(",", "\u202f")
    assert read_amount(f"{grouped},{cents:02d} €") == pytest.approx(euros + cents / 100)
