"""The runner table of a ZEturf race page: what each row says, and nothing more."""

import pytest

from hippique.racing.card import Blinkers, Race, Runner, Shoes
from hippique.racing.codec import to_builtins
from hippique.sources.zeturf import read_race
from zeturf_pages import (
    ODDS,
    header,
    odds_text,
    race_page,
    runner_row,
    runner_table,
    script,
)


def race_of(page: bytes) -> Race:
    return read_race(page).only_race()


def only_page(row: str) -> bytes:
    return race_page(table=runner_table(row), script=script(odds=odds_text({"1": ODDS["1"]})))


def only_runner(row: str) -> Runner:
    return race_of(only_page(row)).runners[0]


def test_runner_of_an_open_trot_page_whole():
    assert to_builtins(race_of(race_page()).runners[0]) == {
        "number": 1,
        "name": "ALPHA D'ESSAI",
        "non_runner": False,
        "sex": "H",
        "age": 6,
        "jockey": "Cavalier A.",
        "trainer": "Entraineur B.",
        "weight_kg": None,
        "draw": None,
        "distance_m": 2650,
        "shoes": None,
        "blinkers": None,
        "form": "4a (25) Da 0a",
        "earnings_eur": 17330.0,
        "record": "1'15\"0",
        "career": None,
        "coupling": None,
        "odds": {
            "pool": "zeturf",
            "reference": 5.8,
            "win": 5.7,
            "place_low": 1.7,
            "place_high": 2.5,
            "show2": 5.1,
            "fourth": 6.4,
            "stamp": None,
            "reference_stamp": "2026-03-28T14:45:00+01:00",
        },
    }


def test_coupling_is_no_part_of_the_name():
    runner = race_of(race_page()).runners[3]
    assert (runner.name, runner.coupling) == ("DELTA", "E2")


@pytest.mark.parametrize("printed", ["DELTA (E2)", "DELTA [E2]"])
def test_coupling_printed_inside_the_name_is_taken_out_of_it(printed):
    runner = only_runner(runner_row(1, printed))
    assert (runner.name, runner.coupling) == ("DELTA", "E2")


def test_square_brackets_are_no_part_of_a_coupling():
    runner = only_runner(runner_row(1, "DELTA", infos='<span class="ecurie">[E2]</span>'))
    assert (runner.name, runner.coupling) == ("DELTA", "E2")


def test_bare_feet_are_told_before_plates_where_the_ends_differ():
    title = "Plaqué des antérieurs, déferré des postérieurs"
    infos = f'<span class="deferres" title="{title}"></span>'
    reading = read_race(only_page(runner_row(1, "ALPHA", infos=infos)))
    assert reading.only_race().runners[0].shoes is Shoes.UNSHOD_HIND
    assert any("only unshod_hind is kept" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("ALPHA", "ALPHA", id="title"),
        pytest.param(None, "ALPHA", id="older data: a span without title"),
        pytest.param("Voir détails", "ALPHA", id="title of a tooltip"),
    ],
)
def test_name_comes_without_marks_and_tooltips(title, shown):
    row = runner_row(1, "ALPHA", link=title is not None, is_out=True)
    row = row.replace('title="ALPHA"', f'title="{title}"')
    assert only_runner(row).name == shown


@pytest.mark.parametrize(
    ("people", "jockey", "trainer"),
    [
        pytest.param(
            '<a class="jockey">A. Un</a> - <span>B. Deux</span>', "A. Un", "B. Deux", id="link"
        ),
        pytest.param(
            '<span class="jockey "> A. Un </span> - <span>B. Deux</span>',
            "A. Un",
            "B. Deux",
            id="jockey without a sheet",
        ),
        pytest.param(
            '<a class="jockey"><b>A. Un</b></a> - <span>B. Deux</span><i class="picto"></i>',
            "A. Un",
            "B. Deux",
            id="rider changed, trainer's opinion",
        ),
        pytest.param('<span class="jockey"></span>', None, None, id="nobody named yet"),
    ],
)
def test_jockey_and_trainer_are_told_apart(people, jockey, trainer):
    runner = only_runner(runner_row(1, "ALPHA", people=people))
    assert (runner.jockey, runner.trainer) == (jockey, trainer)


