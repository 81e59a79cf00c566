"""The money before a decision: each account's own, of its week, frozen once beside the slip."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import (
    DAY,
    ODDS,
    OFF,
    R1C1,
    FailingArchive,
    Killed,
    a_race,
    meeting,
    minutes,
    order,
    programme,
    race_day_bench,
    reading,
    replayed,
    result,
    runners,
)
from hippique.betting.ledger import (
    ISSUED,
    STUDY,
    Book,
    Entry,
    Event,
    Posting,
    Slot,
    released,
    shadow_account,
    staked,
    write_entries,
)
from hippique.betting.money_state import MoneyState, week_of
from hippique.betting.policy import ControlPolicy
from hippique.betting.slip import read_decision, write_decision
from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.money import MoneyBefore, Purse, WeekEntries, freeze_money, read_money
from hippique.day.race_day import decision_of
from hippique.day.run import run_order
from hippique.errors import StoreDamaged, StoreError
from hippique.racing.card import RaceId, RaceStatus
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryArchive

HERE = RaceId.parse("2025-10-16/R1C5")  # a Thursday
NOW = paris_at(DAY, 15)
BEFORE = NOW - minutes(60)
CONTROL = shadow_account("control")
PURSE = Purse(accounts=(ISSUED, CONTROL), bankroll_cents=30_000, week_loss_limit_cents=5000)


class Counting(MemoryArchive):
    """An archive that counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []
        self.listed: list[str] = []

    def read(self, address: str) -> bytes:
        self.reads.append(address)
        return super().read(address)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        self.listed.append(prefix)
        return super().addresses(prefix)


def slot(race: str, account: str = ISSUED, at: dt.datetime = BEFORE) -> Slot:
    return Slot(account=account, race=race, at=at)


def lost(race: str, stake: int, account: str = ISSUED, payout: int = 0) -> Entry:
    moved = {Book.AT_RISK: -stake, Book.BANKROLL: payout, Book.RESULT: stake - payout}
    return Entry(
        id=f"{race}/{account}/settled-1",
        account=account,
        race=race,
        event=Event.SETTLED,
        at=NOW - minutes(30),
        postings=tuple(Posting(book=book, amount_cents=cents) for book, cents in moved.items()),
    )


def put(archive: MemoryArchive, *entries: Entry, phase: str = "H5") -> None:
    archive.create(f"{entries[0].race}/{phase}/entries.json", write_entries(entries))


def frozen(archive: MemoryArchive, purse: Purse = PURSE, now: dt.datetime = NOW) -> MoneyBefore:
    folder = Folder(archive, addresses.phase_folder(HERE, "H5"))
    return freeze_money(folder, WeekEntries(archive), HERE, purse, now).money


def week(archive: MemoryArchive, day: dt.date = DAY) -> list[str]:
    return [entry.race for entry in WeekEntries(archive).up_to(day)]


# --- what is frozen -----------------------------------------------------------------------------


def test_each_account_has_its_own_money_and_the_limit_binds_the_issued_one_alone():
    archive = MemoryArchive()
    put(
        archive, staked(slot("2025-10-16/R1C1"), 500), staked(slot("2025-10-16/R1C1", CONTROL), 100)
    )
    put(archive, staked(slot("2025-10-14/R2C1"), 700), staked(slot("2025-10-14/R2C1", STUDY), 900))
    put(archive, lost("2025-10-14/R2C1", 700), phase="RESULT")

    assert frozen(archive).accounts == {
        ISSUED: MoneyState(
            meeting_staked_cents=500,
            week_staked_cents=1200,
            week_loss_cents=700,
            at_risk_cents=500,
            bankroll_cents=30_000,
            week_open_cents=500,
            week_loss_limit_cents=5000,
        ),
        CONTROL: MoneyState(
            meeting_staked_cents=100,
            week_staked_cents=100,
            at_risk_cents=100,
            bankroll_cents=30_000,
            week_open_cents=100,
        ),
    }


def test_it_is_written_in_euros_with_the_instant_of_what_was_known():
    archive = MemoryArchive()
    put(archive, staked(slot("2025-10-16/R1C1"), 550))
    frozen(archive)

    document = json.loads(archive.read(f"{HERE}/H5/money.json"))

    assert document["known_at"] == "2025-10-16T15:00:00+02:00"
    assert document["accounts"][ISSUED] == {
        "meeting_staked_eur": 5.5,
        "week_staked_eur": 5.5,
        "week_loss_eur": 0.0,
        "losses_in_a_row": 0,
        "at_risk_eur": 5.5,
        "bankroll_eur": 300.0,
        "week_open_eur": 5.5,
        "week_loss_limit_eur": 50.0,
    }


