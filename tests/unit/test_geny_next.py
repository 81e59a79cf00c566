"""The Next.js generation, on self-made pages: no real page of it is at hand."""

import json
from typing import Any

import pytest

from geny_pages import next_meeting, next_page, next_race, next_runner
from hippique.errors import PageChanged, WrongPage
from hippique.racing.card import Blinkers, Discipline, Race, RaceStatus, Reading, Shoes
from hippique.racing.result import Refund, Result, ResultStatus
from hippique.sources.geny import read_programme, read_race, read_result

RUNNERS = [
    next_runner(1, cotePmu=3.4, coteGeny=3.9, oeilleres="A"),
    next_runner(2, cotePmu=8, deferre="PD", bonnet=True),
    next_runner(3, cotePmu=None, etatParticipation="NON_PARTANT"),
    next_runner(4, cotePmu=2.1, positionDepart=6, poids=58.5),
]
FAVOURITES = [next_runner(9), next_runner(8)]


def race_reading(*, url: str | None = None, cut: int = 400, **race: Any) -> Reading:
    content = {"course": next_race(**race), "reunion": next_meeting()}
    body = next_page(content, FAVOURITES, RUNNERS, cut=cut).encode()
    return read_race(body, url=url)


def race_of(**race: Any) -> Race:
    return race_reading(**race).only_race()


@pytest.mark.parametrize("cut", [7, 400, 100_000])
def test_state_cut_anywhere_is_joined(cut: int):
    assert race_reading(cut=cut) == race_reading()


def test_longest_array_of_runners_wins_over_the_favourites():
    assert [runner.number for runner in race_of().runners] == [1, 2, 3, 4]


def test_header_of_the_race():
    (meeting,) = race_reading().meetings
    (race,) = meeting.races
    assert race.off_time is not None
    assert (meeting.number, meeting.track, meeting.country) == (4, "Mons", "BE")
    assert (race.key, race.name, race.discipline) == (
        "R4C5",
        "Prix d'Été",
        Discipline.TROT_MOUNTED,
    )
    assert race.off_time.isoformat() == "2026-10-02T20:15:00+02:00"
    assert (race.prize_eur, race.labels, race.starters) == (45000, ("quinte", "group3"), 3)


def test_race_past_midnight_stays_on_the_day_of_its_meeting():
    (meeting,) = race_reading(dateHeureCourse="2026-10-03T00:20:00").meetings
    assert str(meeting.date) == "2026-10-02"


def test_runner_of_the_state():
    first = race_of().runners[0]
    assert (first.name, first.jockey, first.trainer, first.sex, first.form) == (
        "Éclair 1",
        "Mlle A. Essai",
        "Bruno Essai",
        "H",
        "1a2aDa",
    )
    assert (first.shoes, first.blinkers) == (Shoes.UNSHOD_HIND, Blinkers.AUSTRALIAN)


def test_odds_of_one_named_pool_only():
    reading = race_reading()
    shown = [one.odds and (one.odds.pool, one.odds.win) for one in reading.only_race().runners]
    assert shown == [("pmu", 3.4), ("pmu", 8), None, ("pmu", 2.1)]
    assert "odds of genybet are shown too and not read" in reading.warnings


def test_non_runner_of_the_state_has_no_jockey():
    gone = race_of().runners[2]
    assert (gone.non_runner, gone.jockey) == (True, None)


def test_state_without_a_race_is_a_changed_page():
    with pytest.raises(PageChanged, match="numeroCourse"):
        read_race(next_page(RUNNERS).encode())


def test_page_without_a_state_is_a_changed_page():
    with pytest.raises(PageChanged, match="mutations"):
        read_race(next_page().replace("mutations", "other").encode())


def test_page_without_runners_is_a_changed_page():
    with pytest.raises(PageChanged, match="runners"):
        read_race(next_page({"course": next_race(), "reunion": next_meeting()}).encode())


