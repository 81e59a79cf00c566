"""Codes and sessions: used once, short-lived, few attempts, and nothing secret is kept."""

from __future__ import annotations

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from hippique.errors import NotAuthenticated, StoreDamaged
from hippique.runtime.private_file import MemoryFile
from hippique.web.auth.grants import MOST_GRANTS, Grants
from hippique.web.auth.pairing import (
    ALPHABET,
    CODE_LIVES,
    COOKIE,
    MOST_WRONG,
    SECURE_COOKIE,
    SESSION_LIVES,
    Paired,
    Pairing,
    csrf_of,
)  # fmt: skip
from hippique.web.auth.roles import Role

NOON = dt.datetime(2026, 6, 7, 10, tzinfo=dt.UTC)


class Desk:
    """A pairing whose clock stands and whose randomness counts."""

    def __init__(self) -> None:
        self.at = NOON
        self.file = MemoryFile()
        self.numbers = itertools.count(1)
        self.pairing = Pairing(
            grants=Grants(self.file), now=lambda: self.at, random_bytes=self.random_bytes
        )

    def random_bytes(self, size: int) -> bytes:
        return bytes(next(self.numbers) % 256 for _ in range(size))

    def paired(self, role: Role = Role.READER) -> Paired:
        return self.pairing.redeem(self.pairing.offer(role))

    def who(self, secret: str, name: str = COOKIE) -> tuple[str, Role] | None:
        found = self.pairing(Headers({"cookie": f"a=b; {name}={secret}"}))
        return (found.who, found.role) if found else None


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("role", [Role.READER, Role.OPERATOR])
def test_a_code_opens_a_session_of_its_role(desk: Desk, role: Role):
    paired = desk.paired(role)

    who, found = desk.who(paired.secret) or ("", None)
    assert (who[:7], found, paired.lives) == ("screen-", role, SESSION_LIVES[role])
    assert desk.who(paired.secret, SECURE_COOKIE) == (who, role)
    assert len(bytes.fromhex(paired.secret)) == 32


def test_a_code_is_eight_signs_that_nobody_confuses(desk: Desk):
    code = desk.pairing.offer(Role.READER)

    assert (len(code), code[4]) == (9, "-")
    assert set(code) <= {*ALPHABET, "-"}
    assert not {*"ILOU"} & {*ALPHABET}


@pytest.mark.parametrize(
    "typed",
    [
        str.lower, lambda c: f"  {c} ", lambda c: c.replace("-", " "), lambda c: c[:4] + c[5:],
        lambda c: c.replace("0", "O").replace("1", "l"),
    ],
)  # fmt: skip
def test_a_code_may_be_typed_as_people_do(desk: Desk, typed):
    assert desk.pairing.redeem(typed(desk.pairing.offer(Role.READER))).role is Role.READER


def test_a_code_works_once(desk: Desk):
    code = desk.pairing.offer(Role.READER)
    desk.pairing.redeem(code)

    with pytest.raises(NotAuthenticated):
        desk.pairing.redeem(code)


def test_of_many_who_type_a_code_at_once_one_is_paired(desk: Desk):
    code = desk.pairing.offer(Role.OPERATOR)

    def try_it(_: int) -> bool:
        try:
            desk.pairing.redeem(code)
        except NotAuthenticated:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(16))) == 1
    assert len(desk.pairing.sessions()) == 1


def test_a_code_dies_after_ten_minutes(desk: Desk):
    code = desk.pairing.offer(Role.READER)
    desk.at += CODE_LIVES

    with pytest.raises(NotAuthenticated):
        desk.pairing.redeem(code)


def test_wrong_attempts_end_every_code_that_is_out(desk: Desk):
    codes = [desk.pairing.offer(Role.OPERATOR) for _ in range(2)]
    for _ in range(MOST_WRONG):
        with pytest.raises(NotAuthenticated):
            desk.pairing.redeem("0000-0000")

    for code in codes:
        with pytest.raises(NotAuthenticated):
            desk.pairing.redeem(code)
    assert desk.paired().role is Role.READER  # a new one works


