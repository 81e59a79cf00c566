"""Dividends after takeout, rounding and one's own stake. Euros; per 1 €, stake included.

The public names are these; the modules behind them may move.
"""

from __future__ import annotations

from hippique.pricing.dividend.cases import (
    MINIMUM_PAID,
    MINUS_POOL,
    OWN_MONEY_ONLY,
    Dividends,
    combination_dividend,
    dead_heat_dividends,
    place_dividends,
    shared_dividends,
    win_dividend,
)
from hippique.pricing.dividend.dead_heat import DeadHeat, place_parts
from hippique.pricing.dividend.joint import expected_return
from hippique.pricing.dividend.pools import gross_return, net_profit, net_returns
from hippique.pricing.dividend.rounding import (
    DatedRule,
    PayRules,
    in_force,
    is_minimum,
    paid,
    payment,
)
from hippique.pricing.dividend.unseen import (
    PLACE_SHARE_EXPONENT,
    Coefficient,
    PoolModel,
    fit_pool,
    place_share,
    predict,
    stake_share_from_dividend,
)

__all__ = [
    "MINIMUM_PAID",
    "MINUS_POOL",
    "OWN_MONEY_ONLY",
    "PLACE_SHARE_EXPONENT",
    "Coefficient",
    "DatedRule",
    "DeadHeat",
    "Dividends",
    "PayRules",
    "PoolModel",
    "combination_dividend",
    "dead_heat_dividends",
    "expected_return",
    "fit_pool",
    "gross_return",
    "in_force",
    "is_minimum",
    "net_profit",
    "net_returns",
    "paid",
    "payment",
    "place_dividends",
    "place_parts",
    "place_share",
    "predict",
    "shared_dividends",
    "stake_share_from_dividend",
    "win_dividend",
]
