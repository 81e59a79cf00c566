"""`hippique price dividend` and `price stakes`: what a pool pays, and what to stake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import click
import numpy as np

from hippique.cli.common import foreseeable, json_option
from hippique.cli.price_text import numbers, tell
from hippique.errors import ArgumentOutOfRange
from hippique.pricing.dividend import (
    DeadHeat,
    Dividends,
    PayRules,
    dead_heat_dividends,
    place_dividends,
)
from hippique.pricing.kelly import Stakes, kelly

SHARED_BY = {"by_position": "by_position", "by_horse": "by_runner"}
Groups = list[list[int]]


@click.command(
    epilog="Example: hippique price dividend --bet place --pool 40000 "
    "--stakes 9000,5000,2000,1500 --winners 1,2,3 --takeout .15"
)
@click.option("--bet", type=click.Choice(["win", "place"]), required=True)
@click.option("--pool", type=float, required=True, help="All stakes without one's own, euros.")
@click.option("--stakes", "on_each", required=True, help="Euros on each runner, without one's own.")
@click.option("--winners", required=True, help="Paid runners in order; 1,3=4 is a dead heat.")
@click.option("--takeout", type=float, required=True, help="Share the operator keeps, in [0, 1).")
@click.option("--own", type=float, default=0.0, help="One's own stake, on the runner of --on.")
@click.option("--on", "own_on", type=int, help="The runner of one's own stake.")
@click.option("--places", type=int, help="Places paid; to be said with a dead heat for a place.")
@click.option(
    "--dead-heat", type=click.Choice(list(SHARED_BY)), default="by_position", show_default=True,
    help="How a dead heat shares the profit of its places.",
)  # fmt: skip
@click.option("--step", type=float, default=0.1, show_default=True, help="Rounded down to this.")
@click.option("--minimum", type=float, default=1.05, show_default=True, help="Least dividend.")
@json_option
@foreseeable
def dividend(  # noqa: PLR0913, PLR0917  one argument per option of the command
    bet: str, pool: float, on_each: str, winners: str, takeout: float, own: float,
    own_on: int | None, places: int | None, dead_heat: str, step: float, minimum: float,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Dividends per euro, stake included, of the winners of a win or a place pool.

    Pool and stakes are those of the others; --own joins them.
    """
    staked = numbers("--stakes", on_each)
    groups = finish(winners, len(staked))
    mine = own_stakes(own, own_on, len(staked))
    rules = PayRules(step=step, minimum=minimum)
    if bet == "win":
        positions = [one for group in groups for one in group]
        found = dead_heat_dividends(
            pool, _on(staked, positions), takeout=takeout, own=_on(mine, positions), rules=rules
        )
    else:
        found = place_dividends(
            pool, [_on(staked, group) for group in groups], takeout=takeout,
            own=[_on(mine, group) for group in groups], places=_places(places, groups),
            dead_heat=cast("DeadHeat", SHARED_BY[dead_heat]), rules=rules,
        )  # fmt: skip
    _tell_dividends(bet, groups, found, as_json=as_json)


@click.command(epilog="Example: hippique price stakes --probs .5,.3,.2 --odds 2.2,3.2,4")
@click.option("--probs", required=True, help="Win chances: .5,.3,.2")
@click.option("--odds", required=True, help="Decimal odds of each runner: 2.2,3.2,4")
@click.option("--fraction", type=float, default=1.0, show_default=True, help="Part of full Kelly.")
@json_option
@foreseeable
def stakes(probs: str, odds: str, fraction: float, *, as_json: bool) -> None:
    """Stakes of best growth when one runner wins, as shares of the bankroll."""
    found = kelly(numbers("--probs", probs), numbers("--odds", odds), fraction=fraction)
    document = {
        "fractions": found.fractions.tolist(),
        "reserve": found.reserve,
        "growth": found.growth,
        "flags": sorted(found.flags),
    }
    tell(document, stake_lines(found), as_json=as_json)


def finish(text: str, runners: int) -> Groups:
    """Positions of the paid runners in order, those who tie together: "1,3=4" is [[0], [2, 3]].

    Raises ArgumentOutOfRange naming what is no runner or is named twice.
    """
    groups = [[_position(word, runners) for word in group.split("=")] for group in text.split(",")]
    named = [one for group in groups for one in group]
    if len(set(named)) < len(named):
        raise ArgumentOutOfRange(f"--winners: a runner is named twice in {text}")
    return groups


def _position(word: str, runners: int) -> int:
    if not word.strip().isdecimal():
        raise ArgumentOutOfRange(f"--winners: {word.strip()!r} is no runner; write 1,3,4 or 1,3=4")
    number = int(word)
    if not 1 <= number <= runners:
        raise ArgumentOutOfRange(f"--winners: runner {number} is not one of the {runners} runners")
    return number - 1


def own_stakes(own: float, own_on: int | None, runners: int) -> list[float]:
    """One's own euros on each runner. Raises ArgumentOutOfRange for a runner that is not there."""
    if own_on is None:
        if own:
            raise ArgumentOutOfRange("--own: say with --on which runner the stake is on")
        return [0.0] * runners
    if not 1 <= own_on <= runners:
        raise ArgumentOutOfRange(f"--on: runner {own_on} is not one of the {runners} runners")
    return [own if place == own_on else 0.0 for place in range(1, runners + 1)]


def _places(places: int | None, groups: Groups) -> int:
    if places is not None:
        return places
    if any(len(group) > 1 for group in groups):
        raise ArgumentOutOfRange("--places: say how many places are paid beside a dead heat")
    return len(groups)


def _on(values: Sequence[float], positions: Sequence[int]) -> list[float]:
    return [values[position] for position in positions]


def _tell_dividends(bet: str, groups: Groups, found: Dividends, *, as_json: bool) -> None:
    runners = [one + 1 for group in groups for one in group][: found.paid.size]
    rows = list(zip(runners, found.paid.tolist(), found.gross.tolist(), strict=True))
    document = {
        "bet": bet,
        "dividends": [{"runner": r, "per_euro": paid, "gross": gross} for r, paid, gross in rows],
        "flags": sorted(found.flags),
    }
    lines = [f"{'runner':>6}{'per euro':>10}{'gross':>10}"]
    lines += [f"{runner:>6}{paid:>10.2f}{gross:>10.4f}" for runner, paid, gross in rows]
    tell(document, [*lines, *sorted(found.flags)], as_json=as_json)


def stake_lines(found: Stakes) -> Iterator[str]:
    """One line a runner with its share of the bankroll, then what is kept and the growth."""
    yield f"{'runner':>6}{'stake':>10}{'EV per 1':>10}"
    for place, (part, value) in enumerate(
        zip(found.fractions, found.expected_value, strict=True), start=1
    ):
        yield f"{place:>6}{part:>10.2%}{value:>+10.3f}"
    yield f"kept {found.reserve:.2%}, growth {found.growth:.6f} nat a bet"
    if np.all(found.fractions == 0.0):
        yield "no stake raises the growth"
    yield from sorted(found.flags)
