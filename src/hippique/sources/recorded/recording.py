"""A recorded day in memory: facts apart by the hour at which they were known."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime

from hippique.racing.card import Blinkers, Race, Runner, Shoes
from hippique.racing.result import Result


@dataclass(frozen=True, slots=True)
class Tick:
    """Odds shown at an instant. at_ms: epoch milliseconds, the pool's own stamp."""

    at_ms: int
    odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRunner:
    """One horse. eve: what was known the evening before; the rest of the card from H-30 on.

    live, reference: ascending. is_withdrawn is hindsight: the tables stamp no withdrawal.
    """

    eve: Runner
    jockey: str | None = None
    shoes: Shoes | None = None
    blinkers: Blinkers | None = None
    is_withdrawn: bool = False
    live: tuple[Tick, ...] = ()
    reference: tuple[Tick, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRace:
    """One race. eve: what was known the evening before, without runners, status and going.

    off_time is the last one known: a race that was moved carries its new hour all day. outcome:
    known only after it, None where the recording holds none. remarks: what the recording lacks
    or got wrong; result_remarks: the same, about the outcome.
    """

    eve: Race
    off_time: datetime
    pool: str
    going: str | None = None
    runners: tuple[RecordedRunner, ...] = ()
    is_cancelled: bool = False
    outcome: Result | None = None
    remarks: tuple[str, ...] = ()
    result_remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMeeting:
    """One track of the day."""

    number: int
    track: str | None
    country: str | None
    races: tuple[RecordedRace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A whole day."""

    day: date
    meetings: tuple[RecordedMeeting, ...]

    def find(self, key: str) -> tuple[RecordedMeeting, RecordedRace] | None:
        """The race of this key (R1C3) and its meeting; None where the day has no such race."""
        for meeting in self.meetings:
            for race in meeting.races:
                if race.eve.key == key:
                    return meeting, race
        return None


def last_tick(ticks: tuple[Tick, ...], now_ms: int) -> Tick | None:
    """The newest tick that was there at `now_ms`."""
    at = bisect_right(ticks, now_ms, key=lambda tick: tick.at_ms)
    return ticks[at - 1] if at else None
