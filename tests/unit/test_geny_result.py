"""Arrivals and dividends of self-made legacy pages."""

import pytest

from geny_pages import arrival, block, family, flat_race, header, line, page
from hippique.errors import PageChanged, WrongPage
from hippique.racing.card import RaceStatus
from hippique.racing.result import Dividend, Refund, Result, ResultStatus
from hippique.sources.geny import read_result

THREE = [("1", "7", "1'12''3"), ("2", "4", "1'12''4"), ("3", "9", "1'12''9")]


def result_of(text: str, *, url: str | None = None) -> Result:
    result = read_result(text.encode("cp1252"), url=url).only_race().result
    assert result is not None
    return result


def paid(*families: str) -> list[tuple[str, str, str | None, tuple[int, ...], float]]:
    return [
        (one.operator, one.bet, one.rank, one.combination, one.per_euro)
        for one in dividends_of(*families)
    ]


def dividends_of(*families: str) -> tuple[Dividend, ...]:
    return result_of(arrival(THREE, dividends="".join(families))).dividends


def test_order_is_a_list_of_places():
    assert result_of(arrival(THREE)).order == ((7,), (4,), (9,))


def test_dead_heat_shares_one_place():
    rows = [("1", "7", ""), ("2", "4", ""), ("2", "9", ""), ("4", "1", "")]
    assert result_of(arrival(rows)).order == ((7,), (4, 9), (1,))


def test_dead_heat_told_by_a_word_shares_the_place_above():
    rows = [("1", "7", ""), ("ex aequo", "4", ""), ("3", "9", "")]
    assert result_of(arrival(rows)).order == ((7, 4), (9,))


@pytest.mark.parametrize(
    ("rank", "gap"), [("2e ex", ""), ("2 (ex aequo)", ""), ("2e=", ""), ("", "Dead-heat")]
)
def test_dead_heat_is_told_in_many_ways(rank: str, gap: str):
    rows = [("1er", "7", ""), ("2e", "4", ""), (rank, "9", gap), ("4e", "3", "")]
    assert result_of(arrival(rows)).order == ((7,), (4, 9), (3,))


def test_withdrawn_leg_is_a_rank_and_no_horse():
    lines = [(line("7-NP", "Placé"), "2,00 €"), (line("7", "Gagnant 1 NP"), "3,40 €")]
    assert paid(family("lesDuos", block("PMU", "couple", lines))) == [
        ("pmu", "couple_place", "1np", (7,), 2.0),
        ("pmu", "couple_win", "1np", (7,), 3.4),
    ]


def test_gap_in_the_ranks_ends_the_order():
    rows = [("1", "7", ""), ("6", "4", "")]
    reading = read_result(arrival(rows).encode("cp1252"))
    result = reading.only_race().result
    assert result is not None
    assert result.order == ((7,),)
    assert "no horse of rank 2: ranks from 6 are left out" in reading.warnings


@pytest.mark.parametrize("heading", ["Arrivée provisoire", "Arrivée Provisoire"])
def test_provisional_arrival_is_not_official(heading: str):
    race = read_result(arrival(THREE, heading=heading).encode("cp1252")).only_race()
    assert race.result is not None
    assert (race.status, race.result.status) == (RaceStatus.PROVISIONAL, ResultStatus.PROVISIONAL)


@pytest.mark.parametrize(
    ("rank", "gap", "field"),
    [
        ("DAI", "", "disqualified"),
        ("", "Dist.", "disqualified"),
        ("", "Disqualifié", "disqualified"),
        ("Arr.", "", "fallen"),
        ("", "Tombé", "fallen"),
        ("T", "", "fallen"),
        ("NP", "", "non_runners"),
        ("", "Non-partant", "non_runners"),
    ],
)
def test_incident_in_the_rank_or_in_the_last_cell(rank: str, gap: str, field: str):
    result = result_of(arrival([*THREE, (rank, "2", gap)]))
    told = {name: getattr(result, name) for name in ("disqualified", "fallen", "non_runners")}
    assert told == dict.fromkeys(told, ()) | {field: (2,)}


def test_horse_without_a_rank_is_not_placed_and_named():
    reading = read_result(arrival([*THREE, ("", "2", "")]).encode("cp1252"))
    assert "2 has no rank" in reading.warnings


