"""Win chances from the odds of a tote pool, and back."""

from __future__ import annotations

from hippique.pricing.checks import LEAST_RUNNERS
from hippique.pricing.win.batch import win_chances_batch
from hippique.pricing.win.book import book_sum, win_shares
from hippique.pricing.win.chances import (
    BETA,
    BOOK_BELOW_1,
    DROPPED,
    INVALID,
    METHODS,
    Method,
    WinChances,
    WinChancesBatch,
)
from hippique.pricing.win.devig import (
    Missing,
    additive,
    multiplicative,
    power,
    shin,
    tempered,
    win_chances,
)
from hippique.pricing.win.entries import coupled
from hippique.pricing.win.prices import ChanceInterval, chance_interval, odds_from
from hippique.pricing.win.temper import GroupBeta, TemperedFit, fit_tempered

__all__ = [
    "BETA",
    "BOOK_BELOW_1",
    "DROPPED",
    "INVALID",
    "LEAST_RUNNERS",
    "METHODS",
    "ChanceInterval",
    "GroupBeta",
    "Method",
    "Missing",
    "TemperedFit",
    "WinChances",
    "WinChancesBatch",
    "additive",
    "book_sum",
    "chance_interval",
    "coupled",
    "fit_tempered",
    "multiplicative",
    "odds_from",
    "power",
    "shin",
    "tempered",
    "win_chances",
    "win_chances_batch",
    "win_shares",
]
