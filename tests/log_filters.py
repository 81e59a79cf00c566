"""Cloud Logging filters over entries made of our own lines; the language is `cloud_logging`'s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloud_logging import read


def matches(text: str, entry: Mapping[str, Any]) -> bool:
    """Whether an entry passes a filter. Raises ValueError for what is not understood."""
    return bool(read([entry], text))


def as_entry(line: Mapping[str, Any], service: str) -> dict[str, Any]:
    """A structured line as Cloud Run files it: severity beside, everything else in jsonPayload."""
    payload = {name: value for name, value in line.items() if name != "severity"}
    labels = {"service_name": service}
    return {
        "resource": {"type": "cloud_run_revision", "labels": labels},
        "severity": line["severity"],
        "jsonPayload": payload,
    }
