"""The header of a ZEturf race page: which race it is, its conditions."""

import pytest

from hippique.errors import WrongPage
from hippique.racing.card import Discipline, Race
from hippique.sources.zeturf import read_race
from zeturf_pages import (
    CONDITIONS,
    PATH,
    header,
    race_page,
    script,
)


def race_of(page: bytes) -> Race:
    return read_race(page).only_race()


@pytest.mark.parametrize(
    ("line", "distance_m", "prize_eur", "starters"),
    [
        ("Attelé - 2650m - 22000 € - 13 Partants", 2650, 22000.0, 13),
        ("Attelé - 3000m - 21000.00 € - 9 Partants", 3000, 21000.0, 9),
        ("Plat - 2 400 m - 1.250.000 € - 8 partants", 2400, 1250000.0, 8),
        ("Plat\n - 1600m\n\t- 25\u202f900\u00a0€ - 1 Partant", 1600, 25900.0, 1),
        ("Steeple-chase -3500m -75.000 €- 8 Partants", 3500, 75000.0, 8),
        ("Plat - 1600m (grande piste) - 25900 € - 15 Partants", 1600, 25900.0, 15),
        ("Attelé - 0m - 0 €", None, None, 3),
        ("Plat - 1m 2f - 25900 € - 15 Partants", None, 25900.0, 15),
    ],
)
def test_header_numbers(line, distance_m, prize_eur, starters):
    race = race_of(race_page(header=header(facts=f'<p class="infos">{line}</p>')))
    assert (race.distance_m, race.prize_eur, race.starters) == (distance_m, prize_eur, starters)


@pytest.mark.parametrize(
    ("word", "discipline"),
    [
        ("Attelé", Discipline.TROT_HARNESS),
        ("Monté", Discipline.TROT_MOUNTED),
        ("Plat", Discipline.FLAT),
        ("Haies", Discipline.HURDLE),
        ("Steeple-chase", Discipline.STEEPLECHASE),
        ("Cross-country", Discipline.CROSS_COUNTRY),
        ("Steeple-chase cross-country", Discipline.CROSS_COUNTRY),
        ("Autre chose", Discipline.TROT_HARNESS),  # the script's own number 1
    ],
)
def test_discipline(word, discipline):
    facts = f'<p class="infos">{word} - 2000m</p>'
    assert race_of(race_page(header=header(facts=facts))).discipline is discipline


GOING = (
    '<span class="conditionsHippodrome">\n Terrain : Bon souple\n'
    '<span class="piste"> - Herbe</span>'
    "| Pénétromètre : 3,6 (14h00)</span>"
)


@pytest.mark.parametrize(
    ("kind", "conditions", "going"),
    [
        pytest.param("Plat", GOING, "Bon souple", id="grass"),
        pytest.param(
            "Plat",
            '<span class="conditionsHippodrome">Terrain : Lourd - Herbe</span>',
            "Lourd",
            id="surface in the same text",
        ),
        pytest.param("Plat", "", None, id="nothing said"),
        pytest.param("Attelé", CONDITIONS, None, id="a trotting track has no going"),
    ],
)
def test_going(kind, conditions, going):
    facts = f'<p class="infos">{kind} - 2000m</p>'
    page = race_page(header=header(facts=facts, conditions=conditions))
    assert race_of(page).going == going


@pytest.mark.parametrize(
    ("race_class", "labels"),
    [
        ("Groupe 1", ("group1",)),
        ("Groupe III", ("group3",)),
        ("Listed", ("listed",)),
        ("Handicap divisé", ("handicap",)),
        ("Course E", ()),
    ],
)
def test_labels_come_from_the_class_of_the_race(race_class, labels):
    row = f"""<div class="condition-row"><div><i title="Corde"></i><label>À gauche</label></div>
      <div><i title="Classe / Groupe"></i>\n<label>{race_class}</label></div>
      <div><i title="Distance lice"></i><label>Handicap</label></div></div>"""
    assert race_of(race_page(header=header(conditions=row))).labels == labels


def test_quinte_in_the_name_is_a_label():
    assert race_of(race_page(header=header(name="Prix du Modèle (Quinté+)"))).labels == ("quinte",)


def test_runner_sheets_and_offers_are_cut_from_the_address():
    path = f"{PATH}/12?prefill=39"
    assert race_of(race_page(script=script(path=path))).url == PATH


def test_slug_may_hold_double_dashes():
    path = "/fr/course/2026-03-28/R4C7-vaal--youcanbetonus-maiden"
    assert race_of(race_page(script=script(path=path))).url == path


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.zeturf.fr{PATH}",
        "http://127.0.0.1:8000/fr/course/2026-03-28/R4C7-x/3",
        "https://www.zeturf.fr/fr/programmes-et-pronostics",
    ],
)
def test_address_of_the_same_race_is_kept(url):
    assert read_race(race_page(), url=url).url == url


@pytest.mark.parametrize("part", ["2026-03-28/R4C8-x", "2026-03-28/R4C77", "2026-03-29/R4C7-x"])
def test_another_race_than_asked_for_is_refused(part):
    with pytest.raises(WrongPage, match=r"2026-03-28/R4C7, not 2026"):
        read_race(race_page(), url=f"https://www.zeturf.fr/fr/course/{part}")
