"""What a policy file asks for against what there is: bets that can be staked, gates that refuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hippique.betting.gates import Compare, GateRule, Group, When
from hippique.betting.policy import FilePolicy
from hippique.betting.policy_file import PolicyFile
from hippique.betting.slip import Decision, Gate
from hippique.betting.stakeable import Portfolio, Stakeable, playable_portfolios, stakeable
from hippique.racing.bets import bet_type

Habit = Literal["never tested", "never binds", "always refuses", "refuses some"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorStakes:
    """What a policy can stake at one operator.

    portfolios: every split of the budget. priced: how many of them hold no bet that is never
    priced, see `is_never_priced`.
    """

    operator: str
    bets: tuple[Stakeable, ...]
    portfolios: tuple[Portfolio, ...]
    priced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTally:
    """One gate over the races judged; all counts are races.

    tested: where it bound. refused: where it failed. first: where it was the first to fail, in the
    policy's order. alone: where no other gate failed. unknown: refusals for want of a number.
    """

    gate: str
    group: Group
    measure: str
    statistic: str
    compare: Compare
    threshold: float
    when: When
    tested: int = 0
    refused: int = 0
    first: int = 0
    alone: int = 0
    unknown: int = 0

    @property
    def habit(self) -> Habit:
        """What can be said of it on these races."""
        if not self.tested:
            return "never tested"
        if not self.refused:
            return "never binds"
        return "always refuses" if self.refused == self.tested else "refuses some"

    @property
    def refuses_only_unknown(self) -> bool:
        """Whether no number was ever beyond the threshold: what failed was not known."""
        return self.refused > 0 and self.unknown == self.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The gates of a policy over races that it decided.

    kinds: (mode, estimator) → races. days: first and last, None without races. passed: races where
    every gate held; slips: races with tickets. failing: gates that failed, race by race, ascending.
    others: races left out, for they were decided under another policy or other terms.
    """

    races: int
    kinds: tuple[tuple[str, str, int], ...]
    days: tuple[date, date] | None
    passed: int
    slips: int
    failing: tuple[int, ...]
    gates: tuple[GateTally, ...]
    others: int


def stakes_at(policy: PolicyFile, operator: str, day: date) -> OperatorStakes:
    """The bets wanted and the portfolios that the budget allows, by the terms in force on a day."""
    bets = stakeable(policy, operator, day)
    portfolios = playable_portfolios(policy, operator, day)
    unpriced = {row.bet for row in bets if is_never_priced(row)}
    priced = sum(not unpriced & {bet for bet, _ in held.stakes} for held in portfolios)
    return OperatorStakes(operator=operator, bets=bets, portfolios=portfolios, priced=priced)


def is_never_priced(row: Stakeable) -> bool:
    """Whether a figure is missing that no odds show: those of win and place tell their takeout."""
    return bool(row.unknown) and bet_type(row.bet).legs > 1


def judged_races(policy: PolicyFile, decisions: Sequence[Decision]) -> Judged:
    """Count what each gate refused. Decisions of another policy or hash are left out and counted.

    A gate counts as it was tested: on the slip, or on the best choice there was on paper.
    """
    own = [made for made in decisions if made.policy_hash == FilePolicy(policy).hash]
    failed = [[gate for gate in made.gates if not gate.passed] for made in own]
    days = sorted(date.fromisoformat(made.race.partition("/")[0]) for made in own)
    kinds = Counter((made.mode, made.estimator) for made in own)
    return Judged(
        races=len(own),
        kinds=tuple((mode, estimator, kinds[mode, estimator]) for mode, estimator in sorted(kinds)),
        days=(days[0], days[-1]) if days else None,
        passed=sum(not gates for gates in failed),
        slips=sum(made.decision == "slip" for made in own),
        failing=tuple(sorted(map(len, failed))),
        gates=_tallies(policy.gates, own, failed),
        others=len(decisions) - len(own),
    )


def gates_that(judged: Judged, habit: Habit) -> tuple[str, ...]:
    """Names of the gates with this habit, in the policy's order; none without races."""
    return tuple(tally.gate for tally in judged.gates if judged.races and tally.habit == habit)


def _tallies(
    rules: Sequence[GateRule], decisions: Sequence[Decision], failed: Sequence[Sequence[Gate]]
) -> tuple[GateTally, ...]:
    tested = Counter(gate.gate for made in decisions for gate in made.gates)
    refused = Counter(gate.gate for gates in failed for gate in gates)
    unknown = Counter(gate.gate for gates in failed for gate in gates if gate.value is None)
    first = Counter(gates[0].gate for gates in failed if gates)
    alone = Counter(gates[0].gate for gates in failed if len(gates) == 1)
    return tuple(
        GateTally(
            gate=rule.gate,
            group=rule.group,
            measure=rule.measure,
            statistic=rule.statistic,
            compare=rule.compare,
            threshold=rule.threshold,
            when=rule.when,
            tested=tested[rule.gate],
            refused=refused[rule.gate],
            first=first[rule.gate],
            alone=alone[rule.gate],
            unknown=unknown[rule.gate],
        )
        for rule in rules
    )
