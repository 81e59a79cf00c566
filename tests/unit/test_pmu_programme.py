import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hippique.errors import PageChanged, PageMissing, WrongPage
from hippique.racing.card import Discipline, Race, RaceStatus
from hippique.racing.result import ResultStatus
from hippique.sources.pmu import read_programme

API = "https://example.test/rest/client/61/programme"
OFF_MS = 1_767_099_300_000  # 2025-12-30 12:55:00 UTC, 13:55 in Paris
DAY_MS = 1_767_049_200_000  # 2025-12-30 00:00 in Paris


def race(**changes: Any) -> dict[str, Any]:
    known = {
        "numReunion": 1,
        "numOrdre": 3,
        "libelle": "PRIX DU TEST",
        "heureDepart": OFF_MS,
        "discipline": "ATTELE",
        "distance": 2700,
        "montantPrix": 21000,
        "nombreDeclaresPartants": 11,
        "statut": "PROGRAMMEE",
        "categorieStatut": "A_PARTIR",
    }
    return known | changes


def meeting(*races: dict[str, Any], **changes: Any) -> dict[str, Any]:
    known = {
        "numOfficiel": 1,
        "dateReunion": DAY_MS,
        "hippodrome": {"libelleCourt": "VINCENNES"},
        "pays": {"code": "FRA"},
        "courses": list(races),
    }
    return known | changes


def body(document: Any) -> bytes:
    return json.dumps(document).encode()


def only_race(**changes: Any) -> Race:
    return read_programme(body(meeting(race(**changes)))).only_race()


def test_race_facts_are_read_with_their_units():
    read = only_race()
    assert (read.key, read.name, read.discipline) == ("R1C3", "PRIX DU TEST", "trot_harness")
    assert (read.distance_m, read.prize_eur, read.declared) == (2700, 21000, 11)
    assert read.off_time == datetime(2025, 12, 30, 12, 55, tzinfo=UTC)
    assert read.off_time is not None
    assert read.off_time.isoformat() == "2025-12-30T13:55:00+01:00"


def test_what_the_programme_does_not_say_is_none():
    read = read_programme(body(meeting({"numOrdre": 3}, pays=None, hippodrome=None)))
    held = read.meetings[0]
    assert (held.track, held.country, held.races[0].starters) == (None, None, None)
    assert held.races[0] == Race(number=3, key="R1C3")
    assert read.warnings == ()


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param({"programme": {"date": DAY_MS, "reunions": [meeting(race())]}}, id="wrapped"),
        pytest.param({"date": DAY_MS, "reunions": [meeting(race())]}, id="bare day"),
        pytest.param([{"programme": {"reunions": [meeting(race())]}}], id="archive wrap"),
        pytest.param(meeting(race()), id="one meeting"),
        pytest.param(race(), id="one race"),
    ],
)
def test_day_meeting_and_race_documents_give_the_same_race(wrapped: Any):
    read = read_programme(body(wrapped), url=f"{API}/30122025")
    assert read.meetings[0].date == date(2025, 12, 30)
    assert read.only_race().key == "R1C3"
    assert read.only_race().url == f"{API}/30122025/R1/C3"


