"""How long a call may last and how large an answer may grow, on the wire and unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hippique.errors import SourceDown
from hippique.sources.addresses import Target

Monotonic = Callable[[], float]
ACCEPTED_ENCODINGS = "gzip, deflate"  # what can be unpacked piece by piece, so that a bomb stops

_MEBIBYTE = 2**20
_PIECE_BYTES = 65_536
_GZIP_WBITS, _ZLIB_WBITS, _RAW_WBITS = 31, 15, -15
_GZIP_MAGIC = b"\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one call, in wall seconds and bytes; back-off is in race seconds.

    total_s bounds the whole call: robots.txt, redirects, attempts, back-off and reading, but not
    the wait for one's turn at a host. wire_bytes: as sent; decoded_bytes: unpacked.
    """

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 15.0
    attempts: int = 3
    backoff_s: float = 0.5
    backoff_max_s: float = 4.0
    wire_bytes: int = 8 * _MEBIBYTE
    decoded_bytes: int = 32 * _MEBIBYTE
    redirects: int = 3


class Budget:
    """The wall time that one call still has. Mutable: a wait for one's turn is not counted."""

    def __init__(self, total_s: float, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._ends_at = monotonic() + total_s

    def left_s(self) -> float:
        """Seconds left; zero or less when it is spent."""
        return self._ends_at - self._monotonic()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Time that passes inside is given back."""
        begun = self._monotonic()
        try:
            yield
        finally:
            self._ends_at += self._monotonic() - begun


def read_body(chunks: Iterable[bytes], encoding: str, limits: Limits, target: Target) -> bytes:
    """The whole answer, unpacked. encoding: its Content-Encoding, empty where it has none.

    Raises SourceDown when it is too large, damaged, cut off, or packed in a way not asked for.
    """
    body = bytearray()
    wire = _counted(chunks, limits, target)
    try:
        for piece in _unpacked(wire, encoding.strip().lower(), target):
            body += piece
            if len(body) > limits.decoded_bytes:
                raise _down(target, f"its answer unpacks to more than {limits.decoded_bytes} bytes")
    except zlib.error as error:
        raise _down(target, f"its {encoding} answer is damaged ({error})") from error
    return bytes(body)


def _counted(chunks: Iterable[bytes], limits: Limits, target: Target) -> Iterator[bytes]:
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > limits.wire_bytes:
            raise _down(target, f"its answer is larger than {limits.wire_bytes} bytes")
        yield chunk


def _unpacked(chunks: Iterator[bytes], encoding: str, target: Target) -> Iterator[bytes]:
    if encoding in {"", "identity"}:
        return chunks
    if encoding in {"gzip", "x-gzip"}:
        return _inflated(chunks, lambda _: _GZIP_WBITS)
    if encoding == "deflate":
        return _inflated(chunks, _deflate_wbits)
    raise _down(target, f"its answer is packed as {encoding[:40]!r}, which was not asked for")


def _deflate_wbits(first: bytes) -> int:
    # "deflate" means a zlib stream, but some servers send the bare one; the method bits tell.
    return _ZLIB_WBITS if first[0] & 0x0F == zlib.DEFLATED else _RAW_WBITS


def _inflated(chunks: Iterator[bytes], wbits: Callable[[bytes], int]) -> Iterator[bytes]:
    stream = None  # stays None for an empty answer, which may carry the header all the same
    for chunk in chunks:
        rest = chunk
        while rest:
            if stream is None:
                stream = zlib.decompressobj(wbits(rest))
            elif stream.eof and not rest.startswith(_GZIP_MAGIC):
                return  # padding after the end
            elif stream.eof:  # gzip members may follow each other
                stream = zlib.decompressobj(_GZIP_WBITS)
            yield from _pieces(stream, rest)
            rest = stream.unused_data
    if stream is not None and not stream.eof:
        raise zlib.error("cut off")


def _pieces(stream: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    piece = stream.decompress(chunk, _PIECE_BYTES)
    yield piece
    # A full piece may leave output inside even when all input is consumed.
    while not stream.eof and (stream.unconsumed_tail or len(piece) == _PIECE_BYTES):
        piece = stream.decompress(stream.unconsumed_tail, _PIECE_BYTES)
        yield piece


def _down(target: Target, why: str) -> SourceDown:
    return SourceDown(f"{target.site}: {target.url}: {why}", site=target.site, url=target.url)
