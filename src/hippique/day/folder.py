"""A folder of the archive being written: each file once, all of them named by the manifest."""

from __future__ import annotations

from dataclasses import dataclass

from hippique.day.addresses import MANIFEST
from hippique.day.manifest import Stamp, create_once, sha256, write_manifest
from hippique.errors import AlreadyExists
from hippique.ports import Archive
from hippique.racing.codec import to_pretty_json


@dataclass(frozen=True, slots=True)
class Folder:
    """One visit's folder. A retry keeps the first artefact of every name."""

    archive: Archive
    path: str

    def write(self, name: str, content: bytes) -> bytes:
        """Write once; returns what lies there afterwards (an earlier attempt's, if any)."""
        return create_once(self.archive, f"{self.path}/{name}", content)

    def write_value(self, name: str, value: object) -> bytes:
        """Write a value as indented JSON, once."""
        return self.write(name, to_pretty_json(value))

    def write_beside(self, stem: str, suffix: str, content: bytes) -> str:
        """Write under the first free `stem-N.suffix`; returns the name. For pages of retries."""
        number = 1
        while True:
            name = f"{stem}-{number}{suffix}"
            try:
                self.archive.create(f"{self.path}/{name}", content)
            except AlreadyExists:
                number += 1
            else:
                return name

    def read(self, name: str) -> bytes:
        """Read one of the folder's files. Raises NotFound."""
        return self.archive.read(f"{self.path}/{name}")

    def names(self) -> tuple[str, ...]:
        """The files of the folder, sorted."""
        prefix = f"{self.path}/"
        return tuple(a.removeprefix(prefix) for a in self.archive.addresses(self.path))

    def addresses(self) -> tuple[str, ...]:
        """The files of the folder with their whole addresses, sorted."""
        return self.archive.addresses(self.path)

    def close(self, stamp: Stamp) -> str:
        """Write the manifest over every file that lies here; returns its hash.

        Raises AlreadyExists where the folder was closed before.
        """
        files = {name: sha256(self.read(name)) for name in self.names() if name != MANIFEST}
        return write_manifest(self.archive, self.path, files, stamp)


def hash_of(folder: Folder, name: str) -> str:
    """The input mark of a file of the folder: `sha256:…`."""
    return f"sha256:{sha256(folder.read(name))}"
