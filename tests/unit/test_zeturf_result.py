"""A ZEturf race page after the off: state, order of finish, dividends. Pages of our own."""

import pytest

from hippique.errors import PageChanged
from hippique.racing.bets import CATALOGUE
from hippique.racing.card import Race, RaceStatus, Reading
from hippique.racing.result import Refund, Result, ResultStatus
from hippique.sources.zeturf import read_race
from hippique.sources.zeturf.selectors import BETS_BY_ID, BETS_BY_LABEL
from zeturf_pages import (
    NO_ODDS,
    ODDS,
    details,
    dividend_table,
    dividends,
    finish_table,
    header,
    odds_text,
    race_page,
    runner_row,
    runner_table,
    script,
    timeline,
)

SIMPLE = dividend_table(
    "Simple",
    ("Simple gagnant", "ZEshow", "Simple placé"),
    ("4", "2,20 €", "", "1,10 €"),
    ("1", "", "5,10 €", "1,40 €"),
)
OFFICIAL = details("Arrivée officielle :\n 4 - 1 - 2")


def finished(
    head: str = OFFICIAL, *, state: int = 4, paid: str = dividends(SIMPLE), **parts: str
) -> bytes:
    box = "arrivee-course" if state == 4 else "infos-course"
    return race_page(
        script=script(state=state), header=header(box=box, details=head), dividends=paid, **parts
    )


def race_of(page: bytes) -> Race:
    return read_race(page).only_race()


def result_of(page: bytes) -> Result:
    result = race_of(page).result
    assert result is not None
    return result


def paid(*tables: str) -> Reading:
    return read_race(finished(paid=dividends(*tables)))


def rows_of(reading: Reading) -> list[tuple[str, str | None, tuple[int, ...], float]]:
    result = reading.only_race().result
    assert result is not None
    return [(d.bet, d.rank, d.combination, d.per_euro) for d in result.dividends]


def test_finished_page():
    reading = read_race(finished())
    race = reading.only_race()
    result = race.result
    assert reading.warnings == ()
    assert (race.status, race.declared, race.starters) == (RaceStatus.OFFICIAL, 4, 3)
    assert result is not None
    assert result.status is ResultStatus.OFFICIAL
    assert (result.order, result.non_runners) == (((4,), (1,), (2,)), (3,))
    assert rows_of(reading) == [
        ("win", None, (4,), 2.2),
        ("place", None, (4,), 1.1),
        ("show2", None, (1,), 5.1),
        ("place", None, (1,), 1.4),
    ]
    first = result.dividends[0]
    assert (first.operator, first.stake_base_eur, first.label) == ("zeturf", 1.0, "Simple gagnant")


# --- state ---------------------------------------------------------------------------------


def test_closed_page_without_an_order():
    race = race_of(finished("", state=3, paid=""))
    assert (race.status, race.result) == (RaceStatus.CLOSED, None)


def test_provisional_order_comes_from_the_newest_line_of_the_timeline():
    lines = timeline(
        "Arrivée provisoire - 4 DELTA - 1 ALPHA D'ESSAI - 2 BETA DU MODELE",
        "Arrivée provisoire - Photo - 4 DELTA - 1 ALPHA D'ESSAI / 2 BETA DU MODELE",
        "Les chevaux sont partis",
        "Selon notre correspondant, le n°2 - BETA DU MODELE est disqualifié d'avance.",
    )
    race = race_of(finished("", state=3, paid="", timeline=lines))
    assert race.status is RaceStatus.PROVISIONAL
    assert race.result == Result(
        status=ResultStatus.PROVISIONAL, order=((4,), (1,), (2,)), non_runners=(3,)
    )


def test_photo_leaves_two_horses_in_one_place():
    lines = timeline("Arrivée provisoire - Photo - 4 DELTA - 1 ALPHA D'ESSAI / 2 BETA DU MODELE")
    assert result_of(finished("", state=3, timeline=lines)).order == ((4,), (1, 2))


