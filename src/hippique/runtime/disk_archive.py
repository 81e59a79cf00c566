"""The archive and the views as files: artefacts written once, views replaced whole."""

from __future__ import annotations

import itertools
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from hippique.errors import AlreadyExists, InputError, NotFound, StoreBusy
from hippique.runtime.addresses import checked_address, checked_prefix, is_segment
from hippique.runtime.disk_errors import in_our_words
from hippique.runtime.open_elsewhere import held_by

_COUNTER = itertools.count()


class DiskArchive:
    """Artefacts as files below `root`.

    durable: a created artefact has reached the disk; False is for simulations only.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self._root = root
        self._durable = durable

    def create(self, address: str, content: bytes) -> None:
        """See Archive."""
        path = self._root / checked_address(address)
        with in_our_words(path):
            _make_folder(path.parent, durable=self._durable)
            draft = _write_draft(path.parent, content, durable=self._durable)
            try:
                # A link never replaces: of two writers one wins, whole.
                os.link(draft, path)
            except FileExistsError as error:
                raise AlreadyExists(f"{path}: already written") from error
            finally:
                draft.unlink()
            if self._durable:
                _flush_folder(path.parent)

    def read(self, address: str) -> bytes:
        """See Archive."""
        path = self._root / checked_address(address)
        with in_our_words(path):
            try:
                return path.read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
                raise NotFound(f"{path}: nothing was written there") from error

    def remove(self, address: str) -> None:
        """See Pruner."""
        path = self._root / checked_address(address)
        with in_our_words(path):
            path.unlink(missing_ok=True)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive."""
        top = self._root / checked_prefix(prefix)
        with in_our_words(top):
            return tuple(sorted(self._below(top)))

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """See Archive. A folder that a killed writer left empty counts as none."""
        top = self._root / checked_prefix(prefix)
        with in_our_words(top):
            held = top.iterdir() if top.is_dir() else ()
            return tuple(sorted(one.name for one in held if is_segment(one.name) and _holds(one)))

    def _below(self, top: Path) -> list[str]:
        if not top.is_dir():
            return []
        cut = len(str(self._root)) + 1
        return [
            f"{folder[cut:]}{os.sep if folder[cut:] else ''}{name}".replace(os.sep, "/")
            for folder, _, names in os.walk(top, onerror=_raise)
            for name in names
            if is_segment(name)  # a draft left by a killed writer is none
        ]


class DiskViews:
    """Views as files below `root`, each replaced in one step. durable: as in DiskArchive."""

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self._root = root
        self._durable = durable

    def publish(self, name: str, content: bytes) -> str:
        """See Views. StoreBusy where another program has the file open."""
        path = self._root / checked_address(name)
        holder = held_by(path)
        if holder is not None:
            raise StoreBusy(f"{path}: open elsewhere ({holder}); close it there and try again")
        with in_our_words(path):
            _make_folder(path.parent, durable=self._durable)
            draft = _write_draft(path.parent, content, durable=self._durable)
            try:
                draft.replace(path)
            except OSError:
                draft.unlink()
                raise
            if self._durable:
                _flush_folder(path.parent)
        return str(path)

    def load(self, name: str) -> bytes | None:
        """See Views."""
        path = self._root / checked_address(name)
        with in_our_words(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None


def _holds(folder: Path) -> bool:
    """Whether an artefact lies somewhere in this folder; the first one found ends the search."""
    walk = os.walk(folder, onerror=_raise) if folder.is_dir() else ()
    return any(is_segment(name) for _, _, names in walk for name in names)


def _raise(error: OSError) -> None:
    # os.walk would leave an unreadable folder out, and its artefacts would seem never written.
    raise error


def _make_folder(folder: Path, *, durable: bool) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, durable=durable)
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise InputError(f"{folder}: a file, not a folder", field="address") from error
    if durable:
        _flush_folder(folder.parent)


def _write_draft(folder: Path, content: bytes, *, durable: bool) -> Path:
    draft, file = _open_draft(folder)
    try:
        with file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft


def _open_draft(folder: Path) -> tuple[Path, BinaryIO]:
    # "~" stands in no address: a draft that its writer did not live to remove is never listed.
    # Never reused either: such a draft may be linked to an artefact, which would be overwritten.
    while True:
        draft = folder / f"~{os.getpid()}-{next(_COUNTER)}"
        with suppress(FileExistsError):
            return draft, draft.open("xb")


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
