"""One bucket: whole objects with their generations, writes on a condition, listings by prefix."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from typing import Any

from google.api_core.exceptions import NotFound, PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from hippique.errors import StoreRefused
from hippique.runtime.google_calls import Caller, Patience, Told, say_nothing

ABSENT = 0
"""The generation of an object that is not there: Google's own convention for conditions."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An object as it was read. generation: Google's number of this very content."""

    content: bytes
    generation: int


def connect(project: str, emulator: str | None) -> Client:
    """A client for the real service, or for an emulator on loopback, which asks for no identity."""
    if emulator is None:
        return Client(project=project)
    return Client(
        project=project,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]  # ships no hints
        client_options={"api_endpoint": emulator},
    )


class Bucket:
    """The objects of a bucket. writer: who writes, so that a repeated upload knows its own."""

    def __init__(
        self,
        client: Client,
        name: str,
        *,
        writer: str,
        patience: Patience | None = None,
        told: Told = say_nothing,
    ) -> None:
        self.place = f"gs://{name}"
        self._client = client
        self._bucket = client.bucket(name)
        self._writer = writer
        self._numbers = itertools.count(1)
        self._patience = patience or Patience()
        self._call = Caller(place=self.place, patience=self._patience, told=told)

    def read(self, name: str) -> Kept | None:
        """The object's content, None where there is none. Raises StoreBusy, StoreRefused."""
        blob = self._bucket.blob(name)

        def download() -> bytes:
            content: bytes = blob.download_as_bytes(retry=None, timeout=self._patience.one_try_s)
            return content

        try:
            content = self._call(download)
        except NotFound:
            return None
        return Kept(content, int(blob.generation))

    def write(self, name: str, content: bytes, *, over: int | None = None) -> bool:
        """Write the object, whole. False where `over` is not the generation that lies there.

        over: ABSENT creates only; None replaces whatever there is. Raises StoreBusy, StoreRefused.
        """
        mark = f"{self._writer}/{next(self._numbers)}"

        def upload(tries: int) -> bool:
            blob = self._bucket.blob(name)
            blob.metadata = {"written-by": mark}
            try:
                blob.upload_from_string(
                    content,
                    content_type="application/octet-stream",
                    if_generation_match=over,
                    retry=None,
                    timeout=self._patience.one_try_s,
                )
            except PreconditionFailed:
                # The answer to an earlier try may have been lost on its way, not its content.
                return tries > 1 and self._mark_of(name) == mark
            return True

        try:
            return self._call.counted(upload)
        except NotFound as error:
            raise StoreRefused(
                f"{self.place}: there is no such bucket; create it, or mend GCS_BUCKET"
            ) from error

    def delete(self, name: str) -> None:
        """Let one object go; nothing happens where none lies. Raises StoreBusy, StoreRefused."""
        blob = self._bucket.blob(name)
        with contextlib.suppress(NotFound):
            self._call(lambda: blob.delete(retry=None, timeout=self._patience.one_try_s))

    def names(self, prefix: str) -> list[str]:
        """The names of all objects that begin with `prefix`; a thousand of them are one request."""

        def listed() -> list[str]:
            return [blob.name for blob in self._listing(prefix, fields="items(name),nextPageToken")]

        return self._list(listed)

    def folders(self, prefix: str) -> list[str]:
        """The next segments below `prefix` (empty or ending in `/`) that hold objects."""

        def listed() -> list[str]:
            pages = self._listing(prefix, delimiter="/", fields="prefixes,nextPageToken")
            for _ in pages:
                pass  # the folders are known once the pages were read
            return [name.removeprefix(prefix).rstrip("/") for name in pages.prefixes]

        return self._list(listed)

    def _list(self, listed: Any) -> list[str]:
        try:
            return sorted(self._call(listed))
        except NotFound as error:
            raise StoreRefused(
                f"{self.place}: there is no such bucket; create it, or mend GCS_BUCKET"
            ) from error

    def _listing(self, prefix: str, **options: Any) -> Any:
        return self._client.list_blobs(
            self._bucket, prefix=prefix, retry=None, timeout=self._patience.one_try_s, **options
        )

    def _mark_of(self, name: str) -> str | None:
        blob = self._bucket.get_blob(name, retry=None, timeout=self._patience.one_try_s)
        return (blob.metadata or {}).get("written-by") if blob is not None else None