def test_timeline_names_who_is_out_of_a_provisional_order():
    lines = timeline(
        "Arrivée provisoire - 4 DELTA",
        "Le n°1 ALPHA D'ESSAI est disqualifié.",
        "La n° 2 - BETA DU MODELE est tombée",
    )
    result = result_of(finished("", state=3, paid="", timeline=lines))
    assert (result.disqualified, result.fallen) == ((1,), (2,))


def test_timeline_is_official_only_once_the_page_says_results():
    lines = timeline("Arrivée officielle - 4 DELTA - 1 ALPHA D'ESSAI")
    race = race_of(finished("", state=3, paid="", timeline=lines))
    assert race.status is RaceStatus.PROVISIONAL
    assert race.result is not None
    assert race.result.status is ResultStatus.PROVISIONAL


def test_order_that_calls_itself_provisional_is_not_official():
    race = race_of(finished(details("Arrivée provisoire : 4 - 1")))
    assert race.status is RaceStatus.PROVISIONAL


def test_fragment_without_script_is_read_by_its_own_words():
    page = race_page(script="", header=header(details=OFFICIAL), dividends=dividends(SIMPLE))
    reading = read_race(page)
    assert reading.only_race().status is RaceStatus.OFFICIAL
    assert reading.warnings == ("no odds: the page lacks cotesInfos",)


def test_finished_page_without_any_odds_says_so():
    page = race_page(
        script=script(state=4, odds=odds_text(dict.fromkeys("1234", NO_ODDS))),
        header=header(details=OFFICIAL),
        dividends=dividends(SIMPLE),
    )
    assert read_race(page).warnings == ("no odds: cotesInfos holds none for any runner",)


def test_official_order_without_dividends_says_so():
    assert read_race(finished(paid="")).warnings == ("an official order without dividends",)


def test_cancelled_race_has_no_result():
    page = race_page(
        script=script(state=4), timeline=timeline("Course annulée - terrain impraticable")
    )
    race = race_of(page)
    assert (race.status, race.result) == (RaceStatus.CANCELLED, None)


@pytest.mark.parametrize(
    ("head", "missing"),
    [
        pytest.param("", "«Arrivée officielle»", id="no details"),
        pytest.param(details("Arrivée officielle :"), "«Arrivée officielle»", id="no numbers"),
        pytest.param(details("Arrivée officielle : 4 - 9"), r"names \[9\]", id="stranger"),
        pytest.param(details("Arrivée officielle : 4 - 3"), r"names \[3\]", id="non-runner"),
        pytest.param(details("Arrivée officielle : 4 - 1 - 4"), "each horse once", id="twice"),
    ],
)
def test_results_without_a_sound_order_are_a_changed_page(head, missing):
    with pytest.raises(PageChanged, match=missing):
        read_race(finished(head))


# --- order and details ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "rows", "order"),
    [
        pytest.param("4 - 1 - 2", [], ((4,), (1,), (2,)), id="no table"),
        pytest.param(
            "4 - 1",
            [("1er", 4, ""), ("2e", 1, "1 L"), ("3e", 2, "")],
            ((4,), (1,), (2,)),
            id="longer",
        ),
        pytest.param(
            "4 - 1 - 2", [("1er", 4, ""), ("1er", 1, ""), ("3e", 2, "")], ((4, 1), (2,)), id="first"
        ),
        pytest.param(
            "4 - 2 - 1",
            [("1er", 4, ""), ("2e", 1, "1 L"), ("2e", 2, "")],
            ((4,), (2, 1)),
            id="equal places in another order",
        ),
        pytest.param(
            "4 - 1 - 2",
            [("1er", 4, ""), ("2e", 1, "1 L"), ("3e", 2, "DEAD HEAT")],
            ((4,), (1, 2)),
            id="margin",
        ),
        pytest.param(
            "4 - 1 - 2",
            [("1er", 4, ""), ("2e ex æquo", 1, ""), ("2e ex-aequo", 2, "")],
            ((4,), (1, 2)),
            id="ex aequo",
        ),
        pytest.param(
            "4 - 1 - 2",
            [("1er", 4, ""), ("2e", 1, ""), ("ex-aequo", 2, "")],
            ((4,), (1, 2)),
            id="ex aequo without number",
        ),
        pytest.param("4 - 1 / 2", [], ((4,), (1, 2)), id="slash"),
        pytest.param("4 - 1 = 2", [("1er", 4, "")], ((4,), (1, 2)), id="equal sign, short table"),
        pytest.param(
            "4 - 1", [("1er", 4, ""), ("2e", 1, ""), ("Dai", 2, "")], ((4,), (1,)), id="not placed"
        ),
    ],
)
def test_order_of_finish(stated, rows, order):
    page = finished(details(f"Arrivée officielle : {stated}"), finish=finish_table(*rows))
    reading = read_race(page)
    assert reading.only_race().result is not None
    assert result_of(page).order == order
    assert reading.warnings == ()


