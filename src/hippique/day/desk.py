"""The desk: everything a step of the day works with, plugged together once by bootstrap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from hippique.betting.money_state import DEFAULT_BANKROLL_CENTS
from hippique.betting.policy import Policy
from hippique.day.manifest import Stamp
from hippique.day.money import WeekEntries
from hippique.day.past import PastRides
from hippique.day.plan import Scope
from hippique.forecast.forecaster import Forecaster
from hippique.ports import Archive, Claims, Clock, MessageChannel, Source, TaskQueue, Truth, Views
from hippique.racing.card import RaceId


class Journal(Protocol):
    """Where a step reports what happened, one structured event each."""

    def event(self, severity: str, message: str, **fields: object) -> None:
        """severity: DEBUG, INFO, WARNING, ERROR or CRITICAL. Fields are JSON values."""


class Reports(Protocol):
    """The files that people open: workbook, tracking sheet, race sheets, ledger view."""

    def publish(self, day: dt.date) -> None:
        """Bring them up to date with a day. Raises StoreBusy where a file is open elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Choices of the operator that the day needs. queue_path: prefix of full task names.

    mode: live, simulated, recorded or replayed. parallel: ask the sources side by side.
    eager_reports: publish after every tick that changed something, not at the close alone.
    versions: code, model and settings, written into every manifest and decision. service_url:
    root of our own pages, for links; None where nobody reaches them. bankroll_cents: the money set
    aside to bet. week_loss_limit_cents: what the setting says, None: nothing. dry: slips are on
    trial, not to be played.
    """

    mode: str
    simulated: bool
    scope: Scope
    operators: tuple[str, ...]
    versions: Mapping[str, str]
    queue_path: str = "projects/local/locations/local/queues/hippique-tasks/tasks"
    parallel: bool = True
    eager_reports: bool = True
    service_url: str | None = None
    bankroll_cents: int = DEFAULT_BANKROLL_CENTS
    week_loss_limit_cents: int | None = None
    dry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Ports and policies of a day. new_id gives correlation ids: `new_id("run")` → run-<uuid>.

    shadows: policies that decide the same races on paper, each on an account of its own. past,
    week: rides and entries read before, kept between visits; None reads the archive each time.
    deciding: held while a slip is written, so that the next one knows of its stake.
    replays: money is what a visit froze then, never counted anew.
    truth: in simulation only, where the estimator asks for it. channel: where slips go out; None
    sends none.
    """

    sources: tuple[Source, ...]
    archive: Archive
    views: Views
    queue: TaskQueue
    claims: Claims
    clock: Clock
    forecaster: Forecaster
    policy: Policy
    options: Options
    journal: Journal
    reports: Reports
    new_id: Callable[[str], str]
    shadows: tuple[Policy, ...] = ()
    past: PastRides | None = None
    week: WeekEntries | None = None
    replays: bool = False
    deciding: Lock = field(default_factory=Lock)
    truth: Truth | None = None
    channel: MessageChannel | None = None

    def now(self) -> dt.datetime:
        """Race time."""
        return self.clock.now()

    def stamp(self, race: RaceId | None = None) -> Stamp:
        """What a manifest written now says of its making."""
        return Stamp(now=self.now(), versions=self.versions, race=race)

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of code, model, policy and settings."""
        return {
            **self.options.versions,
            "model": self.forecaster.model,
            "policy": f"{self.policy.name}:{self.policy.hash}",
        }
