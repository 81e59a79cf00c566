"""What was staked and lost before a race, by hand."""

from __future__ import annotations

import datetime as dt

from hippique.betting.ledger import Book, Entry, Event, Posting, Slot, released, staked
from hippique.betting.money_state import MoneyState, money_before
from hippique.racing.card import RaceId

NOON = dt.datetime(2026, 6, 10, 12, 0, tzinfo=dt.UTC)  # a Wednesday
HERE = RaceId.parse("2026-06-10/R1C5")


def slot(race: str, after_min: int = 0, account: str = "issued") -> Slot:
    return Slot(account=account, race=race, at=NOON + dt.timedelta(minutes=after_min))


def result(race: str, stake: int, payout: int, after_min: int, number: int = 1) -> Entry:
    postings = {Book.AT_RISK: -stake, Book.BANKROLL: payout, Book.RESULT: stake - payout}
    return Entry(
        id=f"{race}/issued/settled-{number}",
        account="issued",
        race=race,
        event=Event.SETTLED,
        at=NOON + dt.timedelta(minutes=after_min),
        postings=tuple(Posting(book=book, amount_cents=cents) for book, cents in postings.items()),
    )


def before(*entries: Entry) -> MoneyState:
    return money_before(entries, HERE, NOON + dt.timedelta(hours=3))


def test_a_meeting_counts_its_own_slips_and_the_week_all_since_monday():
    found = before(
        staked(slot("2026-06-10/R1C1"), 500),
        staked(slot("2026-06-10/R2C1"), 300),
        staked(slot("2026-06-08/R1C1"), 200),
        staked(slot("2026-06-07/R1C1"), 400),  # Sunday before
    )

    assert (found.meeting_staked_cents, found.week_staked_cents) == (500, 1000)
    assert found.at_risk_cents == 1400


def test_a_withdrawn_slip_its_own_race_and_another_account_count_for_nothing():
    found = before(
        staked(slot("2026-06-10/R1C1"), 500),
        released(slot("2026-06-10/R1C1", 5), 500, "odds fell"),
        staked(slot("2026-06-10/R1C5"), 500),
        staked(slot("2026-06-10/R1C2", account="study"), 500),
    )

    assert found == MoneyState()


def test_what_is_not_known_yet_does_not_count():
    assert before(staked(slot("2026-06-10/R1C1", 600), 500)) == MoneyState()


def test_losses_in_a_row_are_the_newest_and_end_at_a_win():
    found = before(
        result("2026-06-10/R1C1", 500, 0, 1),
        result("2026-06-10/R1C2", 500, 900, 2),
        result("2026-06-10/R2C1", 500, 0, 3),
        result("2026-06-10/R1C3", 500, 100, 4),
    )

    assert found.losses_in_a_row == 2
    assert found.week_loss_cents == 2000 - 1000


def test_losses_of_yesterday_are_over():
    assert before(result("2026-06-09/R1C1", 500, 0, -600)).losses_in_a_row == 0


def test_a_week_that_won_has_lost_nothing():
    assert before(result("2026-06-10/R1C1", 500, 900, 1)).week_loss_cents == 0
