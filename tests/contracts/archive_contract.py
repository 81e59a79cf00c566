"""What every archive and every store of views does. A backend joins by `archive` or `views`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import pytest

from hippique.errors import AlreadyExists, InputError, NotFound
from hippique.ports import Archive, Pruner, Views


class KeptArchive(Archive, Pruner, Protocol):
    """An archive with its keeper's side."""


OUTSIDE = [
    pytest.param("", id="empty"),
    pytest.param("/etc/hosts", id="absolute"),
    pytest.param("a/../b", id="one step up"),
    pytest.param("..", id="only a step up"),
    pytest.param("a/./b", id="a step nowhere"),
    pytest.param("a//b", id="empty segment"),
    pytest.param("a/", id="closing slash"),
    pytest.param("a\\b", id="backslash"),
    pytest.param("a b", id="space"),
    pytest.param("~draft", id="a draft's name"),
    pytest.param("a\x00b", id="zero byte"),
    pytest.param("été", id="accents"),
    pytest.param("a" * 201, id="segment too long"),
]


class ArchiveContract:
    @pytest.fixture
    def archive(self) -> Archive:
        raise NotImplementedError

    def test_what_was_created_is_read_back(self, archive: Archive) -> None:
        archive.create("2026-06-07/R1C3/H5/slip.json", b"\x00\xff{}")

        assert archive.read("2026-06-07/R1C3/H5/slip.json") == b"\x00\xff{}"

    def test_an_address_is_written_once(self, archive: Archive) -> None:
        archive.create("a/b", b"first")

        with pytest.raises(AlreadyExists, match="a/b"):
            archive.create("a/b", b"second")
        assert archive.read("a/b") == b"first"

    def test_of_many_writers_one_wins_whole(self, archive: Archive) -> None:
        contents = [bytes([number]) * 50_000 for number in range(16)]

        def write(content: bytes) -> bool:
            try:
                archive.create("race", content)
            except AlreadyExists:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(write, contents))

        assert won.count(True) == 1
        assert archive.read("race") == contents[won.index(True)]

    def test_nothing_lies_where_nothing_was_written(self, archive: Archive) -> None:
        archive.create("a/b/c", b"")

        for address in ("a/b/d", "a/b", "a/b/c/d"):
            with pytest.raises(NotFound, match=address):
                archive.read(address)

    def test_an_empty_artefact_is_an_artefact(self, archive: Archive) -> None:
        archive.create("empty", b"")

        assert archive.read("empty") == b""
        assert archive.addresses() == ("empty",)

    def test_addresses_are_sorted_and_below_whole_segments(self, archive: Archive) -> None:
        written = ("d/R1C1/H5/b", "d/R1C10/H5/a", "d/R1C1/H30/a", "e/plan", "d/R1C1.txt")
        for address in written:
            archive.create(address, b"")

        assert archive.addresses() == tuple(sorted(written))
        assert archive.addresses("d/R1C1") == ("d/R1C1/H30/a", "d/R1C1/H5/b")
        assert archive.addresses("d/R1C1/") == ("d/R1C1/H30/a", "d/R1C1/H5/b")
        assert archive.addresses("nowhere") == ()

    def test_folders_are_the_next_segments_that_hold_something(self, archive: Archive) -> None:
        for address in ("d/R1C1/H5/b", "d/R1C10/a", "d/R1C1.txt", "e/plan", "top"):
            archive.create(address, b"")

        assert archive.folders() == ("d", "e")
        assert archive.folders("d") == archive.folders("d/") == ("R1C1", "R1C10")
        assert archive.folders("e") == archive.folders("nowhere") == ()

    @pytest.mark.parametrize("address", OUTSIDE)
    def test_an_address_outside_the_rules_is_refused(self, archive: Archive, address: str) -> None:
        with pytest.raises(InputError):
            archive.create(address, b"")
        with pytest.raises(InputError):
            archive.read(address)
        assert archive.addresses() == ()

    def test_a_prefix_outside_the_rules_is_refused(self, archive: Archive) -> None:
        for prefix in ("..", "/", "a/../..", "a//"):
            with pytest.raises(InputError):
                archive.addresses(prefix)
            with pytest.raises(InputError):
                archive.folders(prefix)


class PrunerContract:
    """An archive as its keeper sees it."""

    @pytest.fixture
    def kept(self) -> KeptArchive:
        raise NotImplementedError

    def test_what_is_let_go_is_gone_and_the_rest_stays(self, kept: KeptArchive) -> None:
        for address in ("d/page-a.zst", "d/slip.json"):
            kept.create(address, b"x")

        kept.remove("d/page-a.zst")

        assert kept.addresses() == ("d/slip.json",)
        with pytest.raises(NotFound):
            kept.read("d/page-a.zst")

    def test_letting_go_of_nothing_is_no_fault(self, kept: KeptArchive) -> None:
        kept.create("d/a", b"x")

        kept.remove("d/b")
        kept.remove("e/f/g")

        assert kept.addresses() == ("d/a",)

    @pytest.mark.parametrize("address", OUTSIDE)
    def test_nothing_outside_the_rules_is_let_go(self, kept: KeptArchive, address: str) -> None:
        with pytest.raises(InputError):
            kept.remove(address)


class ViewsContract:
    @pytest.fixture
    def views(self) -> Views:
        raise NotImplementedError

    def test_what_was_published_last_is_loaded(self, views: Views) -> None:
        views.publish("plan.json", b"one, and longer")
        views.publish("plan.json", b"two")

        assert views.load("plan.json") == b"two"

    def test_what_was_never_published_is_none(self, views: Views) -> None:
        assert views.load("workbook/none.xlsx") is None

    def test_publish_tells_where_it_lies(self, views: Views) -> None:
        assert views.publish("workbook/suivi.xlsx", b"x").endswith("workbook/suivi.xlsx")

    def test_two_names_do_not_touch(self, views: Views) -> None:
        views.publish("a/x", b"1")
        views.publish("b/x", b"2")

        assert (views.load("a/x"), views.load("b/x")) == (b"1", b"2")

    @pytest.mark.parametrize("name", OUTSIDE)
    def test_a_name_outside_the_rules_is_refused(self, views: Views, name: str) -> None:
        with pytest.raises(InputError):
            views.publish(name, b"")
        with pytest.raises(InputError):
            views.load(name)
