"""The recorded source over tiny tables made here; real tables are in the golden tests."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hippique.errors import (
    InputError,
    PageChanged,
    PageMissing,
    SettingsError,
    SourceDown,
    WrongPage,
)
from hippique.ports import Page, PageKind, PageRequest, RaceRef, Source
from hippique.racing.card import Blinkers, Race, RaceId, RaceStatus, Reading, Shoes
from hippique.racing.codec import to_json
from hippique.racing.result import Dividend, ResultStatus
from hippique.sources.recorded import RecordedReader, RecordedSource, recorded_days

pl = pytest.importorskip("polars", reason="polars absent (extra `history`)")

DAY = date(2026, 1, 10)
OFF = datetime(2026, 1, 10, 14, 0, tzinfo=UTC)
SHOPS, INTERNET = "SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT"
RACE_ID = f"{DAY}_R1_C3"


@dataclass
class SetClock:
    """A clock that shows what it was set to."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        del seconds


def ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def minutes(count: float) -> datetime:
    """An instant counted from the off, negative before it."""
    return OFF + timedelta(minutes=count)


def race_row(**changes: Any) -> dict[str, Any]:
    known = {
        "race_id": RACE_ID,
        "src": "bitzibox",
        "date": str(DAY),
        "reunion": 1,
        "course": 3,
        "pays": "FRA",
        "hippodrome": "VINCENNES",
        "heureDepart": ms(OFF),
        "libelle": "PRIX  DU TEST",
        "discipline": "ATTELE",
        "specialite": "TROT_ATTELE",
        "distance": 2700,
        "montantPrix": 30000,
        "categorieParticularite": "AUTOSTART",
        "nombreDeclaresPartants": 3,
        "penetrometre": '{"intitule": "Bon"}',
        "terrain": None,
        "paris": "E_QUINTE_PLUS,SIMPLE_GAGNANT",
        "statut": "FIN_COURSE",
        "categorieStatut": "ARRIVEE",
        "arrivee": "[[2], [1], [3]]",
        "arrival_src": "programme",
        "incidents": None,
        "n_part": None,
        "arrivee_definitive": None,
        "pool": SHOPS,
    }
    return known | changes


def runner_row(num: int, **changes: Any) -> dict[str, Any]:
    known = {
        "race_id": RACE_ID,
        "src": "bitzibox",
        "date": str(DAY),
        "num": num,
        "nom": f"CHEVAL {num}",
        "age": 5,
        "sexe": "H",
        "statut_final": "PARTANT",
        "musique": "1a2a",
        "driver": f"DRIVER {num}",
        "entraineur": "T. TEST",
        "deferre": "DEFERRE_ANTERIEURS_POSTERIEURS",
        "oeilleres": "SANS_OEILLERES",
        "placeCorde": num,
        "poids_kg": None,
        "handicapDistance": 2700,
        "gainsCarriere": 1_000_000.0,
        "odds_ref": None,
        "odds_ref_ms": None,
        "odds_final": 2.0 + num,
        "rank": None,
        "incident": None,
    }
    return known | changes


def tick_row(num: int, at_min: float, odds: float, **changes: Any) -> dict[str, Any]:
    known = {
        "race_id": RACE_ID,
        "src": "bitzibox",
        "num": num,
        "kind": "Direct",
        "obs_ms": ms(minutes(at_min)),
        "odds": odds,
        "pool": SHOPS,
    }
    return known | changes


ONE_RACE = (race_row(),)
THREE = (runner_row(1), runner_row(2), runner_row(3))
TICKS = tuple(
    tick_row(number, at_min, odds)
    for at_min, odds in ((-60, 4.0), (-20, 5.0), (2, 6.0))
    for number in (1, 2, 3)
)

Tables = Callable[..., Path]


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    def write(races: Any = ONE_RACE, runners: Any = THREE, ticks: Any = TICKS) -> Path:
        for name, rows, like in (
            ("fr_races", races, race_row()),
            ("fr_runners", runners, runner_row(1, poids_kg=1.0, odds_ref=1.0, odds_ref_ms=1)),
            ("fr_odds_ts", ticks, tick_row(1, 0, 2.0)),
        ):
            frame = pl.DataFrame([*rows, like], infer_schema_length=None).head(len(rows))
            frame.write_parquet(tmp_path / f"{name}.parquet")
        return tmp_path

    return write


def read_race(folder: Path, at_min: float, key: str = "R1C3") -> Reading:
    source = RecordedSource(folder, DAY, SetClock(minutes(at_min)))
    (request,) = source.card(RaceRef(race=RaceId.parse(f"{DAY}/{key}")))
    return source.read(source.fetch(request))


