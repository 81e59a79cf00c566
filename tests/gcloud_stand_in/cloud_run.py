"""Cloud Run: services, revisions, traffic, and what curl would meet at their addresses."""

from __future__ import annotations

import json

from iam import INVOKE, attach, member_of, permissions
from world import RefusedError, number

TYPE_CHECKING = False
if TYPE_CHECKING:  # not imported when it runs: a deployment calls this a hundred times
    from typing import Any

    from world import State

    Flags = dict[str, str]


def address(state: State, name: str, region: str) -> str:
    """The address that Cloud Run makes of name, number and region."""
    return f"https://{name}-{state['project']['projectNumber']}.{region}.run.app"


def deploy(state: State, name: str, flags: Flags) -> None:
    """A new revision, which takes the traffic unless that is pinned."""
    account, image = flags["--service-account"], flags["--image"]
    attach(state, account)
    if image not in {f"{one['path']}@{one['digest']}" for one in state["images"].values()}:
        raise RefusedError(f"Image '{image}' not found.")
    environment = _environment(flags) + _secrets(state, flags, account)
    service = state["services"].setdefault(name, {"revisions": [], "pinned": None, "iap": False})
    service["iap"] = service["iap"] or "--iap" in flags
    service["annotations"] = {"run.googleapis.com/ingress": flags["--ingress"]}
    revision = f"{name}-{len(service['revisions']) + 1:05d}-{number(state):03x}"
    service["revisions"].append(
        {"name": revision, "spec": _spec(flags, environment), "annotations": _scaling(flags)}
    )
    service["region"] = flags["--region"]


def _environment(flags: Flags) -> list[dict[str, Any]]:
    with open(flags["--env-vars-file"], encoding="utf-8") as file:  # noqa: PTH123  starts faster
        pairs = [line.split(": ", 1) for line in file.read().splitlines()]
    return [{"name": name, "value": json.loads(value)} for name, value in pairs]


def _secrets(state: State, flags: Flags, account: str) -> list[dict[str, Any]]:
    found = []
    for part in flags.get("--set-secrets", "").split(",") if "--set-secrets" in flags else ():
        name, _, place = part.partition("=")
        secret, _, version = place.partition(":")
        if version not in state["secrets"].get(secret, {}):
            raise RefusedError(f"Secret {secret}/versions/{version} was not found")
        if "secretmanager.versions.access" not in permissions(
            state, member_of(account), f"secret:{secret}"
        ):
            raise RefusedError(f"Permission denied on secret: {secret} for {account}")
        reference = {"secretKeyRef": {"name": secret, "key": version}}
        found.append({"name": name, "valueFrom": reference})
    return found


def _spec(flags: Flags, environment: list[dict[str, Any]]) -> dict[str, Any]:
    probe = dict(part.split("=", 1) for part in flags["--startup-probe"].split(","))
    return {
        "containerConcurrency": int(flags["--concurrency"]),
        "timeoutSeconds": int(flags["--timeout"]),
        "serviceAccountName": flags["--service-account"],
        "containers": [
            {
                "image": flags["--image"],
                "env": environment,
                "resources": {"limits": {"cpu": flags["--cpu"], "memory": flags["--memory"]}},
                "startupProbe": {
                    "httpGet": {"path": probe["httpGet.path"], "port": int(probe["httpGet.port"])},
                    "failureThreshold": int(probe["failureThreshold"]),
                },
            }
        ],
    }


def _scaling(flags: Flags) -> dict[str, str]:
    return {
        "autoscaling.knative.dev/maxScale": flags["--max-instances"],
        "run.googleapis.com/startup-cpu-boost": str("--cpu-boost" in flags).lower(),
        "run.googleapis.com/execution-environment": flags["--execution-environment"],
    }


def described(state: State, name: str) -> dict[str, Any]:
    """The service as `gcloud run services describe --format=json` prints it."""
    service = state["services"].get(name)
    if service is None:
        raise RefusedError(f"Cannot find service [{name}]")
    last = service["revisions"][-1]
    pinned = service["pinned"]
    traffic = {"revisionName": pinned} if pinned else {"latestRevision": True}
    iap = {"run.googleapis.com/iap-enabled": "true"} if service["iap"] else {}
    template = {"metadata": {"annotations": last["annotations"]}, "spec": last["spec"]}
    return {
        "metadata": {
            "name": name,
            "annotations": service["annotations"] | iap | service.get("more_annotations", {}),
        },
        "spec": {"template": template, "traffic": [{"percent": 100, **traffic}]},
        "status": {
            "url": address(state, name, service["region"]),
            "latestReadyRevisionName": last["name"],
            "traffic": [{"percent": 100, "revisionName": pinned or last["name"]}],
        },
    }


def revisions(state: State, name: str) -> list[dict[str, Any]]:
    """All revisions, in no order that one could rely on."""
    found = []
    for at, one in enumerate(state["services"].get(name, {"revisions": []})["revisions"]):
        made = {"name": one["name"], "creationTimestamp": f"2026-11-29T10:00:{at:02d}Z"}
        is_ready = str(not one.get("failed", False))
        status = {"conditions": [{"type": "Ready", "status": is_ready}]}
        found.append({"metadata": made, "status": status})
    return sorted(found, key=lambda one: str(one["metadata"]["name"])[::-1])


def route(state: State, name: str, flags: Flags) -> None:
    """Pin the traffic, or give it to the latest revision again."""
    service = state["services"][name]
    if "--to-latest" in flags:
        service["pinned"] = None
        return
    revision, _, share = flags["--to-revisions"].partition("=")
    if share != "100" or revision not in {one["name"] for one in service["revisions"]}:
        raise RefusedError(f"Revision {revision} not found")
    service["pinned"] = revision


def answer(state: State, url: str, email: str | None) -> tuple[int, str]:
    """What a call meets: Google's front end first, then the container. email: None, anonymous."""
    root, _, path = url.removeprefix("https://").partition("/")
    for name, service in state["services"].items():
        if address(state, name, service["region"]) == f"https://{root}":
            return _call(state, name, service, f"/{path}", email)
    return 404, "no such service"


def _call(
    state: State, name: str, service: dict[str, Any], path: str, email: str | None
) -> tuple[int, str]:
    open_to_all = "allUsers" in state["policies"].get(f"run:{name}", {}).get(
        "roles/run.invoker", ()
    )
    is_known = email is not None and INVOKE in permissions(state, member_of(email), f"run:{name}")
    # A policy of the folder or organization above is in none that the deployment can read.
    if not (is_known or open_to_all or state.get("open_from_above")):
        return 403, "Forbidden"
    if path == "/healthz":  # Google's front end keeps it for itself
        return 404, "Not found"
    serving = service["pinned"] or service["revisions"][-1]["name"]
    if serving in service.get("sick", ()):
        return 503, '{"ok": false}'
    return 200, '{"ok": true, "version": "stand-in"}'
