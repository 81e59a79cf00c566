"""The rule book, bets on one horse: gagnant, placé, ZEshow, ZE couillon."""

from __future__ import annotations

import pytest

from rule_rows import Row, check_row

EIGHT = "1-2-3-4-5-6-7-8"


def win(says: str, on: str, end: str, state: str, total: str, **facts: object) -> Row:
    return Row(says=says, bet="win", on=on, end=end, state=state, sum=total, **facts)


def place(says: str, on: str, end: str, state: str, total: str, **facts: object) -> Row:
    return Row(says=says, bet="place", on=on, end=end, state=state, sum=total, **facts)


def other(bet: str, says: str, on: str, end: str, state: str, total: str, **facts: object) -> Row:
    return Row(says=says, bet=bet, on=on, end=end, state=state, sum=total, **facts)


WIN = (
    win("the first is paid its dividend", "1", EIGHT, "won", "300 × 2.6 = 780", pays={"1": 2.6}),
    win("the second loses", "2", EIGHT, "lost", "300 × 0 = 0", pays={"1": 2.6}),
    win("the last loses", "8", EIGHT, "lost", "200 × 0 = 0", pays={"1": 2.6}),
    win("the first waits while no dividend is published", "1", EIGHT, "pending", "300 × ? = 0"),
    win("a loser does not wait for a dividend", "5", EIGHT, "lost", "100 × 0 = 0"),
    win("one of two firsts is paid its own dividend", "1", "1=2-3-4", "won", "100 × 1.8 = 180",
        pays={"1": 1.8, "2": 3.1}),
    win("the other first is paid its own", "2", "1=2-3-4", "won", "100 × 3.1 = 310",
        pays={"1": 1.8, "2": 3.1}),
    win("the third behind two firsts loses", "3", "1=2-3-4", "lost", "100 × 0 = 0",
        pays={"1": 1.8, "2": 3.1}),
    win("one of three firsts is paid", "3", "1=2=3-4", "won", "200 × 1.4 = 280",
        pays={"1": 1.2, "2": 1.3, "3": 1.4}),
    win("a dead heat for second leaves the first alone", "1", "1-2=3", "won", "500 × 2.2 = 1100",
        pays={"1": 2.2}),
    win("a disqualified horse loses", "9", EIGHT, "lost", "300 × 0 = 0", gone=(9,)),
    win("a horse that fell loses in a short order", "9", "1-2", "lost", "300 × 0 = 0", gone=(9,)),
    win("a horse that the order does not name lost", "9", "1-2-3", "lost", "300 × 0 = 0"),
    win("the placé's dividend does not pay the gagnant", "1", EIGHT, "pending", "300 × ? = 0",
        pays={"place/1": 1.4}),
    win("another operator's dividend does not pay", "1", EIGHT, "pending", "300 × ? = 0",
        pays={"pmu: 1": 2.6}),
    win("PMU's shops pay PMU's shops", "1", EIGHT, "won", "200 × 2.4 = 480", operator="pmu",
        pays={"1": 2.4, "pmu_fr: 1": 2.5}),
    win("PMU's internet pays its own dividend", "1", EIGHT, "won", "100 × 2.5 = 250",
        operator="pmu_fr", pays={"1": 2.5, "pmu: 1": 2.4}),
    win("a minus pool pays the least dividend", "1", EIGHT, "won", "1000 × 1.05 = 1050",
        operator="pmu", pays={"1": 1.05}),
    win("a dividend below one euro is another base and pays nothing yet", "1", EIGHT, "pending",
        "300 × ? = 0", pays={"1": 0.7}),
    win("two different dividends for one horse are not chosen from", "1", EIGHT, "pending",
        "300 × ? = 0", pays={"1": 2.6, "win/1": 2.7}),
    win("three declared still have a gagnant", "1", "1-2-3", "won", "300 × 1.5 = 450", declared=3,
        pays={"1": 1.5}),
    win("the declared field does not matter to the gagnant", "1", EIGHT, "won", "300 × 1.5 = 450",
        declared=None, pays={"1": 1.5}),
)  # fmt: skip

