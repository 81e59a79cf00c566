"""The bettor's weekly loss limit: lowered at once, raised on a Monday, and never passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_races import EASY, KELLY, OPEN, lifted, situation
from hippique.betting.loss_limit import (
    GATE,
    LimitInForce,
    LimitSet,
    bound_by_loss_limit,
    is_week_spent,
    limit_in_force,
    loss_limit_rules,
    week_loss_at_worst_cents,
)
from hippique.betting.money_state import MoneyState, week_of
from hippique.betting.policy import ControlPolicy, FilePolicy
from hippique.betting.situation import Situation
from hippique.betting.slip import Gate, Verdict
from hippique.betting.what_if import what_if
from hippique.racing.times import paris_at, paris_day, paris_time

TUESDAY = dt.date(2026, 6, 9)
NEXT_MONDAY = dt.date(2026, 6, 15)


def on(day: dt.date, cents: int | None, hour: int = 9) -> LimitSet:
    return LimitSet(limit_cents=cents, set_at=paris_at(day, hour))


def later(days: int) -> dt.date:
    return TUESDAY + dt.timedelta(days=days)


def in_force(day: dt.date, *sets: LimitSet) -> LimitInForce:
    return limit_in_force(sets, day, paris_at(day, 20))


# --- a week -------------------------------------------------------------------------------------

LAST_WEEK = on(later(-7), 5000)


def test_nothing_set_is_no_limit():
    assert in_force(TUESDAY) == LimitInForce()


def test_the_first_limit_binds_at_once():
    assert in_force(TUESDAY, on(TUESDAY, 5000)) == LimitInForce(limit_cents=5000)


def test_a_limit_of_last_week_goes_on():
    assert in_force(TUESDAY, LAST_WEEK) == LimitInForce(limit_cents=5000)


def test_a_lower_one_binds_at_once_and_nothing_waits():
    assert in_force(TUESDAY, LAST_WEEK, on(TUESDAY, 3000)) == LimitInForce(limit_cents=3000)


@pytest.mark.parametrize("wanted", [9000, None], ids=["higher", "taken away"])
def test_a_raise_waits_for_monday(wanted):
    sets = (LAST_WEEK, on(TUESDAY, wanted))

    for day in map(later, range(6)):  # Tuesday to Sunday
        assert in_force(day, *sets) == LimitInForce(
            limit_cents=5000, next_cents=wanted, next_from=NEXT_MONDAY
        )
    assert in_force(NEXT_MONDAY, *sets) == LimitInForce(limit_cents=wanted)


def test_lowered_and_set_back_the_lower_one_binds_until_monday():
    sets = (LAST_WEEK, on(TUESDAY, 2000), on(later(1), 5000))

    assert in_force(later(1), *sets) == LimitInForce(
        limit_cents=2000, next_cents=5000, next_from=NEXT_MONDAY
    )
    assert in_force(NEXT_MONDAY, *sets).limit_cents == 5000


def test_a_raise_that_is_taken_back_before_monday_never_comes():
    sets = (LAST_WEEK, on(TUESDAY, 9000), on(later(1), 5000))

    assert in_force(later(1), *sets) == LimitInForce(limit_cents=5000)
    assert in_force(NEXT_MONDAY, *sets) == LimitInForce(limit_cents=5000)


def test_a_limit_set_first_on_wednesday_is_not_raised_on_thursday():
    sets = (on(later(1), 2000), on(later(2), None))

    assert in_force(later(2), *sets).limit_cents == 2000
    assert in_force(later(5), *sets).limit_cents == 2000
    assert in_force(NEXT_MONDAY, *sets).limit_cents is None


def test_of_two_raises_the_newer_one_comes():
    sets = (LAST_WEEK, on(TUESDAY, 9000), on(later(2), 7000))

    assert in_force(later(2), *sets).next_cents == 7000
    assert in_force(NEXT_MONDAY, *sets) == LimitInForce(limit_cents=7000)


def test_a_raise_that_waited_can_be_lowered_on_its_monday():
    sets = (LAST_WEEK, on(TUESDAY, 9000), on(NEXT_MONDAY, 1000))

    assert in_force(NEXT_MONDAY, *sets) == LimitInForce(limit_cents=1000)


def test_what_is_set_later_is_not_known_yet():
    sets = (LAST_WEEK, on(TUESDAY, 1000, hour=18))

    assert limit_in_force(sets, TUESDAY, paris_at(TUESDAY, 17, 59)).limit_cents == 5000
    assert limit_in_force(sets, TUESDAY, paris_at(TUESDAY, 18)).limit_cents == 1000


# --- around midnight, and in weeks whose clocks change ------------------------------------------

SUNDAYS = [
    pytest.param(dt.date(2026, 6, 14), id="summer"),
    pytest.param(dt.date(2026, 10, 25), id="clocks go back"),
    pytest.param(dt.date(2026, 3, 29), id="clocks go forward"),
    pytest.param(dt.date(2026, 12, 27), id="year's end"),
]


@pytest.mark.parametrize("sunday", SUNDAYS)
def test_a_raise_of_the_last_second_of_sunday_binds_on_monday_one_of_midnight_a_week_later(sunday):
    monday = sunday + dt.timedelta(days=1)
    old = LimitSet(limit_cents=5000, set_at=paris_at(sunday - dt.timedelta(days=10), 9))
    last = LimitSet(limit_cents=9000, set_at=paris_at(sunday, 23, 59, 59))
    first = LimitSet(limit_cents=9000, set_at=paris_at(monday, 0))

    assert in_force(monday, old, last) == LimitInForce(limit_cents=9000)
    assert in_force(monday, old, first) == LimitInForce(
        limit_cents=5000, next_cents=9000, next_from=monday + dt.timedelta(days=7)
    )


@pytest.mark.parametrize("sunday", SUNDAYS)
def test_the_hour_of_another_zone_changes_nothing(sunday):
    late = paris_at(sunday + dt.timedelta(days=1), 0, 30)  # still Sunday in UTC
    sets = [on(sunday - dt.timedelta(days=10), 5000), LimitSet(limit_cents=9000, set_at=late)]
    in_utc = [replace(one, set_at=one.set_at.astimezone(dt.UTC)) for one in sets]

    assert late.astimezone(dt.UTC).date() == sunday
    for day in (sunday, sunday + dt.timedelta(days=1)):
        now = late + dt.timedelta(hours=1)
        assert limit_in_force(in_utc, day, now) == limit_in_force(sets, day, now)
        assert limit_in_force(in_utc, day, now).limit_cents == 5000


@pytest.mark.parametrize("sunday", SUNDAYS)
def test_races_after_midnight_belong_to_the_week_of_their_card(sunday):
    monday = sunday + dt.timedelta(days=1)
    night = paris_at(monday, 0, 20)
    sets = (on(sunday - dt.timedelta(days=10), 5000), on(sunday, 9000))

    assert limit_in_force(sets, sunday, night) == LimitInForce(
        limit_cents=5000, next_cents=9000, next_from=monday
    )
    assert limit_in_force(sets, monday, night).limit_cents == 9000


def test_a_raise_of_the_night_waits_a_whole_week_for_the_night_races_too():
    raised = LimitSet(limit_cents=9000, set_at=paris_at(NEXT_MONDAY, 0, 5))

    assert limit_in_force((LAST_WEEK, raised), later(5), paris_at(NEXT_MONDAY, 0, 20)) == (
        LimitInForce(
            limit_cents=5000, next_cents=9000, next_from=NEXT_MONDAY + dt.timedelta(days=7)
        )
    )


def test_one_lowered_after_midnight_binds_the_night_races_too():
    sunday, monday = later(5), NEXT_MONDAY
    sets = (LAST_WEEK, LimitSet(limit_cents=100, set_at=paris_at(monday, 0, 5)))

    assert limit_in_force(sets, sunday, paris_at(monday, 0, 20)).limit_cents == 100
    assert limit_in_force(sets, sunday, paris_at(monday, 0, 4)).limit_cents == 5000


# --- whatever is set ----------------------------------------------------------------------------

INFINITE = 10**12
limits = st.one_of(st.none(), st.integers(1, 100_000))
# Three weeks around each change of the clocks, by the minute: ties and midnights happen.
starts = st.sampled_from([dt.datetime(2026, m, d, tzinfo=dt.UTC) for m, d in ((3, 16), (10, 12))])


@st.composite
def histories(draw: st.DrawFn) -> list[LimitSet]:
    """Settings in order; many at hours next to midnight of Paris."""
    start = draw(starts)
    quarters = sorted(draw(st.lists(st.integers(0, 21 * 96), max_size=12, unique=True)))
    cents = draw(st.lists(limits, min_size=len(quarters), max_size=len(quarters)))
    return [
        LimitSet(limit_cents=c, set_at=paris_time(start + dt.timedelta(minutes=15 * q)))
        for q, c in zip(quarters, cents, strict=True)
    ]


def as_number(cents: int | None) -> int:
    return INFINITE if cents is None else cents


def lived_through(sets: Iterable[LimitSet], now: dt.datetime) -> int:
    """The limit by its rule told in order: lowered at once, the last word of a week from Monday."""
    binding = said = INFINITE
    week = dt.date.min
    for one in sets:
        if one.set_at > now:
            break
        if week_of(paris_day(one.set_at)) != week:
            binding, week = said, week_of(paris_day(one.set_at))
        said = as_number(one.limit_cents)
        binding = min(binding, said)
    return said if week_of(paris_day(now)) != week else binding


@given(histories(), starts, st.integers(0, 22 * 96))
def test_the_limit_is_the_one_that_living_through_the_settings_gives(sets, start, quarters):
    now = paris_time(start + dt.timedelta(minutes=15 * quarters))

    found = limit_in_force(sets, paris_day(now), now)

    assert as_number(found.limit_cents) == lived_through(sets, now)


@given(histories(), st.dates(dt.date(2026, 10, 12), dt.date(2026, 11, 1)), st.data())
def test_no_setting_of_a_week_ever_raises_its_limit(sets, day, data):
    first, second = sorted(
        data.draw(st.tuples(*[st.integers(0, 7 * 96 + 5 * 4)] * 2))  # its nights included
    )
    monday = paris_at(week_of(day), 0)
    before = limit_in_force(sets, day, monday + dt.timedelta(minutes=15 * first))
    after = limit_in_force(sets, day, monday + dt.timedelta(minutes=15 * second))

    assert as_number(after.limit_cents) <= as_number(before.limit_cents)


@given(histories(), starts, st.integers(0, 22 * 96))
def test_what_waits_comes_on_a_monday_and_not_before(sets, start, quarters):
    now = paris_time(start + dt.timedelta(minutes=15 * quarters))
    known = [one for one in sets if one.set_at <= now]
    found = limit_in_force(known, paris_day(now), now)

    if found.next_from is None:
        assert as_number(found.limit_cents) == (
            as_number(known[-1].limit_cents) if known else INFINITE
        )
        return
    assert found.next_from == week_of(paris_day(now)) + dt.timedelta(days=7)
    assert as_number(found.next_cents) > as_number(found.limit_cents)
    eve = found.next_from - dt.timedelta(days=1)
    assert limit_in_force(known, eve, paris_at(eve, 23, 59, 59)).limit_cents == found.limit_cents
    arrived = limit_in_force(known, found.next_from, paris_at(found.next_from, 0))
    assert arrived == LimitInForce(limit_cents=found.next_cents)


@given(histories(), st.randoms())
def test_the_order_of_the_records_says_nothing(sets, random):
    shuffled = list(sets)
    random.shuffle(shuffled)
    day, now = dt.date(2026, 10, 25), paris_at(dt.date(2026, 10, 25), 20)

    assert limit_in_force(shuffled, day, now) == limit_in_force(sets, day, now)


# --- what is compared with it -------------------------------------------------------------------


def money(loss: int = 0, still_open: int = 0, limit: int | None = None) -> MoneyState:
    return MoneyState(week_loss_cents=loss, week_open_cents=still_open, week_loss_limit_cents=limit)


def test_the_worst_is_what_was_lost_what_is_open_and_this_slip():
    assert week_loss_at_worst_cents(money(1200, 300), 500) == 2000


@pytest.mark.parametrize(
    ("loss", "still_open", "limit", "spent"),
    [
        (0, 0, None, False),
        (10**9, 10**9, None, False),
        (0, 0, 1, False),
        (4999, 0, 5000, False),
        (5000, 0, 5000, True),
        (0, 5000, 5000, True),
        (2500, 2499, 5000, False),
        (2500, 2500, 5000, True),
        (9000, 0, 5000, True),
    ],
)
def test_a_week_is_spent_when_not_a_cent_is_left(loss, still_open, limit, spent):
    assert is_week_spent(money(loss, still_open, limit)) is spent


def test_without_a_limit_there_is_no_gate():
    assert loss_limit_rules(money(10**9)) == ()


NO_REASON = ("nothing wins",)


def test_a_no_bet_is_left_as_it_is():
    refused = Verdict(reasons=NO_REASON)

    assert bound_by_loss_limit(refused, money(9000, 0, 100)) == refused


# --- the policies -------------------------------------------------------------------------------

CONTROL = ControlPolicy()
POLICIES = [
    pytest.param(CONTROL, id="control"),
    pytest.param(FilePolicy(KELLY), id="kelly-pure"),
    pytest.param(FilePolicy(EASY), id="gpi-5.1, its gates on value left out"),
]
EDGE = lifted(OPEN, {5: 1.9, 8: 2.2, 9: 2.2})


def seen(state: MoneyState) -> Situation:
    return situation(OPEN, EDGE, money=state)


def stake(verdict: Verdict) -> int:
    return sum(leg.stake_cents for ticket in verdict.tickets for leg in ticket.legs)


def limit_gates(verdict: Verdict) -> list[Gate]:
    return [gate for gate in verdict.gates if gate.gate == GATE]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_slip_that_reaches_the_limit_is_issued_and_its_gate_told(policy):
    wanted = stake(policy.decide(seen(money(700, 300))))
    assert wanted > 0

    verdict = policy.decide(seen(money(700, 300, 1000 + wanted)))

    euros = (1000 + wanted) / 100
    assert stake(verdict) == wanted
    assert limit_gates(verdict) == [
        Gate(gate=GATE, statistic="value", value=euros, threshold=euros, passed=True)
    ]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("over", [1, 50])
def test_no_slip_passes_the_limit_by_a_cent(policy, over):
    wanted = stake(policy.decide(seen(money())))
    limit = 1000 + wanted - over

    verdict = policy.decide(seen(money(700, 300, limit)))

    assert 1000 + stake(verdict) <= limit
    if not verdict.tickets:
        (gate,) = limit_gates(verdict)
        assert (gate.passed, gate.threshold) == (False, limit / 100)
        assert any("votre limite" in reason for reason in verdict.reasons)
        assert verdict.ev is None


@pytest.mark.parametrize("policy", POLICIES)
def test_a_spent_week_has_no_slip(policy):
    verdict = policy.decide(seen(money(5000, 0, 5000)))

    assert verdict.tickets == ()
    assert verdict.reading.runners


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 6000))
def test_the_yardstick_stakes_its_euro_only_where_the_worst_allows_it(loss, still_open, limit):
    verdict = CONTROL.decide(situation(money=money(loss, still_open, limit)))

    assert stake(verdict) == (100 if loss + still_open + 100 <= limit else 0)


def test_no_odds_are_told_that_would_have_changed_a_spent_week():
    spent = seen(money(5000, 0, 5000))

    def untried(_: object) -> None:
        raise AssertionError("nothing is to be estimated")

    assert what_if(CONTROL, spent, CONTROL.decide(spent), untried) is None
