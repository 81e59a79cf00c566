"""Paris days and hours. Instants carry an offset; a *day* is a date of Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def paris_time(instant: datetime) -> datetime:
    """The same instant on Paris clocks, its offset fixed (so that equality and JSON are exact).

    instant: aware. A fixed offset, not the zone, because values of two zones never compare
    equal inside the repeated hour of October (PEP 495).
    """
    local = instant.astimezone(PARIS)
    offset = local.utcoffset()
    if offset is None:  # astimezone always gives one; said for the type checker
        raise ValueError("a Paris time without an offset")
    return local.replace(tzinfo=timezone(offset), fold=0)


def paris_at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """The instant at which Paris clocks show this hour of this day.

    In the repeated hour of October the first pass; in March's skipped hour the instant that
    the clocks would have shown without the change.
    """
    local = datetime.combine(day, time(hour, minute, second), tzinfo=PARIS)
    return paris_time(local.astimezone(UTC))


def paris_day(instant: datetime) -> date:
    """The calendar day in Paris at this instant (not the race day of a meeting past midnight)."""
    return instant.astimezone(PARIS).date()


def after_midnight(day: date, hour: int, minute: int, first_hour: int = 5) -> datetime:
    """The instant of an hour printed on a card of `day`: small hours belong to the next morning.

    first_hour: hours below it are read as past midnight of a meeting that began on `day`.
    """
    shown_on = day + timedelta(days=1) if hour < first_hour else day
    return paris_at(shown_on, hour, minute)
