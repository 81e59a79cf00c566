"""The author's place chances: base, blend, adjustments, and what is not his."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks import OFF
from forecast_rules import DRIFT_RULES, GPI51_RULES
from hippique.forecast.enrichment import Coverage, Enrichment, RunnerStats
from hippique.forecast.forecaster import Evidence, Forecast, MarketForecaster, NoForecast
from hippique.forecast.gpi51 import Gpi51Forecaster, author_chances, author_pool, base_chances
from hippique.forecast.gpi51_factors import Drift, drift_factor, stats_factor
from hippique.racing.card import Discipline, Race
from hippique.racing.market import Quote, Snapshot

RACE = "2025-10-16/R1C1"
WIN = {1: 2.5, 2: 3.4, 3: 6.0, 4: 9.0, 5: 14.0, 6: 21.0, 7: 30.0, 8: 44.0}
PLACE = {1: (1.2, 1.6), 2: (1.5, 1.9), 3: (2.0, 2.8), 4: (2.6, 3.6)}
ODDS_RULES = replace(GPI51_RULES, drift=replace(DRIFT_RULES, on="odds"))
books = st.dictionaries(st.integers(1, 20), st.floats(1.05, 300), min_size=2, max_size=18)
rates = st.one_of(st.none(), st.floats(0, 1))


def snapshot(win=WIN, place=None, pool="zeturf", non_runners=()) -> Snapshot:
    ranges = place or {}
    return Snapshot(
        race=RACE,
        source=pool,
        pool=pool,
        taken_at=OFF,
        quotes=tuple(
            Quote(
                number=number,
                win=odds,
                place_low=ranges.get(number, (None, None))[0],
                place_high=ranges.get(number, (None, None))[1],
                non_runner=number in non_runners,
            )
            for number, odds in win.items()
        ),
    )


def evidence(*seen: Snapshot, declared=8, **known: object) -> Evidence:
    return Evidence(race=RACE, snapshots=seen, declared=declared, **known)  # type: ignore[arg-type]  # a test's own columns


def enriched(*stats: RunnerStats) -> Enrichment:
    none = Coverage(jockeys=0, trainers=0, people=0, form=0, times=0)
    return Enrichment(runners=stats, coverage=none)


def forecast(seen: Evidence, rules=GPI51_RULES) -> Forecast:
    made = Gpi51Forecaster(rules).forecast(seen)
    assert isinstance(made, Forecast)
    return made


# --- base -------------------------------------------------------------------------------------


def test_place_odds_make_the_chance_and_win_odds_where_there_are_none():
    base = base_chances(snapshot({1: 4.0, 2: 5.0, 3: 8.0}, {1: (1.5, 2.5)}), GPI51_RULES)

    assert base == {1: 1 / 2.0, 2: 1 / 5.0, 3: 1 / 8.0}  # 2.0: the middle of 1.5 and 2.5


def test_chances_are_clamped():
    base = base_chances(snapshot({1: 1.05, 2: 400.0}), GPI51_RULES)

    assert base == {1: 0.80, 2: 0.01}


def test_a_sum_above_the_total_is_scaled_down_to_it():
    # Four at 1.25 clamp to .80 each: 3.2 comes down to 1.8, so .45 each.
    base = base_chances(snapshot(dict.fromkeys(range(1, 5), 1.25)), GPI51_RULES)

    assert base == pytest.approx(dict.fromkeys(range(1, 5), 0.45))


def test_a_sum_below_the_total_is_left_alone():
    assert base_chances(snapshot({1: 2.0, 2: 4.0}), GPI51_RULES) == {1: 0.5, 2: 0.25}


@given(books)
@settings(max_examples=60)
def test_base_chances_never_sum_to_more_than_the_total(odds):
    assert sum(base_chances(snapshot(odds), GPI51_RULES).values()) <= 1.8 + 1e-9


# --- blend ------------------------------------------------------------------------------------


def test_two_snapshots_blend_thirty_five_to_sixty_five():
    chances = author_chances(
        evidence(snapshot({1: 4.0, 2: 4.0}), earlier=(snapshot({1: 5.0, 2: 4.0}),)),
        replace(GPI51_RULES, drift=replace(DRIFT_RULES, chance_move=1.0)),
    )

    assert chances == pytest.approx({1: 0.35 * 0.2 + 0.65 * 0.25, 2: 0.25})


def test_without_h30_there_is_h5_alone_and_no_drift():
    assert author_chances(evidence(snapshot({1: 4.0, 2: 5.0})), GPI51_RULES) == {1: 0.25, 2: 0.2}


def test_another_pool_at_h30_is_not_blended():
    seen = evidence(snapshot({1: 4.0, 2: 5.0}), earlier=(snapshot({1: 2.0, 2: 9.0}, pool="geny"),))

    assert author_chances(seen, GPI51_RULES) == {1: 0.25, 2: 0.2}


def test_a_withdrawn_favourite_is_no_drift_of_the_others():
    # The others' odds stand still; before, the sum was scaled down from 2.4 because of number 9.
    field = dict.fromkeys(range(1, 9), 5.0)
    then, now = snapshot({**field, 9: 1.25}), snapshot({**field, 9: 1.25}, non_runners=(9,))

    assert author_chances(evidence(now, earlier=(then,)), GPI51_RULES) == pytest.approx(
        dict.fromkeys(range(1, 9), 0.2)
    )


# --- adjustments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stats", "discipline", "factor"),
    [
        pytest.param({}, Discipline.FLAT, 1.0, id="nothing known"),
        pytest.param({"j_rate": 0.12}, Discipline.TROT_HARNESS, 1.06, id="jockey bonus from 12 %"),
        pytest.param({"j_rate": 0.119}, Discipline.TROT_HARNESS, 1.0, id="just under"),
        pytest.param({"e_rate": 0.15}, Discipline.TROT_HARNESS, 1.06, id="trainer bonus"),
        pytest.param({"j_rate": 0.059}, Discipline.TROT_HARNESS, 0.94, id="jockey malus"),
        pytest.param({"j_rate": 0.06}, Discipline.TROT_HARNESS, 1.0, id="6 % is no malus"),
        pytest.param({"e_rate": 0.07}, Discipline.TROT_HARNESS, 0.94, id="trainer malus"),
        pytest.param({"j_rate": 0.2, "e_rate": 0.2}, Discipline.TROT_HARNESS, 1.06, id="one bonus"),
        pytest.param({"j_rate": 0.2, "e_rate": 0.01}, Discipline.TROT_HARNESS, 1.0, id="cancel"),
        pytest.param({"j_rate": 0.2}, Discipline.FLAT, 1.054, id="flat counts nine tenths"),
        pytest.param({"j_rate": 0.01}, Discipline.TROT_MOUNTED, 0.946, id="mounted as well"),
        pytest.param({"h_place5": 0.6}, Discipline.FLAT, 1.04, id="three of five placed"),
        pytest.param({"h_place5": 0.2}, Discipline.FLAT, 0.96, id="one of five placed"),
        pytest.param({"h_place_career": 0.5}, Discipline.FLAT, 1.02, id="half a career placed"),
        pytest.param({"h_place_career": 0.25}, Discipline.FLAT, 0.98, id="a quarter"),
        pytest.param({"record_s": 74.5}, Discipline.TROT_HARNESS, 1.0, id="the limit itself"),
        pytest.param({"record_s": 73.01}, Discipline.TROT_HARNESS, 1.0016, id="2 % under"),
        pytest.param({"record_s": 60.0}, Discipline.TROT_HARNESS, 1.0032, id="capped at 4 %"),
        pytest.param({"record_s": 70.0}, Discipline.FLAT, 1.0, id="a trotting time on the flat"),
        pytest.param({"last_600m_s": 33.32}, Discipline.FLAT, 1.0016, id="last 600 m"),
    ],
)
def test_a_factor_follows_its_row(stats, discipline, factor):
    known = RunnerStats(number=1, **stats)

    assert stats_factor(known, discipline, GPI51_RULES) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("p30", "p5", "favourite", "factor"),
    [
        pytest.param(0.20, 0.24, False, 1.03, id="up by four points"),
        pytest.param(0.20, 0.23, False, 1.0, id="up by three"),
        pytest.param(0.50, 0.45, True, 0.97, id="the favourite down"),
        pytest.param(0.40, 0.35, False, 1.0, id="another one down"),
    ],
)
def test_drift_by_chances(p30, p5, favourite, factor):
    moved = Drift(p30=p30, p5=p5, odds30=None, odds5=None, was_favourite=favourite)

    assert drift_factor(moved, GPI51_RULES) == factor


@pytest.mark.parametrize(
    ("odds30", "odds5", "favourite", "factor"),
    [
        pytest.param(5.0, 5.3, False, 1.0, id="6 % is under the threshold"),
        pytest.param(5.0, 5.5, False, math.exp(-0.70 * math.log(1.1)), id="10 % longer"),
        pytest.param(2.0, 2.2, True, math.exp(-0.90 * math.log(1.1)), id="the favourite drifts"),
        pytest.param(2.0, 1.8, True, math.exp(-0.70 * math.log(0.9)), id="the favourite steams"),
        pytest.param(10.0, 9.0, False, math.exp(-0.85 * math.log(0.9)), id="an outsider steams"),
        pytest.param(10.0, 2.0, False, 1.2, id="not above 1.2"),
        pytest.param(3.0, 30.0, False, 0.8, id="not below 0.8"),
        pytest.param(None, 3.0, False, 1.0, id="unknown before"),
    ],
)
def test_drift_by_odds(odds30, odds5, favourite, factor):
    moved = Drift(p30=0.2, p5=0.2, odds30=odds30, odds5=odds5, was_favourite=favourite)

    assert drift_factor(moved, ODDS_RULES) == pytest.approx(factor)


def test_adjusted_chances_keep_their_sum():
    known = enriched(RunnerStats(number=1, h_place5=0.6), RunnerStats(number=2, h_place5=0.0))
    plain = author_chances(evidence(snapshot()), GPI51_RULES)
    adjusted = author_chances(evidence(snapshot(), enrichment=known), GPI51_RULES)

    assert sum(adjusted.values()) == pytest.approx(sum(plain.values()))
    assert adjusted[1] / adjusted[3] == pytest.approx(1.04 * plain[1] / plain[3])
    assert adjusted[2] / adjusted[3] == pytest.approx(0.96 * plain[2] / plain[3])


@given(books, st.data())
@settings(max_examples=60)
def test_every_chance_stays_between_floor_and_ceiling(odds, data):
    stats = [
        RunnerStats(number=n, j_rate=data.draw(rates), h_place5=data.draw(rates)) for n in odds
    ]
    earlier = snapshot({n: data.draw(st.floats(1.05, 300)) for n in odds})
    card = Race(number=1, discipline=data.draw(st.sampled_from(Discipline)))
    seen = evidence(snapshot(odds), earlier=(earlier,), card=card, enrichment=enriched(*stats))
    chances = author_chances(seen, ODDS_RULES)

    assert set(chances) == set(odds)
    assert all(0.01 <= p <= 0.80 for p in chances.values())


# --- the estimator ------------------------------------------------------------------------------


def test_chances_to_win_are_the_markets_and_the_model_says_so():
    seen = evidence(snapshot())
    market, author = MarketForecaster().forecast(seen), forecast(seen)

    assert isinstance(market, Forecast)
    assert [c.p_win for c in author.chances] == [c.p_win for c in market.chances]
    assert [c.p_place for c in author.chances] != [c.p_place for c in market.chances]
    assert author.estimator == "gpi51"
    assert "place only, win by market" in author.model


def test_other_rules_are_another_model():
    other = replace(GPI51_RULES, total=1.7)

    assert Gpi51Forecaster(GPI51_RULES).model == Gpi51Forecaster(GPI51_RULES).model
    assert Gpi51Forecaster(other).model != Gpi51Forecaster(GPI51_RULES).model


def test_place_chances_come_from_the_pool_that_shows_place_odds():
    shops, zeturf = snapshot(pool="SIMPLE_GAGNANT"), snapshot(place=PLACE)
    made = forecast(evidence(shops, zeturf))

    assert author_pool((shops, zeturf)) is zeturf
    assert made.pool == "SIMPLE_GAGNANT"  # of the chances to win


@pytest.mark.parametrize("declared", [3, None])
def test_no_place_is_paid_no_place_chance(declared):
    made = forecast(evidence(snapshot(), declared=declared))

    assert {chance.p_place for chance in made.chances} == {None}


def test_missing_odds_are_a_reason_under_its_own_name():
    made = Gpi51Forecaster(GPI51_RULES).forecast(evidence())

    assert isinstance(made, NoForecast)
    assert (made.estimator, made.reason) == ("gpi51", "aucune cote n'a été lue")


def test_as_written_place_chance_times_odds_is_far_below_one():
    # The finding about the original: with 1.8 as the sum for three paid places p·o is about .53.
    place = {n: (o := 1 / min(0.9, 3 * 0.86 / w), o) for n, w in WIN.items()}
    made = forecast(evidence(snapshot(place=place)))
    worth = [c.p_place * place[c.number][0] for c in made.chances if c.p_place]

    assert max(worth) < 0.77  # the best basket's −23 %
