"""`hippique price`: the pricing core by hand. Runners count from 1 in the order given."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from hippique.cli.common import foreseeable, json_option
from hippique.cli.price_pools import dividend, stakes
from hippique.cli.price_text import chance_lines, numbers, selection_lines, tell
from hippique.pricing.ordering import Ordering, harville, henery, lbs, orders_of, sets_of, stern
from hippique.pricing.win import BETA, METHODS, win_chances

MODELS = ("harville", "lbs", "henery", "stern")

F = TypeVar("F", bound=Callable[..., None])


def of_an_ordering(command: F) -> F:
    """Options for the chances and the model; the command gets the `Ordering` made of them."""

    @functools.wraps(command)
    def run(
        *args: Any, probs: str, model: str, shape: float, lambdas: str | None, **rest: Any
    ) -> None:
        command(*args, ordering=_ordering(probs, model, shape, lambdas), **rest)

    for option in (
        click.option("--lambdas", help="lbs: discounts from the second place on: .76,.62"),
        click.option("--r", "shape", type=float, default=4.0, show_default=True, help="stern."),
        click.option(
            "--model", type=click.Choice(MODELS), default="henery", show_default=True,
            help="How win chances become orders of finish.",
        ),
        click.option("--probs", required=True, help="Win chances: .5,.3,.2"),
    ):  # fmt: skip
        run = option(run)
    return run  # type: ignore[return-value]  # wraps keeps what click reads


@click.group(epilog="Example: hippique price win --odds 2.6,2.4,4.3")
def price() -> None:
    """Price by hand: odds to chances, orders of finish, dividends, stakes."""


@price.command(epilog="Example: hippique price win --odds 2.6,2.4,4.3 --method shin")
@click.option("--odds", required=True, help="Decimal odds, stake included: 2.6,2.4,4.3")
@click.option("--method", type=click.Choice(METHODS), default="tempered", show_default=True)
@click.option("--beta", type=float, default=BETA, show_default=True, help="Power of tempered.")
@json_option
@foreseeable
def win(odds: str, method: str, beta: float, *, as_json: bool) -> None:
    """Win chances from the odds of all runners, takeout removed."""
    shown = numbers("--odds", odds)
    found = win_chances(shown, method, beta=beta if method == "tempered" else None)
    document = {
        "method": found.method,
        "parameters": dict(found.parameters),
        "overround": found.overround,
        "probabilities": found.probabilities.tolist(),
        "flags": sorted(found.flags),
    }
    head = f"{method}, Σ 1/odds {found.overround:.4f}" + "".join(
        f", {name} {value:.4f}" for name, value in found.parameters.items()
    )
    tell(document, chance_lines(head, found.probabilities, odds=shown), as_json=as_json)


@price.command(epilog="Example: hippique price orders --probs .5,.3,.2 --model henery --top 2")
@click.option("--top", type=int, required=True, help="How many in front.")
@click.option("--ordered", is_flag=True, help="Orders instead of sets.")
@click.option("--show", type=click.IntRange(1), default=20, help="Lines of text, likeliest first.")
@json_option
@foreseeable
@of_an_ordering
def orders(ordering: Ordering, top: int, show: int, *, ordered: bool, as_json: bool) -> None:
    """Chances of every set, or every order, of the first TOP runners."""
    values = ordering.all_ordered(top) if ordered else ordering.all_sets(top)
    table = (orders_of if ordered else sets_of)(ordering.runners, top) + 1
    document = {
        "model": ordering.model,
        "top": top,
        "ordered": ordered,
        "combinations": [
            {"runners": row, "probability": value}
            for row, value in zip(table.tolist(), values.tolist(), strict=True)
        ],
    }
    tell(document, selection_lines(table, values, most=show), as_json=as_json)


@price.command(epilog="Example: hippique price place --probs .5,.3,.15,.05 --places 2")
@click.option("--places", type=int, required=True, help="How many places are paid.")
@json_option
@foreseeable
@of_an_ordering
def place(ordering: Ordering, places: int, *, as_json: bool) -> None:
    """The chance of each runner to be among the first PLACES."""
    values = ordering.top_k(places)
    document = {"model": ordering.model, "places": places, "probabilities": values.tolist()}
    tell(document, chance_lines(f"{ordering.model}, first {places}", values), as_json=as_json)


price.add_command(dividend)
price.add_command(stakes)


def _ordering(probs: str, model: str, shape: float, lambdas: str | None) -> Ordering:
    chances = numbers("--probs", probs)
    if model == "lbs":
        return lbs(chances, numbers("--lambdas", lambdas) if lambdas else None)
    if model == "stern":
        return stern(chances, shape)
    build: Callable[[Sequence[float]], Ordering] = {"harville": harville, "henery": henery}[model]
    return build(chances)
