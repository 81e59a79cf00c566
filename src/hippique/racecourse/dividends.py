"""Pay the pools. Own code on whole cents and fractions, so as not to share the product's mistakes.

Every bet is paid from its own pool. Where horses tie, each strict order that the tie allows
counts alike, and the profit is shared by what each combination wins in them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, permutations, product

from hippique.racecourse.chance import stream
from hippique.racecourse.crowd import closing_shares, pool_at
from hippique.racecourse.odds import decimes, joint_stakes
from hippique.racecourse.rates import SINGLE_BETS, TAKEOUTS, is_offered, takeout
from hippique.racecourse.simulated import SimulatedRace
from hippique.racing.bets import places_paid

Combination = tuple[int, ...]
Ranking = tuple[int, ...]

_TURNOVER_SHARE = {  # of the operator's win pool
    "couple_win": 0.8,
    "couple_place": 0.9,
    "couple_order": 0.5,
    "trio": 0.6,
    "trio_order": 0.4,
    "two_of_four": 1.1,
    "quinte": 3.0,
}
_TASTE = 0.3  # of combination bettors against Harville's formula, in ln


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What one combination pays per euro, in decimes, stake included.

    rank: `order` or `any_order` for the quinté, else None. stake_cents and pool_cents: on this
    combination, and all stakes of the bet less refunds.
    """

    operator: str
    bet: str
    combination: Combination
    decimes: int
    stake_cents: int
    pool_cents: int
    rank: str | None = None

    @property
    def per_euro(self) -> float:
        """Decimal dividend."""
        return self.decimes / 10


@lru_cache(maxsize=256)  # more than the races of a day; keyed by the drawn race itself
def dividends(race: SimulatedRace) -> tuple[Paid, ...]:
    """All dividends of the race, by operator, then bet, then order of finish."""
    rankings = tuple(_rankings(race.finish.order))
    paid: list[Paid] = []
    for row in TAKEOUTS:
        if not is_offered(row.operator, row.bet, race.declared, quinte=race.is_quinte):
            continue
        if row.bet == "quinte":
            paid += _pay_quinte(race, row.operator, rankings)
            continue
        paid += _pay(race, row.operator, row.bet, rankings)
    return tuple(paid)


def _rankings(order: tuple[tuple[int, ...], ...]) -> Iterator[Ranking]:
    """Every strict order that the official one allows."""
    for choice in product(*(tuple(permutations(tied)) for tied in order)):
        yield tuple(number for tied in choice for number in tied)


def _pay(race: SimulatedRace, operator: str, bet: str, rankings: tuple[Ranking, ...]) -> list[Paid]:
    parts = _parts(bet, rankings, places_paid(race.declared))
    pool, stakes = _stakes(race, operator, bet, tuple(parts))
    won = {combination: part for combination, part in parts.items() if stakes[combination]}
    if not won:
        return []  # nobody has it: no dividend is published
    net = pool * (1 - takeout(operator, bet, race.id.day))
    per_euro = share_profit if bet != "two_of_four" else _alike
    amounts = per_euro(net, won, stakes)
    return [
        Paid(
            operator=operator,
            bet=bet,
            combination=combination,
            decimes=decimes(amount),
            stake_cents=stakes[combination],
            pool_cents=pool,
        )
        for combination, amount in amounts.items()
    ]


def share_profit(
    net: Fraction, parts: Mapping[Combination, Fraction], stakes: Mapping[Combination, int]
) -> dict[Combination, Fraction]:
    """Stakes back, then the profit by parts: 1 + profit * part / (all parts * stake), per euro.

    net: the pool less takeout, in cents; a profit below zero gives less than 1.
    """
    profit = net - sum(stakes[combination] for combination in parts)
    whole = sum(parts.values())
    return {
        combination: 1 + profit * part / (whole * stakes[combination])
        for combination, part in parts.items()
    }


def _alike(
    net: Fraction, parts: Mapping[Combination, Fraction], stakes: Mapping[Combination, int]
) -> dict[Combination, Fraction]:
    """2 sur 4 pays one dividend for all its pairs."""
    amount = net / sum(stakes[combination] for combination in parts)
    return dict.fromkeys(parts, amount)


def _parts(bet: str, rankings: tuple[Ranking, ...], places: int) -> dict[Combination, Fraction]:
    """Each winning combination's part of the profit, in order of finish."""
    parts: dict[Combination, Fraction] = {}
    winners = _WINNERS[bet]
    for ranking in rankings:
        won = winners(ranking, places)
        for combination in won:
            name = _named(combination, bet, rankings[0])
            part = Fraction(1, len(won) * len(rankings))
            parts[name] = parts.get(name, Fraction(0)) + part
    return parts


