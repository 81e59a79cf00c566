"""Odds to chances by the packages `shin` and `penaltyblog`, field after field."""

from __future__ import annotations

import shin
from penaltyblog.implied import calculate_implied


def shin_loop(fields: list[list[float]]) -> list[list[float]]:
    """Shin's method, compiled (Rust) inside one field."""
    return [shin.calculate_implied_probabilities(odds) for odds in fields]


def penaltyblog_loop(fields: list[list[float]], method: str) -> list[list[float]]:
    """One of penaltyblog's methods."""
    return [calculate_implied(odds, method=method).probabilities for odds in fields]
