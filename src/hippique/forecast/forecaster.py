"""A forecaster turns what is known of a race into chances. The market itself is the first one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hippique.pricing.win import book_sum, win_shares
from hippique.racing.market import Snapshot

POOL_PREFERENCE = ("E_SIMPLE_GAGNANT", "SIMPLE_GAGNANT", "zeturf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """One runner's forecast. p_win in (0, 1]; p_place None where no ordering model was asked."""

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


class Forecaster(Protocol):
    """A way to chances. `model` changes whenever the same snapshots could give other chances."""

    name: str
    model: str

    def forecast(self, race: str, snapshots: Sequence[Snapshot]) -> Forecast | NoForecast:
        """Chances from the snapshots of one phase, at most one a pool."""


class MarketForecaster:
    """The market, takeout removed: what every other forecaster is measured against.

    One pool alone is read (the two PMU pools differ by 13–19 % a horse and are never mixed):
    PMU internet, else PMU shops, else ZEturf, the first that prices every starter.
    """

    name = "market"
    model = "market-1"

    def forecast(self, race: str, snapshots: Sequence[Snapshot]) -> Forecast | NoForecast:
        """Pool shares of the preferred complete pool; NoForecast names what was missing."""
        snapshot = _preferred(snapshots)
        if snapshot is None:
            return NoForecast(race=race, estimator=self.name, reason=_what_is_missing(snapshots))
        starters = snapshot.starters()
        odds = np.array([quote.win for quote in starters], dtype=np.float64)
        shares = win_shares(odds)
        return Forecast(
            race=race,
            estimator=self.name,
            model=self.model,
            pool=snapshot.pool,
            book_sum=book_sum(odds),
            chances=tuple(
                Chance(number=quote.number, p_win=float(share))
                for quote, share in zip(starters, shares, strict=True)
            ),
        )


def _preferred(snapshots: Sequence[Snapshot]) -> Snapshot | None:
    complete = {s.pool: s for s in snapshots if _is_complete(s)}
    return next((complete[pool] for pool in POOL_PREFERENCE if pool in complete), None)


def _is_complete(snapshot: Snapshot) -> bool:
    starters = snapshot.starters()
    return len(starters) > 1 and all(q.win is not None and q.win > 1.0 for q in starters)


def _what_is_missing(snapshots: Sequence[Snapshot]) -> str:
    if not snapshots:
        return "no pool was read"
    seen = ", ".join(f"{s.pool} {s.win_coverage():.0%}" for s in snapshots)
    return f"no pool prices every starter ({seen})"
