"""The models of order on the same fields and win chances, and what they learn from the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from finishing.history import Field, Floats
from numpy.typing import NDArray

from hippique.pricing.ordering import Ordering, harville, henery, lbs, stern_of, strengths_batch
from hippique.pricing.ordering.gamma import GammaNoise
from hippique.pricing.win import fit_tempered, win_chances

SHAPES = (4.0, 10.0)
CHUNK = 64  # fields solved together


@dataclass(frozen=True, slots=True)
class Judged:
    """One model on many fields: losses given the winner, and chances of every runner in a row."""

    second: Floats
    both: Floats
    places: Floats  # (runners, 3): chance to be exactly 1st, 2nd, 3rd


def judge(
    fields: Sequence[Field],
    beta: float,
    lambdas: tuple[float, float],
    shapes: Sequence[float] = SHAPES,
) -> dict[str, Judged]:
    """Every model on the same fields and win chances."""
    shares = [chances(field, beta) for field in fields]
    named: dict[str, Callable[[Floats], Ordering]] = {
        "Harville": harville,
        "LBS table": lbs,
        "LBS fitted": lambda win: lbs(win, lambdas),
        "Henery": henery,
    }
    found = {name: scored(fields, map(model, shares)) for name, model in named.items()}
    for shape in shapes:
        found[f"Stern r={shape:g}"] = scored(fields, sterns(shares, shape))
    return found


def sterns(shares: Sequence[Floats], shape: float) -> Iterator[Ordering]:
    """Fields of one size are inverted together: eight times faster than one by one."""
    rates: dict[int, Floats] = {}
    for size in {share.size for share in shares}:
        at = [index for index, share in enumerate(shares) if share.size == size]
        for part in (at[start : start + CHUNK] for start in range(0, len(at), CHUNK)):
            theta = strengths_batch([shares[index] for index in part], GammaNoise(shape), 96)
            rates.update(zip(part, np.exp(-theta), strict=True))
    return (stern_of(rates[index], shape) for index in range(len(shares)))


def scored(fields: Sequence[Field], models: Iterator[Ordering]) -> Judged:
    second, both, exactly = [], [], []
    for field, model in zip(fields, models, strict=True):
        first = np.log(model.win[field.front[0]])
        second.append(first - np.log(model.exacta(*field.front[:2])))
        both.append(first - np.log(model.ordered(field.front)))
        within = [model.top_k(places) for places in (1, 2, 3)]
        exactly.append(np.diff(within, axis=0, prepend=0.0).T)
    return Judged(np.array(second), np.array(both), np.concatenate(exactly))


def chances(field: Field, beta: float) -> Floats:
    return win_chances(field.odds, beta=beta).probabilities


def fitted(past: Sequence[Field]) -> tuple[float, tuple[float, float]]:
    """β of the winners, and λ of 2nd and 3rd: the same fit among those who were left."""
    beta, second, third = (fit_tempered(*padded(past, ahead)).beta for ahead in (0, 1, 2))
    return beta, (second / beta, third / beta)


def padded(
    fields: Sequence[Field], ahead: int
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Odds, who took the next place, and who was left when `ahead` runners were in."""
    wide = (len(fields), max(field.odds.size for field in fields))
    odds, next_in, left = np.ones(wide), np.zeros(wide, bool), np.zeros(wide, bool)
    kept = 0
    for field in fields:
        if field.odds.size - ahead < 2:  # noqa: PLR2004  one runner left says nothing
            continue
        odds[kept, : field.odds.size] = field.odds
        left[kept, : field.odds.size] = True
        left[kept, list(field.front[:ahead])] = False
        next_in[kept, field.front[ahead]] = True
        kept += 1
    return odds[:kept], next_in[:kept], left[:kept]