def test_margin_of_a_placed_horse_is_no_incident():
    assert result_of(arrival([("1", "7", ""), ("2", "4", "Tête")])).order == ((7,), (4,))


def test_operators_pay_different_amounts_for_one_bet():
    simple = family(
        "lesSolos",
        block("GENYBET.FR", "solo", [(line("7", "Simple Gagnant"), "9,84 &euro;")]),
        block("PMU", "simple", [(line("7", "Gagnant"), "11,30 &euro;")]),
        block("PMU.FR", "eSimple", [(line("7", "Gagnant"), "11,50 &euro;")]),
    )
    assert paid(simple) == [
        ("genybet", "win", None, (7,), 9.84),
        ("pmu", "win", None, (7,), 11.3),
        ("pmu_fr", "win", None, (7,), 11.5),
    ]


def test_dead_heat_keeps_both_lines_of_the_winner():
    lines = [(line("7", "Gagnant"), "3,10 €"), (line("4", "Gagnant"), "1,90 €")]
    simple = family("lesSolos", block("PMU", "simple", lines))
    assert paid(simple) == [("pmu", "win", None, (7,), 3.1), ("pmu", "win", None, (4,), 1.9)]


def test_amounts_are_per_base_stake():
    # 52 950,80 for 2 € is 26 475,40 for 1 €.
    quinte = family(
        "lesQuintos",
        block(
            "PMU",
            "quinte",
            [("Ordre", "52\xa0950,80 &euro;")],
            base="2",
            order=("lesQuintos2", "7 - 4 - 9 - 1 - 3"),
        ),
    )
    (dividend,) = dividends_of(quinte)
    assert (dividend.per_euro, dividend.stake_base_eur) == (26475.4, 2.0)
    assert dividend.combination == (7, 4, 9, 1, 3)


@pytest.mark.parametrize(
    ("label", "rank"),
    [
        ("Ordre", "order"),
        ("Désordre", "any_order"),
        ("Bonus 4sur5", "bonus4of5"),
        ("e-Bonus 4sur5", "bonus4of5"),
        ("Bonus 4", "bonus4"),
        ("e-Bonus 3", "bonus3"),
        ("Bonus", "bonus"),
    ],
)
def test_ranks_of_the_quinte(label: str, rank: str):
    ((_, bet, told, _, _),) = paid(
        family("lesQuintos", block("PMU", "quinte", [(label, "5,20 €")]))
    )
    assert (bet, told) == ("quinte", rank)


def test_letters_of_a_bonus_combination_are_dropped():
    label = "<div>Bonus 3</div><div>1-5-7-A-A</div>"
    top = family("lesQuintos", block("GENYBET.FR", "superTop5", [(label, "4,24 €")], base="2"))
    assert paid(top) == [("genybet", "super_top5", "bonus3", (1, 5, 7), 2.12)]


@pytest.mark.parametrize(
    ("name", "picture", "label", "bet"),
    [
        ("lesSolos", "simple", line("7", "Placé"), "place"),
        ("lesSolos", "solo", line("7", "Simple Placé"), "place"),
        ("lesDuos", "couple", line("7-4", "Gagnant"), "couple_win"),
        ("lesDuos", "eCouple", line("7-4", "Placé"), "couple_place"),
        ("lesDuos", "duoOrdre", line("7-4", "Couplé Ordre"), "couple_order"),
        ("lesDuos", "couple", line("7-4", "Ordre"), "couple_order"),
        ("lesTrios", "tertio", line("7-4-9", "Trio"), "trio"),
        ("lesTrios", "eTrioOrdre", line("7-4-9", "Trio Ordre"), "trio_order"),
        ("lesTrios", "trio", line("7-4-9", "Ordre"), "trio_order"),
        ("les2sur4", "e2sur4", "", "two_of_four"),
        ("lesMultis", "multi", "Multi 4", "multi4"),
        ("lesMultis", "eMulti", "Multi 7", "multi7"),
        ("lesMultis", "miniMulti", "Mini Multi 6", "mini_multi6"),
        ("lesMultis", "miniMulti", "Multi 5", "mini_multi5"),
        ("lesQuartos", "quatro", "7-4-9-1", "top4"),
        ("lesQuartos", "quarte", "Désordre", "quarte"),
        ("lesTierces", "eTierce", "Ordre", "tierce"),
        ("lesPick5", "ePick5", "Pick 5", "pick5"),
    ],
)
def test_every_family_of_bets(name: str, picture: str, label: str, bet: str):
    ((_, told, _, _, _),) = paid(family(name, block("PMU", picture, [(label, "5,00 €")])))
    assert told == bet


