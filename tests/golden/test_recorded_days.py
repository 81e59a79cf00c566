"""The recorded source over two real days; checked against columns that it does not read."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hippique.ports import RaceRef
from hippique.racing.card import Race, RaceId, RaceKey, RaceStatus, Reading
from hippique.racing.times import paris_at
from hippique.sources.pmu import read_programme
from hippique.sources.recorded import RecordedSource, recorded_days
from material import material

pl = pytest.importorskip("polars", reason="polars absent (extra `history`)")

DAYS = (date(2025, 12, 30), date(2026, 1, 10))
PMU_EVENING = "pages/pmu/day_2025-12-30/courses_2025-12-30_1767134715.json.gz"
MORNING_H = 8


class SetClock:
    """A clock that shows what it was set to, earlier or later."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        del seconds


@pytest.fixture
def folder() -> Path:
    return material("days")


@cache
def opened(folder: Path, day: date) -> tuple[RecordedSource, SetClock]:
    """A day, loaded once for all tests."""
    clock = SetClock(paris_at(day, MORNING_H))
    return RecordedSource(folder, day, clock), clock


@cache
def morning(folder: Path, day: date) -> Reading:
    """The programme at eight in the morning."""
    source, clock = opened(folder, day)
    clock.at = paris_at(day, MORNING_H)
    (request,) = source.programme(day)
    return source.read(source.fetch(request))


def races(reading: Reading) -> list[Race]:
    return [race for meeting in reading.meetings for race in meeting.races]


def race_at(folder: Path, day: date, key: str | None, minutes: float) -> Race:
    """The race so many minutes from its off, negative before it."""
    source, clock = opened(folder, day)
    (planned,) = (race for race in races(morning(folder, day)) if race.key == key)
    assert planned.off_time is not None
    clock.at = planned.off_time + timedelta(minutes=minutes)
    (request,) = source.card(RaceRef(race=RaceId(day, RaceKey.parse(str(key)))))
    return source.read(source.fetch(request)).only_race()


@cache
def rows(folder: Path, table: str) -> tuple[dict[str, Any], ...]:
    return tuple(pl.read_parquet(folder / f"{table}.parquet").iter_rows(named=True))


def test_days_of_the_folder(folder: Path):
    assert recorded_days(folder) == DAYS


@pytest.mark.parametrize(
    ("day", "meetings", "count"),
    [(DAYS[0], 7, 49), (DAYS[1], 8, 54)],
    ids=["2025-12-30", "2026-01-10"],
)
def test_morning_programme_holds_all_races_open(folder: Path, day: date, meetings: int, count: int):
    reading = morning(folder, day)
    assert (len(reading.meetings), len(races(reading))) == (meetings, count)
    assert {race.status for race in races(reading)} == {RaceStatus.OPEN}
    assert all(meeting.country is not None for meeting in reading.meetings)


def test_quinte_races_of_both_days(folder: Path):
    # The only races whose bets name QUINTE_PLUS: the first at Deauville, the fourth at Vincennes.
    quintes = [
        (str(day), race.key, race.declared)
        for day in DAYS
        for race in races(morning(folder, day))
        if "quinte" in race.labels
    ]
    assert quintes == [("2025-12-30", "R1C1", 16), ("2026-01-10", "R1C4", 14)]


def priced(race: Race) -> Iterator[tuple[int, float | None]]:
    for runner in race.runners:
        if not runner.non_runner:
            yield runner.number, runner.odds.win if runner.odds else None


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize(
    ("minutes", "column"), [(-60, "odds_t60"), (-30, "odds_t30"), (-5, "odds_t5")]
)
def test_odds_at_an_hour_are_those_of_the_crawls_own_column(
    folder: Path, day: date, minutes: float, column: str
):
    expected = {
        (row["reunion"], row["course"], row["num"]): row[column]
        for row in rows(folder, "fr_runners")
        if row["date"] == str(day)
    }
    checked = 0
    for race in races(morning(folder, day)):
        key = RaceKey.parse(str(race.key))
        for number, win in priced(race_at(folder, day, race.key, minutes)):
            assert win == expected[key.meeting, key.race, number], (race.key, number)
            checked += 1
    assert checked > 400


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_stamp_lies_after_the_clock(folder: Path, day: date):
    for race in races(morning(folder, day)):
        assert race.off_time is not None
        for minutes in (-45.0, -30.0, -5.0, 0.0):
            now = race.off_time + timedelta(minutes=minutes)
            read = race_at(folder, day, race.key, minutes)
            stamps = [
                stamp
                for runner in read.runners
                if runner.odds
                for stamp in (runner.odds.stamp, runner.odds.reference_stamp)
                if stamp is not None
            ]
            assert all(stamp <= now for stamp in stamps), race.key
            assert read.result is None


def test_withdrawal_of_a_favourite_is_shown_when_its_quotes_stop(folder: Path):
    # R3C4, number 11 at 3.6: last quoted 104.7 minutes before the off, the others 102 before.
    before = race_at(folder, DAYS[0], "R3C4", -103)
    after = race_at(folder, DAYS[0], "R3C4", -102)
    assert [runner.number for runner in before.runners if runner.non_runner] == []
    assert [runner.number for runner in after.runners if runner.non_runner] == [11]
    assert (after.declared, after.starters) == (12, 11)


def test_evening_orders_are_those_of_pmus_own_programme(folder: Path):
    with gzip.open(material(PMU_EVENING)) as file:
        (wrap,) = json.load(file)
    official = {race.key: race.result for race in races(read_programme(json.dumps(wrap).encode()))}
    assert len(official) == 49
    for key, expected in official.items():
        found = race_at(folder, DAYS[0], key, 60).result
        assert expected is not None
        assert found is not None
        assert found.order[: len(expected.order)] == expected.order
        assert found.non_runners == expected.non_runners
        assert set(expected.disqualified) <= set(found.disqualified)


def test_order_cut_short_after_an_inquiry_is_completed_by_the_ranks(folder: Path):
    result = race_at(folder, DAYS[0], "R7C1", 60).result
    assert result is not None
    assert result.order == ((13,), (14,), (4,), (11,), (8,), (6,), (9,), (12,))


def test_winner_of_the_quinte_is_paid_its_final_odds(folder: Path):
    result = race_at(folder, DAYS[0], "R1C1", 30).result
    assert result is not None
    (win,) = result.dividends
    assert (win.operator, win.combination, win.per_euro) == ("pmu", (2,), 13.0)


def test_race_without_prices_still_has_its_result(folder: Path):
    race = race_at(folder, DAYS[0], "R6C10", 60)
    assert [win for _, win in priced(race)] == [None] * 12
    assert race.result is not None
    assert (race.result.order[0], race.result.dividends) == ((1,), ())


def test_page_is_read_back_as_written(folder: Path):
    at = datetime(2025, 12, 30, 12, 50, tzinfo=UTC)
    source, clock = opened(folder, DAYS[0])
    clock.at = at
    (request,) = source.card(RaceRef(race=RaceId.parse("2025-12-30/R1C1")))
    page = source.fetch(request)
    reading = source.read(page)
    assert (page.taken_at, reading.source, reading.page) == (at, "recorded", "race")
    assert reading.only_race().declared == 16
