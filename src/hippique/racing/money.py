"""Whole cents in code, euros in JSON: the one door between them."""

from __future__ import annotations

from math import isfinite
from typing import Any

from hippique.errors import InputError

_AMOUNTS = ("stake", "min", "step", "payout", "profit", "staked", "returned", "amount",
            "bankroll", "at_risk", "meeting_staked", "week_staked", "week_loss", "week_open",
            "week_loss_limit")  # fmt: skip


def in_euros(document: Any) -> Any:
    """The document with each `…_cents` amount as `…_eur`, two decimals."""
    return _renamed(document, "_cents", "_eur", lambda cents: round(cents / 100, 2))


def in_cents(document: Any) -> Any:
    """The inverse of `in_euros`. Raises InputError where an amount is no number."""
    return _renamed(document, "_eur", "_cents", _cents)


def _cents(euros: object) -> int:
    if isinstance(euros, bool) or not isinstance(euros, int | float) or not isfinite(euros):
        raise InputError(f"{euros!r:.40} is no amount of euros")
    return round(euros * 100)


def _renamed(document: Any, old: str, new: str, convert: Any) -> Any:
    if isinstance(document, list):
        return [_renamed(item, old, new, convert) for item in document]
    if not isinstance(document, dict):
        return document
    changed = {}
    for key, value in document.items():
        if key.endswith(old) and key.removesuffix(old) in _AMOUNTS:
            changed[key.removesuffix(old) + new] = None if value is None else convert(value)
        else:
            changed[key] = _renamed(value, old, new, convert)
    return changed
