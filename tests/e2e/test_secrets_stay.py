"""Secrets are planted in settings and calls; log, answers, files and commands never show one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hippique.bootstrap.settings_copy import is_secret
from hippique.settings import Settings
from running import Service, environment, invoke, racecourse, serve, until
from tokens import (
    AUDIENCE,
    OPERATOR,
    READER,
    claims,
    key_server,
    key_set,
    marked,
    rsa_jwk,
    token,
    unsigned,
)  # fmt: skip

DAY = "2026-06-07"
# Port 9 answers nobody, so that each address fails and is spoken of in the log.
SECRETS = {
    name.upper(): f"{'http' if name.endswith('_url') else 'json'}://127.0.0.1:9/pl4nted-{name}"
    for name in Settings.model_fields
    if is_secret(name)
}
PLANTED = [address.rpartition("/")[2] for address in SECRETS.values()]


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that a day said: log, answers, files; and every secret that it was given."""

    service: Service
    data: Path
    hidden: list[str]
    heard: list[tuple[str, str]]

    def found(self, text: str) -> list[str]:
        return [secret for secret in self.hidden if secret in text]


def bearer(said: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {said}"}


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Iterator[Told]:
    """A day that ran, during which everybody showed what he had."""
    top = tmp_path_factory.mktemp("told")
    with (
        key_server(key_set(rsa_jwk("one"))) as keys,
        racecourse(top, speed=600, races=2, seed=1, date=DAY) as course,
    ):
        env = environment(
            **SECRETS, REQUIRE_AUTH="true", OIDC_AUDIENCE=AUDIENCE, OIDC_JWKS_URL=keys.url,
            OIDC_OPERATORS=OPERATOR, OIDC_READERS=READER, LOG_LEVEL="DEBUG",
            POLICY="control",  # it bets, so that a slip is sent
        )  # fmt: skip
        with serve(top, top / "data", course.url, env) as service:
            heard: list[tuple[str, str]] = []
            hidden = [*PLANTED, *tried(service, top, heard)]
            good = bearer(token(claims(email=OPERATOR)))
            until(lambda: is_over(service, good), "both races to be settled", 180)
            for path in ("/", "/metrics", "/readyz", "/docs", "/openapi.json", "/api/alerts"):
                reply = service.http.get(path, headers=good)
                heard.append((path, reply.text + str(reply.headers)))
            yield Told(service, top / "data", hidden, heard)


def tried(service: Service, top: Path, heard: list[tuple[str, str]]) -> list[str]:
    """Calls with every kind of secret, good and bad; what was shown, and what it was answered."""
    tokens = {
        "good": token(claims(email=OPERATOR)), "reader": token(claims(email=READER)),
        "expired": token(claims(iat=1, exp=2)), "marked": marked(claims(email=OPERATOR)),
        "unsigned": unsigned(claims(email=OPERATOR)), "unknown": token(claims(), "two"),
        "garbage": "g4rbage-t0ken",
    }  # fmt: skip
    for name, shown in tokens.items():
        for method, path in (("GET", "/nowhere"), ("POST", "/schedule"), ("POST", "/run")):
            reply = service.http.request(method, path, headers=bearer(shown), content=b"{")
            heard.append((f"{method} {path} {name}", reply.text + str(reply.headers)))
    for field in ("password", "X-Api-Key", "Cookie"):
        reply = service.http.get("/", headers={field: "hippique=c00kie-secret"})
        heard.append((field, reply.text))
    code, session, csrf = paired(service, top, heard)
    return [*(one for shown in tokens.values() for one in shown.split(".") if len(one) > 20),
            *tokens.values(), "c00kie-secret", code, session, csrf]  # fmt: skip


def paired(service: Service, top: Path, heard: list[tuple[str, str]]) -> tuple[str, str, str]:
    given = invoke("pair", "--operator", "--json", "--data", top / "data", cwd=top).document
    reply = service.http.post("/pair", data={"code": given["code"]})
    heard.append(("pair", reply.text))
    wrong = service.http.post("/pair", data={"code": given["code"]})
    heard.append(("pair again", wrong.text))
    session = service.http.cookies["hippique"]
    csrf = service.get("/api/me").json()["csrf"]
    done = service.http.post("/api/queue/pause", headers={"X-CSRF-Token": csrf})
    back = service.http.post("/api/queue/resume", headers={"X-CSRF-Token": csrf})
    bad = service.http.post("/api/queue/pause", headers={"X-CSRF-Token": csrf[:-1] + "x"})
    assert (done.status_code, back.status_code, bad.status_code) == (200, 200, 403)
    heard.extend(("queue", one.text) for one in (done, back, bad))
    service.http.cookies.clear()
    return given["code"], session, csrf


def is_over(service: Service, good: dict[str, str]) -> bool:
    day = service.http.get(f"/api/days/{DAY}", headers=good).json()
    phases = [race["phases"] for race in day.get("races", []) if race["phases"]]
    return bool(phases) and all(one["RESULT"] != "planned" for one in phases)


def test_something_was_planted_and_the_service_spoke(told: Told):
    log = told.service.log.read_text("utf-8")

    assert {"SLIP_URLS", "ALERT_URLS", "HEARTBEAT_URL"} <= set(SECRETS)
    assert len(told.hidden) > 15
    for word in ("Identity refused", "Screen paired", "Operator action", "Analysis complete"):
        assert word in log
    for word in ("Alert not sent", "Heartbeat not sent"):  # each address was used
        assert word in log
    # At this speed a slow machine has no time left to try a slip, and says that instead.
    assert "Slip not sent" in log or "Slip never sent" in log


def test_the_log_holds_no_secret(told: Told):
    assert told.found(told.service.log.read_text("utf-8")) == []


def test_no_answer_holds_a_secret(told: Told):
    assert [(what, found) for what, text in told.heard if (found := told.found(text))] == []


def test_no_file_of_the_data_folder_holds_a_secret(told: Told):
    def text(path: Path) -> str:
        return path.read_bytes().decode("utf-8", "replace")

    files = [path for path in told.data.rglob("*") if path.is_file()]

    assert len(files) > 20
    assert [(path.name, found) for path in files if (found := told.found(text(path)))] == []


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_check_config_masks_what_is_secret(tmp_path: Path, form: list[str]):
    ended = invoke("check", "config", *form, cwd=tmp_path, **SECRETS)

    assert ended.code == 0
    assert [one for one in PLANTED if one in ended.out + ended.err] == []
    for name in SECRETS:
        assert name in ended.out


@pytest.mark.parametrize("value", ["pl4nted", "http://[pl4nted", "pl4nted://x y,z", "\tpl4nted "])
@pytest.mark.parametrize("name", SECRETS)
def test_a_refused_start_names_a_setting_and_never_its_secret(tmp_path: Path, name, value):
    settings = {"REQUIRE_AUTH": "false", "POLICY": "martingale", name: value}

    ended = invoke("serve", "--data", "data", cwd=tmp_path, **settings)

    assert ended.code == 1
    assert "POLICY" in ended.err
    assert "pl4nted" not in ended.err + ended.out


def test_the_key_servers_address_may_hold_no_password(tmp_path: Path):
    said: dict[str, Any] = {"OIDC_JWKS_URL": "https://user:pl4nted@keys.example/certs"}

    ended = invoke("serve", "--data", "data", cwd=tmp_path, **said)

    assert ended.code == 1
    assert "OIDC_JWKS_URL" in ended.err
    assert "pl4nted" not in json.dumps([ended.out, ended.err])