PLACE = (
    place("the first of eight declared is paid", "1", EIGHT, "won", "300 × 1.4 = 420", declared=8,
          pays={"1": 1.4}),
    place("the second of eight declared is paid", "2", EIGHT, "won", "300 × 1.9 = 570", declared=8,
          pays={"2": 1.9}),
    place("the third of eight declared is paid", "3", EIGHT, "won", "300 × 3.3 = 990", declared=8,
          pays={"3": 3.3}),
    place("the fourth of eight declared loses", "4", EIGHT, "lost", "300 × 0 = 0", declared=8),
    place("the second of seven declared is paid", "2", "1-2-3-4-5-6-7", "won", "200 × 2.1 = 420",
          declared=7, pays={"2": 2.1}),
    place("the third of seven declared loses", "3", "1-2-3-4-5-6-7", "lost", "200 × 0 = 0",
          declared=7),
    place("the second of four declared is paid", "2", "1-2-3-4", "won", "200 × 1.6 = 320",
          declared=4, pays={"2": 1.6}),
    place("the third of four declared loses", "3", "1-2-3-4", "lost", "200 × 0 = 0", declared=4),
    place("three declared give the stake back", "1", "1-2-3", "refunded", "200 × 1 = 200",
          declared=3),
    place("two declared give the stake back", "2", "1-2", "refunded", "200 × 1 = 200", declared=2),
    place("eight declared pay a third though seven ran", "3", "1-2-3-4-5-6-7", "won",
          "300 × 2.8 = 840", declared=8, out=(8,), pays={"3": 2.8}),
    place("eight declared pay a third though four ran", "3", "1-2-3-4", "won", "300 × 1.1 = 330",
          declared=8, out=(5, 6, 7, 8), pays={"3": 1.1}),
    place("four declared pay two though three ran", "2", "1-2-3", "won", "100 × 1.3 = 130",
          declared=4, out=(4,), pays={"2": 1.3}),
    place("two left of eight are both paid", "2", "1-2", "won", "300 × 1.1 = 330", declared=8,
          out=(3, 4, 5, 6, 7, 8), pays={"1": 1.1, "2": 1.1}),
    place("one left of eight is paid", "1", "1", "won", "300 × 1.1 = 330", declared=8,
          out=(2, 3, 4, 5, 6, 7, 8), pays={"1": 1.1}),
    place("fifteen declared pay three, never four", "4", EIGHT, "lost", "300 × 0 = 0", declared=15),
    place("an unknown field waits", "3", EIGHT, "pending", "300 × ? = 0", declared=None),
    place("a published dividend tells where the field is unknown", "3", EIGHT, "won",
          "300 × 2.2 = 660", declared=None, pays={"3": 2.2}),
    place("an order of two does not lose the third place", "7", "1-2", "pending", "300 × ? = 0"),
    place("a dead heat for third pays both, here the one", "3", "1-2-3=4", "won",
          "300 × 1.7 = 510", pays={"3": 1.7, "4": 2.9}),
    place("a dead heat for third pays both, here the other", "4", "1-2-3=4", "won",
          "300 × 2.9 = 870", pays={"3": 1.7, "4": 2.9}),
    place("a dead heat for third does not reach the next", "5", "1-2-3=4-5", "lost",
          "300 × 0 = 0"),
    place("a dead heat for second fills the three places", "4", "1-2=3-4", "lost", "300 × 0 = 0"),
    place("a dead heat for second of seven declared pays both", "3", "1-2=3-4", "won",
          "100 × 1.2 = 120", declared=7, pays={"1": 1.1, "2": 1.5, "3": 1.2}),
    place("a dead heat for first of seven declared leaves no second place", "3", "1=2-3", "lost",
          "100 × 0 = 0", declared=7),
    place("four firsts of eight declared are all paid", "4", "1=2=3=4-5", "won",
          "100 × 1.3 = 130", declared=8, pays={"4": 1.3}),
    place("the winner's placé is not its gagnant", "1", EIGHT, "won", "100 × 2 = 200",
          pays={"win/1": 9.0, "1": 2.0}),
    place("a disqualified third loses", "9", "1-2-4", "lost", "300 × 0 = 0", gone=(9,)),
    place("PMU pays 1.05 to the cent", "1", EIGHT, "won", "200 × 1.05 = 210", operator="pmu",
          pays={"1": 1.05}),
    place("PMU's coupled mate does not place for the other", "5", EIGHT, "lost", "200 × 0 = 0",
          operator="pmu", coupled=((1, 5),), pays={"1": 1.5}),
)  # fmt: skip

SHOW_AND_FOURTH = (
    other("show2", "the second wins the show", "2", EIGHT, "won", "200 × 7.2 = 1440",
          pays={"2": 7.2}),
    other("show2", "the winner loses the show", "1", EIGHT, "lost", "200 × 0 = 0", pays={"2": 7.2}),
    other("show2", "the third loses the show", "3", EIGHT, "lost", "200 × 0 = 0"),
    other("show2", "one of two seconds wins the show", "3", "1-2=3-4", "won", "200 × 4.5 = 900",
          pays={"2": 3.0, "3": 4.5}),
    other("show2", "of two firsts either is second", "1", "1=2-3", "won", "200 × 2.5 = 500",
          pays={"1": 2.5, "2": 2.0}),
    other("show2", "behind two firsts nobody is second", "3", "1=2-3", "lost", "200 × 0 = 0"),
    other("show2", "a disqualified horse loses the show", "9", "1", "lost", "200 × 0 = 0",
          gone=(9,)),
    other("show2", "an order of one does not tell the show", "7", "1", "pending", "200 × ? = 0"),
    other("fourth", "the fourth wins the couillon", "4", EIGHT, "won", "100 × 14.5 = 1450",
          pays={"4": 14.5}),
    other("fourth", "the third loses the couillon", "3", EIGHT, "lost", "100 × 0 = 0"),
    other("fourth", "the fifth loses the couillon", "5", EIGHT, "lost", "100 × 0 = 0"),
    other("fourth", "one of two fourths wins the couillon", "5", "1-2-3-4=5-6", "won",
          "100 × 6.1 = 610", pays={"4": 3.2, "5": 6.1}),
    other("fourth", "two thirds leave the fourth to either of them", "3", "1-2-3=4-5", "won",
          "100 × 5.5 = 550", pays={"3": 5.5}),
    other("fourth", "behind two thirds nobody is fourth", "5", "1-2-3=4-5", "lost", "100 × 0 = 0"),
    other("fourth", "an order of three waits for the fourth", "7", "1-2-3", "pending",
          "100 × ? = 0"),
    other("fourth", "a dividend tells the fourth of a short order", "7", "1-2-3", "won",
          "100 × 14.5 = 1450", pays={"7": 14.5}),
    other("fourth", "three finishers give no fourth to the fallen", "4", "1-2-3", "lost",
          "100 × 0 = 0", gone=(4, 5)),
)  # fmt: skip


@pytest.mark.parametrize("row", [*WIN, *PLACE, *SHOW_AND_FOURTH], ids=lambda row: row.says)
def test_a_bet_on_one_horse(row):
    check_row(row)