@pytest.mark.parametrize(
    "url", ["/course/1688002/partants-pronostics", "/course/1688001-2026-10-03-mons-prix-x/cotes"]
)
def test_page_of_another_race_is_refused(url: str):
    with pytest.raises(WrongPage):
        race_reading(url=url)


# --- result --------------------------------------------------------------------------------------

PAYMENTS = {
    "PMU": {
        "SIMPLE": [
            {
                "texteCombinaison": "4",
                "typeRapport": "GAGNANT",
                "gainAssocie": 4.2,
                "miseDeBase": 2,
            },
            {
                "texteCombinaison": "1",
                "typeRapport": "PLACE",
                "remboursement": True,
                "gainAssocie": 0,
            },
        ],
        "QUINTE_PLUS": [
            {
                "texteCombinaison": "4-1-2-7-A",
                "typeRapport": "BONUS_4_SUR_5",
                "gainAssocie": 6.2,
                "miseDeBase": 2,
            }
        ],
    },
    "PMU_ONLINE": {
        "E_COUPLE": [
            {"texteCombinaison": "4-1", "typeRapport": "PLACE", "gainAssocie": 3, "miseDeBase": 1}
        ]
    },
    "GENY": {
        "GB_SIMPLE_GAGNANT": [
            {"texteCombinaison": "4", "typeRapport": "GENY", "gainAssocie": 2.2, "miseDeBase": 1}
        ],
        "GB_2_SUR_4": [
            {"texteCombinaison": "", "typeRapport": "GENY", "gainAssocie": 1.9, "miseDeBase": 1}
        ],
    },
}


def result_of(state: str = "ARRIVEE_DEFINITIVE", **race: Any) -> Result:
    arrived = [
        next_runner(1, rang=2),
        next_runner(2, rang=0, incident="DISQUALIFIE_ALLURES_IRREGULIERES"),
        next_runner(3, rang=0, incident="ARRETE"),
        next_runner(4, rang=1),
        next_runner(5, rang=2),
        next_runner(6, rang=0, etatParticipation="NON_PARTANT"),
        next_runner(7, rang=0),
    ]
    content = {"course": next_race(etatCourse=state, **race), "reunion": next_meeting()}
    body = next_page(content, arrived, {"rapports": PAYMENTS}).encode()
    result = read_result(body).only_race().result
    assert result is not None
    return result


def test_rank_zero_is_never_a_place():
    result = result_of()
    assert (result.order, result.disqualified, result.fallen, result.non_runners) == (
        ((4,), (1, 5)),
        (2,),
        (3,),
        (6,),
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("ARRIVEE_DEFINITIVE", ResultStatus.OFFICIAL),
        ("ARRIVEE_DEFINITIVE_EN_ATTENTE_VALIDATION", ResultStatus.PROVISIONAL),
        ("ARRIVEE_PROVISOIRE", ResultStatus.PROVISIONAL),
    ],
)
def test_order_that_awaits_validation_does_not_settle(state: str, status: ResultStatus):
    assert result_of(state).status is status


@pytest.mark.parametrize("cut", [1, 3, 50])
def test_state_with_blanks_and_escapes_is_read_however_it_is_cut(cut: int):
    queries = [
        {"state": {"data": {"course": next_race(nomPrix="Prix d’Été"), "reunion": next_meeting()}}},
        {"state": {"data": [next_runner(1), next_runner(2)]}},
    ]
    flight = json.dumps({"queries": queries, "mutations": []}, indent=1)  # é as an escape
    pushes = (
        f"<script>self.__next_f.push( {json.dumps([1, flight[place : place + cut]])} )</script>"
        for place in range(0, len(flight), cut)
    )
    race = read_race(f"<html><body>{''.join(pushes)}</body></html>".encode()).only_race()
    assert (race.name, len(race.runners)) == ("Prix d’Été", 2)


