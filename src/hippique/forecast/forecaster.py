"""A forecaster turns what is known of a race into chances. The market itself is the first one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hippique.forecast.enrichment import Enrichment
from hippique.pricing.checks import Floats
from hippique.pricing.ordering import henery
from hippique.pricing.win import multiplicative
from hippique.racing.bets import places_paid
from hippique.racing.card import Race
from hippique.racing.market import Snapshot

POOL_PREFERENCE = ("E_SIMPLE_GAGNANT", "SIMPLE_GAGNANT", "zeturf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """One runner's forecast: p_win in (0, 1]; p_place, the chance to be paid as placed.

    p_place is None where no place is paid or the number of horses declared is not known.
    """

    number: int
    p_win: float
    p_place: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Chances of the starters of one race, their p_win summing to 1.

    estimator: who says so. model: its version. pool, book_sum: the pool that was read and its
    overround.
    """

    race: str
    estimator: str
    model: str
    pool: str
    book_sum: float
    chances: tuple[Chance, ...]

    def p_win(self, number: int) -> float | None:
        """Win chance of a saddle number, None where it does not start."""
        return next((c.p_win for c in self.chances if c.number == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoForecast:
    """Why there are no chances for this race."""

    race: str
    estimator: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueChance:
    """A starter's true chance to finish first; no bettor knows it."""

    number: int
    p_win: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a forecaster may look at: what was known of a race at one phase.

    snapshots: at most one a pool. declared: horses of the official programme, later non-runners
    included; the places paid hang on it, not on who starts. earlier: the snapshots of H-30, empty
    at H-30 itself. card: the race as the visit's pages state it, joined. truth: win chances that a
    simulated racecourse tells, None elsewhere.
    """

    race: str
    snapshots: tuple[Snapshot, ...]
    declared: int | None
    earlier: tuple[Snapshot, ...] = ()
    card: Race | None = None
    enrichment: Enrichment | None = None
    truth: tuple[TrueChance, ...] | None = None


class Forecaster(Protocol):
    """A way to chances. `model` changes whenever the same evidence could give other chances."""

    name: str
    model: str

    def forecast(self, evidence: Evidence) -> Forecast | NoForecast:
        """Chances of the starters, or why there are none. Never raises for missing odds."""


class MarketForecaster:
    """The market, takeout removed: what every other forecaster is measured against.

    One pool alone is read (the two PMU pools differ by 13–19 % a horse and are never mixed):
    PMU internet, else PMU shops, else ZEturf, the first that prices every starter. Chances to win
    are the shares of that pool; chances to be placed follow from them by Henery's order model.
    """

    name = "market"
    model = "market-2"

    def forecast(self, evidence: Evidence) -> Forecast | NoForecast:
        """Pool shares of the preferred complete pool; NoForecast names what was missing."""
        snapshot = _preferred(evidence.snapshots)
        if snapshot is None:
            reason = _what_is_missing(evidence.snapshots)
            return NoForecast(race=evidence.race, estimator=self.name, reason=reason)
        starters = snapshot.starters()
        market = multiplicative(np.array([quote.win for quote in starters], dtype=np.float64))
        placed = place_chances(market.probabilities, evidence.declared)
        return Forecast(
            race=evidence.race,
            estimator=self.name,
            model=self.model,
            pool=snapshot.pool,
            book_sum=market.overround,
            chances=tuple(
                Chance(number=quote.number, p_win=p_win, p_place=p_place)
                for quote, p_win, p_place in zip(
                    starters, market.probabilities.tolist(), placed, strict=True
                )
            ),
        )


def place_chances(win: Floats, declared: int | None) -> list[float] | list[None]:
    """The chance of each to be paid as placed, by Henery; fewer starters than places are all paid.

    None for each where no place is paid, or the number of horses declared is not known.
    """
    places = places_paid(declared) if declared is not None else 0
    if places == 0:
        return [None] * win.size
    placed: list[float] = henery(win).top_k(min(places, win.size)).tolist()
    return placed


def _preferred(snapshots: Sequence[Snapshot]) -> Snapshot | None:
    complete = {s.pool: s for s in snapshots if _is_complete(s)}
    return next((complete[pool] for pool in POOL_PREFERENCE if pool in complete), None)


def _is_complete(snapshot: Snapshot) -> bool:
    starters = snapshot.starters()
    return len(starters) > 1 and all(q.win is not None and q.win > 1.0 for q in starters)


def _what_is_missing(snapshots: Sequence[Snapshot]) -> str:
    if not snapshots:
        return "aucune cote n'a été lue"
    seen = ", ".join(f"{s.pool} {s.win_coverage():.0%}" for s in snapshots)
    return f"aucune masse ne cote tous les partants ({seen})"
