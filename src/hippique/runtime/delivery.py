"""What a delivery answers, and one attempt that never raises."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from hippique.errors import HippiqueError, SourceRefused
from hippique.ports import Task

ERROR_LENGTH = 500
"""Longest error kept with a task, characters: whole pages do not belong in the queue's file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The answer to one attempt. ok: 2xx; anything else comes back after the back-off.

    retry_after_s: the least wait asked for, seconds of race time; the longer of it and the
    back-off counts.
    """

    ok: bool
    error: str | None = None
    retry_after_s: float | None = None


Deliver = Callable[[Task], Delivery]
"""Brings one task to its service. Blocks until the answer is there."""

Report = Callable[[Exception], None]
"""Told about failures that no task can carry: a bug in a delivery, a queue that cannot write."""


def attempt(deliver: Deliver, task: Task, report: Report) -> Delivery:
    """Deliver once. A foreseeable error is a failed attempt; an unforeseen one is reported too."""
    try:
        return deliver(task)
    except HippiqueError as error:
        return failed(error)
    except Exception as error:  # noqa: BLE001  a bug in one task must not stop all the others
        report(error)
        return failed(error)


def failed(error: Exception) -> Delivery:
    """The failed attempt that this error stands for."""
    wait_s = error.retry_after_s if isinstance(error, SourceRefused) else None
    text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    return Delivery(ok=False, error=text, retry_after_s=wait_s)


def log_failure(error: Exception) -> None:
    """Report to the log, with the traceback."""
    logging.getLogger(__name__).error("dispatch failed: %s", error, exc_info=error)
