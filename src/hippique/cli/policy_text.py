"""How `hippique policy lint` tells what it found: lines of at most 100 columns, or JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from hippique.betting.policy import FilePolicy
from hippique.betting.policy_file import PolicyFile, policy_names
from hippique.betting.stakeable import Portfolio, Stakeable
from hippique.lab.policy_lint import (
    GateTally,
    Habit,
    Judged,
    OperatorStakes,
    gates_that,
    is_never_priced,
)
from hippique.racing.bets import bet_type

WIDE = 100
SHOWN = 8  # splits of one kind that are printed
_COLUMNS = {"tested": 7, "refused": 8, "first": 6, "alone": 7, "unknown": 8}
_ROLES = {"ticket1": "ticket 1", "ticket2": "ticket 2", "alone": ""}
_HABITS: tuple[tuple[Habit, str], ...] = (
    ("always refuses", "Always refuse, wherever tested"),
    ("never binds", "Never bind: tested, refused nothing"),
    ("never tested", "Never tested: no race came so far"),
)


def lint_lines(
    policy: PolicyFile, stakes: Sequence[OperatorStakes], judged: Judged
) -> Iterator[str]:
    """The policy, its bets and portfolios at each operator, its gates over the races."""
    caps = policy.caps
    horse = caps.cents_of(caps.horse_share)
    yield f"{policy.name}  version {policy.version}  hash {FilePolicy(policy).hash}"
    yield (
        f"At most {_euros(caps.budget_cents)} a race, {_euros(horse)} on one horse, "
        f"{caps.max_tickets} ticket{'s' if caps.max_tickets > 1 else ''}"
    )
    for at in stakes:
        yield ""
        yield from _operator_lines(at, caps.budget_cents)
    yield ""
    yield from _gate_lines(policy, judged)


def lint_document(
    policy: PolicyFile, stakes: Sequence[OperatorStakes], judged: Judged
) -> dict[str, Any]:
    """The same for machines; euros under `_eur`, counts of races."""
    return {
        "policy": policy.name,
        "version": policy.version,
        "policy_hash": FilePolicy(policy).hash,
        "operators": [_operator_document(at) for at in stakes],
        "races": judged.races,
        "others": judged.others,
        "kinds": [{"mode": m, "estimator": e, "races": n} for m, e, n in judged.kinds],
        "days": list(judged.days) if judged.days else None,
        "passed": judged.passed,
        "slips": judged.slips,
        "failing": list(judged.failing),
        "gates": [{**asdict(tally), "habit": _habit(judged, tally)} for tally in judged.gates],
    }


def _habit(judged: Judged, tally: GateTally) -> str | None:
    return tally.habit if judged.races else None


def _operator_document(at: OperatorStakes) -> dict[str, Any]:
    return {
        "operator": at.operator,
        "bets": [_bet_document(row) for row in at.bets],
        "portfolios": [_stakes_document(held) for held in at.portfolios],
        "priced_portfolios": at.priced,
    }


def _bet_document(row: Stakeable) -> dict[str, Any]:
    return {
        "bet": row.bet,
        "role": row.role,
        "least_eur": None if row.least_cents is None else row.least_cents / 100,
        "reason": row.reason,
        "unknown": list(row.unknown),
    }


def _stakes_document(held: Portfolio) -> list[dict[str, Any]]:
    return [{"bet": bet, "stake_eur": cents / 100} for bet, cents in held.stakes]


def _operator_lines(at: OperatorStakes, budget_cents: int) -> Iterator[str]:
    yield f"{at.operator}: {_portfolios(at)} within {_euros(budget_cents)}"
    for row in at.bets:
        if row.reason is None:
            yield _bet_line(row)
    for (labels, choices), splits in _kinds(at.portfolios).items():
        yield from _wrapped(f"{_kind_name(labels, choices)}: {_splits(splits)}", "    ")
    for reason, bets in _refused(at).items():
        yield from _wrapped(f"not staked: {', '.join(bets)}: {reason}", "  ")


def _portfolios(at: OperatorStakes) -> str:
    count = len(at.portfolios)
    words = f"{count or 'no'} portfolio{'' if count == 1 else 's'}"
    if at.priced == count:
        return words
    return f"{words} ({at.priced or 'none'} of bets that can be priced)"


def _bet_line(row: Stakeable) -> str:
    least = "–" if row.least_cents is None else _euros(row.least_cents)
    role = f"{_ROLES[row.role]:9} " if _ROLES[row.role] else ""
    unknown = f"{', '.join(row.unknown)} unknown: {_pricing(row)}" if row.unknown else ""
    return f"  {bet_type(row.bet).label:16} {role}from {least:>7}  {unknown}".rstrip()


def _pricing(row: Stakeable) -> str:
    if is_never_priced(row):
        return "never priced, so on no slip"
    return "priced only where its own odds are shown"


def _refused(at: OperatorStakes) -> dict[str, list[str]]:
    """Reason without the bet's name → names of the bets that it holds for."""
    found: dict[str, list[str]] = {}
    for row in at.bets:
        if row.reason is not None:
            label = bet_type(row.bet).label
            reason = row.reason.replace(f"{at.operator} does not offer {label}", "not offered")
            reason = reason.replace(f"{label} at {at.operator} costs", "costs")
            found.setdefault(reason.replace(label, "it"), []).append(label)
    return found


