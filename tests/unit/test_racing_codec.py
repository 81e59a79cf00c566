"""Laws of the JSON of racing values: what is written reads back equal, in the same bytes."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from hippique.errors import InputError
from hippique.racing.card import Meeting, Race, RaceId, RaceKey, Reading, Runner
from hippique.racing.codec import from_builtins, from_json, to_builtins, to_json, to_pretty_json
from hippique.racing.market import Quote, RunnerOdds, Snapshot
from hippique.racing.result import Dividend, Result

VALUES = {
    RaceKey: strategies.race_keys,
    RaceId: strategies.race_ids,
    Runner: strategies.runners,
    RunnerOdds: strategies.runner_odds,
    Race: strategies.races,
    Meeting: strategies.meetings,
    Reading: strategies.readings,
    Quote: strategies.quotes,
    Snapshot: strategies.snapshots,
    Dividend: strategies.dividends,
    Result: strategies.results(),
}


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_value_written_then_read_is_equal(kind, data):
    value = data.draw(VALUES[kind])

    assert from_json(kind, to_json(value)) == value


@pytest.mark.parametrize("kind", [Reading, Snapshot, Result], ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_equal_values_give_equal_bytes_after_a_round_trip(kind, data):
    value = data.draw(VALUES[kind])

    assert to_json(from_json(kind, to_json(value))) == to_json(value)


@given(strategies.readings)
def test_pretty_file_holds_the_same_value(reading):
    text = to_pretty_json(reading)

    assert from_json(Reading, text) == reading
    assert text.endswith(b"\n")


@given(strategies.readings)
def test_builtins_are_what_the_json_holds(reading):
    assert to_builtins(reading) == json.loads(to_json(reading))
    assert from_builtins(Reading, to_builtins(reading)) == reading


@given(strategies.snapshots)
def test_instants_keep_their_offset_in_json(snapshot):
    back = from_json(Snapshot, to_json(snapshot))

    assert back.taken_at.utcoffset() == snapshot.taken_at.utcoffset()


def test_missing_fact_is_null_and_not_left_out():
    assert json.loads(to_json(Quote(number=3)))["win"] is None


def test_mapping_keys_are_sorted_so_that_order_of_insertion_does_not_show():
    assert to_json({"b": 1, "a": 2}) == to_json({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("content", "named"),
    [
        pytest.param(b'{"number": "3"}', "$.number", id="text where a number belongs"),
        pytest.param(b"{}", "number", id="required field absent"),
        pytest.param(b'{"number": 3, "win": "2,6"}', "$.win", id="decimal comma"),
        pytest.param(b'{"number": 3', "Quote", id="cut in the middle"),
    ],
)
def test_bad_json_is_refused_with_the_path_of_the_fault(content, named):
    with pytest.raises(InputError) as caught:
        from_json(Quote, content)

    assert named in str(caught.value)


def test_unknown_status_is_refused_with_its_path():
    with pytest.raises(InputError, match=r"\$\.status"):
        from_builtins(Result, {"status": "probable"})


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_number_that_is_not_finite_never_reads_back_as_itself(number):
    # JSON has no such numbers: they are written as null, so a required field refuses them.
    written = to_json(Dividend(operator="zeturf", bet="win", combination=(1,), per_euro=number))

    with pytest.raises(InputError, match=r"\$\.per_euro"):
        from_json(Dividend, written)
