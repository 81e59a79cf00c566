"""The value of bets: states of a field, bets and pools, what comes back, and how sure that is."""

from __future__ import annotations

from hippique.pricing.ordering.front_index import Parts
from hippique.pricing.value.bets import (
    Bet,
    Sharing,
    combinations_of,
    in_front,
    pair_among,
    parts_for,
    top,
    within,
)
from hippique.pricing.value.draws import (
    DRAWS,
    Draws,
    Model,
    drawn_chances,
    draws_of,
    henery_rows,
)
from hippique.pricing.value.expected import Doubt, Ev, Outcome, expected_value
from hippique.pricing.value.field import (
    FieldPrices,
    PoolPrices,
    StakePlan,
    Unsure,
    price_field,
)
from hippique.pricing.value.fronts import Fronts, fronts, overlay
from hippique.pricing.value.payoffs import mean_profits, payoffs
from hippique.pricing.value.pools import BetPool, Ticket

__all__ = [
    "DRAWS",
    "Bet",
    "BetPool",
    "Doubt",
    "Draws",
    "Ev",
    "FieldPrices",
    "Fronts",
    "Model",
    "Outcome",
    "Parts",
    "PoolPrices",
    "Sharing",
    "StakePlan",
    "Ticket",
    "Unsure",
    "combinations_of",
    "drawn_chances",
    "draws_of",
    "expected_value",
    "fronts",
    "henery_rows",
    "in_front",
    "mean_profits",
    "overlay",
    "pair_among",
    "parts_for",
    "payoffs",
    "price_field",
    "top",
    "within",
]
