"""Real days of the past as a source: the tables of two crawls, as they were known at an hour."""

from hippique.sources.recorded.source import RecordedReader, RecordedSource
from hippique.sources.recorded.tables import recorded_days

__all__ = ["RecordedReader", "RecordedSource", "recorded_days"]