def test_line_counts_where_the_table_disagrees():
    reading = read_race(finished(finish=finish_table(("1er", 1, ""), ("2e", 4, ""))))
    assert reading.warnings == (
        "the finish table disagrees with the line «Arrivée»; the line is kept",
    )
    assert result_of(finished()).order == ((4,), (1,), (2,))


def test_dead_heat_that_the_table_denies_is_kept_and_named():
    page = finished(
        details("Arrivée officielle : 4 / 1"), finish=finish_table(("1er", 4, ""), ("2e", 1, ""))
    )
    assert result_of(page).order == ((4, 1),)
    assert len(read_race(page).warnings) == 1


EIGHTEEN = tuple(range(1, 19))


def test_eighteen_runners():
    rows = "".join(runner_row(number, f"CHEVAL {number}") for number in EIGHTEEN)
    shown = {str(number): ODDS["1"] for number in EIGHTEEN}
    page = race_page(
        script=script(state=4, odds=odds_text(shown)),
        header=header(
            facts='<p class="infos">Plat - 1600m - 30000 € - 18 Partants</p>',
            details=details(
                "Arrivée officielle : " + " - ".join(map(str, EIGHTEEN[:7])), "Tombé(s) : 18"
            ),
        ),
        table=runner_table(rows),
        finish=finish_table(*((f"{n}e", n, "") for n in EIGHTEEN[:17])),
        dividends=dividends(SIMPLE),
    )
    race = race_of(page)
    assert (race.declared, race.starters) == (18, 18)
    assert result_of(page).order == tuple((number,) for number in EIGHTEEN[:17])
    assert result_of(page).fallen == (18,)


@pytest.mark.parametrize(
    ("line", "non_runners", "disqualified", "fallen"),
    [
        ("Non-partant (s) : 3", (3,), (), ()),
        ("Non-partant (s)  :\n\t3 - 7", (3, 7), (), ()),
        ("Disqualifié(s) : 6 - 10", (3,), (6, 10), ()),
        ("Disqualifié : 6 (allures irrégulières)", (3,), (6,), ()),
        ("Tombé(s) : 8 - 10", (3,), (), (8, 10)),
        ("Tombé(s) : n°8 - n° 10", (3,), (), (8, 10)),
        ("Arrêté(s) : 5", (3,), (), (5,)),
        ("Temps : 03&#039;26&#039;&#039;97", (3,), (), ()),
        ("Favori, le 5 : disqualifié après 300 m", (3,), (), ()),
        ("Doublé pour l'écurie : <strong>ALPHA (1)</strong> devance DELTA (4)", (3,), (), ()),
    ],
)
def test_details_are_known_by_their_labels(line, non_runners, disqualified, fallen):
    page = finished(details("Arrivée officielle : 4 - 1", line))
    result = result_of(page)
    assert (result.non_runners, result.disqualified, result.fallen) == (
        non_runners,
        disqualified,
        fallen,
    )
    assert read_race(page).warnings == ()


def test_list_that_cannot_be_read_is_named():
    page = finished(details("Arrivée officielle : 4 - 1", "Tombé(s) : ALPHA au dernier"))
    assert read_race(page).warnings == ("unread: «Tombé(s) : ALPHA au dernier»",)


