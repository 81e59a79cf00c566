from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hippique.errors import SourceRefused, StoreFull
from hippique.ports import Task, TaskState
from hippique.runtime.delivery import Delivery, attempt

TASK = Task(
    name="a",
    due=datetime(2026, 6, 7, 7, 0, tzinfo=UTC),
    payload=b"{}",
    state=TaskState.LEASED,
    attempts=1,
    created_at=datetime(2026, 6, 7, 6, 0, tzinfo=UTC),
)


def deliver_raising(error: Exception) -> tuple[Delivery, list[Exception]]:
    reported: list[Exception] = []

    def deliver(_task: Task) -> Delivery:
        raise error

    return attempt(deliver, TASK, reported.append), reported


def test_an_answer_is_handed_on():
    assert attempt(lambda _task: Delivery(ok=True), TASK, pytest.fail) == Delivery(ok=True)


def test_a_foreseen_error_is_a_failed_attempt_and_no_alarm():
    delivery, reported = deliver_raising(StoreFull("no room"))

    assert delivery == Delivery(ok=False, error="StoreFull: no room")
    assert reported == []


def test_a_refusal_keeps_the_wait_it_asks_for():
    refused = SourceRefused("429", site="geny", retry_after_s=45.0)

    assert deliver_raising(refused)[0].retry_after_s == 45.0


def test_a_bug_is_a_failed_attempt_and_is_reported():
    bug = KeyError("runner")
    delivery, reported = deliver_raising(bug)

    assert delivery == Delivery(ok=False, error="KeyError: 'runner'")
    assert reported == [bug]


def test_a_whole_page_in_an_error_is_cut():
    delivery, _ = deliver_raising(StoreFull("x" * 100_000))

    assert len(delivery.error or "") == 500
