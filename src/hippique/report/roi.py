"""The return of a day's slips with its uncertainty."""

from __future__ import annotations

from hippique.day.care.roi import Roi, ratio_roi
from hippique.day.status import DayStatus


def day_roi(status: DayStatus) -> Roi | None:
    """The day's ROI over its settled slips; None with fewer than two."""
    settled = [
        (race.settlement.staked_cents, race.settlement.profit_cents)
        for race in status.races
        if race.settlement and race.settlement.complete and race.settlement.staked_cents
    ]
    return ratio_roi(settled)
