"""A token's signature: the issuer's key alone, our algorithm, and the marker where it counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwt import PyJWK

from hippique.errors import NotAuthenticated
from hippique.web.auth.claims import Expected
from hippique.web.auth.keys import read_keys
from hippique.web.auth.tokens import LONGEST, MARKER, Issuer
from tokens import (
    AUDIENCE,
    CALLER,
    ISSUER,
    assertion,
    claims,
    ec_jwk,
    key_set,
    marked,
    part,
    rsa_jwk,
    token,
)  # fmt: skip

NOW = 1_800_000_000
KEYS = read_keys(key_set(rsa_jwk("one"), ec_jwk("iap")), "RS256")
GOOD = token(claims(NOW))


class Known:
    """Keys that are always there."""

    def find(self, name: str) -> PyJWK | None:
        return KEYS.get(name)


def issuer(*, is_stripped: bool = False, algorithm: str = "RS256") -> Issuer:
    expected = Expected(audiences=frozenset({AUDIENCE}), issuers=frozenset({ISSUER}))
    return Issuer(
        keys=Known(), algorithm=algorithm, expected=expected, now_s=lambda: NOW,
        is_stripped=is_stripped,
    )  # fmt: skip


def why_not(said: str, *, is_stripped: bool = False) -> str:
    with pytest.raises(NotAuthenticated) as caught:
        issuer(is_stripped=is_stripped).email_of(said)
    assert said not in caught.value.why or len(said) < 3
    return caught.value.why


@pytest.mark.parametrize("is_stripped", [False, True])
def test_a_signed_token_names_its_e_mail(is_stripped):
    assert issuer(is_stripped=is_stripped).email_of(GOOD) == (CALLER, AUDIENCE)


def test_the_marker_counts_where_the_platform_checks_and_nowhere_else():
    said = marked(claims(NOW))

    assert issuer(is_stripped=True).email_of(said) == (CALLER, AUDIENCE)
    assert why_not(said).startswith("bad signature")


@pytest.mark.parametrize(
    "third", ["", MARKER.lower(), MARKER + "=", MARKER + "A", MARKER[:-1], f"{MARKER}.{MARKER}"]
)
def test_only_the_whole_marker_counts(third: str):
    head, body, _ = marked(claims(NOW)).split(".")

    why_not(f"{head}.{body}.{third}", is_stripped=True)


def test_a_marked_token_that_says_it_was_never_signed_is_refused():
    body = part(claims(NOW))

    assert (
        why_not(f"{part({'alg': 'none'})}.{body}.{MARKER}", is_stripped=True) == "wrong algorithm"
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (assertion(claims(NOW)), "wrong algorithm"),
        (token(claims(NOW), "two"), "unknown key"),
        (token(claims(NOW), "one", kid="iap"), "unknown key"),
        (token(claims(NOW), "two", kid="one"), "bad signature (InvalidSignatureError)"),
        (f"{part({'alg': 'RS256'})}.{part(claims(NOW))}.AAAA", "no key is named"),
        (f"{part({'alg': 'RS256', 'kid': 7})}.{part(claims(NOW))}.AAAA", "no key is named"),
        (f"{part({'alg': 'RS256', 'kid': 'one', 'crit': ['x']})}.{part({})}.AAAA", "bad signature"),
        ("a.b", "no token of three parts"),
        ("", "no token of three parts"),
        (GOOD + ".", "no token of three parts"),
        ("x" * LONGEST + "..", "no token of three parts"),
        ("é.b.c", "the token is no JSON"),
        (f"{part([])}.{part({})}.AAAA", "the token is no JSON object"),
        (f"{part('x')}.{part({})}.AAAA", "the token is no JSON object"),
    ],
)
def test_what_is_no_good_signature_is_refused_and_the_log_says_why(said, why):
    assert why_not(said).startswith(why)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="ascii"))
def test_a_token_with_one_sign_changed_is_refused(at: int, sign: str):
    changed = GOOD[:at] + sign + GOOD[at + 1 :]

    if changed != GOOD:
        why_not(changed)


@given(st.text(max_size=60))
def test_any_text_is_judged_and_nothing_else_rises(text: str):
    why_not(text, is_stripped=True)


def test_iap_signs_by_another_algorithm():
    keys = read_keys(key_set(rsa_jwk("one"), ec_jwk("iap")), "ES256")

    assert list(keys) == ["iap"]
    assert list(KEYS) == ["one"]
