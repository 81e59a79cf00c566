"""The story of a decision, in both languages, within the width of a terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decisions import no_bet, place_ticket, slip
from desks import DAY, OFF, R1C1, card, minutes, race_day_bench
from hippique.betting.amounts import euros, printable
from hippique.betting.explain import Story, explained
from hippique.betting.explain_words import NEEDS, WORDS, met, refusal
from hippique.betting.gate_words import GATE_WORDS
from hippique.betting.policy_file import packaged_policy, policy_names
from hippique.betting.settlement import LegState, SettledLeg
from hippique.betting.settlement.document import totalled
from hippique.betting.slip import (
    Cost,
    Ev,
    ExpectedDividend,
    Gate,
    Leg,
    RaceReading,
    RunnerReading,
)
from hippique.betting.study import study_document
from hippique.day.service import DayService
from hippique.day.story import read_story
from hippique.errors import NotFound
from hippique.forecast.forecaster import NoForecast

FAILED = Gate(gate="sum_p_place", statistic="value", value=0.95, threshold=1.2, passed=False)
RUNNERS = Gate(gate="runners", statistic="value", value=14, threshold=6, passed=True)
EV = Ev(mean_eur=-0.41, low_eur=-0.61, high_eur=0.2, p_loss_all=0.17)
NAMES = {number: f"CHEVAL AU NOM ASSEZ LONG {number}" for number in range(1, 19)}


def runner(number: int, p_win: float = 0.1) -> RunnerReading:
    interval = {"mean": 6.2, "low": 5.3, "high": 7.4}
    return RunnerReading(
        number=number,
        p_win=p_win,
        p_place=0.41,
        fair=1 / p_win,
        shown=6.9,
        shown_by={"zeturf": 6.9, "pmu_fr": 6.4},
        closing={"zeturf": interval, "pmu_fr": interval},
        place={"zeturf": {"shown_low": 1.9, "shown_high": 3.3, **interval}},
        limit={"place": 3.5},
        best={"win": "pmu_fr", "place": "zeturf"},
    )


def a_no_bet(**facts: object) -> Story:
    study = study_document([place_ticket(300, 200)], EV, [FAILED])
    reading = RaceReading(
        runners=tuple(runner(number) for number in range(1, 19)),
        costs=(
            Cost(
                operator="zeturf",
                bet="place",
                loss_per_eur=0.184,
                least_loss_per_eur=0.09,
                cheapest=(11,),
            ),
        ),
        study=study,
    )
    made = no_bet(reading, gates=(RUNNERS, FAILED), inputs={"snapshot": "sha256:" + "a" * 64})
    said: dict[str, object] = {"decision": made, "names": NAMES, "off_time": OFF, **facts}
    return Story(**said)  # type: ignore[arg-type]  # a test's own columns


def a_slip(**facts: object) -> Story:
    leg = Leg(combination=(1,), stake_cents=300, limit_dividend=1.9)
    expected = ExpectedDividend(combination=(1,), mean=2.9, low=2.3, high=3.6)
    ticket = place_ticket(300, legs=(leg,), expected_dividend=(expected,))
    said: dict[str, object] = {"decision": slip(ticket, ev=EV), "names": NAMES, **facts}
    return Story(**said)  # type: ignore[arg-type]  # a test's own columns


def told(story: Story, lang="fr", width: int = 120) -> str:
    return "\n".join(line.text for line in explained(story, lang, width)).replace("\u00a0", " ")


# --- a no-bet ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "PAS DE PARI",
        "Décidé à 14 h 10 min 00 s par gpi-5.1, sur les chances de market.",
        "✗ Il aurait fallu des chances d'être placé dont la somme atteint 1,2 ; elle est de 0,95.",
        "✓ au moins 6 partants : 14",
        "Aucun changement d'une seule cote n'a été trouvé qui aurait suffi.",
        "Simple placé, ZEturf : perd 18,4 % par euro ; au mieux le 11 : −9 %.",
        "Mise totale 5,00 €, espérance −0,41 € (−0,61 € à +0,20 €), tout perdu 17 % du temps.",
        "Refusé par : des chances d'être placé dont la somme atteint 1,2.",
        "Arrivée officielle pas encore connue.",
        "snapshot  sha256:aaaaaaaaaaaa",
    ],
)
def test_a_no_bet_says(sentence):
    assert sentence in told(a_no_bet())


def test_a_change_that_would_have_been_enough_is_told_in_its_own_words():
    change = {"text": "Avec le 2 à 2,3 au lieu de 2,1.", "change": {}, "retested": True}

    story = a_no_bet(decision=no_bet(counterfactual=change))

    assert "Avec le 2 à 2,3 au lieu de 2,1." in told(story)
    assert "Aucun changement" not in told(story)


@pytest.mark.parametrize("again", ["à chances égales", "chances réestimées"])
def test_in_english_the_change_is_told_from_what_it_names(again):
    change = {"pool": "zeturf", "number": 2, "field": "win", "from": 2.1, "to": 2.3}
    told_change = {"text": f"Avec le 2 … {again} …", "change": change, "retested": True}

    text = told(a_no_bet(decision=no_bet(counterfactual=told_change)), "en")

    chances = {"à": "at equal chances", "c": "chances estimated again"}[again[:1]]
    assert f"with 2 at 2.3 instead of 2.1 (win odds, ZEturf, {chances})" in text


def test_the_best_of_many_estimates_is_not_told_as_a_gain():
    cost = Cost(
        operator="zeturf", bet="win", loss_per_eur=0.16, least_loss_per_eur=-0.34, cheapest=(3,)
    )

    text = told(Story(decision=no_bet(RaceReading(costs=(cost,)))))

    assert "Simple gagnant, ZEturf : perd 16,0 % par euro." in text
    assert "34" not in text


def test_what_was_not_known_is_said_and_not_shown_as_zero():
    unknown = replace(FAILED, value=None)
    missing = NoForecast(race="r", estimator="market", reason="aucune cote n'a été lue")

    text = told(Story(decision=no_bet(gates=(unknown,)), forecast=missing))

    assert "la valeur n'est pas connue" in text
    assert "Pas de chances : aucune cote n'a été lue." in text
    assert "Aucun relevé de cotes." in text


def test_a_reason_that_is_a_gates_own_sentence_is_not_told_twice():
    sentence = refusal(FAILED, "fr")

    text = told(Story(decision=no_bet(gates=(FAILED,), reasons=(sentence, "autre chose"))))

    assert text.count("dont la somme atteint") == 1
    assert "· autre chose" in text


# --- a slip -----------------------------------------------------------------------------------


def test_a_slip_says_what_to_play_until_when_and_down_to_which_price():
    text = told(a_slip())

    assert "À jouer avant 14 h 14 min 30 s." in text
    assert f"1 {NAMES[1]} : 3,00 €, pas sous 1,9, rapport attendu 2,9 (2,3 à 3,6)" in text
    assert "Ce qui aurait tout changé" not in text


def test_odds_on_screen_are_not_called_a_forecast():
    bare = ExpectedDividend(combination=(1,), mean=2.9)
    ticket = place_ticket(300, expected_dividend=(bare,))

    text = told(Story(decision=slip(ticket)))

    assert "cote affichée 2,9" in text
    assert "rapport attendu" not in text


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"sent_at": OFF}, "Envoyé au parieur à 14 h 15 min 00 s."),
        ({"never_sent": True}, "Jamais parvenu au parieur."),
        ({"withdrawn": (OFF, "le 1 est non-partant")}, "Ticket retiré à 14 h 15 min 00 s : le 1"),
        ({"is_cancelled": True}, "La course n'a pas été courue."),
        ({"order": ((11,), (4, 12), (5,))}, "Arrivée officielle : 11-4=12-5"),
    ],
)
def test_what_came_afterwards_is_told(facts, sentence):
    assert sentence in told(a_slip(**facts))


def test_a_settled_slip_tells_each_leg_and_the_profit():
    leg = SettledLeg(
        operator="zeturf",
        bet="place",
        combination=(1,),
        state=LegState.WON,
        stake_cents=300,
        payout_cents=870,
        profit_cents=570,
    )
    text = told(a_slip(order=((1,),), settlement=totalled("r", "slip", (leg,))))

    assert "Simple placé 1 : gagné, 8,70 € rendus pour 3,00 €." in text
    assert "Résultat +5,70 €." in text


@pytest.mark.parametrize(
    ("mode", "simulated", "banner"),
    [
        ("simulated", True, "SIMULÉ"),
        ("recorded", False, "JOURNÉE ENREGISTRÉE"),
        ("live", False, ""),
    ],
)
def test_everything_but_live_wears_a_banner(mode, simulated, banner):
    lines = explained(a_slip(decision=slip(place_ticket(300), mode=mode, simulated=simulated)))

    assert [line.text.startswith(banner) for line in lines if line.kind == "banner"] == (
        [True] if banner else []
    )


# --- the width --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_line_is_wider_than_the_terminal(lang, width):
    for story in (a_no_bet(), a_slip()):
        assert max(len(line.text) for line in explained(story, lang, width)) <= width


@settings(max_examples=30, deadline=None)
@given(width=st.integers(60, 110), runners=st.integers(1, 24))
def test_rows_of_the_table_end_below_their_headings(width, runners):
    reading = RaceReading(runners=tuple(runner(number) for number in range(1, runners + 1)))

    lines = explained(Story(decision=no_bet(reading), names=NAMES), "fr", width)

    head = next(at for at, line in enumerate(lines) if "N°" in line.text)
    rows = [line.text for line in lines[head : head + runners + 1]]
    assert len({len(row) for row in rows}) == 1
    assert len(rows[0]) <= width


def test_a_wider_terminal_shows_more_columns():
    narrow, wide = told(a_no_bet(), width=80), told(a_no_bet(), width=140)

    assert "Rapport placé" not in narrow
    assert "Rapport placé" in wide
    assert "Paie le plus" in wide


def test_the_likeliest_horse_comes_first():
    reading = RaceReading(runners=(runner(1, 0.2), runner(2, 0.5), runner(3, 0.3)))

    rows = re.findall(
        r"^ +(\d)  CHEVAL", told(Story(decision=no_bet(reading), names=NAMES)), re.MULTILINE
    )

    assert rows == ["2", "3", "1"]


# --- words ------------------------------------------------------------------------------------


def test_every_gate_of_a_packaged_policy_has_words_in_both_languages():
    gates = {rule.gate for name in policy_names() for rule in packaged_policy(name).gates}

    assert gates <= set(GATE_WORDS)
    assert gates <= set(NEEDS)


def test_every_word_takes_the_same_values_in_both_languages():
    for french, english in WORDS.values():
        assert set(re.findall(r"{(\w+)}", french)) == set(re.findall(r"{(\w+)}", english))


def test_english_says_the_same():
    text = told(a_no_bet(), "en")

    for sentence in (
        "NO BET",
        "It would have taken chances to be placed that sum to at least 1.2; it was 0.95.",
        "at least 6 runners: 14",
        "Simple placé, ZEturf: loses 18.4% a euro",
        "expected profit −€0.41 (−€0.61 to +€0.20)",
    ):
        assert sentence in text


def test_a_gate_without_words_is_told_by_its_name():
    strange = Gate(gate="moon_phase", statistic="value", value=1.0, threshold=2.0, passed=True)

    assert met(strange, "en") == "moon phase: 1"


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        (2.5, "+2,50\u00a0€", "+€2.50"),
        (-0.4, "−0,40\u00a0€", "−€0.40"),
        (-0.001, "0,00\u00a0€", "€0.00"),
    ],
)
def test_euros_are_written_as_each_language_does(amount, french, english):
    assert euros(amount, "fr", signed=True) == french
    assert euros(amount, "en", signed=True) == english


def test_signs_that_act_upon_a_terminal_are_not_printed():
    assert printable("RO\x1b[31mUGE\nET  NOIR") == "RO [31mUGE ET NOIR"


# --- from the archive -------------------------------------------------------------------------


def test_the_story_is_read_from_the_archive_alone():
    bench = race_day_bench()
    service = DayService(bench.desk, lambda: 0.0)
    service.schedule(DAY)
    for instant in (OFF - minutes(30), OFF - minutes(5)):
        bench.clock.advance_to(instant)
        for task in bench.queue.live():
            if task.due <= instant:
                bench.queue.cancel(task.name)
                service.deliver(task)

    story = read_story(bench.archive, R1C1, OFF)

    assert set(story.snapshots) == {"H30", "H5"}
    assert story.names[1] == "ALBA"
    assert "R1C1 Chantilly" in told(story)
    assert "H-5  ZEturf à 14 h 10 min 00 s : cotes de 8 partants sur 8" in told(story)


def test_a_race_that_is_not_decided_has_no_story():
    bench = race_day_bench()
    bench.site("zeturf").show_card(R1C1, card("zeturf"))
    DayService(bench.desk, lambda: 0.0).schedule(DAY)

    with pytest.raises(NotFound, match="not decided"):
        read_story(bench.archive, R1C1, OFF)
