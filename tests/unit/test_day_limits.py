"""The loss limit over time: recorded when it changes, lowered at once, raised on a Monday."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import DAY, OFF, R1C1, FailingArchive, Killed, bench, minutes, order, race_day_bench
from hippique.betting.loss_limit import GATE, LimitInForce, limit_in_force
from hippique.betting.policy import ControlPolicy
from hippique.betting.slip import read_decision
from hippique.day import addresses
from hippique.day.close import seals_of
from hippique.day.limits import binding_limit, limits_set, record_limit
from hippique.day.manifest import Stamp, sha256
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of, latest_plan, newest_day, outcome_of
from hippique.day.run import run_order
from hippique.day.status import PhaseState, race_state
from hippique.day.verify import verify_beside
from hippique.errors import AlreadyExists, StoreDamaged
from hippique.racing.times import paris_at, paris_time
from hippique.report.facts import archive_days
from hippique.runtime.memory import MemoryArchive

MONDAY = dt.date(2025, 10, 13)  # of the week of DAY, a Thursday
NEXT_MONDAY = dt.date(2025, 10, 20)


def stamp(now: dt.datetime) -> Stamp:
    return Stamp(now=now, versions={"code": "test"})


def at(day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """An instant of this day of the week, 0 = Monday."""
    return paris_at(MONDAY + dt.timedelta(days=day), hour, minute)


def recorded(*said: tuple[dt.datetime, int | None]) -> MemoryArchive:
    archive = MemoryArchive()
    for instant, cents in said:
        record_limit(archive, cents, stamp(instant))
    return archive


def binding(archive, now, own=None, day=None):
    return binding_limit(archive, day or now.date(), now, own)


# --- records ------------------------------------------------------------------------------------


def test_a_setting_is_recorded_once_while_it_stays_the_same():
    archive = recorded((at(0), 5000), (at(1), 5000), (at(9), 5000))

    assert archive.addresses(addresses.LIMITS) == (
        "limits/000001/limit.json",
        "limits/000001/manifest.json",
    )


def test_no_setting_leaves_no_record():
    assert recorded((at(0), None), (at(1), None)).addresses() == ()


def test_a_setting_taken_away_is_recorded():
    archive = recorded((at(0), 5000), (at(1), None))

    assert [one.limit_cents for one in limits_set(archive)] == [5000, None]
    kept = json.loads(archive.read("limits/000002/limit.json"))
    assert kept["limit_eur"] is None


def test_a_record_speaks_of_euros_and_its_manifest_holds_its_hash():
    archive = recorded((at(0), 1250))
    folder = "limits/000001"

    content = archive.read(f"{folder}/limit.json")
    manifest = json.loads(archive.read(f"{folder}/manifest.json"))

    assert json.loads(content)["limit_eur"] == 12.5
    assert manifest["files"] == {"limit.json": sha256(content)}
    assert manifest["previous"] is None


@given(st.integers(1, 100_000_000))
def test_every_cent_comes_back(cents):
    (one,) = limits_set(recorded((at(0), cents)))

    assert one.limit_cents == cents


def test_recording_tells_what_is_in_force_and_what_waits():
    archive = recorded((at(-5), 5000))

    found = record_limit(archive, 9000, stamp(at(1)))

    assert found == LimitInForce(limit_cents=5000, next_cents=9000, next_from=NEXT_MONDAY)
    assert record_limit(archive, 2000, stamp(at(2))) == LimitInForce(limit_cents=2000)


def test_recorded_after_midnight_it_is_told_of_the_race_day_that_still_runs():
    archive = recorded((at(-5), 5000), (at(6, 20), 9000))

    told = record_limit(archive, 9000, stamp(paris_at(NEXT_MONDAY, 1)))

    assert told.limit_cents == 5000  # the night races are Sunday's


def test_a_machine_whose_clock_was_ahead_does_not_hide_the_setting_of_now():
    archive = recorded((at(4), 5000), (at(1), 3000))

    assert record_limit(archive, 3000, stamp(at(2))).limit_cents == 3000
    assert len(limits_set(archive)) == 2


# --- a decision's limit -------------------------------------------------------------------------


def test_the_lower_of_record_and_own_setting_binds():
    archive = recorded((at(0), 5000))

    assert binding(archive, at(1)) == 5000
    assert binding(archive, at(1), own=9000) == 5000
    assert binding(archive, at(1), own=3000) == 3000
    assert binding(MemoryArchive(), at(1), own=3000) == 3000
    assert binding(MemoryArchive(), at(1)) is None


def test_a_raise_of_this_very_process_waits_as_well():
    archive = recorded((at(-5), 5000), (at(2), 9000))

    assert binding(archive, at(6, 23, 59), own=9000) == 5000
    night = paris_at(NEXT_MONDAY, 0, 30)
    assert binding(archive, night, own=9000, day=NEXT_MONDAY - dt.timedelta(days=1)) == 5000
    assert binding(archive, night, own=9000, day=NEXT_MONDAY) == 9000


def test_taking_the_setting_away_does_not_free_this_week():
    archive = recorded((at(0), 5000), (at(1), None))

    assert binding(archive, at(6, 22)) == 5000
    assert binding(archive, paris_at(NEXT_MONDAY, 9)) is None


said = st.lists(
    st.tuples(st.integers(0, 7 * 24 * 60 - 1), st.one_of(st.none(), st.integers(1, 9999))),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one[0],
).map(sorted)


@given(said, st.sampled_from([MONDAY, dt.date(2025, 10, 20), dt.date(2026, 3, 23)]))
def test_no_sequence_of_settings_within_a_week_raises_what_binds(said, monday):
    archive = MemoryArchive()
    start = paris_at(monday, 0)
    before = None
    for minute, cents in said:
        now = paris_time(start + dt.timedelta(minutes=minute))
        if paris_at(monday + dt.timedelta(days=7), 0) <= now:
            return  # March's week is an hour shorter
        record_limit(archive, cents, stamp(now))
        limit = binding(archive, now, own=cents, day=min(now.date(), monday + dt.timedelta(days=6)))
        assert before is None or (limit is not None and limit <= before)
        assert cents is None or (limit is not None and limit <= cents)
        before = limit


# --- in one second ------------------------------------------------------------------------------


def after_s(seconds: float) -> dt.datetime:
    return at(1) + dt.timedelta(seconds=seconds)


def test_of_two_in_one_second_the_lower_binds_and_the_later_waits():
    archive = recorded((after_s(0.1), 5000), (after_s(0.5), 9000))

    assert binding(archive, after_s(1)) == 5000
    assert record_limit(archive, 9000, stamp(after_s(2))).next_cents == 9000


def test_two_that_start_with_the_same_setting_at_once_say_the_same():
    archive = recorded((after_s(0), 5000))
    held = Late(archive)

    record_limit(held, 5000, stamp(after_s(0.5)))

    assert {one.limit_cents for one in limits_set(archive)} == {5000}


class Late:
    """The archive as a worker saw it that listed it a moment too early."""

    def __init__(self, inside: MemoryArchive) -> None:
        self.inside = inside

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        del prefix
        return ()

    def read(self, address: str) -> bytes:
        return self.inside.read(address)

    def create(self, address: str, content: bytes) -> None:
        self.inside.create(address, content)


def test_a_setting_that_comes_back_within_its_second_is_the_last_word():
    archive = recorded((after_s(0.1), 5000), (after_s(0.3), 9000), (after_s(0.5), 5000))

    monday = paris_at(NEXT_MONDAY, 0)
    assert limit_in_force(limits_set(archive), NEXT_MONDAY, monday).limit_cents == 5000


# --- faults -------------------------------------------------------------------------------------

DAMAGES = {
    "cut off": b'{"limit_eur": 50.0,',
    "empty": b"",
    "no text": b"\xff\xfe",
    "a word": b'{"limit_eur": "50", "set_at": "2025-10-13T09:00:00+02:00"}',
    "no instant": b'{"limit_eur": 50.0}',
    "no zone": b'{"limit_eur": 50.0, "set_at": "2025-10-13T09:00:00"}',
    "too large": b'{"limit_eur": 1e999, "set_at": "2025-10-13T09:00:00+02:00"}',
    "a list": b"[]",
}
ADDRESS = "limits/000002/limit.json"


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_record_is_told_by_its_name_and_nothing_is_decided(content):
    archive = recorded((at(-5), 3000))
    archive.create(ADDRESS, content)

    with pytest.raises(StoreDamaged, match=ADDRESS):
        binding(archive, at(1), own=5000)
    with pytest.raises(StoreDamaged, match=ADDRESS):
        record_limit(archive, 5000, stamp(at(1)))


def test_a_record_that_has_gone_while_it_was_read_is_told():
    class Gone(MemoryArchive):
        def addresses(self, prefix: str = "") -> tuple[str, ...]:
            del prefix
            return (ADDRESS,)

    with pytest.raises(StoreDamaged, match=ADDRESS):
        limits_set(Gone())


@pytest.mark.parametrize("write", ["limit.json", "manifest.json"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_process_killed_while_it_recorded_leaves_a_whole_record_to_the_next(write, after):
    inside = MemoryArchive()
    with pytest.raises(Killed):
        record_limit(FailingArchive(inside, write, after=after), 5000, stamp(at(1)))

    assert record_limit(inside, 5000, stamp(at(2))).limit_cents == 5000
    folders = {address.rpartition("/")[0] for address in inside.addresses(addresses.LIMITS)}
    assert all(f"{folder}/manifest.json" in inside.addresses() for folder in folders)


def test_a_folder_is_never_closed_twice():
    archive = recorded((at(1), 5000))
    with pytest.raises(AlreadyExists):
        archive.create("limits/000001/manifest.json", b"{}")


def test_a_limit_that_was_changed_afterwards_is_told_by_verify():
    archive = recorded((at(0), 5000))
    assert verify_beside(archive) == ()
    touched = MemoryArchive()
    for address in archive.addresses():
        content = archive.read(address)
        touched.create(address, content.replace(b"50.0", b"90.0"))

    assert verify_beside(touched) == ("limits/000001/limit.json: changed",)


# --- the day ------------------------------------------------------------------------------------


def test_records_beside_the_days_are_no_days():
    made = race_day_bench(sites=("zeturf",))
    made.week_loss_limit_cents = 5000
    made.service.note_limit()
    assert (newest_day(made.archive), archive_days(made.archive)) == (None, ())

    made.service.schedule(DAY)

    assert (newest_day(made.archive), archive_days(made.archive)) == (DAY, (DAY,))
    assert seals_of(made.archive) == {}


def test_the_morning_records_the_limit_and_tells_the_one_in_force():
    made = bench(at(-5))
    made.week_loss_limit_cents = 5000
    made.service.prepare(DAY - dt.timedelta(days=8))
    made.week_loss_limit_cents = 9000
    made.at(paris_at(DAY, 8, 45)).service.prepare(DAY)

    assert [one.limit_cents for one in limits_set(made.archive)] == [5000, 9000]
    told = [f for _, _, f in made.journal.events if "week_loss_limit_eur" in f]
    assert [fields["week_loss_limit_eur"] for fields in told] == [50.0, 50.0]


def played(limit_cents, **facts: object):
    """H-5 of R1C1, where the yardstick wants 1 €."""
    made = replace(race_day_bench(sites=("zeturf",)), week_loss_limit_cents=limit_cents, **facts)
    made.service.schedule(DAY)
    return made


def decide(made):
    return run_order(made.at(OFF - minutes(5)).desk, order("H5"))


@pytest.mark.parametrize(("limit", "decision"), [(100, "slip"), (99, "no_bet"), (None, "slip")])
def test_the_issued_slip_is_bound_to_the_cent(limit, decision):
    made = played(limit)

    assert decide(made).decision == decision
    gates = [g for g in decision_of(made.archive, R1C1).gates if g.gate == GATE]
    assert [(g.value, g.threshold) for g in gates] == (
        [] if limit is None else [(1.0, limit / 100)]
    )


def test_a_visit_writes_no_record_of_its_own_setting():
    made = played(100)

    decide(made)

    assert made.archive.addresses(addresses.LIMITS) == ()


def test_a_visit_without_the_setting_is_bound_by_the_record():
    made = played(None)
    record_limit(made.archive, 99, stamp(paris_at(DAY, 9)))

    assert decide(made).decision == "no_bet"


def test_a_limit_lowered_between_plan_and_decision_binds():
    made = played(5000)
    made.service.note_limit()
    made.week_loss_limit_cents = 50
    made.at(OFF - minutes(6)).service.note_limit()
    made.week_loss_limit_cents = None

    assert decide(made).decision == "no_bet"


def test_policies_on_paper_are_not_bound():
    made = played(99, shadows=(ControlPolicy(),))

    assert decide(made).decision == "no_bet"
    shadow = read_decision(made.archive.read(addresses.shadow(R1C1, "control")))
    assert (shadow.decision, shadow.stake_cents) == ("slip", 100)
    assert GATE not in {gate.gate for gate in shadow.gates}


def test_with_a_damaged_record_the_visit_fails_and_is_not_late():
    made = played(5000)
    made.archive.create(ADDRESS, b"{")

    with pytest.raises(StoreDamaged, match=ADDRESS):
        decide(made)

    assert decision_of(made.archive, R1C1) is None
    run_order(made.at(OFF).desk, order("H5"))
    assert outcome_of(made.archive, R1C1, Phase.H5) is not None
    (race,) = latest_plan(made.archive, DAY).races
    assert race_state(made.archive, race, OFF).phases["H5"] is PhaseState.FAILED
