"""Runbooks of the machine: disk, rights, program, clock, service."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hippique.day.care.evidence import Evidence
from hippique.day.care.finding import LIKELY, SURE, Finding, Runbook, some
from hippique.day.care.thresholds import (
    CLOCK_TOLERANCE,
    LEAST_FREE_BYTES,
    LEAST_FREE_FILES,
    MASS_FAILURE_WINDOW,
)
from hippique.racing.times import paris_time

_FORBIDDEN = re.compile(r"may not be (written|opened)|cannot be opened|HTTP 40[13]|[Pp]ermission")
_LACKS = ("ModuleNotFoundError", "ImportError")


def disk_full(e: Evidence) -> Finding | None:
    """No room, or so little that the next hours may use it up."""
    room = list(_room(e))
    refused = _errors(e, "StoreFull")
    if not room and not refused:
        return None
    return Finding(
        runbook=Runbook.DISK,
        cause="the disk of the data folder is full",
        confidence=SURE,
        evidence=some([*room, *refused]),
        fix="free some space: `hippique prune --keep-days 30`, or move old backups away; nothing "
        "that was written is lost, failed visits are tried again",
    )


def _room(e: Evidence) -> Iterator[str]:
    free, files = e.machine.free_bytes, e.machine.free_files
    if free is not None and free < LEAST_FREE_BYTES:
        yield f"{free / 2**20:.0f} MiB free, {LEAST_FREE_BYTES >> 20} are the least"
    if files is not None and files < LEAST_FREE_FILES:
        yield f"room for {files} more files, {LEAST_FREE_FILES} are the least"
    if e.store_fault and e.store_fault.startswith("StoreFull"):
        yield e.store_fault


def _errors(e: Evidence, *names: str) -> list[str]:
    recent = e.recent(MASS_FAILURE_WINDOW)
    return [f"{one.where}: {one.error}: {one.reason}" for one in recent if one.error in names]


def permission_denied(e: Evidence) -> Finding | None:
    """A path that this user may not use, or a caller that the service or Google refuses."""
    told = list(e.machine.forbidden)
    told += [e.store_fault] if e.store_fault and _FORBIDDEN.search(e.store_fault) else []
    recent = e.recent(MASS_FAILURE_WINDOW)
    refused = [f"{one.where}: {one.reason}" for one in recent if _FORBIDDEN.search(one.reason)]
    if not told and not refused:
        return None
    return Finding(
        runbook=Runbook.DENIED,
        cause="the data folder does not belong to this user" if told else "calls are refused",
        confidence=SURE if told else LIKELY,
        evidence=some([*told, *refused]),
        fix="give the folder to the service's user (`chown -R USER FOLDER`); on Google Cloud give "
        "the service account roles/run.invoker on the service and the roles that "
        "scripts/deploy_cloud_run.sh sets (run it again)",
    )


def module_missing(e: Evidence) -> Finding | None:
    """Parts of the program that are not installed, or that a task could not load."""
    failed = _errors(e, *_LACKS)
    if not e.machine.missing and not failed:
        return None
    return Finding(
        runbook=Runbook.MODULE,
        cause="the program is not whole: " + ", ".join(e.machine.missing[:3])
        if e.machine.missing
        else "a task could not load a part of the program",
        confidence=SURE if e.machine.missing else LIKELY,
        evidence=some([*(f"missing: {name}" for name in e.machine.missing), *failed]),
        fix=f"install again (`make setup`), or build the image again{_rollback(e)}; then start the "
        "service: tasks that failed come back by themselves",
    )


def _rollback(e: Evidence) -> str:
    """Back to what the last closed day ran on, where that was other code."""
    now = e.machine.code
    before = e.last_seal.versions.get("code") if e.last_seal else None
    if not before or not now or before == now:
        return ""
    return f", or roll back to {before}, on which the last closed day ran (now {now})"


def wrong_clock(e: Evidence) -> Finding | None:
    """What was written lies in the future, or a pool's own stamp lies past our clock.

    Of real days alone: others live by a racecourse's clock, which runs on while one looks.
    """
    if not e.is_live:
        return None
    told = []
    if e.newest is not None and e.newest > e.now + CLOCK_TOLERANCE:
        here, there = paris_time(e.now), paris_time(e.newest)
        told.append(f"it is {here:%Y-%m-%d %H:%M}, and the archive is of {there:%Y-%m-%d %H:%M}")
    if e.ahead_s is not None and e.ahead_s > CLOCK_TOLERANCE.total_seconds():
        told.append(f"odds were stamped {e.ahead_s:.0f} s after we had read them")
    if not told:
        return None
    return Finding(
        runbook=Runbook.CLOCK,
        cause="the clock of this machine is slow, or was set back",
        confidence=SURE if len(told) > 1 else LIKELY,
        evidence=tuple(told),
        fix="set the clock and keep it by NTP (`timedatectl set-ntp true`), then restart the "
        "service: due times, deadlines and tokens all hang on it",
    )


def service_down(e: Evidence) -> Finding | None:
    """No answer, or an answer that says "not ready", while the day has work for the service."""
    service, fault = e.service, e.machine.settings_fault
    if not e.is_owed or (service is None and fault is None):
        return None
    if fault is not None:
        return _down(e, "a setting is bad, so that the service does not start", (fault,), "mend it")
    if service is None or (service.answers and (service.status or 0) < 500):  # noqa: PLR2004  a server error
        return None
    if not service.answers:
        words = f"{service.url}: {service.error}"
        return _down(e, "nobody answers at the service's address", (words,), "start it again")
    failing = {name: check.detail for name, check in service.checks.items() if not check.ok}
    cause = f"the service runs and is not ready: {', '.join(failing) or 'no reason told'}"
    told = (f"{service.url}/readyz answers {service.status}", *map(": ".join, failing.items()))
    return _down(e, cause, told, "mend what is named, then restart it")


def _down(e: Evidence, cause: str, told: tuple[str, ...], mend: str) -> Finding:
    return Finding(
        runbook=Runbook.DOWN,
        cause=cause,
        confidence=SURE,
        evidence=told,
        fix=f"{mend} (`hippique serve`){_rollback(e)}; if it ends again, look at its last log "
        "lines and give it more memory or CPU; nothing that was queued is lost",
    )