def test_a_retry_knows_of_a_slip_written_meanwhile_and_leaves_the_first_file_as_it_was():
    archive = MemoryArchive()
    frozen(archive)
    content = archive.read(f"{HERE}/H5/money.json")
    put(archive, staked(slot("2025-10-16/R1C1"), 500))

    again = frozen(archive, now=NOW + minutes(2))

    assert again.accounts[ISSUED].week_open_cents == 500
    assert archive.read(f"{HERE}/H5/money.json") == content
    assert read_money(Folder(archive, f"{HERE}/H5"), "money-2.json") == again


def test_a_retry_that_finds_nothing_new_goes_on_with_the_first_one():
    archive = MemoryArchive()
    first = frozen(archive)

    assert frozen(archive, now=NOW + minutes(2)) == first
    assert len(archive.addresses(f"{HERE}/H5")) == 1


cents = st.integers(1, 100_000_000)


@given(cents, cents, cents, cents)
def test_every_cent_comes_back(still_open, loss, limit, bankroll):
    archive = MemoryArchive()
    put(archive, staked(slot("2025-10-15/R1C1"), still_open))
    put(archive, staked(slot("2025-10-15/R1C2"), loss), lost("2025-10-15/R1C2", loss))
    purse = Purse(accounts=(ISSUED,), bankroll_cents=bankroll, week_loss_limit_cents=limit)

    assert frozen(archive, purse).accounts[ISSUED] == MoneyState(
        week_staked_cents=still_open + loss,
        week_loss_cents=loss,
        at_risk_cents=still_open,
        bankroll_cents=bankroll,
        week_open_cents=still_open,
        week_loss_limit_cents=limit,
    )


GOOD = b'{"known_at": "2025-10-16T15:00:00+02:00", "accounts": {"issued": {"week_loss_eur": 1.0}}}'
DAMAGES = {
    "cut off": GOOD[:-9],
    "empty": b"",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "no accounts": b'{"known_at": "2025-10-16T15:00:00+02:00"}',
    "a word": GOOD.replace(b"1.0", b'"1.0"'),
    "a list of amounts": GOOD.replace(b"1.0", b"[1.0]"),
    "an object of amounts": GOOD.replace(b"1.0", b"{}"),
    "too large": GOOD.replace(b"1.0", b"1e999"),
    "no instant": GOOD.replace(b"2025-10-16T15:00:00+02:00", b"yesterday"),
}


def test_the_undamaged_one_can_be_read():
    archive = MemoryArchive()
    archive.create(f"{HERE}/H5/money.json", GOOD)

    found = read_money(Folder(archive, f"{HERE}/H5"))
    assert found.accounts == {ISSUED: MoneyState(week_loss_cents=100)}


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_one_is_told_by_its_name(content):
    archive = MemoryArchive()
    archive.create(f"{HERE}/H5/money.json", content)

    with pytest.raises(StoreDamaged, match=f"{HERE}/H5/money.json"):
        read_money(Folder(archive, f"{HERE}/H5"))
    with pytest.raises(StoreDamaged, match=f"{HERE}/H5/money.json"):
        frozen(archive)


# --- the week -----------------------------------------------------------------------------------


def test_a_week_is_read_from_its_monday_to_the_day_itself():
    archive = MemoryArchive()
    for day in range(12, 21):  # from the Sunday before to the Monday after
        put(archive, staked(slot(f"2025-10-{day}/R1C1"), 100))

    assert week(archive) == [f"2025-10-{day}/R1C1" for day in (13, 14, 15, 16)]
    assert len(week(archive, dt.date(2025, 10, 19))) == 7


def test_stakes_of_the_three_days_before_may_still_be_open_and_are_read_too():
    archive = MemoryArchive()
    for day in range(9, 14):  # to a Monday
        put(archive, staked(slot(f"2025-10-{day:02}/R1C1"), 100))

    assert week(archive, dt.date(2025, 10, 13)) == [f"2025-10-{day}/R1C1" for day in range(10, 14)]


