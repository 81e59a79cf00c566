"""A race's page as its template needs it: steps, decision, runners by odds, arrival, dividends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hippique.day.phases import Phase, due_at
from hippique.racing.bets import CATALOGUE, Order
from hippique.report import french
from hippique.web.runner_rows import filled_columns, one_pool, runner_rows
from hippique.web.wording import bet, hour, instant, missing, name_of, state_word

Document = dict[str, Any]
SHOWN_PLACES = 5  # places of an arrival drawn as squares; the rest is one line
NEAR = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the six steps of a race. tone: done, ticket, now, failed, late, or ahead."""

    name: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the page needs beside the race's document.

    done_at: phase → when its outcome was stored. siblings: keys of the meeting's races.
    """

    now: dt.datetime
    done_at: Mapping[str, dt.datetime] = field(default_factory=dict)
    reasons: Mapping[str, Sequence[str]] = field(default_factory=dict)
    siblings: Sequence[str] = ()


def race_view(race: Document, seen: Seen) -> dict[str, Any]:
    """Everything of the race's page."""
    ours = _ticket_numbers(race)
    pool, early, late = one_pool(race["snapshots"])
    rows = runner_rows(race, early, late, ours)
    return {
        "race": race,
        "siblings": seen.siblings,
        "near": _neighbours(seen.siblings, race["key"]),
        "steps": _steps(race, seen),
        "clock": _clock(race, seen.now),
        "failures": _failures(race, seen),
        "card": _card_state(race, seen.now),
        "lacks": _what_was_missing(race["decision"]),
        "first_odds_at": _due(race, Phase.H30),
        "rows": rows,
        "pool": pool,
        "has": filled_columns(rows),
        "finish": _finish(race, ours),
        "dividends": _dividends(race),
        "legs": _settled_legs(race),
    }


def _neighbours(siblings: Sequence[str], key: str) -> tuple[str | None, str | None]:
    if key not in siblings:
        return None, None
    place = siblings.index(key)
    before = siblings[place - 1] if place else None
    return before, siblings[place + 1] if place + 1 < len(siblings) else None


def _due(race: Document, phase: Phase) -> dt.datetime | None:
    return due_at(phase, instant(race["off_time"])) if race["off_time"] else None


def _clock(race: Document, now: dt.datetime) -> tuple[str, str, str]:
    """The key figure at the top: its caption, itself, its tone."""
    if race["status"] == "cancelled":
        return "Course", "annulée", "gone"
    if race["status"] == "official":
        return "Arrivée", "officielle", "ink"
    if race["off_time"] is None:
        return "Départ", french.UNKNOWN, "ink"
    left = instant(race["off_time"]) - now
    near = "now" if dt.timedelta(0) < left <= NEAR else "ink"
    return ("Départ" if left > dt.timedelta(0) else "Partie à"), hour(race["off_time"]), near


_TONES = {"done": "done", "late": "late", "failed": "failed", "cancelled": "gone"}


def _steps(race: Document, seen: Seen) -> list[Step]:
    return [
        _phase_step(race, seen, "H-30", Phase.H30),
        _phase_step(race, seen, "H-5", Phase.H5),
        _decision_step(race),
        _off_step(race, seen.now),
        _phase_step(race, seen, "Arrivée officielle", Phase.RESULT),
        _settlement_step(race),
    ]


def _phase_step(race: Document, seen: Seen, name: str, phase: Phase) -> Step:
    state = race["phases"].get(phase.value)
    due = _due(race, phase)
    if state == "done":
        at = seen.done_at.get(phase.value)
        return Step(name=name, text=f"à {hour(at)}" if at else "faite", tone="done")
    if state in {None, "planned"}:
        about = "vers" if phase is Phase.RESULT else "à"
        return Step(name=name, text=f"{about} {hour(due)}" if due else "–", tone="ahead")
    return Step(name=name, text=state_word(state), tone=_TONES.get(state, "ahead"))


def _decision_step(race: Document) -> Step:
    decision = race["decision"]
    if decision is None:
        over = race["phases"].get("H5") in {"late", "failed", "cancelled"}
        return Step(name="Décision", text="aucune" if over else "à H-5", tone="ahead")
    if decision["decision"] == "slip" and race["withdrawal"] is not None:
        return Step(name="Décision", text="ticket retiré", tone="done")
    if decision["decision"] == "slip":
        text = f"ticket de {french.euro_amount(decision['stake_eur'])}"
        return Step(name="Décision", text=text, tone="ticket")
    return Step(name="Décision", text="pas de pari", tone="done")


def _off_step(race: Document, now: dt.datetime) -> Step:
    if race["status"] == "cancelled":
        return Step(name="Départ", text="annulé", tone="gone")
    off = race["off_time"]
    tone = "ahead" if off is None or instant(off) > now else "done"
    is_next = race["phases"].get("H5") in {"done", "late", "failed"} and tone == "ahead"
    running = race["status"] in {"closed", "provisional"}
    return Step(name="Départ", text=hour(off), tone="now" if is_next or running else tone)


