"""The rule book, bets on several horses: couplés, trios, 2 sur 4, multi, ZE 4 and ZE 5."""

from __future__ import annotations

import pytest

from rule_rows import Row, check_row

TEN = "1-2-3-4-5-6-7-8-9-10"


def of(bet: str, says: str, on: str, end: str, state: str, total: str, **facts: object) -> Row:
    return Row(says=says, bet=bet, on=on, end=end, state=state, sum=total, **facts)


COUPLES = (
    of("couple_win", "the first two are paid", "1-2", TEN, "won", "200 × 14.2 = 2840",
       pays={"1-2": 14.2}),
    of("couple_win", "the first two are paid in whichever order they were played", "2-1", TEN,
       "won", "200 × 14.2 = 2840", pays={"1-2": 14.2}),
    of("couple_win", "the first and the third lose", "1-3", TEN, "lost", "200 × 0 = 0"),
    of("couple_win", "the second and the third lose", "2-3", TEN, "lost", "200 × 0 = 0"),
    of("couple_win", "the winner with either of two seconds is paid", "1-3", "1-2=3-4", "won",
       "200 × 9.5 = 1900", pays={"1-2": 7.0, "1-3": 9.5}),
    of("couple_win", "two seconds together lose", "2-3", "1-2=3-4", "lost", "200 × 0 = 0"),
    of("couple_win", "two firsts are the couple", "2-1", "1=2-3", "won", "200 × 8.8 = 1760",
       pays={"1-2": 8.8}),
    of("couple_win", "a first and the third behind two firsts lose", "1-3", "1=2-3", "lost",
       "200 × 0 = 0"),
    of("couple_win", "two of three firsts are paid their own", "1-3", "1=2=3-4", "won",
       "100 × 4.4 = 440", pays={"1-2": 3.3, "1-3": 4.4, "2-3": 5.5}),
    of("couple_win", "the couple's dividend is awaited", "1-2", TEN, "pending", "200 × ? = 0"),
    of("couple_win", "the placé's dividend does not pay the gagnant", "1-2", TEN, "pending",
       "200 × ? = 0", pays={"couple_place/1-2": 5.2}),
    of("couple_win", "the ordre's dividend does not pay the gagnant", "1-2", TEN, "pending",
       "200 × ? = 0", pays={"couple_order/1-2": 30.0}),
    of("couple_win", "seven declared have a couplé gagnant", "1-2", "1-2-3-4-5-6-7", "won",
       "200 × 6.5 = 1300", declared=7, pays={"1-2": 6.5}),
    of("couple_order", "the first two in their order are paid", "1-2", TEN, "won",
       "100 × 23.8 = 2380", pays={"1-2": 23.8}),
    of("couple_order", "the first two the other way round lose", "2-1", TEN, "lost", "100 × 0 = 0"),
    of("couple_order", "two firsts pay either order its own, here the one", "1-2", "1=2-3", "won",
       "100 × 9 = 900", pays={"1-2": 9.0, "2-1": 12.0}),
    of("couple_order", "two firsts pay either order its own, here the other", "2-1", "1=2-3",
       "won", "100 × 12 = 1200", pays={"1-2": 9.0, "2-1": 12.0}),
    of("couple_order", "the winner before one of two seconds is paid", "1-3", "1-2=3-4", "won",
       "100 × 17.5 = 1750", pays={"1-3": 17.5}),
    of("couple_order", "a second before the winner loses", "3-1", "1-2=3-4", "lost",
       "100 × 0 = 0"),
    of("couple_order", "one order's dividend does not pay the other", "2-1", "1=2-3", "pending",
       "100 × ? = 0", pays={"1-2": 9.0}),
    of("couple_place", "the first and the second are paid their own", "1-2", TEN, "won",
       "200 × 5.2 = 1040", pays={"1-2": 5.2, "1-3": 5.9, "2-3": 5.3}),
    of("couple_place", "the first and the third are paid their own", "3-1", TEN, "won",
       "200 × 5.9 = 1180", pays={"1-2": 5.2, "1-3": 5.9, "2-3": 5.3}),
    of("couple_place", "the second and the third are paid their own", "2-3", TEN, "won",
       "200 × 5.3 = 1060", pays={"1-2": 5.2, "1-3": 5.9, "2-3": 5.3}),
    of("couple_place", "the third and the fourth lose", "3-4", TEN, "lost", "200 × 0 = 0"),
    of("couple_place", "the winner and one of two thirds are paid", "1-4", "1-2-3=4-5", "won",
       "200 × 4.1 = 820", pays={"1-4": 4.1}),
    of("couple_place", "two thirds together lose", "3-4", "1-2-3=4-5", "lost", "200 × 0 = 0"),
    of("couple_place", "two seconds together are paid", "2-3", "1-2=3-4", "won",
       "200 × 3.6 = 720", pays={"2-3": 3.6}),
    of("couple_place", "two of three seconds are paid", "3-4", "1-2=3=4-5", "won",
       "200 × 2.2 = 440", pays={"3-4": 2.2}),
    of("couple_place", "seven declared give the stake back", "1-2", "1-2-3-4-5-6-7", "refunded",
       "200 × 1 = 200", declared=7),
    of("couple_place", "eight declared of which seven ran are paid", "1-3", "1-2-3-4-5-6-7",
       "won", "200 × 4.6 = 920", declared=8, out=(8,), pays={"1-3": 4.6}),
    of("couple_place", "a loser with a fallen horse has lost", "1-9", "1-2", "lost",
       "200 × 0 = 0", gone=(9,)),
)  # fmt: skip

