"""What a heartbeat vouches for: every deadline of the day that has passed was met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hippique.day.watch.facts import DayFacts
from hippique.day.watch.incident import Incident
from hippique.day.watch.thresholds import Thresholds


def unmet(facts: DayFacts, alerts: Sequence[Incident], limits: Thresholds) -> tuple[str, ...]:
    """The deadlines that passed without what was due, in words; empty where all were met.

    Due are the plan; each snapshot by H-5; each decision by the off; each result within
    `result_minutes` of it. Once a person acknowledged an alert of the day, what was missed before
    is known to somebody, and counts no more: the beat must not stay silent until midnight.
    """
    if facts.plan is None:
        return ("plan",)
    known_until = max(
        (one.acknowledged_at for one in alerts if one.acknowledged_at is not None),
        default=None,
    )
    after = limits.minutes("result_minutes")
    owed = [(f"{one.race} {one.phase}", one.deadline) for one in facts.missed]
    owed += [(f"{race} RESULT", off + after) for race, off in facts.unofficial]
    return tuple(name for name, deadline in owed if _counts(deadline, facts.now, known_until))


def _counts(deadline: dt.datetime, now: dt.datetime, known_until: dt.datetime | None) -> bool:
    return deadline <= now and (known_until is None or deadline > known_until)
