"""What other policies decide on paper: beside the slip, from the same inputs, on own accounts."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from desks import (
    DAY,
    ODDS,
    OFF,
    R1C1,
    FailingArchive,
    Killed,
    a_race,
    card,
    meeting,
    minutes,
    not_run,
    order,
    programme,
    race_day_bench,
    reading,
    replayed,
    result,
    runners,
)
from hippique.betting.balance import balance_of
from hippique.betting.ledger import ISSUED, Event, shadow_account
from hippique.betting.policy import ControlPolicy, FilePolicy, packaged
from hippique.betting.policy_file import packaged_policy
from hippique.betting.slip import read_decision, write_decision
from hippique.day import addresses
from hippique.day.close import close_day
from hippique.day.corrections import correct_day
from hippique.day.entries import entries_of
from hippique.day.folder import Folder, hash_of
from hippique.day.money import read_money
from hippique.day.outcome import Status
from hippique.day.race_day import decision_of
from hippique.day.run import run_order
from hippique.day.samples import withdraw
from hippique.day.verify import verify_day
from hippique.errors import StoreDamaged
from hippique.racing.card import RaceId, RaceStatus
from hippique.report.ledger import check_ledger, rebuild_ledger
from hippique.runtime.memory import MemoryArchive

H5 = OFF - minutes(5)
KELLY = packaged("kelly-pure")
CONTROL = shadow_account("control")
BOTH = (ControlPolicy(), KELLY)
SHADOW = addresses.shadow(R1C1, "control")


def opened(policy=KELLY, shadows=BOTH, **facts: object):
    """A race in which `kelly-pure` refuses and the yardstick stakes 1 € on the 1."""
    made = replace(race_day_bench(sites=("zeturf",)), policy=policy, shadows=shadows, **facts)
    made.service.schedule(DAY)
    return made


def decide(made, at=H5):
    return run_order(made.at(at).desk, order("H5"))


def decided(**facts: object):
    made = opened(**facts)
    decide(made)
    return made


def ended(made):
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))
    return made


def shadow(made, policy="control"):
    return read_decision(made.archive.read(addresses.shadow(R1C1, policy)))


def events(made, account):
    return [e.event for e in entries_of(made.archive, R1C1) if e.account == account]


def balance(made, account):
    return balance_of(entries_of(made.archive, R1C1), account)


# --- beside the slip ----------------------------------------------------------------------------


def test_each_policy_leaves_its_decision_and_the_slip_is_the_issued_one_s():
    made = decided()

    slip = decision_of(made.archive, R1C1)
    assert (slip.policy, slip.decision, slip.stake_cents) == ("kelly-pure", "no_bet", 0)
    assert (shadow(made).policy, shadow(made).decision) == ("control", "slip")
    assert [(leg.combination, leg.stake_cents) for leg in shadow(made).tickets[0].legs] == [
        ((1,), 100)
    ]
    assert shadow(made, "kelly-pure").decision == "no_bet"
    assert [a for a in made.archive.addresses() if a.endswith("/slip.json")] == [
        f"{R1C1}/H5/slip.json"
    ]


def test_it_is_made_from_the_inputs_and_at_the_instant_of_the_slip():
    made = decided()

    slip = decision_of(made.archive, R1C1)
    for policy in BOTH:
        made_on_paper = shadow(made, policy.name)
        assert made_on_paper.inputs == slip.inputs
        assert made_on_paper.decided_at == slip.decided_at == OFF - minutes(5)
        assert (made_on_paper.mode, made_on_paper.simulated) == (slip.mode, slip.simulated)
        assert made_on_paper.policy_hash == policy.hash
        assert made_on_paper.versions == {
            **slip.versions,
            "policy": f"{policy.name}:{policy.hash}",
        }


def test_it_is_in_the_manifest_and_the_outcome_names_it():
    made = opened()
    outcome = decide(made)

    manifest = json.loads(made.archive.read(f"{R1C1}/H5/manifest.json"))
    for name in ("shadow/control.json", "shadow/kelly-pure.json"):
        assert manifest["files"][name] == hash_of(
            Folder(made.archive, f"{R1C1}/H5"), name
        ).removeprefix("sha256:")
        assert f"{R1C1}/H5/{name}" in outcome.artifacts
    assert verify_day(made.archive, DAY).left_over == ()


def test_a_shadow_that_was_touched_is_found():
    made = decided()
    other = MemoryArchive()
    for address in made.archive.addresses():
        content = made.archive.read(address)
        other.create(address, content.replace(b"1.0", b"9.0") if address == SHADOW else content)

    assert verify_day(other, DAY).touched == (f"{SHADOW}: changed",)


def test_the_policy_in_force_may_be_its_own_shadow():
    made = decided(policy=ControlPolicy(), week_loss_limit_cents=99)

    assert decision_of(made.archive, R1C1).decision == "no_bet"
    assert shadow(made).decision == "slip"
    assert events(made, ISSUED) == []
    assert balance(made, CONTROL).at_risk_cents == 100


def test_without_a_slip_in_time_nothing_is_decided_on_paper():
    made = opened()
    made.site("zeturf").before_answer = lambda _: made.clock.advance_to(OFF)

    assert decide(made).status is Status.LATE
    assert not made.archive.addresses(f"{R1C1}/H5/shadow")
    assert entries_of(made.archive, R1C1) == ()


def test_a_look_decides_nothing_on_paper():
    made = opened()

    run_order(made.at(OFF - minutes(60)).desk, order("H5", due=None))

    assert not [a for a in made.archive.addresses() if "/shadow/" in a]


# --- own accounts -------------------------------------------------------------------------------


def test_each_has_an_account_of_its_own():
    made = decided(policy=ControlPolicy())

    assert balance(made, ISSUED).at_risk_cents == 100
    assert balance(made, CONTROL).at_risk_cents == 100
    assert events(made, shadow_account("kelly-pure")) == []


def test_it_is_settled_with_the_race():
    made = ended(decided())

    assert events(made, CONTROL) == [Event.STAKE, Event.SETTLED]
    assert balance(made, CONTROL).profit_cents == 160  # 1 € at 2.6
    assert balance(made, ISSUED).entries == 0
    rebuild_ledger(made.archive, made.views, made.clock.now())
    assert check_ledger(made.archive, made.views, made.clock.now()) == ()


def test_of_a_race_that_is_not_run_it_is_refunded():
    made = opened()
    made.site("zeturf").show_result(R1C1, not_run("zeturf"))
    decide(made)
    ended(made)

    assert events(made, CONTROL) == [Event.STAKE, Event.REFUNDED]
    assert balance(made, CONTROL).bankroll_cents == 0


def test_a_withdrawn_slip_does_not_release_it():
    made = decided(policy=ControlPolicy())
    withdraw(made.at(OFF - minutes(3)).desk, R1C1, "sous la limite")

    assert events(made, ISSUED) == [Event.STAKE, Event.WITHDRAWN]
    assert balance(made, CONTROL).at_risk_cents == 100
    ended(made)
    assert events(made, ISSUED) == [Event.STAKE, Event.WITHDRAWN]
    assert balance(made, CONTROL).profit_cents == 160
    assert replayed(made).differing == ()


def test_a_corrected_result_reaches_it():
    made = opened()
    other = result("zeturf", ((2,), (1,), (3,), (4,)))
    made.site("zeturf").show_result(R1C1, result("zeturf"), other)
    decide(made)
    ended(made)
    correct_day(made.at(OFF + dt.timedelta(hours=20)).desk, DAY)

    assert events(made, CONTROL) == [Event.STAKE, Event.SETTLED, Event.REVERSED, Event.SETTLED]
    assert balance(made, CONTROL).profit_cents == -100


R1C2, OTHER_OFF = RaceId.parse("2025-10-16/R1C2"), OFF + minutes(30)


def test_the_money_of_a_meeting_and_a_week_is_that_of_each_account():
    made = opened()
    made.site("zeturf").show_programme(
        DAY, programme("zeturf", a_race(1), a_race(2, off=OTHER_OFF))
    )
    horses = runners("zeturf", ODDS)
    second = replace(a_race(2, off=OTHER_OFF, status=RaceStatus.OPEN), runners=horses)
    made.site("zeturf").show_card(R1C2, reading("zeturf", meeting(second), page="race"))
    made.site("zeturf").show_result(R1C1, result("zeturf", ((2,), (1,), (3,), (4,))))
    made.service.schedule(DAY)
    decide(made)
    ended(made)

    run_order(made.at(OTHER_OFF - minutes(5)).desk, order("H5", R1C2))

    accounts = read_money(Folder(made.archive, f"{R1C2}/H5")).accounts
    told = {
        name: (m.meeting_staked_cents, m.week_staked_cents, m.week_loss_cents, m.losses_in_a_row)
        for name, m in accounts.items()
    }
    assert told == {
        ISSUED: (0, 0, 0, 0),
        CONTROL: (100, 100, 100, 1),
        shadow_account("kelly-pure"): (0, 0, 0, 0),
    }


# --- crashes, and what lies there damaged -------------------------------------------------------


def killed(made, at, *, after):
    inside = made.archive
    made.archive = FailingArchive(inside, at, after=after)
    with pytest.raises(Killed):
        decide(made)
    made.archive = inside
    return made


ENDS = [
    ("slip.json", True),
    ("control.json", False),
    ("control.json", True),
    ("kelly-pure.json", False),
    ("kelly-pure.json", True),
    ("entries.json", False),
    ("outcome.json", False),
]


@pytest.mark.parametrize(("at", "after"), ENDS)
@pytest.mark.parametrize("again", [OFF - minutes(3), OFF + minutes(2)], ids=["in time", "past off"])
def test_a_retry_decides_the_same_on_paper_as_if_nobody_had_died(at, after, again):
    whole = decided()
    made = opened()
    pages = [card("zeturf", {n: o + turn for n, o in ODDS.items()}) for turn in range(5)]
    made.site("zeturf").show_card(R1C1, card("zeturf"), *pages)
    killed(made, at, after=after)

    assert decide(made, again).status is Status.DONE
    for name in ("slip.json", "shadow/control.json", "shadow/kelly-pure.json", "entries.json"):
        address = f"{R1C1}/H5/{name}"
        assert made.archive.read(address) == whole.archive.read(address)
    assert replayed(made).differing == ()
    assert verify_day(made.archive, DAY).ok


def test_a_second_delivery_decides_nothing_more():
    made = decided()
    before = made.archive.addresses()

    decide(made, OFF - minutes(4))

    assert made.archive.addresses() == before
    assert events(made, CONTROL) == [Event.STAKE]


DAMAGES = {"cut off": b"{", "empty": b"", "no text": b"\xff", "no decision": b"{}", "a list": b"[]"}


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_one_that_a_dead_worker_left_is_told_by_its_name(content):
    made = killed(opened(), "slip.json", after=True)
    made.archive.create(SHADOW, content)

    with pytest.raises(StoreDamaged, match=SHADOW):
        decide(made, OFF - minutes(4))


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_slip_that_a_dead_worker_left_is_told_by_its_name(content):
    made = killed(opened(), "money.json", after=True)
    made.archive.create(f"{R1C1}/H5/slip.json", content)

    with pytest.raises(StoreDamaged, match=f"{R1C1}/H5/slip.json"):
        decide(made, OFF - minutes(4))


def test_a_damaged_one_is_told_by_its_name_when_the_race_is_settled():
    made = decided()
    made.archive = changed(made.archive, SHADOW, b"{")

    with pytest.raises(StoreDamaged, match=SHADOW):
        ended(made)


def changed(archive, address, content):
    other = MemoryArchive()
    for known in archive.addresses():
        other.create(known, content if known == address else archive.read(known))
    return other


# --- replay -------------------------------------------------------------------------------------


def test_a_replay_compares_every_one_of_them():
    made = ended(decided())

    found = replayed(made)

    assert {SHADOW, addresses.shadow(R1C1, "kelly-pure")} <= {one.address for one in found.compared}
    assert found.differing == ()


def test_a_replay_finds_one_that_its_inputs_do_not_give():
    made = decided()
    forged = replace(shadow(made), decision="no_bet", tickets=(), stake_cents=0)
    made.archive = changed(made.archive, SHADOW, write_decision(forged))

    assert replayed(made).differing == (SHADOW,)


def test_a_replay_of_other_code_looks_past_the_versions_alone():
    made = decided()
    older = replace(shadow(made), versions={"code": "before", "policy": "control:0"})
    made.archive = changed(made.archive, SHADOW, write_decision(older))

    assert replayed(made).differing == ()


def test_a_replay_without_the_policies_of_then_says_so():
    made = decided()
    made.shadows = (ControlPolicy(),)

    assert replayed(made).differing == (addresses.shadow(R1C1, "kelly-pure"),)


def test_an_older_day_without_any_is_replayed_alike():
    made = decided(shadows=())
    made.shadows = BOTH

    assert replayed(made).differing == ()


def test_the_closed_day_is_whole():
    made = ended(decided())
    for task in made.queue.live():
        made.queue.cancel(task.name)

    assert close_day(made.at(OFF + dt.timedelta(hours=9)).desk, DAY) is not None
    found = verify_day(made.archive, DAY)
    assert (found.sealed, found.touched, found.left_over) == (True, (), ())


def test_another_policy_s_money_does_not_move_the_issued_decision():
    alone, beside = decided(policy=ControlPolicy(), shadows=()), decided(policy=ControlPolicy())
    for made in (alone, beside):
        ended(made)

    one, two = decision_of(alone.archive, R1C1), decision_of(beside.archive, R1C1)
    assert replace(one, inputs={}) == replace(two, inputs={})
    assert balance(alone, ISSUED) == balance(beside, ISSUED)


def test_a_policy_of_another_name_has_another_account():
    named = FilePolicy(replace(packaged_policy("control"), name="mine"))
    made = ended(decided(shadows=(ControlPolicy(), named)))

    assert balance(made, shadow_account("mine")).profit_cents == 160
    assert balance(made, CONTROL).profit_cents == 160