TRIOS = (
    of("trio", "the first three are paid in any order", "3-1-2", TEN, "won", "100 × 31.2 = 3120",
       pays={"1-2-3": 31.2}),
    of("trio", "the first two and the fourth lose", "1-2-4", TEN, "lost", "100 × 0 = 0"),
    of("trio", "one of two thirds completes it", "1-2-4", "1-2-3=4-5", "won", "100 × 18.5 = 1850",
       pays={"1-2-3": 12.5, "1-2-4": 18.5}),
    of("trio", "two thirds without the second lose", "1-3-4", "1-2-3=4-5", "lost", "100 × 0 = 0"),
    of("trio", "two seconds are part of it", "1-2-3", "1-2=3-4", "won", "100 × 15 = 1500",
       pays={"1-2-3": 15.0}),
    of("trio", "two of three seconds and the winner are paid", "1-2-4", "1-2=3=4-5", "won",
       "100 × 9.1 = 910", pays={"1-2-4": 9.1}),
    of("trio", "three seconds without the winner lose", "2-3-4", "1-2=3=4-5", "lost",
       "100 × 0 = 0"),
    of("trio", "three of four firsts are paid", "1-3-4", "1=2=3=4-5", "won", "100 × 6.4 = 640",
       pays={"1-3-4": 6.4}),
    of("trio", "the tiercé does not pay the trio", "1-2-3", TEN, "pending", "100 × ? = 0",
       pays={"any_order tierce/1-2-3": 27.4}),
    of("trio", "an order of two does not tell the trio", "1-2-7", "1-2", "pending", "100 × ? = 0"),
    of("trio_order", "the first three in their order are paid", "1-2-3", TEN, "won",
       "100 × 232.4 = 23240", pays={"1-2-3": 232.4}),
    of("trio_order", "the first three in another order lose", "1-3-2", TEN, "lost",
       "100 × 0 = 0"),
    of("trio_order", "two seconds are paid in either order", "1-3-2", "1-2=3-4", "won",
       "100 × 88 = 8800", pays={"1-2-3": 70.0, "1-3-2": 88.0}),
    of("trio_order", "two thirds leave a place to either", "1-2-4", "1-2-3=4", "won",
       "100 × 61 = 6100", pays={"1-2-3": 50.0, "1-2-4": 61.0}),
    of("trio_order", "the winner must come first", "2-1-3", "1-2=3-4", "lost", "100 × 0 = 0"),
)  # fmt: skip

