"""What an operator accepts and how it pays: dated rows of terms.toml, the latest in force wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta

from hippique.betting.strict_file import checked_table, packaged_text, read_toml
from hippique.errors import SettingsError, UnknownBet
from hippique.racing.bets import CATALOGUE

FILE = "terms.toml"
Channel = Literal["shop", "internet"]
DeadHeatRule = Literal["by_position", "by_runner"]
Cents = Annotated[int, Meta(ge=1, le=1_000_000)]
Takeout = Annotated[float, Meta(ge=0.0, lt=1.0)]
TakeoutSd = Annotated[float, Meta(gt=0.0, le=0.1)]
DividendStep = Annotated[float, Meta(ge=0.01, le=1.0)]
PerEuro = Annotated[float, Meta(ge=1.0, le=10.0)]
Seconds = Annotated[int, Meta(ge=0, le=3600)]
Euros = Annotated[float, Meta(gt=0.0)]
Words = Annotated[str, Meta(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One operator's terms for one bet from a day on.

    pool: whose odds its snapshots hold. takeout: share of the pool that is kept, None unknown: no
    EV can be told. min_cents, step_cents: of one stake. dividend_step, min_dividend: per 1 €,
    stake included. dead_heat: who shares the profit of tied places. cut_off_s: seconds before the
    off. takeout_sd: how far the takeout may lie from its figure, None not told. typical_pool_eur:
    all stakes of a race, None unknown. played: False for bets that are read and shown but never
    put on a slip. source: where the figures are from. unverified: the keys of this row whose
    figure is second-hand, inferred, or only assumed.
    """

    operator: str
    bet: str
    channel: Channel
    since: date
    pool: str
    min_cents: int
    step_cents: int
    cut_off_s: int
    dividend_step: float
    min_dividend: float
    dead_heat: DeadHeatRule
    source: str
    takeout: float | None = None
    takeout_sd: float | None = None
    typical_pool_eur: float | None = None
    played: bool = True
    unverified: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether every figure of the row was seen at its source."""
        return not self.unverified


Figure = Literal[
    "takeout",
    "min_cents",
    "step_cents",
    "dividend_step",
    "min_dividend",
    "dead_heat",
    "cut_off_s",
    "typical_pool_eur",
    "since",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _BetRow:
    """A row as the file has it; what it leaves out is the operator's."""

    bet: str
    pool: Words
    min_cents: Cents
    step_cents: Cents
    source: Words
    since: date | None = None
    takeout: Takeout | None = None
    takeout_sd: TakeoutSd | None = None
    typical_pool_eur: Euros | None = None
    dividend_step: DividendStep | None = None
    min_dividend: PerEuro | None = None
    played: bool = True
    unverified: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operator:
    """What all bets of an operator share. unverified: of these figures and of every row."""

    channel: Channel
    since: date
    cut_off_s: Seconds
    dividend_step: DividendStep
    min_dividend: PerEuro
    dead_heat: DeadHeatRule
    unverified: tuple[Figure, ...] = ()
    bets: tuple[_BetRow, ...] = ()


def read_terms(text: str, name: str = FILE) -> tuple[Terms, ...]:
    """The rows of a terms file. Raises SettingsError that names the row, the key and the mend."""
    rows = tuple(
        _joined(operator, shared, row)
        for operator, shared in _operators(text, name).items()
        for row in shared.bets
    )
    for fault in _faults(rows):
        raise SettingsError(f"{name}: {fault}")
    return rows


def _operators(text: str, name: str) -> dict[str, _Operator]:
    content = read_toml(text, name)
    tables = content.get("operators")
    if set(content) != {"operators"} or not isinstance(tables, dict):
        raise SettingsError(f"{name}: holds {', '.join(content)}; write [operators.…] tables only")
    return {
        operator: checked_table(_Operator, table, f"{name}: operators.{operator}")
        for operator, table in tables.items()
    }


def _joined(operator: str, shared: _Operator, row: _BetRow) -> Terms:
    return Terms(
        operator=operator,
        bet=row.bet,
        channel=shared.channel,
        since=row.since or shared.since,
        pool=row.pool,
        min_cents=row.min_cents,
        step_cents=row.step_cents,
        cut_off_s=shared.cut_off_s,
        dividend_step=row.dividend_step or shared.dividend_step,
        min_dividend=row.min_dividend or shared.min_dividend,
        dead_heat=shared.dead_heat,
        source=row.source,
        takeout=row.takeout,
        takeout_sd=row.takeout_sd,
        typical_pool_eur=row.typical_pool_eur,
        played=row.played,
        unverified=tuple(dict.fromkeys((*row.unverified, *shared.unverified))),
    )


def _faults(rows: Iterable[Terms]) -> Iterable[str]:
    """A sentence for each row that contradicts the catalogue, itself or another row."""
    seen: set[tuple[str, str, date]] = set()
    for row in rows:
        place = f"{row.operator} {row.bet} since {row.since}"
        if row.bet not in CATALOGUE:
            yield f"{place}: bet is unknown; write one of {', '.join(CATALOGUE)}"
        if row.min_cents % row.step_cents:
            yield f"{place}: min_cents {row.min_cents} is no multiple of step_cents; change one"
        if (row.operator, row.bet, row.since) in seen:
            yield f"{place}: since stands twice; give the later row its own day"
        seen.add((row.operator, row.bet, row.since))
        yield from _absent(row, place)


def _absent(row: Terms, place: str) -> Iterable[str]:
    for key in ("takeout", "typical_pool_eur"):
        value: Any = getattr(row, key)
        if value is None and key in row.unverified:
            yield f"{place}: unverified names {key}, which is not given; remove the word"
    if row.takeout is None and row.takeout_sd is not None:
        yield f"{place}: takeout_sd stands without a takeout; give the takeout, or remove it"


TERMS = read_terms(packaged_text(FILE))
OPERATORS = tuple(dict.fromkeys(row.operator for row in TERMS))


def terms_of(operator: str, bet: str, day: date) -> Terms:
    """The terms in force on `day`. Raises UnknownBet where the operator does not offer the bet."""
    rows = [r for r in TERMS if r.operator == operator and r.bet == bet and r.since <= day]
    if not rows:
        raise UnknownBet(f"{operator} has no terms for {bet!r} on {day}", field="bet")
    return max(rows, key=lambda row: row.since)


def bets_of(operator: str, day: date) -> tuple[str, ...]:
    """The bets that an operator offers on `day`, those only shown included, in the file's order."""
    begun = (row.bet for row in TERMS if row.operator == operator and row.since <= day)
    return tuple(dict.fromkeys(begun))


def terms_in_force(day: date) -> tuple[Terms, ...]:
    """The row in force of every operator and bet on `day`: what a policy's hash covers."""
    return tuple(
        terms_of(operator, bet, day) for operator in OPERATORS for bet in bets_of(operator, day)
    )
