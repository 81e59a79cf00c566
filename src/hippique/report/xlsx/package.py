"""A workbook's file: named parts in a zip. A part that nobody replaces keeps its bytes."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from hippique.errors import StoreDamaged

_MEND = "put a sound copy back, or move it away and run `hippique workbook rebuild`"
_ROOT = ""  # the file itself: its relations name the workbook part
_READABLE = 0o600 << 16
_PACKED = 3  # half the time of the usual 6 for a tenth more bytes


@dataclass(frozen=True, slots=True)
class Relation:
    """From one part to another. kind: the last word of its type (worksheet, table, chart …)."""

    id: str
    kind: str
    target: str


class Package:
    """The parts of one file, read when asked for; `replace` changes one, `to_bytes` writes all."""

    def __init__(self, content: bytes) -> None:
        """Raises StoreDamaged where the bytes are no workbook."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            self._names = frozenset(self._zip.namelist())
        except zipfile.BadZipFile as error:
            raise unreadable(str(error)) from error
        self._replaced: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @property
    def is_changed(self) -> bool:
        """Whether a part was replaced by other bytes."""
        return bool(self._replaced)

    def read(self, name: str) -> bytes:
        """The part's present bytes. Raises StoreDamaged where it is not there."""
        if name in self._replaced:
            return self._replaced[name]
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
            raise unreadable(f"part {name}: {error}") from error

    def replace(self, name: str, content: bytes) -> None:
        """Give a part other bytes; the same bytes again are no change."""
        if content != self.read(name):
            self._replaced[name] = content

    def tree(self, name: str) -> ET.Element:
        """A small part, parsed to be looked at. Raises StoreDamaged."""
        content = self.read(name)
        refuse_broken(name, content)
        return ET.fromstring(content)  # noqa: S314  refuse_broken refused what could grow

    def relations(self, part: str = _ROOT) -> tuple[Relation, ...]:
        """Where a part points to; empty where it points nowhere. Targets outside are left out."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if listed not in self:
            return ()
        return tuple(
            Relation(
                said.get("Id", ""),
                said.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, said.get("Target", "")))[1:],
            )
            for said in self.tree(listed)
            if said.get("TargetMode") != "External"
        )

    def related(self, part: str, kind: str) -> tuple[str, ...]:
        """The parts of one kind that a part points to."""
        return tuple(r.target for r in self.relations(part) if r.kind == kind and r.target in self)

    def to_bytes(self) -> bytes:
        """The file anew: the same parts in the same order, each with its own date."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as written:
            for old in self._zip.infolist():
                entry = zipfile.ZipInfo(old.filename, old.date_time)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = _READABLE
                entry.create_system = 0  # else the system that wrote it shows in the bytes
                written.writestr(entry, self.read(old.filename), compresslevel=_PACKED)
        return target.getvalue()


def refuse_broken(name: str, content: bytes) -> None:
    """Raise StoreDamaged where a part is no plain XML; its own entities are refused too."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003  expat takes no keyword
    except expat.ExpatError as error:
        raise unreadable(f"part {name}: {error}") from error


def unreadable(why: str) -> StoreDamaged:
    """The error for a file that no workbook program could have meant, with its mend."""
    return StoreDamaged(f"the workbook cannot be read ({why}); {_MEND}")


def _refuse_doctype(*_: object) -> None:
    raise unreadable("it declares a document type, which no workbook does")