def _kinds(
    portfolios: Sequence[Portfolio],
) -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]]:
    """Bets, and those of which one comes last → the splits that both allow."""
    by_bets: dict[tuple[str, ...], list[str]] = {}
    for held in portfolios:
        split = "+".join(f"{cents / 100:g}" for _, cents in held.stakes)
        by_bets.setdefault(tuple(bet for bet, _ in held.stakes), []).append(split)
    last: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for bets, splits in by_bets.items():
        alone = bets[-1] in bets[:-1]
        shared = (bets, ()) if alone else (bets[:-1], tuple(splits))
        last.setdefault(shared, []).append(bets[-1])
    return {
        (bets, () if not splits else tuple(choices)): by_bets[
            bets if not splits else (*bets, choices[0])
        ]
        for (bets, splits), choices in last.items()
    }


def _kind_name(bets: Sequence[str], choices: Sequence[str]) -> str:
    counts = {bet: bets.count(bet) for bet in dict.fromkeys(bets)}
    names = [
        f"{bet_type(bet).label} ×{count}" if count > 1 else bet_type(bet).label
        for bet, count in counts.items()
    ]
    last = ", ".join(bet_type(bet).label for bet in choices)
    if last:
        names.append(f"one of {last}" if len(choices) > 1 else last)
    return " + ".join(names)


def _splits(splits: Sequence[str]) -> str:
    more = len(splits) - SHOWN
    shown = ", ".join(splits[:SHOWN])
    # A no-break space: the unit never begins a line.
    return f"{shown} and {more} more\u00a0€" if more > 0 else f"{shown}\u00a0€"


def _gate_lines(policy: PolicyFile, judged: Judged) -> Iterator[str]:
    if not policy.gates:
        yield "No gates: this policy refuses no race by a threshold"
    if not judged.races:
        yield from _no_races(policy, judged)
        return
    yield _races(judged)
    if judged.others:
        yield f"  {judged.others} races left out: decided under another policy, version or terms"
    if policy.gates:
        yield from _table(judged)
        yield ""
        yield from _habits(judged)
    yield from _jointly(judged)


def _no_races(policy: PolicyFile, judged: Judged) -> Iterator[str]:
    yield "No races to judge the gates by" + (
        f": {judged.others} were decided under another policy, version or terms"
        if judged.others
        else ""
    )
    if policy.name in policy_names():  # no other policy can be given to a day
        made = f"hippique day --recorded DIR --policy {policy.name} --data NEW"
        yield f"  {made}, then --data NEW here"
    yield "  --history DIR decides real days of these tables under this file"


def _races(judged: Judged) -> str:
    kinds = ", ".join(f"{count} {mode} ({estimator})" for mode, estimator, count in judged.kinds)
    first, last = judged.days or (None, None)
    days = f"{first}" if first == last else f"{first} to {last}"
    return f"Gates over {judged.races} races of {days}: {kinds}"


def _table(judged: Judged) -> Iterator[str]:
    heads = "".join(f"{head:>{wide}}" for head, wide in _COLUMNS.items())
    yield f"  {'gate':20}{'passes where':42}{heads}"
    group = ""
    for tally in judged.gates:
        if tally.group != group:
            group = tally.group
            yield f"  – {_ROLES.get(group, group)}"
        counts = (tally.tested, tally.refused, tally.first, tally.alone, tally.unknown)
        shares = "".join(
            f"{_share(count, judged.races):>{wide}}"
            for count, wide in zip(counts, _COLUMNS.values(), strict=True)
        )
        yield f"  {tally.gate:20}{_rule(tally):42}{shares}"


def _rule(tally: GateTally) -> str:
    statistic = "" if tally.statistic == "value" else f" {tally.statistic}"
    when = "" if tally.when == "always" else f", {tally.when}"
    return f"{tally.measure}{statistic} {tally.compare} {tally.threshold:g}{when}"


def _habits(judged: Judged) -> Iterator[str]:
    for habit, words in _HABITS:
        names = gates_that(judged, habit)
        yield from _named(words, names)
    unknown = tuple(tally.gate for tally in judged.gates if tally.refuses_only_unknown)
    yield from _named("Refuse only for want of a number", unknown)


def _named(words: str, gates: Sequence[str]) -> list[str]:
    return _wrapped(f"{words} ({len(gates)}): {', '.join(gates) or '–'}", "")


def _jointly(judged: Judged) -> Iterator[str]:
    least, most = judged.failing[0], judged.failing[-1]
    yield (
        f"Jointly: every gate passes in {judged.passed} of {judged.races} races "
        f"({judged.passed / judged.races * 100:.1f} %)"
    )
    if most:
        yield f"  gates that refuse a race: {least} to {most}, median {median(judged.failing):g}"
    if not judged.slips:
        yield f"No slips: {judged.races} races, nothing staked, so there is no return to tell"
        return
    share = 100 * judged.slips / judged.races
    yield f"Slips: {judged.slips} of {judged.races} races ({share:.1f} %)"


def _share(count: int, races: int) -> str:
    """Per cent of the races; a dot for none, so that those above it stand out."""
    return f"{100 * count / races:.0f} %" if count else "·"


def _euros(cents: int) -> str:
    return f"{cents / 100:.2f} €"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDE,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
    )
