"""What a container starts: `hippique.bootstrap.cloud:make`, under a real uvicorn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from running import STOP_WITHIN_S, environment, free_port, until
from tokens import AUDIENCE, CALLER, READER, claims, marked

UVICORN = Path(sys.executable).with_name("uvicorn")


def started(folder: Path, port: int, **settings: str) -> subprocess.Popen[str]:
    """uvicorn on the factory, as a container's command line has it."""
    factory = ("--factory", "hippique.bootstrap.cloud:make", "--host", "127.0.0.1")
    return subprocess.Popen(
        [UVICORN, *factory, "--port", str(port)],
        cwd=folder,
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def ready(port: int) -> httpx.Response | None:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False)
    except httpx.TransportError:
        return None


def test_the_factory_runs_queue_and_calendar_and_gives_them_back_at_the_stop(tmp_path):
    data, port = tmp_path / "data", free_port()
    for _ in range(2):  # a second start finds nothing held by the first
        process = started(tmp_path, port, HIPPIQUE_DATA=str(data))
        try:
            answer = until(lambda: ready(port), "the container to answer")
        finally:
            process.terminate()
            _, told = process.communicate(timeout=STOP_WITHIN_S + 5)

        checks = answer.json()["checks"]
        assert (checks["queue"]["ok"], checks["calendar"]["ok"]) == (True, True)
        assert "Service stopped" in told


def test_the_factory_checks_callers_as_serve_does(tmp_path):
    port, settings = free_port(), {"K_SERVICE": "x", "EPHEMERAL": "true", "REQUIRE_AUTH": "true"}
    identity = {
        "AUTH_PLATFORM": "cloud_run_iam", "OIDC_AUDIENCE": AUDIENCE, "OIDC_READERS": READER,
        "SCHEDULER_SA_EMAIL": CALLER, "HIPPIQUE_DATA": str(tmp_path / "data"),
    }  # fmt: skip
    process = started(tmp_path, port, **settings, **identity)
    try:
        unknown = until(lambda: ready(port), "the container to answer")
        said = {"Authorization": f"Bearer {marked(claims(email=READER))}"}
        known = httpx.get(f"http://127.0.0.1:{port}/metrics", headers=said, trust_env=False)
        posted = httpx.post(f"http://127.0.0.1:{port}/schedule", headers=said, trust_env=False)
    finally:
        process.terminate()
        process.communicate(timeout=STOP_WITHIN_S + 5)

    assert (unknown.status_code, known.status_code, posted.status_code) == (401, 200, 403)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"POLICY": "martingale", "RATE_LIMIT_DELAY": "fast"}, ("POLICY=", "RATE_LIMIT_DELAY=")),
        ({"K_SERVICE": "x"}, ("REQUIRE_AUTH", "GCS_BUCKET")),
        ({"REQUIRE_AUTH": "true"}, ("OIDC_AUDIENCE", "OIDC_ALLOWED_EMAILS")),
    ],
    ids=["bad values", "an open service on Cloud Run", "nobody who may call"],
)
def test_a_start_that_is_refused_names_every_bad_setting(tmp_path, settings, named):
    process = started(tmp_path, free_port(), **settings)
    _, told = process.communicate(timeout=60)

    assert process.returncode != 0
    assert "SettingsError" in told
    for name in named:
        assert name in told
