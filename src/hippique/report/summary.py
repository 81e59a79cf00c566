"""The summary of a day: a dict for machines, lines in French for people."""

from __future__ import annotations

from typing import Any

from hippique.betting.ledger import shadow_account
from hippique.day.care.roi import Roi
from hippique.day.closing_error import ClosingError
from hippique.day.status import DayStatus, Totals
from hippique.day.tally import Refusals, Tally, ranked
from hippique.racing.codec import to_builtins
from hippique.report import french
from hippique.report.roi import day_roi

SIMULATED_LINE = "SIMULÉ – Hippodrome simulé. Aucun pari réel, aucun gain réel."
NOTICE = (
    "18+ Les jeux d’argent et de hasard peuvent être dangereux : pertes d’argent, conflits "
    "familiaux, addiction… Conseils : joueurs-info-service.fr, 09 74 75 13 13 (appel non "
    "surtaxé). Interdit aux moins de 18 ans. Aucune promesse de gain."
)
_MODES = {
    "live": "en direct",
    "simulated": "simulée",
    "recorded": "enregistrée",
    "replayed": "rejouée",
}


def summary_document(status: DayStatus) -> dict[str, Any]:
    """The day's part of `day --json`; amounts in euros. The caller adds what only it knows."""
    totals = status.totals
    return {
        "date": totals.date.isoformat(),
        "mode": totals.mode,
        "simulated": totals.simulated,
        "races": totals.races,
        "h30_done": totals.h30_done,
        "h5_done": totals.h5_done,
        "slips": totals.slips,
        "no_bets": totals.no_bets,
        "settled": totals.settled,
        "cancelled": totals.cancelled,
        "failed": totals.failed,
        "staked_eur": _eur(totals.staked_cents),
        "returned_eur": _eur(totals.returned_cents),
        "withdrawn": totals.withdrawn.slips,
        "withdrawn_eur": _eur(totals.withdrawn.stake_cents),
        "no_bets_by_gate": dict(totals.refused.first),
        "accounts": {name: _account(tally) for name, tally in _accounts(totals)},
        "closing_error": to_builtins(totals.closing),
    }


def _accounts(totals: Totals) -> list[tuple[str, Tally]]:
    shadows = [(shadow_account(name), tally) for name, tally in sorted(totals.shadows.items())]
    return [("played", totals.played), ("study", totals.study), *shadows]


def _account(tally: Tally) -> dict[str, Any]:
    return {
        "slips": tally.slips,
        "staked_eur": _eur(tally.staked_cents),
        "returned_eur": _eur(tally.returned_cents),
    }


def _eur(cents: int) -> float:
    return round(cents / 100, 2)


def summary_text(status: DayStatus) -> str:
    """The day's summary for a terminal, in French, ending with a line break.

    ROI with its 95 % interval (normal, the slip as unit: `ratio_roi`) and the number of slips;
    «–» for fewer than two settled ones, «non concluant» under ten or where zero lies inside.
    """
    totals = status.totals
    rows = [
        *_race_rows(status),
        *_money_rows(status),
        *_paper_rows(totals),
        *_closing_rows(totals.closing),
    ]
    wide = max(len(label) for label, _ in rows)
    mode = _MODES.get(totals.mode, totals.mode)
    lines = [
        *([SIMULATED_LINE, ""] if totals.simulated else []),
        f"Journée du {french.long_date(totals.date)} ({mode})",
        *(f"  {label:<{wide}}  {value}" for label, value in rows),
        *_refusal_lines(totals.refused),
        "",
        NOTICE,
    ]
    return "\n".join(lines) + "\n"


def _race_rows(status: DayStatus) -> list[tuple[str, str]]:
    totals = status.totals
    counts = (
        ("Courses", totals.races),
        ("Relevés H-30 faits", totals.h30_done),
        ("Analyses H-5 faites", totals.h5_done),
        ("Tickets", totals.slips),
        *((("dont retirés", totals.withdrawn.slips),) if totals.withdrawn.slips else ()),
        ("Abstentions", totals.no_bets),
        ("Courses réglées", totals.settled),
        ("Courses annulées", totals.cancelled),
        ("Courses en échec", totals.failed),
    )
    return [(label, french.number(count, 0)) for label, count in counts]


def _money_rows(status: DayStatus) -> list[tuple[str, str]]:
    totals = status.totals
    profit = totals.returned_cents - totals.staked_cents if totals.staked_cents else None
    return [
        ("Mises", french.euros(totals.staked_cents)),
        ("Retours", french.euros(totals.returned_cents)),
        ("Résultat", french.euros(profit, signed=True)),
        ("ROI", roi_text(day_roi(status))),
    ]


def _paper_rows(totals: Totals) -> list[tuple[str, str]]:
    """The accounts on paper, none of which is money: the study tickets and the other policies."""
    named = [("Joué par vous", totals.played), ("Études (papier)", totals.study)]
    named += [(f"{name} (papier)", tally) for name, tally in sorted(totals.shadows.items())]
    return [(label, _tally_text(tally)) for label, tally in named if tally.slips]


def _tally_text(tally: Tally) -> str:
    profit = french.euros(tally.returned_cents - tally.staked_cents, signed=True)
    count = f"{tally.slips} ticket{'s' if tally.slips > 1 else ''}"
    staked, returned = french.euros(tally.staked_cents), french.euros(tally.returned_cents)
    return f"{count}, {staked} misés, {returned} rendus, {profit}"


def _closing_rows(error: ClosingError) -> list[tuple[str, str]]:
    """How far our close was off, beside the odds shown at H-5."""
    if error.forecast_rmse is None or error.shown_rmse is None:
        return []
    ours, shown = (french.number(v, 3) for v in (error.forecast_rmse, error.shown_rmse))
    told = f"{ours}, cotes affichées {shown} (écart-type de ln, {error.runners} partants)"
    return [("Erreur de clôture", told)]


MOST_REFUSALS = 5


def _refusal_lines(refused: Refusals) -> list[str]:
    """No-bets by the gate that refused first, the most frequent first."""
    named, others = ranked(refused, MOST_REFUSALS)
    if not named:
        return []
    rows = [*named, *([(others, "autres")] if others else [])]
    heading = "Abstentions, première condition manquée"
    return ["", heading, *(f"  {count:>3}  {need}" for count, need in rows)]


def roi_text(roi: Roi | None) -> str:
    """«−18,4 % [−60,1 % ; +23,2 %], sur 12 tickets, non concluant»."""
    if roi is None:
        return french.UNKNOWN
    low, high = (french.percent(bound, signed=True) for bound in (roi.low, roi.high))
    interval = f" [{low} ; {high}]" if roi.low is not None else " (intervalle inconnu)"
    doubt = "" if roi.is_conclusive else ", non concluant"
    return f"{french.percent(roi.value, signed=True)}{interval}, sur {roi.slips} tickets{doubt}"
