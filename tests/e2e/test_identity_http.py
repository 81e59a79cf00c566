"""Who is let in by a real `serve`: tokens over HTTP, roles, the order of refusals, a flood."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hippique.web.auth.judges import GCLOUD
from running import Service, environment, racecourse, serve, until
from tokens import (
    AUDIENCE,
    CALLER,
    IAP_AUDIENCE,
    OPERATOR,
    READER,
    STRANGER,
    KeyServer,
    assertion,
    claims,
    ec_jwk,
    key_server,
    key_set,
    marked,
    rsa_jwk,
    signed_with_public_key,
    token,
    unsigned,
)  # fmt: skip

DAY = "2026-06-07"
PLAN = {"date": DAY, "mode": "plan"}
RACE_1 = f"https://www.zeturf.fr/fr/course/{DAY}/R1C1-x"
IDENTITY = {
    "REQUIRE_AUTH": "true", "OIDC_AUDIENCE": AUDIENCE, "SCHEDULER_SA_EMAIL": CALLER,
    "OIDC_OPERATORS": OPERATOR.upper(), "OIDC_READERS": f"{READER}, carol@example.org",
}  # fmt: skip
CLOUD = {"AUTH_PLATFORM": "cloud_run_iam", "K_SERVICE": "hippique", "EPHEMERAL": "true"}
OLD = {"iat": 1_700_000_000, "exp": 1_700_003_600}


@dataclass(frozen=True, slots=True)
class Door:
    """A service that checks identities, and the key server that it asks."""

    service: Service
    keys: KeyServer
    http: httpx.Client

    def call(self, method: str, path: str, bearer: str | None = None, **more: Any) -> Any:
        headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
        headers |= more.pop("headers", {})
        return self.http.request(method, path, headers=headers, **more)

    def plan(self, bearer: str | None) -> int:
        """The status of the seed's first call, which asks for a plan alone."""
        status: int = self.call("POST", "/schedule", bearer, json=PLAN).status_code
        return status


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    top = tmp_path_factory.mktemp("course")
    with racecourse(top, speed=10, races=2, seed=1, date=DAY) as course:
        yield course


@pytest.fixture(scope="module")
def keys() -> Iterator[KeyServer]:
    with key_server(key_set(rsa_jwk("one"))) as served:
        yield served


def opened(course: Service, keys: KeyServer, top: Path, **settings: str) -> Any:
    env = environment(**IDENTITY, OIDC_JWKS_URL=keys.url, **settings)
    return serve(top, top / "data", course.url, env)


ADDRESSES = itertools.count(2)


@contextmanager
def called(service: Service, keys: KeyServer) -> Iterator[Door]:
    """From a loopback address that nobody failed from before."""
    way = httpx.HTTPTransport(local_address=f"127.0.0.{next(ADDRESSES)}")
    with httpx.Client(base_url=service.url, transport=way, timeout=90.0) as http:
        yield Door(service, keys, http)


@pytest.fixture(scope="module")
def checking(course, keys, tmp_path_factory) -> Iterator[Service]:
    """AUTH_PLATFORM as it is unless set: signatures are checked here."""
    with opened(course, keys, tmp_path_factory.mktemp("door")) as service:
        yield service


@pytest.fixture(scope="module")
def behind(course, keys, tmp_path_factory) -> Iterator[Service]:
    """AUTH_PLATFORM=cloud_run_iam: the platform has checked them."""
    with opened(course, keys, tmp_path_factory.mktemp("cloud"), **CLOUD) as service:
        yield service


@pytest.fixture
def door(checking, keys) -> Iterator[Door]:
    with called(checking, keys) as door:
        yield door


@pytest.fixture
def cloud(behind, keys) -> Iterator[Door]:
    with called(behind, keys) as door:
        yield door


# Sixteen tokens; each with what it must get from us, and from us behind Cloud Run's own check.