@pytest.mark.parametrize(
    ("infos", "shoes"),
    [
        ('<span class="deferres generic-quatre" title="Déferré des 4 fers"></span>', "unshod_four"),
        (
            '<span class="deferres generic-arriere" title="Déferré des postérieurs"></span>',
            "unshod_hind",
        ),
        (
            '<span class="deferres generic-avant" title="Déferré des antérieurs"></span>',
            "unshod_front",
        ),
        (
            '<span class="deferres generic-plaque-quatre" title="Plaqué des 4"></span>',
            "plated_four",
        ),
        ('<span class="deferres generic-plaque-avant" title=""></span>', "plated_front"),
        ('<span class="deferres generic-" title="grids.runners.deferes."></span>', None),
        ('<span class="deferres" title="Protégé des postérieurs"></span>', "plated_hind"),
        ('<span class="deferres" title="Ferré des 4"></span>', "shod"),
        (
            '<span class="deferres" title="Déferré des antérieurs, déferré postérieurs"></span>',
            "unshod_four",
        ),
        ("", None),
    ],
)
def test_shoes(infos, shoes):
    runner = only_runner(runner_row(1, "ALPHA", infos=infos))
    assert runner.shoes == (Shoes(shoes) if shoes else None)


@pytest.mark.parametrize(
    ("classes", "title", "blinkers"),
    [
        ("generic-oeilleresaustr_first", "Oeillères australiennes pour la 1ère fois", "australian"),
        ("generic-oeilleres", "Œillères", "standard"),
        ("generic-bonnet", "Bonnet", "hood"),
        ("generic-", "enum.oeilleres.0", "none"),
    ],
)
def test_blinkers(classes, title, blinkers):
    infos = f'<span class="tooltip oeilleres {classes}" title="{title}"></span>'
    assert only_runner(runner_row(1, "ALPHA", infos=infos)).blinkers == Blinkers(blinkers)


def test_gear_that_nobody_knows_is_named():
    infos = '<span class="oeilleres generic-x" title="enum.oeilleres.7"></span>'
    page = race_page(
        table=runner_table(runner_row(1, "ALPHA", infos=infos)),
        script=script(odds=odds_text({"1": ODDS["1"]})),
        header=header(facts='<p class="infos">Plat - 1600m</p>'),
    )
    reading = read_race(page)
    assert reading.only_race().runners[0].blinkers is None
    assert reading.warnings == ("runner 1: blinkers unread: enum.oeilleres.7",)


@pytest.mark.parametrize(
    ("cells", "facts"),
    [
        pytest.param(
            '<td class="weight"><span title="Poids avant décharge : 58 kg">54.5 kg</span></td>'
            '<td class="corde">\n13\n</td>',
            {"weight_kg": 54.5, "draw": 13},
            id="flat",
        ),
        pytest.param(
            '<td class="weight">67 kg</td>', {"weight_kg": 67.0, "draw": None}, id="jumps"
        ),
        pytest.param(
            '<td class="weight"></td><td class="corde"></td>', {"weight_kg": None}, id="NP"
        ),
        pytest.param('<td class="distance">0m</td>', {"distance_m": None}, id="old data: 0m"),
        pytest.param(
            '<td class="record">107 350 €</td>',
            {"record": None, "earnings_eur": 107350.0},
            id="old data: gains without record",
        ),
        pytest.param('<td class="record"></td>', {"earnings_eur": None}, id="no gains shown"),
        pytest.param('<td class="musique">\n Inédit </td>', {"form": "Inédit"}, id="form as text"),
    ],
)
def test_cells_are_found_by_class(cells, facts):
    runner = only_runner(runner_row(1, "ALPHA", cells=cells))
    assert {name: getattr(runner, name) for name in facts} == facts
