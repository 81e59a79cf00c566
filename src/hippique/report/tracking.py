"""tracking.csv: one line a race, a day at a time; the whole file can be made from the archive.

Written for a double click in a French Excel: `;` between cells, decimal commas (with points it
would read 2.5 as the second of May), and a byte order mark, without which it takes UTF-8 for
Windows-1252 and breaks accents. Days are ISO dates, which every spreadsheet reads.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence

from hippique.betting.slip import Decision
from hippique.report import measures
from hippique.report.facts import RaceFacts
from hippique.report.guarded import csv_text, printable
from hippique.report.labels import discipline_label, yes_no
from hippique.report.rows import expected_return_eur, model_name
from hippique.report.sheets import SIMULATED

Value = str | int | float | None

HEADERS = (
    *("reunion", "course", "hippodrome", "date", "discipline", "partants", "tickets_count"),
    *("nb_tickets", "stake_total", "stake_average", "expected_gross_return_eur"),
    *("ev_simulee_post_arrondi", "ev_sp", "ev_global", "roi_simule", "roi_sp", "roi_global"),
    *("roi_reel", "prob_implicite_panier", "risk_of_ruin", "sharpe", "drift_sign", "model"),
    *("ALERTE_VALUE", SIMULATED),
)
_DECIMALS = 6
_DATE = HEADERS.index("date")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def tracking_csv(races: Sequence[RaceFacts]) -> bytes:
    """The whole file, in the order given."""
    return _file(_line(facts) for facts in races)


def with_day(present: bytes, day: dt.date, races: Sequence[RaceFacts]) -> bytes | None:
    """The file with the lines of one day made anew, the others as they are, in order of days.

    None where it is not as we write it (another layout, saved by a spreadsheet): it has to be
    made from the whole archive.
    """
    try:
        lines = list(
            csv.reader(io.StringIO(present.decode("utf-8-sig"), newline=""), delimiter=";")
        )
    except (UnicodeDecodeError, csv.Error):
        return None
    if not lines or tuple(lines[0]) != HEADERS or _file(lines[1:]) != present:
        return None
    if not all(_ISO_DAY.fullmatch(line[_DATE]) for line in lines[1:]):
        return None
    today = day.isoformat()
    before = [line for line in lines[1:] if line[_DATE] < today]
    after = [line for line in lines[1:] if line[_DATE] > today]
    return _file([*before, *(_line(facts) for facts in races), *after])


def _file(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _line(facts: RaceFacts) -> list[str]:
    values = tracking_values(facts)
    return [_shown(values.get(header)) for header in HEADERS]


def tracking_values(facts: RaceFacts) -> dict[str, Value]:
    """Header → value of one race; what is not known is left out or None.

    tickets_count and nb_tickets are the author's two names for one figure.
    """
    planned, key = facts.state.planned, facts.race.key
    values: dict[str, Value] = {
        "reunion": f"R{key.meeting}",
        "course": f"C{key.race}",
        "hippodrome": planned.meeting,
        "date": facts.race.day.isoformat(),
        "discipline": discipline_label(planned.discipline),
        "partants": planned.declared,
        "roi_reel": measures.roi_paid(facts.state.settlement),
        "prob_implicite_panier": measures.implied_basket(facts),
        "drift_sign": measures.drift_sign(facts),
        SIMULATED: yes_no(answer=facts.simulated),
    }
    return values | _decided(facts.decision) if facts.decision else values


def _decided(decision: Decision) -> dict[str, Value]:
    tickets = len(decision.tickets)
    stake_eur = decision.stake_cents / 100
    place = measures.ev_of_place(decision)
    expected = decision.ev.mean_eur if decision.ev else None
    roi = measures.roi_expected(decision)
    return {
        "tickets_count": tickets,
        "nb_tickets": tickets,
        "stake_total": stake_eur,
        "stake_average": stake_eur / tickets if tickets else None,
        "expected_gross_return_eur": expected_return_eur(decision),
        "ev_simulee_post_arrondi": expected,
        "ev_sp": place,
        "ev_global": expected,
        "roi_simule": roi,
        "roi_sp": None if place is None else roi,
        "roi_global": roi,
        "risk_of_ruin": measures.statistic(decision, "risk_of_ruin"),
        "sharpe": measures.statistic(decision, "sharpe"),
        "model": model_name(decision),
        "ALERTE_VALUE": _value_alert(decision),
    }


def _value_alert(decision: Decision) -> str | None:
    """The policy's own alert: its threshold is the policy's, not this file's."""
    gate = next((g for g in decision.gates if g.gate == "value_alert"), None)
    return yes_no(answer=gate.passed) if gate else None


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return csv_text(printable(value))
    if isinstance(value, int):
        return str(value)
    text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace(".", ",")
