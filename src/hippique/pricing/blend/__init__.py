"""Chances from several views at once: the conditional logit, and the blend of model and market."""

from hippique.pricing.blend.blend import FLOOR, FLOORED, NO_EARLIER, BlendedChances, blend
from hippique.pricing.blend.draws import draw_coefficients
from hippique.pricing.blend.logit import LogitFit, fit_logit, winner_weights
from hippique.pricing.blend.second_stage import BlendFit, Exponent, fit_blend

__all__ = [
    "FLOOR",
    "FLOORED",
    "NO_EARLIER",
    "BlendFit",
    "BlendedChances",
    "Exponent",
    "LogitFit",
    "blend",
    "draw_coefficients",
    "fit_blend",
    "fit_logit",
    "winner_weights",
]
