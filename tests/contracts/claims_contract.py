"""What every store of claims does. A backend joins by `make_claims`: one store, several owners."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from hippique.ports import Claims
from hippique.runtime.owner import Owner, this_process

TTL_S = 250.0


@dataclass
class Wall:
    """The machine's clock, moved by hand."""

    now: datetime = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


MakeClaims = Callable[[Owner, Wall], Claims]
"""make_claims(owner, wall): the same store each time, claims live TTL_S."""


def ended_process() -> int:
    """The number of a process that ran on this machine and is gone."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


class ClaimsContract:
    @pytest.fixture
    def make_claims(self) -> MakeClaims:
        raise NotImplementedError

    @pytest.fixture
    def wall(self) -> Wall:
        return Wall()

    @pytest.fixture
    def ours(self, make_claims: MakeClaims, wall: Wall) -> Claims:
        return make_claims(this_process("ours"), wall)

    @pytest.fixture
    def theirs(self, make_claims: MakeClaims, wall: Wall) -> Claims:
        return make_claims(this_process("theirs"), wall)

    def test_the_first_holds_it_and_the_second_does_not(self, ours: Claims, theirs: Claims) -> None:
        assert (ours.acquire("R1C3-H5"), theirs.acquire("R1C3-H5")) == (True, False)
        assert theirs.acquire("R1C4-H5")

    def test_a_second_delivery_to_the_same_process_does_not_hold_it_twice(
        self, ours: Claims
    ) -> None:
        assert (ours.acquire("a"), ours.acquire("a")) == (True, False)

    def test_of_many_at_once_one_wins(self, ours: Claims, theirs: Claims) -> None:
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda claims: claims.acquire("a"), [ours, theirs] * 8))

        assert won.count(True) == 1

    def test_what_was_released_can_be_held_again(self, ours: Claims, theirs: Claims) -> None:
        ours.acquire("a")
        ours.release("a")

        assert theirs.acquire("a")

    def test_only_its_holder_releases_it(self, ours: Claims, theirs: Claims) -> None:
        ours.acquire("a")
        theirs.release("a")
        theirs.release("never held")

        assert not theirs.acquire("a")

    def test_an_expired_claim_is_taken_over(self, ours: Claims, theirs: Claims, wall: Wall) -> None:
        ours.acquire("a")
        wall.advance(TTL_S - 0.001)
        before = theirs.acquire("a")
        wall.advance(0.001)

        assert (before, theirs.acquire("a")) == (False, True)

    def test_the_former_holder_does_not_release_the_new_one(
        self, ours: Claims, theirs: Claims, wall: Wall
    ) -> None:
        ours.acquire("a")
        wall.advance(TTL_S)
        theirs.acquire("a")
        ours.release("a")

        assert not ours.acquire("a")

    def test_the_claim_of_a_dead_process_is_taken_over_at_once(
        self, make_claims: MakeClaims, ours: Claims, wall: Wall
    ) -> None:
        dead = replace(this_process("dead"), pid=ended_process())
        make_claims(dead, wall).acquire("a")

        assert ours.acquire("a")

    def test_a_later_process_with_the_dead_one_s_number_is_not_it(
        self, make_claims: MakeClaims, ours: Claims, wall: Wall
    ) -> None:
        here = this_process("before")
        make_claims(replace(here, started_s=here.started_s - 3600), wall).acquire("a")

        assert ours.acquire("a")

    def test_a_process_of_another_machine_is_believed_alive_until_expiry(
        self, make_claims: MakeClaims, ours: Claims, wall: Wall
    ) -> None:
        elsewhere = Owner(host="elsewhere", pid=ended_process(), started_s=1, instance="x")
        make_claims(elsewhere, wall).acquire("a")
        before = ours.acquire("a")
        wall.advance(TTL_S)

        assert (before, ours.acquire("a")) == (False, True)