PAIRS = {"1-2": 4.4, "1-3": 4.4, "1-4": 4.4, "2-3": 4.4, "2-4": 4.4, "3-4": 4.4}
TWO_OF_FOUR = (
    *(
        of("two_of_four", f"the pair {pair} of the first four is paid", pair, TEN, "won",
           "300 × 4.4 = 1320", pays=PAIRS)
        for pair in PAIRS
    ),
    of("two_of_four", "the fourth and the fifth lose", "4-5", TEN, "lost", "300 × 0 = 0"),
    of("two_of_four", "one dividend printed with all four pays each pair", "2-4", TEN, "won",
       "300 × 9.1 = 2730", pays={"1-2-3-4": 9.1}),
    of("two_of_four", "one of two fourths with a placed horse is paid", "1-5", "1-2-3-4=5-6",
       "won", "300 × 2.2 = 660", pays={"1-5": 2.2}),
    of("two_of_four", "two fourths together lose", "4-5", "1-2-3-4=5-6", "lost", "300 × 0 = 0"),
    of("two_of_four", "two thirds are both among the four", "3-4", "1-2-3=4-5", "won",
       "300 × 3.1 = 930", pays={"3-4": 3.1}),
    of("two_of_four", "two of three thirds are paid", "3-5", "1-2-3=4=5-6", "won",
       "300 × 2.4 = 720", pays={"3-5": 2.4}),
    of("two_of_four", "fewer than five that ran give the stake back", "1-2", "1-2-3-4",
       "refunded", "300 × 1 = 300", declared=6, out=(5, 6)),
    of("two_of_four", "five that ran are enough", "1-4", "1-2-3-4-5", "won", "300 × 1.6 = 480",
       declared=6, out=(6,), pays={"1-4": 1.6}),
    of("two_of_four", "four declared give the stake back", "1-2", "1-2-3-4", "refunded",
       "300 × 1 = 300", declared=4),
    of("two_of_four", "PMU treats each of a coupled entry alone", "5-2", TEN, "lost",
       "300 × 0 = 0", operator="pmu", coupled=((1, 5),), pays=PAIRS),
    of("two_of_four", "an order of three waits", "1-7", "1-2-3", "pending", "300 × ? = 0"),
)  # fmt: skip

FORMULAS = {"multi4/1-2-3-4": 1050.0, "multi5/1-2-3-4": 210.0, "multi6/1-2-3-4": 70.0,
            "multi7/1-2-3-4": 30.0}  # fmt: skip
MULTI = (
    of("multi4", "the first four are paid at the formula of four", "4-3-2-1", TEN, "won",
       "300 × 1050 = 315000", operator="pmu", pays=FORMULAS),
    of("multi5", "five with the first four are paid at the formula of five", "1-2-3-4-9", TEN,
       "won", "300 × 210 = 63000", operator="pmu", pays=FORMULAS),
    of("multi6", "six with the first four are paid at the formula of six", "1-2-3-4-8-9", TEN,
       "won", "300 × 70 = 21000", operator="pmu", pays=FORMULAS),
    of("multi7", "seven with the first four are paid at the formula of seven", "1-2-3-4-7-8-9",
       TEN, "won", "300 × 30 = 9000", operator="pmu", pays=FORMULAS),
    of("multi4", "three of the first four lose", "1-2-3-5", TEN, "lost", "300 × 0 = 0",
       operator="pmu", pays=FORMULAS),
    of("multi7", "seven without the second lose", "1-3-4-5-6-7-8", TEN, "lost", "300 × 0 = 0",
       operator="pmu", pays=FORMULAS),
    of("multi6", "the formula of four does not pay the six", "1-2-3-4-8-9", TEN, "pending",
       "300 × ? = 0", operator="pmu", pays={"multi4/1-2-3-4": 1050.0}),
    of("multi5", "PMU's internet has its own formula of five", "1-2-3-4-9", TEN, "won",
       "300 × 231 = 69300", operator="pmu_fr", pays={"1-2-3-4": 231.0, "pmu: 1-2-3-4": 210.0}),
    of("multi4", "one of two fourths completes it", "1-2-3-5", "1-2-3-4=5-6", "won",
       "300 × 400 = 120000", operator="pmu", pays={"1-2-3-4": 300.0, "1-2-3-5": 400.0}),
    of("multi4", "two fourths without the third lose", "1-2-4-5", "1-2-3-4=5-6", "lost",
       "300 × 0 = 0", operator="pmu"),
    of("multi5", "both fourths in one ticket fit two dividends", "1-2-3-4-5", "1-2-3-4=5-6",
       "pending", "300 × ? = 0", operator="pmu", pays={"1-2-3-4": 60.0, "1-2-3-5": 80.0}),
    of("multi4", "fewer than eight that ran give the stake back", "1-2-3-4", "1-2-3-4-5-6-7",
       "refunded", "300 × 1 = 300", operator="pmu", declared=9, out=(8, 9)),
    of("multi4", "eight that ran are enough", "1-2-3-4", "1-2-3-4-5-6-7-8", "won",
       "300 × 55 = 16500", operator="pmu", declared=9, out=(9,), pays={"1-2-3-4": 55.0}),
    of("multi5", "PMU treats each of a coupled entry alone in a multi", "1-2-3-5-6", TEN, "lost",
       "300 × 0 = 0", operator="pmu", coupled=((4, 5),), pays=FORMULAS),
    of("multi4", "an order of three waits for the fourth", "1-2-3-7", "1-2-3", "pending",
       "300 × ? = 0", operator="pmu"),
    of("multi4", "an order of three loses a ticket without the third", "1-2-7-8", "1-2-3", "lost",
       "300 × 0 = 0", operator="pmu"),
    of("mini_multi5", "a mini multi is played in a small field", "1-2-3-4-6", "1-2-3-4-5-6-7",
       "won", "300 × 9 = 2700", operator="pmu", declared=7, pays={"1-2-3-4": 9.0}),
)  # fmt: skip

