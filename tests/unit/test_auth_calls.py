"""Where a call comes from, whose host it names, and how many failures an address may have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from hippique.web.auth.calls import Place, is_own_page
from hippique.web.auth.failures import MOST_ADDRESSES, MOST_FAILURES, WITHIN_S, FailureCount

LOOPBACK = Place(loopback_only=True)
LAN = Place(names=frozenset({"turf.local", "hippique.example"}))
FRONT = Place(behind_front=True)


def call(peer: str | None = "192.0.2.1", scheme: str = "http", **headers: str) -> Scope:
    """A call; header names with `_` for `-`."""
    raw = [(n.replace("_", "-").encode(), v.encode("latin-1")) for n, v in headers.items()]
    client = None if peer is None else (peer, 50000)
    return {"type": "http", "scheme": scheme, "client": client, "headers": raw}


# --- the caller's address ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "192.0.2.1"),
        ("203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 198.51.100.7,203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, ", "192.0.2.1"),
        ("203.0.113.9, junk", "192.0.2.1"),
        ("2001:db8::7", "2001:db8::7"),
    ],
)
def test_behind_the_front_end_the_hop_that_it_appended_is_the_caller(forwarded, address):
    headers = {} if forwarded is None else {"x_forwarded_for": forwarded}

    assert FRONT.address_of(call(**headers)) == address
    assert LAN.address_of(call(**headers)) == "192.0.2.1"


def test_a_second_header_of_the_caller_comes_before_the_one_of_the_front_end():
    scope = call(x_forwarded_for="10.0.0.1")
    scope["headers"].append((b"x-forwarded-for", b"203.0.113.9"))

    assert FRONT.address_of(scope) == "203.0.113.9"


def test_a_call_without_an_address_has_an_empty_one():
    assert LAN.address_of(call(None)) == ""


@given(st.text(max_size=40))
def test_no_header_stands_for_an_address_that_is_none(said: str):
    scope = call()
    scope["headers"] = [(b"x-forwarded-for", said.encode("utf-8"))]

    assert LAN.address_of(scope) == "192.0.2.1"
    assert len(FRONT.address_of(scope)) <= 45


# --- the host that it names ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "at_home", "on_the_lan"),
    [
        ("127.0.0.1:8080", True, True),
        ("localhost:8080", True, True),
        ("LOCALHOST", True, True),
        ("[::1]:8080", True, True),
        ("192.168.1.7:8080", False, True),
        ("[fe80::1]", False, True),
        ("turf.local:8080", False, True),
        ("turf.local.", False, True),
        ("hippique.example", False, True),
        ("rebound.example", False, False),
        ("rebound.example:8080", False, False),
        ("127.0.0.1.rebound.example", False, False),
        ("localhost.rebound.example", False, False),
        ("user@rebound.example", False, False),
        ("", False, False),
        ("[::1", False, False),
        (":8080", False, False),
    ],
)
def test_a_host_name_that_is_not_ours_is_refused(host, at_home, on_the_lan):
    scope = call(host=host)

    assert LOOPBACK.takes_host(scope) is at_home
    assert LAN.takes_host(scope) is on_the_lan
    assert FRONT.takes_host(scope) is True


def test_a_call_with_no_host_or_with_two_is_refused():
    scope = call(host="localhost")
    scope["headers"] *= 2

    assert LOOPBACK.takes_host(call()) is False
    assert LOOPBACK.takes_host(scope) is False


@pytest.mark.parametrize(
    ("peer", "is_taken"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True),
        (None, True), ("192.168.1.7", False), ("::ffff:192.168.1.7", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_where_only_this_machine_may_call_nobody_else_is_answered(peer, is_taken):
    assert LOOPBACK.takes_peer(call(peer)) is is_taken
    assert LAN.takes_peer(call(peer)) is True


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"host": "localhost:8080"}, True),
        ({"host": "localhost:8080", "origin": "http://localhost:8080"}, True),
        ({"host": "LOCALHOST:8080", "origin": "http://localhost:8080"}, True),
        ({"host": "localhost:8080", "origin": "http://localhost:3000"}, False),
        ({"host": "localhost:8080", "origin": "https://elsewhere.example"}, False),
        ({"host": "localhost:8080", "origin": "null"}, False),
        ({"host": "localhost:8080", "origin": ""}, False),
        ({"host": "localhost:8080", "origin": "http://[::1"}, False),
        ({"origin": "null"}, False),
        ({"host": "localhost:8080", "sec_fetch_site": "cross-site"}, False),
        ({"host": "localhost:8080", "sec_fetch_site": "same-site"}, False),
        ({"host": "localhost:8080", "sec_fetch_site": "same-origin"}, True),
        ({"host": "localhost:8080", "sec_fetch_site": "none"}, True),
    ],
)
def test_a_page_of_another_origin_is_told_from_our_own(headers, is_own):
    assert is_own_page(call(**headers)) is is_own


@pytest.mark.parametrize(
    ("place", "scheme", "is_https"),
    [(LAN, "http", False), (LAN, "https", True), (FRONT, "http", True)],
)
def test_the_way_is_encrypted_by_us_or_by_the_front_end(place, scheme, is_https):
    forged = call(scheme=scheme, x_forwarded_proto="https")

    assert place.is_https(forged) is is_https


# --- failures ------------------------------------------------------------------------------------


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_an_address_is_spent_after_thirty_failures_and_free_a_minute_after_the_first():
    clock = Clock()
    count = FailureCount(clock)
    for _ in range(MOST_FAILURES):
        assert not count.is_spent("192.0.2.1")
        count.add("192.0.2.1")

    assert count.is_spent("192.0.2.1")
    assert not count.is_spent("192.0.2.2")
    clock.at = WITHIN_S
    assert not count.is_spent("192.0.2.1")


def test_addresses_of_one_ipv6_network_count_together():
    count = FailureCount(Clock())
    for number in range(MOST_FAILURES):
        count.add(f"2001:db8:0:1::{number:x}")

    assert count.is_spent("2001:db8:0:1:ffff::1")
    assert not count.is_spent("2001:db8:0:2::1")


def test_an_ipv4_address_in_ipv6_dress_is_the_same():
    count = FailureCount(Clock())
    for _ in range(MOST_FAILURES):
        count.add("::ffff:192.0.2.1")

    assert count.is_spent("192.0.2.1")
    assert not count.is_spent("::ffff:192.0.2.2")


def test_memory_is_bounded_however_many_addresses_fail():
    count = FailureCount(Clock())
    for number in range(MOST_ADDRESSES + 500):
        count.add(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert len(count) == MOST_ADDRESSES


@given(st.lists(st.floats(0, 5), max_size=200))
def test_no_minute_holds_more_than_thirty_counted_failures(waits):
    clock, counted = Clock(), []
    count = FailureCount(clock)
    for wait_s in waits:
        clock.at += wait_s
        if not count.is_spent("192.0.2.1"):
            count.add("192.0.2.1")
            counted.append(clock.at)

    for at in counted:
        assert sum(at <= other < at + WITHIN_S for other in counted) <= MOST_FAILURES
