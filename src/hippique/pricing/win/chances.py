"""What a conversion of odds returns: the chances, how they were made, and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Bools, Floats

Method = Literal["multiplicative", "tempered", "power", "shin", "additive"]
METHODS: tuple[Method, ...] = get_args(Method)

# Closing odds: 1.074 on 6,931 French fields, 1.063 on 13,283 of Hong Kong (`fit_tempered`).
BETA = 1.07

BOOK_BELOW_1 = "book below 1"
INVALID = "invalid"
DROPPED = "runners dropped"

BOOK_SLACK = 1e-12  # seven odds of 7 sum to 1 - 2e-16: a fair book, not one below 1


@dataclass(frozen=True, slots=True, eq=False)
class WinChances:
    """The chances of one field to win.

    method: who says so. parameters: "beta" (tempered), "k" (power) or "z" (Shin), else empty.
    overround: the book sum Σ 1/odds. probabilities: shape (runners,), sum 1, read-only.
    runners: the position (from 0) of each of them in the odds given; all of them, unless some were
    dropped. flags: "book below 1", "invalid" (a negative value among the probabilities: additive
    only), "runners dropped".
    """

    method: Method
    parameters: Mapping[str, float]
    overround: float
    probabilities: Floats
    runners: tuple[int, ...]
    flags: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class WinChancesBatch:
    """The chances of many fields, one a row; read-only arrays.

    parameters, overround: shape (rows,) each, as in `WinChances`. probabilities: shape (rows,
    width), every row sums to 1, 0 where there is no runner. mask: shape (rows, width), True where
    there is one. flags: "book below 1" and "invalid", shape (rows,) each.
    """

    method: Method
    parameters: Mapping[str, Floats]
    overround: Floats
    probabilities: Floats
    mask: Bools
    flags: Mapping[str, Bools]


def checked_method(method: str) -> Method:
    """The method of this name. Raises ArgumentOutOfRange."""
    for known in METHODS:
        if method == known:
            return known
    raise ArgumentOutOfRange(f"method: {method!r} is not one of {', '.join(METHODS)}")


def checked_beta(method: Method, beta: float | None) -> float:
    """The exponent of a method: 1.07 where the tempered one has none given, else 1.

    Raises ArgumentOutOfRange: not a positive finite number, or given to a method without one.
    """
    if method != "tempered":
        if beta is not None:
            raise ArgumentOutOfRange(f"beta: the {method} method has none; tempered has")
        return 1.0
    value = BETA if beta is None else float(beta)
    if not 0.0 < value < float("inf"):  # a NaN fails too
        raise ArgumentOutOfRange(f"beta: {value} is not a positive finite number")
    return value
