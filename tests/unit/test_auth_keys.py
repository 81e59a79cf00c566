"""The issuer's keys: kept, fetched again when they must be, and never in a flood."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import KeysUnreachable, SourceDown
from hippique.web.auth.keys import (
    FAILURE_PAUSE_S,
    FRESH_S,
    KEPT_S,
    STRANGER_PAUSE_S,
    KeyRing,
    read_keys,
)  # fmt: skip
from tokens import ec_jwk, key_set, rsa_jwk

ONE, TWO = rsa_jwk("one"), rsa_jwk("two")


class Issuer:
    """What the issuer serves; counts how often it was asked. at: the ring's clock, seconds."""

    def __init__(self, *jwks: dict[str, object]) -> None:
        self.body: bytes | None = key_set(*jwks)
        self.asked = 0
        self.at = 0.0
        self.ring = KeyRing(self.fetch, lambda: self.at, "RS256")

    def fetch(self) -> bytes:
        self.asked += 1
        if self.body is None:
            raise SourceDown("down", site="identity")
        return self.body

    def knows(self, name: str) -> bool:
        return self.ring.find(name) is not None


def test_keys_are_fetched_once_while_they_are_fresh():
    issuer = Issuer(ONE)

    assert [issuer.knows("one") for _ in range(5)] == [True] * 5
    issuer.at = FRESH_S - 1
    assert issuer.knows("one")
    assert issuer.asked == 1


def test_an_unknown_name_is_asked_for_once_then_after_a_pause():
    issuer = Issuer(ONE)
    assert issuer.knows("one")

    assert not any(issuer.knows(f"made up {n}") for n in range(100))
    assert issuer.asked == 2
    issuer.at = STRANGER_PAUSE_S
    issuer.body = key_set(ONE, TWO)
    assert issuer.knows("two")
    assert issuer.asked == 3


def test_a_flood_at_the_start_asks_once_and_a_second_time():
    issuer = Issuer(ONE)

    assert not any(issuer.knows(f"made up {n}") for n in range(100))
    assert issuer.asked == 2
    assert issuer.knows("one")


def test_old_keys_are_fetched_again_and_a_withdrawn_one_is_forgotten():
    issuer = Issuer(ONE, TWO)
    assert issuer.knows("two")
    issuer.at, issuer.body = FRESH_S, key_set(ONE)

    assert not issuer.knows("two")
    assert issuer.knows("one")


def test_while_the_issuer_is_down_the_last_keys_count_until_they_are_too_old():
    issuer = Issuer(ONE)
    assert issuer.knows("one")
    issuer.body = None

    issuer.at = KEPT_S - 1
    assert issuer.knows("one")
    issuer.at = KEPT_S
    with pytest.raises(KeysUnreachable):
        issuer.knows("one")


def test_without_keys_nobody_is_called_a_stranger():
    issuer = Issuer()
    issuer.body = None

    for _ in range(50):
        with pytest.raises(KeysUnreachable):
            issuer.knows("one")
    assert issuer.asked == 1
    issuer.at, issuer.body = FAILURE_PAUSE_S, key_set(ONE)
    assert issuer.knows("one")


@given(
    st.lists(st.tuples(st.sampled_from(["one", "two", "x", "y"]), st.floats(0, 30)), max_size=60)
)
def test_no_flood_of_names_asks_the_issuer_more_than_the_pauses_allow(calls):
    issuer = Issuer(ONE)
    for name, later_s in calls:
        issuer.at += later_s
        assert issuer.knows(name) == (name == "one")

    assert issuer.asked <= 2 + issuer.at / STRANGER_PAUSE_S + issuer.at / FRESH_S


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"<html>", b'{"keys": 7}', b'{"keys": [7]}', b"[" * 5000, b"\xff"],
)
def test_what_is_no_key_set_is_refused(body: bytes):
    with pytest.raises(SourceDown):
        read_keys(body, "RS256")


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(["kty", "n", "e", "kid", "use", "alg", "d"]), JSON))
def test_whatever_a_key_holds_the_others_are_read(odd):
    assert "two" in read_keys(key_set({**ONE, **odd}, TWO), "RS256")


@pytest.mark.parametrize(
    "changed",
    [{"kty": "oct"}, {"use": "enc"}, {"kid": None}, {"n": "!"}, {"kty": "EC"}, {"e": None}],
    ids=str,
)
def test_a_key_that_cannot_be_used_is_passed_over(changed):
    odd = {**ONE, **changed}

    assert list(read_keys(key_set(odd, TWO, ec_jwk("iap")), "RS256")) == ["two"]
    with pytest.raises(SourceDown):
        read_keys(key_set(odd), "RS256")


def test_a_secret_among_the_public_keys_signs_nothing():
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "one", "alg": "HS256"}

    with pytest.raises(SourceDown):
        read_keys(json.dumps({"keys": [secret]}).encode(), "RS256")
