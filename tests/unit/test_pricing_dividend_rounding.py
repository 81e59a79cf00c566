"""From the gross dividend to the money handed over: steps, minima, cents, and the day's rules."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest

from hippique.errors import ArgumentOutOfRange, PoolOutOfRange
from hippique.pricing.dividend import DatedRule, PayRules, in_force, paid, payment

RULES = PayRules()


def test_every_decime_up_to_a_thousand_stays_itself():
    tenths = np.arange(11, 10_001)

    assert paid(tenths / 10, RULES).tolist() == (tenths / 10).tolist()
    assert paid(tenths * 0.1, RULES).tolist() == (tenths / 10).tolist()  # with binary noise


def test_large_dividends_keep_their_decime_too():
    # From 1e7 on, the noise of a double is wider than the slack of 1e-9.
    exact = np.array([12_345_678.9, 5_555_555_555.3, 9_876_543_210.9])

    assert paid(np.nextafter(exact, 0), RULES).tolist() == exact.tolist()


@pytest.mark.parametrize(
    ("step", "minimum", "gross", "expected"),
    [
        pytest.param(0.05, 1.05, [1.04, 1.149999, 7.87], [1.05, 1.1, 7.85], id="five cents"),
        pytest.param(0.01, 1.0, [0.5, 1.019, 1.02], [1.0, 1.01, 1.02], id="cents"),
        pytest.param(0.1, 1.05, [1.0, 1.07, 1.1], [1.05, 1.05, 1.1], id="minimum between"),
        pytest.param(0.3, 1.0, [0.9, 1.2, 1.49], [1.0, 1.2, 1.2], id="no part of 1 €"),
        pytest.param(2.0, 1.0, [3.9, 4.0], [2.0, 4.0], id="whole euros"),
    ],
)  # fmt: skip
def test_steps_and_minima(step, minimum, gross, expected):
    assert paid(gross, PayRules(step, minimum)).tolist() == pytest.approx(expected, abs=1e-15)


def test_a_gross_dividend_that_is_no_number_is_refused():
    with pytest.raises(PoolOutOfRange, match=re.escape("gross (entry 2): gross not finite")):
        paid([1.2, np.inf], RULES)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        pytest.param({"step": 0.0}, "step: 0.0", id="no step"),
        pytest.param({"step": -0.1}, "step: -0.1", id="step below 0"),
        pytest.param({"step": float("nan")}, "step: nan", id="step unknown"),
        pytest.param({"minimum": 0.99}, "minimum: 0.99", id="less than the stake"),
        pytest.param({"minimum": float("inf")}, "minimum: inf", id="no end"),
    ],
)
def test_rules_that_cannot_be(facts, words):
    with pytest.raises(ArgumentOutOfRange, match=re.escape(words)):
        PayRules(**facts)


def test_half_cents_go_to_the_even_cent_as_in_the_ledger():
    # 1.05 on 1.50 € = 157.5 cents; on 0.50 € 52.5; 1.15 on 0.50 € 57.5, though 0.575 is no double.
    assert payment([1.5, 0.5, 0.5], [1.05, 1.05, 1.15]).tolist() == [1.58, 0.52, 0.58]


def test_payment_refuses_by_name():
    with pytest.raises(PoolOutOfRange, match="stake: negative stake"):
        payment(-1.0, 2.0)


# --- what is dated --------------------------------------------------------------------------

OLD, NEW = PayRules(0.1, 1.3), PayRules(0.1, 1.2)
TABLE = (
    DatedRule(since=dt.date(2020, 5, 1), rules=NEW),
    DatedRule(since=dt.date(2010, 1, 1), rules=OLD),
)


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        pytest.param(dt.date(2020, 4, 30), OLD, id="the day before"),
        pytest.param(dt.date(2020, 5, 1), NEW, id="the first day"),
        pytest.param(dt.date(2030, 1, 1), NEW, id="long after"),
    ],
)
def test_rules_in_force_on_a_day(day, rules):
    assert in_force(TABLE, day) == rules


def test_a_day_without_rules_and_a_day_with_two_are_refused():
    with pytest.raises(ArgumentOutOfRange, match="no rule is in force on 2009-12-31"):
        in_force(TABLE, dt.date(2009, 12, 31))
    with pytest.raises(ArgumentOutOfRange, match="same day"):
        in_force([*TABLE, *TABLE], dt.date(2021, 1, 1))