def test_race_document_without_address_has_no_day_and_says_so():
    read = read_programme(body(race()))
    assert (read.meetings[0].number, read.meetings[0].date) == (1, None)
    assert any("--url" in warning for warning in read.warnings)
    assert read.only_race().url is None


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param({}, RaceStatus.OPEN, id="programmed"),
        pytest.param({"statut": "ROUGE_AUX_PARTANTS"}, RaceStatus.OPEN, id="about to start"),
        pytest.param(
            {"statut": "DEPART_CONFIRME", "categorieStatut": "EN_COURS"},
            RaceStatus.CLOSED,
            id="running",
        ),
        pytest.param(
            {"statut": "FIN_COURSE", "categorieStatut": "ARRIVEE"}, RaceStatus.CLOSED, id="run"
        ),
        pytest.param(
            {"statut": "COURSE_ANNULEE", "categorieStatut": "ANNULEE"},
            RaceStatus.CANCELLED,
            id="cancelled",
        ),
        pytest.param({"statut": None, "categorieStatut": None}, None, id="not said"),
    ],
)
def test_status_of_a_race_without_order(states: dict[str, Any], expected: RaceStatus | None):
    assert only_race(**states).status is expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param({"statut": "ARRIVEE_PROVISOIRE"}, ResultStatus.PROVISIONAL, id="provisional"),
        pytest.param(
            {"statut": "ARRIVEE_PROVISOIRE_NON_VALIDEE"},
            ResultStatus.PROVISIONAL,
            id="not even validated",
        ),
        pytest.param({"statut": "FIN_COURSE"}, ResultStatus.PROVISIONAL, id="run, no flag"),
        pytest.param(
            {"statut": "FIN_COURSE", "isArriveeDefinitive": True},
            ResultStatus.OFFICIAL,
            id="run, flag",
        ),
        pytest.param(
            {"statut": "ARRIVEE_DEFINITIVE_COMPLETE"}, ResultStatus.OFFICIAL, id="definitive"
        ),
        pytest.param(
            {"statut": "ARRIVEE_DEFINITIVE", "arriveeDefinitive": False},
            ResultStatus.PROVISIONAL,
            id="the flag has the last word",
        ),
    ],
)
def test_only_a_definitive_arrival_is_official(states: dict[str, Any], expected: ResultStatus):
    read = only_race(categorieStatut="ARRIVEE", ordreArrivee=[[2], [1]], **states)
    assert read.result is not None
    assert (read.result.status, read.status) == (expected, RaceStatus(expected.value))


def test_dead_heat_and_incidents_are_kept_apart():
    incidents = [
        {"type": "NON_PARTANT", "numeroParticipants": [8]},
        {"type": "DISQUALIFIE_POUR_ALLURE_IRREGULIERE", "numeroParticipants": [9, 5]},
        {"type": "DISTANCE", "numeroParticipants": [2]},
        {"type": "ARRETE", "numeroParticipants": [1]},
        {"type": "TOMBE", "numeroParticipants": [7]},
        {"type": "AUTRE", "numeroParticipants": [10]},
    ]
    document = meeting(race(ordreArrivee=[[6], [3, 4]], incidents=incidents))
    read = read_programme(body(document))
    result = read.only_race().result
    assert result is not None
    assert result.order == ((6,), (3, 4))
    assert (result.non_runners, result.disqualified, result.fallen) == ((8,), (2, 5, 9), (1, 7))
    assert [w for w in read.warnings if "AUTRE" in w] != []


@pytest.mark.parametrize(
    ("category", "pools", "labels"),
    [
        ("GROUPE_I", ["SIMPLE_GAGNANT"], ("group1",)),
        ("GROUPE_II", [], ("group2",)),
        ("GROUPE_III", ["E_QUINTE_PLUS"], ("quinte", "group3")),
        ("HANDICAP_DIVISE", ["QUINTE_PLUS", "E_QUINTE_PLUS"], ("quinte", "handicap")),
        ("HANDICAP_A_RECLAMER", [], ("handicap", "claiming")),
        ("A_RECLAMER_AMATEURS_AUTOSTART", [], ("claiming", "amateurs", "autostart")),
        ("COURSE_A_CONDITIONS", [], ("conditions",)),
        ("INCONNU", ["QUARTE_PLUS"], ()),
    ],
)
def test_labels_come_from_the_category_and_the_bets(
    category: str, pools: list[str], labels: tuple[str, ...]
):
    paris = [{"typePari": pool} for pool in pools]
    assert only_race(categorieParticularite=category, paris=paris).labels == labels


def test_finer_discipline_wins_over_the_speciality():
    assert only_race(discipline="HAIE", specialite="OBSTACLE").discipline is Discipline.HURDLE
    assert only_race(discipline=None, specialite="TROT_MONTE").discipline == "trot_mounted"


def test_unknown_country_is_none_with_a_warning():
    read = read_programme(body(meeting(race(), pays={"code": "XXX"})))
    assert read.meetings[0].country is None
    assert read.warnings == ("unknown country code XXX",)


