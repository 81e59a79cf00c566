"""Programmes of self-made legacy pages, and addresses of both generations."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geny_pages import listed, meeting, page, programme
from hippique.errors import BadAddress, PageChanged, WrongPage
from hippique.racing.card import Meeting, RaceStatus
from hippique.sources.geny import GenyAddress, read_programme, read_url

HREF = "/partants-pmu/2025-06-01-mons-pmu-prix-y_c1600009"
INFO = 'Début : 13h30 - Terrain : Bon souple <span class="nonPartant">: 511 - 701</span>'


def meetings_of(text: str, *, url: str | None = None) -> tuple[Meeting, ...]:
    return read_programme(text.encode("cp1252"), url=url).meetings


def day(*extra: str) -> str:
    return programme(
        meeting(
            "dimanche : Auteuil (R1)",
            INFO,
            listed("5 - Prix de l'Essai", "9 Partants - 13h58", button="btnQuinte"),
            listed("7 - Prix du Soir", "12 Partants - 0h15"),
        ),
        meeting(
            "dimanche : Mons (Belgique) (R5)",
            "",
            listed("1 - Prix Y", "8 Partants - 18h00", href=HREF),
            anchor="reunion5",
        ),
        *extra,
    )


def test_flat_siblings_belong_to_the_meeting_before_them():
    found = [(one.number, one.track, one.country, len(one.races)) for one in meetings_of(day())]
    assert found == [(1, "Auteuil", "FR", 2), (5, "Mons", "BE", 1)]


def test_race_of_a_programme_has_key_hour_starters_and_link():
    race = meetings_of(day())[1].races[0]
    assert race.off_time is not None
    assert (race.key, race.name, race.starters, race.url, race.off_time.isoformat()) == (
        "R5C1",
        "Prix Y",
        8,
        HREF,
        "2025-06-01T18:00:00+02:00",
    )


def test_race_after_midnight_stays_on_the_card_of_the_day():
    off_time = meetings_of(day())[0].races[1].off_time
    assert off_time is not None
    assert off_time.isoformat() == "2025-06-02T00:15:00+02:00"


def test_quinte_button_is_a_label():
    assert [race.labels for race in meetings_of(day())[0].races] == [("quinte",), ()]


def test_withdrawals_of_a_meeting_go_to_their_races():
    withdrawn = [
        [(runner.number, runner.non_runner) for runner in race.runners]
        for race in meetings_of(day())[0].races
    ]
    assert withdrawn == [[(11, True)], [(1, True)]]


def test_going_of_the_meeting_is_its_races():
    assert {race.going for race in meetings_of(day())[0].races} == {"Bon souple"}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("9 Partants - 13h58", None),
        ("7 - 1 - 5 - 9", RaceStatus.CLOSED),
        ("Arrivée provisoire : 7 - 1 - 5", RaceStatus.PROVISIONAL),
        ("Arrivée définitive : 7 - 1 - 5", RaceStatus.OFFICIAL),
        ("Course annulée", RaceStatus.CANCELLED),
    ],
)
def test_state_of_a_race(state: str, status: RaceStatus | None):
    text = programme(meeting("dimanche : Auteuil (R1)", "", listed("1 - Prix", state)))
    assert meetings_of(text)[0].races[0].status is status


def test_official_arrival_in_a_programme_is_its_order():
    text = programme(
        meeting("dimanche : Auteuil (R1)", "", listed("1 - P", "Arrivée définitive : 7 - 1 - 5"))
    )
    result = meetings_of(text)[0].races[0].result
    assert result is not None
    assert result.order == ((7,), (1,), (5,))


@pytest.mark.parametrize(
    ("name", "number"),
    [("dimanche : Auteuil", 3), ("dimanche : Auteuil (R-1)", None), ("dimanche : A (R2)", 2)],
    ids=["the anchor", "minus one", "the heading"],
)
def test_number_of_a_meeting(name: str, number: int | None):
    text = programme(meeting(name, "", listed("1 - Prix", "8h00"), anchor="reunion3"))
    assert meetings_of(text)[0].number == number


def test_day_of_the_links_serves_where_the_calendar_is_missing():
    text = day().replace('id="selectedDateValue"', 'id="x"')
    assert {one.date for one in meetings_of(text)} == {date(2025, 6, 1)}


def test_cancelled_meeting_is_told():
    text = day(meeting("dimanche : Craon (R7)", "Réunion annulée"))
    assert [one.cancelled for one in meetings_of(text)] == [False, False, True]


def test_races_of_a_cancelled_meeting_are_cancelled_though_they_keep_their_hours():
    race = listed("1 - Prix", "9 Partants - 15h05")
    text = day(meeting("dimanche : Craon (R7)", "Réunion annulée", race))
    assert [one.status for one in meetings_of(text)[-1].races] == [RaceStatus.CANCELLED]


def test_programme_of_another_day_is_refused():
    with pytest.raises(WrongPage):
        meetings_of(day(), url="https://www.geny.com/reunions-courses-pmu/_d2025-06-02")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (page('<div class="courseParis"></div>' + "x" * 50), "no Geny race or programme"),
        (programme(meeting("dimanche : Auteuil (R1)")), "courseParis"),
        (day().replace("nomReunion", "nom"), "nomReunion"),
        (day().replace("5 - Prix", "Prix"), "nomCourse"),
        (day().replace("2025-06-01", "x").replace("01/06/2025", ""), "selectedDateValue"),
    ],
    ids=["no meeting", "no race", "no name", "no number", "no day"],
)
def test_changed_programme_names_what_is_missing(text: str, missing: str):
    with pytest.raises(PageChanged, match=missing):
        meetings_of(text)


# --- addresses -----------------------------------------------------------------------------------

DAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "https://www.geny.com/partants-pmu/2025-06-01-la-teste-pmu-prix-bar-pmu-le-x_c1485484",
            GenyAddress(
                view="partants",
                race_id=1485484,
                day=DAY,
                track="la-teste",
                prize="prix-bar-pmu-le-x",
            ),
        ),
        (
            "/cotes/2025-06-01-vincennes-pmu-prix-x_c12",
            GenyAddress(view="cotes", race_id=12, day=DAY, track="vincennes", prize="prix-x"),
        ),
        (
            "/arrivee-et-rapports-pmh?id_course=12&info=2025-06-01-Craon-Prix+X",
            GenyAddress(view="arrivee-et-rapports", race_id=12, day=DAY),
        ),
        (
            "https://www.geny.com/course/12-2025-06-01-vincennes-prix-x/arrivee-rapports",
            GenyAddress(
                view="arrivee-rapports", race_id=12, day=DAY, track="vincennes", prize="prix-x"
            ),
        ),
        (
            "/course/12-2025-06-01-sha-tin-the-cup/cotes",
            GenyAddress(view="cotes", race_id=12, day=DAY),
        ),
        ("/course/12/partants-pronostics", GenyAddress(view="partants-pronostics", race_id=12)),
        (
            "https://www.genybet.fr/courses/resultats/12",
            GenyAddress(view="resultats", race_id=12),
        ),
        ("/api/turf/course/12/partants?x=true", GenyAddress(view="partants", race_id=12)),
        ("/programme/2025-06-01", GenyAddress(view="programme", day=DAY)),
        ("/reunions-courses-pmu?date=2025-06-01", GenyAddress(view="programme", day=DAY)),
        ("/reunions-courses-pmu/_d2025-06-01", GenyAddress(view="programme", day=DAY)),
        (
            "/reunions-courses-pmu/2025-06-01_d2025-06-01#reunion2",
            GenyAddress(view="programme", day=DAY),
        ),
    ],
)
def test_addresses_of_both_generations(url: str, address: GenyAddress):
    assert read_url(url) == address


@pytest.mark.parametrize("url", ["", "https://www.geny.com/", "/reunions-courses-pmu/_dhier"])
def test_address_without_race_and_day_is_refused(url: str):
    with pytest.raises(BadAddress):
        read_url(url)


slugs = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,4}", fullmatch=True).filter(
    lambda slug: "pmu" not in slug
)


@given(
    track=slugs,
    prize=slugs,
    race=st.integers(1, 10**9),
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
def test_every_address_gives_back_its_parts(track: str, prize: str, race: int, day: date):
    address = read_url(f"/partants-pmu/{day.isoformat()}-{track}-pmu-{prize}_c{race}")
    assert (address.day, address.track, address.prize, address.race_id) == (day, track, prize, race)
