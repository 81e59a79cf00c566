"""The story of one decision, told from what the archive holds of it; nothing is decided again."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hippique.betting.amounts import (
    NO_BREAK,
    Lang,
    cents,
    combination,
    decimal,
    hour,
    operator_name,
    percent,
    sign,
)
from hippique.betting.explain_table import runner_table
from hippique.betting.explain_tickets import bet_label, leg_lines, stake_line, ticket_lines
from hippique.betting.explain_words import gate_need, met, refusal, said
from hippique.betting.settlement import SettledLeg, Settlement
from hippique.betting.slip import Cost, Decision
from hippique.betting.study import Study, read_study
from hippique.forecast.forecaster import Forecast, NoForecast
from hippique.racing.market import Snapshot

Kind = Literal["title", "banner", "head", "good", "bad", "plain", "faint"]
POOLS = {
    "SIMPLE_GAGNANT": "PMU SIMPLE_GAGNANT",
    "E_SIMPLE_GAGNANT": "PMU E_SIMPLE_GAGNANT",
    "geny": "Geny",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the story; `kind` says how a terminal may dress it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that the archive holds of one decision. names: by saddle number.

    snapshots: phase → what was seen. withdrawn: when and why. sent: when, or None with
    `never_sent`. order: the official one. study_legs: how the study ticket was settled on paper.
    """

    decision: Decision
    meeting: str | None = None
    name: str | None = None
    off_time: datetime | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    forecast: Forecast | NoForecast | None = None
    snapshots: Mapping[str, Sequence[Snapshot]] = field(default_factory=dict)
    withdrawn: tuple[datetime, str] | None = None
    sent_at: datetime | None = None
    never_sent: bool = False
    order: tuple[tuple[int, ...], ...] | None = None
    is_cancelled: bool = False
    settlement: Settlement | None = None
    study_legs: tuple[SettledLeg, ...] = ()


def explained(story: Story, lang: Lang = "fr", width: int = 80) -> tuple[Line, ...]:
    """The story in lines of at most `width` signs, headings and tables included."""
    sections = (_head, _seen, _why, _change, _reading, _costs, _study, _after, _made_from)
    lines: list[Line] = []
    for section in sections:
        told = list(section(story, lang, width))
        if told:
            lines += [*([_plain("")] if lines else []), *told]
    return tuple(line for one in lines for line in _wrapped(one, width))


def _plain(text: str) -> Line:
    return Line(kind="plain", text=text)


def _wrapped(line: Line, width: int) -> Iterator[Line]:
    """A long line goes on below its own beginning; a table row never gets so long."""
    text = re.sub(" (?=[%€:;])", NO_BREAK, line.text)  # French blanks are no place to break
    if len(text) <= width:
        yield line
        return
    indent = len(text) - len(text.lstrip()) + (2 if text.lstrip()[:1] in {"✓", "✗", "·"} else 0)
    for part in textwrap.wrap(
        text, width, subsequent_indent=" " * indent, break_on_hyphens=False, drop_whitespace=True
    ):
        yield Line(kind=line.kind, text=part)


# --- sections ---------------------------------------------------------------------------------


