"""The simulated racecourse's own chances: read, used in simulation only, kept for the replay."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import httpx
import pytest

from desks import DAY, OFF, R1C1, minutes, order, race_day_bench
from hippique.bootstrap.estimators import check_estimator
from hippique.day.run import run_order
from hippique.errors import InputError, PageMissing, SettingsError, SourceDown
from hippique.forecast.forecaster import Evidence, Forecast, NoForecast, TrueChance
from hippique.forecast.truth import TruthForecaster, read_truth
from hippique.racecourse.app import make_app
from hippique.racecourse.draw import draw_day
from hippique.racing.card import RaceId, RaceKey
from hippique.sources.racecourse_truth import RacecourseTruth

RACE = "2025-10-16/R1C1"
TOLD = (
    TrueChance(number=3, p_win=0.5),
    TrueChance(number=1, p_win=0.3),
    TrueChance(number=7, p_win=0.2),
)


def answer(**facts: object) -> bytes:
    rows = [{"number": one.number, "p_win": one.p_win} for one in TOLD]
    return json.dumps({"simulated": True, "race": RACE, "runners": rows, **facts}).encode()


# --- reading ------------------------------------------------------------------------------------


def test_an_answer_is_read_as_it_came():
    assert read_truth(answer(), RACE) == TOLD


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(answer(race="2025-10-16/R1C2"), id="another race"),
        pytest.param(answer(simulated=False), id="not simulated"),
        pytest.param(
            answer(runners=[{"number": 1, "p_win": 0.7}, {"number": 2, "p_win": 0.7}]), id="sum"
        ),
        pytest.param(answer(runners=[]), id="nobody"),
        pytest.param(b"<html>", id="a page"),
    ],
)
def test_another_answer_is_refused(content):
    with pytest.raises(InputError):
        read_truth(content, RACE)


# --- the estimator ------------------------------------------------------------------------------


def test_win_chances_are_the_truth_and_place_chances_follow():
    made = TruthForecaster().forecast(Evidence(race=RACE, snapshots=(), declared=5, truth=TOLD))

    assert isinstance(made, Forecast)
    assert {c.number: c.p_win for c in made.chances} == pytest.approx({3: 0.5, 1: 0.3, 7: 0.2})
    assert sum(c.p_place or 0.0 for c in made.chances) == pytest.approx(2.0)  # two places for 4–7
    assert (made.estimator, made.pool, made.book_sum) == ("truth", "truth", 1.0)


def test_without_a_racecourse_there_is_a_reason():
    made = TruthForecaster().forecast(Evidence(race=RACE, snapshots=(), declared=5))

    assert isinstance(made, NoForecast)
    assert "hippodrome simulé" in made.reason


@pytest.mark.parametrize("mode", ["live", "recorded"])
def test_a_real_day_is_refused_with_the_setting_and_the_mend(mode):
    with pytest.raises(SettingsError, match=r"ESTIMATOR=truth.*ESTIMATOR=market"):
        check_estimator("truth", mode, simulated=False)


def test_a_simulated_day_and_the_market_are_let_in():
    check_estimator("truth", "simulated", simulated=True)
    check_estimator("market", "live", simulated=False)


# --- asking -------------------------------------------------------------------------------------


class Standing:
    """A clock in the morning of the simulated day."""

    def now(self) -> dt.datetime:
        return SIMULATED_DAY.french_races()[0].off_time - minutes(30)


SIMULATED_DAY = draw_day(dt.date(2026, 6, 7), 7, 1)


def asked(race: RaceId) -> bytes:
    app = make_app(SIMULATED_DAY, Standing())
    return RacecourseTruth("http://x.test/", httpx.WSGITransport(app)).tell(race)


def test_the_racecourse_tells_the_chances_of_its_starters():
    race = SIMULATED_DAY.french_races()[0]
    told = read_truth(asked(race.id), str(race.id))

    assert {one.number for one in told} == {e.number for e in race.starters(Standing().now())}


def test_a_race_that_it_does_not_run_is_missing():
    with pytest.raises(PageMissing):
        asked(RaceId(dt.date(2026, 6, 7), RaceKey(99, 1)))


def test_nobody_there_is_down():
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(SourceDown, match=r"http://x\.test/truth/2025-10-16/R1C1"):
        RacecourseTruth("http://x.test", httpx.MockTransport(refuse)).tell(R1C1)


# --- in a visit ---------------------------------------------------------------------------------


class Teller:
    """A racecourse that counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def tell(self, race: RaceId) -> bytes:
        self.asked += 1
        return answer(race=str(race))


def test_a_visit_keeps_what_it_was_told_and_decides_by_it():
    made, teller = race_day_bench(), Teller()
    made.service.schedule(DAY)
    desk = replace(made.at(OFF - minutes(5)).desk, forecaster=TruthForecaster(), truth=teller)
    outcome = run_order(desk, order("H5", due=OFF - minutes(5)))

    assert f"{R1C1}/H5/truth.json" in outcome.artifacts
    assert read_truth(made.archive.read(f"{R1C1}/H5/truth.json"), str(R1C1)) == TOLD
    assert teller.asked == 1


def test_what_was_kept_is_not_asked_for_again():
    made, teller = race_day_bench(), Teller()
    made.service.schedule(DAY)
    kept = answer(runners=[{"number": 1, "p_win": 0.9}, {"number": 2, "p_win": 0.1}])
    made.archive.create(f"{R1C1}/H5/truth.json", kept)
    desk = replace(made.at(OFF - minutes(5)).desk, forecaster=TruthForecaster(), truth=teller)
    run_order(desk, order("H5", due=OFF - minutes(5)))

    assert teller.asked == 0
    assert b"0.9" in made.archive.read(f"{R1C1}/H5/forecast.json")


def test_the_market_asks_nobody():
    made = race_day_bench()
    made.service.schedule(DAY)
    outcome = run_order(made.at(OFF - minutes(5)).desk, order("H5", due=OFF - minutes(5)))

    assert f"{R1C1}/H5/truth.json" not in outcome.artifacts
