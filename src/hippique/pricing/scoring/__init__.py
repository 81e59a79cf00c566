"""How good forecasts were: scores, reliability, the difference to another forecaster, returns."""

from hippique.pricing.scoring.bands import Bands, consistency_bands
from hippique.pricing.scoring.calibration import Decomposition, Reliability, Steps, reliability
from hippique.pricing.scoring.ordered import rps
from hippique.pricing.scoring.paired import PairedDifference, paired_difference
from hippique.pricing.scoring.return_ratio import BetsNeeded, Returns, bets_needed, returns
from hippique.pricing.scoring.scores import Scoreboard, brier, log_loss, scoreboard

__all__ = [
    "Bands",
    "BetsNeeded",
    "Decomposition",
    "PairedDifference",
    "Reliability",
    "Returns",
    "Scoreboard",
    "Steps",
    "bets_needed",
    "brier",
    "consistency_bands",
    "log_loss",
    "paired_difference",
    "reliability",
    "returns",
    "rps",
    "scoreboard",
]
