"""The claims of a token at an instant: each alone, and all against PyJWT's judgement."""

from __future__ import annotations

import json
import time
import warnings
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import NotAuthenticated
from hippique.web.auth.claims import LEEWAY_S, REFUSED, Expected, check_claims
from tokens import AUDIENCE, CALLER, ISSUER, claims, rsa_key, token

NOW = 1_800_000_000
EXPECTED = Expected(audiences=frozenset({AUDIENCE, "gcloud"}), issuers=frozenset({ISSUER, "other"}))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def judged(**changed: Any) -> tuple[str, str] | str:
    """The e-mail and audience, or why not."""
    try:
        return check_claims(claims(NOW, **changed), NOW, EXPECTED)
    except NotAuthenticated as error:
        return error.why


def test_the_caller_hears_one_sentence_whatever_was_wrong():
    for changed in ({"exp": 0}, {"aud": "x"}, {"email": None}):
        with pytest.raises(NotAuthenticated) as caught:
            check_claims(claims(NOW, **changed), NOW, EXPECTED)
        assert str(caught.value) == REFUSED


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, (CALLER, AUDIENCE)),
        ({"iss": "other", "aud": "gcloud"}, (CALLER, "gcloud")),
        ({"aud": ["x", AUDIENCE]}, (CALLER, AUDIENCE)),
        ({"email": " Scheduler@Project.iam.gserviceaccount.com "}, (CALLER, AUDIENCE)),
        ({"exp": NOW - LEEWAY_S + 1}, (CALLER, AUDIENCE)),
        ({"iat": NOW + LEEWAY_S, "nbf": NOW + LEEWAY_S}, (CALLER, AUDIENCE)),
    ],
)
def test_a_good_token_names_its_e_mail_and_audience(changed, found):
    assert judged(**changed) == found


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": None}, "wrong issuer"),
        ({"iss": "https://accounts.google.com/"}, "wrong issuer"),
        ({"iss": [ISSUER]}, "wrong issuer"),
        ({"aud": None}, "no audience"),
        ({"aud": []}, "no audience"),
        ({"aud": [AUDIENCE, 7]}, "no audience"),
        ({"aud": {AUDIENCE: 1}}, "no audience"),
        ({"aud": AUDIENCE + "/"}, "wrong audience"),
        ({"exp": NOW - LEEWAY_S}, "expired"),
        ({"exp": None}, "no exp or no iat"),
        ({"iat": None}, "no exp or no iat"),
        ({"exp": "2100-01-01"}, "exp is no instant"),
        ({"exp": True}, "exp is no instant"),
        ({"exp": float("inf")}, "exp is no instant"),
        ({"exp": float("nan")}, "exp is no instant"),
        ({"iat": NOW + LEEWAY_S + 1}, "not yet valid"),
        ({"nbf": NOW + LEEWAY_S + 1}, "not yet valid"),
        ({"email": None}, "no e-mail in the token"),
        ({"email": "  "}, "no e-mail in the token"),
        ({"email": ["a@b"]}, "no e-mail in the token"),
        ({"email_verified": None}, "the token's e-mail is not verified"),
        ({"email_verified": "true"}, "the token's e-mail is not verified"),
        ({"email_verified": 1}, "the token's e-mail is not verified"),
    ],
)
def test_a_bad_claim_is_refused_and_the_log_says_which(changed, why):
    assert judged(**changed) == why


def test_an_assertion_of_iap_needs_no_word_about_its_e_mail():
    of_iap = Expected(audiences=EXPECTED.audiences, issuers=EXPECTED.issuers, wants_verified=False)

    found = check_claims(claims(NOW, email_verified=None), NOW, of_iap)

    assert found == (CALLER, AUDIENCE)


@given(st.dictionaries(st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "email"]), JSON))
def test_whatever_a_token_holds_it_is_judged_and_nothing_else_rises(said):
    judged(**said)


@given(
    exp=st.integers(-2, 2), iat=st.integers(-2, 2), nbf=st.none() | st.integers(-2, 2),
    aud=st.sampled_from([AUDIENCE, "gcloud", "x", ["x"], ["x", AUDIENCE]]),
    iss=st.sampled_from([ISSUER, "other", "x"]),
)  # fmt: skip
def test_instants_audience_and_issuer_are_judged_as_by_pyjwt(exp, iat, nbf, aud, iss):
    now = int(time.time())  # PyJWT reads the wall's clock; hours away from it nothing is close
    said = claims(now, aud=aud, iss=iss, exp=now + exp * 3600 + 1800, iat=now + iat * 3600 - 1800)
    if nbf is not None:
        said["nbf"] = now + nbf * 3600 - 1800

    assert _is_good(said, now) == _is_good_to_pyjwt(said)


def _is_good(said: dict[str, Any], now: int) -> bool:
    try:
        check_claims(said, now, EXPECTED)
    except NotAuthenticated:
        return False
    return True


def _is_good_to_pyjwt(said: dict[str, Any]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            jwt.decode(
                token(said), rsa_key("one").public_key(), algorithms=["RS256"], leeway=LEEWAY_S,
                audience=list(EXPECTED.audiences), issuer=list(EXPECTED.issuers),
                options={"require": ["exp", "iat", "aud", "iss"]},
            )  # fmt: skip
        except jwt.InvalidTokenError:
            return False
    return True


def test_numbers_that_json_cannot_hold_are_no_instants():
    said = json.loads(json.dumps(claims(NOW)).replace(str(NOW + 3540), "1e999"))

    with pytest.raises(NotAuthenticated):
        check_claims(said, NOW, EXPECTED)
