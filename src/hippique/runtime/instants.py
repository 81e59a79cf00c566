"""Instants as whole microseconds since 1970, the way the queue's file holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(instant: datetime) -> int:
    """Exact: a float of seconds would round, and a task might start a microsecond early."""
    return (instant - EPOCH) // MICROSECOND


def instant_of(micros_since_epoch: int) -> datetime:
    """The aware instant, UTC."""
    return EPOCH + timedelta(microseconds=micros_since_epoch)