# --- dividends -----------------------------------------------------------------------------


def test_empty_cells_keep_the_columns_aligned():
    table = dividend_table(
        "Simple",
        ("Simple gagnant", "ZEshow", "Simple placé", "ZE couillon"),
        ("4", "", "", "", "9,60 €"),
        ("2", "", "7,20 €", "", ""),
    )
    assert rows_of(paid(table)) == [("fourth", None, (4,), 9.6), ("show2", None, (2,), 7.2)]


def test_amounts_with_thousands():
    reading = paid(
        dividend_table("Triordre", (), ("4-1-2", "1 929,80 €"), ("1-4-2", "12\u202f345,10 €"))
    )
    assert [row[3] for row in rows_of(reading)] == [1929.8, 12345.1]


def test_two_gains_of_a_bundle():
    table = dividend_table(
        "ZE 234",
        ("Gain combinaison", "Gain champ total"),
        ("4-1", "2,01 €", "2,01 €"),
        ("4-1-2", "13,06 €", "15,07 €"),
    )
    assert rows_of(paid(table)) == [
        ("ze234", None, (4, 1), 2.01),
        ("ze234", "field", (4, 1), 2.01),
        ("ze234", None, (4, 1, 2), 13.06),
        ("ze234", "field", (4, 1, 2), 15.07),
    ]


@pytest.mark.parametrize(
    ("label", "bet"),
    [
        ("Jumelé ordre", "couple_order"),
        ("Trio", "trio"),
        ("Triordre", "trio_order"),
        ("ZE 2 sur 4", "two_of_four"),
        ("ZE 4", "ze4"),
        ("ZE4 ordre", "ze4_order"),
        ("ZE5ordre", "ze5_order"),
        ("ZE 345", "ze345"),
        ("Quinté+", "quinte"),
    ],
)
def test_bet_of_a_table_with_one_column(label, bet):
    assert rows_of(paid(dividend_table(label, (), ("4-1", "5,00 €")))) == [(bet, None, (4, 1), 5.0)]


def test_every_bet_that_the_site_names_is_in_the_catalogue():
    assert {*BETS_BY_LABEL.values(), *BETS_BY_ID.values()} <= set(CATALOGUE)


@pytest.mark.parametrize("text", ["-", "–", "Non gagné", "0,00 €"])
def test_what_is_no_amount_is_left_out_and_named(text):
    reading = paid(SIMPLE, dividend_table("ZE 4", (), ("4-1-2-3", text)))
    assert len(rows_of(reading)) == 4
    assert reading.warnings == (f"dividend left out: ZE 4 4-1-2-3: «{text}»",)


def test_a_refund_beside_a_dividend_is_a_horses_not_the_bets():
    table = dividend_table("Trio", (), ("4-1-2", "31,20"), ("4-1-9", "Remboursé"))

    result = paid(SIMPLE, table).only_race().result

    assert result is not None
    assert result.refunded == ()
    assert [d.combination for d in result.dividends if d.bet == "trio"] == [(4, 1, 2)]


def test_refunded_bet():
    reading = paid(SIMPLE, dividend_table("Trio", (), ("4-1-2", "Remboursé")))
    result = reading.only_race().result
    assert result is not None
    assert (result.refunded, reading.warnings) == ((Refund(operator="zeturf", bet="trio"),), ())


def test_unknown_bet_is_left_out_and_named():
    reading = paid(SIMPLE, dividend_table("ZE mystère", (), ("4-1", "5,00 €")))
    assert len(rows_of(reading)) == 4
    assert reading.warnings == (
        "unknown bet «ZE mystère» among the dividends",
        "dividend left out: 4-1: «5,00 €» under an unknown bet",
    )


def test_bet_is_known_by_its_icon_where_its_label_changed():
    table = dividend_table("Le Trio du jour", (), ("4-1-2", "5,00 €"))
    table = table.replace("<span class", '<span class="paris-carre_23x19_6"></span><span class', 1)
    assert rows_of(paid(table)) == [("trio", None, (4, 1, 2), 5.0)]
