"""Ticket 2: one combination beside ticket 1, under the caps of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from betting_races import DAY, EASY, OPEN, enriched, lifted, situation
from hippique.betting.choice import horse_cents
from hippique.betting.combination import with_combination
from hippique.betting.measures_slip import judged
from hippique.betting.place_basket import Limits, best_basket
from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace, priced
from hippique.betting.priced_pool import PricedPool
from hippique.betting.terms import terms_of
from hippique.betting.ticket_pair import best_tickets
from hippique.pricing.dividend import PayRules
from hippique.pricing.ordering import henery
from hippique.pricing.value import BetPool, in_front

EDGE = lifted(OPEN, {5: 1.9, 8: 2.2, 9: 2.2})
SMALL = Limits(total_cents=300, fraction=0.4)


def race_with(bet: str, legs: int, policy: PolicyFile = EASY, **given: object) -> PricedRace:
    """A race whose operator offers one combination, of a known takeout, 20,000 € in it."""
    race = with_singles_alone(priced(situation(OPEN, chances=EDGE, **given), policy))
    terms = replace(terms_of("zeturf", bet, DAY), takeout=0.25, typical_pool_eur=20_000.0)
    pool = PricedPool(
        operator="zeturf",
        terms=terms,
        pool=BetPool(
            name=f"zeturf:{bet}:",
            bet=in_front(legs),
            stakes=20_000.0 * henery(np.array(OPEN)).all_sets(legs),
            takeout=0.25,
            rules=PayRules(step=0.1, minimum=1.1),
        ),
        made="order_model",
        flags=(),
        late_sd=np.zeros(len(OPEN)),
        legs_sd=0.2,
        total_sd=0.0,
    )
    book = race.books[0]
    return replace(race, books=(replace(book, pools={**book.pools, bet: pool}),))


def with_singles_alone(race: PricedRace) -> PricedRace:
    book = race.books[0]
    pools = {bet: pool for bet, pool in book.pools.items() if bet in {"win", "place"}}
    return replace(race, books=(replace(book, pools=pools),))


def pair_of(race, policy=EASY):
    first = best_basket(race, policy, race.books[0], SMALL)
    return first, with_combination(race, policy, race.books[0], first)


@pytest.mark.parametrize(("bet", "legs"), [("couple_win", 2), ("trio", 3)])
def test_both_tickets_keep_sixty_forty_and_the_cap_on_one_horse(bet, legs):
    first, pair = pair_of(race_with(bet, legs))

    one, two = pair.tickets
    assert one == first.tickets[0]
    assert [h.pool.bet for h in two] == [bet]
    assert sum(h.stake_cents for h in one) <= 300
    assert sum(h.stake_cents for h in two) <= 200
    assert max(horse_cents(pair.holdings).values()) <= 300
    assert pair.stake_cents <= 500


def test_the_second_ticket_has_gates_of_its_own():
    race = race_with("couple_win", 2)
    _, pair = pair_of(race)

    gates, _ = judged(race, EASY, pair, None)

    named = {gate.gate: gate for gate in gates}
    assert named["ticket1_stands"].passed
    assert named["calibration"].value == 0.0  # nobody has fitted this pool yet
    assert not named["calibration"].passed
    assert named["ticket2_stake"].value <= 2.0


def test_alone_and_in_pair_are_both_offered_to_the_gates_the_greater_growth_first():
    choices = best_tickets(race_with("couple_win", 2), EASY)

    assert sorted(len(choice.tickets) for choice in choices) == [1, 2]
    assert choices[0].growth >= choices[1].growth


def test_a_forgotten_profile_must_be_in_a_trio():
    # Mean placing 3 over five runs and a place chance below .10: number 12 is forgotten.
    chances = lifted(OPEN, {5: 1.9, 8: 2.2, 9: 2.2, 12: 0.6})
    race = race_with("trio", 3, enrichment=enriched(len(OPEN)))
    told = priced(situation(OPEN, chances=chances), EASY)
    assert told.forecast.chances[11].p_place < 0.10
    race = replace(race, situation=replace(race.situation, forecast=told.forecast))

    _, pair = pair_of(race)

    assert 11 in pair.tickets[1][0].positions


def test_without_a_priced_combination_there_is_no_second_ticket():
    race = with_singles_alone(priced(situation(OPEN, chances=EDGE), EASY))

    _, pair = pair_of(race)

    assert pair is None
