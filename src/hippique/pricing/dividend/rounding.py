"""From a gross dividend to the one that is paid, and from that to the money handed over.

Step and minimum are settings of an operator, a bet and a day; the caller brings them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Bools, Floats
from hippique.pricing.dividend.doors import checked_stakes, finite

SLACK = 1e-9  # a dividend this near below a step counts as that step
_LEAST_STEP = 1e-4  # far wider than the slack
_NOISE_ULPS = 4.0  # of the gross dividend itself: beyond 1e6 they are wider than the slack


@dataclass(frozen=True, slots=True)
class PayRules:
    """How a gross dividend becomes the one paid, per 1 €, stake included.

    step: dividends are multiples of it, rounded down. minimum: never less is paid; it need not
    be a multiple of the step. Raises ArgumentOutOfRange.
    """

    step: float = 0.1
    minimum: float = 1.1

    def __post_init__(self) -> None:
        if not _LEAST_STEP <= self.step < np.inf:
            raise ArgumentOutOfRange(f"step: {self.step} is not above 0, or finer than any coin")
        if not 1.0 <= self.minimum < np.inf:
            raise ArgumentOutOfRange(f"minimum: {self.minimum} is less than 1, the stake itself")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRule:
    """The rules of one operator's bet from a day on, until a later row."""

    since: date
    rules: PayRules


def in_force(rows: Iterable[DatedRule], day: date) -> PayRules:
    """The rules in force on this day, of the rows of one operator's bet, in any order.

    Raises ArgumentOutOfRange where no row has begun, or two begin on the same day.
    """
    table = list(rows)
    days = [row.since for row in table]
    if len(set(days)) < len(days):
        raise ArgumentOutOfRange(f"two rules begin on the same day in {sorted(map(str, days))}")
    begun = [row for row in table if row.since <= day]
    if not begun:
        raise ArgumentOutOfRange(f"no rule is in force on {day}; the table begins later")
    return max(begun, key=lambda row: row.since).rules


def paid(gross: ArrayLike, rules: PayRules) -> Floats:
    """The dividends paid: down to the step, then not below the minimum.

    gross: per 1 €, any shape, finite; below 0 where a pool lacks the money. A value within 1e-9
    below a step counts as that step, so that 2.3 stays 2.3. Raises PoolOutOfRange.
    """
    return np.asarray(np.maximum(_down(finite(gross, "gross"), rules.step), rules.minimum))


def is_minimum(gross: ArrayLike, rules: PayRules) -> Bools:
    """Where the minimum replaces a smaller dividend. Raises PoolOutOfRange."""
    return np.asarray(_down(finite(gross, "gross"), rules.step) < rules.minimum)


def payment(stake: ArrayLike, dividend: ArrayLike) -> Floats:
    """Euros paid for stakes in euros at these dividends, to the cent.

    Exact halves of a cent go to the even cent, as the ledger rounds them; they need a dividend
    in hundredths (1.05 on 1.50 €). Raises PoolOutOfRange.
    """
    cents = checked_stakes(stake, "stake") * checked_stakes(dividend, "dividend") * 100.0
    halves = np.rint(cents * 2.0)
    is_half = np.abs(cents * 2.0 - halves) < 1e-6  # noqa: PLR2004  binary noise, not money
    return np.asarray(np.rint(np.where(is_half, halves / 2.0, cents)) / 100.0)


def _down(gross: Floats, step: float) -> Floats:
    raised = gross + np.maximum(SLACK, _NOISE_ULPS * np.spacing(np.abs(gross)))
    per_euro = np.rint(1.0 / step)
    if abs(per_euro * step - 1.0) < SLACK:
        # Dividing a whole number gives the double nearest to 2.3; 23 * 0.1 does not.
        return np.asarray(np.floor(raised * per_euro) / per_euro)
    return np.asarray(np.floor(raised / step) * step)
