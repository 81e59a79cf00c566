"""The rules that every queue shares: what may be created, how long to wait, when to give up.

They copy Google Cloud Tasks, so that a day behaves the same on one machine and in the cloud.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from hippique.errors import InputError
from hippique.ports import NewTask

TOMBSTONE = timedelta(hours=24)
"""How long the name of an ended task stays taken."""

HORIZON = timedelta(days=30)
PAYLOAD_LIMIT = 100_000
"""A payload must be smaller, bytes."""

DEADLINE_LEAST_S = 15.0
DEADLINE_MOST_S = 1800.0
LAST_MINUTE = timedelta(seconds=60)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,500}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How failed tasks come back. Seconds are race time.

    The wait doubles `max_doublings` times from `min_backoff_s`, then grows by the last doubled
    wait up to `max_backoff_s`. max_attempts, max_retry_s: None means without limit; where both
    are given, a task fails for good only when both are used up.
    """

    min_backoff_s: float = 10.0
    max_backoff_s: float = 300.0
    max_doublings: int = 3
    max_attempts: int | None = 100
    max_retry_s: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.min_backoff_s <= self.max_backoff_s:
            raise ValueError("min_backoff_s must be above 0 and at most max_backoff_s")


def backoff_s(policy: RetryPolicy, attempts: int) -> float:
    """The wait after the given number of failed attempts (1 or more), seconds of race time."""
    doubled = min(attempts - 1, policy.max_doublings)
    steps_after = attempts - 1 - doubled
    wait_s = policy.min_backoff_s * (1 << doubled) * (1 + steps_after)
    return min(policy.max_backoff_s, wait_s)


def due_again(
    policy: RetryPolicy, attempts: int, now: datetime, retry_after_s: float | None
) -> datetime:
    """When a task that just failed its `attempts`-th attempt is due again."""
    wait_s = max(backoff_s(policy, attempts), retry_after_s or 0.0)
    return now + timedelta(seconds=min(wait_s, HORIZON.total_seconds()))


def is_used_up(policy: RetryPolicy, attempts: int, since_first_s: float) -> bool:
    """Whether a task that failed now fails for good. since_first_s: since its first attempt."""
    limits = []
    if policy.max_attempts is not None:
        limits.append(attempts >= policy.max_attempts)
    if policy.max_retry_s is not None:
        limits.append(since_first_s >= policy.max_retry_s)
    return bool(limits) and all(limits)


def check_new_task(task: NewTask, now: datetime) -> None:
    """Raise InputError, naming the field, for a task that no queue would take."""
    if not _NAME.fullmatch(task.name):
        raise InputError(
            f"task name {task.name!r} must be 1 to 500 letters, digits, - or _", field="name"
        )
    if task.due.tzinfo is None:
        raise InputError(f"task {task.name}: due has no zone", field="due")
    if task.due > now + HORIZON:
        raise InputError(
            f"task {task.name}: due {task.due.isoformat()} lies beyond {HORIZON.days} days",
            field="due",
        )
    if len(task.payload) >= PAYLOAD_LIMIT:
        raise InputError(
            f"task {task.name}: payload of {len(task.payload)} bytes must be below {PAYLOAD_LIMIT}",
            field="payload",
        )
    if not DEADLINE_LEAST_S <= task.deadline_s <= DEADLINE_MOST_S:
        raise InputError(
            f"task {task.name}: deadline of {task.deadline_s:g} s must lie between "
            f"{DEADLINE_LEAST_S:g} and {DEADLINE_MOST_S:g} s",
            field="deadline_s",
        )
