"""What this room refuses besides bad fields: entries of long lists, named by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index

import numpy as np

from hippique.errors import ArgumentOutOfRange, PricingError
from hippique.pricing.checks import Bools, Floats


def refuse_entry(wrong: Bools, values: Floats, why: str, kind: type[PricingError]) -> None:
    """Raise `kind` for the first True of `wrong`: `why`, its place counted from 1, its value.

    why: ends in what the entry is ("not finite: point").
    """
    found = np.flatnonzero(wrong)
    if found.size:
        first = int(found[0])
        raise kind(f"{why} {first + 1} ({values[first]})")


def refuse_lengths(**lengths: int) -> None:
    """Raise ArgumentOutOfRange unless all lengths are the same and above 0."""
    told = ", ".join(f"{name} {length}" for name, length in lengths.items())
    if len(set(lengths.values())) > 1:
        raise ArgumentOutOfRange(f"the lengths differ: {told}")
    if not all(lengths.values()):
        raise ArgumentOutOfRange(f"nothing to score: {told}")


def whole(value: int, name: str, *, least: int) -> int:
    """A whole number of at least `least`. Raises ArgumentOutOfRange naming it."""
    try:
        number = index(value)
    except TypeError as error:
        raise ArgumentOutOfRange(f"{name}: {value!r} is not a whole number") from error
    if number < least:
        raise ArgumentOutOfRange(f"{name}: {number} is less than {least}")
    return number


def checked_winners(winners: Sequence[int], runners: int) -> tuple[int, ...]:
    """The positions, from 0, of the winners of a field; several after a dead heat.

    Raises ArgumentOutOfRange: none, not whole, not one of the runners, named twice.
    """
    try:
        chosen = tuple(index(winner) for winner in winners)
    except TypeError as error:
        raise ArgumentOutOfRange(f"winners: {winners!r} are not whole positions") from error
    if not chosen:
        raise ArgumentOutOfRange("winners: no winner")
    for winner in chosen:
        if not 0 <= winner < runners:
            raise ArgumentOutOfRange(f"winner is not a runner: {winner + 1} of {runners}")
    if len(set(chosen)) < len(chosen):
        raise ArgumentOutOfRange(f"a winner is named twice in {[w + 1 for w in chosen]}")
    return chosen
