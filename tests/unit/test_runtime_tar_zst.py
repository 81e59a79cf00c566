"""One file out of many: what goes in comes out, and what nobody of ours packed is refused."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import HippiqueError, InputError, StoreDamaged
from hippique.runtime.tar_zst import LARGEST_MEMBER, read_tar_zst, write_tar_zst

SEGMENTS = st.text("abcXYZ019._=-", min_size=1, max_size=40).filter(lambda s: s not in {".", ".."})
NAMES = st.lists(SEGMENTS, min_size=1, max_size=2).map("/".join)
MEMBERS = st.dictionaries(NAMES, st.binary(max_size=2000), max_size=8)


def packed(*infos: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar as another program would write it, under zstd."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=form) as tar:
        for info, content in infos:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return zstandard.ZstdCompressor().compress(plain.getvalue())


def odd(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def read(path: Path) -> list[tuple[str, bytes]]:
    return list(read_tar_zst(path))


@given(members=MEMBERS)
def test_what_was_packed_comes_out_in_order(members, tmp_path_factory):
    path = tmp_path_factory.mktemp("tar") / "one.tar.zst"

    size = write_tar_zst(path, members.items())

    assert read(path) == list(members.items())
    assert size == path.stat().st_size


def test_other_programs_can_read_it(tmp_path: Path):
    path = tmp_path / "one.tar.zst"
    write_tar_zst(path, [("archive/a.json", b"{}")])

    with zstandard.open(path, "rb") as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        assert [(info.name, info.size) for info in tar] == [("archive/a.json", 2)]


def test_the_same_members_give_the_same_bytes(tmp_path: Path):
    one, two = tmp_path / "1", tmp_path / "2"
    for path in (one, two):
        write_tar_zst(path, [("a", b"x" * 900)])

    assert one.read_bytes() == two.read_bytes()


def test_an_older_file_is_never_replaced(tmp_path: Path):
    path = tmp_path / "one"
    path.write_bytes(b"older")

    with pytest.raises(InputError, match="lies there already"):
        write_tar_zst(path, [("a", b"")])
    assert [p.name for p in tmp_path.iterdir()] == ["one"]
    assert path.read_bytes() == b"older"


def test_nothing_is_left_of_a_file_that_failed(tmp_path: Path):
    def members() -> Iterator[tuple[str, bytes]]:
        yield "a", b"x"
        raise StoreDamaged("the disk")

    with pytest.raises(StoreDamaged):
        write_tar_zst(tmp_path / "one", members())
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_tar_cannot_hold_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be named"):
        write_tar_zst(tmp_path / "one", [("a" * 300, b"")])


HOSTILE = [
    pytest.param(packed((odd("x", tarfile.SYMTYPE, "/etc/passwd"), b"")), id="symbolic link"),
    pytest.param(packed((odd("x", tarfile.LNKTYPE, "../y"), b"")), id="hard link"),
    pytest.param(packed((odd("x", tarfile.CHRTYPE), b"")), id="device"),
    pytest.param(packed((odd("x", tarfile.FIFOTYPE), b"")), id="pipe"),
    pytest.param(packed((odd("x", tarfile.DIRTYPE), b"")), id="folder"),
    pytest.param(packed((odd("é" * 200, tarfile.REGTYPE), b"")), id="extended header"),
    pytest.param(
        packed((odd("x" * 200, tarfile.REGTYPE), b""), form=tarfile.GNU_FORMAT), id="long name"
    ),
]


@pytest.mark.parametrize("content", HOSTILE)
def test_what_is_no_plain_file_is_refused(content, tmp_path: Path):
    path = tmp_path / "hostile"
    path.write_bytes(content)

    with pytest.raises(InputError, match="not a backup of ours"):
        read(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    path = tmp_path / "bomb"
    size = 200 << 20  # packs to some kilobytes: more than a thousand times its own size
    header = tarfile.TarInfo("a")
    header.size = size
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as stream:
        stream.write(header.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(200):
            stream.write(bytes(1 << 20))

    with pytest.raises(InputError, match="unpacks to more than"):
        read(path)


def test_more_than_there_is_room_for_is_refused(tmp_path: Path):
    path = tmp_path / "big"
    write_tar_zst(path, [("a", bytes(5000))])

    with pytest.raises(InputError, match="nothing was restored"):
        list(read_tar_zst(path, largest=4000))


def test_a_member_that_claims_too_much_is_refused(tmp_path: Path):
    header = tarfile.TarInfo("a")
    header.size = LARGEST_MEMBER + 1
    path = tmp_path / "claims"
    path.write_bytes(zstandard.ZstdCompressor().compress(header.tobuf(tarfile.USTAR_FORMAT)))

    with pytest.raises(InputError, match="not one of ours"):
        read(path)


@given(data=st.data())
def test_a_damaged_file_never_reads_as_a_whole_one(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("tar") / "one"
    write_tar_zst(path, [("a", bytes(range(256)) * 5), ("b", b"end")])
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:cut])

    with pytest.raises(HippiqueError):
        read(path)


@given(junk=st.binary(max_size=600))
def test_a_foreign_file_is_refused(junk, tmp_path_factory):
    path = tmp_path_factory.mktemp("tar") / "junk"
    path.write_bytes(junk)

    with pytest.raises(HippiqueError):
        read(path)
