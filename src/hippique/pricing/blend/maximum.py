"""Data that no finite coefficients fit best: said by name, never answered by a huge number.

A finite maximum is missing when some direction raises or keeps every winner against everybody in
its field (Albert & Anderson 1984), and is not unique when a direction changes nothing at all.
"""

from __future__ import annotations

import numpy as np

from hippique.errors import NoSolution
from hippique.pricing.blend.rows import GroupedRows
from hippique.pricing.checks import Bools, Floats, Ints

CONSTANT = 1e-12  # spread of a column against its size: below this it is rounding
SINGULAR = 1e-13  # least eigenvalue of a matrix of ones on its diagonal
NAMED_SHARE = 1e-3  # columns with at least this share of a direction are named
DIRECTION_SLACK = 1e-6  # what rounding and the last terms of e^-t leave of a number that is 0


def refuse_flat(rows: GroupedRows, curvature: Floats) -> None:
    """Raise NoSolution where a column, or a mix of columns, changes no chance anywhere.

    curvature: (p, p), information plus penalty, at a point where no chance is extreme.
    """
    constant = constant_columns(rows, curvature)
    if constant.any():
        raise NoSolution(
            "no finite maximum that is unique: constant within every group: "
            + named(rows.names, constant)
        )
    values, vectors = np.linalg.eigh(scaled(curvature))
    if values[0] < SINGULAR:
        raise NoSolution(
            "no finite maximum that is unique: collinear within the groups: "
            + named(rows.names, large(vectors[:, 0]))
        )


def is_flat(rows: GroupedRows, curvature: Floats) -> bool:
    """Whether `refuse_flat` would raise."""
    if not np.isfinite(curvature).all() or constant_columns(rows, curvature).any():
        return True
    return not float(np.linalg.eigvalsh(scaled(curvature))[0]) >= SINGULAR


def constant_columns(rows: GroupedRows, curvature: Floats) -> Bools:
    """The columns whose spread inside the groups is rounding, and that no penalty holds; (p,)."""
    size = np.full(rows.columns.shape[1], rows.largest)  # a bound, nearly always enough
    if (np.diag(curvature) <= rows.groups * (CONSTANT * size) ** 2).any():
        size = np.abs(rows.columns).max(axis=0)
    return np.asarray(np.diag(curvature) <= rows.groups * (CONSTANT * size) ** 2)


def is_singular(curvature: Floats, scale: Floats) -> bool:
    """Whether a direction has lost its curvature; scale: (p,), as it was at the start."""
    if not np.isfinite(curvature).all():
        return True
    return bool(np.linalg.eigvalsh(curvature / np.outer(scale, scale))[0] <= SINGULAR)


def refuse_separable(rows: GroupedRows, directions: list[Floats], scale: Floats) -> None:
    """Raise NoSolution if one of the directions (p,) raises or keeps every winner."""
    for direction in directions:
        share = np.abs(direction * scale)
        clean = np.where(share >= DIRECTION_SLACK * share.max(), direction, 0.0)
        if separates(rows, clean):
            refuse_direction(rows, clean, scale)


def refuse_direction(rows: GroupedRows, direction: Floats, scale: Floats) -> None:
    """Raise NoSolution, naming the columns of a direction along which the likelihood rises on."""
    raise NoSolution(
        "no finite maximum: the winners are separated by "
        + named(rows.names, large(direction * scale))
        + "; leave it out or fit with a ridge"
    )


def separates(rows: GroupedRows, direction: Floats) -> bool:
    """Whether going along `direction` raises or keeps each winner against everybody, some strictly.

    Winners of one dead heat must stay level. Each contrast is judged against its own size, so that
    one large outlier does not hide the contrary groups.
    """
    if not (np.isfinite(direction).all() and direction.any()):
        return False
    winners = first_winners(rows)
    contrasts = rows.columns - np.repeat(rows.columns[winners], np.diff(rows.starts), axis=0)
    moves = contrasts @ direction
    slack = DIRECTION_SLACK * (np.abs(contrasts) @ np.abs(direction))
    allowed = np.where(rows.weights > 0.0, np.abs(moves) <= slack, moves <= slack)
    return bool(allowed.all() and (moves < -slack).any())


def first_winners(rows: GroupedRows) -> Ints:
    """The row of the first winner of each group; shape (groups,)."""
    winning = np.flatnonzero(rows.weights > 0.0)
    return np.asarray(winning[np.searchsorted(winning, rows.starts[:-1])])


def scaled(matrix: Floats) -> Floats:
    """With ones on its diagonal."""
    root = np.sqrt(np.diag(matrix))
    return np.asarray(matrix / np.outer(root, root))


def large(direction: Floats) -> Bools:
    """The columns that matter in a direction."""
    share = np.abs(direction)
    return np.asarray(share >= NAMED_SHARE * share.max())


def named(names: tuple[str, ...], chosen: Bools) -> str:
    """The chosen columns, for a message."""
    return ", ".join(name for name, is_chosen in zip(names, chosen, strict=True) if is_chosen)
