"""Odds: what a page shows of one pool for one runner, and a snapshot of a whole race.

Decimal odds, stake included, each above 1. Two pools are never mixed in one value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerOdds:
    """One runner's odds in one pool, as shown on a page.

    pool: whose stakes (`zeturf`, `SIMPLE_GAGNANT` = PMU shops, `E_SIMPLE_GAGNANT` = PMU internet,
    `geny` where the page does not name it). reference = the earlier odds shown beside the live
    ones; show2 = ZEshow (finishes 2nd), fourth = ZE couillon. stamp, reference_stamp: the pool's
    own instants where the page gives them.
    """

    pool: str
    reference: float | None = None
    win: float | None = None
    place_low: float | None = None
    place_high: float | None = None
    show2: float | None = None
    fourth: float | None = None
    stamp: datetime | None = None
    reference_stamp: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One runner inside a snapshot: its number, its name for cross-checks, its odds."""

    number: int
    name: str | None = None
    non_runner: bool = False
    win: float | None = None
    place_low: float | None = None
    place_high: float | None = None
    reference: float | None = None
    show2: float | None = None
    fourth: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Odds of all runners of a race at one instant, from one source and one pool.

    race: "2025-06-01/R1C3". taken_at: when we fetched the page. stamp: the pool's own instant,
    None (flag `stamp_unknown`) where the source gives none. flags: what a reader must know.
    """

    race: str
    source: str
    pool: str
    taken_at: datetime
    stamp: datetime | None = None
    flags: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()

    def starters(self) -> tuple[Quote, ...]:
        """The quotes of the runners that were not withdrawn."""
        return tuple(quote for quote in self.quotes if not quote.non_runner)

    def win_coverage(self) -> float:
        """Share of the starters that have win odds, 0 to 1; 0 for an empty field."""
        starters = self.starters()
        priced = sum(quote.win is not None for quote in starters)
        return priced / len(starters) if starters else 0.0
