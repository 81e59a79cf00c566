"""From where on a figure is bad; the guide's numbers where it gives one."""

from __future__ import annotations

import datetime as dt

LEAST_SUCCESS = 0.95
"""Of all attempts at an analysis; the guide gives one number, 50 %, and that one for alarm."""
MASS_FAILURE = 0.5
MASS_FAILURE_LEAST = 4
MASS_FAILURE_WINDOW = dt.timedelta(minutes=60)
MANY_OVERDUE = 100
TOO_MANY_OVERDUE = 200
OVERDUE_AFTER = dt.timedelta(minutes=2)
PLANNED_BY = dt.time(9, 2)
"""The guide's 09:02: the plan is there and its tasks too."""
LEAST_FREE_BYTES = 200 << 20
LEAST_FREE_FILES = 1000
CLOCK_TOLERANCE = dt.timedelta(minutes=2)
RECENT = dt.timedelta(hours=2)
"""How old a failure may be and still be today's incident, unless the same has worked since."""
MOST_LATENCY_S = 30
"""The guide's latency: p95 of the analyses, seconds."""
