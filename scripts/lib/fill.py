"""Fill a template of deploy/: `${NAME}` from the environment, inside JSON strings only.

fill.py TEMPLATE [CHANNEL…]: prints the document with a label that holds its own hash, so that a
later run can tell whether what stands in the cloud is still this. Channels go into policies.
"""

from __future__ import annotations

import hashlib
import json
import os
import string
import sys

LABEL = "hippique-spec"


def filled(value: object) -> object:
    """The document with every name in its strings replaced. Raises KeyError for an unset one."""
    if isinstance(value, dict):
        return {key: filled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner) for inner in value]
    return string.Template(value).substitute(os.environ) if isinstance(value, str) else value


def stamped(document: dict[str, object]) -> dict[str, object]:
    """The document with its own hash as a label."""
    told = json.dumps(document, sort_keys=True).encode()
    return {**document, "userLabels": {LABEL: hashlib.sha256(told).hexdigest()[:16]}}


if __name__ == "__main__":
    path, *channels = sys.argv[1:]
    with open(path, encoding="utf-8") as template:  # noqa: PTH123  pathlib doubles the start-up time
        found = filled(json.load(template))
    if isinstance(found, dict) and "conditions" in found:
        found = stamped({**found, "notificationChannels": channels} if channels else found)
    print(json.dumps(found, indent=2, ensure_ascii=False))
