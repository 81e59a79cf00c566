"""The limit price of a leg: at it every gate passes, a decime below it one does not."""

from __future__ import annotations

import pytest

from betting_races import EASY, KELLY, NINE, OPEN, lifted, situation
from hippique.betting.engine import decide
from hippique.betting.priced import priced

CASES = [
    (KELLY, lifted(OPEN, {4: 2.0})),
    (KELLY, lifted(OPEN, {2: 1.5, 6: 1.8})),
    (EASY, lifted(OPEN, {5: 1.9, 8: 2.2, 9: 2.2})),
]


@pytest.mark.parametrize(("policy", "chances"), CASES, ids=["one horse", "two", "dutching"])
def test_a_limit_lies_between_what_is_fair_and_what_is_shown(policy, chances):
    race = priced(situation(OPEN, chances=chances), policy)

    found = decide(race, policy)

    singles = [ticket for ticket in found.tickets if ticket.bet in {"win", "place"}]
    assert singles
    for ticket in singles:
        for leg in ticket.legs:
            (number,) = leg.combination
            chance = race.forecast.chances[number - 1]
            paid = chance.p_win if ticket.bet == "win" else chance.p_place
            quote = race.books[0].snapshot.quotes[number - 1]
            shown = quote.win if ticket.bet == "win" else (quote.place_low + quote.place_high) / 2
            assert leg.limit_dividend <= shown + 1e-9
            # Below 1/p the leg loses; a decime for the rounding down, and its neighbours' share.
            assert leg.limit_dividend >= 0.95 / paid - 0.1


def test_win_limit_by_hand():
    # A sole win stake on number 4 (p = .1982): 5.0 brings back .991 per euro, 5.1 brings 1.011.
    chances = lifted(NINE, {4: 2.0})
    assert chances[3] == pytest.approx(0.22 / 1.11)

    found = decide(priced(situation(chances=chances), KELLY), KELLY)

    wins = [leg for ticket in found.tickets if ticket.bet == "win" for leg in ticket.legs]
    assert [leg.limit_dividend for leg in wins] == [5.1]


def test_nothing_is_published_finer_than_a_decime():
    found = decide(priced(situation(OPEN, chances=CASES[0][1]), KELLY), KELLY)

    limits = [leg.limit_dividend for ticket in found.tickets for leg in ticket.legs]
    assert all(round(limit * 10) / 10 == limit for limit in limits)