def test_a_slip_that_is_open_since_sunday_is_at_risk_on_monday_and_not_of_its_week():
    archive = MemoryArchive()
    put(archive, staked(slot("2025-10-12/R1C1", at=paris_at(dt.date(2025, 10, 12), 15)), 300))
    monday = RaceId.parse("2025-10-13/R1C1")
    folder = Folder(archive, f"{monday}/H5")

    found = freeze_money(folder, WeekEntries(archive), monday, PURSE, paris_at(monday.day, 14))

    state = found.money.accounts[ISSUED]
    assert (state.at_risk_cents, state.week_open_cents, state.week_staked_cents) == (300, 0, 0)


@pytest.mark.parametrize("monday", ["2025-10-20", "2026-03-23", "2025-12-29"])
def test_a_week_of_changed_clocks_and_the_year_s_last_have_seven_days(monday):
    archive = MemoryArchive()
    days = [dt.date.fromisoformat(monday) + dt.timedelta(days=n) for n in range(-1, 8)]
    for day in days:
        put(archive, staked(slot(f"{day}/R1C1"), 100))

    assert week(archive, days[7]) == [f"{day}/R1C1" for day in days[1:8]]
    assert {week_of(day) for day in days[1:8]} == {days[1]}


def test_a_race_after_midnight_of_sunday_counts_in_the_week_of_its_card():
    archive = MemoryArchive()
    night = paris_at(dt.date(2025, 10, 20), 0, 20)
    put(archive, staked(slot("2025-10-19/R1C8", at=night), 300))
    now = night + minutes(30)

    sunday = freeze_money(
        Folder(archive, "2025-10-19/R1C9/H5"),
        WeekEntries(archive),
        RaceId.parse("2025-10-19/R1C9"),
        PURSE,
        now,
    )
    monday = freeze_money(
        Folder(archive, "2025-10-20/R1C1/H5"),
        WeekEntries(archive),
        RaceId.parse("2025-10-20/R1C1"),
        PURSE,
        now,
    )

    assert sunday.money.accounts[ISSUED].week_open_cents == 300
    assert monday.money.accounts[ISSUED].week_open_cents == 0


def test_every_kind_of_entry_of_a_race_counts():
    archive = MemoryArchive()
    put(archive, staked(slot("2025-10-16/R1C1"), 500))
    put(archive, released(slot("2025-10-16/R1C1"), 500, "non-partant"), phase="WITHDRAWAL")
    put(archive, staked(slot("2025-10-16/R1C10"), 200))
    put(archive, lost("2025-10-16/R1C10", 200), phase="RESULT")
    put(archive, lost("2025-10-16/R1C10", -50), phase="corrections/1")

    state = frozen(archive).accounts[ISSUED]

    assert (state.week_staked_cents, state.week_loss_cents, state.week_open_cents) == (200, 150, 50)


def test_what_was_settled_after_the_instant_is_not_known():
    archive = MemoryArchive()
    put(archive, staked(slot("2025-10-16/R1C1", at=NOW), 500))
    put(archive, staked(slot("2025-10-16/R1C2", at=NOW + dt.timedelta(seconds=1)), 300))

    assert frozen(archive).accounts[ISSUED].week_open_cents == 500


def test_a_file_is_read_once_and_a_day_listed_once_a_question():
    archive = Counting()
    for day in (13, 16):
        put(archive, staked(slot(f"2025-10-{day}/R1C1"), 100))
    kept = WeekEntries(archive)

    kept.up_to(DAY)
    archive.listed.clear()
    put(archive, staked(slot("2025-10-16/R1C2"), 100))
    found = kept.up_to(DAY)

    assert [entry.race[-8:] for entry in found] == ["-13/R1C1", "-16/R1C1", "-16/R1C2"]
    assert sorted(archive.reads) == sorted(a for a in MemoryArchive.addresses(archive))
    assert archive.listed == [f"2025-10-{day}" for day in (13, 14, 15, 16)]


def test_an_earlier_week_asked_for_after_a_later_one_is_read_anew():
    archive = MemoryArchive()
    put(archive, staked(slot("2025-10-19/R1C1"), 100))
    put(archive, staked(slot("2025-10-20/R1C1"), 100))
    kept = WeekEntries(archive)

    for _ in range(2):  # Sunday's night races beside Monday's own
        both = ["2025-10-19/R1C1", "2025-10-20/R1C1"]
        assert [e.race for e in kept.up_to(dt.date(2025, 10, 20))] == both
        assert [e.race for e in kept.up_to(dt.date(2025, 10, 19))] == ["2025-10-19/R1C1"]


