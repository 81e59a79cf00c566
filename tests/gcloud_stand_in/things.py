"""Everything beside accounts and Cloud Run: bucket, secrets, queue, images, jobs, watching."""

from __future__ import annotations

import json
import sys

from iam import attach, member_of, permissions
from world import RefusedError, number

TYPE_CHECKING = False
if TYPE_CHECKING:  # not imported when it runs: a deployment calls this a hundred times
    from typing import Any

    from world import State

    Flags = dict[str, str]


def document(path: str) -> Any:
    """A JSON file that a flag names."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  pathlib doubles the start-up time
        return json.load(file)


def bucket(flags: Flags, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """A bucket after create or update."""
    told = dict(before or {"uniform_bucket_level_access": False})
    if "--uniform-bucket-level-access" in flags:
        told["uniform_bucket_level_access"] = True
    if "--public-access-prevention" in flags:
        told["public_access_prevention"] = "enforced"
    if "--location" in flags:
        told["location"] = flags["--location"].upper()
    return told


def add_version(state: State, secret: str) -> None:
    """A new version from standard input; a trailing newline would be part of the secret."""
    versions = state["secrets"][secret]
    versions[str(len(versions) + 1)] = sys.stdin.read()


def versions(state: State, secret: str) -> list[dict[str, str]]:
    """The enabled versions, newest first, named by the project's number."""
    place = f"projects/{state['project']['projectNumber']}/secrets/{secret}/versions"
    return [
        {"name": f"{place}/{one}", "state": "ENABLED"} for one in reversed(state["secrets"][secret])
    ]


def queue(flags: Flags, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """A queue after create or update, with Google's own defaults."""
    told = before or {
        "state": "RUNNING",
        "rateLimits": {"maxConcurrentDispatches": 1000, "maxDispatchesPerSecond": 500.0},
        "retryConfig": {"maxAttempts": 100, "maxBackoff": "3600s", "minBackoff": "0.100s",
                        "maxDoublings": 16},
    }  # fmt: skip
    numbers = {
        "--max-attempts": ("retryConfig", "maxAttempts", int),
        "--max-doublings": ("retryConfig", "maxDoublings", int),
        "--min-backoff": ("retryConfig", "minBackoff", str),
        "--max-backoff": ("retryConfig", "maxBackoff", str),
        "--max-concurrent-dispatches": ("rateLimits", "maxConcurrentDispatches", int),
        "--max-dispatches-per-second": ("rateLimits", "maxDispatchesPerSecond", float),
    }
    for flag, (part, name, kind) in numbers.items():
        if flag in flags:
            told[part][name] = kind(flags[flag])
    return told


def build(state: State, flags: Flags) -> None:
    """Build what the configuration says and push it, as the build's own account."""
    config = document(flags["--config"])
    account = flags["--service-account"].rpartition("/")[2]
    attach(state, account)
    granted = permissions(state, member_of(account))
    if "artifactregistry.repositories.uploadArtifacts" not in granted:
        raise RefusedError(f"{account} lacks artifactregistry.repositories.uploadArtifacts")
    if config["options"]["logging"] != "CLOUD_LOGGING_ONLY":
        raise RefusedError("INVALID_ARGUMENT: with a service account, logging must be named")
    given = dict(part.split("=", 1) for part in flags["--substitutions"].split(","))
    (image,) = [given["_IMAGE"] if one == "${_IMAGE}" else one for one in config["images"]]
    path, _, tag = image.rpartition(":")
    if not state["repositories"]:
        raise RefusedError("NOT_FOUND: repository")
    import hashlib  # noqa: PLC0415  only here, and slow to load

    digest = f"sha256:{hashlib.sha256(tag.encode()).hexdigest()}"
    state["images"][image] = {"path": path, "digest": digest}


def job(state: State, flags: Flags, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """A job of Cloud Scheduler after create or update."""
    import base64  # noqa: PLC0415  only here, and slow to load

    attach(state, flags["--oidc-service-account-email"])
    headers = flags["--headers" if before is None else "--update-headers"]
    name, _, kind = headers.partition("=")
    return {
        "state": before["state"] if before else "ENABLED",
        "schedule": flags["--schedule"],
        "timeZone": flags["--time-zone"],
        "attemptDeadline": flags["--attempt-deadline"],
        "retryConfig": {
            "retryCount": int(flags["--max-retry-attempts"]),
            "minBackoffDuration": flags["--min-backoff"],
            "maxBackoffDuration": flags["--max-backoff"],
        },
        "httpTarget": {
            "uri": flags["--uri"],
            "httpMethod": flags["--http-method"],
            "headers": {name: kind, "User-Agent": "Google-Cloud-Scheduler"},
            "body": base64.b64encode(flags["--message-body"].encode()).decode(),
            "oidcToken": {
                "serviceAccountEmail": flags["--oidc-service-account-email"],
                "audience": flags["--oidc-token-audience"],
            },
        },
    }


def metric(state: State, name: str, flags: Flags) -> None:
    """A metric of the log; its own name must be the one it is created under."""
    told = document(flags["--config-from-file"])
    if told["name"] != name or not told["filter"]:
        raise RefusedError("INVALID_ARGUMENT: metric")
    state["metrics"][name] = told


def alert(state: State, flags: Flags, name: str | None = None) -> None:
    """A policy; its channels must be there, and the metrics it reads."""
    told = document(flags["--policy-from-file"])
    known = {one["name"] for one in state["channels"]}
    if not set(told["notificationChannels"]) <= known:
        raise RefusedError("NOT_FOUND: notification channel")
    text = json.dumps(told)
    for metric_name in ("hippique_plan_written", "hippique_tick_answered", "hippique_critical"):
        if metric_name in text and metric_name not in state["metrics"]:
            raise RefusedError(f"NOT_FOUND: metric {metric_name}")
    told["name"] = name or f"projects/course-et-calme/alertPolicies/{number(state)}"
    kept = [one for one in state["policies_of_alert"] if one["name"] != name]
    state["policies_of_alert"] = [*kept, told]


def channel(state: State, flags: Flags) -> None:
    """A way to tell somebody."""
    label, _, value = flags["--channel-labels"].partition("=")
    state["channels"].append(
        {
            "name": f"projects/course-et-calme/notificationChannels/{number(state)}",
            "type": flags["--type"],
            "displayName": flags["--display-name"],
            "labels": {label: value},
        }
    )


def uptime(state: State, display_name: str, flags: Flags) -> None:
    """A check of an address."""
    labels = dict(part.split("=", 1) for part in flags["--resource-labels"].split(","))
    kind = flags["--service-agent-auth"].upper().replace("-", "_")
    state["uptime"].append(
        {
            "name": f"projects/course-et-calme/uptimeCheckConfigs/{number(state)}",
            "displayName": display_name,
            "monitoredResource": {"type": "uptime_url", "labels": labels},
            "httpCheck": {
                "path": flags["--path"],
                "useSsl": flags["--protocol"] == "https",
                "serviceAgentAuthentication": {"type": kind},
            },
            "period": f"{int(flags['--period']) * 60}s",
        }
    )
