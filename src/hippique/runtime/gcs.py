"""The archive and the views as objects: artefacts written once, views replaced whole."""

from __future__ import annotations

from hippique.errors import AlreadyExists, NotFound
from hippique.runtime.addresses import checked_address, checked_prefix, is_segment
from hippique.runtime.gcs_bucket import ABSENT, Bucket

ARCHIVE = "archive/"


class GcsArchive:
    """Artefacts as objects below `archive/`, as they lie in a data folder."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def create(self, address: str, content: bytes) -> None:
        """See Archive. A failed upload is tried again within the bucket's patience."""
        name = ARCHIVE + checked_address(address)
        if not self._bucket.write(name, content, over=ABSENT):
            raise AlreadyExists(f"{self._bucket.place}/{name}: already written")

    def read(self, address: str) -> bytes:
        """See Archive."""
        name = ARCHIVE + checked_address(address)
        kept = self._bucket.read(name)
        if kept is None:
            raise NotFound(f"{self._bucket.place}/{name}: nothing was written there")
        return kept.content

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive. One request for a thousand artefacts."""
        top = checked_prefix(prefix)
        below = f"{ARCHIVE}{top}/" if top else ARCHIVE
        found = (name.removeprefix(ARCHIVE) for name in self._bucket.names(below))
        return tuple(sorted(name for name in found if all(map(is_segment, name.split("/")))))

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive. One request for a thousand folders."""
        top = checked_prefix(prefix)
        found = self._bucket.folders(f"{ARCHIVE}{top}/" if top else ARCHIVE)
        return tuple(sorted(filter(is_segment, found)))

    def remove(self, address: str) -> None:
        """See Pruner."""
        self._bucket.delete(ARCHIVE + checked_address(address))


class GcsViews:
    """Views as objects at the bucket's root; the latest writer's stands."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def publish(self, name: str, content: bytes) -> str:
        """See Views. Where it lies is `gs://BUCKET/NAME`."""
        self._bucket.write(checked_address(name), content)
        return f"{self._bucket.place}/{name}"

    def load(self, name: str) -> bytes | None:
        """See Views."""
        kept = self._bucket.read(checked_address(name))
        return kept.content if kept else None
