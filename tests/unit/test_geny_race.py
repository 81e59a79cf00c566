"""Runners of self-made legacy pages: what unseen variants of the table would break."""

import pytest

from geny_pages import (
    FACTS,
    ODDS,
    RACE_URL,
    TROT,
    flat_race,
    header,
    horse,
    page,
    runners,
)
from hippique.errors import PageChanged, PageMissing, WrongPage
from hippique.racing.card import Blinkers, Discipline, Race, Shoes
from hippique.sources.geny import read_race


def race_of(text: str, *, encoding: str = "cp1252", url: str | None = None) -> Race:
    return read_race(text.encode(encoding), url=url).only_race()


def trot_row(number: str = "1", **cells: str) -> list[str]:
    row = {
        "number": number,
        "name": horse("Essai"),
        "sa": "F5",
        "dist": "2725",
        "driver": "A. Essai",
        "trainer": "B. Essai",
        "form": "1a (24) Da",
        "gains": "88440",
        "reference": "10",
        "win": "11,8",
    }
    return list((row | cells).values())


def trot_race(*rows: list[str], **parts: str) -> Race:
    text = page(header(**parts) + runners((*TROT, *ODDS), rows))
    return race_of(text)


def test_flat_race_has_its_stall_from_the_column_c():
    assert [runner.draw for runner in race_of(flat_race()).runners] == [7, 2]


def test_columns_of_other_bookmakers_move_no_field():
    wide = flat_race(extra=("PMU", "Genybet", "ZEturf"), values=("4,9", "5,1", "4,4"))
    assert race_of(wide).runners == race_of(flat_race()).runners


def test_columns_that_are_not_read_are_named():
    wide = flat_race(extra=("PMU", "ZEturf"), values=("4,9", "5,1"))
    assert read_race(wide.encode()).warnings == ("columns not read: PMU, ZEturf",)


def test_captions_above_each_other_count_by_the_lowest():
    low = "<th>PMU</th><th>Cotes références</th><th>Derni&egrave;res cotes</th>"
    text = flat_race(extra=("PMU",), values=("4,9",))
    assert low in text
    spread = text.replace("<th>", '<th rowspan="2">').replace(
        low.replace("<th>", '<th rowspan="2">'),
        f'<th colspan="3">Cotes</th></tr><tr>{low.replace(">Cotes r", ">R")}',
    )
    assert race_of(spread).runners == race_of(text).runners


def test_facts_of_the_header_are_found_by_their_pattern():
    race = race_of(flat_race())
    assert (race.discipline, race.distance_m, race.prize_eur, race.starters, race.going) == (
        Discipline.FLAT,
        2400,
        130000.0,
        2,
        "Bon souple",
    )


def test_header_names_meeting_race_and_hour():
    race = race_of(flat_race())
    assert race.off_time is not None
    assert (race.key, race.name, race.off_time.isoformat()) == (
        "R1C3",
        "Prix de l'Essai",
        "2025-06-01T15:05:00+02:00",
    )


@pytest.mark.parametrize(
    ("words", "discipline"),
    [
        ("Attelé", Discipline.TROT_HARNESS),
        ("Monté", Discipline.TROT_MOUNTED),
        ("Plat", Discipline.FLAT),
        ("Haies", Discipline.HURDLE),
        ("Steeple-chase", Discipline.STEEPLECHASE),
        ("Steeple-chase Cross-country", Discipline.CROSS_COUNTRY),
        ("Cross", Discipline.CROSS_COUNTRY),
    ],
)
def test_disciplines(words: str, discipline: Discipline):
    assert trot_race(trot_row(), facts=FACTS.replace("Plat", words)).discipline is discipline


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Groupe I", "group1"),
        ("Groupe II", "group2"),
        ("Groupe III", "group3"),
        ("Listed Race", "listed"),
        ("Handicap divisé", "handicap"),
        ("A réclamer", "claiming"),
    ],
)
def test_class_of_a_race_is_its_label(words: str, label: str):
    assert trot_race(trot_row(), facts=FACTS.replace("Groupe II", words)).labels == (label,)


def test_quinte_mark_is_a_label():
    assert trot_race(trot_row(), mark="TQQ").labels == ("quinte", "group2")


def test_small_hours_belong_to_the_next_morning():
    race = trot_race(trot_row(), facts=FACTS.replace("15h05", "0h20"))
    assert race.off_time is not None
    assert race.off_time.isoformat() == "2025-06-02T00:20:00+02:00"


def test_winter_hour_has_the_winter_offset():
    text = page(header() + runners((*TROT, *ODDS), [trot_row()]), day="12/01/2025", path="/x")
    off_time = race_of(text).off_time
    assert off_time is not None
    assert off_time.isoformat() == "2025-01-12T15:05:00+01:00"


