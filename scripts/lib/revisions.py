"""Print the names of the ready revisions that gcloud lists as JSON, newest first."""

from __future__ import annotations

import json
import sys


def ready(revision: dict[str, dict[str, list[dict[str, str]]]]) -> bool:
    """Whether Cloud Run says that the revision started well."""
    states = {one["type"]: one["status"] for one in revision["status"].get("conditions", [])}
    return states.get("Ready") == "True"


if __name__ == "__main__":
    found = [one["metadata"] for one in json.load(sys.stdin) if ready(one)]
    for metadata in sorted(found, key=lambda one: one["creationTimestamp"], reverse=True):
        print(metadata["name"])
