"""How far our forecast of the closing odds was off, beside how far the odds shown at H-5 were."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hippique.betting.slip import Decision, RunnerReading
from hippique.betting.terms import terms_of
from hippique.day import addresses
from hippique.day.phases import Phase
from hippique.day.race_day import load
from hippique.day.snapshots import RaceSnapshots
from hippique.errors import UnknownBet
from hippique.ports import Archive
from hippique.racing.card import RaceId, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingError:
    """Root mean square of ln(odds / final odds) over runners; None where no race is judged.

    forecast: of our closing odds; shown: of the odds on screen at H-5, over the same runners.
    races: judged. not_judged: decided races whose final odds the archive does not hold.
    """

    races: int = 0
    not_judged: int = 0
    runners: int = 0
    forecast_rmse: float | None = None
    shown_rmse: float | None = None


@dataclass(frozen=True, slots=True)
class _Readings:
    readings: tuple[Reading, ...]


Odds = Mapping[int, float]
Errors = Sequence[tuple[float, float]]


def closing_error(archive: Archive, decided: Iterable[Decision]) -> ClosingError:
    """The errors over all runners of these races that have a forecast, odds shown and final odds.

    Each race is judged in one pool: that of its slip's operator, else of the first one that the
    reading names and whose final odds are known. A runner counts once.
    """
    races = [errors_of_race(archive, decision) for decision in decided]
    judged = [race for race in races if race]
    pairs = [pair for race in judged for pair in race]
    return ClosingError(
        races=len(judged),
        not_judged=len(races) - len(judged),
        runners=len(pairs),
        forecast_rmse=_root_mean_square(forecast for forecast, _ in pairs),
        shown_rmse=_root_mean_square(shown for _, shown in pairs),
    )


def errors_of_race(archive: Archive, decision: Decision) -> Errors:
    """(forecast, shown): ln of each over the final odds, one pair a runner; empty if not judged."""
    for operator in _operators(decision):
        final = _final_odds(archive, decision, operator)
        pairs = list(_pairs(decision.reading.runners, operator, final))
        if pairs:
            return pairs
    return ()


def _operators(decision: Decision) -> Sequence[str]:
    on_slip = [ticket.operator for ticket in decision.tickets]
    named = [name for runner in decision.reading.runners for name in runner.closing]
    return tuple(dict.fromkeys([*on_slip, *named]))


def _pairs(
    runners: Iterable[RunnerReading], operator: str, final: Odds
) -> Iterator[tuple[float, float]]:
    for runner in runners:
        forecast = runner.closing.get(operator)
        shown, closed = runner.shown_by.get(operator), final.get(runner.number)
        if forecast and shown and closed:
            yield math.log(forecast["mean"] / closed), math.log(shown / closed)


def _final_odds(archive: Archive, decision: Decision, operator: str) -> Odds:
    """The pool's odds on the result's own page, else in the last sample before the off.

    Dividends are left out: they tell the final odds of winners alone, whose odds shorten.
    """
    race = RaceId.parse(decision.race)
    try:
        pool = terms_of(operator, "win", race.day).pool
    except UnknownBet:
        return {}
    return _on_result_page(archive, race, pool) or _last_sample(archive, decision, race, pool)


def _on_result_page(archive: Archive, race: RaceId, pool: str) -> Odds:
    address = f"{addresses.phase_folder(race, Phase.RESULT)}/{addresses.READING}"
    kept = load(archive, _Readings, address)
    for reading in kept.readings if kept else ():
        told = reading.only_race()
        odds = {r.number: r.odds.win for r in told.runners if r.odds and r.odds.pool == pool}
        found = _known(odds)
        if told.result is not None and found:
            return found
    return {}


def _last_sample(archive: Archive, decision: Decision, race: RaceId, pool: str) -> Odds:
    """The newest sample of the pool after the decision: older odds are no close of anything."""
    stored = archive.addresses(f"{race}/odds")
    for address in sorted((a for a in stored if a.endswith(addresses.SNAPSHOT)), reverse=True):
        sample = load(archive, RaceSnapshots, address)
        for snapshot in sample.snapshots if sample else ():
            if snapshot.pool == pool and _is_close(snapshot.taken_at, decision):
                found = _known({quote.number: quote.win for quote in snapshot.starters()})
                if found:
                    return found
    return {}


def _is_close(taken_at: dt.datetime, decision: Decision) -> bool:
    return taken_at > decision.decided_at


def _known(odds: Mapping[int, float | None]) -> Odds:
    return {number: win for number, win in odds.items() if win is not None and win > 1.0}


def _root_mean_square(errors: Iterable[float]) -> float | None:
    squares = [error * error for error in errors]
    return math.sqrt(math.fsum(squares) / len(squares)) if squares else None
