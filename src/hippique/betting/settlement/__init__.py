"""Settlement: what each ticket returns by the bet's rules, the official order and the dividends.

A dividend that is not there leaves a leg pending with its reason; it is never made up from odds.
"""

from hippique.betting.settlement.document import (
    LegState,
    SettledLeg,
    Settlement,
    read_settlement,
    write_settlement,
)
from hippique.betting.settlement.finish import has_won
from hippique.betting.settlement.official import OfficialRace
from hippique.betting.settlement.payout import payout_cents
from hippique.betting.settlement.settle import refund, settle, settle_official, withdraw

__all__ = [
    "LegState",
    "OfficialRace",
    "SettledLeg",
    "Settlement",
    "has_won",
    "payout_cents",
    "read_settlement",
    "refund",
    "settle",
    "settle_official",
    "withdraw",
    "write_settlement",
]
