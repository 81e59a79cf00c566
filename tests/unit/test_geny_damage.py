"""Whatever comes from the wire, a reader answers with a reading or with a SourceError."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geny_pages import (
    arrival,
    block,
    family,
    flat_race,
    line,
    listed,
    meeting,
    next_meeting,
    next_page,
    next_race,
    next_runner,
    programme,
)
from hippique.errors import SourceError
from hippique.racing.card import Reading
from hippique.racing.codec import from_json, to_json
from hippique.sources.geny import read_programme, read_race, read_result

Reader = Callable[..., Reading]

DIVIDENDS = family("lesSolos", block("PMU", "simple", [(line("7", "Gagnant"), "3,10 €")]))
RANKED = [next_runner(1, rang=1, cotePmu=2.5), next_runner(2, rang=2)]
STATE = {
    "course": next_race(etatCourse="ARRIVEE_DEFINITIVE"),
    "reunion": next_meeting(courseInfos=[next_race()]),
    "participants": RANKED,
}
WHOLE: list[tuple[Reader, bytes]] = [
    (read_race, flat_race().encode("cp1252")),
    (read_result, arrival([("1", "7", ""), ("2", "4", "")], dividends=DIVIDENDS).encode("cp1252")),
    (
        read_programme,
        programme(
            meeting("dimanche : Auteuil (R1)", "Terrain : Bon", listed("1 - P", "9 Partants - 8h"))
        ).encode("cp1252"),
    ),
    (read_race, next_page(STATE, cut=50).encode()),
    (read_result, next_page(STATE).encode()),
    (read_programme, next_page(STATE).encode()),
]
READERS = [read_race, read_result, read_programme]


def reads_or_refuses(reader: Reader, body: bytes) -> Reading | None:
    try:
        reading = reader(body)
    except SourceError as error:
        assert error.site == "geny"  # noqa: PT017  both outcomes are right, each is checked
        return None
    assert reading.meetings
    assert any(one.races for one in reading.meetings)
    assert from_json(Reading, to_json(reading)) == reading
    return reading


def whole_is_read(reader: Reader, body: bytes) -> bool:
    return reads_or_refuses(reader, body) is not None


def test_the_undamaged_pages_are_read():
    assert all(whole_is_read(reader, body) for reader, body in WHOLE)


@settings(max_examples=100)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_flipped_bytes(whole: tuple[Reader, bytes], flips: list[tuple[int, int]]):
    reader, body = whole
    changed = bytearray(body)
    for place, byte in flips:
        changed[place % len(changed)] = byte
    reads_or_refuses(reader, bytes(changed))


@settings(max_examples=60)
@given(st.sampled_from(WHOLE), st.floats(0, 0.99))
def test_cut_short_is_refused(whole: tuple[Reader, bytes], share: float):
    reader, body = whole
    with pytest.raises(SourceError):
        reader(body[: int(len(body) * share)])


@settings(max_examples=60)
@given(st.sampled_from(READERS), st.binary(max_size=300))
@example(read_race, b"")
@example(read_race, b"   \n")
@example(read_race, b"\x1f\x8b\x08" + bytes(100))
@example(read_race, b"[" * 100_000)
@example(read_race, b'{"numero": 1}' + b" " * 50)
@example(read_result, b"<html><body>another site altogether, with a table</body></html>")
@example(read_programme, b'<div id="tableau_partants"></div>' + b"x" * 100)
def test_anything_else_is_refused(reader: Reader, body: bytes):
    with pytest.raises(SourceError):
        reader(body)


@settings(max_examples=60)
@given(
    st.sampled_from(["course", "reunion", "participants"]),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["numero", "cheval", "id", "numeroCourse", "courseInfos", "PMU"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
)
def test_any_value_in_the_state(name: str, value: Any):
    body = next_page(STATE | {name: value}).encode("utf-8", "replace")
    for reader in READERS:
        reads_or_refuses(reader, body)


def test_lone_half_of_a_surrogate_pair_can_be_written():
    body = next_page(STATE).replace("Prix d'Été", "Prix \\\\ud800").encode()
    assert reads_or_refuses(read_race, body) is not None


def test_a_thousand_comments_before_a_table_take_no_time():
    with pytest.raises(SourceError):
        read_race(b"<!-- x -->" * 1000 + b"<table></table>")


def test_nested_beyond_reason_is_refused():
    deep = "<div>" * 3000  # the parser is quadratic in depth
    assert reads_or_refuses(read_race, flat_race().replace("<body>", "<body>" + deep).encode()) in {
        None,
        read_race(flat_race().encode()),
    }
