"""Small race days for the tests of the report room: by hand, and written into an archive.

One race is played (1 € to win on the 4), one refused, one was late, one cancelled.
"""

from __future__ import annotations

import datetime as dt

from hippique.betting.ledger import Settlement, refund, settle, write_settlement
from hippique.betting.slip import (
    Decision,
    Ev,
    ExpectedDividend,
    Leg,
    RaceReading,
    RunnerReading,
    Ticket,
    write_decision,
)
from hippique.day import addresses
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp
from hippique.day.official import RaceResult
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.plan import Plan, PlannedRace, Scope
from hippique.day.snapshots import RaceSnapshots
from hippique.day.status import DayStatus, PhaseState, RaceState, day_status
from hippique.forecast.forecaster import Chance, Forecast
from hippique.ports import Archive
from hippique.racing.card import Discipline
from hippique.racing.codec import to_pretty_json
from hippique.racing.market import Quote, Snapshot
from hippique.racing.result import Dividend, Result, ResultStatus
from hippique.racing.times import paris_at
from hippique.report.facts import RaceFacts

DAY = dt.date(2026, 6, 7)
NEXT_DAY = dt.date(2026, 6, 8)
EVENING = paris_at(DAY, 23)
HOSTILE = "=cmd|' /C calc'!A0"
CHANCES = {4: 0.5, 5: 0.3, 6: 0.2}


def planned(key: str = "R1C3", day: dt.date = DAY, **facts: object) -> PlannedRace:
    """A race at 14:15 Paris, unless told otherwise."""
    said: dict[str, object] = {
        "meeting": "Vincennes",
        "discipline": Discipline.TROT_HARNESS,
        "distance_m": 2700,
        "off_time": paris_at(day, 14, 15),
        "declared": 9,
        "name": "Prix d'Essai",
    }
    return PlannedRace(date=day, key=key, **{**said, **facts})  # type: ignore[arg-type]  # a test's own columns


def win_ticket(number: int = 4, stake_cents: int = 100, mean: float = 2.4) -> Ticket:
    """1 € to win at ZEturf."""
    combination = (number,)
    return Ticket(
        operator="zeturf",
        pool="win",
        bet="win",
        label="Simple gagnant",
        min_cents=100,
        step_cents=100,
        legs=(Leg(combination=combination, stake_cents=stake_cents),),
        expected_dividend=(ExpectedDividend(combination=combination, mean=mean),),
    )


def place_ticket(*legs: tuple[int, int, float]) -> Ticket:
    """Simple placé; each leg is (number, cents, expected dividend)."""
    return Ticket(
        operator="zeturf",
        pool="place",
        bet="place",
        label="Simple placé",
        min_cents=100,
        step_cents=100,
        legs=tuple(Leg(combination=(n,), stake_cents=cents) for n, cents, _ in legs),
        expected_dividend=tuple(
            ExpectedDividend(combination=(n,), mean=mean) for n, _, mean in legs
        ),
    )


def decision_for(race: PlannedRace, *tickets: Ticket, simulated: bool = True) -> Decision:
    """A slip with these tickets (EV +0.20 €), or a no-bet without any."""
    stake = sum(leg.stake_cents for ticket in tickets for leg in ticket.legs)
    return Decision(
        decision="slip" if tickets else "no_bet",
        race=str(race.race),
        mode="simulated" if simulated else "live",
        simulated=simulated,
        policy="control",
        policy_hash="0",
        estimator="market",
        decided_at=paris_at(race.date, 14, 10, 7),
        play_before=paris_at(race.date, 14, 14, 30) if tickets else None,
        tickets=tickets,
        stake_cents=stake,
        ev=Ev(mean_eur=0.2) if tickets else None,
        gates=(),
        reasons=() if tickets else ("no operator shows win odds",),
        counterfactual=None,
        reading=RaceReading(
            runners=tuple(
                RunnerReading(number=n, p_win=p, fair=1 / p, shown=round(1 / p * 0.85, 1))
                for n, p in CHANCES.items()
            )
        ),
        inputs={},
        versions={"model": "market-1"},
    )


def official(winner: int = 4, per_euro: float = 2.5) -> Result:
    """The winner first; ZEturf paid for it."""
    rest = tuple((n,) for n in CHANCES if n != winner)
    paid = Dividend(operator="zeturf", bet="win", combination=(winner,), per_euro=per_euro)
    return Result(status=ResultStatus.OFFICIAL, order=((winner,), *rest), dividends=(paid,))


def forecast_of(race: PlannedRace) -> Forecast:
    """Chances 0.5, 0.3, 0.2 of the 4, 5, 6."""
    return Forecast(
        race=str(race.race),
        estimator="market",
        model="market-1",
        pool="zeturf",
        book_sum=1.18,
        chances=tuple(Chance(number=n, p_win=p) for n, p in CHANCES.items()),
    )


def seen(race: PlannedRace, odds: dict[int, float], name: str = "KENJY BEL") -> RaceSnapshots:
    """One ZEturf pool with these win odds."""
    snapshot = Snapshot(
        race=str(race.race),
        source="zeturf",
        pool="zeturf",
        taken_at=paris_at(race.date, 14, 10),
        quotes=tuple(
            Quote(number=n, name=f"{name} {n}", win=o, place_low=o / 2, place_high=o / 2 + 1)
            for n, o in odds.items()
        ),
    )
    return RaceSnapshots(race=str(race.race), snapshots=(snapshot,))


