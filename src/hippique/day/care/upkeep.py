"""What the maintenance checks judge by: figures of a while, and the program as it lies here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from hippique.day.care.figures import Figures
from hippique.day.care.log import CareLog
from hippique.day.care.machine import Machine
from hippique.day.care.replan import Replanned
from hippique.day.care.troubles import TroubleGroup
from hippique.day.watch.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may do what. callers, operators, readers: e-mails. exposed: what others could read.

    is_open: nobody is checked. reach: where it can be reached from.
    """

    is_open: bool
    reach: str | None = None
    callers: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """The program as it lies here. unmet: parts that are missing.

    updated_at: when a library was last put in. tools: developers' tools that it holds. is_image: it
    runs on Cloud Run. docs: what its own pages lack, None where they do not lie here.
    """

    size: int
    packages: int
    updated_at: dt.datetime | None = None
    unmet: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    is_image: bool = False
    docs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Everything, gathered once. now: race time; wall: the machine's, by which care is due.

    is_live: real days, whose loss would matter. stored: bytes of the data folder, None for a
    bucket. alerts: of the quarter. lost_backup: why the newest backup is no good. first_day: of
    the archive. is_cloud: billed by Google.
    """

    now: dt.datetime
    wall: dt.datetime
    is_live: bool
    is_cloud: bool
    first_day: dt.date | None
    figures: Figures
    errors: tuple[TroubleGroup, ...]
    machine: Machine
    access: Access
    install: Install
    timeout_s: float
    care: CareLog = field(default_factory=CareLog)
    stored: int | None = None
    replanned: Replanned | None = None
    alerts: tuple[Incident, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    has_alert_channel: bool = False
    lost_backup: str | None = None
    billing: str | None = None