MARKER_HOLDS = lambda: marked(claims())  # noqa: E731  a row of the table: made when it is used
TOKENS: list[tuple[str, Callable[[], str], int, int]] = [
    ("the marker of Cloud Run", MARKER_HOLDS, 401, 200),
    ("good", lambda: token(claims()), 200, 200),
    ("expired", lambda: token(claims(**OLD)), 401, 401),
    ("not yet valid", lambda: token(claims(iat=time.time() + 600)), 401, 401),
    ("wrong audience", lambda: token(claims(aud="https://other.example")), 401, 401),
    ("no audience", lambda: token(claims(aud=None)), 401, 401),
    ("wrong issuer", lambda: token(claims(iss="https://accounts.example")), 401, 401),
    ("wrong key", lambda: token(claims(), "two", kid="one"), 401, 401),
    ("alg=none", lambda: unsigned(claims()), 401, 401),
    ("HS256 by the public key", lambda: signed_with_public_key(claims()), 401, 401),
    ("unknown kid", lambda: token(claims(), "two"), 401, 401),
    ("no e-mail", lambda: token(claims(email=None)), 401, 401),
    ("unverified e-mail", lambda: token(claims(email_verified=False)), 401, 401),
    ("e-mail not allowed", lambda: token(claims(email=STRANGER)), 403, 403),
    ("no exp", lambda: token(claims(exp=None)), 401, 401),
]


@pytest.mark.parametrize(
    ("make", "here", "on_cloud_run"), [row[1:] for row in TOKENS], ids=[row[0] for row in TOKENS]
)
@pytest.mark.parametrize("platform", ["standalone", "cloud_run_iam"])
def test_a_token_gets_what_it_deserves(door, cloud, platform, make, here, on_cloud_run):
    asked, status = (door, here) if platform == "standalone" else (cloud, on_cloud_run)

    assert asked.plan(make()) == status


@pytest.mark.parametrize(
    "changed",
    [
        OLD, {"iat": 4_000_000_000}, {"aud": "https://other.example"}, {"aud": None},
        {"iss": "https://accounts.example"}, {"email": None}, {"email_verified": False},
        {"email_verified": "true"}, {"exp": None}, {"iat": None},
    ],
    ids=str,
)  # fmt: skip
def test_behind_cloud_run_the_marker_vouches_for_the_signature_alone(cloud: Door, changed):
    assert cloud.plan(marked(claims(**changed))) == 401


def test_a_marker_that_the_caller_wrote_beside_the_checked_token_does_not_count(cloud: Door):
    # Cloud Run checks X-Serverless-Authorization alone where both are there.
    checked = {"X-Serverless-Authorization": f"Bearer {marked(claims(email=READER))}"}
    forged = marked(claims(email=OPERATOR))

    assert cloud.call("POST", "/schedule", forged, json=PLAN, headers=checked).status_code == 403
    assert cloud.call("GET", "/readyz", forged, headers=checked).status_code == 200


def test_a_refusal_says_nothing_of_the_reason_and_the_log_does(door: Door):
    refused = token(claims(aud="https://other.example"))

    told = [door.call("GET", "/", said) for said in (refused, token(claims(**OLD)), "x", None)]

    assert {reply.text for reply in told} == {told[0].text}
    assert {reply.headers["www-authenticate"] for reply in told} == {"Bearer"}
    log = door.service.log.read_text("utf-8")
    assert '"reason": "wrong audience"' in log
    assert refused not in log
    assert refused.split(".")[2] not in log


# The seeds' three calls with the token of a person's gcloud.


@pytest.mark.parametrize("platform", ["standalone", "cloud_run_iam"])
def test_the_seeds_curl_calls_work_with_a_persons_gcloud_token(door, cloud, platform):
    asked = door if platform == "standalone" else cloud
    sign = token if platform == "standalone" else marked
    person = sign(claims(email=OPERATOR, aud=GCLOUD, azp=GCLOUD))

    schedule = asked.call("POST", "/schedule", person, json={"date": DAY, "mode": "tasks"})
    body = {"course_url": RACE_1, "phase": "H30", "date": DAY}
    run = asked.call("POST", "/run", person, json=body)
    health = asked.call("GET", "/healthz", person)

    assert [reply.status_code for reply in (schedule, run, health)] == [200, 200, 200]
    assert schedule.json()["tasks_scheduled"] == 2


@pytest.mark.parametrize("email", [CALLER, READER])
def test_gclouds_audience_is_for_operators_alone(door: Door, email: str):
    assert door.call("GET", "/readyz", token(claims(email=email, aud=GCLOUD))).status_code == 401
    assert door.call("GET", "/readyz", token(claims(email=email))).status_code == 200


# Roles.


