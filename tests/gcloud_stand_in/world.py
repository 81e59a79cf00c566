"""The state of the stand-in's cloud: one JSON file, and errors in gcloud's own words."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:  # not imported when it runs: a deployment calls this a hundred times
    from typing import Any

    State = dict[str, Any]


class RefusedError(Exception):
    """What gcloud would print after `ERROR: (gcloud…) `, with its exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def fresh(*, organization: bool = True) -> State:
    """A project that somebody just made: its owner, no API, nothing in it."""
    parent = {"parent": {"type": "organization", "id": "77"}} if organization else {}
    return {
        "project": {"projectId": "course-et-calme", "projectNumber": "123456789012", **parent},
        "caller": "owner@example.org",
        "apis": [],
        "policies": {"project": {"roles/owner": ["user:owner@example.org"]}},
        "accounts": [],
        "buckets": {},
        "secrets": {},
        "queues": {},
        "repositories": [],
        "images": {},
        "services": {},
        "jobs": {},
        "metrics": {},
        "policies_of_alert": [],
        "channels": [],
        "uptime": [],
        "identities": [],
        "unseen": {},
        "count": 0,
    }


def load() -> State:
    """The state that GCLOUD_STATE names."""
    with open(os.environ["GCLOUD_STATE"], encoding="utf-8") as file:  # noqa: PTH123  starts faster
        state: State = json.load(file)
        return state


def save(state: State) -> None:
    """Write it back."""
    with open(os.environ["GCLOUD_STATE"], "w", encoding="utf-8") as file:  # noqa: PTH123  as above
        json.dump(state, file, indent=1, sort_keys=True)


def number(state: State) -> int:
    """The next number, for names that the cloud chooses."""
    state["count"] += 1
    return int(state["count"])


def appears_later(state: State, name: str, calls: int) -> None:
    """What was just made is not seen by the next calls that ask for it."""
    state["unseen"][name] = calls


def is_unseen(state: State, name: str) -> bool:
    """Whether it is not seen yet; each question brings the moment nearer."""
    left = int(state["unseen"].get(name, 0))
    if left:
        state["unseen"][name] = left - 1
    return left > 0
