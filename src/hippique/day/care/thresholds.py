"""From where on a figure is bad; the guide's numbers where it gives one."""

from __future__ import annotations

import datetime as dt

from hippique.day.watch.thresholds import Thresholds

ALERTS = Thresholds()  # one number for the alert and for the command that explains it
LEAST_SUCCESS = 0.95
"""Of all attempts at an analysis; the guide gives one number, 50 %, and that one for alarm."""
MASS_FAILURE = ALERTS.failed_share
MASS_FAILURE_LEAST = round(ALERTS.failed_least)
MASS_FAILURE_WINDOW = dt.timedelta(minutes=ALERTS.failed_minutes)
MANY_OVERDUE = round(ALERTS.overdue)
TOO_MANY_OVERDUE = round(ALERTS.overdue_incident)
OVERDUE_AFTER = dt.timedelta(minutes=2)
PLANNED_BY = dt.time(9, 2)
"""The guide's 09:02: the plan is there and its tasks too."""
LEAST_FREE_BYTES = round(ALERTS.free_mib) << 20
LEAST_FREE_FILES = 1000
CLOCK_TOLERANCE = dt.timedelta(minutes=2)
RECENT = dt.timedelta(hours=2)
"""How old a failure may be and still be today's incident, unless the same has worked since."""
MOST_LATENCY_S = ALERTS.latency_s
"""The guide's latency: p95 of the analyses, seconds."""