def race_at(folder: Path, at_min: float) -> Race:
    return read_race(folder, at_min).only_race()


def wins(race: Race) -> list[float | None]:
    return [runner.odds.win if runner.odds else None for runner in race.runners]


def test_it_is_a_source(tables: Tables):
    source: Source = RecordedSource(tables(), DAY, SetClock(OFF))
    assert source.name == "recorded"


def test_programme_tells_the_day_without_its_results(tables: Tables):
    source = RecordedSource(tables(), DAY, SetClock(minutes(-60)))
    (request,) = source.programme(DAY)
    page = source.fetch(request)
    reading = source.read(page)
    (meeting,) = reading.meetings
    assert (page.taken_at, reading.url) == (minutes(-60), "recorded://2026-01-10")
    assert (meeting.number, meeting.track, meeting.country) == (1, "VINCENNES", "FR")
    assert meeting.races == (
        Race(
            number=3,
            key="R1C3",
            name="PRIX DU TEST",
            discipline="trot_harness",
            distance_m=2700,
            prize_eur=30000,
            off_time=OFF,
            status=RaceStatus.OPEN,
            declared=3,
            labels=("quinte", "autostart"),
            url="recorded://2026-01-10/R1C3",
        ),
    )


def test_another_day_or_race_has_no_page(tables: Tables):
    source = RecordedSource(tables(), DAY, SetClock(OFF))
    assert source.programme(date(2026, 1, 11)) == ()
    assert source.card(RaceRef(race=RaceId.parse(f"{DAY}/R1C4"))) == ()
    assert source.result(RaceRef(race=RaceId.parse("2026-01-11/R1C3"))) == ()


def test_result_is_on_the_card_page(tables: Tables):
    source = RecordedSource(tables(), DAY, SetClock(OFF))
    ref = RaceRef(race=RaceId.parse(f"{DAY}/R1C3"))
    assert source.result(ref) == source.card(ref)


@pytest.mark.parametrize(
    ("at_min", "shown"),
    [(-61, None), (-60, 4.0), (-30, 4.0), (-20, 5.0), (-5, 5.0), (1, 5.0), (3, 6.0)],
)
def test_odds_are_the_last_ones_shown_by_now(tables: Tables, at_min: float, shown: float | None):
    assert wins(race_at(tables(), at_min)) == [shown] * 3


def test_odds_carry_the_instant_of_their_tick(tables: Tables):
    odds = race_at(tables(), -5).runners[0].odds
    assert odds is not None
    assert (odds.pool, odds.stamp) == (SHOPS, minutes(-20))


def test_reference_odds_are_shown_from_their_own_instant_on(tables: Tables):
    runners = (runner_row(1, odds_ref=4.4, odds_ref_ms=ms(minutes(-25))),)
    folder = tables(runners=runners)
    before, after = race_at(folder, -26).runners[0].odds, race_at(folder, -25).runners[0].odds
    assert before is not None
    assert after is not None
    assert (before.reference, after.reference) == (None, 4.4)
    assert after.reference_stamp == minutes(-25)


def test_earlier_reference_ticks_are_told_too(tables: Tables):
    ticks = (*TICKS, tick_row(1, -90, 7.0, kind="Reference"))
    odds = race_at(tables(ticks=ticks), -61).runners[0].odds
    assert odds is not None
    assert (odds.win, odds.reference, odds.reference_stamp) == (None, 7.0, minutes(-90))


@pytest.mark.parametrize(
    "bad", [tick_row(1, -10, 1.0), tick_row(1, -10, 0.0), tick_row(1, -10, 9.0, pool=INTERNET)]
)
def test_defective_or_foreign_tick_is_no_price(tables: Tables, bad: dict[str, Any]):
    assert wins(race_at(tables(ticks=(*TICKS, bad)), -5))[0] == 5.0


def test_jockey_shoes_and_going_are_told_half_an_hour_before_the_off(tables: Tables):
    folder = tables()
    early, late = race_at(folder, -31), race_at(folder, -30)
    assert (early.going, early.runners[0].jockey, early.runners[0].shoes) == (None, None, None)
    assert (late.going, late.runners[0].jockey) == ("Bon", "DRIVER 1")
    assert (late.runners[0].shoes, late.runners[0].blinkers) == (
        Shoes.UNSHOD_FOUR,
        Blinkers.NONE,
    )


def test_evening_facts_are_told_with_their_units(tables: Tables):
    runner = race_at(tables(), -61).runners[0]
    assert (runner.name, runner.age, runner.sex) == ("CHEVAL 1", 5, "H")
    assert (runner.trainer, runner.form, runner.draw) == ("T. TEST", "1a2a", 1)
    assert (runner.distance_m, runner.earnings_eur, runner.weight_kg) == (2700, 10_000, None)


