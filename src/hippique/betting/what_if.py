"""The counterfactual of a policy's no-bet: how its decision is tried again, and cheaply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hippique.betting.counterfactual import Search, counterfactual, fixed_gates
from hippique.betting.engine import decide, priced
from hippique.betting.loss_limit import is_week_spent
from hippique.betting.measures_data import middle_place_odds
from hippique.betting.moves import Estimate
from hippique.betting.policy import FilePolicy, Policy
from hippique.betting.policy_file import PolicyFile, threshold_of
from hippique.betting.situation import Situation
from hippique.betting.slip import Verdict
from hippique.forecast.forecaster import Forecast

_TINY = 1e-9


def what_if(
    policy: Policy, situation: Situation, verdict: Verdict, estimate: Estimate
) -> dict[str, Any] | None:
    """The published counterfactual of this verdict; None for a slip, or where nothing is enough.

    estimate: the chances that the estimator gives from changed snapshots, the rest as it was.
    """
    if is_week_spent(situation.money):
        return None  # no odds can mend that nothing is left to stake
    return counterfactual(situation, verdict, _search(policy, situation, estimate))


def _search(policy: Policy, situation: Situation, estimate: Estimate) -> Search:
    if not isinstance(policy, FilePolicy) or policy.file.method == "favourite":
        return Search(decide=policy.decide, estimate=estimate)
    file = policy.file
    return Search(
        decide=policy.decide,
        trial=lambda changed: decide(priced(changed, file), file, with_draws=False),
        estimate=estimate,
        fixed_gates=fixed_gates(file, situation.operators),
        may_pass=first_ticket_may_stand(file),
    )


def first_ticket_may_stand(policy: PolicyFile) -> Callable[[Situation], bool]:
    """Whether any horses in the range of place odds have chances that sum to what ticket 1 needs.

    Always True of policies without a ticket 1, or without a gate on that sum.
    """
    first, needed = policy.ticket1, threshold_of(policy, "sum_p_place")
    if policy.method != "tickets" or first is None or needed is None:
        return lambda _: True
    low, high, legs = first.odds_low, first.odds_high, first.max_legs

    def may_stand(situation: Situation) -> bool:
        return any(
            sum(sorted(placed, reverse=True)[:legs]) >= needed - _TINY
            for placed in _placed_in_range(situation, low - _TINY, high + _TINY)
        )

    return may_stand


def _placed_in_range(situation: Situation, low: float, high: float) -> Iterator[list[float]]:
    """Place chances of the horses whose place odds lie in a range, snapshot by snapshot."""
    made = situation.forecast
    placed = {c.number: c.p_place for c in made.chances} if isinstance(made, Forecast) else {}
    for snapshot in situation.snapshots:
        odds = {quote.number: middle_place_odds(quote) for quote in snapshot.starters()}
        chances = (placed.get(n) for n, shown in odds.items() if shown and low <= shown <= high)
        yield [chance for chance in chances if chance is not None]