def _settlement_step(race: Document) -> Step:
    settlement = race["settlement"]
    if settlement is None:
        over = race["status"] in {"official", "cancelled"}
        return Step(name="Règlement", text="sans mise" if over else "ensuite", tone="ahead")
    if not settlement["legs"]:
        return Step(name="Règlement", text="sans mise", tone="done")
    if race["status"] == "cancelled":
        return Step(name="Règlement", text="mise rendue", tone="done")
    profit = french.euro_amount(settlement["profit_eur"], signed=True)
    return Step(name="Règlement", text=profit, tone="done")


def _failures(race: Document, seen: Seen) -> list[tuple[str, str, Sequence[str]]]:
    """Phases that failed or came too late: (phase, state, reasons)."""
    wrong = {"late", "failed"}
    return [
        (name, state, seen.reasons.get(name, ()))
        for name, state in race["phases"].items()
        if state in wrong
    ]


def _card_state(race: Document, now: dt.datetime) -> str:
    """How the decision's frame looks: none, no_bet, open, expired, withdrawn, settled, refunded."""
    decision = race["decision"]
    if decision is None:
        return "none"
    if decision["decision"] != "slip":
        return "no_bet"
    if race["settlement"] is not None:
        return "refunded" if race["status"] == "cancelled" else "settled"
    if race["withdrawal"] is not None:
        return "withdrawn"
    until = decision["play_before"]
    return "expired" if until is None or now >= instant(until) else "open"


def _what_was_missing(decision: Document | None) -> str | None:
    refused = [gate["gate"] for gate in (decision or {}).get("gates", []) if not gate["passed"]]
    return next((words for gate in refused if (words := missing(gate))), None)


def _ticket_numbers(race: Document) -> frozenset[int]:
    tickets = race["decision"]["tickets"] if race["decision"] else []
    return frozenset(
        number for ticket in tickets for leg in ticket["legs"] for number in leg["combination"]
    )


def _result(race: Document) -> Document:
    found = race["result"] or {}
    return found.get("result") or {}


def _finish(race: Document, ours: frozenset[int]) -> Document | None:
    """The arrival: the first places as squares with their dead heats, the others in a line."""
    result = _result(race)
    if not result:
        return None
    places, place = [], 1
    for tied in result["order"]:
        numbers = [(number, number in ours) for number in tied]
        places.append({"place": place, "numbers": numbers, "tied": len(tied) > 1})
        place += len(tied)
    return {
        "status": result["status"],
        "first": places[:SHOWN_PLACES],
        "tail": _tail(places[SHOWN_PLACES:], result),
        "source": race["result"]["source"],
    }


def _tail(others: Sequence[Document], result: Document) -> list[str]:
    """What follows the first places: the other finishers, then who was not placed and why."""
    lists = (
        ("puis", [number for one in others for number, _ in one["numbers"]]),
        (f"disqualifiés{french.NO_BREAK}:", result["disqualified"]),
        (f"tombés ou arrêtés{french.NO_BREAK}:", result["fallen"]),
        (f"non-partants{french.NO_BREAK}:", result["non_runners"]),
        (f"paris remboursés{french.NO_BREAK}:", [_refund(one) for one in result["refunded"]]),
    )
    return [f"{words} {', '.join(map(str, several))}" for words, several in lists if several]


def _refund(one: Document) -> str:
    return f"{bet(one['bet'])} ({name_of(one['operator'])})"


def _dividends(race: Document) -> Document | None:
    """Official dividends, one row a combination, one column an operator."""
    said = _result(race).get("dividends", [])
    if not said:
        return None
    rows: dict[tuple[str, str | None, tuple[int, ...]], dict[str, float]] = {}
    for one in said:
        key = (bet(one["bet"], one["label"]), one["rank"], _combination(one))
        rows.setdefault(key, {}).setdefault(one["operator"], one["per_euro"])
    return {"operators": list(dict.fromkeys(one["operator"] for one in said)), "rows": rows}


def _combination(dividend: Document) -> tuple[int, ...]:
    known = CATALOGUE.get(dividend["bet"])
    numbers = tuple(dividend["combination"])
    exact = known is None or known.order is Order.EXACT or dividend["rank"] == "order"
    return numbers if exact else tuple(sorted(numbers))


def _settled_legs(race: Document) -> dict[str, Document]:
    """operator/bet/combination → how that leg ended."""
    legs = (race["settlement"] or {}).get("legs", [])
    return {f"{leg['operator']}/{leg['bet']}/{_joined(leg['combination'])}": leg for leg in legs}


def _joined(numbers: Sequence[int]) -> str:
    return "-".join(map(str, numbers))
