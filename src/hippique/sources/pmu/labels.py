"""A race's labels, from PMU's category and the bets it offers."""

from __future__ import annotations

from collections.abc import Iterable

from hippique.sources.pmu import fields


def race_labels(category: str | None, pools: Iterable[str]) -> tuple[str, ...]:
    """Labels like quinte, group1, handicap; pools: codes of the bets, shops' and internet's."""
    labels = ["quinte"] if any(pool.endswith(fields.QUINTE_SIGN) for pool in pools) else []
    rest = category or ""
    for sign, label in fields.CATEGORY_LABELS:
        if sign in rest:
            rest = rest.replace(sign, "")  # GROUPE_I is inside GROUPE_II
            labels.append(label)
    return tuple(labels)
