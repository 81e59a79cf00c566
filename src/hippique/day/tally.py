"""What a day's close tells beside the slips: other accounts, refusals by gate, withdrawn slips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hippique.betting.balance import Balance, accounts_of, balance_of
from hippique.betting.explain_words import gate_need
from hippique.betting.ledger import ISSUED, PLAYED, SHADOW, STUDY
from hippique.betting.slip import Decision, Gate
from hippique.day.entries import entries_of
from hippique.ports import Archive
from hippique.racing.card import RaceId

NO_GATE = "no_gate"  # a no-bet that names no gate, as one without any odds may be


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Slips that were withdrawn before the off, and the stakes that were given back for them."""

    slips: int = 0
    stake_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One account's day. slips: races with a stake; staked, returned: of settled bets alone."""

    slips: int = 0
    staked_cents: int = 0
    returned_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """No-bets by gate. first: the gate that failed first in each; failed: every gate that did.

    The counts of `first` add up to the no-bets, those of `failed` to more. gates: one failed gate
    of each name, for its threshold.
    """

    first: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    gates: Mapping[str, Gate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The accounts beside the issued one: the bettor's own, the study, and each shadow policy."""

    played: Tally = field(default_factory=Tally)
    study: Tally = field(default_factory=Tally)
    shadows: Mapping[str, Tally] = field(default_factory=dict)


def paper_accounts(archive: Archive, races: Iterable[RaceId]) -> Papers:
    """What the entries of these races say of every account but the issued one."""
    tallies: dict[str, Tally] = {}
    for race in races:
        entries = entries_of(archive, race)
        for account in accounts_of(entries):
            before = tallies.get(account, Tally())
            tallies[account] = _with(before, balance_of(entries, account))
    tallies.pop(ISSUED, None)
    return Papers(
        played=tallies.get(PLAYED, Tally()),
        study=tallies.get(STUDY, Tally()),
        shadows={
            account.removeprefix(SHADOW): tally
            for account, tally in sorted(tallies.items())
            if account.startswith(SHADOW)
        },
    )


def _with(before: Tally, race: Balance) -> Tally:
    return Tally(
        slips=before.slips + (race.at_risk_cents > 0 or race.staked_cents > 0),
        staked_cents=before.staked_cents + race.staked_cents,
        returned_cents=before.returned_cents + race.returned_cents,
    )


def refusals(decisions: Iterable[Decision]) -> Refusals:
    """The no-bets among these decisions by the gates that refused them."""
    first: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    examples: dict[str, Gate] = {}
    for decision in decisions:
        if decision.decision == "no_bet":
            gates = _failed(decision)
            first[gates[0]] += 1
            failed.update(gates)
            examples = {g.gate: g for g in decision.gates if not g.passed} | examples
    return Refusals(first=dict(first), failed=dict(failed), gates=examples)


def ranked(refused: Refusals, most: int) -> tuple[list[tuple[int, str]], int]:
    """No-bets by the condition missed first, in French, the most frequent first; and how many more.

    most: conditions that are named.
    """
    by_count = sorted(refused.first.items(), key=lambda one: (-one[1], one[0]))
    named = [(count, _need(refused, gate)) for gate, count in by_count[:most]]
    return named, sum(count for _, count in by_count[most:])


def _need(refused: Refusals, gate: str) -> str:
    return "aucune cote lue" if gate == NO_GATE else gate_need(refused.gates[gate], "fr")


def _failed(decision: Decision) -> Sequence[str]:
    """Each failed gate once, in the policy's order."""
    gates = dict.fromkeys(gate.gate for gate in decision.gates if not gate.passed)
    return tuple(gates) or (NO_GATE,)