def test_damaged_entries_are_told_by_their_name_every_time():
    archive = MemoryArchive()
    archive.create("2025-10-14/R1C1/H5/entries.json", b"{")
    kept = WeekEntries(archive)

    for _ in range(2):
        with pytest.raises(StoreDamaged, match=r"2025-10-14/R1C1/H5/entries\.json"):
            kept.up_to(DAY)


def test_damaged_amounts_of_entries_are_told_by_their_name():
    archive = MemoryArchive()
    put(archive, staked(slot("2025-10-14/R1C1"), 100))
    content = archive.read("2025-10-14/R1C1/H5/entries.json")
    other = MemoryArchive()
    other.create("2025-10-14/R1C1/H5/entries.json", content.replace(b"-1.0", b'"-1.0"'))

    with pytest.raises(StoreDamaged, match=r"2025-10-14/R1C1/H5/entries\.json"):
        week(other)


# --- slips whose stake was never written down ---------------------------------------------------


def one_race(**facts: object):
    made = race_day_bench(sites=("zeturf",))
    made = replace(made, **facts)
    made.service.schedule(DAY)
    return made


def decided(**facts: object):
    made = one_race(**facts)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    return made


def without(archive, *endings: str) -> MemoryArchive:
    other = MemoryArchive()
    for address in archive.addresses():
        if not address.endswith(endings):
            other.create(address, archive.read(address))
    return other


def test_a_slip_of_a_worker_that_died_before_its_stake_counts_as_staked():
    made = one_race()
    inside = made.archive
    made.archive = FailingArchive(inside, "slip.json", after=True)
    with pytest.raises(Killed):
        run_order(made.at(OFF - minutes(5)).desk, order("H5"))

    state = frozen(inside).accounts[ISSUED]

    assert (state.meeting_staked_cents, state.week_open_cents) == (100, 100)


def test_a_shadow_of_a_worker_that_died_before_its_stake_counts_as_staked():
    made = one_race(shadows=(ControlPolicy(),))
    inside = made.archive
    made.archive = FailingArchive(inside, "control.json", after=True)
    with pytest.raises(Killed):
        run_order(made.at(OFF - minutes(5)).desk, order("H5"))

    assert frozen(inside).accounts[CONTROL].week_open_cents == 100


def test_once_the_stake_is_written_down_it_counts_once():
    made = decided()
    older = without(made.archive, "/entries.json")
    kept = WeekEntries(older)
    assert [e.amount_in(Book.AT_RISK) for e in kept.up_to(DAY)] == [100]

    older.create(f"{R1C1}/H5/entries.json", made.archive.read(f"{R1C1}/H5/entries.json"))

    assert [e.amount_in(Book.AT_RISK) for e in kept.up_to(DAY)] == [100]


def test_an_older_day_without_any_entries_counts_its_slip_and_what_it_lost():
    made = decided()
    made.site("zeturf").show_result(R1C1, result("zeturf", ((2,), (1,), (3,), (4,))))
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))

    state = frozen(without(made.archive, "/entries.json"), now=OFF + minutes(60)).accounts[ISSUED]

    assert (state.week_staked_cents, state.week_loss_cents, state.week_open_cents) == (100, 100, 0)


def test_a_no_bet_without_entries_is_read_once():
    made = decided(operators=("pmu",))
    archive = Counting()
    for address in made.archive.addresses():
        if not address.endswith("/entries.json"):
            archive.create(address, made.archive.read(address))
    kept = WeekEntries(archive)

    assert kept.up_to(DAY) == ()
    first = list(archive.reads)
    assert kept.up_to(DAY) == ()
    assert archive.reads == first


# --- the visit ----------------------------------------------------------------------------------


def test_the_decision_names_the_money_it_was_made_from():
    made = decided()

    assert decision_of(made.archive, R1C1).inputs.keys() == {"snapshot", "forecast", "money"}
    assert "money.json" in json.loads(made.archive.read(f"{R1C1}/H5/manifest.json"))["files"]