def test_meeting_is_cancelled_when_all_its_races_are():
    gone = race(statut="COURSE_ANNULEE", categorieStatut="ANNULEE")
    both = read_programme(body(meeting(gone, gone | {"numOrdre": 4})))
    one = read_programme(body(meeting(gone, race(numOrdre=4))))
    assert (both.meetings[0].cancelled, one.meetings[0].cancelled) == (True, False)


def test_day_whose_list_of_meetings_is_empty_is_a_day_without_racing():
    reading = read_programme(body({"programme": {"date": DAY_MS, "reunions": []}}))
    assert reading.meetings == ()
    assert any("no racing" in warning for warning in reading.warnings)


def test_numbers_written_as_texts_are_read():
    words = {"numOrdre": "3", "distance": "2700", "montantPrix": "45000.5"}
    read = read_programme(body(meeting(race(**words), numOfficiel="4")))
    one = read.only_race()
    assert (one.key, one.distance_m, one.prize_eur) == ("R4C3", 2700, 45000.5)
    assert read.warnings == ()


@pytest.mark.parametrize(
    ("url", "document"),
    [
        pytest.param(f"{API}/31122025", meeting(race()), id="another day"),
        pytest.param(f"{API}/31122025", {"date": DAY_MS, "reunions": []}, id="another programme"),
        pytest.param(f"{API}/30122025/R2", meeting(race()), id="another meeting"),
        pytest.param(f"{API}/30122025/R1/C4", race(), id="another race"),
        pytest.param(f"{API}/31122025/R1/C3", race(), id="a race of the day before"),
    ],
)
def test_answer_for_another_address_is_the_wrong_page(url: str, document: Any):
    with pytest.raises(WrongPage):
        read_programme(body(document), url=url)


def test_race_past_midnight_belongs_to_the_day_of_its_meeting():
    read = read_programme(body(race()), url=f"{API}/29122025/R1/C3")
    assert read.meetings[0].date == date(2025, 12, 29)


@pytest.mark.parametrize("empty", [b"", b" \n", b"\xef\xbb\xbf"])
def test_empty_answer_is_a_missing_page(empty: bytes):
    with pytest.raises(PageMissing):
        read_programme(empty)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html><body>Service indisponible</body></html>", id="an error page"),
        pytest.param(b'{"reunions": [{"numOff', id="cut off"),
        pytest.param(b"[" * 100_000, id="endless"),
        pytest.param(b'{"a": "\xff"}', id="not UTF-8"),
        pytest.param(b"[]", id="a bare list"),
        pytest.param(b'{"code": 500}', id="another shape"),
        pytest.param(b'{"reunions": {}}', id="no list of meetings"),
        pytest.param(b'{"reunions": [null]}', id="a hole among meetings"),
        pytest.param(b'{"reunions": [{"courses": []}]}', id="a meeting without number"),
        pytest.param(b'{"reunions": [{"numOfficiel": 1}]}', id="a meeting without races"),
    ],
)
def test_anything_else_is_a_changed_page(content: bytes):
    with pytest.raises(PageChanged):
        read_programme(content)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"numOrdre": None}, id="no race number"),
        pytest.param({"ordreArrivee": [["2"]]}, id="a place that is no number"),
        pytest.param({"ordreArrivee": [[2], [2]]}, id="one horse twice"),
        pytest.param({"ordreArrivee": {"1": 2}}, id="no list of places"),
        pytest.param(
            {"ordreArrivee": [[2]], "incidents": [{"type": "TOMBE", "numeroParticipants": ["x"]}]},
            id="an incident without a horse",
        ),
    ],
)
def test_misshapen_order_refuses_the_answer(changes: dict[str, Any]):
    with pytest.raises(PageChanged):
        only_race(**changes)


def test_misshapen_detail_is_none_with_a_warning():
    read = read_programme(body(meeting(race(distance="2700 m", heureDepart=True))))
    assert (read.only_race().distance_m, read.only_race().off_time) == (None, None)
    assert read.warnings == (
        "courses[0]: distance is not a number",
        "courses[0]: heureDepart is not a number",
    )
