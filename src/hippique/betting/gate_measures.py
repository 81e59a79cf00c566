"""The closed list of what a gate may look at: each measure with its unit and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Statistic = Literal["value", "mean", "q05"]
Unit = Literal["count", "flag", "share", "ratio", "odds", "eur", "minutes", "points"]

# Measure → statistic → number; a measure or a statistic that is absent or None is not known.
Measures = Mapping[str, Mapping[Statistic, float | None]]


@dataclass(frozen=True, slots=True)
class Measure:
    """unit: how it is printed. drawn: it is uncertain, so a rule asks for its mean or its q05."""

    unit: Unit
    meaning: str
    drawn: bool = False


MEASURES: Mapping[str, Measure] = {
    # data
    "runners": Measure("count", "starters at H-5"),
    "same_runners": Measure(
        "flag", "1: the field of H-30 is that of H-5, declared withdrawals excepted"
    ),
    "odds_floor": Measure("odds", "least win or place odds used, decimal"),
    "h5_coverage": Measure("share", "starters with win odds at H-5, of all"),
    "drift_coverage": Measure("share", "starters with win odds at H-30 and at H-5, of all"),
    "people_coverage": Measure("share", "starters whose jockey and trainer rates are known"),
    "odds_age_min": Measure("minutes", "age of the odds: the pool's stamp, else the fetch"),
    "enrichment_present": Measure("flag", "1: enrichment was made, after the retries if need be"),
    "closing_model": Measure(
        "flag", "1: the pool played has its own closing model, or the chances were told"
    ),
    "quality_score": Measure("points", "0 to 100, by the weights of the policy"),
    # ticket 1
    "legs": Measure("count", "horses of the place dutching"),
    "volatile_legs": Measure("count", "its horses whose form is volatile"),
    "place_odds_low": Measure("odds", "least place odds of its horses, middle of the range"),
    "place_odds_high": Measure("odds", "greatest place odds of its horses, middle of the range"),
    "sum_p_place": Measure("ratio", "sum of its horses' chances to be paid as placed"),
    "basket_ev": Measure("share", "expected profit of ticket 1 per euro staked", drawn=True),
    "basket_roi": Measure(
        "share", "the same on the stakes rounded to what the operator takes", drawn=True
    ),
    # ticket 2
    "ticket1_stands": Measure("flag", "1: ticket 1 passed its gates"),
    "combination_ev": Measure("share", "expected profit of ticket 2 per euro staked", drawn=True),
    "payout_eur": Measure("eur", "what ticket 2 returns if it wins: stake x expected dividend"),
    "calibration_valid": Measure("flag", "1: the pool has a fitted model in force for this bet"),
    "sharpe": Measure("ratio", "expected profit of ticket 2 over its standard deviation"),
    "overround": Measure("ratio", "sum of 1/odds of the win pool at H-5"),
    "top4_spread": Measure("share", "first minus fourth of the win pool's implied chances"),
    # slip
    "ev": Measure("share", "expected profit of the slip per euro staked", drawn=True),
    "roi": Measure("share", "the same on the final stakes, all rounding paid", drawn=True),
    "tickets": Measure("count", "tickets of the slip"),
    "stake_eur": Measure("eur", "stakes of the slip"),
    "horse_stake_eur": Measure("eur", "most on one horse; a ticket counts for each of its horses"),
    "ticket1_stake_eur": Measure("eur", "stakes of ticket 1"),
    "ticket2_stake_eur": Measure("eur", "stake of ticket 2"),
    # money
    "meeting_eur": Measure("eur", "staked on the meeting, this slip included"),
    "week_eur": Measure("eur", "staked in the week (Monday to Sunday), this slip included"),
    "week_loss_eur": Measure(
        "eur", "lost in the week at worst: open slips and this one counted as lost"
    ),
    "losses_in_a_row": Measure("count", "newest losing slips in a row on this Paris day"),
    "var95_eur": Measure("eur", "lost with a chance of 5 % on the open slips, this one included"),
}


def known(measures: Measures, measure: str, statistic: Statistic) -> float | None:
    """One number, None where it is not known."""
    return measures.get(measure, {}).get(statistic)
