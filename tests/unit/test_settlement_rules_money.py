"""The rule book: non-runners, coupled entries, refunds, and payouts to the cent."""

from __future__ import annotations

import pytest

from hippique.betting.settlement import payout_cents, refund, withdraw
from rule_rows import Row, check_row, settled_row, slip

TEN = "1-2-3-4-5-6-7-8-9-10"


def of(bet: str, says: str, on: str, end: str, state: str, total: str, **facts: object) -> Row:
    return Row(says=says, bet=bet, on=on, end=end, state=state, sum=total, **facts)


NON_RUNNERS = (
    of("win", "a non-runner's stake comes back", "9", "1-2-3", "refunded", "300 × 1 = 300",
       out=(9,)),
    of("place", "a non-runner's place stake comes back", "9", "1-2-3", "refunded",
       "300 × 1 = 300", out=(9,)),
    of("win", "PMU gives a non-runner's stake back", "9", "1-2-3", "refunded", "200 × 1 = 200",
       operator="pmu", out=(9,)),
    of("show2", "a non-runner of the show comes back", "9", "1-2-3", "refunded", "200 × 1 = 200",
       out=(9,)),
    of("win", "another's withdrawal changes nothing", "1", "1-2-3", "won", "300 × 2.6 = 780",
       out=(9,), pays={"1": 2.6}),
    of("couple_win", "ZEturf gives a couple with a non-runner back", "1-9", "1-2-3", "refunded",
       "200 × 1 = 200", out=(9,)),
    of("couple_place", "ZEturf gives a couple placé with a non-runner back", "1-9", "1-2-3",
       "refunded", "200 × 1 = 200", out=(9,)),
    of("trio", "ZEturf gives a trio with a non-runner back", "1-2-9", "1-2-3", "refunded",
       "100 × 1 = 100", out=(9,)),
    of("two_of_four", "ZEturf gives a 2 sur 4 with a non-runner back", "1-9", "1-2-3-4-5",
       "refunded", "100 × 1 = 100", out=(9,)),
    of("ze4", "ZEturf's rule for a non-runner in ZE 4 is not known", "1-2-3-9", "1-2-3-4-5-6-7-8",
       "pending", "100 × ? = 0", out=(9,)),
    of("couple_win", "PMU gives a couple of two non-runners back", "8-9", "1-2-3", "refunded",
       "200 × 1 = 200", operator="pmu", out=(8, 9)),
    of("couple_win", "PMU pays the winner and a non-runner at the rank 1 NP", "5-9", "5-3-7",
       "won", "150 × 33.7 = 5055", operator="pmu", out=(9,),
       pays={"5-3": 67.6, "1np 5": 33.7}),
    of("couple_win", "PMU's rank 1 NP is awaited where it is not published", "5-9", "5-3-7",
       "pending", "200 × ? = 0", operator="pmu", out=(9,), pays={"5-3": 67.6}),
    of("couple_win", "PMU: the second and a non-runner lose the gagnant", "3-9", "5-3-7", "lost",
       "200 × 0 = 0", operator="pmu", out=(9,), pays={"5-3": 67.6, "1np 5": 33.7}),
    of("couple_place", "PMU pays a placed horse and a non-runner at its own rank", "7-9", "5-3-7",
       "won", "200 × 2.1 = 420", operator="pmu", out=(9,),
       pays={"1np 5": 1.4, "1np 3": 1.8, "1np 7": 2.1}),
    of("couple_place", "PMU: the fourth and a non-runner lose the placé", "2-9", "5-3-7-2",
       "lost", "200 × 0 = 0", operator="pmu", out=(9,)),
    of("couple_order", "PMU: a horse out of the first two loses the ordre", "7-9", "5-3-7",
       "lost", "200 × 0 = 0", operator="pmu", out=(9,)),
    of("couple_order", "PMU: the winner and a non-runner of the ordre wait", "5-9", "5-3-7",
       "pending", "200 × ? = 0", operator="pmu", out=(9,)),
    of("trio", "PMU pays the first two and a non-runner at the rank 1 NP", "1-2-9", "1-2-3",
       "won", "100 × 12.4 = 1240", operator="pmu", out=(9,), pays={"1np 1-2": 12.4}),
    of("trio", "PMU: the first, the third and a non-runner lose", "1-3-9", "1-2-3", "lost",
       "100 × 0 = 0", operator="pmu", out=(9,), pays={"1np 1-2": 12.4}),
    of("trio", "PMU pays the winner and two non-runners at the rank 2 NP", "1-8-9", "1-2-3",
       "won", "100 × 3.1 = 310", operator="pmu", out=(8, 9), pays={"2np 1": 3.1}),
    of("trio", "PMU's rank 2 NP is not its rank 1 NP", "1-8-9", "1-2-3", "pending",
       "100 × ? = 0", operator="pmu", out=(8, 9), pays={"1np 1": 5.0}),
    of("trio", "PMU gives three non-runners back", "7-8-9", "1-2-3", "refunded", "100 × 1 = 100",
       operator="pmu", out=(7, 8, 9)),
    of("two_of_four", "PMU: a horse out of the four with a non-runner loses", "6-9",
       "1-2-3-4-5-6", "lost", "300 × 0 = 0", operator="pmu", out=(9,)),
    of("two_of_four", "PMU pays 2 sur 4 at its rank 1 NP where it is published", "4-9",
       "1-2-3-4-5-6", "won", "300 × 1.3 = 390", operator="pmu", out=(9,), pays={"1np 4": 1.3}),
    of("multi5", "PMU's multi with a non-runner waits for its rank", "1-2-3-4-10",
       "1-2-3-4-5-6-7-8", "pending", "300 × ? = 0", operator="pmu", out=(10,),
       pays={"1-2-3-4": 210.0}),
    of("couple_win", "PMU's internet has the same ranks", "5-9", "5-3-7", "won",
       "100 × 8 = 800", operator="pmu_fr", out=(9,), pays={"1np 5": 8.0}),
    of("couple_win", "the shops' rank does not pay the internet", "5-9", "5-3-7", "pending",
       "100 × ? = 0", operator="pmu_fr", out=(9,), pays={"pmu:1np 5": 8.0}),
    of("couple_win", "an operator without a known rule waits", "1-9", "1-2-3", "pending",
       "200 × ? = 0", operator="genybet", out=(9,)),
    of("win", "an operator without a known rule gives a single non-runner back", "9", "1-2-3",
       "refunded", "200 × 1 = 200", operator="genybet", out=(9,)),
)  # fmt: skip

