"""All that a policy may look at when it decides on a race."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from hippique.betting.money_state import MoneyState
from hippique.forecast.enrichment import Enrichment
from hippique.forecast.forecaster import Forecast, NoForecast
from hippique.racing.card import Discipline, Runner
from hippique.racing.market import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The race at H-5 and the bettor's operators in his order.

    declared: horses of the official programme. snapshots, earlier: of H-5 and of H-30, at most one
    a pool. is_handicap: by the labels of programmes and card. runners_card: the runners as the
    pages state them, may be empty. decided_at: the instant of the decision, from which the age of
    the odds is counted. None: not known.
    """

    race: str
    day: date
    declared: int | None
    forecast: Forecast | NoForecast
    snapshots: tuple[Snapshot, ...]
    earlier: tuple[Snapshot, ...] = ()
    operators: tuple[str, ...] = ("zeturf",)
    discipline: Discipline | None = None
    is_handicap: bool | None = None
    runners_card: tuple[Runner, ...] = ()
    enrichment: Enrichment | None = None
    money: MoneyState = field(default_factory=MoneyState)
    off_time: datetime | None = None
    decided_at: datetime | None = None


def snapshot_of(snapshots: tuple[Snapshot, ...], pool: str) -> Snapshot | None:
    """The snapshot of a pool that shows win odds, None where there is none."""
    return next((s for s in snapshots if s.pool == pool and s.win_coverage() > 0), None)
