"""Laws that every model of the order of finish obeys, whatever it thinks of the runners.

Each law takes the model's builder, the win chances of a field and the slack that the model's own
arithmetic needs (1e-12 where nothing is integrated). A test module runs them all:

    @pytest.mark.parametrize("law", ordering_laws.LAWS, ids=ordering_laws.sentence)
    @given(win=fields())
    def test_the_model_obeys(law, win):
        law(build, win, 1e-12)
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, perm

import numpy as np
import pytest

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats
from hippique.pricing.compiled import has_numba, plain_numpy
from hippique.pricing.ordering.front_index import coarser_rows
from hippique.pricing.ordering.index import orders_of, set_rows, sets_of
from hippique.pricing.ordering.orders import Ordering

Builder = Callable[[Floats], Ordering]
Law = Callable[[Builder, Floats, float], None]

MANY_ORDERS = 30_000  # above it a law looks at smaller orders: the next size says nothing new


def sentence(law: Law) -> str:
    """A law's name as a test's id."""
    return law.__name__.replace("_", " ")


def chances_of_all_sets_sum_to_one(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    for size in sizes(ordering):
        assert ordering.all_sets(size).sum() == pytest.approx(1.0, abs=slack)


def chances_of_all_orders_sum_to_one(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    for size in tabulated(ordering):
        assert ordering.all_ordered(size).sum() == pytest.approx(1.0, abs=slack)


def no_chance_is_below_nothing(build: Builder, win: Floats, _slack: float) -> None:
    ordering = build(win)

    for size in tabulated(ordering):
        assert ordering.all_ordered(size).min() >= 0.0
        assert ordering.all_sets(size).min() >= 0.0
        assert ordering.finishes(size).min() >= 0.0


def place_chances_sum_to_the_places(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    for places in sizes(ordering):
        assert ordering.top_k(places).sum() == pytest.approx(places, abs=places * slack)
        assert ordering.top_k(places).max() <= 1.0


def place_chances_grow_with_the_places(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)
    rows = np.array([ordering.top_k(places) for places in sizes(ordering)])

    assert (np.diff(rows, axis=0) >= -slack).all()


def one_place_is_the_win(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    assert apart(ordering.win, win) <= slack
    for table in (ordering.top_k(1), ordering.all_ordered(1), ordering.all_sets(1)):
        assert apart(table, win) <= slack


def a_set_is_the_sum_of_its_orders(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    for size in tabulated(ordering):
        sets = set_rows(np.sort(orders_of(win.size, size), axis=1), win.size)
        summed = np.bincount(sets, weights=ordering.all_ordered(size))
        assert apart(ordering.all_sets(size), summed) <= slack


def a_front_is_the_sum_of_its_orders(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    for parts in ((2, 1), (1, 2), (3, 1), (2, 2), (1, 3), (2, 1, 1), (1, 2, 1), (2, 1, 2)):
        size = sum(parts)
        if size in tabulated(ordering):
            rows = coarser_rows(win.size, (1,) * size, parts)
            summed = np.bincount(rows, weights=ordering.all_ordered(size))
            assert apart(ordering.all_fronts(parts), summed) <= slack
            assert ordering.all_fronts(parts).min() >= -slack


def place_chances_are_sums_of_sets(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    for places in sizes(ordering):
        chances = np.repeat(ordering.all_sets(places), places)
        summed = np.bincount(sets_of(win.size, places).ravel(), weights=chances)
        assert apart(ordering.top_k(places), summed) <= places * slack


def two_of_three_is_no_harder_than_both_in_front(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)
    places = min(3, win.size)
    joint = ordering.all_joint(2, places)

    assert joint.sum() == pytest.approx(comb(places, 2), abs=3 * slack)
    assert (joint >= ordering.all_sets(2) - slack).all()


def whoever_wins_more_often_is_placed_more_often(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)
    ascending = np.argsort(win)

    for places in sizes(ordering):
        assert (np.diff(ordering.top_k(places)[ascending]) >= -slack).all()


def equal_win_chances_make_everything_equal(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(np.full(win.size, 1.0 / win.size))

    for size in tabulated(ordering):
        for table in (ordering.all_ordered(size), ordering.all_sets(size)):
            assert apart(table, 1.0 / table.size) <= slack
            assert np.ptp(table) <= 1e-14
        assert apart(ordering.top_k(size), size / win.size) <= slack


def twins_have_the_same_chances(build: Builder, win: Floats, _slack: float) -> None:
    alike = win.copy()
    alike[:2] = win[:2].mean()
    ordering = build(alike)

    for places in sizes(ordering):
        assert np.ptp(ordering.top_k(places)[:2]) <= 1e-14
    exacta = ordering.all_exacta()
    assert abs(exacta[0, 1] - exacta[1, 0]) <= 1e-14


def renumbering_the_runners_renumbers_the_chances(
    build: Builder, win: Floats, slack: float
) -> None:
    shuffled = np.argsort(win * 1e6 % 1.0)  # a shuffle as good as any, the same for the same field
    ordering, renumbered = build(win), build(win[shuffled])

    for places in sizes(ordering):
        assert apart(renumbered.top_k(places), ordering.top_k(places)[shuffled]) <= slack
    expected = ordering.all_exacta()[np.ix_(shuffled, shuffled)]
    assert apart(renumbered.all_exacta(), expected) <= slack
    for size in tabulated(ordering):
        sets = set_rows(np.sort(shuffled[sets_of(win.size, size)], axis=1), win.size)
        assert apart(renumbered.all_sets(size), ordering.all_sets(size)[sets]) <= slack


def single_chances_are_those_of_the_tables(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)

    for size in tabulated(ordering):
        sets, orders = sets_of(win.size, size), orders_of(win.size, size)
        for row in (0, len(sets) // 2, len(sets) - 1):
            one = ordering.set(sets[row].tolist())
            assert one == pytest.approx(ordering.all_sets(size)[row], abs=slack)
        for row in (0, len(orders) // 2, len(orders) - 1):
            one = ordering.ordered(orders[row].tolist())
            assert one == pytest.approx(ordering.all_ordered(size)[row], abs=slack)


def joint_and_within_are_those_of_the_tables(build: Builder, win: Floats, slack: float) -> None:
    ordering = build(win)
    places = min(4, win.size)

    for size in range(1, min(6, win.size) + 1):
        sets = sets_of(win.size, size)
        for row in (0, len(sets) // 2, len(sets) - 1):
            joint = ordering.joint(sets[row].tolist(), places)
            within = ordering.within(sets[row].tolist(), places)
            assert joint == pytest.approx(ordering.all_joint(size, places)[row], abs=slack)
            assert within == pytest.approx(ordering.all_within(size, places)[row], abs=slack)


def as_many_places_as_runners_is_certain(build: Builder, win: Floats, _slack: float) -> None:
    ordering = build(win)

    assert ordering.top_k(win.size).tolist() == [1.0] * win.size
    assert ordering.joint([0, 1], win.size) == 1.0


def more_places_than_runners_are_refused(build: Builder, win: Floats, _slack: float) -> None:
    ordering = build(win)

    with pytest.raises(ArgumentOutOfRange, match="more places than runners"):
        ordering.top_k(win.size + 1)


def the_callers_numbers_stay_as_they_were(build: Builder, win: Floats, slack: float) -> None:
    given = win.copy()
    ordering = build(given)
    ordering.win[:] = 0.0  # what is handed out is the caller's own

    assert given.tolist() == win.tolist()
    assert apart(ordering.win, win) <= slack


def numba_only_makes_it_faster(build: Builder, win: Floats, _slack: float) -> None:
    if not has_numba():
        pytest.skip("numba is not installed: there is only the plain form")
    with plain_numpy():
        plain = _everything(build(win))

    for fast, slow in zip(_everything(build(win)), plain, strict=True):
        assert apart(fast, slow) <= 1e-12


LAWS: tuple[Law, ...] = (
    chances_of_all_sets_sum_to_one,
    chances_of_all_orders_sum_to_one,
    no_chance_is_below_nothing,
    place_chances_sum_to_the_places,
    place_chances_grow_with_the_places,
    one_place_is_the_win,
    a_set_is_the_sum_of_its_orders,
    a_front_is_the_sum_of_its_orders,
    place_chances_are_sums_of_sets,
    two_of_three_is_no_harder_than_both_in_front,
    whoever_wins_more_often_is_placed_more_often,
    equal_win_chances_make_everything_equal,
    twins_have_the_same_chances,
    renumbering_the_runners_renumbers_the_chances,
    single_chances_are_those_of_the_tables,
    joint_and_within_are_those_of_the_tables,
    as_many_places_as_runners_is_certain,
    more_places_than_runners_are_refused,
    the_callers_numbers_stay_as_they_were,
    numba_only_makes_it_faster,
)


def apart(found: Floats, expected: Floats | float) -> float:
    """The largest difference."""
    return float(np.abs(found - expected).max())


def sizes(ordering: Ordering) -> range:
    """Of sets and places: one to five, or to the whole field."""
    return range(1, min(5, ordering.runners) + 1)


def tabulated(ordering: Ordering) -> list[int]:
    """Sizes of orders worth looking at one by one."""
    return [size for size in sizes(ordering) if perm(ordering.runners, size) <= MANY_ORDERS]


def _everything(ordering: Ordering) -> list[Floats]:
    tables = [ordering.all_ordered(size) for size in tabulated(ordering)]
    tables += [ordering.all_sets(size) for size in sizes(ordering)]
    if ordering.runners >= 4:
        tables += [ordering.all_fronts(parts) for parts in ((3, 1), (2, 2), (1, 2))]
    return tables + [ordering.top_k(places) for places in sizes(ordering)]
