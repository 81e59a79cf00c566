"""What is known of each runner beside its odds: people, form, best time, and how much of it.

Made from the pages of a visit and from official results that our archive held before them; never
from a fact later than the snapshot. What is missing is None and lowers the coverage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hippique.forecast.form_scores import FormFacts, form_facts
from hippique.forecast.people import Rate
from hippique.racing.card import Career, Runner

# 1'15"3: minutes, seconds and tenths per kilometre; sites differ in the signs.
_RECORD = re.compile(r"([1-3])\s*['’′]\s*([0-5][0-9])\s*(?:[\"”″]|['’′]{2})?\s*([0-9])?")
_WIN, _PLACE = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerStats:
    """One starter. Rates are shares from 0 to 1.

    j_rate, e_rate: wins of jockey and trainer (entraîneur) over their rides in our own archive,
    see `people.Rate`; j_rides, e_rides: how many rides. h_win5, h_place5: wins and first-three
    places in the newest five runs of the musique, disqualifications among them; h_win_career,
    h_place_career: in the whole career, where a page counts it (career_starts of them), else in
    all the runs that the musique prints. mean_placing: of the newest five, 0 as tenth.
    record_s: best trotting time, seconds per km. last_600m_s: no source prints it yet.
    """

    number: int
    j_rate: float | None = None
    j_rides: int = 0
    e_rate: float | None = None
    e_rides: int = 0
    h_win5: float | None = None
    h_place5: float | None = None
    h_win_career: float | None = None
    h_place_career: float | None = None
    career_starts: int | None = None
    mean_placing: float | None = None
    form: FormFacts | None = None
    record_s: float | None = None
    last_600m_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Shares of the starters, 0 to 1, of which each kind is known; 0 for an empty field.

    people: both rates. times: a best time.
    """

    jockeys: float
    trainers: float
    people: float
    form: float
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """The starters of a race by number, and how much is known of them: je_stats.json."""

    runners: tuple[RunnerStats, ...]
    coverage: Coverage

    def of(self, number: int) -> RunnerStats | None:
        """A starter's statistics, None where it has none."""
        return next((runner for runner in self.runners if runner.number == number), None)


def enrich(
    runners: Sequence[Runner], jockeys: Mapping[int, Rate], trainers: Mapping[int, Rate]
) -> Enrichment:
    """The statistics of the starters among `runners`. jockeys, trainers: rates by saddle number."""
    stats = tuple(
        _stats(runner, jockeys.get(runner.number), trainers.get(runner.number))
        for runner in sorted(runners, key=lambda one: one.number)
        if not runner.non_runner
    )
    return Enrichment(runners=stats, coverage=_coverage(stats))


def _stats(runner: Runner, jockey: Rate | None, trainer: Rate | None) -> RunnerStats:
    facts = form_facts(runner.form)
    wins, places = _career_shares(runner.career, facts)
    return RunnerStats(
        number=runner.number,
        j_rate=jockey.rate if jockey else None,
        j_rides=jockey.rides if jockey else 0,
        e_rate=trainer.rate if trainer else None,
        e_rides=trainer.rides if trainer else 0,
        h_win5=facts.share_in(_WIN) if facts else None,
        h_place5=facts.share_in(_PLACE) if facts else None,
        h_win_career=wins,
        h_place_career=places,
        career_starts=runner.career.starts if runner.career else None,
        mean_placing=facts.mean_placing if facts else None,
        form=facts,
        record_s=read_record(runner.record),
    )


def _career_shares(
    career: Career | None, facts: FormFacts | None
) -> tuple[float | None, float | None]:
    """Wins and first-three places per start; each from the musique where no page counts it."""
    wins = facts.career_wins / facts.career_runs if facts else None
    places = facts.career_places / facts.career_runs if facts else None
    if career is None or career.starts == 0:
        return wins, places
    counted = None if career.places is None else career.places / career.starts
    return career.wins / career.starts, places if counted is None else counted


def read_record(printed: str | None) -> float | None:
    """Seconds per km of a record as printed (1'15"3 is 75.3), None where it is none."""
    match = _RECORD.fullmatch(printed.strip()) if printed else None
    if match is None:
        return None
    return int(match[1]) * 60 + int(match[2]) + int(match[3] or 0) / 10


def _coverage(stats: Sequence[RunnerStats]) -> Coverage:
    def share(known: Sequence[bool]) -> float:
        return sum(known) / len(known) if known else 0.0

    return Coverage(
        jockeys=share([one.j_rate is not None for one in stats]),
        trainers=share([one.e_rate is not None for one in stats]),
        people=share([one.j_rate is not None and one.e_rate is not None for one in stats]),
        form=share([one.form is not None for one in stats]),
        times=share([one.record_s is not None for one in stats]),
    )


def times_document(enrichment: Enrichment) -> dict[str, object]:
    """The published `chronos`: best times in seconds per km; ok says whether one is known."""
    rows = [
        {"number": one.number, "time": one.record_s, "ok": one.record_s is not None}
        for one in enrichment.runners
    ]
    return {"unit": "s/km", "coverage": enrichment.coverage.times, "runners": rows}
