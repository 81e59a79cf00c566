"""Write the kept pages of the simulated racecourse: `python tests/golden/racecourse/write.py`.

Run it when the pages change on purpose, and read the difference before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx

from hippique.racecourse import geny, zeturf
from hippique.racecourse.app import make_app
from hippique.racecourse.draw import draw_day

HERE = Path(__file__).parent
DAY = draw_day(date(2026, 6, 7), 7, 1)
RACE = DAY.french_races()[0]
PMU = "/pmu/rest/client/61/programme/07062026"
PMU_RACE = f"{PMU}/R{RACE.key.meeting}/C{RACE.key.race}"
H5 = RACE.off_time - timedelta(minutes=5)
CLOSED = RACE.actual_off + timedelta(minutes=1)
PAGES = (  # (file, instant, address)
    ("zeturf-programme.html", H5, "/zeturf/fr/programmes-et-pronostics"),
    ("zeturf-race-open.html", H5, f"/zeturf{zeturf.race_uri(RACE)}"),
    ("zeturf-race-closed.html", CLOSED, f"/zeturf{zeturf.race_uri(RACE)}"),
    ("zeturf-race-provisional.html", RACE.provisional_at, f"/zeturf{zeturf.race_uri(RACE)}"),
    ("zeturf-race-official.html", RACE.official_at, f"/zeturf{zeturf.race_uri(RACE)}"),
    ("zeturf-missing.html", H5, f"/zeturf/fr/course/2026-06-07/{RACE.key}"),
    ("geny-programme.html", H5, "/geny/reunions-courses-pmu?date=2026-06-07"),
    ("geny-race.html", H5, f"/geny{geny.race_path(RACE)}"),
    (
        "geny-result.html",
        RACE.official_at,
        f"/geny{geny.race_path(RACE, 'arrivee-et-rapports-pmu')}",
    ),
    ("pmu-programme.json", H5, PMU),
    ("pmu-runners.json", H5, f"{PMU_RACE}/participants"),
    ("pmu-runners-internet.json", H5, f"{PMU_RACE}/participants?specialisation=INTERNET"),
    ("pmu-runners-after.json", RACE.official_at, f"{PMU_RACE}/participants"),
    ("pmu-dividends.json", RACE.official_at, f"{PMU_RACE}/rapports-definitifs"),
)


class _StoppedClock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def pages() -> Iterator[tuple[str, bytes]]:
    """Each kept page as (file, bytes)."""
    for name, now, address in PAGES:
        app = make_app(DAY, _StoppedClock(now))
        transport = httpx.WSGITransport(app=app)
        with httpx.Client(transport=transport, base_url="http://127.0.0.1") as client:
            yield name, client.get(address).content


if __name__ == "__main__":
    for name, content in pages():
        (HERE / name).write_bytes(content)
