"""Policies: from chances and odds to a verdict. `control` is the yardstick of all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Protocol

from hippique.betting.engine import Judged, deliberate, judged_on_paper, priced, refused_on_paper
from hippique.betting.favourite import bet_on_favourite
from hippique.betting.loss_limit import bound_by_loss_limit
from hippique.betting.policy_file import PolicyFile, packaged_policy, policy_hash
from hippique.betting.priced import PricedRace, priced_bets
from hippique.betting.reading import least_ev_by_bet, operator_odds, race_reading
from hippique.betting.situation import Situation
from hippique.betting.slip import RaceReading, Verdict
from hippique.betting.study import study_document

__all__ = ["ControlPolicy", "FilePolicy", "Policy", "Situation", "packaged", "read_race"]


class Policy(Protocol):
    """A way to decide. `hash` changes whenever the same situation could get another verdict."""

    name: str
    hash: str

    def decide(self, situation: Situation) -> Verdict:
        """Tickets with their reasons, or none with theirs. Never raises for missing data."""


class FilePolicy:
    """A policy of a file: its method makes the slip, its gates judge it."""

    def __init__(self, policy: PolicyFile) -> None:
        self.file = policy
        self.name = policy.name
        self.hash = self.hash_on(date.max)

    def hash_on(self, day: date) -> str:
        """The hash with the terms in force on a day; `hash` has the latest terms known."""
        return policy_hash(self.file, day)

    def decide(self, situation: Situation) -> Verdict:
        """The verdict with its reading; a no-bet's reading holds the study ticket."""
        race = priced(situation, self.file)
        favourite = self.file.favourite
        if self.file.method == "favourite" and favourite is not None:
            wanted = bet_on_favourite(situation, favourite)
            verdict = bound_by_loss_limit(wanted, situation.money)
            return replace(verdict, reading=_reading(race, self.file, None))
        verdict, paper = deliberate(race, self.file)
        study = None if verdict.tickets else _study(race, paper or judged_on_paper(race, self.file))
        return replace(verdict, reading=_reading(race, self.file, study))


def packaged(name: str) -> FilePolicy:
    """A policy of the package. Raises SettingsError that names those there are."""
    return FilePolicy(packaged_policy(name))


ControlPolicy: Callable[[], FilePolicy] = partial(packaged, "control")


def read_race(situation: Situation, policy: PolicyFile | None = None) -> RaceReading:
    """The reading of a race as a policy makes it, the control's unless given; no study."""
    rules = policy or packaged_policy("control")
    return _reading(priced(situation, rules), rules, None)


def _study(race: PricedRace, paper: Judged | None) -> dict[str, object] | None:
    refused = refused_on_paper(race, paper)
    return study_document(refused.tickets, refused.ev, refused.failed)


def _reading(race: PricedRace, policy: PolicyFile, study: dict[str, object] | None) -> RaceReading:
    seen = race.situation
    return race_reading(
        seen.forecast,
        operator_odds(seen.snapshots, seen.operators, seen.day, seen.off_time),
        priced_bets(race),
        least_ev_by_bet(policy),
        study,
    )
