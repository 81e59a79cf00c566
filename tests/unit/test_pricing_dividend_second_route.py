"""The simulated racecourse pays its pools in whole cents and fractions, with code of its own.

Every dividend that it pays over some hundred races is computed again from the same pools.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from math import comb

import pytest

from hippique.errors import PoolOutOfRange
from hippique.pricing.dividend import (
    Dividends,
    PayRules,
    combination_dividend,
    dead_heat_dividends,
    gross_return,
    paid,
    place_dividends,
    shared_dividends,
    win_dividend,
)
from hippique.racecourse.crowd import pool_at
from hippique.racecourse.dividends import dividends
from hippique.racecourse.draw import draw_day
from hippique.racecourse.odds import joint_stakes
from hippique.racecourse.rates import SINGLE_BETS, takeout
from hippique.racing.bets import places_paid

DAY = date(2026, 6, 7)
RULES = PayRules(step=0.1, minimum=1.1)  # the simulator's, and nobody's real ones
RANKS = {"order": 1 / 3, "any_order": 2 / 3}  # how the simulator splits its quinté pool

# Paid otherwise than by sharing a profit, so this room has no function for the whole of it; the
# shares of the pool are the simulator's, the dividend from each share is computed here.
OTHER_RULE = {
    "two_of_four": "one dividend for all winning pairs: the net pool over all their stakes",
    "quinte": "two ranks, each a share of the net pool, in equal parts where several win",
}


@pytest.fixture(scope="module")
def pools_paid():
    """(race, operator, bet, rows paid) of every pool; most small days have a dead heat."""
    races = [race for seed in range(2) for race in draw_day(DAY, seed).races()]
    races += [race for seed in range(115) for race in draw_day(DAY, seed, 1).french_races()]
    return [(race, *pool, rows) for race in races for pool, rows in by_pool(race).items()]


def test_every_dividend_of_the_simulator_comes_out_the_same(pools_paid):
    agreed, differing = Counter(), []
    for race, operator, bet, rows in filter(holds_its_winners, pools_paid):
        again = computed(race, operator, bet, rows)
        shown = {(row.rank, row.combination): row.decimes for row in rows}
        agreed[bet] += sum(again.get(name) == decimes for name, decimes in shown.items())
        if again != shown:
            differing.append(f"{race.id} {operator} {bet}: {shown} there, {again} here")

    assert differing == []
    assert agreed.total() > 10_000
    assert set(agreed) == {*SINGLE_BETS, *LIKE_OURS, *OTHER_RULE, "couple_place"}
    common = (*SINGLE_BETS, "couple_win", "couple_place", "trio", *OTHER_RULE)
    assert min(agreed[bet] for bet in common) > 200


def test_the_races_compared_hold_dead_heats_of_every_place_paid(pools_paid):
    orders = {(race.seed, race.key): race.finish.order for race, *_ in pools_paid}.values()
    tied = Counter(
        place for order in orders for place in (1, 2, 3) if len(at_position(order, place)) > 1
    )

    assert len(orders) >= 200
    assert min(tied[place] for place in (1, 2, 3)) >= 10


def test_a_pool_that_does_not_hold_its_winners_stakes_is_refused_here(pools_paid):
    """The simulator draws tickets on each pair apart, so that favourites' may exceed their pool."""
    overfull = [pool for pool in pools_paid if not holds_its_winners(pool)]

    assert len(overfull) < len(pools_paid) / 200
    assert {bet for _, _, bet, _ in overfull} <= {"couple_place", "two_of_four"}
    for race, operator, bet, rows in overfull:
        with pytest.raises(PoolOutOfRange, match="exceed the pool"):
            computed(race, operator, bet, rows)
        assert {row.decimes for row in rows} == {11}  # the minimum there


def holds_its_winners(pool_paid) -> bool:
    _, _, bet, rows = pool_paid
    if bet in SINGLE_BETS or bet == "quinte":
        return True
    return sum(row.stake_cents for row in rows) <= rows[0].pool_cents


def by_pool(race):
    pools = defaultdict(list)
    for row in dividends(race):
        pools[row.operator, row.bet].append(row)
    return pools


def computed(race, operator, bet, rows):
    """(rank, combination) → decimes, from the pool and the order of finish."""
    if bet in SINGLE_BETS:
        names, found = single(race, operator, bet)
        return in_decimes([(None, (number,)) for number in names], found.paid)
    rate = float(takeout(operator, bet, race.id.day))
    pool, stakes = rows[0].pool_cents / 100, [row.stake_cents / 100 for row in rows]
    names = [(row.rank, row.combination) for row in rows]
    if bet == "two_of_four":
        alike = paid(gross_return(pool, sum(stakes), takeout=rate), RULES)
        return in_decimes(names, [alike] * len(rows))
    if bet == "quinte":
        winners = Counter(row.rank for row in rows)
        shares = [pool * RANKS[row.rank] / winners[row.rank] for row in rows]
        return in_decimes(names, paid(gross_return(shares, stakes, takeout=rate), RULES))
    if bet == "couple_place":
        parts = [pair_part(race.finish.order, row.combination) for row in rows]
        found = shared_dividends(pool, stakes, takeout=rate, parts=parts, rules=RULES)
        return in_decimes(names, found.paid)
    return in_decimes(names, LIKE_OURS[bet](pool, stakes, rate).paid)


def in_decimes(names, per_euro):
    return {name: round(float(amount) * 10) for name, amount in zip(names, per_euro, strict=True)}


def one_or_tied(pool, stakes, rate) -> Dividends:
    if len(stakes) == 1:
        return combination_dividend(pool, stakes[0], takeout=rate, rules=RULES)
    return dead_heat_dividends(pool, stakes, takeout=rate, rules=RULES)


LIKE_OURS = dict.fromkeys(["couple_win", "couple_order", "trio", "trio_order"], one_or_tied)


def single(race, operator, bet):
    """The numbers paid, in order of finish, and their dividends."""
    pool = pool_at(race, (operator, bet), race.actual_off)
    rate = float(takeout(operator, bet, race.id.day))
    total = sum(pool.live().values()) / 100
    staked = {number: cents / 100 for number, cents in joint_stakes(race, pool).items()}
    if bet == "place":
        return placed(race, staked, total, rate)
    winners = at_position(race.finish.order, {"win": 1, "show2": 2, "fourth": 4}[bet])
    stakes = [staked[number] for number in winners]
    if len(stakes) == 1:
        return winners, win_dividend(total, stakes[0], takeout=rate, rules=RULES)
    return winners, dead_heat_dividends(total, stakes, takeout=rate, rules=RULES)


def placed(race, staked, total, rate):
    places = places_paid(race.declared)
    groups, before = [], 0
    for tied in race.finish.order:
        if before < places:
            groups.append(tied)
        before += len(tied)
    stakes = [[staked[number] for number in tied] for tied in groups]
    found = place_dividends(total, stakes, takeout=rate, places=places, rules=RULES)
    return [number for tied in groups for number in tied], found


def at_position(order, position):
    """Those who share this position; nobody where too few finished."""
    before = 0
    for tied in order:
        if before < position <= before + len(tied):
            return tied
        before += len(tied)
    return ()


def pair_part(order, pair):
    """A third of the chance that both are among the first three, ties broken by lot."""
    before, chance = 0, 1.0
    for tied in order:
        mine = len(set(tied) & set(pair))
        inside = min(len(tied), max(0, 3 - before))
        chance *= comb(len(tied) - mine, inside - mine) / comb(len(tied), inside) if mine else 1.0
        before += len(tied)
    return chance / 3
