"""One file out of many: a plain tar under zstd, written whole or not at all, read with distrust.

Of tar only regular files with short names are read (POSIX ustar), header by header: links, devices
and the extended headers that other readers hold in memory are refused before anything is written.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

from hippique.errors import InputError, StoreDamaged
from hippique.runtime.disk_errors import in_our_words

Member = tuple[str, bytes]

BLOCK = 512
LARGEST_MEMBER = 1 << 30
"""Bytes; a workbook of many years is a hundredth of it."""
LARGEST_RATIO = 1000
"""Times its own size that a file may unpack to; our JSON packs 20 to 60 times."""
FREE_BYTES = 64 << 20
"""Unpacked bytes below which no ratio is asked about: a tiny file may hold many zeros."""
LARGEST_WINDOW = 1 << 27
_READ = 1 << 20


def write_tar_zst(path: Path, members: Iterable[Member]) -> int:
    """Write all members under a draft's name, flush, then give it `path`. Returns its size.

    members: (name, content), each name once, below 256 characters. Raises InputError where
    something lies at `path` already, StoreFull, StoreBusy; then nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"~{os.getpid()}-{path.name}")
    with in_our_words(path):
        try:
            with draft.open("xb") as file:
                _pack(file, members)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)  # a link never replaces an older backup
        except FileExistsError as error:
            raise InputError(f"{path}: lies there already; give another name") from error
        finally:
            draft.unlink(missing_ok=True)
        return path.stat().st_size


def _pack(file: BinaryIO, members: Iterable[Member]) -> None:
    with zstandard.ZstdCompressor(level=9).stream_writer(file, closefd=False) as packed:
        for name, content in members:
            packed.write(_header(name, len(content)))
            packed.write(content)
            packed.write(bytes(-len(content) % BLOCK))
        packed.write(bytes(2 * BLOCK))


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size  # no owner, no hour: the same members give the same bytes
    try:
        return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    except (ValueError, UnicodeEncodeError) as error:
        raise InputError(f"{name!r} cannot be named in a backup ({error})") from error


def read_tar_zst(path: Path, *, largest: int | None = None) -> Iterator[Member]:
    """The members, one at a time; each is checked before it is handed on.

    largest: bytes that all of them may come to, such as the room on the disk. Raises InputError
    (what no backup of ours holds: links, devices, `..`, absolute names, a bomb), StoreDamaged (cut
    off, or not such a file), and StoreBusy where it may not be read.
    """
    with in_our_words(path):
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise InputError(f"{path}: no such file") from error
    with file:
        most = max(FREE_BYTES, LARGEST_RATIO * path.stat().st_size)
        unpacked = _Unpacked(file, path, most if largest is None else min(most, largest))
        while (header := unpacked.take(BLOCK)) != bytes(BLOCK):
            info = _checked_info(header, path)
            content = unpacked.take(info.size)
            unpacked.take(-info.size % BLOCK)
            yield info.name, content


class _Unpacked:
    """The unpacked bytes of a file in order, up to a bound."""

    def __init__(self, file: BinaryIO, path: Path, most: int) -> None:
        unpack = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
        self._stream = unpack.stream_reader(file, read_size=_READ)
        self._path = path
        self._most = most
        self._left = most

    def take(self, size: int) -> bytes:
        """Exactly so many bytes."""
        self._left -= size
        if self._left < 0:
            raise InputError(
                f"{self._path}: unpacks to more than {self._most >> 20} MiB, which is more than "
                "there is room for or than a backup of ours comes to; nothing was restored"
            )
        try:
            content = self._stream.read(size) if size else b""
        except zstandard.ZstdError as error:
            raise StoreDamaged(f"{self._path}: not a backup, or damaged ({error})") from error
        if len(content) != size:
            raise StoreDamaged(f"{self._path}: cut off; take another backup")
        return content


def _checked_info(header: bytes, path: Path) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(header, "ascii", "strict")
    except (tarfile.TarError, UnicodeDecodeError) as error:
        raise StoreDamaged(f"{path}: not a backup, or damaged ({error})") from error
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise InputError(f"{path}: {info.name!r} is no plain file; not a backup of ours")
    if not 0 <= info.size <= LARGEST_MEMBER:
        raise InputError(f"{path}: {info.name!r} says it has {info.size} bytes; not one of ours")
    return info
