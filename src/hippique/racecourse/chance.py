"""Randomness of the simulation: one independent stream for each (seed, day, purpose)."""

from __future__ import annotations

import random
from datetime import date


def stream(seed: int, day: date, *purpose: object) -> random.Random:
    """A stream of its own for this purpose, so that no value depends on the order of queries.

    The seed is a text: Python hashes it with SHA-512, the same on every system.
    """
    text = "|".join((str(seed), day.isoformat(), *map(str, purpose)))
    return random.Random(text)  # noqa: S311  a simulation must repeat itself; no secret hangs on it
