"""Kept ZEturf pages against their expected readings, and against what others noted of them.

The pages lie outside the repository. Expected readings are facts, checked against the pages cell
by cell; every test that compares with a third party's notes names where these are wrong.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hippique.errors import PageChanged, PageMissing, SourceError, WrongPage
from hippique.racing.card import Race, RaceStatus, Reading
from hippique.racing.codec import to_builtins
from hippique.sources.zeturf import read_programme, read_race
from material import material, material_root

EXPECTED = Path(__file__).parent / "zeturf"
TROT_2026 = "race_2026-01-18_R5C6"
FLAT_2024 = "race_2024-06-20_R1C3_rendered"  # as a browser left it: cells filled, rows marked
GROUP_2024 = "transcribed_2024-10-27_R1C3.post.fragment"  # on the day Paris clocks went back
TROT_2015 = "transcribed_2015-01-01_R1C2.post.fragment"
UNSETTLED_2005 = "transcribed_2005-04-27_R2C1.unsettled-etat3.fragment"
PROGRAMME = "programme_2025-11-20"
RACES = [TROT_2026, FLAT_2024, GROUP_2024, TROT_2015, UNSETTLED_2005]


def body(name: str) -> bytes:
    return material(f"pages/zeturf/{name}.html").read_bytes()


def notes(name: str) -> Any:
    return json.loads(material(f"pages/zeturf/{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*RACES, PROGRAMME])
def test_kept_page_gives_its_expected_reading(name: str):
    read = read_programme if name == PROGRAMME else read_race
    expected = json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))
    assert to_builtins(read(body(name))) == expected


def agrees(promised: Any, read: Any) -> bool:
    """True when all that is promised is read; lists of objects as far as they are promised."""
    if isinstance(promised, dict):
        return all(key in read and agrees(value, read[key]) for key, value in promised.items())
    if isinstance(promised, list) and promised and isinstance(promised[0], dict):
        return all(agrees(*pair) for pair in zip(promised, read, strict=False))
    return promised in (read, "/fr/course/…")


def test_published_example_is_read_from_its_page():
    published = material("INTERFACE.md").read_text(encoding="utf-8")
    example = json.loads(published.split("```json\n")[1].split("```")[0])
    assert agrees(example, to_builtins(read_race(body(TROT_2026))))


def test_soft_404_is_a_missing_page():
    with pytest.raises(PageMissing, match="contenu non disponible"):
        read_race(body("soft404_2025-11-05_R1C1"))


def test_page_served_for_a_wrong_track_is_known_by_its_race():
    # The site ignores the slug: asked for Pau, it serves whatever R1C3 is that day.
    pau = "https://www.zeturf.fr/fr/course/2024-06-20/R1C3-pau-prix-x"
    assert read_race(body(FLAT_2024), url=pau).meetings[0].track == "PARIS-LONGCHAMP"
    with pytest.raises(WrongPage, match="2024-06-20/R1C3, not 2024-06-20/R1C4"):
        read_race(body(FLAT_2024), url=pau.replace("C3", "C4"))


def test_winner_pays_its_closing_odds():
    # Since 2024 the site's last win odds are the dividend; a column mixed up would break this.
    for name in (TROT_2026, FLAT_2024, GROUP_2024):
        race = read_race(body(name)).only_race()
        assert race.result is not None
        paid = {d.combination[0]: d.per_euro for d in race.result.dividends if d.bet == "win"}
        closing = {r.number: r.odds.win for r in race.runners if r.odds and r.number in paid}
        assert paid == closing


# --- the same pages in other states, and damaged -------------------------------------------


def in_state(name: str, number: int) -> bytes:
    return body(name).replace(b'{"etatPage":4,', b'{"etatPage":%d,' % number)


def test_real_page_put_back_before_the_off_is_open():
    # No page kept with betting open: the markup of a finished one, with the state of an open one.
    reading = read_race(in_state(TROT_2026, 2))
    race = reading.only_race()
    assert (race.status, race.result, reading.warnings) == (RaceStatus.OPEN, None, ())
    assert sum(r.odds is not None and r.odds.win is not None for r in race.runners) == 13


def test_real_page_before_its_results_is_provisional():
    page = in_state(TROT_2026, 3).replace(b'id="tab-details"', b'id="tab-autre"')
    race = read_race(page).only_race()
    assert race.status is RaceStatus.PROVISIONAL
    assert race.result is not None
    assert race.result.order == ((10,), (5,), (11,), (6,), (7,))
    assert (race.result.non_runners, race.result.disqualified) == ((12,), (1, 2, 3, 14))


@pytest.mark.parametrize(
    ("cut", "missing"),
    [
        ("cotesInfos", "cotesInfos, the odds of an open page"),
        ("table-runners", "the runner table"),
        ('id="arrivee-course"', "the race's header"),
        ("heure-course", "the off time"),
        ("horse-name", "the name of runner 1"),
        ('"SG"', "odds with SG of runner 1"),
    ],
)
def test_open_page_names_what_it_lacks(cut: str, missing: str):
    page = in_state(TROT_2026, 1).replace(cut.encode(), re.sub(r"\w", "x", cut).encode())
    with pytest.raises(PageChanged, match=re.escape(missing)):
        read_race(page)


@pytest.mark.parametrize("name", [*RACES, PROGRAMME])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_truncated_page_is_refused(name: str, share: float):
    whole = body(name)
    read = read_programme if name == PROGRAMME else read_race
    with pytest.raises(PageChanged):
        read(whole[: int(len(whole) * share)])


def test_pages_of_other_sites_are_refused():
    kept = sorted((material_root() / "pages").glob("*/*.html"))
    others = [path for path in kept if path.parent.name != "zeturf"]
    if not others:
        pytest.skip("material absent: pages of other sites (set HIPPIQUE_MATERIAL)")
    for path in others:
        for read in (read_race, read_programme):
            with pytest.raises(SourceError):
                read(path.read_bytes())


# --- third parties' notes ------------------------------------------------------------------


def programme_races(reading: Reading) -> dict[str, tuple[str | None, Race]]:
    return {
        f"https://www.zeturf.fr{race.url}": (meeting.track, race)
        for meeting in reading.meetings
        for race in meeting.races
    }


def test_races_and_off_times_agree_with_an_extract_of_the_day():
    # Its meetings are guessed from slugs ("NARROGIN BECOME"): only their beginning is compared.
    read = programme_races(read_programme(body(PROGRAMME)))
    listed = notes("races_2025-11-20_extract")
    assert len(listed) == len(read) == 189
    for row in listed:
        track, race = read[row["course_url"]]
        assert race.off_time is not None
        assert race.off_time.strftime("%H:%M") == row["time_local"]
        assert race.key == row["r_label"] + row["c_label"]
        assert row["meeting"].startswith((track or "").split("-")[0].split(" ")[0])


def test_known_addresses_name_their_race():
    # Addresses as seen on the site, some with the tail of a runner's sheet or an offer.
    lines = material("pages/zeturf/urls.txt").read_text(encoding="utf-8").split()
    courses = [line for line in lines if "/course/" in line]
    assert courses
    page = body(TROT_2026)
    for url in courses:
        day, key = re.findall(r"/(\d{4}-\d\d-\d\d)/(R\d+C\d+)", url)[0]
        with pytest.raises(WrongPage, match=f"not {day}/{key}"):
            read_race(page, url=url)


def test_row_of_a_meeting_page_agrees_with_the_race_page():
    noted = notes("transcribed_values_extracts")["reunion_pages"][0]
    row = next(row for row in noted["courses"] if row["c"] == "C3")
    reading = read_race(body(GROUP_2024))
    race = reading.only_race()
    assert race.result is not None
    assert race.off_time is not None
    assert {
        "c": f"C{race.number}",
        "nom": race.name,
        "partants": f"{race.starters} partants",
        "distance": f"{race.distance_m}m",
        "timestamp": int(race.off_time.timestamp()),
        "arrivee": "-".join(str(number) for (number,) in race.result.order),
    } == {key: row[key] for key in ("c", "nom", "partants", "distance", "timestamp", "arrivee")}
    assert race.going == "Lourd"


def test_noted_odds_of_another_race_are_read_like_any():
    # Only the odds of this race were kept: they are read inside another race's page.
    noted = notes("transcribed_2025-11-11_R1C5.cotesInfos")
    page = body(TROT_2015)
    start = page.index(b"cotesInfos: ") + len(b"cotesInfos: ")
    end = page.index(b"\n", start)
    odds = {key: entry for key, entry in noted.items() if key not in {"16", "17", "18"}}
    reading = read_race(page[:start] + json.dumps(odds).encode() + page[end:])
    read = {r.number: r.odds for r in reading.only_race().runners if r.odds}
    assert sorted(read) == list(range(1, 16))
    for number, shown in read.items():
        entry = noted[str(number)]["odds"]
        assert (shown.reference, shown.win, shown.place_low, shown.place_high) == tuple(
            entry[key] for key in ("reference", "SG", "SPMin", "SPMax")
        )
        assert (shown.show2, shown.fourth) == (entry["ZS"], entry["ZC"])
    stamps = {str(shown.reference_stamp) for shown in read.values()}
    assert stamps == {"2025-11-11 16:15:00+01:00"}


def test_noted_dividends_of_a_bundle_are_read_like_any():
    """The site's own table with noted amounts in it: both gains of each combination."""
    noted = notes("transcribed_values_extracts")["dividends_partial"][0]["ZE 234"]
    page = body(TROT_2015).decode()
    # The fragment's own combinations and amounts, replaced one by one in the table's order.
    start, end = page.index(">ZE 234<"), page.index(">ZE 345<")
    table = page[start:end]
    for old, new in zip(("5-18", "5-18-10", "5-18-10-13"), noted, strict=True):
        table = table.replace(f"<strong>{old}</strong>", f"<strong>{new}</strong>")
    amounts = iter([gain for gains in noted.values() for gain in gains.values()])
    table = re.sub(r"[\d ]+,\d\d €", lambda _: next(amounts), table)
    result = read_race((page[:start] + table + page[end:]).encode()).only_race().result
    assert result is not None
    read = [(d.rank, d.combination, d.per_euro) for d in result.dividends if d.bet == "ze234"]
    assert read == [
        (None, (18, 3), 1.33),
        ("field", (18, 3), 1.33),
        (None, (18, 3, 12), 5.08),
        ("field", (18, 3, 12), 6.41),
        (None, (18, 3, 12, 5), 287.45),
        ("field", (18, 3, 12, 5), 293.86),
    ]