COUPLED = (
    of("win", "PMU pays the mate of the winner its own printed dividend", "5", TEN, "won",
       "200 × 2.4 = 480", operator="pmu", coupled=((1, 5),), pays={"1": 2.4, "5": 2.4}),
    of("win", "PMU pays the mate at the winner's dividend", "5", TEN, "won", "200 × 2.4 = 480",
       operator="pmu", coupled=((1, 5),), pays={"1": 2.4}),
    of("win", "PMU's internet pays the mate too", "5", TEN, "won", "100 × 2.5 = 250",
       operator="pmu_fr", coupled=((1, 5),), pays={"1": 2.5}),
    of("win", "PMU pays the third of three mates", "7", TEN, "won", "200 × 3 = 600",
       operator="pmu", coupled=((1, 5, 7),), pays={"1": 3.0}),
    of("win", "ZEturf does not pay the mate", "5", TEN, "lost", "300 × 0 = 0", coupled=((1, 5),),
       pays={"1": 2.6}),
    of("win", "a mate of the second wins nothing", "5", TEN, "lost", "200 × 0 = 0",
       operator="pmu", coupled=((2, 5),), pays={"1": 2.4}),
    of("win", "a horse coupled with others loses alone", "6", TEN, "lost", "200 × 0 = 0",
       operator="pmu", coupled=((1, 5), (6, 7)), pays={"1": 2.4}),
    of("win", "where couplings are not known none is made up", "5", TEN, "lost", "200 × 0 = 0",
       operator="pmu", pays={"1": 2.4}),
    of("win", "the mate waits for the dividend like the winner", "5", TEN, "pending",
       "200 × ? = 0", operator="pmu", coupled=((1, 5),)),
    of("win", "a mate that did not run gets its stake back", "5", "1-2-3", "refunded",
       "200 × 1 = 200", operator="pmu", coupled=((1, 5),), out=(5,), pays={"1": 2.4}),
    of("couple_win", "PMU's printed couple with the mate is paid", "5-2", TEN, "won",
       "200 × 11 = 2200", operator="pmu", coupled=((1, 5),), pays={"1-2": 11.0, "5-2": 11.0}),
    of("couple_win", "PMU's couple with the mate loses where others alone are printed", "5-2",
       TEN, "lost", "200 × 0 = 0", operator="pmu", coupled=((1, 5),), pays={"1-2": 11.0}),
    of("couple_win", "PMU's couple with the mate waits where nothing is printed", "5-2", TEN,
       "pending", "200 × ? = 0", operator="pmu", coupled=((1, 5),)),
    of("couple_win", "ZEturf's couple with the mate loses", "5-2", TEN, "lost", "200 × 0 = 0",
       coupled=((1, 5),), pays={"1-2": 11.0}),
    of("trio", "PMU's trio treats each of a coupled entry alone", "5-2-3", TEN, "lost",
       "100 × 0 = 0", operator="pmu", coupled=((1, 5),), pays={"1-2-3": 31.2}),
)  # fmt: skip

