"""The catalogue of bets: a row each. Rules by the number of horses *declared*, never by odds seen.

Sources: decree of 13 September 1985 as amended («inscrits au programme officiel» since 2008);
real ZEturf and PMU dividends. Minimum stakes, steps and takeout are dated configuration, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hippique.errors import UnknownBet

PLACES_PAID = ((8, 3), (4, 2))  # (least declared, places), first match wins


def places_paid(declared: int) -> int:
    """Places that simple placé pays for this many declared horses: 3, 2 or 0 (refunded)."""
    return next((places for least, places in PLACES_PAID if declared >= least), 0)


class Order(StrEnum):
    """Whether the order of the horses on a ticket matters."""

    SINGLE = "single"
    ANY = "any"
    EXACT = "exact"
    BOTH = "both"  # tiercé, quarté+, quinté+: exact and any order pay different dividends


class Wins(StrEnum):
    """When a ticket wins, in words of the order of finish."""

    FIRST = "first"
    PLACED = "placed"  # among the places paid
    SECOND = "second"
    FOURTH = "fourth"
    FIRST_N = "first_n"  # the legs are the first `legs` horses
    TWO_OF_PLACED = "two_of_placed"  # couplé placé
    TWO_OF_FOUR = "two_of_four"
    FIRST_FOUR_AMONG = "first_four_among"  # multi
    RANKED = "ranked"  # national bets and ZE combinations with bonus ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class BetType:
    """One row of the catalogue.

    least_declared: fewer declared horses refund the bet. least_starters: fewer that took part do.
    """

    code: str
    label: str
    legs: int
    order: Order
    wins: Wins
    least_declared: int = 0
    least_starters: int = 0


def _single(code: str, label: str, wins: Wins, *, least_declared: int = 0) -> BetType:
    return BetType(
        code=code, label=label, legs=1, order=Order.SINGLE, wins=wins, least_declared=least_declared
    )


def _first_n(code: str, label: str, legs: int, order: Order) -> BetType:
    return BetType(code=code, label=label, legs=legs, order=order, wins=Wins.FIRST_N)


def _multi(code: str, label: str, legs: int, *, least_starters: int = 8) -> BetType:
    return BetType(
        code=code,
        label=label,
        legs=legs,
        order=Order.ANY,
        wins=Wins.FIRST_FOUR_AMONG,
        least_starters=least_starters,
    )


def _ranked(code: str, label: str, legs: int, order: Order = Order.BOTH) -> BetType:
    return BetType(code=code, label=label, legs=legs, order=order, wins=Wins.RANKED)


_ROWS = (
    _single("win", "Simple gagnant", Wins.FIRST),
    _single("place", "Simple placé", Wins.PLACED, least_declared=4),
    _single("show2", "ZEshow", Wins.SECOND),
    _single("fourth", "ZE couillon", Wins.FOURTH),
    _first_n("couple_win", "Couplé gagnant", 2, Order.ANY),
    _first_n("couple_order", "Couplé ordre", 2, Order.EXACT),
    BetType(
        code="couple_place",
        label="Couplé placé",
        legs=2,
        order=Order.ANY,
        wins=Wins.TWO_OF_PLACED,
        least_declared=8,
    ),
    _first_n("trio", "Trio", 3, Order.ANY),
    _first_n("trio_order", "Trio ordre", 3, Order.EXACT),
    BetType(
        code="two_of_four",
        label="2 sur 4",
        legs=2,
        order=Order.ANY,
        wins=Wins.TWO_OF_FOUR,
        least_starters=5,
    ),
    *(_multi(f"multi{legs}", f"Multi en {legs}", legs) for legs in (4, 5, 6, 7)),
    *(
        _multi(f"mini_multi{legs}", f"Mini multi en {legs}", legs, least_starters=0)
        for legs in (4, 5, 6)
    ),
    _multi("mini_multi", "Mini multi", 4, least_starters=0),
    _ranked("ze4", "ZE 4", 4, Order.ANY),
    _ranked("ze4_order", "ZE 4 ordre", 4, Order.EXACT),
    _ranked("ze5", "ZE 5", 5, Order.ANY),
    _ranked("ze5_order", "ZE 5 ordre", 5, Order.EXACT),
    _ranked("ze234", "ZE 234", 4, Order.ANY),
    _ranked("ze345", "ZE 345", 5, Order.ANY),
    _ranked("tierce", "Tiercé", 3),
    _ranked("quarte", "Quarté+", 4),
    _ranked("quinte", "Quinté+", 5),
    _ranked("pick5", "Pick 5", 5, Order.ANY),
)

CATALOGUE = {row.code: row for row in _ROWS}


def bet_type(code: str) -> BetType:
    """The row of this code. Raises UnknownBet that names the known ones."""
    try:
        return CATALOGUE[code]
    except KeyError:
        known = ", ".join(CATALOGUE)
        raise UnknownBet(f"unknown bet {code!r}; known: {known}", field="bet") from None
