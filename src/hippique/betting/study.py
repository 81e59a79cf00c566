"""The study ticket: the best portfolio that the policy refused, kept and settled on paper only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hippique.betting.slip import Ev, Gate, Ticket, total_stake_cents
from hippique.racing.codec import from_builtins, to_builtins


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What would have been played, its expected profit, and the gates that refused it."""

    tickets: tuple[Ticket, ...]
    stake_cents: int
    ev: Ev | None
    failed: tuple[Gate, ...]


def study_document(
    tickets: Sequence[Ticket], ev: Ev | None, failed: Sequence[Gate]
) -> dict[str, Any] | None:
    """`reading.study` of a no-bet, amounts in cents until it is written; None without tickets.

    Its tickets have the shape of a slip's, so that they are settled by the same rules.
    """
    if not tickets:
        return None
    study = Study(
        tickets=tuple(tickets),
        stake_cents=total_stake_cents(tuple(tickets)),
        ev=ev,
        failed=tuple(gate for gate in failed if not gate.passed),
    )
    document: dict[str, Any] = to_builtins(study)
    return document


def read_study(document: Mapping[str, Any] | None) -> Study | None:
    """The study of a reading as `read_decision` gives it; None where there is none.

    Raises InputError where it is no study.
    """
    return from_builtins(Study, dict(document)) if document else None
