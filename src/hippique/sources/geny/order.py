"""The order of finish from ranks and incidents, the same for both generations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finisher:
    """One line of an arrival. rank: 1-based as printed; None for unplaced and incidents."""

    number: int
    rank: int | None = None
    disqualified: bool = False
    fallen: bool = False
    non_runner: bool = False


def order_of(finishers: Iterable[Finisher], warnings: list[str]) -> tuple[tuple[int, ...], ...]:
    """Places from the first; equal ranks share one.

    The list stops before a rank that leaves a gap: what follows would stand too far in front.
    """
    ranked: dict[int, list[int]] = {}
    for finisher in finishers:
        if finisher.rank is not None:
            ranked.setdefault(finisher.rank, []).append(finisher.number)
    order: list[tuple[int, ...]] = []
    placed = 0
    for rank in sorted(ranked):
        if rank > placed + 1:
            warnings.append(f"no horse of rank {placed + 1}: ranks from {rank} are left out")
            break
        order.append(tuple(ranked[rank]))
        placed += len(ranked[rank])
    return tuple(order)
