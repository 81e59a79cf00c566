"""The expected value of a bet or a portfolio, how sure it is, and where it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, Ints
from hippique.pricing.kelly.payoffs import DUST
from hippique.pricing.ordering.front_index import Parts
from hippique.pricing.ordering.orders import Ordering
from hippique.pricing.value.bets import parts_for, settled, settled_on
from hippique.pricing.value.draws import Draws
from hippique.pricing.value.fronts import fronts
from hippique.pricing.value.pools import Ticket, check_rows, gross_dividends, paid_back, row_of

SURE = 1e-12  # a cumulated chance this near below a quantile has reached it


@dataclass(frozen=True, slots=True)
class Doubt:
    """The spread of the mean over the draws; euros but for the chance.

    low, high: 2.5 and 97.5 %; q05, q50: 5 and 50 %. p_positive: share of draws whose mean is above
    0. sd: of all draws; sd_chances: with the payouts fixed at the centre; sd_dividends: with the
    chances fixed there.
    """

    low: float
    q05: float
    q50: float
    high: float
    p_positive: float
    sd: float
    sd_chances: float
    sd_dividends: float
    draws: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may come back, at the centre; euros but for the chances.

    p_loss: less than was staked; p_loss_all: nothing. q05, q50, q95: quantiles of the profit.
    payout_if_paid: what comes back on average when something does, None where nothing can.
    """

    p_loss: float
    p_loss_all: float
    q05: float
    q50: float
    q95: float
    payout_if_paid: float | None


@dataclass(frozen=True, slots=True)
class Ev:
    """Expected profit of some tickets together, euros.

    stake: of all. mean: over the draws; without draws, at the centre. centre: with the chances,
    stakes and takeouts as given. payout: mean + stake. doubt: None without draws.
    lost_to_rounding: of the centre, below 0 where a minimum pays more than the pool would.
    lost_to_own_stake: of the centre, by moving the dividends oneself; None where nobody else is
    on one of the combinations, so that there is no dividend without us.
    """

    stake: float
    mean: float
    centre: float
    payout: float
    outcome: Outcome
    doubt: Doubt | None
    lost_to_rounding: float
    lost_to_own_stake: float | None

    @property
    def per_euro(self) -> float:
        """The mean per euro staked."""
        return self.mean / self.stake


