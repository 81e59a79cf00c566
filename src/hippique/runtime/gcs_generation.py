"""A queue's generation in a bucket: Cloud Tasks has none, and a purge frees no name there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hippique.errors import StoreBusy
from hippique.racing.codec import from_json, to_json
from hippique.runtime.gcs_bucket import ABSENT, Bucket

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """The generation since a purge. purged_at: None before the first purge."""

    generation: int = 1
    purged_at: datetime | None = None


class GcsGenerations:
    """The purges of one queue, counted in a small object that is changed only as it was read."""

    def __init__(self, bucket: Bucket, queue_id: str) -> None:
        self._bucket = bucket
        self._name = f"queue/{queue_id}/generation.json"

    def at(self, purged_at: datetime | None) -> int:
        """The generation of a queue last purged at this instant; a later purge begins the next.

        Raises StoreBusy, StoreRefused.
        """
        for _ in range(TRIES):
            kept = self._bucket.read(self._name)
            counted = from_json(_Counted, kept.content) if kept else _Counted()
            if purged_at is None or _is_known(counted, purged_at):
                return counted.generation
            following = _Counted(generation=counted.generation + 1, purged_at=purged_at)
            over = kept.generation if kept else ABSENT
            if self._bucket.write(self._name, to_json(following), over=over):
                return following.generation
        raise StoreBusy(f"{self._bucket.place}/{self._name}: changed again and again; try again")


def _is_known(counted: _Counted, purged_at: datetime) -> bool:
    return counted.purged_at is not None and purged_at <= counted.purged_at
