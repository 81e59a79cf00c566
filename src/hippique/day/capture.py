"""Fetch pages, keep each before it is read, and read them. A failed source is a value here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import zstandard

from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.manifest import sha256
from hippique.errors import PageChanged, SourceError, StoreDamaged
from hippique.ports import Page, PageKind, PageRequest, RaceRef, Source
from hippique.racing.card import Reading
from hippique.racing.codec import from_json, to_builtins

RequestsOf = Callable[[Source], tuple[PageRequest, ...]]
_SUFFIXES = {"pmu": ".json.zst", "recorded": ".json.zst"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """Where a fetched page lies. file: its name in the folder; sha256: of the page itself."""

    source: str
    kind: PageKind
    url: str
    taken_at: dt.datetime
    file: str
    sha256: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What one request came to instead of a reading. file: the page, where one was kept."""

    source: str
    url: str
    error: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One page read: the reading with the instant of its page."""

    taken_at: dt.datetime
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """All that the sources gave to one request."""

    pages: tuple[KeptPage, ...] = ()
    taken: tuple[Taken, ...] = ()
    failures: tuple[Failure, ...] = ()


def capture(
    sources: Sequence[Source], requests_of: RequestsOf, folder: Folder, *, parallel: bool
) -> Capture:
    """Ask every source; keep, then read. Sources are asked side by side when `parallel`.

    The outcome does not depend on who answered first: the parts are joined in the sources' order.
    """

    def ask(source: Source) -> Capture:
        return _joined([_one(source, request, folder) for request in requests_of(source)])

    if not parallel or len(sources) < 2:  # noqa: PLR2004  one source needs no threads
        return _joined([ask(source) for source in sources])
    with ThreadPoolExecutor(max_workers=len(sources)) as pool:
        return _joined(list(pool.map(ask, sources)))


@dataclass(frozen=True, slots=True)
class _Index:
    pages: tuple[KeptPage, ...]
    failures: tuple[Failure, ...]


def captured_before(sources: Sequence[Source], ref: RaceRef, folder: Folder) -> Capture | None:
    """What an earlier attempt captured here, read again from its pages; None where none did.

    A retry must go on with the pages that the folder's index names: a replay reads those.
    """
    if addresses.PAGES not in folder.names():
        return None
    index = from_json(_Index, folder.read(addresses.PAGES))
    failed = {failure.file for failure in index.failures}
    by_name = {source.name: source for source in sources}
    taken = tuple(
        Taken(
            taken_at=kept.taken_at, reading=by_name[kept.source].read(_unpacked(folder, kept, ref))
        )
        for kept in index.pages
        if kept.file not in failed and kept.source in by_name
    )
    return Capture(pages=index.pages, taken=taken, failures=index.failures)


def _unpacked(folder: Folder, kept: KeptPage, ref: RaceRef) -> Page:
    return Page(
        request=PageRequest(kind=kept.kind, url=kept.url, day=ref.race.day, race=ref.race),
        body=unpack_page(folder.read(kept.file), f"{folder.path}/{kept.file}"),
        taken_at=kept.taken_at,
        content_type=kept.content_type,
    )


def _joined(parts: Sequence[Capture]) -> Capture:
    return Capture(
        pages=tuple(page for part in parts for page in part.pages),
        taken=tuple(taken for part in parts for taken in part.taken),
        failures=tuple(failure for part in parts for failure in part.failures),
    )


def _one(source: Source, request: PageRequest, folder: Folder) -> Capture:
    try:
        page = source.fetch(request)
    except SourceError as error:
        return Capture(failures=(_failure(source.name, request, error),))
    kept = keep_page(folder, source.name, page)
    try:
        reading = source.read(page)
        _demand_one_race(request, reading)
    except SourceError as error:
        return Capture(pages=(kept,), failures=(_failure(source.name, request, error, kept.file),))
    return Capture(pages=(kept,), taken=(Taken(taken_at=page.taken_at, reading=reading),))


def _demand_one_race(request: PageRequest, reading: Reading) -> None:
    """A race's page must hold that race alone; one source's other page must not cost the visit."""
    races = sum(len(meeting.races) for meeting in reading.meetings)
    if request.race is not None and races != 1:
        told = f"one race, the page holds {races}"
        raise PageChanged(told, site=reading.source, url=request.url)


def keep_page(folder: Folder, source: str, page: Page) -> KeptPage:
    """Compress and store a page; a retry keeps another beside it."""
    packed = zstandard.ZstdCompressor(level=6).compress(page.body)
    suffix = _SUFFIXES.get(source, ".html.zst")
    name = folder.write_beside(f"page-{page.request.kind}", suffix, packed)
    return KeptPage(
        source=source,
        kind=page.request.kind,
        url=page.request.url,
        taken_at=page.taken_at,
        file=name,
        sha256=sha256(page.body),
        content_type=page.content_type,
    )


def unpack_page(packed: bytes, address: str) -> bytes:
    """A kept page as it came. Raises StoreDamaged that names its address."""
    try:
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise StoreDamaged(f"{address}: not a kept page ({error})") from error


def _failure(
    source: str, request: PageRequest, error: SourceError, file: str | None = None
) -> Failure:
    return Failure(
        source=source,
        url=request.url,
        error=type(error).__name__,
        reason=error.missing if isinstance(error, PageChanged) else str(error),
        file=file,
    )


def write_capture(folder: Folder, taken: Capture) -> None:
    """Write the index of the pages and the readings."""
    folder.write_value(addresses.PAGES, {"pages": taken.pages, "failures": taken.failures})
    readings = [to_builtins(one.reading) for one in taken.taken]
    folder.write_value(addresses.READING, {"readings": readings})
