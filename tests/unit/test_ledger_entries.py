"""The books: balanced entries, accounts kept apart, bankroll, exposure, drawdown."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.betting.balance import (
    accounts_of,
    at_risk_cents,
    balance_of,
    in_order,
    last_settled,
    unbalanced,
)
from hippique.betting.ledger import (
    ISSUED,
    PLAYED,
    STUDY,
    Book,
    Event,
    LegState,
    SettledLeg,
    Slot,
    read_entries,
    released,
    reversed_entry,
    settled,
    shadow_account,
    staked,
    write_entries,
)
from hippique.betting.settlement import Settlement
from hippique.errors import InputError

NOON = dt.datetime(2026, 6, 7, 12, tzinfo=dt.UTC)
STATES = st.sampled_from(list(LegState))


def slot(minute: int = 0, account: str = ISSUED, number: int = 1, race: str = "R1C1") -> Slot:
    at = NOON + dt.timedelta(minutes=minute)
    return Slot(account=account, race=f"2026-06-07/{race}", at=at, number=number)


def leg(stake: int, payout: int, state: LegState = LegState.WON) -> SettledLeg:
    return SettledLeg(
        operator="zeturf",
        bet="win",
        combination=(1,),
        state=state,
        stake_cents=stake,
        payout_cents=payout,
        profit_cents=payout - stake,
    )


def settlement(*legs: SettledLeg) -> Settlement:
    return Settlement(
        race="2026-06-07/R1C1",
        decision="slip",
        complete=True,
        staked_cents=sum(x.stake_cents for x in legs),
        returned_cents=sum(x.payout_cents for x in legs),
        profit_cents=sum(x.profit_cents for x in legs),
        legs=legs,
    )


def test_a_stake_leaves_the_bankroll_and_is_at_risk():
    balance = balance_of([staked(slot(), 300)], ISSUED, 20000)

    assert (balance.bankroll_cents, balance.at_risk_cents) == (19700, 300)
    assert (balance.profit_cents, balance.staked_cents) == (0, 0)


def test_a_winner_comes_back_with_its_profit():
    # 300 staked, 780 paid: bankroll 20000 − 300 + 780 = 20480, profit 480.
    entries = [staked(slot(), 300), settled(slot(30), settlement(leg(300, 780)))]

    balance = balance_of(entries, ISSUED, 20000)

    assert (balance.bankroll_cents, balance.at_risk_cents) == (20480, 0)
    assert (balance.profit_cents, balance.staked_cents, balance.returned_cents) == (480, 300, 780)


def test_a_withdrawn_slip_leaves_no_trace_in_the_figures():
    entries = [staked(slot(), 300), released(slot(5), 300, "le départ a bougé")]

    balance = balance_of(entries, ISSUED, 20000)

    assert (balance.bankroll_cents, balance.at_risk_cents, balance.profit_cents) == (20000, 0, 0)
    assert (balance.staked_cents, balance.returned_cents, balance.entries) == (0, 0, 2)


def test_a_leg_that_waits_stays_at_risk():
    # 300 won at 780, 200 wait: 500 staked, 300 settled, 200 at risk.
    legs = (leg(300, 780), leg(200, 0, LegState.PENDING))
    entries = [staked(slot(), 500), settled(slot(30), settlement(*legs))]

    balance = balance_of(entries, ISSUED)

    assert (balance.at_risk_cents, balance.profit_cents) == (200, 480)


def test_a_settlement_of_waiting_legs_alone_is_no_entry():
    assert settled(slot(), settlement(leg(200, 0, LegState.PENDING))) is None


def test_every_leg_refunded_is_a_refund():
    entry = settled(slot(), settlement(leg(300, 300, LegState.REFUNDED)))

    assert entry.event is Event.REFUNDED
    assert entry.amount_in(Book.RESULT) == 0


def test_a_correction_reverses_and_settles_anew():
    # First 780 back for 300, then corrected to a loser: profit −300, bankroll −300.
    first = settled(slot(30), settlement(leg(300, 780)))
    entries = [
        staked(slot(), 300),
        first,
        reversed_entry(slot(900, number=2), first, "corrected"),
        settled(slot(900, number=2), settlement(leg(300, 0, LegState.LOST))),
    ]

    balance = balance_of(entries, ISSUED)

    assert (balance.bankroll_cents, balance.at_risk_cents, balance.profit_cents) == (-300, 0, -300)
    assert (balance.staked_cents, balance.returned_cents) == (300, 0)
    assert last_settled(entries) == entries[3]
    assert [e.event for e in in_order(reversed(entries))][-2:] == [Event.REVERSED, Event.SETTLED]


def test_accounts_do_not_see_each_other():
    shadow = shadow_account("kelly-pure")
    entries = [staked(slot(account=a), 100) for a in (shadow, ISSUED, STUDY, PLAYED)]

    assert accounts_of(entries) == (ISSUED, PLAYED, shadow, STUDY)
    assert all(balance_of(entries, a).at_risk_cents == 100 for a in accounts_of(entries))
    assert balance_of(entries, "nobody").entries == 0


def test_drawdown_is_the_greatest_fall_from_a_peak():
    # Profits +500, −200, −300, +100, −250: sums 500, 300, 0, 100, −150; greatest fall 650.
    profits = (500, -200, -300, 100, -250)
    entries = []
    for n, profit in enumerate(profits):
        race = f"R1C{n + 1}"
        entries += [staked(slot(n, race=race), 300)]
        entries += [settled(slot(n + 30, race=race), settlement(leg(300, 300 + profit)))]

    assert balance_of(entries, ISSUED).drawdown_cents == 650


def test_open_stakes_are_no_drawdown():
    assert balance_of([staked(slot(), 5000)], ISSUED).drawdown_cents == 0


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 50000), STATES), min_size=1, max_size=5)
)
def test_every_entry_adds_up_to_zero_and_comes_back_from_its_file(drawn):
    legs = [leg(s, p if x is not LegState.PENDING else 0, x) for s, p, x in drawn]
    made = settled(slot(30), settlement(*legs))
    entries = [staked(slot(), sum(s for s, _, _ in drawn))]
    entries += [made, reversed_entry(slot(40), made, "undone")] if made else []

    assert unbalanced(entries) == ()
    assert read_entries(write_entries(entries)) == tuple(entries)
    assert b"_cents" not in write_entries(entries)
    if made:
        assert at_risk_cents(entries) == at_risk_cents(entries[:1])


@pytest.mark.parametrize("content", [b"{}", b'{"entries": [{"id": 3}]}', b"no json"])
def test_a_damaged_file_is_named(content):
    with pytest.raises(InputError):
        read_entries(content)
