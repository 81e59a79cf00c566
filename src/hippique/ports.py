"""Small ports between the day and the outside. Each has its real backends and a shipped fake.

Errors of each method are in its docstring. Everything is synchronous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from hippique.racing.card import RaceId, Reading


class Clock(Protocol):
    """Race time: the wall's, a simulated racecourse's, or driven by the simulated day."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait this many seconds of race time. A driven clock stands still and returns at once."""


# --- sources -------------------------------------------------------------------------------


class PageKind(StrEnum):
    """Every kind of page that can be read; the words of `hippique parse`."""

    ZETURF_PROGRAMME = "zeturf-programme"
    ZETURF_RACE = "zeturf-race"
    GENY_PROGRAMME = "geny-programme"
    GENY_RACE = "geny-race"
    GENY_RESULT = "geny-result"
    PMU_PROGRAMME = "pmu-programme"
    PMU_RUNNERS = "pmu-runners"
    PMU_DIVIDENDS = "pmu-dividends"
    RECORDED_PROGRAMME = "recorded-programme"
    RECORDED_RACE = "recorded-race"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One page to fetch. race is None for a programme."""

    kind: PageKind
    url: str
    day: date
    race: RaceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it came, before any reading. taken_at: race time of the answer."""

    request: PageRequest
    body: bytes
    taken_at: datetime
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceRef:
    """What a source needs to find a race: its identity and its page at each source."""

    race: RaceId
    urls: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """One site. Requests are pure; `fetch` goes out; `read` is pure."""

    name: str

    def programme(self, day: date) -> tuple[PageRequest, ...]:
        """The pages that hold the day's programme."""

    def card(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The pages that hold a race's runners and odds; empty where the site lacks the race."""

    def result(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The pages that hold a race's order of finish and dividends."""

    def fetch(self, request: PageRequest) -> Page:
        """Fetch politely. Raises SourceDown, SourceRefused, PageMissing (a hard 404)."""

    def read(self, page: Page) -> Reading:
        """Read a page. Raises PageChanged, PageMissing (a soft 404), WrongPage."""


class Truth(Protocol):
    """A simulated racecourse that tells what no real site does."""

    def tell(self, race: RaceId) -> bytes:
        """Its answer about a race's win chances, as it came. Raises SourceDown, PageMissing."""


# --- queue ---------------------------------------------------------------------------------


class TaskState(StrEnum):
    """Where a task is. Finished tasks stay as tombstones for 24 h."""

    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to create. payload: JSON of the POST /run body, below 100 KB."""

    name: str
    due: datetime
    payload: bytes
    deadline_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task as the queue holds it. due: the next attempt (the first, then after back-off)."""

    name: str
    due: datetime
    payload: bytes
    created_at: datetime
    state: TaskState = TaskState.PENDING
    attempts: int = 0
    deadline_s: float = 300.0
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """Counts at one instant. overdue: pending and past due; oldest_due: of the pending ones.

    done, cancelled, failed, attempts, executed_last_minute: None where the backend forgets a task
    that has ended.
    """

    pending: int
    overdue: int
    leased: int
    done: int | None
    cancelled: int | None
    failed: int | None
    attempts: int | None
    executed_last_minute: int | None
    oldest_due: datetime | None
    paused: bool
    generation: int


class TaskQueue(Protocol):
    """The day's side: create and cancel. Names are unique, also for 24 h after their end."""

    def create(self, task: NewTask) -> bool:
        """True when new, False when the name exists or existed within 24 h.

        Raises InputError (payload over 100 KB, due beyond 30 days), StoreFull, StoreBusy.
        """

    def cancel(self, name: str) -> bool:
        """True when a pending task was cancelled; False when there was none to cancel."""

    def generation(self) -> int:
        """The queue's generation; a purge starts the next one. Part of later names."""

    def live(self, prefix: str = "") -> tuple[Task, ...]:
        """Pending and leased tasks whose name begins with `prefix`, by due time then name."""


class QueueOperator(Protocol):
    """The operator's side of the same queue."""

    def tasks(
        self, *, state: TaskState | None = None, after: str = "", limit: int = 100
    ) -> tuple[Task, ...]:
        """At most `limit` tasks in order of name, those after `after` (for paging)."""

    def describe(self, name: str) -> Task:
        """One task, ended ones included where the backend remembers them. Raises NotFound."""

    def run_now(self, name: str) -> Task:
        """Make a pending task due at once. Raises NotFound."""

    def set_paused(self, *, paused: bool) -> None:
        """Pause or resume dispatching; creating still works.

        Whether a task that is run by hand goes out meanwhile is the backend's own choice.
        """

    def purge(self) -> int:
        """Drop all pending tasks, start a new generation; returns how many were dropped.

        One that is delivered all the same carries the old generation in its payload.
        """

    def stats(self) -> QueueStats:
        """Counts now."""


class Claims(Protocol):
    """The atomic first step of a task, so that it acts once. Expiry is wall time."""

    def acquire(self, key: str) -> bool:
        """True when this process now holds `key`; False when a live owner holds it.

        A claim that expired, or whose owner is a dead process of this machine, is taken over.
        """

    def release(self, key: str) -> None:
        """Give the claim back; nothing happens when this process does not hold it."""


# --- people --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a person reads on a phone: plain text. key: the same message, however often sent."""

    key: str
    title: str
    body: str


class MessageChannel(Protocol):
    """How a person is told at once: the bettor of a slip, who is on call of an alert."""

    def send(self, message: Message) -> None:
        """Deliver to every address; one that took this key before is passed over.

        Raises SourceDown where an address did not take it, without naming the address: it is a
        secret. Sending again may deliver twice after a restart.
        """


class Heartbeat(Protocol):
    """A dead man's switch outside, which calls for help when it is not heard of."""

    def beat(self) -> None:
        """Say that all is done in time. Raises SourceDown, without naming the address."""


# --- stores --------------------------------------------------------------------------------


class Archive(Protocol):
    """Artefacts, each written once. Addresses are relative, `/`-separated, without `..`."""

    def create(self, address: str, content: bytes) -> None:
        """Write atomically, once. Raises AlreadyExists, StoreFull, StoreBusy, InputError."""

    def read(self, address: str) -> bytes:
        """Raises NotFound."""

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        """All addresses below `prefix` (whole path segments), sorted."""

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """The next segments below `prefix` that hold artefacts deeper down, sorted.

        One look, however much lies in them: the days of an archive are `folders()`.
        """


class Pruner(Protocol):
    """The keeper's side of an archive. The day has no such port: it can only add."""

    def remove(self, address: str) -> None:
        """Let one artefact go; nothing happens where none lies. Raises StoreBusy, InputError."""


class Views(Protocol):
    """Files rebuilt from the archive: the latest plan, the workbook, tracking.csv."""

    def publish(self, name: str, content: bytes) -> str:
        """Replace atomically; returns where it lies. Raises StoreFull, StoreBusy."""

    def load(self, name: str) -> bytes | None:
        """The present content, None where it was never published."""
