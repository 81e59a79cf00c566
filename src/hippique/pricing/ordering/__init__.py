"""Orders of finish: one object, four models of it, and the tables of all sets and orders."""

from __future__ import annotations

from hippique.pricing.ordering.counts import poisson_binomial
from hippique.pricing.ordering.discounted import harville, lbs
from hippique.pricing.ordering.front_index import DEEPEST, Parts, fronts_of
from hippique.pricing.ordering.gamma_times import stern, stern_of, stern_rates
from hippique.pricing.ordering.index import order_row, orders_of, set_row, sets_of
from hippique.pricing.ordering.normal_times import henery, henery_of
from hippique.pricing.ordering.orders import Ordering, OrderLaw
from hippique.pricing.ordering.place_odds import PlaceChances, place_chances_from_odds, shifted
from hippique.pricing.ordering.strengths import BULK_NODES, strengths, strengths_batch

__all__ = [
    "BULK_NODES",
    "DEEPEST",
    "OrderLaw",
    "Ordering",
    "Parts",
    "PlaceChances",
    "fronts_of",
    "harville",
    "henery",
    "henery_of",
    "lbs",
    "order_row",
    "orders_of",
    "place_chances_from_odds",
    "poisson_binomial",
    "set_row",
    "sets_of",
    "shifted",
    "stern",
    "stern_of",
    "stern_rates",
    "strengths",
    "strengths_batch",
]