REFUNDS = (
    of("win", "a bet that ZEturf paid back comes back", "2", TEN, "refunded", "300 × 1 = 300",
       back=("zeturf: win",)),
    of("win", "another operator's refund pays nothing back", "2", TEN, "lost", "300 × 0 = 0",
       back=("pmu: win", "pmu_fr: win")),
    of("win", "another bet's refund pays nothing back", "2", TEN, "lost", "300 × 0 = 0",
       back=("zeturf: trio",)),
    of("trio", "PMU's internet refund is not its shops'", "4-5-6", TEN, "lost", "200 × 0 = 0",
       operator="pmu", back=("pmu_fr: trio",)),
    of("trio", "and its own internet stake comes back", "4-5-6", TEN, "refunded", "100 × 1 = 100",
       operator="pmu_fr", back=("pmu_fr: trio",)),
    of("win", "a race that nobody finished gives the stake back", "1", "", "refunded",
       "300 × 1 = 300", declared=3, gone=(1, 2, 3)),
    of("win", "an empty order alone tells nothing", "1", "", "pending", "300 × ? = 0"),
)  # fmt: skip

CENTS = (
    of("win", "half a cent goes to the even one, upwards", "1", TEN, "won",
       "50 × 1.15 = 57.5 → 58", pays={"1": 1.15}),
    of("win", "half a cent goes to the even one, downwards", "1", TEN, "won",
       "50 × 1.05 = 52.5 → 52", pays={"1": 1.05}),
    of("win", "half a cent at 1.25 goes to the even one", "1", TEN, "won",
       "50 × 1.25 = 62.5 → 62", pays={"1": 1.25}),
    of("win", "half a cent at 1.35 goes to the even one", "1", TEN, "won",
       "50 × 1.35 = 67.5 → 68", pays={"1": 1.35}),
    of("win", "a stake of an odd number of halves", "1", TEN, "won", "150 × 1.15 = 172.5 → 172",
       pays={"1": 1.15}),
    of("win", "a hundred stakes lose no cent", "1", TEN, "won", "10000 × 2.3 = 23000",
       pays={"1": 2.3}),
    of("win", "a tenth that floats cannot hold", "1", TEN, "won", "300 × 1.1 = 330",
       pays={"1": 1.1}),
    of("trio_order", "a great dividend is paid whole", "1-2-3", TEN, "won",
       "100 × 52950.8 = 5295080", pays={"1-2-3": 52950.8}),
)  # fmt: skip


@pytest.mark.parametrize("row", [*NON_RUNNERS, *COUPLED, *REFUNDS, *CENTS], ids=lambda r: r.says)
def test_the_rule(row):
    check_row(row)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (NON_RUNNERS[12], "the dividend of rank 1np is not published"),
        (NON_RUNNERS[9], "this operator's rule for a non-runner in this bet is not known"),
        (NON_RUNNERS[5], "non-runner"),
        (REFUNDS[0], "the operator paid the bet back"),
        (COUPLED[1], "coupled entry"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.says,
)
def test_a_leg_says_why(row, reason):
    assert settled_row(row).reason == reason


def test_floats_would_pay_a_cent_less():
    assert round(50 * 1.15) == 57  # what the mend is for
    assert payout_cents(50, 1.15) == 58


def test_a_cancelled_race_returns_every_stake():
    settlement = refund(slip("trio", (1, 2, 3), 250))

    assert (settlement.staked_cents, settlement.returned_cents) == (250, 250)
    assert settlement.complete


def test_a_withdrawn_slip_staked_nothing():
    settlement = withdraw(slip("win", (1,), 300))

    assert (settlement.staked_cents, settlement.returned_cents, settlement.legs) == (0, 0, ())
    assert settlement.complete
    assert settlement.withdrawn
