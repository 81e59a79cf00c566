"""What the machine says: room, rights, the program's parts, the service's answer."""

from __future__ import annotations

import datetime as dt
import json
import os
import pwd
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from hippique.bootstrap.folders import QUEUE
from hippique.bootstrap.identity import code_version
from hippique.bootstrap.parts import missing_parts
from hippique.day.care.machine import Machine, ServiceCheck, ServiceState

ANSWER_WITHIN_S = 5.0
_LONGEST_ANSWER = 100_000


def look_at_machine(root: Path | None, settings_fault: str | None = None) -> Machine:
    """The machine under a data folder that exists; root is None where the data lie in a bucket."""
    if root is None:
        missing = tuple(missing_parts())
        return Machine(missing=missing, settings_fault=settings_fault, code=code_version())
    disk = os.statvfs(root)
    return Machine(
        free_bytes=shutil.disk_usage(root).free,
        free_files=disk.f_favail if disk.f_files else None,  # some file systems do not count them
        forbidden=tuple(_forbidden(root)),
        missing=tuple(missing_parts()),
        settings_fault=settings_fault,
        code=code_version(),
    )


def _forbidden(root: Path) -> Iterator[str]:
    """The folder, the archive's newest folders and the queue, where this user may not use them."""
    days = sorted(root.glob("archive/*"))[-1:]
    for path in (root, root / "archive", *days, root / QUEUE, root / "workbook"):
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            yield f"{path}: {_owner(path)}'s, mode {path.stat().st_mode & 0o777:03o}"


def _owner(path: Path) -> str:
    number = path.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def ask_service(url: str, visit: Callable[[], str]) -> ServiceState:
    """What the service at this address says of its readiness; no answer is an answer too.

    visit: a cookie for a service that checks who asks. Raises StoreError where none can be had.
    """
    try:
        with httpx.Client(trust_env=False, timeout=ANSWER_WITHIN_S) as client:
            reply = client.get(f"{url}/readyz")
            if reply.status_code == httpx.codes.UNAUTHORIZED:
                reply = client.get(f"{url}/readyz", headers={"Cookie": visit()})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return ServiceState(url=url, error=f"{type(error).__name__}: {error}")
    told = _document(reply)
    return ServiceState(
        url=url,
        status=reply.status_code,
        checks=_checks(told.get("checks")),
        race_time=_instant(told.get("race_time")),
    )


def _instant(told: object) -> dt.datetime | None:
    try:
        instant = dt.datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return instant if instant is not None and instant.tzinfo is not None else None


def _checks(told: object) -> dict[str, ServiceCheck]:
    return {
        str(name): ServiceCheck(ok=check.get("ok") is True, detail=str(check.get("detail", "")))
        for name, check in (told.items() if isinstance(told, dict) else ())
        if isinstance(check, dict)
    }


def _document(reply: httpx.Response) -> dict[str, Any]:
    if len(reply.content) > _LONGEST_ANSWER:
        return {}
    try:
        told = json.loads(reply.content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
