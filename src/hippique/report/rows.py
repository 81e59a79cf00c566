"""From the facts of a race to its row on each sheet. Pure; what is not known is None."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from hippique.betting.settlement import Settlement
from hippique.betting.slip import Decision
from hippique.day.status import PhaseState
from hippique.racing.times import paris_time
from hippique.report import measures
from hippique.report.facts import RaceFacts
from hippique.report.labels import (
    discipline_label,
    order_cell,
    phase_label,
    tickets_cell,
    yes_no,
)
from hippique.report.sheets import (
    EXPECTED,
    FOLLOW_UP,
    OBSERVED,
    PLANNING,
    SIMULATED,
    Cell,
    Row,
)

SheetRows = Mapping[str, Sequence[Row]]


def sheet_rows(races: Sequence[RaceFacts]) -> SheetRows:
    """Every sheet's rows, one a race, in the order given."""
    return {
        name: tuple(Row(facts.race, write(facts)) for facts in races)
        for name, write in _WRITERS.items()
    }


def planning_cells(facts: RaceFacts) -> dict[str, Cell]:
    """The race's row of «Planning». Commentaires belongs to the user."""
    planned, decision = facts.state.planned, facts.decision
    off = paris_time(planned.off_time) if planned.off_time else None
    return {
        **_named(facts),
        "Hippodrome": planned.meeting,
        "Heure": off.time().replace(second=0, microsecond=0) if off else None,
        "Partants": planned.declared,
        "Discipline": discipline_label(planned.discipline),
        "Statut H-30": phase_label("H30", facts.state.phases["H30"]),
        "Statut H-5": phase_label("H5", facts.state.phases["H5"]),
        "Jouable H-5": yes_no(answer=decision.decision == "slip") if decision else None,
        "Tickets H-5": tickets_cell(decision.tickets) if decision else None,
        "Commentaires": None,
        SIMULATED: yes_no(answer=facts.simulated),
    }


def follow_up_cells(facts: RaceFacts) -> dict[str, Cell]:
    """The race's row of «Suivi». Notes belongs to the user."""
    planned, decision, settlement = facts.state.planned, facts.decision, facts.state.settlement
    return {
        **_named(facts),
        "Hippodrome": planned.meeting,
        "Discipline": discipline_label(planned.discipline),
        "Partants": planned.declared,
        "Tickets": tickets_cell(decision.tickets) if decision else None,
        "Mises_totales": _euros(decision.stake_cents) if decision else None,
        "Gains_réels": _returned(settlement),
        "ROI_estimé": measures.roi_expected(decision) if decision else None,
        "ROI_réel": measures.roi_paid(settlement),
        "Verdict": verdict(facts),
        "Arrivée_officielle": order_cell(facts.result.order) if facts.result else None,
        "Notes": None,
        "Timestamp_UTC": _utc(_last_instant(facts)),
        SIMULATED: yes_no(answer=facts.simulated),
    }


def expected_cells(facts: RaceFacts) -> dict[str, Cell]:
    """The race's row of «ROI Prévisionnel»: what the decision expected, frozen at H-5."""
    decision = facts.decision
    row: dict[str, Cell] = {**_race_cells(facts), SIMULATED: yes_no(answer=facts.simulated)}
    if decision is None:
        return _in_order(EXPECTED.headers, row)
    place = measures.ev_of_place(decision)
    expected = decision.ev.mean_eur if decision.ev else None
    row |= {
        "mises": _euros(decision.stake_cents),
        "EV_sp": place,
        "EV_global": expected,
        "ROI_sp": None if place is None else measures.roi_expected(decision),
        "ROI_global": measures.roi_expected(decision),
        "risk_of_ruin": measures.statistic(decision, "risk_of_ruin"),
        "clv_moyen": None,  # needs closing odds of every bet; dividends show the winners' alone
        "variance": measures.statistic(decision, "variance"),
        "payout_attendu": expected_return_eur(decision),
        "model": model_name(decision),
    }
    return _in_order(EXPECTED.headers, row)


