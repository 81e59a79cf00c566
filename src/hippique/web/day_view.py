"""The day's page as its template needs it: rows with one mark each, alerts, what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hippique.day.care.roi import Roi, ratio_roi
from hippique.day.phases import Phase, due_at
from hippique.report.french import NO_BREAK
from hippique.web.wording import PHASES, capital, count, instant

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A race in one sign: its shape's class, the word for it, and the three ticks' states."""

    kind: str
    word: str
    ticks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What went wrong in one phase of several races. level: red or ochre."""

    level: str
    kind: str
    text: str
    races: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The next thing to do."""

    at: dt.datetime
    phase: str
    race: Document
    is_near: bool


NEAR = dt.timedelta(minutes=5)
NO_CARDS: Mapping[str, str] = {}
_PULLED = {"withdrawn": "ticket retiré", "expired": "ticket expiré"}


def day_view(
    document: Document, now: dt.datetime, cards: Mapping[str, str] = NO_CARDS
) -> dict[str, Any]:
    """Everything of the day's page: rows past and ahead by off time, alerts, deadline, totals.

    cards: race key → state of its slip, of races that are not off yet (see `race_view`).
    """
    rows = [
        {**race, "mark": mark_of(race, cards.get(race["key"])), "profit_eur": _profit(race)}
        for race in _by_off(document)
    ]
    ahead = [row for row in rows if row["off_time"] is None or instant(row["off_time"]) > now]
    return {
        "document": document,
        "past": [row for row in rows if row not in ahead],
        "ahead": ahead,
        "meetings": len({row["key"].partition("C")[0] for row in rows}),
        "listed": len(document["races"]),
        "alerts": _alerts(document, rows),
        "deadline": _deadline(rows, now),
        "roi": _roi(rows),
    }


def _by_off(document: Document) -> list[Document]:
    inside = [race for race in document["races"] if race["in_scope"]]
    dated = [race for race in inside if race["off_time"] is not None]
    undated = [race for race in inside if race["off_time"] is None]
    return [*sorted(dated, key=lambda race: instant(race["off_time"])), *undated]


def mark_of(race: Document, card: str | None = None) -> Mark:
    """The race's sign. Round: not decided; square: decided; diamond: failed; struck: cancelled."""
    phases = race["phases"]
    kind, word = ("pulled", _PULLED[card]) if card in _PULLED else _sign(race, phases)
    return Mark(kind=kind, word=word, ticks=tuple(phases.get(phase, "planned") for phase in PHASES))


def _sign(race: Document, phases: Mapping[str, str]) -> tuple[str, str]:
    failed = next((PHASES[name] for name in PHASES if phases.get(name) == "failed"), None)
    if race["status"] == "cancelled":
        return "cancelled", "annulée"
    if failed:
        return "failed", f"échec {failed}"
    if phases.get("H5") == "late":
        return "late", "H-5 en retard"
    return _run(race) or _awaited(race, phases)


def _run(race: Document) -> tuple[str, str] | None:
    """The sign of a race that is off or over, None before."""
    if race["status"] == "official":
        return ("settled won" if race["decision"] == "slip" else "settled"), "réglée"
    return ("off", "partie") if race["status"] in {"closed", "provisional"} else None


_DECIDED = {"slip": ("ticket", "ticket"), "no_bet": ("nobet", "pas de pari")}


def _awaited(race: Document, phases: Mapping[str, str]) -> tuple[str, str]:
    if race["decision"] is not None:
        return _DECIDED[race["decision"]]
    return ("h30", "H-30 faite") if phases.get("H30") == "done" else ("planned", "prévue")


def _profit(race: Document) -> float | None:
    if not race["stake_eur"] or race["returned_eur"] is None:
        return None
    return float(race["returned_eur"] - race["stake_eur"])


def _alerts(document: Document, rows: Sequence[Document]) -> list[Alert]:
    """Most severe first: failures, silent sources, then phases that came too late."""
    muted = [report for report in document["sources"] if not report["ok"]]
    heard = len(document["sources"]) - len(muted)
    silent = Alert(
        level="ochre",
        kind="Plan partiel",
        text=f"{count(heard, 'source')} sur {len(document['sources'])}.",
    )
    found = [
        _phase_alert(rows, "H5", "failed", "aucun ticket émis"),
        _phase_alert(rows, "H30", "failed", "premières cotes absentes"),
        _phase_alert(rows, "RESULT", "failed", "jamais officielle, rien n’est réglé"),
        silent if muted else None,
        _phase_alert(rows, "H5", "late", "départ passé, aucun ticket émis"),
        _phase_alert(rows, "H30", "late", "H-5 passée, premières cotes absentes"),
    ]
    return [alert for alert in found if alert is not None]


def _phase_alert(rows: Iterable[Document], phase: str, state: str, text: str) -> Alert | None:
    races = tuple(row["key"] for row in rows if row["phases"].get(phase) == state)
    if not races:
        return None
    failed = state == "failed"
    word = "Échec" if failed else "Retard"
    return Alert(
        level="red" if failed else "ochre",
        kind=f"{word} {PHASES[phase]}",
        text=f"{capital(text)}{NO_BREAK}:",
        races=races,
    )


def _deadline(rows: Iterable[Document], now: dt.datetime) -> Deadline | None:
    waiting = [
        (due_at(phase, instant(row["off_time"])), phase, row)
        for row in rows
        for phase in Phase
        if row["off_time"] is not None and row["phases"].get(phase.value) == "planned"
    ]
    ahead = [one for one in waiting if one[0] >= now]
    if not ahead:
        return None
    at, phase, row = min(ahead, key=lambda one: one[0])
    return Deadline(at=at, phase=PHASES[phase.value], race=row, is_near=at - now <= NEAR)


def _roi(rows: Iterable[Document]) -> Roi | None:
    settled = [
        (round(row["stake_eur"] * 100), round(row["profit_eur"] * 100))
        for row in rows
        if row["profit_eur"] is not None
    ]
    return ratio_roi(settled)
