"""Results: the order of finish with its dead heats, who did not finish, and the dividends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ResultStatus(StrEnum):
    """Only an official order settles."""

    PROVISIONAL = "provisional"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividend:
    """What one combination pays per 1 €, stake included.

    bet: a code of the bet catalogue. rank: `order`, `any_order`, `bonus3`, `bonus4of5`, `1np`,
    `field` … or None. combination: saddle numbers in the page's order. stake_base_eur: the base
    stake that the page prints. label: the page's own words.
    """

    operator: str
    bet: str
    rank: str | None = None
    combination: tuple[int, ...] = ()
    per_euro: float
    stake_base_eur: float | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A bet that an operator paid back whole. bet: a code of the bet catalogue."""

    operator: str
    bet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Order of finish. `order`: places from the first; a dead heat has several numbers in one.

    disqualified and fallen (pulled up included) ran and are not placed; non_runners did not run.
    refunded: whose bets were paid back whole, as the page says it operator by operator.
    """

    status: ResultStatus
    order: tuple[tuple[int, ...], ...] = ()
    non_runners: tuple[int, ...] = ()
    disqualified: tuple[int, ...] = ()
    fallen: tuple[int, ...] = ()
    dividends: tuple[Dividend, ...] = ()
    refunded: tuple[Refund, ...] = ()

    def position(self, number: int) -> int | None:
        """1-based place of a runner; a dead heat shares the better place. None if not placed."""
        place = 1
        for tied in self.order:
            if number in tied:
                return place
            place += len(tied)
        return None


def whole_refunds(dividends: Iterable[Dividend], refunds: Iterable[Refund]) -> tuple[Refund, ...]:
    """The refunds of bets without a dividend: beside one, a page paid back a rank or a horse."""
    paid = {(dividend.operator, dividend.bet) for dividend in dividends}
    return tuple(dict.fromkeys(one for one in refunds if (one.operator, one.bet) not in paid))