def test_wrong_attempts_end_no_session(desk: Desk):
    paired = desk.paired()
    for _ in range(MOST_WRONG + 1):
        with pytest.raises(NotAuthenticated):
            desk.pairing.redeem("nothing")

    assert desk.who(paired.secret) is not None


@given(st.text(max_size=30))
def test_nothing_that_is_typed_opens_a_session_by_chance(typed: str):
    desk = Desk()
    code = desk.pairing.offer(Role.OPERATOR)

    with pytest.raises(NotAuthenticated):
        desk.pairing.redeem(f"x{typed}")
    assert desk.pairing.redeem(code).role is Role.OPERATOR


@pytest.mark.parametrize("role", [Role.READER, Role.OPERATOR])
def test_a_session_ends_at_its_time(desk: Desk, role: Role):
    paired = desk.paired(role)

    desk.at += paired.lives - dt.timedelta(seconds=1)
    assert desk.who(paired.secret) is not None
    desk.at += dt.timedelta(seconds=1)
    with pytest.raises(NotAuthenticated):
        desk.who(paired.secret)
    assert desk.pairing.sessions() == ()


def test_a_session_that_is_left_or_revoked_is_ended_and_the_others_live(desk: Desk):
    one, two = desk.paired(), desk.paired()

    assert desk.pairing.leave(Headers({"cookie": f"{COOKIE}={one.secret}"}))
    assert not desk.pairing.leave(Headers({"cookie": f"{COOKIE}={one.secret}"}))
    with pytest.raises(NotAuthenticated):
        desk.who(one.secret)
    assert desk.who(two.secret) is not None


def test_a_command_beside_the_service_reads_for_a_minute(desk: Desk):
    headers = Headers({"cookie": desk.pairing.visit()})

    found = desk.pairing(headers)
    assert found is not None
    assert found.role is Role.READER
    desk.at += dt.timedelta(minutes=1)
    with pytest.raises(NotAuthenticated):
        desk.pairing(headers)


@pytest.mark.parametrize("cookie", ["", "x=y", f"{COOKIE}=", "garbage", ";;;"])
def test_a_call_without_our_cookie_shows_nothing(desk: Desk, cookie: str):
    assert desk.pairing(Headers({"cookie": cookie})) is None
    assert desk.pairing(Headers({})) is None


def test_a_code_is_no_session_and_the_stored_hash_is_neither(desk: Desk):
    code = desk.pairing.offer(Role.OPERATOR)
    paired = desk.paired()
    (offered,) = [one for one in desk.pairing.grants.listed() if one.kind == "code"]

    for secret in (code, code.replace("-", ""), offered.digest, desk.pairing.sessions()[0].digest):
        with pytest.raises(NotAuthenticated):
            desk.who(secret)
    kept = (desk.file.read() or b"").decode()
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert paired.secret not in kept
    assert csrf_of(paired.secret) not in kept


def test_each_session_has_a_token_of_its_own_against_forged_forms(desk: Desk):
    one, two = desk.paired(), desk.paired()

    found = desk.pairing(Headers({"cookie": f"{COOKIE}={one.secret}"}))
    assert found is not None
    assert found.csrf == csrf_of(one.secret)
    assert len({csrf_of(one.secret), csrf_of(two.secret), one.secret, two.secret}) == 4


def test_the_list_is_bounded_and_what_has_ended_is_dropped(desk: Desk):
    for _ in range(MOST_GRANTS + 20):
        desk.pairing.offer(Role.READER)
    assert len(desk.pairing.grants.listed()) == MOST_GRANTS

    desk.at += CODE_LIVES
    desk.pairing.offer(Role.READER)
    assert len(desk.pairing.grants.listed()) == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"[{}]", b"\xff", b'[{"kind": "key"}]'])
def test_a_damaged_list_lets_nobody_in_and_is_told_with_the_mend(content: bytes):
    desk = Desk()
    desk.file.change(lambda _: content)

    with pytest.raises(StoreDamaged, match="remove pairing"):
        desk.who("x")
    with pytest.raises(StoreDamaged):
        desk.pairing.offer(Role.READER)
    assert desk.file.read() == content
