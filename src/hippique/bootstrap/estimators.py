"""Whose chances a day is decided by: the estimators by the name that the settings give."""

from __future__ import annotations

from collections.abc import Callable

from hippique.betting.policy_file import packaged_policy
from hippique.errors import SettingsError
from hippique.forecast.forecaster import Forecaster, MarketForecaster
from hippique.forecast.gpi51 import Gpi51Forecaster
from hippique.forecast.truth import TruthForecaster

TRUTH = TruthForecaster.name


def check_estimator(estimator: str, mode: str, *, simulated: bool) -> None:
    """Refuse chances that no bettor can have. Raises SettingsError."""
    if estimator == TRUTH and not simulated:
        raise SettingsError(
            f"ESTIMATOR={estimator}: only a simulated racecourse tells its chances and this day "
            f"is {mode}; set ESTIMATOR=market, or play a simulated day"
        )


def _author() -> Forecaster:
    """The author's place chances; their numbers stand beside his thresholds, under any policy."""
    rules = packaged_policy("gpi-5.1").gpi51
    if rules is None:
        raise SettingsError("gpi-5.1.toml: section gpi51 is missing; the estimator needs it")
    return Gpi51Forecaster(rules)


ESTIMATORS: dict[str, Callable[[], Forecaster]] = {
    "market": MarketForecaster,
    "gpi51": _author,
    TRUTH: TruthForecaster,
}