def _named(combination: Combination, bet: str, first: Ranking) -> Combination:
    """One name for a set of horses, whatever tied order it came from."""
    if bet in _ORDERED:
        return combination
    return tuple(sorted(combination, key=first.index))


_ORDERED = frozenset({"couple_order", "trio_order", "quinte_order"})
_WINNERS: dict[str, Callable[[Ranking, int], list[Combination]]] = {
    "win": lambda ranking, _: [ranking[:1]],
    "place": lambda ranking, places: [(number,) for number in ranking[:places]],
    "show2": lambda ranking, _: [ranking[1:2]] if len(ranking) > 1 else [],
    "fourth": lambda ranking, _: [ranking[3:4]] if len(ranking) > 3 else [],  # noqa: PLR2004  4th
    "couple_win": lambda ranking, _: [ranking[:2]],
    "couple_place": lambda ranking, _: list(combinations(ranking[:3], 2)),
    "couple_order": lambda ranking, _: [ranking[:2]],
    "trio": lambda ranking, _: [ranking[:3]],
    "trio_order": lambda ranking, _: [ranking[:3]],
    "two_of_four": lambda ranking, _: list(combinations(ranking[:4], 2)),
}


def _stakes(
    race: SimulatedRace, operator: str, bet: str, wanted: tuple[Combination, ...]
) -> tuple[int, dict[Combination, int]]:
    """All stakes of the bet less refunds, and those on the wanted combinations, in cents."""
    if bet in SINGLE_BETS:
        pool = pool_at(race, (operator, bet), race.actual_off)
        joint = joint_stakes(race, pool)
        return sum(pool.live().values()), {c: joint[c[0]] for c in wanted}
    total = _combination_pool(race, operator, bet)
    shares = closing_shares(race)
    chances = {c: _bettors_chance(c, bet, shares) for c in wanted}
    return total, {c: _tickets(race, operator, bet, c, total * p) for c, p in chances.items()}


def _combination_pool(race: SimulatedRace, operator: str, bet: str) -> int:
    win = sum(pool_at(race, (operator, "win"), race.actual_off).live().values())
    return int(win * _TURNOVER_SHARE[bet])


def _tickets(
    race: SimulatedRace, operator: str, bet: str, combination: Combination, cents: float
) -> int:
    """Stakes on one combination: what its chance would draw, and a taste of its own."""
    rng = stream(race.seed, race.id.day, "tickets", race.key, operator, bet, combination)
    return int(cents * math.exp(min(rng.gauss(-(_TASTE**2) / 2, _TASTE), 0.5)))


def _bettors_chance(combination: Combination, bet: str, shares: Mapping[int, float]) -> float:
    """Share of tickets on a combination, by Harville's formula on the crowd's win shares.

    Pairs for couplé placé and 2 sur 4 are chosen as for couplé gagnant: a ticket names one pair.
    """
    orders = [combination] if bet in _ORDERED else list(permutations(combination))
    return sum(_harville(order, shares) for order in orders)


def _harville(order: Combination, shares: Mapping[int, float]) -> float:
    left, chance = 1.0, 1.0
    for number in order:
        chance *= shares[number] / left
        left -= shares[number]
    return chance


def _pay_quinte(race: SimulatedRace, operator: str, rankings: tuple[Ranking, ...]) -> list[Paid]:
    """Two thirds of the net pool go to any order, one third to the exact one on top of it."""
    pool = _combination_pool(race, operator, "quinte")
    net = pool * (1 - takeout(operator, "quinte", race.id.day))
    firsts = dict.fromkeys(ranking[:5] for ranking in rankings)
    shares = closing_shares(race)
    paid = []
    for rank, part in (("order", Fraction(1, 3)), ("any_order", Fraction(2, 3))):
        names = firsts if rank == "order" else dict.fromkeys(tuple(sorted(f)) for f in firsts)
        staked = {
            name: _tickets(race, operator, rank, name, pool * _quinte_chance(rank, name, shares))
            for name in names
        }
        won = {name: stake for name, stake in staked.items() if stake}
        paid += [
            Paid(
                operator=operator,
                bet="quinte",
                rank=rank,
                combination=name,
                decimes=decimes(net * part / len(won) / stake),
                stake_cents=stake,
                pool_cents=pool,
            )
            for name, stake in won.items()
        ]
    return paid


def _quinte_chance(rank: str, name: Combination, shares: Mapping[int, float]) -> float:
    return _bettors_chance(name, "quinte_order" if rank == "order" else "quinte", shares)
