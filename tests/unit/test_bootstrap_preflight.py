"""What cannot be staked is told once at the start; a policy that can stake nothing is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from desks import Heard
from hippique.bootstrap.preflight import check_stakes, tell_refused_bets
from hippique.errors import SettingsError
from hippique.settings import load_settings

DAY = dt.date(2026, 6, 7)


def told_at(*operators: str, policy: str = "gpi-5.1", day: dt.date = DAY) -> Heard:
    heard = Heard()
    settings = load_settings(policy=policy, operators=operators)
    check_stakes(settings, day)
    tell_refused_bets(settings, day, heard)
    return heard


def test_a_bet_that_the_operator_does_not_offer_is_told_once():
    refused = [fields["bet"] for fields in told_at("zeturf").fields_of("Bet refused")]

    # ZEturf sells no multi.
    assert refused == ["multi4", "multi5", "multi6", "multi7"]


def test_a_bet_above_its_share_of_the_budget_is_told_with_the_arithmetic():
    reasons = {f["bet"]: f["reason"] for f in told_at("pmu").fields_of("Bet refused")}

    assert reasons["multi4"] == (
        "Multi en 4 at pmu costs at least 3.00 €, above the 2.00 € left to ticket 2"
    )


@pytest.mark.parametrize("operator", ["zeturf", "pmu", "pmu_fr"])
def test_the_yardstick_can_be_staked_everywhere(operator):
    assert told_at(operator, policy="control").events == []


def test_a_policy_that_can_stake_nothing_is_refused_with_the_mend():
    # Before 2005 no operator of the tables sold a bet.
    with pytest.raises(
        SettingsError, match=r"POLICY=gpi-5.1 can stake nothing at zeturf .*OPERATORS"
    ):
        told_at("zeturf", day=dt.date(2004, 1, 1))
