"""The printable sheet of one race: one self-contained HTML page, on paper one side of A4.

Names and reasons come from strangers' pages: the template escapes whatever it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from types import ModuleType
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from hippique.betting.gate_words import GATE_WORDS, amount, gate_sentence
from hippique.betting.slip import Decision, ExpectedDividend, Gate, RunnerReading, Ticket
from hippique.racing.bets import CATALOGUE
from hippique.racing.codec import from_builtins
from hippique.racing.market import Quote
from hippique.racing.money import in_cents
from hippique.report import english, french
from hippique.report.facts import RaceFacts
from hippique.report.fiche_words import BET_NAMES, DISCIPLINE_NAMES, OPERATORS, WORDS
from hippique.report.labels import order_cell

_FORMATS: Mapping[str, ModuleType] = {"fr": french, "en": english}
_SHOWN_DIVIDENDS = 14  # more would need a second sheet of paper
_SHOWN_CHECKS = 14
_SHOWN_LIMITS = 2
_SHOWN_PLACES = 7  # the table tells the others'


def fiche_html(facts: RaceFacts, language: str = "fr") -> str:
    """The whole page in French (`fr`) or English (`en`); what is not known yet says so, or «–»."""
    runners = [_runner(facts, number) for number in _numbers(facts)]
    return _template(language).render(
        language=language,
        w=WORDS[language],
        race=facts,
        planned=facts.state.planned,
        banner=_banner(facts, language),
        discipline=_discipline(facts, language),
        runners=runners,
        limits=sorted({bet for runner in runners for bet in runner["limit"]})[:_SHOWN_LIMITS],
        decision=facts.decision,
        title=_title(facts),
        lead=_lead(facts, language),
        study=_study(facts.decision),
        refused=_refused(facts.decision, language),
        result=facts.result,
        order=order_cell(facts.result.order[:_SHOWN_PLACES]) if facts.result else None,
        dividends=facts.result.dividends[:_SHOWN_DIVIDENDS] if facts.result else (),
        settlement=facts.state.settlement,
        other=fiche_name(facts, "en" if language == "fr" else "fr").rpartition("/")[2],
    )


def fiche_name(facts: RaceFacts, language: str = "fr") -> str:
    """Where the sheet lies: `fiches/2026-06-07-R1C3.html`, in English `….en.html`."""
    ending = "html" if language == "fr" else f"{language}.html"
    return f"fiches/{facts.race.day.isoformat()}-{facts.state.key}.{ending}"


@lru_cache(maxsize=2)
def _template(language: str) -> Template:
    folder = resources.files("hippique.report") / "templates"
    # Autoescaping is on for whatever a page said; the style sheet is ours and goes in as it is.
    room = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    formats = _FORMATS[language]
    for name in ("number", "euros", "euro_amount", "percent", "odds", "hour", "exact_hour"):
        room.filters[name] = getattr(formats, name)
    room.filters["long_date"] = _capital(formats.long_date)
    room.filters["bet"] = lambda code: _bet(code, language)
    room.filters["operator"] = lambda name: OPERATORS.get(name, name)
    room.filters["combination"] = lambda numbers: "-".join(map(str, numbers))
    room.globals["expected_of"] = _expected
    room.globals["style"] = (folder / "fiche.css").read_text("utf-8")
    return room.from_string((folder / "fiche.html").read_text("utf-8"))


def _plain(written: Callable[[float | None, int], str], value: float | None) -> str:
    """A figure without a unit: as many decimals as it has, three at most."""
    is_whole = value is not None and float(value).is_integer()
    return written(value, 0 if is_whole else 3)


def _capital(written: Callable[[dt.date], str]) -> Callable[[dt.date], str]:
    return lambda day: written(day)[:1].upper() + written(day)[1:]


def _banner(facts: RaceFacts, language: str) -> str | None:
    is_dry = facts.decision is not None and facts.decision.dry
    mode = "dry" if is_dry else "simulated" if facts.simulated else facts.mode
    return None if mode == "live" else WORDS[language].get(mode, mode.upper())


def _discipline(facts: RaceFacts, language: str) -> str | None:
    named = facts.state.planned.discipline
    return DISCIPLINE_NAMES[language][named] if named else None


def _bet(code: str, language: str) -> str:
    known = CATALOGUE.get(code)
    return BET_NAMES[language].get(code) or (known.label if known else code)


def _numbers(facts: RaceFacts) -> list[int]:
    readings = facts.decision.reading.runners if facts.decision else ()
    chances = facts.forecast.chances if facts.forecast else ()
    quoted = {quote.number for quote in _quotes(facts)}
    return sorted({r.number for r in readings} | {c.number for c in chances} | quoted)


def _quotes(facts: RaceFacts) -> list[Quote]:
    seen = facts.late or facts.early
    return [quote for s in seen.snapshots for quote in s.quotes] if seen else []


def _runner(facts: RaceFacts, number: int) -> dict[str, Any]:
    quotes = [quote for quote in _quotes(facts) if quote.number == number]
    readings = facts.decision.reading.runners if facts.decision else ()
    reading = next((r for r in readings if r.number == number), None)
    p_win = reading.p_win if reading else facts.forecast.p_win(number) if facts.forecast else None
    return {
        "number": number,
        "name": next((quote.name for quote in quotes if quote.name), None),
        "is_out": any(quote.non_runner for quote in quotes),
        "is_backed": number in _backed(facts.decision),
        "p_win": p_win,
        "p_place": reading.p_place if reading else None,
        "fair": 1 / p_win if p_win else None,
        "shown": reading.shown if reading else next((q.win for q in quotes if q.win), None),
        "closing": _closing(reading),
        "limit": dict(reading.limit) if reading else {},
        "finish": _finish(facts, number),
    }


def _backed(decision: Decision | None) -> set[int]:
    tickets = decision.tickets if decision else ()
    return {n for ticket in tickets for leg in ticket.legs for n in leg.combination}


def _closing(reading: RunnerReading | None) -> Mapping[str, Any] | None:
    """The forecast of the first pool that has one: {mean, low, high}, low and high at 80 %."""
    return next(iter(reading.closing.values()), None) if reading else None


def _finish(facts: RaceFacts, number: int) -> str | int | None:
    result = facts.result
    if result is None:
        return None
    outs = (("NP", result.non_runners), ("dai", result.disqualified), ("arr", result.fallen))
    word = next((word for word, numbers in outs if number in numbers), None)
    return word or result.position(number)


def _title(facts: RaceFacts) -> str:
    decision = facts.decision
    if decision is None:
        return "decision"
    if decision.decision == "no_bet":
        return "no_bet"
    if facts.withdrawn is not None:
        return "slip_withdrawn"
    if facts.state.settlement is not None:
        return "slip_settled"
    return "slip" if facts.mode == "live" else "slip_plain"


def _lead(facts: RaceFacts, language: str) -> str | None:
    """The first line of a decision without a bet: what would have been enough, or what failed."""
    decision = facts.decision
    if decision is None or decision.decision == "slip":
        return facts.withdrawn
    if decision.counterfactual and language == "fr":
        return str(decision.counterfactual.get("text", "")) or None
    failed = next((gate for gate in decision.gates if not gate.passed), None)
    if failed is not None and language == "fr":
        return gate_sentence(failed)
    return next(iter(decision.reasons), None)


def _study(decision: Decision | None) -> Sequence[Ticket]:
    """The best refused portfolio, on paper."""
    found = (decision.reading.study or {}).get("tickets") if decision else None
    return from_builtins(tuple[Ticket, ...], in_cents(found)) if found else ()


def _refused(decision: Decision | None, language: str) -> list[tuple[str, str]]:
    """What was asked and what there was, of every gate that failed."""
    failed = [gate for gate in decision.gates if not gate.passed] if decision else []
    return [_check(gate, language) for gate in failed[:_SHOWN_CHECKS]]


def _check(gate: Gate, language: str) -> tuple[str, str]:
    words = GATE_WORDS.get(gate.gate) if language == "fr" else None
    if words is None:
        name, written = gate.gate.replace("_", " "), _FORMATS[language].number
        asked = "" if gate.threshold is None else f" ({_plain(written, gate.threshold)})"
        return f"{name}{asked}", _plain(written, gate.value)
    asked = "" if gate.threshold is None else amount(gate.threshold, words.unit)
    if gate.value is None or words.unit == "flag":
        return words.needed.format(threshold=asked), french.UNKNOWN
    return words.needed.format(threshold=asked), amount(gate.value, words.unit)


def _expected(ticket: Ticket, combination: tuple[int, ...]) -> ExpectedDividend | None:
    return next((e for e in ticket.expected_dividend if e.combination == combination), None)
