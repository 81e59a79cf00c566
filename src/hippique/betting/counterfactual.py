"""What would have changed a no-bet: the smallest move of one odds cell, found by deciding again.

Every trial is a whole decision: the odds are changed in the snapshot, the chances are estimated
again where they hang on that cell, and the policy decides. Nothing is inferred from the gates
that failed, because a gate that is mended can break another one.

The search, all in whole decimes within [1.01, 3 × the odds]. Each cell and direction is tried
first where a hint says that it could be enough, then at its far end and at quarters of the way
(slips can lie in a window: place odds above 7 are too high again). A move that passes is brought
back by halving towards the last one of its cell that did not, and from then on only smaller moves
are tried. What is told is a move that was decided on; that no other cell has a smaller one is
known as far as slips are monotone between those points.

Cost: at most `Search.decisions` trials and a dozen for each move that passes, then one to four
whole decisions; none where a gate failed that no odds can mend; a cheap look, no trial, where
`may_pass` refuses.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hippique.betting.amounts import decimal, operator_name
from hippique.betting.explain_words import said
from hippique.betting.hints import sizes_needed
from hippique.betting.moves import (
    Estimate,
    Ladder,
    Move,
    chances_differ,
    ladders_of,
    moved,
)
from hippique.betting.policy_file import PolicyFile
from hippique.betting.situation import Situation
from hippique.betting.slip import Verdict
from hippique.betting.terms import terms_of

DECISIONS = 32  # trials of 30 to 100 ms each
RETESTS = (0, 1, 3, 7, 15)  # decimes beyond what a quicker trial found
QUARTERS = (1.0, 0.5, 0.25, 0.75)
_BEYOND_HINT = 1.1  # a little past where it should be enough: the hint knows one bet, not a slip
_TINY = 1e-9  # binary noise
_STILL_HINTED = 1.25  # a hint this much beyond the best move found may still be too careful

# Measures that no change of a price moves. What is staked in the meeting or the week is not among
# them: another price can lower the stake.
UNMOVED = frozenset(
    {
        *("runners", "same_runners", "h5_coverage", "drift_coverage", "people_coverage"),
        *("odds_age_min", "enrichment_present", "losses_in_a_row"),
    }
)
OF_OPERATOR = (
    "closing_model"  # another price can send the slip to another operator, if there is one
)


def _always(situation: Situation) -> bool:
    del situation
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a race is decided again.

    decide: the whole decision of a situation, the one that froze the no-bet. trial: a quicker one
    that is nearly always of the same mind, for the search; what it finds is decided on by `decide`.
    estimate: the chances that the estimator gives from changed snapshots, all other evidence as it
    was. fixed_gates: those that no odds can mend. may_pass: False where a cheap look shows that no
    slip can come out; never False where one can.
    """

    decide: Callable[[Situation], Verdict]
    trial: Callable[[Situation], Verdict] | None = None
    estimate: Estimate
    fixed_gates: frozenset[str] = frozenset()
    may_pass: Callable[[Situation], bool] = _always
    decisions: int = DECISIONS


def counterfactual(situation: Situation, verdict: Verdict, search: Search) -> dict[str, Any] | None:
    """The published counterfactual of a no-bet; None where no single move is enough.

    {text, change {pool, number, field, from, to}, retested: true}, the text in French.
    """
    failed = {gate.gate for gate in verdict.gates if not gate.passed}
    if verdict.tickets or failed & search.fixed_gates:
        return None
    ladders = ladders_of(situation, search.estimate)
    hints = sizes_needed(verdict.reading, ladders, _operators(situation))
    found = _Hunt(situation, search).smallest(ladders, hints)
    sure = _decided_on(situation, found, search) if found else None
    return _document(situation, sure, search) if sure else None


def fixed_gates(policy: PolicyFile, operators: Sequence[str]) -> frozenset[str]:
    """The gates of a policy that no odds can mend and without which nothing is played."""
    unmoved = UNMOVED | ({OF_OPERATOR} if len(operators) == 1 else set())
    return frozenset(
        rule.gate for rule in policy.gates if rule.measure in unmoved and rule.group != "ticket2"
    )


