"""What a runbook found: the likely cause, how sure it is, and the safe fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SURE = 0.95
LIKELY = 0.8
POSSIBLE = 0.5
MOST_LINES = 5


class Runbook(StrEnum):
    """The guide's eight incidents, and three more."""

    SCHEDULE = "schedule_did_not_run"
    MASS_FAILURE = "mass_failure"
    SATURATED = "queue_saturated"
    DOWN = "service_down"
    DENIED = "permission_denied"
    NOT_EXECUTED = "tasks_not_executed"
    PARSING = "parsing_fails"
    MODULE = "module_missing"
    CLOCK = "wrong_clock"
    ROBOTS = "robots_refusal"
    DISK = "disk_full"


class Action(StrEnum):
    """What the doctor can do itself, once it was allowed to. It never purges."""

    SCHEDULE = "schedule"
    RESUME = "resume"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One incident. confidence: 0 to 1, how sure the cause is. fix: the sentence for a person.

    actions: the part of the fix that the doctor can do itself.
    """

    runbook: Runbook
    cause: str
    confidence: float
    evidence: tuple[str, ...]
    fix: str
    actions: tuple[Action, ...] = ()


def some(lines: Iterable[str]) -> tuple[str, ...]:
    """The first lines, and how many more there are."""
    told: Sequence[str] = tuple(lines)
    rest = len(told) - MOST_LINES
    return (*told[:MOST_LINES], *([f"and {rest} more"] if rest > 0 else []))
