"""Stakes: exclusive outcomes in closed form, own stake in a pool, the best whole-step portfolio."""

from hippique.pricing.kelly.cuts import Cuts, Overlay
from hippique.pricing.kelly.exclusive import Stakes, kelly
from hippique.pricing.kelly.levin import LevinStakes, levin, levin_linear
from hippique.pricing.kelly.payoffs import Payoffs
from hippique.pricing.kelly.pool_stake import SingleStake, best_single_stake, single_profit
from hippique.pricing.kelly.portfolio import CapCosts, Holding, Portfolio, best_portfolio

__all__ = [
    "CapCosts",
    "Cuts",
    "Holding",
    "LevinStakes",
    "Overlay",
    "Payoffs",
    "Portfolio",
    "SingleStake",
    "Stakes",
    "best_portfolio",
    "best_single_stake",
    "kelly",
    "levin",
    "levin_linear",
    "single_profit",
]
