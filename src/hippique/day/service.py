"""The doors of the day: schedule a day, deliver a task, do a recurring duty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from hippique.betting.loss_limit import LimitInForce
from hippique.day.close import close_day, seal_of
from hippique.day.corrections import correct_day
from hippique.day.desk import Desk
from hippique.day.digest import tell_digest
from hippique.day.duties import Due, Duty
from hippique.day.limits import record_limit
from hippique.day.notify import tell_bettor, tell_day
from hippique.day.outcome import Order, Outcome, Status
from hippique.day.phases import Phase
from hippique.day.plan import Plan
from hippique.day.planning import make_plan
from hippique.day.preparation import Preparation, prepare_day
from hippique.day.race_day import latest_plan
from hippique.day.run import run_order
from hippique.day.samples import queue_last_samples, run_sample, sample_day, withdraw_moved
from hippique.day.schedule import (
    Scheduled,
    figures_of,
    is_purged,
    note_generation,
    queue_again,
    queue_plan,
)
from hippique.day.tasks import SAMPLE, order_of, read_payload
from hippique.day.watch.heard_rules import ILL_PREPARED, PREPARED
from hippique.day.watch.watch import Watch, guarded
from hippique.errors import HippiqueError, InputError, StoreError
from hippique.ports import Task
from hippique.racing.card import RaceId
from hippique.telemetry import traceback_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlanned:
    """A plan and, unless only the plan was asked for, what it came to in the queue."""

    plan: Plan
    scheduled: Scheduled | None
    correlation_id: str


class DayService:
    """Serialises planning; everything else is the desk's. One per process.

    stopwatch: wall seconds, for the durations in the log alone. watch: looks at the day after
    each duty; None looks at nothing.
    """

    def __init__(
        self, desk: Desk, stopwatch: Callable[[], float], watch: Watch | None = None
    ) -> None:
        self.desk = desk
        self.watch = watch
        self._stopwatch = stopwatch
        self._planning = Lock()
        self._unreported: set[dt.date] = set()

    def schedule(
        self, day: dt.date, *, with_tasks: bool = True, correlation_id: str | None = None
    ) -> DayPlanned:
        """Make the day's plan and queue it. Of two overlapping calls the second waits.

        correlation_id: the caller's, who tells it where the call fails. Raises SourceDown where
        no plan can be made.
        """
        correlation_id = correlation_id or self.desk.new_id("schedule")
        try:
            if with_tasks:
                note_generation(self.desk, day)
            planned = self._planned(day, correlation_id, with_tasks=with_tasks)
        except HippiqueError as error:
            told = f"{type(error).__name__}: {error}"
            self._say("CRITICAL", "Schedule failed", correlation_id, date=day, error=told)
            raise
        self._unreported.add(day)
        severity = "WARNING" if planned.plan.degraded else "INFO"
        self._say(
            severity, "Plan written", correlation_id, **figures_of(planned.plan, planned.scheduled)
        )
        return planned

    def replan(self, day: dt.date) -> DayPlanned:
        """Look again at the sources: moved races move their tasks, cancelled ones lose them."""
        correlation_id = self.desk.new_id("replan")
        try:
            planned = self._planned(day, correlation_id, with_tasks=True)
        except HippiqueError as error:
            told = f"{type(error).__name__}: {error}"
            self._say("ERROR", "Replan failed", correlation_id, date=day, error=told)
            raise
        withdraw_moved(self.desk, planned.plan)
        tell_day(self.desk, planned.plan)
        scheduled = planned.scheduled
        is_news = scheduled is not None and (scheduled.created or scheduled.cancelled)
        severity, message = ("INFO", "Plan changed") if is_news else ("DEBUG", "Plan confirmed")
        self._say(severity, message, correlation_id, **figures_of(planned.plan, planned.scheduled))
        return planned

    def _planned(self, day: dt.date, correlation_id: str, *, with_tasks: bool) -> DayPlanned:
        with self._planning:
            plan = make_plan(self.desk, day, correlation_id)
            may_create = with_tasks and not is_purged(self.desk, day)
            scheduled = queue_plan(self.desk, plan, may_create=may_create) if with_tasks else None
        return DayPlanned(plan=plan, scheduled=scheduled, correlation_id=correlation_id)

    def _say(self, severity: str, message: str, correlation_id: str, **fields: object) -> None:
        self.desk.journal.event(severity, message, correlation_id=correlation_id, **fields)

    def run(self, order: Order) -> Outcome:
        """Run one delivery and say how it went. Raises what `run_order` raises."""
        begun = self._stopwatch()
        try:
            outcome = run_order(self.desk, order)
        except InputError as error:  # the caller's, who is told; nothing of ours failed
            self._ended("WARNING", "Call refused", order, begun, error=str(error))
            raise
        except HippiqueError as error:
            told = f"{type(error).__name__}: {error}"
            self._ended("ERROR", "Analysis failed", order, begun, error=told, stderr_tail=told)
            raise
        except Exception as error:  # a bug, or a part of the program that is missing: never silent
            told = f"{type(error).__name__}: {error}"
            tail = f"{_missing_part(error)}{traceback_tail(error)}"
            self._ended("ERROR", "Analysis failed", order, begun, error=told, stderr_tail=tail)
            raise
        if outcome.status is Status.DONE and order.phase is Phase.H5:
            tell_bettor(self.desk, order.race)
            self._queue_samples(order)
        if outcome.status is Status.LOOK and order.due is not None and order.off is not None:
            queue_again(self.desk, order)
        done = outcome.status is Status.DONE
        self._unreported.add(order.race.day)
        self._ended(
            "INFO",
            "Analysis complete" if done else "Task answered",
            order,
            begun,
            status=outcome.status,
            decision=outcome.decision,
            reasons=list(outcome.reasons),
            artifacts_count=len(outcome.artifacts),
        )
        return outcome

    def _ended(
        self, severity: str, message: str, order: Order, begun: float, **fields: object
    ) -> None:
        self.desk.journal.event(
            severity,
            message,
            correlation_id=order.correlation_id,
            phase=order.phase,
            race=str(order.race),
            returncode=0 if "error" not in fields else 1,
            duration_s=round(self._stopwatch() - begun, 3),
            **fields,
        )

    def _queue_samples(self, order: Order) -> None:
        plan = latest_plan(self.desk.archive, order.race.day)
        race = plan.find(str(order.race.key)) if plan else None
        if race is None:
            return
        try:
            queue_last_samples(self.desk, race, self.desk.queue.generation())
        except StoreError as error:  # samples are for charts; the decision stands without them
            self._say("WARNING", "Samples not queued", order.correlation_id, error=str(error))

    def deliver(self, task: Task) -> Outcome | None:
        """Run a task of the queue; None for a sample. Raises what `run` raises."""
        payload = read_payload(task)
        if payload.phase != SAMPLE:
            return self.run(order_of(payload))
        self.sample(RaceId.parse(payload.race), payload.off, payload.generation)
        return None

    def sample(self, race: RaceId, off: dt.datetime, generation: int | None) -> bool:
        """Take one queued sample; False where it is of a purged generation or came too late."""
        if generation != self.desk.queue.generation():
            return False
        is_taken = run_sample(self.desk, race, off)
        tell_bettor(self.desk, race)  # the sample may have withdrawn the slip
        return is_taken

    def do(self, due: Due) -> None:
        """Do one recurring duty, then let the watch look at the day, also where the duty failed.

        Raises SourceError and StoreError, for the calendar to tell.
        """
        duties = {
            Duty.PREPARE: self.prepare,
            Duty.PLAN: self._plan_once,
            Duty.TICK: self.tick,
            Duty.CLOSE: self._close,
        }
        try:
            duties[due.duty](due.day)
        finally:
            self._look(due)

    def _look(self, due: Due) -> None:
        watch = self.watch
        if watch is not None:
            is_tick = due.duty is Duty.TICK
            guarded(self.desk.journal, lambda: watch.look(due.day, beat=is_tick))

    def prepare(self, day: dt.date) -> Preparation:
        """Try before the day what it will be run with, and say what was found."""
        desk = self.desk
        room = self.watch.room() if self.watch else None
        least = self.watch.least_room if self.watch else 0.0
        found = prepare_day(desk, day, free_bytes=room, least=least)
        limit = self.note_limit()
        is_well = not found.faults and not found.down
        desk.journal.event(
            "INFO" if is_well else "WARNING",
            PREPARED if is_well else ILL_PREPARED,
            date=day.isoformat(),
            mode=desk.options.mode,
            sources=[source.name for source in desk.sources],
            down=list(found.down),
            faults=list(found.faults),
            checks={check.name: check.told for check in found.checks},
            policy=desk.policy.name,
            estimator=desk.forecaster.name,
            generation=desk.queue.generation(),
            week_loss_limit_eur=None if limit.limit_cents is None else limit.limit_cents / 100,
        )
        return found

    def note_limit(self) -> LimitInForce:
        """Record what WEEKLY_LOSS_LIMIT_EUR says; returns the limit in force. Raises StoreError."""
        limit = self.desk.options.week_loss_limit_cents
        return record_limit(self.desk.archive, limit, self.desk.stamp())

    def _plan_once(self, day: dt.date) -> None:
        if latest_plan(self.desk.archive, day) is None:
            self.schedule(day)

    def tick(self, day: dt.date) -> None:
        """Re-plan while races remain, or plan where 09:00 did not; then sample the odds."""
        plan = latest_plan(self.desk.archive, day)
        if plan is None:
            plan = self.schedule(day).plan
        elif has_races_ahead(plan, self.desk.now()):
            plan = self.replan(day).plan
        sample_day(self.desk, plan)
        tell_day(self.desk, plan)
        if self.desk.options.eager_reports:
            self.publish_reports()

    def publish_reports(self) -> None:
        """Bring the files up to date; one that is open elsewhere waits for the next time."""
        for day in sorted(self._unreported):
            if latest_plan(self.desk.archive, day) is None:
                continue
            self._unreported.discard(day)  # before: what comes meanwhile marks the day again
            try:
                self.desk.reports.publish(day)
            except StoreError as error:
                self._unreported.add(day)
                told = f"{type(error).__name__}: {error}"
                self.desk.journal.event("WARNING", "Reports not written", error=told)

    def _close(self, day: dt.date) -> None:
        was_open = seal_of(self.desk.archive, day) is None
        seal = close_day(self.desk, day)
        if was_open and seal is not None:
            self._unreported.add(day)
            self.desk.journal.event("INFO", "Day closed", date=day.isoformat())
        if correct_day(self.desk, day):
            self._unreported.add(day)
        tell_digest(self.desk, day)
        if self.desk.options.eager_reports or seal is not None:
            self.publish_reports()


def _missing_part(error: Exception) -> str:
    """A line that the guide's query for missing modules finds."""
    return f"Script not found: {error.name}\n" if isinstance(error, ImportError) else ""


def has_races_ahead(plan: Plan, now: dt.datetime) -> bool:
    """Whether a race in scope is still to start."""
    return any(race.off_time is not None and race.off_time > now for race in plan.queued())
