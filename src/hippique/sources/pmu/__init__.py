"""PMU's JSON (turfinfo): document in, reading out. Field names and code tables are in `fields`."""

from hippique.sources.pmu.dividends import read_dividends
from hippique.sources.pmu.programme import read_programme
from hippique.sources.pmu.runners import read_runners

__all__ = ["read_dividends", "read_programme", "read_runners"]
