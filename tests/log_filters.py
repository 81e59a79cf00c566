"""Cloud Logging filters as far as deploy/monitoring uses them: comparisons joined by AND."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SEVERITIES = ("DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
_TERM = re.compile(r'([\w.@]+)\s*(=~|>=|=|:)\s*(?:"([^"]*)"|(\w+))')


def matches(text: str, entry: Mapping[str, Any]) -> bool:
    """Whether an entry passes a filter. Raises ValueError for what is not understood here."""
    return all(_holds(term, entry) for term in text.split(" AND "))


def _holds(term: str, entry: Mapping[str, Any]) -> bool:
    read = _TERM.fullmatch(term.strip())
    if read is None:
        raise ValueError(f"not understood: {term}")
    path, sign, quoted, bare = read.groups()
    wanted, found = quoted if quoted is not None else bare, _at(entry, path)
    if found is None:
        return False
    if sign == ">=":
        return SEVERITIES.index(str(found)) >= SEVERITIES.index(wanted)
    tests = {"=": str(found) == wanted, ":": wanted.lower() in str(found).lower()}
    return tests[sign] if sign in tests else re.search(wanted, str(found)) is not None


def _at(entry: Mapping[str, Any], path: str) -> Any:
    found: Any = entry
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def as_entry(line: Mapping[str, Any], service: str) -> dict[str, Any]:
    """A structured line as Cloud Run files it: severity beside, everything else in jsonPayload."""
    payload = {name: value for name, value in line.items() if name != "severity"}
    labels = {"service_name": service}
    return {
        "resource": {"type": "cloud_run_revision", "labels": labels},
        "severity": line["severity"],
        "jsonPayload": payload,
    }
