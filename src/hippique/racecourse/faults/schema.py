"""The faults of a day as somebody asks for them: one dataclass for each table of the file.

Hours are Paris hours of the simulated day, `HH:MM` or `HH:MM:SS`, those past 24 of the next
morning. Where a race is named an instant may also count from its drawn off: `H-35`, `H-2:30`,
`H+1`. A race is named `R1C3`, or `#3`: the third French race of the day as drawn, by its off.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Literal

from msgspec import Meta

Site = Literal["zeturf", "geny", "pmu"]
Part = Literal["programme", "runners", "odds", "result"]
Status = Annotated[int, Meta(ge=429, le=599)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
Delay = Annotated[float, Meta(gt=0, le=30)]
Number = Annotated[int, Meta(ge=1, le=99)]
Minutes = Annotated[int, Meta(ge=-120, le=600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Every page of a site answers `status` instead; with Retry-After where one is given."""

    site: Site
    since: str
    until: str
    status: Status = 503
    retry_after_s: Seconds | None = None

    def describe(self) -> str:
        """One line."""
        after = "" if self.retry_after_s is None else f", Retry-After {self.retry_after_s} s"
        return f"{self.site} answers {self.status} from {self.since} to {self.until}{after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowness:
    """A site's answers take `delay_s` seconds of the wall more. No effect without sockets."""

    site: Site
    since: str
    until: str
    delay_s: Delay = 2.0

    def describe(self) -> str:
        """One line."""
        when = f"from {self.since} to {self.until}"
        return f"{self.site} answers {self.delay_s:g} s late {when} (over HTTP only)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPage:
    """A site's new design: the named part is called otherwise, the rest stays."""

    site: Site
    since: str
    until: str
    part: Part

    def describe(self) -> str:
        """One line."""
        return f"{self.site} pages changed from {self.since} to {self.until}: {self.part} renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedPage:
    """A site serves the first half of each page, as if it were whole."""

    site: Site
    since: str
    until: str

    def describe(self) -> str:
        """One line."""
        return f"{self.site} pages cut in two from {self.since} to {self.until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A horse does not run; known from `at` on. number: None for the ZEturf favourite then."""

    race: str
    at: str
    number: Number | None = None

    def describe(self) -> str:
        """One line."""
        horse = "the favourite" if self.number is None else f"number {self.number}"
        return f"{self.race}: {horse} withdrawn, known at {self.at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An off moves by `minutes` (below 0: brought forward); printed from `at` on."""

    race: str
    at: str
    minutes: Minutes

    def describe(self) -> str:
        """One line."""
        return f"{self.race}: off moved by {self.minutes:+d} min, printed from {self.at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A race, or all races of a meeting that are not off yet, is cancelled at `at`."""

    at: str
    race: str | None = None
    meeting: Number | None = None

    def describe(self) -> str:
        """One line."""
        what = self.race if self.meeting is None else f"meeting R{self.meeting}, what is left of it"
        return f"{what}: cancelled at {self.at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadHeat:
    """The closest two horses among the first four cross the line together."""

    race: str

    def describe(self) -> str:
        """One line."""
        return f"{self.race}: a dead heat among the first four"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateResult:
    """The arrival stays provisional for `minutes`, or for ever (`never`)."""

    race: str
    minutes: Annotated[int, Meta(ge=1, le=2880)] = 120
    never: bool = False

    def describe(self) -> str:
        """One line."""
        how_long = "never official" if self.never else f"provisional for {self.minutes} min"
        return f"{self.race}: result {how_long}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNames:
    """A site lists other horses' names in a race, all day."""

    site: Site
    race: str

    def describe(self) -> str:
        """One line."""
        return f"{self.race}: {self.site} lists other horses' names"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All faults of a day; none by default."""

    outages: tuple[Outage, ...] = ()
    slow: tuple[Slowness, ...] = ()
    changed: tuple[ChangedPage, ...] = ()
    damaged: tuple[DamagedPage, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    moves: tuple[Move, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    dead_heats: tuple[DeadHeat, ...] = ()
    late_results: tuple[LateResult, ...] = ()
    wrong_names: tuple[WrongNames, ...] = ()

    def describe(self) -> tuple[str, ...]:
        """One line for each fault, in the order of the fields."""
        return tuple(
            fault.describe() for table in fields(self) for fault in getattr(self, table.name)
        )


NO_FAULTS = Faults()