@pytest.mark.parametrize(
    ("printed", "track", "country", "number"),
    [
        ("jeudi : Mons (Belgique) (R5)", "Mons", "BE", 5),
        ("samedi : Sha Tin [Hong Kong] (R3)", "Sha Tin", "HK", 3),
        ("samedi : Aqueduct (Etats-Unis) - Genybet (R8)", "Aqueduct", "US", 8),
        ("dimanche : Vincennes [Nocturne] (R1)", "Vincennes", "FR", 1),
        ("lundi : Craon (R-1)", "Craon", "FR", None),
        ("lundi : Craon", "Craon", "FR", None),
        ("lundi : Ailleurs (Atlantide) (R2)", "Ailleurs", None, 2),
    ],
)
def test_meeting_names(printed: str, track: str, country: str | None, number: int | None):
    text = page(header(meeting=printed) + runners((*TROT, *ODDS), [trot_row()]))
    (meeting,) = read_race(text.encode("cp1252")).meetings
    assert (meeting.track, meeting.country, meeting.number) == (track, country, number)


def test_meeting_without_a_number_gives_a_race_without_a_key():
    assert trot_race(trot_row(), meeting="lundi : Craon (R-1)").key is None


def test_non_runner_keeps_its_row_and_loses_jockey_and_odds():
    absent = trot_row("2", driver='<td class="nonPartant">Non-partant</td>', reference="", win="")
    race = trot_race(trot_row(), absent, facts=FACTS.replace("2&nbsp;", "1&nbsp;"), withdrawn="2")
    gone = race.runners[1]
    assert (gone.non_runner, gone.jockey, gone.odds, gone.trainer) == (True, None, None, "B. Essai")
    assert (race.declared, race.starters) == (2, 1)


def test_non_runner_of_the_header_alone_is_believed_and_warned_of():
    text = page(header(withdrawn="1") + runners((*TROT, *ODDS), [trot_row(), trot_row("2")]))
    reading = read_race(text.encode("cp1252"))
    assert reading.only_race().runners[0].non_runner
    assert "1 is a non-runner in the header only" in reading.warnings


@pytest.mark.parametrize("blank", ["", "-", "&nbsp;", "–"])
def test_blank_odds_are_none(blank: str):
    assert trot_race(trot_row(reference=blank, win=blank)).runners[0].odds is None


@pytest.mark.parametrize("printed", ["0", "1", "1,0", "12%", "abc", "1 2 3 4 5 6"])
def test_what_is_no_odds_is_none_and_named(printed: str):
    text = page(header() + runners((*TROT, *ODDS), [trot_row(win=printed)]))
    reading = read_race(text.encode("cp1252"))
    odds = reading.only_race().runners[0].odds
    assert odds is not None
    assert odds.win is None
    assert any("is no odds (win)" in warning for warning in reading.warnings)


def test_odds_stand_under_their_own_captions():
    odds = trot_race(trot_row(reference="95", win="94,2")).runners[0].odds
    assert odds is not None
    assert (odds.pool, odds.reference, odds.win) == ("geny", 95.0, 94.2)


FORE, HIND = "ant&eacute;rieurs", "post&eacute;rieurs"
BARE, PLATED, SHOD = "D&eacute;ferr&eacute;", "Prot&eacute;g&eacute;", "Ferr&eacute;"


@pytest.mark.parametrize(
    ("title", "shoes"),
    [
        (f"{BARE} des quatre pieds", Shoes.UNSHOD_FOUR),
        (f"{BARE} des {FORE}, {SHOD} des {HIND}", Shoes.UNSHOD_FRONT),
        (f"{SHOD} des {FORE}, d&eacuteferr&eacute des post&eacuterieurs", Shoes.UNSHOD_HIND),
        (f"{PLATED} des {FORE}, d&eacuteferr&eacute des post&eacuterieurs", Shoes.UNSHOD_HIND),
        (f"{BARE} des {FORE}, {PLATED} des {HIND}", Shoes.UNSHOD_FRONT),
        (f"{PLATED} des {FORE}, {SHOD} des {HIND}", Shoes.PLATED_FRONT),
        (f"{SHOD} des {FORE}, prot&eacuteg&eacute des post&eacuterieurs", Shoes.PLATED_HIND),
        (f"{PLATED} des {FORE} et {PLATED} des {HIND}", Shoes.PLATED_FOUR),
        ("", None),
    ],
)
def test_shoes_from_titles_without_semicolons_too(title: str, shoes: Shoes | None):
    assert trot_race(trot_row(name=horse("Essai", title=title))).runners[0].shoes is shoes


@pytest.mark.parametrize(
    ("title", "headgear"),
    [
        ("Oeill&egrave;res australienne", Blinkers.AUSTRALIAN),
        ("Portent des oeill&egrave;res", Blinkers.STANDARD),
        ("Bonnet", Blinkers.HOOD),
        ("Attache-langue", None),
    ],
)
def test_headgear_from_titles(title: str, headgear: Blinkers | None):
    assert trot_race(trot_row(name=horse("Essai", title=title))).runners[0].blinkers is headgear