def _head(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    made = story.decision
    day, _, key = made.race.partition("/")
    where = " ".join(filter(None, (key, (story.meeting or "").title())))
    parts = (where, story.name, day, said("off", lang, hour=hour(story.off_time, lang)))
    yield Line(kind="title", text=" · ".join(part for part in parts if part))
    banner = "simulated" if made.simulated else made.mode
    if banner in {"simulated", "recorded", "replayed"}:
        yield Line(kind="banner", text=said(banner, lang))
    if made.dry:
        yield Line(kind="banner", text=said("dry", lang))
    yield _plain("")
    yield Line(kind="good" if made.tickets else "bad", text=said(made.decision, lang).upper())
    at = hour(made.decided_at, lang, seconds=True)
    yield _plain(said("decided", lang, hour=at, policy=made.policy, estimator=made.estimator))
    if made.tickets:
        yield _plain(said("play_before", lang, hour=hour(made.play_before, lang, seconds=True)))
        yield from map(_plain, ticket_lines(made.tickets, story.names, lang))
        yield _plain(stake_line(made.stake_cents, made.ev, lang))


def _seen(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    yield Line(kind="head", text=said("seen", lang))
    if not any(story.snapshots.values()):
        yield _plain("  " + said("no_snapshot", lang))
    for phase, snapshots in story.snapshots.items():
        for snapshot in snapshots:
            starters = snapshot.starters()
            told = said(
                "snapshot",
                lang,
                phase=said(phase, lang),
                pool=_pool(snapshot.pool),
                hour=hour(snapshot.stamp or snapshot.taken_at, lang, seconds=True),
                priced=sum(quote.win is not None for quote in starters),
                starters=len(starters),
            )
            yield _plain(f"  {told}")
    if isinstance(story.forecast, NoForecast):
        yield _plain("  " + said("no_chances", lang, reason=story.forecast.reason))
    elif story.forecast is not None:
        made = story.forecast
        book = decimal(made.book_sum, 3, lang)
        told = said("chances_from", lang, pool=_pool(made.pool), book=book, model=made.model)
        yield _plain(f"  {told}")


def _pool(pool: str) -> str:
    return POOLS.get(pool, operator_name(pool))


def _why(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    made = story.decision
    failed = [gate for gate in made.gates if not gate.passed]
    passed = [gate for gate in made.gates if gate.passed]
    if not made.gates and not made.reasons:
        return
    yield Line(kind="head", text=said("why" if made.tickets else "why_not", lang))
    for gate in failed:
        yield Line(kind="bad", text=f"  ✗ {refusal(gate, lang)}")
    told = {refusal(gate, "fr") for gate in failed}  # a reason may be a gate's own sentence
    for reason in made.reasons if lang == "fr" or not made.gates else ():  # frozen in French
        if reason not in told:
            yield _plain(f"  · {reason}")
    if passed:
        yield _plain("  " + said("passed", lang, count=len(passed)))
    for gate in passed:
        yield Line(kind="good", text=f"  ✓ {met(gate, lang)}")


def _change(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    if story.decision.tickets:
        return
    told = story.decision.counterfactual
    yield Line(kind="head", text=said("change", lang))
    yield _plain(f"  {change_text(told, lang) if told else said('no_change', lang)}")


def change_text(told: Mapping[str, Any], lang: Lang) -> str:
    """The counterfactual in words: its own in French, in English from the change that it names."""
    text, change = str(told["text"]), told["change"]
    if lang == "fr" or not change:
        return text
    again = "told_same" if said("told_same", "fr") in text else "told_again"
    return said(
        "with",
        lang,
        number=change["number"],
        to=decimal(change["to"], 1, lang),
        was=decimal(change["from"], 1, lang),
        details=f"{said(change['field'], lang)}, {_pool(change['pool'])}, {said(again, lang)}",
    )


def _reading(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    runners = story.decision.reading.runners
    if not runners:
        return
    yield Line(kind="head", text=said("reading", lang))
    rows = runner_table(runners, story.names, lang, width - 2)
    yield Line(kind="faint", text=f"  {rows[0]}")
    for row in rows[1:]:
        yield _plain(f"  {row}")
    bets = sorted({bet for runner in runners for bet in runner.limit})
    if bets:
        told = said("legend", lang, bets=", ".join(bet_label(bet).lower() for bet in bets))
        yield Line(kind="faint", text=f"  {told}")


def _costs(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    costs = story.decision.reading.costs
    if not costs:
        return
    yield Line(kind="head", text=said("costs", lang))
    for cost in costs:
        yield _plain(f"  {_cost(cost, lang)}")


def _cost(cost: Cost, lang: Lang) -> str:
    bet, operator = bet_label(cost.bet), operator_name(cost.operator, lang)
    key = "loses" if cost.loss_per_eur >= 0.0 else "gains"
    told = said(
        key, lang, bet=bet, operator=operator, loss=percent(abs(cost.loss_per_eur), lang, 1)
    )
    # The best of many estimates is too good: it may be told as a smaller loss, never as a gain.
    if cost.cheapest is None or cost.least_loss_per_eur is None or cost.least_loss_per_eur <= 0.0:
        return f"{told}."
    loss = percent(-cost.least_loss_per_eur, lang, signed=True)
    least = said("least", lang, numbers=combination(cost.cheapest), loss=loss)
    return f"{told}{sign(';', lang)} {least}."


def _study(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    study: Study | None = read_study(story.decision.reading.study)
    if study is None:
        return
    yield Line(kind="head", text=said("study", lang))
    yield from map(_plain, ticket_lines(study.tickets, story.names, lang))
    yield _plain(stake_line(study.stake_cents, study.ev, lang))
    refused = [gate for gate in story.decision.gates if not gate.passed]
    if len(refused) > 1 and list(study.failed) == refused:
        yield _plain("  " + said("refused_above", lang, count=len(refused)))
    elif study.failed:
        gates = " ; ".join(gate_need(gate, lang) for gate in study.failed)
        yield _plain("  " + said("refused_by", lang, gates=gates))
    yield from map(_plain, leg_lines(story.study_legs, lang))


def _after(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    yield Line(kind="head", text=said("after", lang))
    if story.sent_at is not None:
        yield _plain("  " + said("sent", lang, hour=hour(story.sent_at, lang, seconds=True)))
    if story.never_sent:
        yield Line(kind="bad", text="  " + said("too_late", lang))
    if story.withdrawn is not None:
        at, reason = story.withdrawn
        told = said("withdrawn", lang, hour=hour(at, lang, seconds=True), reason=reason)
        yield Line(kind="bad", text=f"  {told}")
    if story.is_cancelled:
        yield _plain("  " + said("cancelled", lang))
    elif story.order is None:
        yield _plain("  " + said("waiting", lang))
    else:
        order = "-".join("=".join(map(str, tied)) for tied in story.order)
        yield _plain("  " + said("order", lang, order=order))
    if story.settlement is not None:
        yield from _settled(story.settlement, lang)


def _settled(settlement: Settlement, lang: Lang) -> Iterator[Line]:
    if not settlement.legs:
        yield _plain("  " + said("nothing_settled", lang))
        return
    yield from map(_plain, leg_lines(settlement.legs, lang))
    profit = settlement.profit_cents
    kind: Kind = "good" if profit > 0 else "bad" if profit < 0 else "plain"
    told = said("result", lang, profit=cents(profit, lang, signed=True))
    yield Line(kind=kind, text=f"  {told}.")


def _made_from(story: Story, lang: Lang, width: int) -> Iterator[Line]:
    del width
    made = story.decision
    yield Line(kind="head", text=said("made_from", lang))
    marks = {
        **{name: digest[: len("sha256:") + 12] for name, digest in made.inputs.items()},
        "policy": f"{made.policy}:{made.policy_hash}",
        **{name: text for name, text in made.versions.items() if name != "policy"},
    }
    for name, text in marks.items():
        yield Line(kind="faint", text=f"  {name:9} {text}")
