"""The simulated racecourse's own chances, which no bettor knows. In simulation only.

They show that the machinery finds and uses an edge where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hippique.errors import InputError, PricingError
from hippique.forecast.forecaster import (
    Chance,
    Evidence,
    Forecast,
    NoForecast,
    TrueChance,
    place_chances,
)
from hippique.pricing.checks import checked_positive_chances
from hippique.racing.codec import from_json


@dataclass(frozen=True, slots=True)
class _Told:
    simulated: bool
    race: str
    runners: tuple[TrueChance, ...]


def read_truth(content: bytes, race: str) -> tuple[TrueChance, ...]:
    """The chances that a racecourse tells of a race. Raises InputError: not such an answer."""
    told = from_json(_Told, content)
    if not told.simulated or told.race != race:
        raise InputError(f"the racecourse told of {told.race!r}, not of {race!r}")
    try:
        checked_positive_chances([one.p_win for one in told.runners])
    except PricingError as error:
        raise InputError(f"{race}: what the racecourse told are no chances ({error})") from error
    return told.runners


class TruthForecaster:
    """The racecourse's own win chances; chances to be placed follow by Henery's order model.

    No pool is read: `pool` is "truth" and `book_sum` 1.
    """

    name = "truth"
    model = "truth-1"

    def forecast(self, evidence: Evidence) -> Forecast | NoForecast:
        """The chances told; NoForecast where the racecourse was not asked."""
        if not evidence.truth:
            reason = "aucun hippodrome simulé n'a donné ses chances"
            return NoForecast(race=evidence.race, estimator=self.name, reason=reason)
        win = np.array([one.p_win for one in evidence.truth], dtype=np.float64)
        win /= win.sum()
        placed = place_chances(win, evidence.declared)
        return Forecast(
            race=evidence.race,
            estimator=self.name,
            model=self.model,
            pool=self.name,
            book_sum=1.0,
            chances=tuple(
                Chance(number=one.number, p_win=p_win, p_place=p_place)
                for one, p_win, p_place in zip(evidence.truth, win.tolist(), placed, strict=True)
            ),
        )
