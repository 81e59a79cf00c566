"""How far a day is, read from its archive: the state of every race and phase, and the totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hippique.betting.settlement import Settlement, read_settlement
from hippique.betting.slip import Decision
from hippique.day import addresses
from hippique.day.closing_error import ClosingError, closing_error
from hippique.day.corrections import standing_result, standing_settlement
from hippique.day.entries import withdrawn_at
from hippique.day.listed import Listed
from hippique.day.official import RaceResult
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase, not_after
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import decision_of, load, outcome_of
from hippique.day.tally import Refusals, Tally, Withdrawn, paper_accounts, refusals
from hippique.errors import InputError, NotFound, StoreDamaged
from hippique.ports import Archive
from hippique.racing.card import RaceId


class PhaseState(StrEnum):
    """The published state of a phase."""

    PLANNED = "planned"
    DONE = "done"
    LATE = "late"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceState:
    """One race of the day: what was planned, done, decided and paid. phases: {} out of scope.

    found, settlement: the corrected ones where a later look changed the result. withdrawn: the
    slip was withdrawn before the off, and stakes nothing.
    """

    planned: PlannedRace
    phases: Mapping[str, PhaseState]
    decision: Decision | None = None
    found: RaceResult | None = None
    settlement: Settlement | None = None
    withdrawn: bool = False

    @property
    def key(self) -> str:
        """R1C3."""
        return self.planned.key

    @property
    def race(self) -> RaceId:
        """The race's identity."""
        return self.planned.race


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The day in figures. races: in scope, cancelled included. settled: ledger closed.

    slips: issued, those withdrawn later included; staked, returned: without them. played, study,
    shadows: the other accounts, each apart. refused: the no-bets by gate.
    """

    date: dt.date
    mode: str
    simulated: bool
    races: int
    h30_done: int
    h5_done: int
    slips: int
    no_bets: int
    settled: int
    cancelled: int
    failed: int
    staked_cents: int
    returned_cents: int
    withdrawn: Withdrawn = field(default_factory=Withdrawn)
    played: Tally = field(default_factory=Tally)
    study: Tally = field(default_factory=Tally)
    shadows: Mapping[str, Tally] = field(default_factory=dict)
    refused: Refusals = field(default_factory=Refusals)
    closing: ClosingError = field(default_factory=ClosingError)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStatus:
    """Every race of the plan and the totals."""

    plan: Plan
    races: tuple[RaceState, ...]
    totals: Totals


def day_status(archive: Archive, plan: Plan, now: dt.datetime) -> DayStatus:
    """The day as its archive tells it at `now`."""
    seen = Listed(archive, addresses.day_folder(plan.date))
    races = tuple(race_state(seen, race, now) for race in plan.races)
    return DayStatus(plan=plan, races=races, totals=_totals(seen, plan, races))


def race_state(archive: Archive, race: PlannedRace, now: dt.datetime) -> RaceState:
    """One race as the archive tells it."""
    if not race.in_scope:
        return RaceState(planned=race, phases={})
    states = {phase.value: _phase_state(archive, race, phase, now) for phase in Phase}
    folder = addresses.phase_folder(race.race, Phase.RESULT)
    decision = decision_of(archive, race.race)
    has_slip = decision is not None and bool(decision.tickets)
    withdrawn = has_slip and withdrawn_at(archive, race.race) is not None
    if states[Phase.RESULT] not in {PhaseState.DONE, PhaseState.CANCELLED}:
        return RaceState(planned=race, phases=states, decision=decision, withdrawn=withdrawn)
    corrected = standing_result(archive, race.race)
    return RaceState(
        planned=race,
        phases=states,
        decision=decision,
        found=corrected or load(archive, RaceResult, f"{folder}/{addresses.RESULT}"),
        settlement=standing_settlement(archive, race.race) or _settlement(archive, folder),
        withdrawn=withdrawn,
    )


def _settlement(archive: Archive, folder: str) -> Settlement | None:
    try:
        return read_settlement(archive.read(f"{folder}/{addresses.SETTLEMENT}"))
    except NotFound:
        return None
    except InputError as error:
        raise StoreDamaged(f"{folder}/{addresses.SETTLEMENT} is damaged ({error})") from error


_STATES = {
    Status.DONE: PhaseState.DONE,
    Status.LATE: PhaseState.LATE,
    Status.FAILED: PhaseState.FAILED,
    Status.CANCELLED: PhaseState.CANCELLED,
}


def _phase_state(archive: Archive, race: PlannedRace, phase: Phase, now: dt.datetime) -> PhaseState:
    outcome: Outcome | None = outcome_of(archive, race.race, phase)
    if outcome is not None:
        return _ended_as(archive, race, outcome)
    if race.cancelled:
        return PhaseState.CANCELLED
    if race.off_time is None or now < not_after(phase, race.off_time):
        return PhaseState.PLANNED
    if _is_frozen(archive, race, phase):
        return PhaseState.PLANNED  # decided in time: whoever comes next finishes it
    has_failed = phase is Phase.RESULT or _was_tried(archive, race, phase)
    return PhaseState.FAILED if has_failed else PhaseState.LATE


def _ended_as(archive: Archive, race: PlannedRace, outcome: Outcome) -> PhaseState:
    """A visit begun too late is late; one that was begun in time and never ended has failed.

    A visit that itself found out that it came too late lists what it saw.
    """
    is_late = outcome.status is Status.LATE and not outcome.artifacts
    if is_late and _was_tried(archive, race, outcome.phase):
        return PhaseState.FAILED
    return _STATES[outcome.status]


def _is_frozen(archive: Archive, race: PlannedRace, phase: Phase) -> bool:
    return phase is Phase.H5 and decision_of(archive, race.race) is not None


def _was_tried(archive: Archive, race: PlannedRace, phase: Phase) -> bool:
    """Whether an attempt left anything: its failure, or pages where an error was not foreseen."""
    folder = addresses.phase_folder(race.race, phase)
    told = {f"{folder}/{name}" for name in (addresses.OUTCOME, addresses.MANIFEST)}
    return any(address not in told for address in archive.addresses(folder))


def _totals(archive: Archive, plan: Plan, races: Sequence[RaceState]) -> Totals:
    inside = [race for race in races if race.phases]
    decided = [r.decision for r in inside if r.decision and r.phases["H5"] is PhaseState.DONE]
    settlements = [race.settlement for race in inside if race.settlement]
    withdrawn = [race.decision for race in inside if race.decision and race.withdrawn]
    papers = paper_accounts(archive, (race.race for race in inside if race.decision))
    return Totals(
        date=plan.date,
        mode=plan.mode,
        simulated=plan.simulated,
        races=len(inside),
        h30_done=_count(inside, "H30", PhaseState.DONE),
        h5_done=_count(inside, "H5", PhaseState.DONE),
        slips=sum(d.decision == "slip" for d in decided),
        no_bets=sum(d.decision == "no_bet" for d in decided),
        settled=_count(inside, "RESULT", PhaseState.DONE),
        cancelled=_count(inside, "RESULT", PhaseState.CANCELLED),
        failed=sum(PhaseState.FAILED in race.phases.values() for race in inside),
        staked_cents=sum(s.staked_cents for s in settlements),
        returned_cents=sum(s.returned_cents for s in settlements),
        withdrawn=Withdrawn(
            slips=len(withdrawn), stake_cents=sum(d.stake_cents for d in withdrawn)
        ),
        played=papers.played,
        study=papers.study,
        shadows=papers.shadows,
        refused=refusals(decided),
        closing=closing_error(archive, _run_and_decided(inside)),
    )


def _run_and_decided(races: Sequence[RaceState]) -> list[Decision]:
    """The decisions of races that were run: of the others no odds ever closed."""
    return [r.decision for r in races if r.decision and r.phases["RESULT"] is PhaseState.DONE]


def _count(races: Sequence[RaceState], phase: str, state: PhaseState) -> int:
    return sum(race.phases[phase] is state for race in races)