def observed_cells(facts: RaceFacts) -> dict[str, Cell]:
    """The race's row of «ROI Observé»: what was paid, and the error of the chances."""
    decision, settlement = facts.decision, facts.state.settlement
    row: dict[str, Cell] = {**_race_cells(facts), SIMULATED: yes_no(answer=facts.simulated)}
    if decision is not None:
        row |= {"mises": _euros(decision.stake_cents), "model": model_name(decision)}
        row["EV_total"] = decision.ev.mean_eur if decision.ev else None
    if decision is not None and settlement is not None and settlement.complete:
        row |= _paid_cells(decision, settlement)
    if facts.forecast is not None and facts.result is not None:
        score = measures.brier(facts.forecast, facts.result)
        row |= {"Brier_total": score.total, "Brier_moyen": score.mean} if score else {}
    return _in_order(OBSERVED.headers, row)


def _paid_cells(decision: Decision, settlement: Settlement) -> dict[str, Cell]:
    profit_eur = settlement.profit_cents / 100
    bets = len(settlement.legs)
    return {
        "gains": _euros(settlement.returned_cents),
        "ROI_reel": measures.roi_paid(settlement),
        "result_moyen": profit_eur / bets if bets else None,
        "ROI_reel_moyen": measures.mean_leg_roi(settlement),
        "EV_ecart": profit_eur - decision.ev.mean_eur if decision.ev and bets else None,
    }


def verdict(facts: RaceFacts) -> str | None:
    """One word on how the race ended for the bettor; None before its decision is due."""
    decision, settlement = facts.decision, facts.state.settlement
    if facts.state.phases["RESULT"] is PhaseState.CANCELLED:
        return "Annulée"
    if decision is None:
        missed = facts.state.phases["H5"] in {PhaseState.LATE, PhaseState.FAILED}
        return "Sans décision" if missed else None
    if decision.decision == "no_bet":
        return "Abstention"
    if settlement is None or not settlement.complete:
        return "En attente"
    return _money_verdict(settlement)


def _money_verdict(settlement: Settlement) -> str:
    if measures.all_refunded(settlement):
        return "Remboursé"
    if settlement.profit_cents == 0:
        return "Nul"
    return "Gagnant" if settlement.profit_cents > 0 else "Perdant"


def expected_return_eur(decision: Decision) -> float | None:
    """Stake and expected profit together, in euros; None without tickets or expectation."""
    if decision.ev is None or not decision.stake_cents:
        return None
    return decision.stake_cents / 100 + decision.ev.mean_eur


def model_name(decision: Decision) -> str:
    """The model's version where the decision kept it, else the estimator."""
    return decision.versions.get("model", decision.estimator)


def _named(facts: RaceFacts) -> dict[str, Cell]:
    key = facts.race.key
    return {"Date": facts.race.day, "Réunion": f"R{key.meeting}", "Course": f"C{key.race}"}


def _race_cells(facts: RaceFacts) -> dict[str, Cell]:
    planned = facts.state.planned
    return {
        "R/C": facts.state.key,
        "hippodrome": planned.meeting,
        "date": facts.race.day,
        "discipline": discipline_label(planned.discipline),
    }


def _in_order(headers: Sequence[str], row: Mapping[str, Cell]) -> dict[str, Cell]:
    return {header: row.get(header) for header in headers}


def _euros(cents: int) -> float:
    return cents / 100


def _returned(settlement: Settlement | None) -> float | None:
    if settlement is None or not settlement.complete:
        return None
    return _euros(settlement.returned_cents)


def _last_instant(facts: RaceFacts) -> dt.datetime | None:
    """When the archive last learnt of the race: never the hour of writing, so rows stay still."""
    if facts.ended_at is not None:
        return facts.ended_at
    return facts.decision.decided_at if facts.decision else None


def _utc(instant: dt.datetime | None) -> dt.datetime | None:
    """UTC without its zone, to the second: cells hold no zone."""
    if instant is None:
        return None
    return instant.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)


_WRITERS: Mapping[str, Callable[[RaceFacts], dict[str, Cell]]] = {
    PLANNING.name: planning_cells,
    FOLLOW_UP.name: follow_up_cells,
    EXPECTED.name: expected_cells,
    OBSERVED.name: observed_cells,
}
