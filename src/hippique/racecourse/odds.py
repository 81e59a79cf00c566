"""Odds on the boards: what each pool would pay now, takeout off, rounded down to the decime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from hippique.racecourse.crowd import Pool, PoolName, pool_at
from hippique.racecourse.rates import is_offered, takeout
from hippique.racecourse.simulated import SimulatedRace
from hippique.racing.bets import places_paid

MINIMUM_DECIMES = 11  # 1.10
COUPLED_OPERATORS = ("pmu", "pmu_internet", "genybet")  # ZEturf settles each number alone
REFERENCE_BEFORE_OFF = timedelta(minutes=10)


def win_odds(race: SimulatedRace, name: PoolName, now: datetime) -> dict[int, float]:
    """Decimal odds of a pool that pays one horse; numbers without a stake or withdrawn are absent.

    Horses of one coupled entry show one price for their joint stake where the operator pays
    them as one. Empty where the bet is not offered.
    """
    if not is_offered(*name, race.declared):
        return {}
    pool = pool_at(race, name, now)
    net = (1 - takeout(*name, race.id.day)) * sum(pool.live().values())
    joint = joint_stakes(race, pool)
    # Whole numbers throughout: pages are made by the thousand.
    tenfold, unit = net.numerator * 10, net.denominator
    return {
        number: max(MINIMUM_DECIMES, tenfold // (unit * stake)) / 10
        for number, stake in joint.items()
        if stake
    }


def place_odds(race: SimulatedRace, operator: str, now: datetime) -> dict[int, tuple[float, float]]:
    """Lowest and highest place odds: with the most and the least backed partners placed."""
    if not is_offered(operator, "place", race.declared):
        return {}
    stakes = pool_at(race, (operator, "place"), now).live()
    net = (1 - takeout(operator, "place", race.id.day)) * sum(stakes.values())
    paid = min(places_paid(race.declared), len(stakes))
    by_stake = sorted(stakes.items(), key=lambda item: item[1])
    ranges = {}
    for number, stake in stakes.items():
        others = [other for runner, other in by_stake if runner != number]
        low = _place_decimes(net, stake, others[len(others) - (paid - 1) :], paid)
        high = _place_decimes(net, stake, others[: paid - 1], paid)
        ranges[number] = (low / 10, high / 10)
    return {number: ranges[number] for number, stake in stakes.items() if stake}


def joint_stakes(race: SimulatedRace, pool: Pool) -> dict[int, int]:
    """Stakes behind each number: a coupled entry's together where the operator pays it as one."""
    live = pool.live()
    if pool.operator not in COUPLED_OPERATORS or pool.bet != "win":
        return live
    return {number: sum(live[mate] for mate in mates(race, number, live)) for number in live}


def mates(race: SimulatedRace, number: int, running: dict[int, int]) -> Sequence[int]:
    """The numbers of this horse's coupled entry that run, itself included."""
    coupling = race.entry(number).coupling
    if coupling is None:
        return (number,)
    return tuple(n for n in running if race.entry(n).coupling == coupling)


def reference_at(race: SimulatedRace, now: datetime) -> datetime:
    """The instant of the reference odds: the morning's, and ten minutes before the off once past.

    Before the morning's instant there are none yet: the caller compares. An off that moves later
    leaves them at the ten minutes before the old one, until the new ones come.
    """
    offs = [printed.off_time for printed in race.offs if printed.since <= now] or [race.off_time]
    passed = [off - REFERENCE_BEFORE_OFF for off in offs if off - REFERENCE_BEFORE_OFF <= now]
    return passed[-1] if passed else race.morning_at


def decimes(dividend: Fraction) -> int:
    """A dividend in decimes, rounded down, at least 1.10."""
    return max(MINIMUM_DECIMES, int(dividend * 10))


def _place_decimes(net: Fraction, stake: int, partners: Sequence[int], paid: int) -> int:
    """1 + profit / (paid * stake) in decimes, in whole numbers."""
    if not stake:
        return MINIMUM_DECIMES
    unit = net.denominator * paid * stake
    profit = net.numerator - net.denominator * (stake + sum(partners))
    return max(MINIMUM_DECIMES, 10 * (unit + profit) // unit)
