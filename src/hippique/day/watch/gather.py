"""Read the facts of a day from its archive and its queue."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from hippique.betting.slip import Decision
from hippique.day import addresses
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase, due_at, not_after
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import decision_of, first_plan, latest_plan, load, race_day
from hippique.day.tasks import day_prefix, read_payload
from hippique.day.watch.facts import DayFacts, Missed, PhaseOf, Refusal
from hippique.day.watch.fields import FieldCensus
from hippique.day.watch.frozen_odds import FrozenOdds
from hippique.day.watch.report import DayReport, day_report
from hippique.day.watch.thresholds import Thresholds
from hippique.ports import Archive, TaskQueue, TaskState
from hippique.racing.card import RaceId
from hippique.racing.times import paris_at

GRACE = dt.timedelta(minutes=2)  # an analysis may begin in time and end a little late
EVENING = 20  # Paris hour from which a day may be closed
BEFORE_OFF = (Phase.H30, Phase.H5)
# Failed gates that say the race was not known well enough, by the names in the policies' files.
# `runners` says that a race is small, `closing_model` that a pool has no model: no lack of data.
LACK_OF_DATA = frozenset(
    {
        *("win_odds", "same_runners", "odds_floor", "h5_coverage", "drift_coverage"),
        *("people_coverage", "odds_age", "enrichment", "quality"),
    }
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A day's plan and the addresses of its archive, listed once a look."""

    plan: Plan
    now: dt.datetime
    since: dt.datetime  # of the first plan: nothing was owed before
    names: frozenset[str]


class Gatherer:
    """Reads days. What is written once is read once. free_bytes: of the archive's disk."""

    def __init__(
        self,
        archive: Archive,
        queue: TaskQueue,
        limits: Thresholds,
        free_bytes: Callable[[], int] | None = None,
    ) -> None:
        self._archive = archive
        self._queue = queue
        self._limits = limits
        self._free_bytes = free_bytes
        self._outcomes: dict[str, Outcome | None] = {}
        self._refusals: dict[str, Refusal] = {}
        self._since: dict[dt.date, dt.datetime] = {}
        self._reports: dict[dt.date, DayReport] = {}
        self._frozen = FrozenOdds(archive)
        self._fields = FieldCensus(archive)

    def facts(self, day: dt.date, now: dt.datetime) -> DayFacts:
        """The day at `now`. Raises StoreError where the archive or the queue cannot be read."""
        plan = latest_plan(self._archive, day)
        is_today = race_day(now) == day
        free = self.room()
        since = self._planned_since(day)
        if plan is None or since is None:
            return DayFacts(date=day, now=now, is_today=is_today, free_bytes=free)
        names = frozenset(self._archive.addresses(addresses.day_folder(day)))
        seen = _Seen(plan, now, since, names)
        is_sealed = f"{addresses.close_folder(day)}/{addresses.SEAL}" in names
        outcomes = dict(self._ended(seen))
        failures = _failures(seen)
        return DayFacts(
            date=day,
            now=now,
            is_today=is_today,
            plan=plan,
            is_sealed=is_sealed,
            report=self._report(day, now) if is_sealed or _is_over(seen, self._limits) else None,
            outcomes=outcomes,
            failures=failures,
            missed=tuple(_missed(seen, outcomes, failures)),
            unofficial=tuple(_unofficial(seen, outcomes)),
            uncovered=tuple(self._uncovered(seen, outcomes)) if is_today else (),
            overdue=self._overdue(now) if is_today else 0,
            generation=self._queue.generation(),
            decisions=self._decisions(outcomes),
            frozen=self._frozen.found(plan, outcomes, int(self._limits.unchanged_races)),
            lost=self._fields.lost(plan, names, self._limits),
            free_bytes=free,
        )

    def room(self) -> int | None:
        """Free bytes of the archive's disk."""
        return self._free_bytes() if self._free_bytes else None

    def _planned_since(self, day: dt.date) -> dt.datetime | None:
        """When the day's first plan was made, None before it."""
        if day not in self._since:
            first = first_plan(self._archive, day)
            if first is None:
                return None
            self._since[day] = first.made_at
        return self._since[day]

    def _report(self, day: dt.date, now: dt.datetime) -> DayReport:
        if day not in self._reports:
            self._reports[day] = day_report(self._archive, day, now)
        return self._reports[day]

    def _ended(self, seen: _Seen) -> Iterator[tuple[PhaseOf, Outcome]]:
        for race in seen.plan.queued():
            for phase in Phase:
                folder = addresses.phase_folder(race.race, phase)
                if f"{folder}/{addresses.MANIFEST}" not in seen.names:
                    continue
                outcome = self._outcome(f"{folder}/{addresses.OUTCOME}")
                if outcome is not None:
                    yield (race.key, phase), outcome

    def _outcome(self, address: str) -> Outcome | None:
        if address not in self._outcomes:
            self._outcomes[address] = load(self._archive, Outcome, address)
        return self._outcomes[address]

    def _uncovered(self, seen: _Seen, outcomes: Collection[PhaseOf]) -> Iterator[PhaseOf]:
        generation = self._queue.generation()
        payloads = [read_payload(t) for t in self._queue.live(day_prefix(seen.plan.date))]
        covered = {
            (RaceId.parse(one.race).key, one.phase)
            for one in payloads
            if one.generation == generation
        }
        for race, phase, off in _phases(seen.plan):
            is_ahead = due_at(phase, off) > seen.now and (race.key, phase) not in outcomes
            if is_ahead and (race.race.key, str(phase)) not in covered:
                yield race.key, phase

    def _overdue(self, now: dt.datetime) -> int:
        live = self._queue.live()
        return sum(task.state is TaskState.PENDING and task.due < now for task in live)

    def _decisions(self, outcomes: dict[PhaseOf, Outcome]) -> tuple[Refusal, ...]:
        decided = sorted(
            (outcome.at, outcome.race)
            for (_, phase), outcome in outcomes.items()
            if phase is Phase.H5 and outcome.status is Status.DONE
        )
        newest = decided[-int(self._limits.refused_of) :]
        return tuple(self._refusal(race, at) for at, race in newest)

    def _refusal(self, race: str, at: dt.datetime) -> Refusal:
        if race not in self._refusals:
            decision = decision_of(self._archive, RaceId.parse(race))
            blind = decision is not None and is_blind(decision)
            self._refusals[race] = Refusal(race=race, at=at, is_blind=blind)
        return self._refusals[race]


