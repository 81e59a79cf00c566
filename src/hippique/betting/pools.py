"""One operator's pools as they are predicted to close, each with how it was made.

Prices come from the operator's own odds. The stakes of pools that show no odds follow the order
model on the shares of that operator's win pool (β = 1, as crowds were measured to bet), with the
residual spread of past dividends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from hippique.betting.crowd import crowd_stakes
from hippique.betting.late_money import LateMoney, late_money, told_late_money
from hippique.betting.policy_file import PricingRules
from hippique.betting.pool_shares import Shares, shares_from_place_odds, shares_from_win_odds
from hippique.betting.priced_pool import Book, PricedPool, bet_on
from hippique.betting.situation import Situation, snapshot_of
from hippique.betting.terms import Terms, bets_of, terms_of
from hippique.pricing.checks import Floats
from hippique.pricing.dividend import PLACE_SHARE_EXPONENT, PayRules, place_share
from hippique.pricing.ordering import henery
from hippique.pricing.value import Bet, BetPool
from hippique.racing.market import Quote, Snapshot

POOL_UNKNOWN = "pool_unknown"
PLACE_FROM_WIN = "place_from_win"
TAKEOUT_SEEN = "takeout_seen"

ASSUMED_POOL_EUR = 5_000.0  # small, so that one's own stake is felt where nobody knows the pool
_TOTAL_SD = 1.1  # a factor of three
_TAKEOUT_SD = 0.01  # of one that is quoted, not seen, and whose row tells no spread
_PLACE_SD = 0.105
_PLACE_FROM_WIN_SD = 0.232
# sd of ln dividend around the order model's on the pool's own shares, other dividends of Hong Kong
# and, for two_of_four and multi, of ZEturf priced by the sum of its pairs.
_RESIDUAL_SD = {
    "couple_win": 0.181,
    "couple_place": 0.185,
    "couple_order": 0.191,
    "trio": 0.282,
    "trio_order": 0.307,
    "two_of_four": 0.371,
    "multi4": 0.371,
}


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Chances that a simulation told, by position, and what late money does to pools then."""

    chances: Floats
    rules: PricingRules


def books_of(
    situation: Situation,
    numbers: Sequence[int],
    bets: Sequence[str],
    told: Told | None = None,
) -> tuple[Book, ...]:
    """A book of every operator that shows win odds, in the bettor's order.

    numbers: the starters, in the order of the positions. bets: those to be priced.
    """
    books = []
    for operator in situation.operators:
        snapshot = snapshot_of(situation.snapshots, terms_of(operator, "win", situation.day).pool)
        if snapshot is not None:
            seen = _seen(situation, operator, snapshot, numbers, told)
            books.append(_book(seen, snapshot, bets))
    return tuple(books)