ZE = (
    of("ze4", "the first four are paid in any order", "4-2-3-1", TEN, "won",
       "100 × 210.7 = 21070", pays={"1-2-3-4": 210.7}),
    of("ze4", "three of the first four lose", "1-2-3-5", TEN, "lost", "100 × 0 = 0"),
    of("ze4", "one of two fourths completes it", "1-2-3-5", "1-2-3-4=5", "won", "100 × 90 = 9000",
       pays={"1-2-3-4": 60.0, "1-2-3-5": 90.0}),
    of("ze4_order", "the first four in their order are paid", "1-2-3-4", TEN, "won",
       "100 × 147.1 = 14710", pays={"1-2-3-4": 147.1}),
    of("ze4_order", "the first four in another order lose", "1-2-4-3", TEN, "lost",
       "100 × 0 = 0"),
    of("ze5", "the first five are paid in any order", "5-4-3-2-1", TEN, "won",
       "100 × 978.1 = 97810", pays={"1-2-3-4-5": 978.1}),
    of("ze5", "four of the first five lose", "1-2-3-4-6", TEN, "lost", "100 × 0 = 0"),
    of("ze5_order", "the first five in their order are paid", "1-2-3-4-5", TEN, "won",
       "100 × 5000 = 500000", pays={"1-2-3-4-5": 5000.0}),
    of("ze234", "a stake in three parts is not settled here", "1-2-3-4", TEN, "pending",
       "100 × ? = 0", pays={"1-2-3-4": 105.35}),
    of("ze345", "nor is the one of ZE 345", "1-2-3-4-5", TEN, "pending", "100 × ? = 0",
       pays={"1-2-3-4-5": 489.05}),
    of("quinte", "a quinté is read and shown, never paid here", "1-2-3-4-5", TEN, "pending",
       "200 × ? = 0", operator="pmu", pays={"order 1-2-3-4-5": 26475.4}),
    of("quarte", "nor a quarté", "1-2-3-4", TEN, "pending", "200 × ? = 0", operator="pmu",
       pays={"any_order 1-2-3-4": 238.7}),
    of("tierce", "nor a tiercé", "1-2-3", TEN, "pending", "200 × ? = 0", operator="pmu",
       pays={"order 1-2-3": 171.1}),
)  # fmt: skip


@pytest.mark.parametrize(
    "row", [*COUPLES, *TRIOS, *TWO_OF_FOUR, *MULTI, *ZE], ids=lambda row: f"{row.bet} {row.says}"
)
def test_a_bet_on_several_horses(row):
    check_row(row)
