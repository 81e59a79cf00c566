"""Ticket 1: two or three horses to be placed, whole stakes, never a volatile one."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings

from betting_races import EASY, GPI, OPEN, enriched, lifted, shares, situation
from hippique.betting.choice import Choice, Holding, growth_of
from hippique.betting.growth import shown_odds
from hippique.betting.place_basket import Limits, best_basket
from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace, priced

EDGE = lifted(OPEN, {5: 1.9, 8: 2.2, 9: 2.2})
WHOLE = Limits(total_cents=500, fraction=0.4)


def basket(
    policy: PolicyFile = EASY, *, on_paper: bool = False, limits: Limits = WHOLE, **given: object
) -> tuple[PricedRace, Choice | None]:
    race = priced(situation(OPEN, **given), policy)
    return race, best_basket(race, policy, race.books[0], limits, on_paper=on_paper)


def test_the_horses_with_an_edge_are_dutched_within_the_authors_odds():
    _, found = basket(chances=EDGE)

    (ticket,) = found.tickets
    assert 2 <= len(ticket) <= 3
    assert {h.positions[0] + 1 for h in ticket} <= {5, 8, 9}
    assert all(2.5 <= h.shown <= 7.0 for h in ticket)
    assert max(h.shown for h in ticket) >= 4.0


def test_the_best_basket_is_that_of_an_enumeration_that_shares_no_code():
    race, found = basket(chances=EDGE)
    (ticket,) = found.tickets
    held = {h.positions[0]: h for h in _singles(race)}
    open_to = [p for p, h in held.items() if 2.5 <= h.shown <= 7.0]
    best = -np.inf
    for legs in (2, 3):
        for chosen in combinations(open_to, legs):
            if max(held[p].shown for p in chosen) < 4.0:
                continue
            for cents in product((100, 200, 300), repeat=legs):
                if sum(cents) <= 500:
                    rows = [
                        replace(held[p], stake_cents=c) for p, c in zip(chosen, cents, strict=True)
                    ]
                    grown = growth_of(rows, race.at_close, race.situation.money, 0.4)
                    best = max(best, grown)

    assert found.growth == pytest.approx(best, abs=1e-12)
    assert growth_of(ticket, race.at_close, race.situation.money, 0.4) == pytest.approx(best)


def _singles(race: PricedRace) -> list[Holding]:
    """Every place bet of the race, one euro each."""
    book = race.books[0]
    return [
        Holding(
            pool=book.pools["place"],
            positions=(p,),
            stake_cents=100,
            shown=shown_odds(race, book, "place", (p,)),
        )
        for p in range(len(race.numbers))
    ]


def test_a_volatile_horse_is_never_in_it():
    # Disqualified once in five runs.
    known = enriched(len(OPEN), {8: "Da 1a 2a 1a 2a"})

    _, found = basket(chances=EDGE, enrichment=known)

    assert 8 not in {h.positions[0] + 1 for h in found.holdings}


def test_the_authors_sum_of_place_chances_leaves_no_basket():
    _, found = basket(GPI, chances=lifted(OPEN, {6: 1.2}))

    assert found is None


def test_on_paper_there_is_one_all_the_same():
    _, found = basket(GPI, chances=lifted(OPEN, {6: 1.2}), on_paper=True)

    assert 2 <= len(found.holdings) <= 3
    assert found.stake_cents <= 500


def test_a_budget_below_two_stakes_leaves_none():
    _, found = basket(chances=EDGE, limits=Limits(total_cents=100, fraction=0.4))

    assert found is None


@given(win=shares)
@settings(max_examples=15, deadline=None)
def test_every_basket_keeps_the_caps_and_can_be_played(win):
    race = priced(situation(win, lifted(win, {2: 1.7, 3: 1.7, 5: 2.0})), EASY)

    for on_paper in (False, True):
        found = best_basket(race, EASY, race.books[0], WHOLE, on_paper=on_paper)
        if found is None:
            continue
        assert 2 <= len(found.holdings) <= 3
        assert len({h.positions for h in found.holdings}) == len(found.holdings)
        assert found.stake_cents <= 500
        assert all(h.stake_cents in {100, 200, 300} for h in found.holdings)
