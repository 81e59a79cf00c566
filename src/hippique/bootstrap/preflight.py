"""What a policy can stake at the bettor's operators, judged once at the start, not race by race."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hippique.betting.policy_file import packaged_policy
from hippique.betting.stakeable import Stakeable, playable_portfolios, stakeable
from hippique.day.desk import Journal
from hippique.errors import SettingsError
from hippique.settings import Settings


def check_stakes(settings: Settings, day: dt.date) -> None:
    """Raise SettingsError where the policy can stake nothing at any of the operators."""
    policy = packaged_policy(settings.policy)
    if not any(playable_portfolios(policy, one, day) for one in settings.operators):
        raise SettingsError(
            f"POLICY={policy.name} can stake nothing at {', '.join(settings.operators)} "
            f"({_reasons(_rows(settings, day))}); name other OPERATORS, see `hippique policy lint`"
        )


def tell_refused_bets(settings: Settings, day: dt.date, journal: Journal) -> None:
    """One event for each bet of the policy that cannot be staked at an operator."""
    for row in (row for row in _rows(settings, day) if row.reason is not None):
        journal.event(
            "WARNING", "Bet refused", operator=row.operator, bet=row.bet, reason=row.reason
        )


def _rows(settings: Settings, day: dt.date) -> list[Stakeable]:
    policy = packaged_policy(settings.policy)
    return [row for one in settings.operators for row in stakeable(policy, one, day)]


def _reasons(rows: Sequence[Stakeable]) -> str:
    return "; ".join(dict.fromkeys(row.reason for row in rows if row.reason is not None))
