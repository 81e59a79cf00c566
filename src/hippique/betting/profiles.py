"""Form as the tickets look at it: volatile horses stay out, forgotten ones must be in."""

from __future__ import annotations

from collections.abc import Sequence

from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace
from hippique.forecast.form_scores import FormFacts, Profile, Volatility, profiles, volatility


def is_volatile(priced: PricedRace, position: int) -> bool | None:
    """None where nothing was learnt of the runner; one without a run is not volatile."""
    rules, made = priced.form_rules, priced.situation.enrichment
    stats = made.of(priced.numbers[position]) if made else None
    if rules is None or stats is None:
        return None
    return stats.form is not None and volatility(stats.form, rules) is Volatility.VOLATILE


def volatile_legs(priced: PricedRace, positions: Sequence[int]) -> float | None:
    """How many of these are volatile, None where it is not known of one."""
    found = [is_volatile(priced, position) for position in positions]
    known = [one for one in found if one is not None]
    return float(sum(known)) if len(known) == len(found) else None


def forgotten(priced: PricedRace, policy: PolicyFile) -> frozenset[int]:
    """Positions of the forgotten profiles."""
    if policy.profiles is None or priced.forecast is None:
        return frozenset()
    odds = {q.number: q.win for book in priced.books[:1] for q in book.snapshot.starters()}
    return frozenset(
        position
        for position, chance in enumerate(priced.forecast.chances)
        if Profile.FORGOTTEN
        in profiles(
            _facts(priced, chance.number), chance.p_place, odds.get(chance.number), policy.profiles
        )
    )


def _facts(priced: PricedRace, number: int) -> FormFacts | None:
    made = priced.situation.enrichment
    stats = made.of(number) if made else None
    return stats.form if stats else None
