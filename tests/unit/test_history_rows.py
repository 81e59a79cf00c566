"""One's own day as history rows: what was known when, of one pool, and no simulated day."""

from __future__ import annotations

import json

import pytest

from desks import DAY, OFF, R1C1, Bench, card, minutes, order, race_day_bench, result
from hippique.bootstrap.history_rows import Tables, history_of
from hippique.day.phases import Phase
from hippique.day.race_day import latest_plan
from hippique.day.run import run_order
from hippique.errors import InputError

EARLY = {1: 4.0, 2: 3.0, 3: 6.0}
LATE = {1: 2.5, 2: 3.4, 3: 6.0}


def run(made: Bench) -> Bench:
    made.service.schedule(DAY)
    made.site("zeturf").show_card(R1C1, card("zeturf", EARLY, non_runners=(3,)))
    run_order(made.at(OFF - minutes(30)).desk, order(Phase.H30))
    made.site("zeturf").show_card(R1C1, card("zeturf", LATE, non_runners=(3,)))
    made.site("zeturf").show_result(
        R1C1, result("zeturf", ((2,), (1,)), non_runners=(3,), per_euro=3.4)
    )
    for before, phase in ((5, Phase.H5), (-15, Phase.RESULT)):
        run_order(made.at(OFF - minutes(before)).desk, order(phase))
    return made


def tables(mode: str = "live") -> Tables:
    made = race_day_bench()
    made.mode = mode
    plan = latest_plan(run(made).archive, DAY)
    assert plan is not None
    return history_of(made.archive, plan)


def test_a_race_is_one_row_under_the_tables_words():
    (race,) = tables().races

    assert (race["race_id"], race["src"], race["pool"]) == (
        "2025-10-16_R1_C1",
        "hippique",
        "zeturf",
    )
    assert (race["discipline"], race["pays"], race["distance"]) == ("PLAT", "FRA", 2000)
    assert race["heureDepart"] == round(OFF.timestamp() * 1000)
    assert (json.loads(race["arrivee"]), race["arrivee_definitive"]) == ([[2], [1]], "True")
    assert (race["n_runners"], race["n_winners"]) == (2, 1)


def test_odds_are_those_that_were_known_at_the_minute():
    first, second, third = tables().runners

    # At H-30 the first visit had just sampled 4.0, at H-5 the second one 2.5.
    assert (first["odds_t60"], first["odds_t30"], first["odds_t15"]) == (None, 4.0, 4.0)
    assert (first["odds_t5"], first["odds_t5_min"]) == (2.5, -5.0)
    assert (first["rank"], second["rank"], third["rank"]) == (2, 1, None)
    assert (third["statut_final"], third["incident"]) == ("NON_PARTANT", "NON_PARTANT")


def test_ticks_are_the_samples_of_the_pool():
    ticks = tables().ticks

    assert [(t["num"], t["odds"], t["mins"]) for t in ticks] == [
        (1, 4.0, -30.0), (2, 3.0, -30.0), (1, 2.5, -5.0), (2, 3.4, -5.0),
    ]  # fmt: skip


def test_a_race_without_final_odds_is_not_called_usable():
    (race,) = tables().races

    assert (race["n_no_final"], race["overround_final"], race["usable"]) == (2, None, False)


def test_a_recorded_day_says_so_and_a_simulated_one_is_refused():
    assert tables("recorded").races[0]["src"] == "hippique-recorded"
    with pytest.raises(InputError, match="no history"):
        tables("simulated")


def test_a_race_that_nobody_visited_has_no_rows():
    made = race_day_bench()
    made.mode = "live"
    made.service.schedule(DAY)
    plan = latest_plan(made.archive, DAY)
    assert plan is not None

    assert history_of(made.archive, plan) == Tables()