def test_a_worker_killed_after_the_money_was_frozen_decides_from_it():
    made = one_race(week_loss_limit_cents=99)
    made.service.note_limit()
    inside = made.archive
    made.archive = FailingArchive(inside, "money.json", after=True)
    with pytest.raises(Killed):
        run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    made.archive = inside
    made.week_loss_limit_cents = None

    outcome = run_order(made.at(OFF - minutes(4)).desk, order("H5"))

    assert outcome.decision == "no_bet"
    assert replayed(made).differing == ()


def test_a_visit_with_a_damaged_money_file_fails_and_decides_nothing():
    made = one_race()
    made.archive.create(f"{R1C1}/H5/money.json", b"{")

    with pytest.raises(StoreError, match=f"{R1C1}/H5/money.json"):
        run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    assert decision_of(made.archive, R1C1) is None


R1C2 = RaceId.parse("2025-10-16/R1C2")


def two_races(limit: int):
    """R1C1 and R1C2 of the same off, in each of which the yardstick wants 1 €."""
    made = replace(race_day_bench(sites=("zeturf",)), week_loss_limit_cents=limit)
    made.site("zeturf").show_programme(DAY, programme("zeturf", a_race(1), a_race(2)))
    other = replace(a_race(2, status=RaceStatus.OPEN), runners=runners("zeturf", ODDS))
    made.site("zeturf").show_card(R1C2, reading("zeturf", meeting(other), page="race"))
    made.service.schedule(DAY)
    return made


def decisions(made):
    return [decision_of(made.archive, race).decision for race in (R1C1, R1C2)]


@pytest.mark.parametrize(
    ("limit", "expected"), [(200, ["slip", "slip"]), (199, ["slip", "no_bet"])]
)
def test_of_two_races_in_the_same_second_the_second_knows_the_first_one_s_stake(limit, expected):
    made = two_races(limit)
    made.at(OFF - minutes(5))

    run_order(made.desk, order("H5", R1C1))
    run_order(made.desk, order("H5", R1C2))

    assert decisions(made) == expected


class Meanwhile(MemoryArchive):
    """An archive in which something happens right after the first write of an address."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.then: Callable[[], object] = lambda: None

    def create(self, address: str, content: bytes) -> None:
        super().create(address, content)
        if address == self.address:
            self.then()


def test_two_races_decided_side_by_side_do_not_pass_the_limit_together():
    made = two_races(199)
    archive = Meanwhile(f"{R1C1}/H5/money.json")
    for address in made.archive.addresses():
        archive.create(address, made.archive.read(address))
    made.archive = archive
    made.at(OFF - minutes(5))
    archive.then = lambda: run_order(made.desk, order("H5", R1C2))

    run_order(made.desk, order("H5", R1C1))

    stakes = [decision_of(archive, race).stake_cents for race in (R1C1, R1C2)]
    assert sum(stakes) <= 199


def test_an_older_day_without_money_is_replayed_alike():
    made = decided()
    older = without(made.archive, "/money.json", "/entries.json", "/slip.json")
    slip = decision_of(made.archive, R1C1)
    inputs = {name: mark for name, mark in slip.inputs.items() if name != "money"}
    older.create(f"{R1C1}/H5/slip.json", write_decision(replace(slip, inputs=inputs)))
    made.archive = older

    assert replayed(made).differing == ()


def test_a_replay_takes_the_money_of_then():
    made = two_races(199)
    for race in (R1C1, R1C2):
        run_order(made.at(OFF - minutes(5)).desk, order("H5", race))
    made.week_loss_limit_cents = None  # what the setting says today is nothing to the day

    found = replayed(made)

    assert found.differing == ()
    assert f"{R1C2}/H5/slip.json" in {one.address for one in found.compared}


def test_a_replay_finds_a_slip_that_its_money_does_not_give():
    made = two_races(199)
    for race in (R1C1, R1C2):
        run_order(made.at(OFF - minutes(5)).desk, order("H5", race))
    other = without(made.archive, f"{R1C2}/H5/slip.json")
    slip = decision_of(made.archive, R1C1)
    forged = replace(
        read_decision(made.archive.read(f"{R1C2}/H5/slip.json")),
        decision="slip",
        tickets=slip.tickets,
        stake_cents=slip.stake_cents,
    )
    other.create(f"{R1C2}/H5/slip.json", write_decision(forged))
    made.archive = other

    assert replayed(made).differing == (f"{R1C2}/H5/slip.json",)
