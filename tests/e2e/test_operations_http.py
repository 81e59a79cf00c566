"""An operator's doors over HTTP: what they do to the queue, and that who did it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hippique.racing.codec import from_json
from running import Service, environment, invoke, racecourse, serve
from tokens import AUDIENCE, CALLER, OPERATOR, claims, key_server, key_set, rsa_jwk, token

DAY = "2026-06-07"
ACTS = ("pause", "resume", "purge", "cancel", "run")


@dataclass(frozen=True, slots=True)
class Site:
    """A service with a planned day: nine tasks, none of them due before an hour has gone."""

    service: Service
    data: Path

    def post(self, path: str, email: str = OPERATOR, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token(claims(email=email))}"}
        return self.service.http.post(path, json=body, headers=headers)

    def command(self, *arguments: object) -> Any:
        ended = invoke(*arguments, "--json", "--data", self.data, cwd=self.data.parent)
        assert ended.code == 0, ended
        return ended.document

    def pending(self) -> list[str]:
        tasks = self.command("queue", "list", "--state", "pending")["tasks"]
        return [task["name"] for task in tasks]

    def records(self) -> list[dict[str, Any]]:
        """What operators did, by what each record says."""
        folder = self.data / "archive" / "operations"
        return [from_json(dict, path.read_bytes()) for path in folder.rglob("*.json")]

    def record_of(self, reply: Any) -> dict[str, Any]:
        asked = reply.json()["correlation_id"]
        (found,) = [one for one in self.records() if one["correlation_id"] == asked]
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with (
        key_server(key_set(rsa_jwk("one"))) as keys,
        racecourse(tmp_path, speed=10, races=3, seed=1, date=DAY) as course,
    ):
        env = environment(
            REQUIRE_AUTH="true", OIDC_AUDIENCE=AUDIENCE, OIDC_OPERATORS=OPERATOR,
            SCHEDULER_SA_EMAIL=CALLER, OIDC_JWKS_URL=keys.url,
        )  # fmt: skip
        with serve(tmp_path, tmp_path / "data", course.url, env) as service:
            site = Site(service, tmp_path / "data")
            assert site.post("/schedule", date="today").json()["tasks_created"] == 9
            yield site


def test_an_operator_pauses_cancels_purges_and_replans_and_each_act_is_kept(site: Site):
    paused = site.post("/api/queue/pause")
    assert (paused.status_code, paused.json()["paused"]) == (200, True)
    assert site.command("queue", "stats")["paused"] is True
    assert site.post("/api/queue/resume").json()["paused"] is False

    first, *others = site.pending()
    cancelled = site.post("/api/queue/cancel", name=f"projects/p/queues/q/tasks/{first}")
    assert cancelled.json()["cancelled"] == first
    assert site.pending() == others
    again = site.post("/api/queue/cancel", name=first)
    assert (again.status_code, again.json()["error"]["code"]) == (404, "NotFound")

    replanned = site.post("/api/replan", date=DAY)
    assert (replanned.status_code, replanned.json()["tasks_created"]) == (200, 0)

    purged = site.post("/api/queue/purge")
    assert (purged.json()["dropped"], purged.json()["generation"]) == (len(others), 2)
    assert site.pending() == []

    assert site.record_of(paused) | {"at": "", "correlation_id": ""} == {
        "at": "", "who": OPERATOR, "role": "operator", "action": "pause", "target": None,
        "result": "done", "correlation_id": "",
    }  # fmt: skip
    assert (site.record_of(cancelled)["target"], site.record_of(cancelled)["result"]) == (
        first,
        "done",
    )
    assert site.record_of(again)["result"] == "NotFound"
    told = [json.loads(x) for x in site.service.log.read_text("utf-8").splitlines() if x[0] == "{"]
    events = [one["action"] for one in told if one["message"] == "Operator action"]
    assert events == ["pause", "resume", "cancel", "cancel", "replan", "purge"]
    assert len(site.records()) == len(events)


def test_a_task_that_an_operator_runs_is_due_at_once(site: Site):
    site.post("/api/queue/pause")
    name = next(name for name in site.pending() if "-h30-" in name)
    before = site.command("queue", "describe", name)["due"]

    reply = site.post("/api/queue/run", name=name)

    assert reply.status_code == 200
    assert (
        site.command("queue", "describe", name)["due"]
        == reply.json()["due"].replace("+00:00", "Z")
        < before
    )


@pytest.mark.parametrize("act", [*(f"/api/queue/{act}" for act in ACTS), "/api/replan"])
def test_a_caller_operates_nothing(site: Site, act: str):
    assert site.post(act, CALLER, name=site.pending()[0]).status_code == 403
    assert (len(site.pending()), site.records()) == (9, [])


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/queue/cancel", {}, "name"),
        ("/api/queue/run", {"name": ""}, "name"),
        ("/api/queue/run", {"name": 7}, "name"),
        ("/api/queue/cancel", {"name": "x", "why": "y"}, "why"),
        ("/api/queue/purge", {"yes": True}, "yes"),
        ("/api/replan", {"date": "soon"}, "date"),
    ],
)
def test_a_bad_body_is_refused_and_names_the_field(site: Site, path, body, field):
    reply = site.post(path, **body)

    assert (reply.status_code, reply.json()["error"]["field"]) == (422, field)
    assert len(site.pending()) == 9