@pytest.mark.parametrize(
    ("method", "path", "needs"),
    [
        ("GET", "/healthz", None), ("GET", "/health", None), ("HEAD", "/", "reader"),
        ("GET", "/", "reader"), ("GET", "/metrics", "reader"), ("GET", "/readyz", "reader"),
        ("GET", "/docs", "reader"), ("GET", "/openapi.json", "reader"),
        ("GET", f"/api/days/{DAY}", "reader"), ("GET", "/nowhere", "reader"),
        ("POST", "/schedule", "caller"), ("POST", "/run", "caller"),
        ("POST", "/duties/tick", "caller"), ("POST", "/nowhere", "operator"),
        ("DELETE", "/schedule", "operator"), ("POST", "/healthz", "operator"),
        ("POST", "/api/queue/purge", "operator"),
    ],
)  # fmt: skip
def test_a_door_opens_from_its_role_on(door: Door, method, path, needs):
    order = ["reader", "caller", "operator"]
    emails = dict(zip(order, (READER, CALLER, OPERATOR), strict=True))
    least = -1 if needs is None else order.index(needs)

    statuses = {
        role: door.call(method, path, token(claims(email=email))).status_code
        for role, email in emails.items()
    }

    for role, status in statuses.items():
        assert (status == 403) == (order.index(role) < least), (role, status)
        assert status != 401
    assert (door.call(method, path).status_code == 401) == (needs is not None)


# Judged before the body: 401, then 403, then 422.


BODIES = {"nothing": b"", "cut": b"{", "huge": b"x" * 2_000_000}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", ["/schedule", "/run"])
def test_who_calls_is_judged_before_the_body(door: Door, path: str, body: bytes):
    def status(bearer: str | None) -> int:
        headers = {"Content-Type": "application/json"}
        code: int = door.call("POST", path, bearer, content=body, headers=headers).status_code
        return code

    assert status(None) == 401
    assert status(token(claims(email=READER))) == 403
    assert status(token(claims())) == 422


def test_a_refused_body_without_a_length_is_answered(door: Door):
    parts = (b"x" * 10_000 for _ in range(100))

    assert door.call("POST", "/schedule", content=parts).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"},
        {"Authorization": "bearer x y z"},
        {"Authorization": "Bearer " + "x" * 9000}, {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer ..", "Cookie": "x=y"},
    ],
    ids=lambda headers: headers["Authorization"][:20],
)  # fmt: skip
def test_what_is_no_bearer_token_is_401(door: Door, headers):
    assert door.call("GET", "/readyz", headers=headers).status_code == 401


def test_two_tokens_in_one_call_are_none(door: Door):
    good = f"Bearer {token(claims())}"
    both = [("Authorization", good), ("Authorization", good)]

    assert door.http.get("/readyz", headers=httpx.Headers(both)).status_code == 401


# Keys: rotated, unreachable, asked for in a flood. Each with a service and a key server of its own.


@pytest.fixture
def fresh(course, tmp_path) -> Iterator[Door]:
    with (
        key_server(key_set(rsa_jwk("one"))) as keys,
        opened(course, keys, tmp_path) as service,
        called(service, keys) as door,
    ):
        yield door


def test_a_flood_of_unknown_keys_asks_the_issuer_twice(fresh: Door):
    assert fresh.plan(token(claims())) == 200
    for number in range(20):
        assert fresh.plan(token(claims(), kid=f"made-up-{number}")) == 401
    assert fresh.plan(token(claims())) == 200

    assert len(fresh.keys.asked) == 2


def test_a_new_key_of_the_issuer_is_fetched_when_it_first_signs(fresh: Door):
    assert fresh.plan(token(claims())) == 200
    fresh.keys.body = key_set(rsa_jwk("one"), rsa_jwk("two"))

    assert fresh.plan(token(claims(), "two")) == 200
    assert len(fresh.keys.asked) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (302, b""), (200, b"<html>"), (200, b'{"keys": []}'), (200, b"[]")],
)
def test_without_the_issuers_keys_nobody_is_let_in_and_the_queue_tries_again(fresh, status, body):
    fresh.keys.status, fresh.keys.body = status, body

    reply = fresh.call("POST", "/schedule", token(claims()), json=PLAN)

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "KeysUnreachable")
    assert "retry-after" in reply.headers
    assert fresh.plan(None) == 401  # who shows nothing is nobody, keys or not