def test_only_gallopers_have_a_weight(tables: Tables):
    heavy = (runner_row(1, poids_kg=58.5),)
    assert race_at(tables(runners=heavy), -5).runners[0].weight_kg is None
    flat = race_row(discipline="PLAT")
    assert race_at(tables((flat,), heavy), -5).runners[0].weight_kg == 58.5


@pytest.mark.parametrize(
    ("at_min", "status"),
    [
        (-0.1, RaceStatus.OPEN),
        (0, RaceStatus.CLOSED),
        (11.9, RaceStatus.CLOSED),
        (12, RaceStatus.OFFICIAL),
    ],
)
def test_result_is_official_twelve_minutes_after_the_off(
    tables: Tables, at_min: float, status: RaceStatus
):
    race = race_at(tables(), at_min)
    assert race.status is status
    assert (race.result is not None) == (status is RaceStatus.OFFICIAL)


def test_winner_is_paid_by_the_final_odds_of_the_recorded_pool(tables: Tables):
    result = race_at(tables((race_row(pool=INTERNET),)), 30).result
    assert result is not None
    assert result.order == ((2,), (1,), (3,))
    # odds_final of number 2 is 4.0
    assert result.dividends == (
        Dividend(
            operator="pmu_fr",
            bet="win",
            combination=(2,),
            per_euro=4.0,
            label="cote finale (recorded)",
        ),
    )


def test_dead_heat_for_first_divides_the_profit(tables: Tables):
    runners = (runner_row(1, odds_final=2.0), runner_row(2, odds_final=8.0), runner_row(3))
    reading = read_race(tables((race_row(arrivee="[[1, 2], [3]]"),), runners), 30)
    result = reading.only_race().result
    assert result is not None
    assert result.order == ((1, 2), (3,))
    # A net pool of 80: 40 on number 1, 10 on number 2. Profit 80 - 50 = 30, 15 for each:
    # 1 + 15/40 = 1.375, rounded down 1.3; 1 + 15/10 = 2.5.
    assert [dividend.per_euro for dividend in result.dividends] == [1.3, 2.5]
    assert "dead heat for first: the profit is divided by the final odds" in reading.warnings


def test_winner_without_final_odds_is_not_paid(tables: Tables):
    reading = read_race(tables(runners=(runner_row(1), runner_row(2, odds_final=None))), 30)
    result = reading.only_race().result
    assert result is not None
    assert result.dividends == ()
    assert "no final odds of the winner: the win is not paid" in reading.warnings


def test_incidents_are_kept_apart(tables: Tables):
    incidents = '[{"type": "DISQUALIFIE_POUR_ALLURE_IRREGULIERE", "numeroParticipants": [3]}]'
    runners = (*THREE, runner_row(4, incident="TOMBE"), runner_row(5, statut_final="NON_PARTANT"))
    row = race_row(arrivee="[[2], [1]]", incidents=incidents)
    result = race_at(tables((row,), runners), 30).result
    assert result is not None
    assert (result.disqualified, result.fallen, result.non_runners) == ((3,), (4,), (5,))


def test_ranks_of_the_runners_complete_an_order_cut_short(tables: Tables):
    runners = tuple(runner_row(n, rank=rank) for n, rank in ((1, 2), (2, 1), (3, 3), (4, 3)))
    result = race_at(tables((race_row(arrivee="[[2], [1]]"),), runners), 30).result
    assert result is not None
    assert result.order == ((2,), (1,), (3, 4))


def test_order_seen_before_it_was_official_stays_provisional(tables: Tables):
    race = race_at(tables((race_row(statut="ARRIVEE_PROVISOIRE"),)), 30)
    assert race.status is RaceStatus.PROVISIONAL
    assert race.result is not None
    assert (race.result.status, race.result.dividends) == (ResultStatus.PROVISIONAL, ())


def test_race_whose_result_was_never_recorded_stays_closed(tables: Tables):
    row = race_row(arrivee=None, statut="PROGRAMMEE", categorieStatut="A_PARTIR")
    reading = read_race(tables((row,)), 600)
    assert (reading.only_race().status, reading.only_race().result) == (RaceStatus.CLOSED, None)
    assert "no order of finish is recorded" in reading.warnings


def test_cancelled_race_is_told_at_its_off(tables: Tables):
    row = race_row(statut="COURSE_ANNULEE", categorieStatut="ANNULEE", arrivee=None)
    folder = tables((row,))
    assert race_at(folder, -1).status is RaceStatus.OPEN
    assert race_at(folder, 30).status is RaceStatus.CANCELLED


