"""Coupled entries: several runners that pay as one show one price for their joint stake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, OddsOutOfRange
from hippique.pricing.checks import Floats, checked_finite, checked_odds, checked_runners
from hippique.pricing.win.chances import WinChances
from hippique.pricing.win.devig import win_chances


def coupled(
    odds: ArrayLike,
    entries: Sequence[Sequence[int]],
    weights: ArrayLike,
    method: str = "tempered",
    *,
    beta: float | None = None,
) -> WinChances:
    """Win chances of every runner where some share one price.

    odds: shape (runners,), the shared price at each member of an entry. entries: positions (from
    0) of the members of each; a runner in none is an entry of its own. weights: shape (runners,),
    at least 0, a model's chances: they split an entry's chance among its members, in proportion,
    and are not read elsewhere. method, beta: as `win_chances`. The price of an entry counts once in
    the overround. Raises OddsOutOfRange: members with different prices, named; FieldTooSmall: fewer
    than two entries in all; ArgumentOutOfRange; else as `win_chances`.
    """
    prices = checked_odds(odds)
    groups = _checked_entries(entries, prices)
    split = _split(weights, groups, prices.size)
    heads = np.ones(prices.size, dtype=np.bool_)
    head_of = np.arange(prices.size)
    for group in groups:
        heads[list(group[1:])] = False
        head_of[list(group)] = group[0]
    joint = win_chances(prices[heads], method, beta=beta)
    spread = np.zeros(prices.size)
    spread[heads] = joint.probabilities
    chances = spread[head_of] * split
    chances.flags.writeable = False
    return replace(joint, probabilities=chances, runners=tuple(range(prices.size)))


def _checked_entries(
    entries: Sequence[Sequence[int]], prices: Floats
) -> tuple[tuple[int, ...], ...]:
    groups = tuple(checked_runners(entry, prices.size) for entry in entries)
    checked_runners([runner for group in groups for runner in group], prices.size)
    for group in groups:
        if not group:
            raise ArgumentOutOfRange("entries: an entry without a runner")
        _refuse_prices(group, prices)
    return groups


def _refuse_prices(group: tuple[int, ...], prices: Floats) -> None:
    for runner in group:
        if prices[runner] != prices[group[0]]:
            raise OddsOutOfRange(
                f"runner {runner + 1}: odds {prices[runner]} differ from the {prices[group[0]]} of "
                f"runner {group[0] + 1} in the same entry; coupled runners show one price"
            )


def _split(weights: ArrayLike, groups: tuple[tuple[int, ...], ...], count: int) -> Floats:
    values = checked_finite(weights, "weights")
    if values.size != count:
        raise ArgumentOutOfRange(f"weights: {values.size} of them for {count} runners")
    if (values < 0.0).any():
        raise ArgumentOutOfRange(f"weights: runner {int(values.argmin()) + 1} has one below 0")
    split = np.ones(count)
    for group in groups:
        members = list(group)
        total = values[members].sum()
        if total <= 0.0:
            raise ArgumentOutOfRange(f"weights: all 0 in the entry {[r + 1 for r in members]}")
        split[members] = values[members] / total
    return split