DONE = {"H30": PhaseState.DONE, "H5": PhaseState.DONE, "RESULT": PhaseState.DONE}
PLANNED = dict.fromkeys(DONE, PhaseState.PLANNED)


def played(
    race: PlannedRace, decision: Decision, result: Result | None = None, *, simulated: bool = True
) -> RaceFacts:
    """A race decided; settled where a result is given."""
    found = RaceResult(race=str(race.race), source="zeturf", result=result, declared=race.declared)
    done = DONE if result else {**DONE, "RESULT": PhaseState.PLANNED}
    settlement = settle(decision, result, race.declared) if result else None
    return RaceFacts(
        state=RaceState(
            planned=race,
            phases=done,
            decision=decision,
            found=found if result else None,
            settlement=settlement,
        ),
        mode="simulated" if simulated else "live",
        simulated=simulated,
        forecast=forecast_of(race),
        early=seen(race, {4: 2.0, 5: 3.4, 6: 5.0}),
        late=seen(race, {4: 2.2, 5: 3.1, 6: 5.0}),
        ended_at=paris_at(race.date, 14, 32) if result else None,
    )


def bare(race: PlannedRace, *, simulated: bool = True) -> RaceFacts:
    """A race of which only the plan is known."""
    mode = "simulated" if simulated else "live"
    return RaceFacts(state=RaceState(planned=race, phases=PLANNED), mode=mode, simulated=simulated)


def write_day(archive: Archive, day: dt.date = DAY, *, simulated: bool = True) -> Plan:
    """A day in the archive: R1C1 won, R1C2 refused, R1C3 late, R1C4 refunded, R9C1 left out."""
    races = (
        planned("R1C1", day, meeting=HOSTILE),
        planned("R1C2", day),
        planned("R1C3", day),
        planned("R1C4", day, cancelled=True),
        planned("R9C1", day, in_scope=False),
    )
    plan = Plan(
        date=day,
        mode="simulated" if simulated else "live",
        simulated=simulated,
        made_at=paris_at(day, 9),
        correlation_id="schedule-1",
        scope=Scope.FR,
        races=races,
    )
    address = f"{addresses.plan_folder(day, plan.made_at)}/{addresses.PLAN}"
    archive.create(address, to_pretty_json(plan))
    slip = decision_for(races[0], win_ticket(), simulated=simulated)
    _write_race(archive, races[0], slip, settle(slip, official(), 9))
    refused = decision_for(races[1], simulated=simulated)
    _write_race(archive, races[1], refused, settle(refused, official(), 9))
    _close(archive, races[2], Phase.H5, Status.LATE)
    called_off = decision_for(races[3], win_ticket(), simulated=simulated)
    _decide(archive, races[3], called_off)
    _write(archive, races[3], Phase.RESULT, "settlement.json", write_settlement(refund(called_off)))
    _close(archive, races[3], Phase.RESULT, Status.CANCELLED)
    return plan


def status_at(archive: Archive, plan: Plan) -> DayStatus:
    """The day's status in the evening."""
    return day_status(archive, plan, paris_at(plan.date, 23))


def _write_race(
    archive: Archive, race: PlannedRace, decision: Decision, settlement: Settlement
) -> None:
    _write(archive, race, Phase.H30, "snapshot.json", to_pretty_json(seen(race, {4: 2.0, 5: 3.4})))
    _close(archive, race, Phase.H30, Status.DONE)
    _decide(archive, race, decision)
    found = RaceResult(race=str(race.race), source="zeturf", result=official(), declared=9)
    _write(archive, race, Phase.RESULT, "result.json", to_pretty_json(found))
    _write(archive, race, Phase.RESULT, "settlement.json", write_settlement(settlement))
    _close(archive, race, Phase.RESULT, Status.DONE)


def _decide(archive: Archive, race: PlannedRace, decision: Decision) -> None:
    seen_late = to_pretty_json(seen(race, {4: 2.2, 5: 3.1, 6: 5.0}))
    _write(archive, race, Phase.H5, "snapshot.json", seen_late)
    made = to_pretty_json({"kind": "Forecast", "forecast": forecast_of(race)})
    _write(archive, race, Phase.H5, "forecast.json", made)
    _write(archive, race, Phase.H5, "slip.json", write_decision(decision))
    _close(archive, race, Phase.H5, Status.DONE)


def _write(archive: Archive, race: PlannedRace, phase: Phase, name: str, content: bytes) -> None:
    archive.create(f"{addresses.phase_folder(race.race, phase)}/{name}", content)


def _close(archive: Archive, race: PlannedRace, phase: Phase, status: Status) -> None:
    folder = Folder(archive, addresses.phase_folder(race.race, phase))
    at = paris_at(race.date, 14, 32)
    outcome = Outcome(
        race=str(race.race), phase=phase, status=status, correlation_id="run-1", at=at
    )
    folder.write_value(addresses.OUTCOME, outcome)
    folder.close(Stamp(now=at, versions={}, race=race.race))