def is_blind(decision: Decision) -> bool:
    """Whether nothing but a lack of data stood against a bet.

    A gate without a value could not be judged for want of data; one that was judged and failed
    would have refused the race in any case.
    """
    failed = [gate for gate in decision.gates if not gate.passed]
    if decision.decision != "no_bet" or not any(gate.gate in LACK_OF_DATA for gate in failed):
        return False
    return all(gate.gate in LACK_OF_DATA or gate.value is None for gate in failed)


def _is_over(seen: _Seen, limits: Thresholds) -> bool:
    """Whether the evening has come and every race had time for its result, in or not."""
    offs = [race.off_time for race in seen.plan.queued() if race.off_time is not None]
    evening = paris_at(seen.plan.date, EVENING)
    last = max(offs, default=evening) + limits.minutes("result_minutes")
    return seen.now >= max(evening, last)


def _phases(plan: Plan) -> Iterator[tuple[PlannedRace, Phase, dt.datetime]]:
    for race in plan.queued():
        for phase in BEFORE_OFF:
            if race.off_time is not None:
                yield race, phase, race.off_time


def _failures(seen: _Seen) -> dict[PhaseOf, int]:
    """How many failed attempts each phase has in the archive."""
    tried = Counter(name.rpartition("/failure-")[0] for name in seen.names if "/failure-" in name)
    visits = {
        addresses.phase_folder(race.race, phase): (race.key, phase)
        for race in seen.plan.queued()
        for phase in Phase
    }
    return {visits[folder]: count for folder, count in tried.items() if folder in visits}


def _missed(
    seen: _Seen, outcomes: dict[PhaseOf, Outcome], failures: dict[PhaseOf, int]
) -> Iterator[Missed]:
    for race, phase, off in _phases(seen.plan):
        deadline = not_after(phase, off)
        if due_at(phase, off) <= seen.since or deadline + GRACE > seen.now:
            continue
        outcome = outcomes.get((race.key, phase))
        if outcome is None or outcome.status in {Status.LATE, Status.FAILED}:
            is_tried = (race.key, phase) in failures
            yield Missed(race=race.key, phase=phase, deadline=deadline, is_tried=is_tried)


def _unofficial(seen: _Seen, outcomes: dict[PhaseOf, Outcome]) -> Iterator[tuple[str, dt.datetime]]:
    """A result that was given up as never official is still missing."""
    for race in seen.plan.queued():
        outcome = outcomes.get((race.key, Phase.RESULT))
        is_awaited = outcome is None or outcome.status is Status.FAILED
        if race.off_time is not None and is_awaited and race.off_time < seen.now:
            yield race.key, race.off_time
