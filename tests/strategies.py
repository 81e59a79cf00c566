"""Hypothesis strategies for racing values: whole cards, markets and results, all well formed.

Ranges follow the programme: at most 24 runners, odds from 1.01 to 999, times of 2005 to 2035.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hippique.racing.bets import CATALOGUE
from hippique.racing.card import (
    Blinkers,
    Discipline,
    Meeting,
    Race,
    RaceId,
    RaceKey,
    RaceStatus,
    Reading,
    Runner,
    Shoes,
)
from hippique.racing.form import FormCode, Incident
from hippique.racing.market import Quote, RunnerOdds, Snapshot
from hippique.racing.result import Dividend, Refund, Result, ResultStatus
from hippique.racing.times import paris_time

MOST_RUNNERS = 24

numbers = st.integers(1, MOST_RUNNERS)
race_days = st.dates(date(2005, 1, 1), date(2035, 12, 31))
race_keys = st.builds(RaceKey, st.integers(1, 99), st.integers(1, 20))
race_ids = st.builds(RaceId, race_days, race_keys)
# Names are hostile text: formulas, accents, quotes, signs of other scripts.
names = st.one_of(
    st.sampled_from(["KENJY BEL", "=cmd|' /C calc'!A0", "L'ÉTÉ <b>D'UN</b> «ROI»", "Ö & Ü"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
)
# Two decimals at most, as every page prints them, so that text and value agree.
odds = st.integers(101, 99_900).map(lambda hundredths: hundredths / 100)
dividends_per_euro = st.integers(105, 9_999_990).map(lambda hundredths: hundredths / 100)
instants = st.builds(
    lambda seconds: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds),
    st.integers(0, 31 * 365 * 86_400),
)
paris_instants = instants.map(paris_time)
pools = st.sampled_from(["zeturf", "geny", "SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT"])
sources = st.sampled_from(["zeturf", "geny", "pmu"])


T = TypeVar("T")


def optional(values: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """A value or None: missing facts are the rule on real pages."""
    return st.one_of(st.none(), values)


runner_odds = st.builds(
    RunnerOdds,
    pool=pools,
    reference=optional(odds),
    win=optional(odds),
    place_low=optional(odds),
    place_high=optional(odds),
    show2=optional(odds),
    fourth=optional(odds),
    stamp=optional(paris_instants),
    reference_stamp=optional(paris_instants),
)

runners = st.builds(
    Runner,
    number=numbers,
    name=optional(names),
    non_runner=st.booleans(),
    sex=optional(st.sampled_from("HMF")),
    age=optional(st.integers(2, 15)),
    jockey=optional(names),
    trainer=optional(names),
    weight_kg=optional(st.integers(800, 1600).map(lambda half_hectos: half_hectos / 20)),
    draw=optional(numbers),
    distance_m=optional(st.integers(800, 7000)),
    shoes=optional(st.sampled_from(Shoes)),
    blinkers=optional(st.sampled_from(Blinkers)),
    form=optional(st.sampled_from(["4a (25) 5a Da", "Inédit", "1p2p(24)0p"])),
    earnings_eur=optional(st.integers(0, 5_000_000).map(float)),
    record=optional(st.just("1'15\"0")),
    coupling=optional(st.sampled_from(["E1", "E2"])),
    odds=optional(runner_odds),
)


def fields(least: int = 1, most: int = MOST_RUNNERS) -> SearchStrategy[tuple[Runner, ...]]:
    """The runners of one race: numbers differ and ascend."""
    chosen = st.lists(runners, min_size=least, max_size=most, unique_by=lambda horse: horse.number)
    return chosen.map(lambda horses: tuple(sorted(horses, key=lambda horse: horse.number)))


@st.composite
def orders(draw: st.DrawFn) -> tuple[tuple[int, ...], ...]:
    """An order of finish: every number once, dead heats of two or three among them."""
    left = draw(st.lists(numbers, min_size=1, max_size=12, unique=True))
    order: list[tuple[int, ...]] = []
    while left:
        tied = draw(st.sampled_from([1, 1, 1, 1, 2, 3]))
        order.append(tuple(left[:tied]))
        left = left[tied:]
    return tuple(order)


refunds = st.builds(
    Refund,
    operator=st.sampled_from(["zeturf", "pmu", "pmu_fr", "genybet"]),
    bet=st.sampled_from(sorted(CATALOGUE)),
)
dividends = st.builds(
    Dividend,
    operator=st.sampled_from(["zeturf", "pmu", "pmu_online", "geny"]),
    bet=st.sampled_from(sorted(CATALOGUE)),
    rank=optional(st.sampled_from(["order", "any_order", "bonus3", "bonus4of5", "1np", "field"])),
    combination=st.lists(numbers, min_size=1, max_size=5, unique=True).map(tuple),
    per_euro=dividends_per_euro,
    stake_base_eur=optional(st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0])),
    label=optional(names),
)


@st.composite
def results(draw: st.DrawFn) -> Result:
    """A result whose groups of numbers do not overlap."""
    order = draw(orders())
    placed = {number for tied in order for number in tied}
    rest = [number for number in range(1, MOST_RUNNERS + 1) if number not in placed]
    fate = st.sampled_from(["non_runners", "disqualified", "fallen", None])
    fates = {number: draw(fate) for number in rest[:6]}
    groups = {
        name: tuple(number for number, chosen in fates.items() if chosen == name)
        for name in ("non_runners", "disqualified", "fallen")
    }
    return Result(
        status=draw(st.sampled_from(ResultStatus)),
        order=order,
        dividends=tuple(draw(st.lists(dividends, max_size=4))),
        refunded=tuple(draw(st.lists(refunds, max_size=2))),
        **groups,
    )


races = st.builds(
    Race,
    number=optional(st.integers(1, 20)),
    key=optional(race_keys.map(str)),
    name=optional(names),
    discipline=optional(st.sampled_from(Discipline)),
    distance_m=optional(st.integers(800, 7000)),
    prize_eur=optional(st.integers(500, 5_000_000).map(float)),
    off_time=optional(paris_instants),
    status=optional(st.sampled_from(RaceStatus)),
    declared=optional(numbers),
    starters=optional(numbers),
    going=optional(st.sampled_from(["Lourd", "Bon souple", "PSF standard"])),
    labels=st.lists(st.sampled_from(["quinte", "group1"]), max_size=2, unique=True).map(tuple),
    url=optional(st.just("/fr/course/2026-01-18/R5C6-marseille-vivaux")),
    runners=fields(least=0, most=4),
    result=optional(results()),
)
meetings = st.builds(
    Meeting,
    number=optional(st.integers(1, 99)),
    track=optional(names),
    country=optional(st.sampled_from(["FR", "DE", "GB"])),
    date=optional(race_days),
    cancelled=st.booleans(),
    races=st.lists(races, max_size=2).map(tuple),
)
readings = st.builds(
    Reading,
    source=sources,
    page=st.sampled_from(["programme", "race", "runners", "result", "dividends"]),
    url=optional(st.just("https://www.zeturf.fr/fr/programmes-et-pronostics")),
    warnings=st.lists(names, max_size=2).map(tuple),
    meetings=st.lists(meetings, max_size=2).map(tuple),
)
quotes = st.builds(
    Quote,
    number=numbers,
    name=optional(names),
    non_runner=st.booleans(),
    win=optional(odds),
    place_low=optional(odds),
    place_high=optional(odds),
    reference=optional(odds),
    show2=optional(odds),
    fourth=optional(odds),
)
snapshots = st.builds(
    Snapshot,
    race=race_ids.map(str),
    source=sources,
    pool=pools,
    taken_at=paris_instants,
    stamp=optional(paris_instants),
    flags=st.lists(st.sampled_from(["stamp_unknown", "simulated"]), max_size=2).map(tuple),
    quotes=st.lists(quotes, max_size=MOST_RUNNERS, unique_by=lambda quote: quote.number).map(tuple),
)


@st.composite
def musiques(draw: st.DrawFn) -> tuple[str, tuple[tuple[str, int | None], ...]]:
    """A printed musique and what it says: (sign with letter, year) of each run, newest first."""
    sign = st.one_of(
        st.integers(0, 15).map(str),
        st.sampled_from([incident.value for incident in Incident]),
    )
    letter = st.sampled_from([code.value for code in FormCode])
    blank = draw(st.sampled_from(["", " "]))
    years: list[int | None] = [None, *range(2026, 2026 - draw(st.integers(0, 3)), -1)]
    words: list[str] = []
    said: list[tuple[str, int | None]] = []
    for year in years:
        words += [f"({year % 100:02d})"] if year else []
        for run in draw(st.lists(st.tuples(sign, letter).map("".join), max_size=5)):
            words.append(run)
            said.append((run, year))
    return blank.join(words), tuple(said)