def _decided_on(situation: Situation, found: Move, search: Search) -> Move | None:
    """The move, or one a few decimes on, at which the whole decision makes a slip."""
    further = [move for move in found.ladder.moves() if move >= found]

    def is_slip(at: int) -> bool:
        return bool(search.decide(moved(situation, further[at], search.estimate)).tickets)

    refused = -1
    for at in (at for at in RETESTS if at < len(further)):
        if is_slip(at):
            between = range(refused + 1, at)
            return further[refused + 1 + bisect_left(between, x=True, key=is_slip)]
        refused = at
    return None


def _operators(situation: Situation) -> dict[str, str]:
    """Win pool → the bettor's operator there."""
    pools = {terms_of(one, "win", situation.day).pool: one for one in situation.operators[::-1]}
    return dict(pools)


class _Hunt:
    """The best move so far and what was tried."""

    def __init__(self, situation: Situation, search: Search) -> None:
        self._situation = situation
        self._search = search
        self._tried: dict[Move, bool] = {}
        self._decisions = 0
        self._best: Move | None = None

    def smallest(self, ladders: Sequence[Ladder], hints: Mapping[Ladder, float]) -> Move | None:
        """The smallest move that makes a slip, None where none was found."""
        steps = {ladder: ladder.moves() for ladder in ladders}
        for ladder, size in _points(steps, hints):
            if self._decisions >= self._search.decisions:
                break
            self._try(steps[ladder], size, hints.get(ladder))
        return self._best

    def _try(self, moves: Sequence[Move], size: float, hint: float | None) -> None:
        """Try the first move of at least this size; below the best one once there is one."""
        move = next((m for m in moves if m.size >= size - _TINY), moves[-1])
        if self._best is not None and move >= self._best:
            smaller = [m for m in moves if m < self._best]
            if not smaller or (hint is not None and hint > self._best.size * _STILL_HINTED):
                return
            move = smaller[-1]
        if self._passes(move):
            self._best = self._halved(moves, move)

    def _halved(self, moves: Sequence[Move], passing: Move) -> Move:
        """The least move that passes, where the cell fails up to some move and then passes."""
        failed = [m.size for m in moves if m < passing and self._tried.get(m) is False]
        between = [m for m in moves if max(failed, default=0.0) < m.size < passing.size]
        while between:
            middle = len(between) // 2
            if self._passes(between[middle]):
                passing, between = between[middle], between[:middle]
            else:
                between = between[middle + 1 :]
        return passing

    def _passes(self, move: Move) -> bool:
        """Whether the whole decision makes a slip after the move."""
        if move not in self._tried:
            changed = moved(self._situation, move, self._search.estimate)
            self._tried[move] = self._search.may_pass(changed) and self._is_slip(changed)
        return self._tried[move]

    def _is_slip(self, changed: Situation) -> bool:
        self._decisions += 1
        return bool((self._search.trial or self._search.decide)(changed).tickets)


def _points(
    steps: Mapping[Ladder, Sequence[Move]], hints: Mapping[Ladder, float]
) -> Iterator[tuple[Ladder, float]]:
    """Where to try each ladder, hinted ones first: at the hint, then at quarters of the way."""
    ladders = [ladder for ladder, moves in steps.items() if moves]
    ordered = sorted(ladders, key=lambda one: (hints.get(one, float("inf")), one))
    for ladder in ordered:
        if ladder in hints:
            yield ladder, hints[ladder] * _BEYOND_HINT
    for quarter in QUARTERS:
        for ladder in ordered:
            yield ladder, quarter * steps[ladder][-1].size


# --- words ------------------------------------------------------------------------------------

_POOLS = {"SIMPLE_GAGNANT": "PMU en point de vente", "E_SIMPLE_GAGNANT": "PMU en ligne"}


def _document(situation: Situation, move: Move, search: Search) -> dict[str, Any]:
    ladder = move.ladder
    again = moved(situation, move, search.estimate).forecast
    is_other = chances_differ(situation.forecast, again)
    pool = _POOLS.get(ladder.pool) or operator_name(ladder.pool)
    chances = said("told_again" if is_other else "told_same", "fr")
    text = said(
        "with",
        "fr",
        number=ladder.number,
        to=decimal(move.to, 1, "fr"),
        was=decimal(ladder.was, 1, "fr"),
        details=f"{said(ladder.cell, 'fr')}, {pool}, {chances}",
    )
    change = {
        "pool": ladder.pool,
        "number": ladder.number,
        "field": ladder.cell,
        "from": ladder.was,
        "to": move.to,
    }
    return {"text": text, "change": change, "retested": True}
