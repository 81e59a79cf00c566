"""Snapshots of a race from its readings: one a pool, joined on number *and* name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hippique.day.capture import Taken
from hippique.day.merge import TRUST, fold
from hippique.racing.card import RaceId, Runner
from hippique.racing.market import Quote, RunnerOdds, Snapshot

MOST_MISMATCHES = 0.25  # share of runners whose names may differ before a source is set aside


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMismatch:
    """Runners of one source that bear other names under the same numbers."""

    source: str
    numbers: tuple[int, ...]
    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceSnapshots:
    """What one visit saw of the market."""

    race: str
    snapshots: tuple[Snapshot, ...] = ()
    mismatches: tuple[NameMismatch, ...] = ()


def take_snapshots(race: RaceId, taken: Sequence[Taken]) -> RaceSnapshots:
    """One snapshot per (source, pool). A source whose runners are other horses gives none."""
    ordered = sorted(taken, key=lambda one: _rank(one.reading.source))
    names: dict[int, str] = {}
    snapshots: list[Snapshot] = []
    mismatches: list[NameMismatch] = []
    for one in ordered:
        runners = one.reading.only_race().runners
        mismatch = _mismatch(one.reading.source, runners, names)
        if mismatch is not None:
            mismatches.append(mismatch)
            if mismatch.refused:
                continue
        for runner in runners:
            names.setdefault(runner.number, fold(runner.name or ""))
        snapshots += _snapshots_of(race, one, runners)
    return RaceSnapshots(race=str(race), snapshots=tuple(snapshots), mismatches=tuple(mismatches))


def _rank(source: str) -> int:
    return TRUST.index(source) if source in TRUST else len(TRUST)


def _mismatch(source: str, runners: Sequence[Runner], names: dict[int, str]) -> NameMismatch | None:
    shared = [runner for runner in runners if runner.name and names.get(runner.number)]
    other = tuple(r.number for r in shared if not _same_name(fold(r.name or ""), names[r.number]))
    if not other:
        return None
    return NameMismatch(
        source=source, numbers=other, refused=len(other) > MOST_MISMATCHES * len(shared)
    )


def _same_name(one: str, two: str) -> bool:
    # Sites cut long names and add country marks: "JABALPUR" against "JABALPUR (GB)".
    return one.replace(" ", "").startswith(two.replace(" ", "")) or two.replace(" ", "").startswith(
        one.replace(" ", "")
    )


def _snapshots_of(race: RaceId, one: Taken, runners: Sequence[Runner]) -> list[Snapshot]:
    pools = dict.fromkeys(runner.odds.pool for runner in runners if runner.odds is not None)
    return [_snapshot(race, one, runners, pool) for pool in pools]


def _snapshot(race: RaceId, one: Taken, runners: Sequence[Runner], pool: str) -> Snapshot:
    stamps = [r.odds.stamp for r in runners if r.odds and r.odds.pool == pool and r.odds.stamp]
    return Snapshot(
        race=str(race),
        source=one.reading.source,
        pool=pool,
        taken_at=one.taken_at,
        stamp=max(stamps) if stamps else None,
        flags=() if stamps else ("stamp_unknown",),
        quotes=tuple(_quote(runner, pool) for runner in runners),
    )


def _quote(runner: Runner, pool: str) -> Quote:
    odds = runner.odds
    if odds is None or odds.pool != pool or runner.non_runner:
        odds = RunnerOdds(pool=pool)
    return Quote(
        number=runner.number,
        name=runner.name,
        non_runner=runner.non_runner,
        win=odds.win,
        place_low=odds.place_low,
        place_high=odds.place_high,
        reference=odds.reference,
        show2=odds.show2,
        fourth=odds.fourth,
    )
