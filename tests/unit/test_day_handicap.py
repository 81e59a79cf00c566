"""Whether a race is a handicap reaches the policy from any page that says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desks import (
    DAY,
    OFF,
    R1C1,
    a_race,
    card,
    meeting,
    minutes,
    order,
    programme,
    race_day_bench,
    reading,
)
from hippique.betting.policy import FilePolicy, Policy, Situation, Verdict
from hippique.betting.policy_file import packaged_policy
from hippique.day.enrich import joined_card
from hippique.day.run import run_order


class Watched:
    """A policy that keeps what it was shown."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.name, self.hash = policy.name, policy.hash
        self.seen: list[Situation] = []

    def decide(self, situation: Situation) -> Verdict:
        self.seen.append(situation)
        return self._policy.decide(situation)


@pytest.mark.parametrize(
    ("listed", "shown", "known"),
    [
        ((), (), None),
        (("quinte",), (), None),
        (("handicap",), (), True),
        ((), ("handicap",), True),
        (("conditions",), (), False),
        (("quinte",), ("claiming",), False),
        (("claiming",), ("handicap",), True),
    ],
)
def test_the_policy_is_told_by_programme_and_card(listed, shown, known):
    made = race_day_bench(sites=("zeturf",))
    site = made.site("zeturf")
    site.show_programme(DAY, programme("zeturf", a_race(labels=listed)))
    race = replace(card("zeturf").only_race(), labels=shown)
    site.show_card(R1C1, reading("zeturf", meeting(race), page="race"))
    made.service.schedule(DAY)
    policy = Watched(FilePolicy(packaged_policy("control")))
    desk = replace(made.at(OFF - minutes(5)).desk, policy=policy)

    run_order(desk, order("H5", due=OFF - minutes(5)))

    assert {situation.is_handicap for situation in policy.seen} == {known}


def test_a_joined_card_carries_the_labels_of_every_page():
    pages = [
        reading(source, meeting(a_race(labels=labels)), page="race")
        for source, labels in (("zeturf", ("quinte",)), ("pmu", ("quinte", "conditions")))
    ]

    joined = joined_card(pages)

    assert joined is not None
    assert joined.labels == ("quinte", "conditions")