def test_order_under_a_state_that_nobody_knows_is_refused():
    with pytest.raises(PageChanged, match="etatCourse"):
        result_of("PROGRAMMEE")


@pytest.mark.parametrize(
    ("state", "status"),
    [("PROGRAMMEE", None), ("EN_COURS", RaceStatus.CLOSED), ("ANNULEE", RaceStatus.CANCELLED)],
)
def test_race_that_has_not_arrived_has_no_result(state: str, status: RaceStatus | None):
    content = {"course": next_race(etatCourse=state), "reunion": next_meeting()}
    runners = [next_runner(number, rang=None) for number in (1, 2, 3)]
    reading = read_result(next_page(content, runners).encode())
    race = reading.only_race()
    assert (race.key, race.status, race.result) == ("R4C5", status, None)
    assert [runner.number for runner in race.runners] == [1, 2, 3]
    assert "no arrival on the page: the race may not have finished" in reading.warnings


def test_dividends_by_organiser_are_per_euro():
    paid = [
        (one.operator, one.bet, one.rank, one.combination, one.per_euro)
        for one in result_of().dividends
    ]
    assert paid == [
        ("pmu", "win", None, (4,), 2.1),
        ("pmu", "quinte", "bonus4of5", (4, 1, 2, 7), 3.1),
        ("pmu_fr", "couple_place", None, (4, 1), 3.0),
        ("genybet", "win", None, (4,), 2.2),
        ("genybet", "two_of_four", None, (), 1.9),
    ]
    assert result_of().refunded == (Refund(operator="pmu", bet="place"),)


def test_arrival_as_a_list_of_lists_serves_without_ranks():
    content = {
        "course": next_race(etatCourse="ARRIVEE_DEFINITIVE", arrivee=[[4], [1, 2]]),
        "reunion": next_meeting(),
    }
    result = read_result(next_page(content, RUNNERS).encode()).only_race().result
    assert result is not None
    assert result.order == ((4,), (1, 2))


# --- programme -----------------------------------------------------------------------------------


def programme_page(**changes: Any) -> bytes:
    links = '<a href="/course/1688001-2026-10-02-mons-prix-d-ete/partants-pronostics">x</a>'
    races = [next_race(), next_race(id=1688002, numeroCourse=6, etatCourse="ANNULEE")]
    other = next_meeting(
        numeroPmu=1,
        nomReunion="Vincennes",
        hippodrome={"nom": "Vincennes", "nationalite": "FRANCE"},
        courseInfos=[next_race(id=7, numeroCourse=1)],
    )
    return next_page(
        {"programme": [next_meeting(courseInfos=races, **changes), other]}, links=links
    ).encode()


def test_programme_lists_meetings_and_races():
    meetings = read_programme(programme_page()).meetings
    found = [(one.number, one.country, [race.key for race in one.races]) for one in meetings]
    assert found == [(4, "BE", ["R4C5", "R4C6"]), (1, "FR", ["R1C1"])]


def test_race_address_is_the_link_of_the_page_else_the_bare_one():
    races = read_programme(programme_page()).meetings[0].races
    assert [race.url for race in races] == [
        "/course/1688001-2026-10-02-mons-prix-d-ete/partants-pronostics",
        "/course/1688002/partants-pronostics",
    ]


def test_cancelled_race_is_told():
    assert read_programme(programme_page()).meetings[0].races[1].status is RaceStatus.CANCELLED


@pytest.mark.parametrize("stated", ["2026-10-01T22:00:00.000Z", "2026-10-02T00:00:00+02:00"])
def test_day_of_a_meeting_with_a_zone_is_its_paris_day(stated: str):
    assert str(read_programme(programme_page(dateReunion=stated)).meetings[0].date) == "2026-10-02"


def test_programme_of_another_day_is_refused():
    with pytest.raises(WrongPage):
        read_programme(programme_page(), url="https://www.geny.com/programme/2026-10-03")