@pytest.mark.parametrize(
    ("cells", "coupling"),
    [
        ({"number": "1 (E1)"}, "E1"),
        ({"name": horse("Essai (E2)")}, "E2"),
        ({"name": horse("Essai", after=" <b>(E)</b>")}, "E"),
        ({"name": horse("Essai", after=" E1")}, "E1"),
    ],
    ids=["in the number", "in the name", "beside the name, one letter", "beside the name"],
)
def test_coupled_entry_is_no_part_of_the_name(cells: dict[str, str], coupling: str):
    runner = trot_race(trot_row(**cells)).runners[0]
    assert (runner.number, runner.name, runner.coupling) == (1, "Essai", coupling)


def test_list_of_coupled_horses_marks_each_of_them():
    told = header().replace('<span class="infoCourse">', "Ecurie : 1 - 2<span class='infoCourse'>")
    text = page(told + runners((*TROT, *ODDS), [trot_row(n) for n in "123"]))
    assert [runner.coupling for runner in race_of(text).runners] == ["E", "E", None]


def test_musique_is_kept_as_printed_with_folded_blanks():
    assert trot_race(trot_row(form=" 1a\n (24)\xa0 Da ")).runners[0].form == "1a (24) Da"


def test_page_in_true_utf8_reads_like_the_same_page_in_cp1252():
    text = flat_race().replace("T. Essai", "É. Bœuf")
    assert race_of(text, encoding="utf-8") == race_of(text, encoding="cp1252")


def test_utf8_runs_inside_cp1252_are_told_from_letters():
    body = flat_race().replace("T. Essai", "MOULINÉ\xa0§ œ").encode("cp1252")
    mixed = body.replace(b"Rapide", "Dôme".encode())
    first = read_race(mixed).only_race().runners[0]
    assert (first.name, first.jockey) == ("Dôme", "MOULINÉ § œ")


def test_damaged_copy_says_which_names_are_spoilt():
    text = flat_race().replace("Rapide", "R\ufffdve").replace("130\xa0000", "130\ufffd000")
    reading = read_race(text.encode())
    assert reading.only_race().prize_eur == 130000.0
    assert reading.warnings == (
        "the encoding is damaged: 1 letters are lost",
        "letters are lost in: name of 1 R\ufffdve",
    )


@pytest.mark.parametrize("caption", ["N°", "Cheval", "Jockey", "Entraîneur", "Musique"])
def test_missing_column_is_named(caption: str):
    text = flat_race().replace(f"<th>{caption}</th>", "<th>Autre</th>")
    with pytest.raises(PageChanged, match=caption):
        race_of(text)


def test_missing_live_odds_are_a_changed_page_never_null_odds():
    with pytest.raises(PageChanged, match="Dernières cotes"):
        race_of(flat_race().replace("<th>Derni&egrave;res cotes</th>", "<th>Autre</th>"))


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ('id="tableau_partants"', 'id="tableau_x"', "anything|tableau_partants"),
        ("cartoucheCourse", "cartouche", "cartoucheCourse"),
        ("nomReunion", "nom", "nomReunion"),
        ("infoCourse", "info", "infoCourse"),
        ("<sup>ème</sup> course", "", "nomCourse"),
        ("<td>58,5</td>", "", "cells for 1"),
        ("<tr><td>2</td>", "<tr><td>1</td>", "1 stands twice"),
        ("01/06/2025", "41/06/2025", "selectedDateValue"),
        ("</html>", "", "cut short"),
    ],
)
def test_changed_page_names_what_is_missing(old: str, new: str, missing: str):
    text = flat_race()
    assert old in text
    broken = text.replace(old, new).replace("3 - Prix", "Prix")
    with pytest.raises(PageChanged, match=missing):
        race_of(broken)


@pytest.mark.parametrize(
    "url",
    [
        RACE_URL.replace("_c1600001", "_c1600002"),
        RACE_URL.replace("2025-06-01", "2025-06-02"),
        "https://www.geny.com/partants-pmu?id_course=1600002",
    ],
    ids=["another race", "another day", "another race by id"],
)
def test_page_of_another_race_is_refused(url: str):
    with pytest.raises(WrongPage):
        race_of(flat_race(), url=url)


def test_address_of_the_page_itself_is_kept():
    reading = read_race(flat_race().encode("cp1252"), url=RACE_URL)
    assert (reading.url, reading.only_race().url) == (RACE_URL, RACE_URL)


@pytest.mark.parametrize(
    "text",
    [
        "<html><head><title>Erreur - Geny</title></head><body>x</body></html>",
        "<html><body>La page que vous recherchez n&#039;existe plus.</body></html>",
        "<html><script>dataLayer.push({event:'error_page', error_status:'403'})</script></html>",
        '<html><script>dataLayer.push({"event": "error_page"})</script></html>',
        "<!DOCTYPE html><html><title>404: This page could not be found.</title></html>",
    ],
)
def test_error_page_served_as_a_page_is_missing(text: str):
    with pytest.raises(PageMissing):
        race_of(text)
