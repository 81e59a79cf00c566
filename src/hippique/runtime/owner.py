"""Who holds a claim: one process of one machine, told apart from a later one with its number."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace

import psutil  # type: ignore[import-untyped]  # ships no hints

START_TOLERANCE_S = 2
"""The system counts its own start in whole seconds, and may correct it by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process. started_s: seconds after its machine's start, which no clock change moves.

    instance: tells apart what the machine cannot: two services in one process, or containers
    that are all process 1.
    """

    host: str
    pid: int
    started_s: int
    instance: str


def this_process(instance: str) -> Owner:
    """The owner that claims for the running process."""
    return Owner(
        host=socket.gethostname(),
        pid=os.getpid(),
        started_s=_started_s(psutil.Process()),
        instance=instance,
    )


def lone_process(instance: str) -> Owner:
    """An owner that no other process can find dead: its claims end with their time alone.

    For containers: all of them may be called localhost, and each has a process 1.
    """
    return replace(this_process(instance), host=instance)


def is_dead(owner: Owner, *, seen_from: Owner) -> bool:
    """Whether the owner was a process of this machine and is gone; False for other machines."""
    if owner.host != seen_from.host:
        return False
    try:
        process = psutil.Process(owner.pid)
        # A killed process keeps its number until its parent has asked for its end.
        is_zombie = process.status() == psutil.STATUS_ZOMBIE
        return is_zombie or abs(_started_s(process) - owner.started_s) > START_TOLERANCE_S
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False  # alive, and another user's


def _started_s(process: psutil.Process) -> int:
    since_boot_s: float = process.create_time() - psutil.boot_time()
    return round(since_boot_s)