def test_coupled_horses_above_the_simple_bets_are_marked():
    told = "<td><div><b><i>PMU</i></b></div><div><span>Ecurie&nbsp;:&nbsp;7 - 9</span></div>"
    text = arrival(THREE, dividends=family("lesSolos", told))
    race = read_result(text.encode("cp1252")).only_race()
    assert [(one.number, one.coupling) for one in race.runners] == [(7, "E"), (4, None), (9, "E")]


def test_second_table_of_an_operator_keeps_its_base_stake():
    first = block("GENYBET.FR", "solo", [(line("7", "Simple Gagnant"), "9,84 €")])
    second = (
        '<table><tr><td class="ncdouble1">'
        f'{line("4", "Simple Placé")}</td><td class="pts01droite1">2,77 €</td></tr></table>'
    )
    assert paid(family("lesSolos", first + second))[1] == ("genybet", "place", None, (4,), 2.77)


def test_combination_of_one_operator_does_not_leak_into_the_next():
    two = family(
        "les2sur4",
        block("PMU", "2sur4", [("", "9,10 €")], order=("les2sur42", "7 - 4 - 9 - 1")),
        block("PMU.FR", "e2sur4", [("", "6,20 €")]),
    )
    assert [one.combination for one in dividends_of(two)] == [(7, 4, 9, 1), ()]


@pytest.mark.parametrize("amount", ["-", "Rang non gagné", ""])
def test_dividend_that_was_not_won_is_left_out_and_named(amount: str):
    text = arrival(
        THREE, dividends=family("lesQuintos", block("PMU", "quinte", [("Ordre", amount)]))
    )
    reading = read_result(text.encode("cp1252"))
    assert any("left out: pmu lesQuintos Ordre" in warning for warning in reading.warnings)


def test_refunded_bet_is_named():
    text = arrival(
        THREE, dividends=family("lesMultis", block("PMU", "multi", [("Multi 4", "Remb.")]))
    )
    assert result_of(text).refunded == (Refund(operator="pmu", bet="multi4"),)


def test_arrival_table_cells_are_no_dividends():
    assert result_of(arrival(THREE)).dividends == ()


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ('id="arrivees"', 'id="x"', "arrivees"),
        ("Arrivée définitive", "Arrivée", "définitive"),
        (">N°<", ">X<", "N°"),
        (">Cheval<", ">X<", "Cheval"),
        ("<strong>1</strong>", "<strong></strong>", "ranks"),
    ],
)
def test_changed_page_names_what_is_missing(old: str, new: str, missing: str):
    with pytest.raises(PageChanged, match=missing):
        result_of(arrival(THREE).replace(old, new))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(header(), id="header alone"),
        pytest.param(header() + '<h1>Rapports</h1><table id="arrivees"></table>', id="empty table"),
    ],
)
def test_arrival_page_before_the_race_is_run_has_its_race_and_no_result(content: str):
    path = "/arrivee-et-rapports-pmu/2025-06-01-auteuil-pmu-prix-de-l-essai_c1600001"
    reading = read_result(page(content, path=path).encode("cp1252"))
    race = reading.only_race()
    assert (race.key, race.starters, race.status, race.result) == ("R1C3", 2, None, None)
    assert reading.warnings == ("no arrival on the page: the race may not have finished",)


def test_runners_of_an_arrival_page_before_the_race_are_read():
    reading = read_result(flat_race().encode("cp1252"))
    race = reading.only_race()
    assert [(runner.name, runner.odds and runner.odds.win) for runner in race.runners] == [
        ("Rapide", 3.9),
        ("Tranquille", 14.2),
    ]
    assert race.result is None


def test_dividends_without_their_arrival_are_a_changed_page():
    paid_only = arrival(THREE, dividends=family("lesSolos")).replace('id="arrivees"', 'id="x"')
    with pytest.raises(PageChanged, match="arrivees"):
        result_of(paid_only.replace("Arrivée définitive", ""))


def test_result_of_another_race_is_refused():
    with pytest.raises(WrongPage):
        result_of(arrival(THREE), url="https://www.geny.com/arrivee-et-rapports-pmu?id_course=5")
