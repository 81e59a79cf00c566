"""Small frozen decisions for tests of what is told of them."""

from __future__ import annotations

from dataclasses import replace

from desks import OFF, minutes
from hippique.betting.slip import Decision, Leg, RaceReading, Ticket, total_stake_cents

RACE = "2025-10-16/R1C1"


def no_bet(reading: RaceReading | None = None, **facts: object) -> Decision:
    """A live no-bet of gpi-5.1, five minutes before the off."""
    made = Decision(
        decision="no_bet",
        race=RACE,
        mode="live",
        simulated=False,
        policy="gpi-5.1",
        policy_hash="0",
        estimator="market",
        decided_at=OFF - minutes(5),
        play_before=None,
        tickets=(),
        stake_cents=0,
        ev=None,
        gates=(),
        reasons=(),
        counterfactual=None,
        reading=reading or RaceReading(),
        inputs={},
        versions={},
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # a test's own columns


def slip(*tickets: Ticket, **facts: object) -> Decision:
    """A live slip of these tickets."""
    said: dict[str, object] = {
        "decision": "slip",
        "tickets": tickets,
        "stake_cents": total_stake_cents(tickets),
        "play_before": OFF - minutes(0.5),
    }
    return no_bet(**{**said, **facts})  # type: ignore[arg-type]  # a test's own columns


def place_ticket(*stakes: int, **facts: object) -> Ticket:
    """Places on 1, 2, 3 … at ZEturf for these cents."""
    said: dict[str, object] = {
        "operator": "zeturf",
        "pool": "place",
        "bet": "place",
        "label": "Simple placé",
        "min_cents": 100,
        "step_cents": 100,
        "legs": tuple(Leg(combination=(at,), stake_cents=s) for at, s in enumerate(stakes, 1)),
    }
    return Ticket(**{**said, **facts})  # type: ignore[arg-type]  # a test's own columns