def test_after_thirty_failures_in_a_minute_an_address_gets_429_and_good_tokens_pass(fresh: Door):
    statuses = [fresh.plan("bad") for _ in range(35)]

    assert statuses == [401] * 30 + [429] * 5
    reply = fresh.call("POST", "/schedule", "bad", json=PLAN)
    assert reply.json()["error"]["code"] == "TooManyFailures"
    assert reply.headers["retry-after"] == "60"
    assert fresh.plan(token(claims())) == 200
    spoofed = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    assert fresh.call("GET", "/", "bad", headers=spoofed).status_code == 429


def test_behind_cloud_run_the_last_forwarded_hop_is_the_caller(course, keys, tmp_path):
    with (
        opened(course, keys, tmp_path, **CLOUD) as service,
        called(service, keys) as asked,
    ):

        def status(*hops: str) -> int:
            said = {"X-Forwarded-For": ", ".join(hops)}
            code: int = asked.call("GET", "/", "bad", headers=said).status_code
            return code

        guesses = [status(f"198.51.100.{n}", "203.0.113.9") for n in range(31)]

        assert guesses == [401] * 30 + [429]  # what the caller wrote before it does not count
        assert status("203.0.113.9", "198.51.100.1") == 401


# IAP: a person's screens.


def test_screens_behind_iap_read_and_open_no_other_door(course, tmp_path):
    with key_server(key_set(ec_jwk("iap"))) as keys:
        settings = {
            "AUTH_PLATFORM": "iap", "IAP_AUDIENCE": IAP_AUDIENCE, "IAP_JWKS_URL": keys.url,
            "K_SERVICE": "screens", "EPHEMERAL": "true",
        }  # fmt: skip
        with opened(course, keys, tmp_path, **settings) as service:
            said = {
                "iss": "https://cloud.google.com/iap", "aud": IAP_AUDIENCE, "email": READER,
                "email_verified": None,
            }  # fmt: skip

            def status(method: str, path: str, **headers: str) -> int:
                return service.http.request(method, path, headers=headers).status_code

            def shown(**changed: Any) -> int:
                signed = assertion(claims(**{**said, **changed}))
                return status("GET", "/", **{"X-Goog-IAP-JWT-Assertion": signed})

            assert shown() == 200
            assert shown(email=STRANGER) == 403
            assert shown(aud=AUDIENCE) == shown(iss=None) == shown(**OLD) == 401
            assert status("GET", "/") == 401
            assert status("GET", "/", Authorization=f"Bearer {token(claims())}") == 401
            named = {"X-Goog-Authenticated-User-Email": f"accounts.google.com:{OPERATOR}"}
            assert status("GET", "/", **named) == 401
            operator = assertion(claims(**{**said, "email": OPERATOR}))
            for path in ("/schedule", "/run"):
                assert status("POST", path, **{"X-Goog-IAP-JWT-Assertion": operator}) in {404, 405}


# Answers, refused ones too, tell the browser what to forbid.


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200), ("GET", "/healthz", 200), ("GET", "/metrics", 200),
        ("GET", "/nowhere", 404), ("GET", "/schedule", 405), ("POST", "/run", 422),
        ("GET", "/api/days/1999-01-01", 404),
    ],
)  # fmt: skip
def test_every_answer_carries_the_security_headers(door: Door, method, path, status):
    good = door.call(method, path, token(claims(email=OPERATOR)))
    refused = door.call(method, path)

    assert good.status_code == status
    for reply in (good, refused):
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in reply.headers  # this is http
        assert "server" not in reply.headers


def test_behind_cloud_run_https_is_made_to_stay(cloud: Door):
    for reply in (cloud.call("GET", "/"), cloud.call("GET", "/healthz")):
        assert reply.headers["strict-transport-security"] == "max-age=31536000"


def test_refused_calls_are_counted(fresh: Door):
    fresh.plan("bad")
    until(lambda: b"Identity refused" in fresh.service.log.read_bytes(), "the log")

    text = fresh.call("GET", "/metrics", token(claims())).text

    assert 'hippique_refused_calls_total{status="401"} 1.0' in text
    line = next(x for x in fresh.service.log.read_text("utf-8").splitlines() if "Identity" in x)
    told = json.loads(line)
    assert (told["path"], told["status"]) == ("/schedule", 401)
    assert told["address"].startswith("127.0.0.")