def _book(seen: _Seen, snapshot: Snapshot, bets: Sequence[str]) -> Book:
    pools, unpriced = {}, {}
    for code in bets:
        made = _priced(seen, code)
        if isinstance(made, str):
            unpriced[code] = made
        else:
            pools[code] = made
    odds = [quote.win for quote in seen.quotes if quote.win]
    return Book(
        operator=seen.operator,
        snapshot=snapshot,
        pools=pools,
        unpriced=unpriced,
        late=seen.late,
        overround=sum(1.0 / one for one in odds) if seen.win else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    # What one operator shows, before the bets are looked at.
    situation: Situation
    operator: str
    quotes: Sequence[Quote]
    win: Shares | None
    late: LateMoney

    @property
    def day(self) -> date:
        return self.situation.day

    @property
    def closing(self) -> Floats:
        """Win shares at the close."""
        assert self.win is not None  # noqa: S101  `_priced` looks first
        moved = self.win.shares * np.exp(self.late.move)
        return np.asarray(moved / moved.sum())


def _seen(
    situation: Situation,
    operator: str,
    snapshot: Snapshot,
    numbers: Sequence[int],
    told: Told | None,
) -> _Seen:
    """What an operator shows of exactly these starters; no win shares where it shows others."""
    quotes = {quote.number: quote for quote in snapshot.starters()}
    held = [quotes[number] for number in numbers if number in quotes]
    same = len(held) == len(numbers) == len(quotes)
    win = shares_from_win_odds(held) if same else None
    late = late_money(snapshot, numbers if win else (), situation.off_time)
    if told is not None and win is not None:
        late = told_late_money(late, win.shares, told.chances, told.rules)
    return _Seen(situation, operator, held, win, late)


def _priced(seen: _Seen, code: str) -> PricedPool | str:
    if code not in bets_of(seen.operator, seen.day):
        return "not offered"
    if seen.win is None:
        return "its win pool does not price every starter"
    bet = bet_on(code, seen.situation.declared, len(seen.quotes))
    if bet is None:
        return "not for this field"
    if code == "win" and _is_coupled(seen):
        return "a coupled entry shows one price for two horses"
    terms = terms_of(seen.operator, code, seen.day)
    made = _SHARES.get(code, _by_model)(seen, code, bet, terms)
    if made.takeout is None:
        return "its takeout is not known"
    return _pool(seen, terms, bet, made)


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    shares: Floats
    takeout: float | None
    made: str
    flags: tuple[str, ...]
    late_sd: Floats
    legs_sd: float


def _by_win_odds(seen: _Seen, code: str, bet: Bet, terms: Terms) -> _Made:
    del code, bet
    assert seen.win is not None  # noqa: S101  `_priced` looks first
    takeout, flags = _takeout(terms, seen.win.takeout)
    return _Made(seen.closing, takeout, "win_odds", flags, seen.late.sd, 0.0)


def _by_place_odds(seen: _Seen, code: str, bet: Bet, terms: Terms) -> _Made:
    """The ranges shown, moved as the win pool is; else the win shares flattened."""
    del code
    shown = shares_from_place_odds(seen.quotes, bet.last, terms.min_dividend)
    late_sd = PLACE_SHARE_EXPONENT * seen.late.sd
    if shown is None:
        flags = (PLACE_FROM_WIN,)
        flat = place_share(seen.closing)
        return _Made(flat, terms.takeout, "win_share", flags, late_sd, _PLACE_FROM_WIN_SD)
    moved = shown.shares * np.exp(PLACE_SHARE_EXPONENT * seen.late.move)
    takeout, seen_too = _takeout(terms, shown.takeout)
    return _Made(moved / moved.sum(), takeout, "place_odds", seen_too, late_sd, _PLACE_SD)


def _by_model(seen: _Seen, code: str, bet: Bet, terms: Terms) -> _Made:
    """Stakes as the order model has them on the pool's own shares."""
    shares = crowd_stakes(henery(seen.closing), bet)
    sd = _RESIDUAL_SD.get(code, max(_RESIDUAL_SD.values()))
    return _Made(shares, terms.takeout, "order_model", (), seen.late.sd, sd)


_SHARES = {"win": _by_win_odds, "place": _by_place_odds}


def _takeout(terms: Terms, seen: float) -> tuple[float | None, tuple[str, ...]]:
    """The dearer of what is written and what the odds show: neither may hide a cost."""
    if terms.takeout is None or seen > terms.takeout:
        return seen, (TAKEOUT_SEEN,)
    return terms.takeout, ()


def _pool(seen: _Seen, terms: Terms, bet: Bet, made: _Made) -> PricedPool:
    unknown = terms.typical_pool_eur is None
    total = ASSUMED_POOL_EUR if terms.typical_pool_eur is None else terms.typical_pool_eur
    takeout = made.takeout or 0.0
    quoted = TAKEOUT_SEEN not in made.flags and "takeout" in terms.unverified
    return PricedPool(
        operator=seen.operator,
        terms=terms,
        pool=BetPool(
            name=f"{seen.operator}:{terms.bet}:",
            bet=bet,
            stakes=total * made.shares,
            takeout=takeout,
            rules=PayRules(step=terms.dividend_step, minimum=terms.min_dividend),
            takeout_sd=(terms.takeout_sd or _TAKEOUT_SD) if quoted and takeout else 0.0,
        ),
        made=made.made,
        flags=(*seen.late.flags, *made.flags, *((POOL_UNKNOWN,) if unknown else ())),
        late_sd=made.late_sd,
        legs_sd=made.legs_sd,
        total_sd=_TOTAL_SD if unknown else 0.0,
    )


def _is_coupled(seen: _Seen) -> bool:
    """PMU pays horses of one owner as one; ZEturf settles each number alone."""
    if not seen.operator.startswith("pmu"):
        return False
    starting = {quote.number for quote in seen.quotes}
    entries = [r.coupling for r in seen.situation.runners_card if r.number in starting]
    named = [entry for entry in entries if entry is not None]
    return len(set(named)) < len(named)