def test_race_without_runners_is_told_with_what_is_missing(tables: Tables):
    reading = read_race(tables(runners=(), ticks=()), -5)
    assert reading.only_race().runners == ()
    assert reading.only_race().declared == 3
    assert "no runner is recorded" in reading.warnings


def withdrawn_from(at_min: float) -> tuple[dict[str, Any], ...]:
    """Ticks every ten minutes; number 3 has none from `at_min` on."""
    steps = range(-60, 0, 10)
    return tuple(tick_row(n, t, 4.0) for t in steps for n in (1, 2, 3) if n != 3 or t < at_min)


WITH_NON_RUNNER = (runner_row(1), runner_row(2), runner_row(3, statut_final="NON_PARTANT"))


@pytest.mark.parametrize(("at_min", "starters"), [(-31, 3), (-30, 2), (-5, 2), (20, 2)])
def test_withdrawal_is_shown_when_the_pool_quotes_the_others_alone(
    tables: Tables, at_min: float, starters: int
):
    race = race_at(tables(runners=WITH_NON_RUNNER, ticks=withdrawn_from(-30)), at_min)
    is_shown = starters == 2
    assert (race.starters, race.runners[2].non_runner) == (starters, is_shown)
    assert (race.runners[2].odds is None) == is_shown


def test_withdrawal_at_the_post_is_not_known_before_the_off(tables: Tables):
    folder = tables(runners=WITH_NON_RUNNER, ticks=withdrawn_from(0))
    assert race_at(folder, -1).runners[2].non_runner is False
    assert race_at(folder, 0).runners[2].non_runner is True


def test_runner_never_quoted_is_withdrawn_from_the_first_quotes_on(tables: Tables):
    folder = tables(runners=WITH_NON_RUNNER, ticks=withdrawn_from(-60))
    assert race_at(folder, -61).runners[2].non_runner is False
    assert race_at(folder, -60).runners[2].non_runner is True


def test_starter_with_a_hole_in_its_ticks_is_no_non_runner(tables: Tables):
    assert race_at(tables(ticks=withdrawn_from(-30)), -5).runners[2].non_runner is False


def test_nothing_before_the_off_depends_on_what_came_later(tables: Tables):
    plain = [read_race(tables(), at_min) for at_min in (-61, -30, -5)]
    other = race_row(arrivee="[[3], [2]]", statut="ARRIVEE_PROVISOIRE", arrival_src="resultats")
    runners = tuple(runner | {"odds_final": 99.0, "rank": 1} for runner in THREE)
    ticks = tuple(tick for tick in TICKS if tick["obs_ms"] < ms(OFF))
    folder = tables((other,), runners, (*ticks, tick_row(1, 1, 88.0)))
    assert [read_race(folder, at_min) for at_min in (-61, -30, -5)] == plain


BENCODE = {
    "src": "bencode",
    "pool": INTERNET,
    "discipline": None,
    "penetrometre": "3,6",
    "terrain": "Souple",
    "nombreDeclaresPartants": None,
    "arrivee": None,
    "statut": None,
    "categorieStatut": None,
    "arrivee_definitive": "True",
}


def thin_runners(*ranks: int | None) -> tuple[dict[str, Any], ...]:
    return tuple(
        runner_row(number, src="bencode", statut_final=None, oeilleres="A", rank=rank)
        for number, rank in enumerate(ranks, 1)
    )


def test_thin_crawl_is_read_by_its_own_words(tables: Tables):
    folder = tables((race_row(**BENCODE, n_part=3),), thin_runners(2, 1, 2), ())
    race = race_at(folder, 30)
    assert (race.discipline, race.going, race.declared) == ("trot_harness", "Souple", 3)
    assert race.runners[0].blinkers is Blinkers.AUSTRALIAN
    assert race.result is not None
    assert (race.result.status, race.result.order) == (ResultStatus.OFFICIAL, ((2,), (1, 3)))


def test_unmarked_non_runners_are_counted_after_the_off(tables: Tables):
    folder = tables((race_row(**BENCODE, n_part=2),), thin_runners(1, 2, None), ())
    warning = "1 of 3 runners did not start, the recording says not who"
    assert warning not in read_race(folder, -5).warnings
    assert warning in read_race(folder, 1).warnings


def test_first_crawl_wins_unless_it_has_no_runners(tables: Tables):
    both = (race_row(**BENCODE), race_row())
    assert race_at(tables(both, (*THREE, *thin_runners(1, 2, 3))), -5).going == "Bon"
    assert race_at(tables(both, thin_runners(1, 2, 3)), -5).going == "Souple"


