"""A copy taken while a day is written: whole as far as its marks go, and nothing old is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from care_days import copied, run_day
from desks import DAY
from hippique.day.care.copying import consistent_addresses
from hippique.day.verify import verify_day, verify_seals
from hippique.runtime.memory import MemoryArchive

WHOLE = run_day().archive
RANKS = {"manifest.json": 1, "seal.json": 2}
PHASES = {"H30": 0, "H5": 1, "RESULT": 2}


def written_at(address: str) -> tuple[int, int, int, str]:
    """The order in which the service writes: a phase's files, its manifest, …, the seal last."""
    folder, _, name = address.rpartition("/")
    phase = PHASES.get(folder.rpartition("/")[2], 0)
    return (name == "seal.json", phase, RANKS.get(name, 0), address)


ORDER = sorted(WHOLE.addresses(), key=written_at)


class Walked:
    """An archive that is written while a listing walks through it, folder by folder.

    pace: how many artefacts are written before each step of a walk.
    """

    def __init__(self, begun: int, pace: list[int], walk: list[str]) -> None:
        self._inside = MemoryArchive()
        self._ahead = list(ORDER)
        self._pace = list(pace)
        self._walk = walk
        self._write(begun)

    def _write(self, count: int) -> None:
        for address in self._ahead[:count]:
            self._inside.create(address, WHOLE.read(address))
        del self._ahead[:count]

    def create(self, address: str, content: bytes) -> None:
        raise AssertionError(f"a backup writes nothing: {address}, {len(content)} bytes")

    def read(self, address: str) -> bytes:
        return self._inside.read(address)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        seen: list[str] = []
        for address in self._walk:
            self._write(self._pace.pop() if self._pace else 0)
            seen += {address} & set(self._inside.addresses(prefix))
        return tuple(sorted(seen))


@given(
    begun=st.integers(0, len(ORDER)),
    pace=st.lists(st.integers(0, 9), max_size=60),
    walk=st.permutations(ORDER),
)
def test_every_mark_in_a_copy_has_all_that_it_names(begun, pace, walk):
    archive = Walked(begun, pace, walk)
    before = set(ORDER[:begun])

    taken = consistent_addresses(archive)

    copy = MemoryArchive()
    for address in taken:
        copy.create(address, archive.read(address))
    assert verify_day(copy, DAY).touched == ()
    assert verify_seals(copy) == ()
    assert before <= set(taken)


def test_a_quiet_archive_is_copied_whole():
    assert consistent_addresses(WHOLE) == WHOLE.addresses()


def test_a_manifest_that_cannot_be_read_is_copied_as_it_is():
    spoiled = copied(WHOLE)
    spoiled.remove(f"{DAY}/R1C1/H5/manifest.json")
    spoiled.create(f"{DAY}/R1C1/H5/manifest.json", b"junk")

    assert consistent_addresses(spoiled) == spoiled.addresses()
