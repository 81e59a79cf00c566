"""How large an answer may grow, on the wire and unpacked; how long a call may last."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import SourceDown
from hippique.sources.addresses import Target
from hippique.sources.bounds import Budget, Limits, read_body

TARGET = Target(site="zeturf", url="https://www.zeturf.fr/x", host="https://www.zeturf.fr")
SMALL = Limits(wire_bytes=100_000, decoded_bytes=300_000)
MEBIBYTE = 2**20


def bare_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def cut(content: bytes, size: int) -> Iterator[bytes]:
    yield from (content[at : at + size] for at in range(0, len(content), size))


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 1000


def pieces_taken(chunks: Iterable[bytes], taken: list[int]) -> Iterator[bytes]:
    for chunk in chunks:
        taken.append(len(chunk))
        yield chunk


@given(
    content=st.binary(max_size=2000),
    packing=st.sampled_from(
        [
            ("", bytes),
            ("identity", bytes),
            ("gzip", gzip.compress),
            ("X-GZIP", gzip.compress),
            ("deflate", zlib.compress),
            ("deflate", bare_deflate),
        ]
    ),
    size=st.integers(1, 500),
)
def test_answer_is_the_same_however_it_was_packed_and_cut(content, packing, size):
    encoding, pack = packing

    assert read_body(cut(pack(content), size), encoding, SMALL, TARGET) == content


def test_two_gzip_members_in_a_row_are_one_answer():
    packed = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two")

    assert read_body([packed], "gzip", SMALL, TARGET) == b"one two"


def test_padding_after_the_end_of_a_packed_answer_is_left_out():
    packed = gzip.compress(b"page", mtime=0)

    assert read_body([packed + b"\0" * 9, b"\0"], "gzip", SMALL, TARGET) == b"page"


def test_page_that_packs_very_well_is_unpacked_whole():
    content = b"a" * 250_000

    assert read_body([gzip.compress(content, mtime=0)], "gzip", SMALL, TARGET) == content


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_bomb_stops_early(encoding):
    bomb = {"gzip": gzip.compress, "deflate": zlib.compress}[encoding](b"\0" * 64 * MEBIBYTE)
    taken: list[int] = []

    with pytest.raises(SourceDown, match="unpacks to more than 300000 bytes"):
        read_body(pieces_taken(cut(bomb, 500), taken), encoding, SMALL, TARGET)

    # 1:1000 at best, so 300 kB come out of the first 300 to 1,000 bytes of 64 kB
    assert sum(taken) <= 1000


def test_endless_answer_stops_at_the_bound():
    with pytest.raises(SourceDown, match="larger than 100000 bytes"):
        read_body(endless(), "", SMALL, TARGET)


@pytest.mark.parametrize(
    ("chunk", "encoding", "why"),
    [
        (gzip.compress(b"page", mtime=0)[:-4], "gzip", "cut off"),
        (b"<html>", "gzip", "damaged"),
        (b"\x78\x9c" + b"\xff" * 20, "deflate", "damaged"),
        (b"page", "br", "not asked for"),
        (b"page", "gzip, gzip", "not asked for"),
    ],
)
def test_answer_that_cannot_be_unpacked_says_so_with_its_address(chunk, encoding, why):
    with pytest.raises(SourceDown, match=why) as fault:
        read_body([chunk], encoding, SMALL, TARGET)

    assert (fault.value.site, fault.value.url) == ("zeturf", TARGET.url)


def test_wait_for_ones_turn_is_not_counted_in_the_time_of_a_call():
    instant = [100.0]
    budget = Budget(15.0, lambda: instant[0])

    instant[0] += 5
    with budget.standing_still():
        instant[0] += 40

    assert budget.left_s() == 10.0
