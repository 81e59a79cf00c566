"""The readable sheet of one race, in Markdown: chances, odds, decision, result, settlement."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hippique.betting.settlement import LegState
from hippique.betting.slip import Decision, ExpectedDividend, Gate, RunnerReading, Ticket
from hippique.forecast.forecaster import Forecast
from hippique.racing.bets import CATALOGUE
from hippique.racing.market import Snapshot
from hippique.racing.result import Result
from hippique.report import french
from hippique.report.facts import RaceFacts
from hippique.report.labels import discipline_label, order_cell, phase_label
from hippique.report.summary import NOTICE, SIMULATED_LINE

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|&~])")  # what Markdown or HTML would act upon
_PHASES = {"H30": "H-30", "H5": "H-5", "RESULT": "résultat"}
_LEG_STATES = {
    LegState.WON: "gagné",
    LegState.LOST: "perdu",
    LegState.REFUNDED: "remboursé",
    LegState.PENDING: "en attente du rapport",
}


def fiche_text(facts: RaceFacts) -> str:
    """The whole sheet. Names and reasons come from pages: their signs are escaped, shown as text.

    What is not known yet is said in words or shown as «–».
    """
    blocks = [
        *([f"**{SIMULATED_LINE}**"] if facts.simulated else []),
        f"# {facts.state.key} – {escaped(facts.state.planned.name) or 'course sans nom'}",
        _identity(facts),
        "## Partants",
        _runner_table(facts),
        "## Décision",
        _decision_block(facts.decision),
        "## Arrivée",
        _result_block(facts),
        "## Règlement",
        _settlement_block(facts),
        NOTICE,
    ]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str | None) -> str:
    """Text of a page, safe inside a Markdown line or table cell."""
    return _MARKDOWN.sub(r"\\\1", " ".join((text or "").split()))


def _identity(facts: RaceFacts) -> str:
    planned = facts.state.planned
    parts = [
        french.long_date(planned.date),
        escaped(planned.meeting) or None,
        f"départ {french.hour(planned.off_time)}",
        discipline_label(planned.discipline),
        f"{french.number(planned.distance_m, 0)} m" if planned.distance_m else None,
        f"{planned.declared} déclarés" if planned.declared is not None else None,
    ]
    phases = ", ".join(
        f"{_PHASES[phase]} : {phase_label(phase, state).lower()}"
        for phase, state in facts.state.phases.items()
    )
    return f"{' · '.join(part for part in parts if part)}\n\n{phases or 'hors du périmètre suivi'}"


def _runner_table(facts: RaceFacts) -> str:
    rows = [_runner_row(facts, number) for number in _numbers(facts)]
    if not rows:
        return "Aucun relevé de cette course."
    head = "| N° | Cheval | Gagnant | Placé | Cote juste | Cote affichée | Place |"
    return "\n".join([head, "|---:|---|---:|---:|---:|---:|---:|", *rows])


def _numbers(facts: RaceFacts) -> list[int]:
    readings = facts.decision.reading.runners if facts.decision else ()
    chances = facts.forecast.chances if facts.forecast else ()
    quoted = {quote.number for snapshot in _snapshots(facts) for quote in snapshot.quotes}
    return sorted({r.number for r in readings} | {c.number for c in chances} | quoted)


def _snapshots(facts: RaceFacts) -> Sequence[Snapshot]:
    seen = facts.late or facts.early
    return seen.snapshots if seen else ()


def _runner_row(facts: RaceFacts, number: int) -> str:
    quotes = [q for s in _snapshots(facts) for q in s.quotes if q.number == number]
    name = next((quote.name for quote in quotes if quote.name), None)
    out = any(quote.non_runner for quote in quotes)
    reading = _reading(facts, number)
    p_win = reading.p_win if reading else _chance(facts.forecast, number)
    cells = (
        str(number),
        f"{escaped(name) or french.UNKNOWN}{' (non-partant)' if out else ''}",
        french.percent(p_win),
        french.percent(reading.p_place if reading else None, 0),
        french.odds(1 / p_win if p_win else None),
        french.odds(reading.shown if reading else next((q.win for q in quotes if q.win), None)),
        _finish(facts.result, number),
    )
    return f"| {' | '.join(cells)} |"


def _reading(facts: RaceFacts, number: int) -> RunnerReading | None:
    runners = facts.decision.reading.runners if facts.decision else ()
    return next((runner for runner in runners if runner.number == number), None)


def _chance(forecast: Forecast | None, number: int) -> float | None:
    return forecast.p_win(number) if forecast else None


def _finish(result: Result | None, number: int) -> str:
    if result is None:
        return french.UNKNOWN
    if number in result.non_runners:
        return "NP"
    if number in result.disqualified:
        return "dai"
    if number in result.fallen:
        return "arr."
    place = result.position(number)
    return french.UNKNOWN if place is None else str(place)


def _decision_block(decision: Decision | None) -> str:
    if decision is None:
        return "Pas de décision pour cette course."
    made = f"Politique {escaped(decision.policy)}, pronostic {escaped(decision.estimator)}"
    lines = [f"{made}, décidé à {french.exact_hour(decision.decided_at)}."]
    if decision.decision == "no_bet":
        reasons = [f"- {escaped(reason)}" for reason in decision.reasons]
        refused = [_gate_line(gate) for gate in decision.gates if not gate.passed]
        return "\n".join(["**Pas de pari.**", "", *lines, *_listed([*reasons, *refused])])
    lines = [f"**Ticket**, à jouer avant {french.exact_hour(decision.play_before)}.", "", *lines]
    tickets = [line for ticket in decision.tickets for line in _ticket_lines(ticket)]
    return "\n".join([*lines, *_listed([*tickets, _expectation(decision)])])


def _listed(lines: Sequence[str]) -> list[str]:
    return ["", *lines] if lines else []


def _gate_line(gate: Gate) -> str:
    value, threshold = (french.number(n, 3) for n in (gate.value, gate.threshold))
    return f"- Contrôle {escaped(gate.gate)} refusé : {value} pour un seuil de {threshold}"


def _ticket_lines(ticket: Ticket) -> list[str]:
    expected = {e.combination: e for e in ticket.expected_dividend}
    return [
        f"- {escaped(ticket.label)}, {escaped(ticket.operator)} : {_combination(leg.combination)}, "
        f"{french.euros(leg.stake_cents)}, {_expected(expected.get(leg.combination))}"
        for leg in ticket.legs
    ]


def _expected(expected: ExpectedDividend | None) -> str:
    """A forecast has an interval; without one the figure is the odds that were on screen."""
    mean = french.odds(expected.mean if expected else None)
    is_forecast = expected is not None and expected.low is not None
    return f"{'rapport attendu' if is_forecast else 'cote à H-5'} {mean}"


def _combination(numbers: Sequence[int]) -> str:
    return "-".join(map(str, numbers))


def _expectation(decision: Decision) -> str:
    stake = f"- Mise totale {french.euros(decision.stake_cents)}"
    if decision.ev is None:
        return stake
    mean, low, high = (
        french.euro_amount(amount, signed=True)
        for amount in (decision.ev.mean_eur, decision.ev.low_eur, decision.ev.high_eur)
    )
    interval = "intervalle inconnu" if decision.ev.low_eur is None else f"{low} à {high}"
    return f"{stake}, espérance {mean} ({interval}). Estimation, pas une promesse."


def _bet_label(code: str) -> str:
    known = CATALOGUE.get(code)
    return known.label if known else escaped(code)


def _result_block(facts: RaceFacts) -> str:
    if facts.result is None:
        cancelled = facts.state.phases.get("RESULT") == "cancelled"
        return "Course annulée." if cancelled else "Arrivée officielle pas encore connue."
    lines = [f"Officielle : {order_cell(facts.result.order) or french.UNKNOWN}", ""]
    dividends = [
        f"- {escaped(d.operator)} {_bet_label(d.bet)} {_combination(d.combination)} : "
        f"{french.number(d.per_euro, 2)}"
        for d in facts.result.dividends
    ]
    return "\n".join([*lines, *dividends]).rstrip()


def _settlement_block(facts: RaceFacts) -> str:
    settlement = facts.state.settlement
    if settlement is None:
        return "Pas encore réglée."
    if not settlement.legs:
        return "Aucun pari à régler."
    legs = [
        f"- {_bet_label(leg.bet)} {_combination(leg.combination)} : {_LEG_STATES[leg.state]}, "
        f"mise {french.euros(leg.stake_cents)}, gain {french.euros(leg.payout_cents)}"
        for leg in settlement.legs
    ]
    total = f"- Résultat {french.euros(settlement.profit_cents, signed=True)}"
    return "\n".join([*legs, total])
