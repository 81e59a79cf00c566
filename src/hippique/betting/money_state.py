"""What has been staked and lost before a race: the money gates of a policy look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hippique.betting.balance import in_order
from hippique.betting.ledger import ISSUED, Book, Entry, Event
from hippique.racing.card import RaceId

DEFAULT_BANKROLL_CENTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyState:
    """Whole cents, this race not counted. Weeks begin on Monday, in Paris.

    meeting_staked_cents: slips of this meeting. week_staked_cents: slips of this week.
    week_loss_cents: what the week's settled slips have lost, never below 0. losses_in_a_row: the
    newest losing slips of this Paris day. at_risk_cents: stakes of slips that are not settled;
    week_open_cents: those of this week's races. week_loss_limit_cents: the most that the bettor
    allows the week to lose, None where he set no limit.
    """

    meeting_staked_cents: int = 0
    week_staked_cents: int = 0
    week_loss_cents: int = 0
    losses_in_a_row: int = 0
    at_risk_cents: int = 0
    bankroll_cents: int = DEFAULT_BANKROLL_CENTS
    week_open_cents: int = 0
    week_loss_limit_cents: int | None = None


def money_before(
    entries: Iterable[Entry],
    race: RaceId,
    now: datetime,
    bankroll_cents: int = DEFAULT_BANKROLL_CENTS,
    account: str = ISSUED,
) -> MoneyState:
    """The state before a slip on this race, from the entries known by then.

    entries: of the week's races at least, of any account and order. Slips withdrawn count for
    nothing; a slip that was refunded is no loss and ends no row of losses.
    """
    known = [(RaceId.parse(e.race), e) for e in entries if e.account == account and e.at <= now]
    others = [(of, entry) for of, entry in known if of != race]
    monday = week_of(race.day)
    week = [e for of, e in others if monday <= of.day < monday + timedelta(days=7)]
    meeting = [e for of, e in others if (of.day, of.key.meeting) == (race.day, race.key.meeting)]
    return MoneyState(
        meeting_staked_cents=_staked(meeting),
        week_staked_cents=_staked(week),
        week_loss_cents=max(0, sum(entry.amount_in(Book.RESULT) for entry in week)),
        losses_in_a_row=_losses_in_a_row([entry for _, entry in others], race.day),
        at_risk_cents=sum(entry.amount_in(Book.AT_RISK) for _, entry in others),
        bankroll_cents=bankroll_cents,
        week_open_cents=sum(entry.amount_in(Book.AT_RISK) for entry in week),
    )


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _staked(entries: Sequence[Entry]) -> int:
    events = {Event.STAKE, Event.WITHDRAWN}
    return sum(entry.amount_in(Book.AT_RISK) for entry in entries if entry.event in events)


def _losses_in_a_row(entries: Sequence[Entry], day: date) -> int:
    """A race's result is that of all its entries: a reversal takes back what it reverses."""
    results: dict[str, int] = {}
    for entry in in_order(e for e in entries if e.event in _SETTLING):
        if RaceId.parse(entry.race).day == day:
            before = results.pop(entry.race, 0)  # back to the end: it was settled anew
            results[entry.race] = before + entry.amount_in(Book.RESULT)
    told = [lost for lost in results.values() if lost != 0]  # 0: refunded, or stakes back
    return next((n for n, lost in enumerate(reversed(told)) if lost < 0), len(told))


_SETTLING = frozenset({Event.SETTLED, Event.REVERSED})
