"""Odds that stand still: a meeting whose races show the same odds at H-30 and at H-5."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hippique.day.phases import Phase
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import snapshots_of
from hippique.day.snapshots import RaceSnapshots
from hippique.day.watch.facts import FrozenMeeting, PhaseOf
from hippique.ports import Archive
from hippique.racing.market import Quote, Snapshot


@dataclass(frozen=True, slots=True)
class _Compared:
    """Of one race: each source that showed odds at both visits, and whether any of them moved."""

    moved: dict[str, bool]


class FrozenOdds:
    """Compares the visits to each race once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._compared: dict[str, _Compared] = {}

    def found(
        self, plan: Plan, ended: Collection[PhaseOf], least: int
    ) -> tuple[FrozenMeeting, ...]:
        """Meetings of which no race seen twice moved at a source.

        least: races that must have been seen twice; a meeting that has fewer, all of them.
        """
        meetings: dict[str, list[PlannedRace]] = {}
        for race in plan.queued():
            meetings.setdefault(race.key.partition("C")[0], []).append(race)
        return tuple(
            found
            for meeting, races in sorted(meetings.items())
            for found in self._of_meeting(meeting, races, ended, min(least, len(races)))
        )

    def _of_meeting(
        self, meeting: str, races: list[PlannedRace], ended: Collection[PhaseOf], least: int
    ) -> list[FrozenMeeting]:
        twice = [r for r in races if (r.key, Phase.H30) in ended and (r.key, Phase.H5) in ended]
        moved: dict[str, list[bool]] = {}
        for race in twice:
            for source, has_moved in self._compare(race).moved.items():
                moved.setdefault(source, []).append(has_moved)
        return [
            FrozenMeeting(meeting=meeting, source=source, races=tuple(r.key for r in twice))
            for source, told in sorted(moved.items())
            if len(told) >= least and not any(told)
        ]

    def _compare(self, race: PlannedRace) -> _Compared:
        address = str(race.race)
        if address not in self._compared:
            before = snapshots_of(self._archive, race.race, Phase.H30)
            after = snapshots_of(self._archive, race.race, Phase.H5)
            self._compared[address] = _Compared(_moved(before, after))
        return self._compared[address]


def _moved(before: RaceSnapshots | None, after: RaceSnapshots | None) -> dict[str, bool]:
    earlier = {(one.source, one.pool): one for one in before.snapshots} if before else {}
    moved: dict[str, bool] = {}
    for later in after.snapshots if after else ():
        one = earlier.get((later.source, later.pool))
        shared = _shared(one, later) if one else []
        if shared:
            is_moved = any(then != now for then, now in shared)
            moved[later.source] = moved.get(later.source, False) or is_moved
    return moved


def _shared(before: Snapshot, after: Snapshot) -> list[tuple[float, float]]:
    """The win odds of each starter that showed some at both visits."""
    then = {quote.number: quote.win for quote in before.starters()}
    pairs = [(then.get(number), win) for number, win in map(_win, after.starters())]
    return [(one, two) for one, two in pairs if one is not None and two is not None]


def _win(quote: Quote) -> tuple[int, float | None]:
    return quote.number, quote.win
