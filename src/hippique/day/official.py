"""After the race: which source's official order settles, and who differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hippique.betting.settlement import OfficialRace
from hippique.day.capture import Taken
from hippique.day.merge import TRUST
from hippique.racing.card import RaceStatus
from hippique.racing.result import Refund, Result, ResultStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceResult:
    """The order that settles, by whom, with every operator's dividends; who differs on the winner.

    result is None while nobody is official. cancelled: a source says that the race was not run.
    couplings: numbers that run for one owner.
    """

    race: str
    source: str | None = None
    result: Result | None = None
    declared: int | None = None
    cancelled: bool = False
    disagreements: tuple[str, ...] = ()
    couplings: tuple[tuple[int, ...], ...] = ()

    @property
    def official(self) -> OfficialRace | None:
        """What the tickets settle on; None while nobody is official."""
        if self.result is None:
            return None
        return OfficialRace(
            result=self.result,
            declared=self.declared,
            couplings=self.couplings,
        )


def official_result(race: str, taken: Sequence[Taken], declared: int | None) -> RaceResult:
    """The first trusted source with an official order; dividends of all official pages joined."""
    ordered = sorted(taken, key=lambda one: _rank(one.reading.source))
    cancelled = any(_status(one) is RaceStatus.CANCELLED for one in ordered)
    official = [(one.reading.source, result) for one in ordered if (result := _official(one))]
    with_order = [(source, result) for source, result in official if result.order]
    declared = declared or _declared(ordered)
    if not with_order:
        return RaceResult(race=race, declared=declared, cancelled=cancelled)
    source, chosen = with_order[0]
    dividends = tuple(d for _, result in official for d in result.dividends)
    return RaceResult(
        race=race,
        source=source,
        result=replace(
            chosen,
            dividends=tuple(dict.fromkeys(dividends)),
            refunded=_refunds([result for _, result in official]),
        ),
        declared=declared,
        disagreements=_other_winners(with_order),
        couplings=_couplings(ordered),
    )


def _refunds(results: Sequence[Result]) -> tuple[Refund, ...]:
    """What was paid back, by the first page that says anything of an operator's bet.

    results: most trusted first. A refund that a more trusted page contradicts with a dividend is
    none.
    """
    kept: dict[Refund, None] = {}
    told: set[tuple[str, str]] = set()
    for result in results:
        kept |= {one: None for one in result.refunded if (one.operator, one.bet) not in told}
        told |= {(one.operator, one.bet) for one in result.dividends}
        told |= {(one.operator, one.bet) for one in result.refunded}
    return tuple(kept)


def _rank(source: str) -> int:
    return TRUST.index(source) if source in TRUST else len(TRUST)


def _status(one: Taken) -> RaceStatus | None:
    return one.reading.only_race().status


def _official(one: Taken) -> Result | None:
    result = one.reading.only_race().result
    return result if result and result.status is ResultStatus.OFFICIAL else None


def _declared(ordered: Sequence[Taken]) -> int | None:
    said = (one.reading.only_race().declared for one in ordered)
    return next((count for count in said if count), None)


def _couplings(ordered: Sequence[Taken]) -> tuple[tuple[int, ...], ...]:
    """The coupled entries as the first source that shows any has them: PMU, whose rule they are."""
    for one in sorted(ordered, key=lambda taken: taken.reading.source != "pmu"):
        groups: dict[str, list[int]] = {}
        for runner in one.reading.only_race().runners:
            if runner.coupling:
                groups.setdefault(runner.coupling, []).append(runner.number)
        found = tuple(tuple(group) for group in groups.values() if len(group) > 1)
        if found:
            return found
    return ()


def _other_winners(official: Sequence[tuple[str, Result]]) -> tuple[str, ...]:
    believed = set(official[0][1].order[0])
    return tuple(
        f"{source} says {sorted(result.order[0])} won, {official[0][0]} {sorted(believed)}"
        for source, result in official[1:]
        if set(result.order[0]) != believed
    )
