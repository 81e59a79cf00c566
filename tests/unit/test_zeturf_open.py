"""A ZEturf race page with betting open. Our own pages in the site's shape."""

import json

import pytest

from hippique.errors import PageChanged
from hippique.racing.card import Race, RaceStatus
from hippique.racing.codec import to_builtins
from hippique.sources.zeturf import read_race
from zeturf_pages import (
    NO_ODDS,
    ODDS,
    PATH,
    ROWS,
    header,
    odds_text,
    race_page,
    runner_table,
    script,
    timeline,
)


def race_of(page: bytes) -> Race:
    return read_race(page).only_race()


def test_open_page_gives_card_and_live_odds():
    reading = read_race(race_page())
    (meeting,) = reading.meetings
    (race,) = meeting.races
    assert reading.warnings == ()
    assert to_builtins(meeting) | {"races": []} == {
        "number": 4,
        "track": "ESSAI",
        "country": "FR",
        "date": "2026-03-28",
        "cancelled": False,
        "races": [],
    }
    assert to_builtins(race) | {"runners": []} == {
        "number": 7,
        "key": "R4C7",
        "name": "Prix du Modèle",
        "discipline": "trot_harness",
        "distance_m": 2650,
        "prize_eur": 22000.0,
        "off_time": "2026-03-28T14:55:00+01:00",
        "status": "open",
        "declared": 4,  # three starters and a withdrawn one
        "starters": 3,
        "going": None,
        "labels": [],
        "url": PATH,
        "runners": [],
        "result": None,
    }


def test_false_odds_are_missing_odds():
    runners = race_of(race_page()).runners
    assert runners[2].odds is not None
    assert runners[2].odds.win is None
    assert runners[3].odds is not None
    assert (runners[3].odds.win, runners[3].odds.fourth) == (2.2, None)


def test_non_runner_is_declared_and_does_not_start():
    race = race_of(race_page(header=header(facts='<p class="infos">Attelé - 2650m</p>')))
    assert [runner.number for runner in race.runners if runner.non_runner] == [3]
    assert (race.runners[2].name, race.declared, race.starters) == ("GAMMA", 4, 3)


def test_race_without_stakes_yet_is_open_without_odds():
    reading = read_race(race_page(script=script(odds=odds_text(dict.fromkeys("1234", NO_ODDS)))))
    assert reading.only_race().status is RaceStatus.OPEN
    assert reading.warnings == ("no odds: cotesInfos holds none for any runner",)


def test_open_page_tells_no_result_even_when_its_timeline_does():
    lines = timeline("Arrivée provisoire - 1 ALPHA - 2 BETA")
    race = race_of(race_page(timeline=lines))
    assert (race.status, race.result) == (RaceStatus.OPEN, None)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(script(state=7), id="a state that nobody knows"),
        pytest.param(script(state=1, odds=""), id="open without odds"),
    ],
)
def test_cancelled_race_needs_neither_a_known_state_nor_odds(written: str):
    race = race_of(race_page(script=written, timeline=timeline("Course annulée")))
    assert (race.status, race.result) == (RaceStatus.CANCELLED, None)


def test_cancelled_race():
    race = race_of(race_page(timeline=timeline("La course est annulée.", "Départ dans 3 minutes")))
    assert race.status is RaceStatus.CANCELLED


@pytest.mark.parametrize(
    ("page", "missing"),
    [
        pytest.param(race_page(script=script(odds="")), "cotesInfos, the odds", id="no cotesInfos"),
        pytest.param(
            race_page(script=script(odds="[]")), "cotesInfos, the odds", id="empty cotesInfos"
        ),
        pytest.param(
            race_page(script=script(odds=odds_text({n: ODDS[n] for n in "123"}))),
            r"cotesInfos of runners \[4\]",
            id="a runner without an entry",
        ),
        pytest.param(
            race_page(script=script(odds=odds_text({n: {"gagnant": 2.2} for n in "1234"}))),
            "odds with SG of runner 1",
            id="renamed odds",
        ),
        pytest.param(
            race_page(script=script(odds=odds_text({**ODDS, "4": {"SG": "bientôt"}}))),
            "a number as SG of runner 4",
            id="odds that are words",
        ),
        pytest.param(race_page(script=""), r"the state of the race \(etatPage\)", id="no script"),
        pytest.param(race_page(script=script(state=9)), "etatPage is 9", id="unknown state"),
        pytest.param(race_page(table=""), "the runner table", id="no table"),
        pytest.param(race_page(table=runner_table("")), "the runner table", id="no rows"),
        pytest.param(
            race_page(table=runner_table(ROWS.replace("horse-name", "nom"))),
            "the name of runner 1",
            id="renamed name",
        ),
        pytest.param(
            race_page(table=runner_table(ROWS[: ROWS.index("DELTA") - 600])),
            r"rows of the runner table for \[4\]",
            id="table cut",
        ),
        pytest.param(race_page(header=""), "the race's header", id="no header"),
        pytest.param(race_page(header=header(name="")), "the race's name", id="no name"),
        pytest.param(race_page(header=header(off="")), "the off time", id="no off time"),
        pytest.param(race_page(header=header(facts="")), "kind, distance", id="no facts"),
        pytest.param(
            race_page(header=header().replace("C7", "C8")), "one race only", id="two races in one"
        ),
    ],
)
def test_open_page_without_what_it_must_have_is_a_changed_page(page: bytes, missing: str):
    with pytest.raises(PageChanged, match=missing) as caught:
        read_race(page)
    assert caught.value.site == "zeturf"


def test_odds_of_a_whole_card_come_from_the_script_alone():
    # The cells are empty in the page as served; a filled one must not be mistaken for odds.
    rows = ROWS.replace('cote-live"></td>', 'cote-live">99.9</td>')
    win = [
        runner.odds and runner.odds.win
        for runner in race_of(race_page(table=runner_table(rows))).runners
    ]
    assert win == [5.7, 38.0, None, 2.2]


def test_odds_below_one_are_named_and_left_out():
    odds = json.loads(json.dumps(ODDS)) | {"2": {**ODDS["2"], "SG": 0}}
    reading = read_race(race_page(script=script(odds=odds_text(odds))))
    shown = reading.only_race().runners[1].odds
    assert shown is not None
    assert (shown.win, shown.show2) == (None, 16.3)
    assert reading.warnings == ("no odds: SG of runner 2 is 0",)
