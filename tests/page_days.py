"""A made-up day with a race in every state that the pages know, served in this process."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import uvicorn
from fastapi import FastAPI

from hippique.betting.ledger import Settlement, refund, settle, write_settlement
from hippique.betting.policy import ControlPolicy
from hippique.betting.slip import (
    Cost,
    Decision,
    Ev,
    ExpectedDividend,
    Gate,
    Leg,
    Ticket,
    write_decision,
)
from hippique.day import addresses
from hippique.day.desk import Desk, Options
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp
from hippique.day.official import RaceResult
from hippique.day.outcome import Outcome, Status
from hippique.day.phases import Phase
from hippique.day.plan import Disagreement, Plan, PlannedRace, RefusedJoin, Scope, SourceReport
from hippique.forecast.forecaster import MarketForecaster
from hippique.ports import Archive
from hippique.racing.card import Discipline, Meeting, Race, Reading, Runner
from hippique.racing.codec import to_pretty_json
from hippique.racing.result import Dividend, Refund, Result, ResultStatus
from hippique.racing.times import paris_at
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.memory import MemoryArchive, MemoryClaims, MemoryQueue, MemoryViews
from hippique.runtime.owner import this_process
from report_days import DAY, decision_for, forecast_of, planned, seen, win_ticket

NOW = paris_at(DAY, 14, 12)
MARKUP = "<b>GRAS</b><script>x</script>"
FORMULA = "=cmd|' /C calc'!A0"
LONG = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCD"  # 30 letters and no place to break
NAMES = (MARKUP, FORMULA, LONG, "KENJY BEL", "IDÉAL D’ÉTÉ")


@dataclass(slots=True)
class Kept:
    """A journal that keeps its messages, and reports that publish nothing."""

    messages: list[str] = field(default_factory=list)

    def event(self, severity: str, message: str, **_: object) -> None:
        self.messages.append(f"{severity} {message}")

    def publish(self, day: dt.date) -> None:
        """Nothing is published."""


def desk_on(
    archive: Archive, now: dt.datetime = NOW, mode: str = "simulated", journal: Kept | None = None
) -> Desk:
    """A desk in memory on this archive, at this instant."""
    clock = DrivenClock(now)
    kept = journal or Kept()
    return Desk(
        sources=(),
        archive=archive,
        views=MemoryViews(),
        queue=MemoryQueue(clock),
        claims=MemoryClaims(owner=this_process("test"), wall=clock.now, ttl_s=60),
        clock=clock,
        forecaster=MarketForecaster(),
        policy=ControlPolicy(),
        options=Options(
            mode=mode,
            simulated=mode == "simulated",
            scope=Scope.FR,
            operators=("zeturf",),
            versions={},
        ),
        journal=kept,
        reports=kept,
        new_id=lambda prefix: f"{prefix}-1",
    )


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The app on a loopback port of the system's choice; connections wait until it accepts."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def day_of_states(mode: str = "simulated") -> MemoryArchive:
    """R1C1 planned, C2 H-30, C3 slip, C4 withdrawn, C5 no-bet, C6 dead heat, C7 cancelled,

    C8 eighteen runners with hostile names, R2C1 failed, R2C2 late, R9C1 out of scope; PMU silent.
    """
    archive = MemoryArchive()
    races = _races()
    _plan(archive, races, mode)
    by_key = {race.key: race for race in races}
    _capture(archive, by_key["R1C2"], Phase.H30)
    _decided(archive, by_key["R1C3"], dutched(by_key["R1C3"], mode))
    _decided(archive, by_key["R1C4"], _slip(by_key["R1C4"], mode))
    at = paris_at(DAY, 14, 12)
    why = {"race": str(by_key["R1C4"].race), "withdrawn_at": at, "reason": "le 4 est non-partant"}
    _write(archive, by_key["R1C4"], "WITHDRAWAL", "withdrawn.json", to_pretty_json(why))
    _decided(archive, by_key["R1C5"], _refused(by_key["R1C5"], mode))
    _settled(archive, by_key["R1C6"], _slip(by_key["R1C6"], mode))
    _called_off(archive, by_key["R1C7"], _slip(by_key["R1C7"], mode))
    _decided(archive, by_key["R1C8"], _refused(by_key["R1C8"], mode), runners=18)
    _close(archive, by_key["R2C1"], "H5", Status.FAILED, "past the off")
    _close(archive, by_key["R2C2"], "H5", Status.LATE, "past the off")
    return archive


def _races() -> tuple[PlannedRace, ...]:
    flat = {"discipline": Discipline.FLAT, "meeting": "Chantilly", "country": "FR"}
    trot = {"meeting": "Paris-Vincennes", "prize_eur": 45000.0, "provenance": {"name": "zeturf"}}
    offs = {
        "R1C1": (15, 50), "R1C2": (14, 40), "R1C3": (14, 15), "R1C4": (14, 16), "R1C5": (14, 14),
        "R1C6": (13, 20), "R1C7": (13, 50), "R1C8": (14, 17),
    }  # fmt: skip
    first = tuple(planned(key, off_time=paris_at(DAY, *off), **trot) for key, off in offs.items())
    hostile = replace(first[7], meeting=LONG, name=MARKUP, labels=("quinte",), declared=18)
    return (
        *first[:7],
        hostile,
        planned("R2C1", off_time=paris_at(DAY, 12, 30), **flat),
        planned("R2C2", off_time=paris_at(DAY, 13, 0), name=FORMULA, **flat),
        planned("R9C1", in_scope=False),
    )


def _plan(archive: Archive, races: tuple[PlannedRace, ...], mode: str) -> None:
    reports = (
        SourceReport(source="zeturf", ok=True, meetings=2, races=11),
        SourceReport(source="geny", ok=True, meetings=2, races=11, warnings=("a cell was empty",)),
        SourceReport(source="pmu", ok=False, error="pmu answered 503 three times"),
    )
    hours = {"zeturf": "2026-06-07T15:50:00+02:00", "geny": "2026-06-07T15:48:00+02:00"}
    plan = Plan(
        date=DAY,
        mode=mode,
        simulated=mode == "simulated",
        made_at=paris_at(DAY, 9),
        correlation_id="schedule-1",
        scope=Scope.FR,
        races=races,
        sources=reports,
        disagreements=(Disagreement(race="R1C1", field="off_time", values=hours, kept="zeturf"),),
        refused=(RefusedJoin(race="R2C2", source="geny", reason="another track"),),
    )
    archive.create(f"{addresses.plan_folder(DAY, plan.made_at)}/plan.json", to_pretty_json(plan))


def _slip(race: PlannedRace, mode: str) -> Decision:
    slip = decision_for(race, win_ticket(), simulated=mode == "simulated")
    return replace(slip, mode=mode, ev=Ev(mean_eur=-0.29, p_loss_all=0.7))


def dutched(race: PlannedRace, mode: str = "simulated") -> Decision:
    """Two tickets with intervals and limits, as later policies write them."""
    place = Ticket(
        operator="zeturf", pool="place", bet="place", label="Simple placé",
        min_cents=100, step_cents=100,
        legs=tuple(
            Leg(combination=(n,), stake_cents=100, limit_dividend=limit)
            for n, limit in ((4, 1.9), (5, 2.4), (6, 2.9))
        ),
        expected_dividend=tuple(
            ExpectedDividend(combination=(n,), mean=mean, low=mean - 0.5, high=mean + 0.6)
            for n, mean in ((4, 2.6), (5, 3.4), (6, 3.7))
        ),
    )  # fmt: skip
    couple = Ticket(
        operator="zeturf", pool="couple_place", bet="couple_place", label="Couplé placé",
        min_cents=100, step_cents=100, legs=(Leg(combination=(4, 5), stake_cents=200),),
        expected_dividend=(ExpectedDividend(combination=(4, 5), mean=8.8, low=6.2, high=12.1),),
    )  # fmt: skip
    made = decision_for(race, place, couple, simulated=mode == "simulated")
    ev = Ev(mean_eur=2.21, low_eur=-0.7, high_eur=5.3, p_loss_all=0.29)
    return replace(made, mode=mode, ev=ev)


def _refused(race: PlannedRace, mode: str) -> Decision:
    gate = Gate(gate="win_odds", statistic="value", value=0.0, threshold=1.0, passed=False)
    refused = decision_for(race, simulated=mode == "simulated")
    costs = (Cost(operator="zeturf", bet="win", loss_per_eur=0.1563),)
    return replace(refused, mode=mode, gates=(gate,), reading=replace(refused.reading, costs=costs))


def _capture(archive: Archive, race: PlannedRace, phase: Phase, runners: int = 5) -> None:
    odds = {number: 1.7 * number + 0.4 for number in range(1, runners + 1)}
    _write(archive, race, phase, "snapshot.json", to_pretty_json(seen(race, odds)))
    _write(
        archive, race, phase, "reading.json", to_pretty_json({"readings": [_card(race, runners)]})
    )
    made = {"kind": "Forecast", "forecast": forecast_of(race)}
    _write(archive, race, phase, "forecast.json", to_pretty_json(made))
    _close(archive, race, phase, Status.DONE)


def _card(race: PlannedRace, count: int) -> Reading:
    runners = tuple(
        Runner(
            number=number,
            name=NAMES[(number - 1) % len(NAMES)],
            sex="H",
            age=6,
            jockey="Lemaître A.",
            trainer=f"{LONG} <i>",
            form="1a 2a Da (25) 4a 6a 1a 3a 9a",
            non_runner=number == count,
            coupling="E1" if number == 1 else None,
        )
        for number in range(1, count + 1)
    )
    shown = Race(number=race.race.key.race, key=race.key, runners=runners)
    return Reading(source="zeturf", page="race", meetings=(Meeting(number=1, races=(shown,)),))


def _decided(archive: Archive, race: PlannedRace, decision: Decision, runners: int = 6) -> None:
    _capture(archive, race, Phase.H30, runners)
    _write(archive, race, Phase.H5, "slip.json", write_decision(decision))
    _capture(archive, race, Phase.H5, runners)


def _settled(archive: Archive, race: PlannedRace, decision: Decision) -> None:
    _decided(archive, race, decision)
    paid = tuple(
        Dividend(operator=operator, bet="win", combination=(4,), per_euro=per_euro)
        for operator, per_euro in (("zeturf", 1.6), ("pmu_fr", 1.5))
    )
    result = Result(
        status=ResultStatus.OFFICIAL,
        order=((4, 5), (1,), (2,)),
        disqualified=(3,),
        non_runners=(6,),
        dividends=paid,
        refunded=(Refund(operator="zeturf", bet="couple_place"),),
    )
    found = RaceResult(race=str(race.race), source="zeturf", result=result, declared=9)
    _write(archive, race, "RESULT", "result.json", to_pretty_json(found))
    _ledger(archive, race, settle(decision, result, 9))
    _close(archive, race, "RESULT", Status.DONE)


def _called_off(archive: Archive, race: PlannedRace, decision: Decision) -> None:
    _decided(archive, race, decision)
    _ledger(archive, race, refund(decision))
    _close(archive, race, "RESULT", Status.CANCELLED, "the race was not run")


def _ledger(archive: Archive, race: PlannedRace, settlement: Settlement) -> None:
    _write(archive, race, "RESULT", "settlement.json", write_settlement(settlement))


def _write(archive: Archive, race: PlannedRace, phase: str, name: str, content: bytes) -> None:
    archive.create(f"{addresses.phase_folder(race.race, phase)}/{name}", content)


def _close(archive: Archive, race: PlannedRace, phase: str, status: Status, *reasons: str) -> None:
    folder = Folder(archive, addresses.phase_folder(race.race, phase))
    at = paris_at(race.date, 14, 10, 7)
    outcome = Outcome(
        race=str(race.race), phase=Phase(phase), status=status, correlation_id="run-1", at=at,
        reasons=reasons,
    )  # fmt: skip
    folder.write_value(addresses.OUTCOME, outcome)
    folder.close(Stamp(now=at, versions={}, race=race.race))