def test_wrong_clock_of_nine_days_is_corrected(tmp_path: Path, tables: Tables):
    early = {"race_id": "2026-04-10_R1_C3", "date": "2026-04-10"}
    folder = tables((race_row(**{**BENCODE, **early}),), (), ())
    assert folder == tmp_path
    source = RecordedSource(folder, date(2026, 4, 10), SetClock(OFF))
    (request,) = source.programme(date(2026, 4, 10))
    (meeting,) = source.read(source.fetch(request)).meetings
    assert meeting.races[0].off_time == OFF + timedelta(hours=2)


def test_days_of_a_folder_are_ascending(tables: Tables):
    folder = tables((race_row(), race_row(date="2025-12-30"), race_row(course=4)))
    assert recorded_days(folder) == (date(2025, 12, 30), DAY)


def test_day_that_is_not_recorded_is_refused_with_those_that_are(tables: Tables):
    with pytest.raises(InputError, match="2026-01-12 is not recorded") as caught:
        RecordedSource(tables(), date(2026, 1, 12), SetClock(OFF))
    assert caught.value.hint == "1 days from 2026-01-10 to 2026-01-10"


def test_folder_without_tables_is_a_bad_setting(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"no fr_races\.parquet"):
        recorded_days(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not parquet at all"])
def test_damaged_table_is_a_bad_setting(tables: Tables, content: bytes):
    folder = tables()
    (folder / "fr_races.parquet").write_bytes(content)
    with pytest.raises(SettingsError, match="not a parquet table"):
        recorded_days(folder)


def test_table_of_another_kind_is_a_bad_setting(tables: Tables):
    folder = tables()
    pl.DataFrame({"a": [1]}).write_parquet(folder / "fr_races.parquet")
    with pytest.raises(SettingsError, match="lacks course, date, heureDepart"):
        recorded_days(folder)


def test_without_polars_the_mend_is_named(tables: Tables, monkeypatch: pytest.MonkeyPatch):
    folder = tables()
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(SettingsError, match=r"install hippique-orchestrator\[history\]"):
        recorded_days(folder)


def request_for(url: str, key: str | None = None) -> PageRequest:
    race = RaceId.parse(f"{DAY}/{key}") if key else None
    return PageRequest(kind=PageKind.RECORDED_RACE, url=url, day=DAY, race=race)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("recorded://2026-01-10/R9C9", "R9C9"),
        ("recorded://2026-01-10/R1C3", None),
        ("recorded://2026-01-11", None),
        ("recorded://2026-01-11/R1C3", "R1C3"),
    ],
)
def test_page_outside_the_recording_is_missing(tables: Tables, url: str, key: str | None):
    source = RecordedSource(tables(), DAY, SetClock(OFF))
    with pytest.raises(PageMissing):
        source.fetch(request_for(url, key))


@pytest.mark.parametrize("body", [b"{}", b"", b"[" * 100_000, b'{"source": "\xff"}'])
def test_page_that_is_no_reading_is_changed(body: bytes):
    request = request_for("recorded://2026-01-10/R1C3", "R1C3")
    with pytest.raises(PageChanged):
        RecordedReader().read(Page(request=request, body=body, taken_at=OFF))


def test_reader_without_tables_asks_and_reads_alike_but_never_fetches(tables: Tables):
    source, reader = RecordedSource(tables(), DAY, SetClock(OFF)), RecordedReader()
    ref = RaceRef(race=RaceId.parse(f"{DAY}/R1C3"))
    assert reader.programme(DAY) == source.programme(DAY)
    assert reader.card(ref) == reader.result(ref) == source.card(ref)
    page = source.fetch(source.card(ref)[0])
    assert reader.read(page) == source.read(page)
    with pytest.raises(SourceDown):
        reader.fetch(page.request)


def test_page_of_another_race_is_the_wrong_page(tables: Tables):
    source = RecordedSource(tables(), DAY, SetClock(OFF))
    page = source.fetch(request_for("recorded://2026-01-10/R1C3", "R1C3"))
    reading = replace(source.read(page), url="recorded://2026-01-10/R1C4")
    with pytest.raises(WrongPage):
        source.read(replace(page, body=to_json(reading)))


def test_same_instant_gives_the_same_bytes(tables: Tables):
    folder, request = tables(), request_for("recorded://2026-01-10/R1C3", "R1C3")
    bodies = {
        RecordedSource(folder, DAY, SetClock(minutes(-5))).fetch(request).body for _ in range(2)
    }
    assert len(bodies) == 1