def expected_value(tickets: Sequence[Ticket], ordering: Ordering, draws: Draws | None = None) -> Ev:
    """The expected value of tickets on one field, payouts added state by state.

    All of one's own stakes are in the pools, so two tickets in one pool lower each other.
    draws: those of the field, the same for all its bets; they must hold the fronts and the names
    of these pools. Raises ArgumentOutOfRange (names the ticket), PoolOutOfRange.
    """
    held = _held(tickets, ordering.runners)
    stake = sum(one.ticket.stake for one in held)
    pays = [_pays(one, one.others, np.asarray(one.ticket.pool.takeout)) for one in held]
    chances = {parts: fronts(ordering, parts).chances for parts in {one.parts for one in held}}
    ours = [chances[one.parts][one.states] for one in held]
    centre = sum(float(back @ p) for back, p in zip(pays, ours, strict=True)) - stake
    unrounded = _worth(held, ours, touched=True) - stake
    doubt, mean = None, centre
    if draws is not None:
        doubt, mean = _doubt(held, draws, (pays, ours), stake)
    return Ev(
        stake=stake,
        mean=mean,
        centre=centre,
        payout=mean + stake,
        outcome=_outcome(held, pays, ordering, stake),
        doubt=doubt,
        lost_to_rounding=unrounded - centre,
        lost_to_own_stake=_lost_to_own_stake(held, ours, unrounded + stake),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    # row: of the combination; others: stakes of the pool, those of our other tickets included;
    # states: where it is paid, of the bet's own front.
    ticket: Ticket
    runners: int
    row: int
    others: Floats
    states: Ints

    @property
    def parts(self) -> Parts:
        return self.ticket.pool.bet.parts


def _held(tickets: Sequence[Ticket], runners: int) -> list[_Held]:
    if not tickets:
        raise ArgumentOutOfRange("tickets: none is given")
    pools = {ticket.pool.name: ticket.pool for ticket in tickets}
    own: dict[str, Floats] = {}
    rows = []
    for ticket in tickets:
        pool = ticket.pool
        if pools[pool.name] is not pool:
            raise ArgumentOutOfRange(f"two pools are named {pool.name}")
        check_rows(pool, runners)
        row = row_of(ticket, runners)
        rows.append(row)
        mine = own.setdefault(pool.name, np.zeros_like(pool.stakes))
        if not 0.0 < ticket.stake < np.inf or mine[row] > 0.0:
            raise ArgumentOutOfRange(
                f"ticket {len(rows)} ({pool.name}): stake {ticket.stake} is not positive, "
                "or the combination is played twice"
            )
        mine[row] = ticket.stake
    return [
        _one_held(ticket, runners, row, own[ticket.pool.name])
        for ticket, row in zip(tickets, rows, strict=True)
    ]


def _one_held(ticket: Ticket, runners: int, row: int, own: Floats) -> _Held:
    others = ticket.pool.stakes + own
    others[row] = ticket.pool.stakes[row]
    return _Held(ticket, runners, row, others, settled(ticket.pool.bet, runners).states[row])


def _gross(one: _Held, stakes: Floats, takeout: Floats, own: float) -> Floats:
    # Shape (..., support), or (..., 1) where the dividend is one and the same.
    rows = np.array([one.row])
    bet, mine = one.ticket.pool.bet, np.array([own])
    gross = gross_dividends(bet, one.runners, rows, stakes=stakes, takeout=takeout, own=mine)
    return gross[..., 0, 0, :]


def _pays(one: _Held, stakes: Floats, takeout: Floats) -> Floats:
    own = one.ticket.stake
    pays = paid_back(_gross(one, stakes, takeout, own), np.asarray(own), one.ticket.pool.rules)
    return np.broadcast_to(pays, (*pays.shape[:-1], one.states.size))


def _doubt(
    held: Sequence[_Held],
    draws: Draws,
    centre: tuple[Sequence[Floats], Sequence[Floats]],
    stake: float,
) -> tuple[Doubt, float]:
    means, of_chances, of_dividends = np.full((3, draws.count), -stake)
    for one, pays, ours in zip(held, *centre, strict=True):
        chances, back = _drawn_chances(one, draws), _drawn_pays(one, draws, pays)
        means += (back * chances).sum(axis=1)
        of_chances += chances @ pays
        of_dividends += back @ ours
    low, q05, q50, high = np.quantile(means, (0.025, 0.05, 0.5, 0.975)).tolist()
    doubt = Doubt(
        low=low,
        q05=q05,
        q50=q50,
        high=high,
        p_positive=float((means > 0.0).mean()),
        sd=float(means.std()),
        sd_chances=float(of_chances.std()),
        sd_dividends=float(of_dividends.std()),
        draws=draws.count,
    )
    return doubt, float(means.mean())


def _drawn_chances(one: _Held, draws: Draws) -> Floats:
    rows = draws.chances.get(one.parts)
    if rows is None:
        raise ArgumentOutOfRange(f"draws: no chances for {one.ticket.pool.name} ({one.parts})")
    return rows[:, one.states]


def _drawn_pays(one: _Held, draws: Draws, pays: Floats) -> Floats:
    pool = one.ticket.pool
    stakes, takeouts = draws.stakes.get(pool.name), draws.takeouts.get(pool.name)
    if stakes is None and takeouts is None:
        return np.broadcast_to(pays, (draws.count, pays.size))
    ours = one.others - pool.stakes  # of our other tickets in this pool
    others = np.broadcast_to(one.others, (draws.count, ours.size))
    if stakes is not None:
        others = stakes + ours
    if takeouts is None:
        takeouts = np.full(draws.count, pool.takeout)
    return _pays(one, others, takeouts)


def _outcome(
    held: Sequence[_Held], pays: Sequence[Floats], ordering: Ordering, stake: float
) -> Outcome:
    joint = fronts(ordering, parts_for(one.ticket.pool.bet for one in held))
    back = np.zeros(len(joint.chances))
    for one, each in zip(held, pays, strict=True):
        states, slots = settled_on(one.ticket.pool.bet, one.runners, joint.parts)
        back[states[one.row]] += each[slots[one.row]]
    nothing = float(joint.chances[back < DUST].sum())
    reached = float(joint.chances[back >= DUST].sum())
    q05, q50, q95 = (_quantile(back, joint.chances, q) - stake for q in (0.05, 0.5, 0.95))
    return Outcome(
        p_loss=float(joint.chances[back < stake - DUST].sum()),
        p_loss_all=nothing,
        q05=q05,
        q50=q50,
        q95=q95,
        payout_if_paid=float(back @ joint.chances) / reached if reached > 0.0 else None,
    )


def _quantile(values: Floats, chances: Floats, q: float) -> float:
    ascending = np.argsort(values, kind="stable")
    upto = np.cumsum(chances[ascending])
    at = int(np.searchsorted(upto, q * upto[-1] - SURE))
    return float(values[ascending][at])


def _lost_to_own_stake(
    held: Sequence[_Held], ours: Sequence[Floats], unrounded: float
) -> float | None:
    if any(one.ticket.pool.stakes[one.row] == 0.0 for one in held):
        return None
    return _worth(held, ours, touched=False) - unrounded


def _worth(held: Sequence[_Held], ours: Sequence[Floats], *, touched: bool) -> float:
    # Expected gross payouts, with our money in the pools or as if it were not there.
    total = 0.0
    for one, chances in zip(held, ours, strict=True):
        own, pool = one.ticket.stake, one.ticket.pool
        takeout = np.asarray(pool.takeout)
        gross = (
            _gross(one, one.others, takeout, own)
            if touched
            else _gross(one, pool.stakes, takeout, 0.0)
        )
        total += float((gross * own * chances).sum())
    return total
