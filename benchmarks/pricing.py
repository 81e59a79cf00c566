"""The pricing core against named packages and formulas written out: time, memory, same results.

Both sides' results are compared before anything is timed; a disagreement ends the part. Each part
runs in a process of its own with one thread for every library (two threads on a shared machine
vary twentyfold); a part that fails has a row that says so. Times: CPU seconds of the best of
several rounds in turns, warm; a call of a second or more has one round ("once"). What the first
call costs stands in rows of its own. MiB: by how much our call raises the highest resident memory
(ru_maxrss) of a forked copy of the process, made before anything was timed; tables that are kept
for the next call are in it.

Fields have 18 runners, integrals 80 nodes, compiled. Odds: 10,000 fields of 8–16, ours one padded
batch, the peers' a loop, penaltyblog's over 1,000 of them and scaled. Simulated: 10⁶ races in
numpy; off: their median relative error; priced: from a field whose integrals are there already.
Pairs: a plain loop over every 40th choice, scaled; over all of them with 12 runners, to find the
same pair.
Logit: 60,000 groups of 12, 20 columns, plain (independent, variance 1) or mixed (correlated, scales
as of features); BFGS until the mean slope is 1e-6; se: standard errors. CORP: 10,000 points.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from peers import inputs
from peers.measured import Call, Rival, Row, agree, apart, duel, shown
from rich.console import Console
from rich.table import Table

RUNNERS = 18
LIBRARIES = ("OMP", "OPENBLAS", "MKL", "NUMBA")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in LIBRARIES} | {"POLARS_MAX_THREADS": "1"}


def main() -> list[Row]:
    """All rows, part by part. Raises RuntimeError where one failed, the rows printed before."""
    found = {part: rows_of(part) for part in (*PARTS, "first_calls")}
    rows = [row for part, own in found.items() for row in own or failure(part)]
    failed = [part for part, own in found.items() if own is None]
    if failed:
        show(rows)  # whoever called prints nothing of a benchmark that raises
        raise RuntimeError(f"failed: {', '.join(failed)}")
    return rows


def rows_of(part: str) -> list[Row] | None:
    """None where the part failed; its own process has told why."""
    try:
        if part == "first_calls":
            return [*compile_rows()]
        return [tuple(row) for row in run_part(part)]
    except subprocess.CalledProcessError:
        return None


def failure(part: str) -> list[Row]:
    return [(part, "failed", "its traceback is on stderr")]


def show(rows: list[Row]) -> None:
    table = Table("what", "ours", "against", title="pricing, with parts that failed")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def run_part(part: str, settings: dict[str, str] | None = None) -> Any:
    """What one part prints, from a fresh process."""
    environment = os.environ | ONE_THREAD | (settings or {})
    command = [sys.executable, str(Path(__file__).resolve()), part]
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout.splitlines()[-1])


def compile_rows() -> Iterator[Row]:
    """First calls in fresh processes, without and with what numba keeps for the next start."""
    with tempfile.TemporaryDirectory() as kept:
        settings = {"NUMBA_CACHE_DIR": kept}
        without, again = run_part("first_calls", settings), run_part("first_calls", settings)
    for name, seconds in without.items():
        what = "numba itself, loading" if name == "numba" else f"first call, {name}, compiling"
        yield what, shown(seconds), f"its cache kept: {shown(again[name])}"


def odds() -> list[Row]:
    from peers.odds import penaltyblog_loop, shin_loop  # noqa: PLC0415  only what a part times is loaded

    from hippique.pricing.win import win_chances_batch  # noqa: PLC0415  only what a part times is loaded

    table, mask, fields = inputs.books(10_000)
    some = fields[:1000]

    def batch(method: str, count: int = 10_000) -> np.ndarray:
        return win_chances_batch(table[:count], mask[:count], method).probabilities

    def check(method: str, *peers: Call) -> str:
        theirs = [peer() for peer in peers]
        ours = [batch(method, len(one))[mask[: len(one)]] for one in theirs]
        told = [chance for one in theirs for row in one for chance in row]
        return apart(np.concatenate(ours), told, slack=1e-8)

    what = "{}, 10,000 fields"
    blog = f"penaltyblog {version('penaltyblog')} {{}}"
    shin = partial(shin_loop, fields)
    blog_shin = partial(penaltyblog_loop, some, "shin")
    blog_power = partial(penaltyblog_loop, some, "power")
    return [
        *duel(
            what.format("Shin"),
            partial(batch, "shin"),
            [
                Rival(f"shin {version('shin')}", shin, 1.5),
                Rival(blog.format("Shin"), blog_shin, 30, 0.1),
                Rival(blog.format("power"), blog_power, 15, 0.1),
            ],
            first=partial(batch, "shin", 1000),
            check=partial(check, "shin", shin, blog_shin),
        ),
        *duel(
            what.format("power"),
            partial(batch, "power"),
            [Rival(blog.format("power"), blog_power, None, 0.1)],
            first=partial(batch, "power", 1000),
            check=partial(check, "power", blog_power),
        ),
    ]


def kelly_stakes() -> list[Row]:
    from peers.stakes import penaltyblog_stakes  # noqa: PLC0415  only what a part times is loaded

    from hippique.pricing.kelly import kelly  # noqa: PLC0415  only what a part times is loaded

    chances, prices = inputs.strong_field(RUNNERS)
    peer = partial(penaltyblog_stakes, chances, prices)
    name = f"penaltyblog {version('penaltyblog')}"
    return duel(
        f"Kelly stakes, {RUNNERS} runners",
        lambda: kelly(chances, prices),
        [Rival(name, peer, 1000)],
        first=lambda: kelly([0.5, 0.5], [2.1, 1.8]),
        check=lambda: apart(kelly(chances, prices).fractions, peer(), slack=1e-5),
    )


def ticket_pair() -> list[Row]:
    from peers.stakes import best_by_loop, lines_of  # noqa: PLC0415  only what a part times is loaded

    from hippique.pricing.kelly import best_portfolio  # noqa: PLC0415  only what a part times is loaded

    wealth, budget, every = 1000.0, 6.0, 40
    chances, tickets = inputs.tickets(RUNNERS, levels=6)
    smaller = inputs.tickets(12, levels=6)
    lines = lines_of(chances, tickets, budget)

    def check() -> str:
        best = best_portfolio(*smaller, bankroll=wealth, budget=budget)
        growth, chosen = best_by_loop(smaller[0], lines_of(*smaller, budget), wealth, budget)
        agree("growth", best.growth, growth, 1e-13)
        if dict(best.stakes) != chosen or len(chosen) != 2:  # noqa: PLR2004  # a pair is timed
            raise ValueError(f"the best pairs differ: {best.stakes} and {chosen}")
        return "same of 12"

    sample = partial(best_by_loop, chances, lines, wealth, budget, every)
    return duel(
        f"best pair of {len(tickets)} tickets",
        lambda: best_portfolio(chances, tickets, bankroll=wealth, budget=budget),
        [Rival(f"loop, every {every}th, scaled", sample, 100, 1 / every)],
        first=lambda: best_portfolio(*inputs.tickets(8, 2), bankroll=wealth, budget=budget),
        check=check,
        most_s=0.2,
    )


def logit() -> list[Row]:
    from peers.logit import bfgs, scaled_bfgs  # noqa: PLC0415  only what a part times is loaded

    from hippique.pricing.blend import fit_logit  # noqa: PLC0415  only what a part times is loaded

    def of_rows(kind: str, names: dict[str, Call], *, correlated: bool) -> list[Row]:
        rows, sizes, weights = inputs.logit_rows(60_000, 12, 20, correlated=correlated)
        few = slice(0, 12 * 200)
        peers = {name: partial(fit, rows, 12, weights, 1e-6) for name, fit in names.items()}

        def check() -> str:
            ours = fit_logit(rows, sizes, weights)
            off = [(peer().x - ours.coefficients) / ours.hessian_errors for peer in peers.values()]
            none = np.zeros_like(off)
            return f"{agree('coefficients', off, none, 1e-2):.0e} se apart"

        return duel(
            f"logit, {kind} columns",
            lambda: fit_logit(rows, sizes, weights),
            [Rival(f"scipy BFGS{name}", peers[name], 3) for name in names],
            first=lambda: fit_logit(rows[few], sizes[:200], weights[few]),
            check=check,
        )

    mixed = {"": bfgs, ", scaled": scaled_bfgs}
    return [
        *of_rows("plain", {"": bfgs}, correlated=False),
        *of_rows("mixed", mixed, correlated=True),
    ]


def corp() -> list[Row]:
    from peers.calibration import PARTS as SCORES  # noqa: PLC0415  only what a part times is loaded
    from peers.calibration import brier_parts, log_parts  # noqa: PLC0415  only what a part times is loaded

    from hippique.pricing.scoring import reliability  # noqa: PLC0415  only what a part times is loaded

    told, came = inputs.forecasts(10_000)
    both = (brier_parts, log_parts)

    def check() -> str:
        ours = reliability(told, came)
        off = 0.0
        for own, peer in zip((ours.brier, ours.log), both, strict=True):
            parts = [getattr(own, part) for part in SCORES]
            off = max(off, agree("parts of the score", parts, peer(told, came), 1e-9))
        return f"{off:.0e} apart"

    name = f"model-diagnostics {version('model-diagnostics')}, {{}}"
    return duel(
        "CORP, Brier and log score",
        lambda: reliability(told, came),
        [
            Rival(name.format("both"), lambda: [one(told, came) for one in both], 5),
            Rival(name.format("Brier"), partial(brier_parts, told, came), 5),
        ],
        first=lambda: reliability(told[:50], came[:50]),
        check=check,
    )


def of_orders(part: str) -> list[Row]:
    from peers import order_duels  # noqa: PLC0415  only what a part times is loaded

    from hippique.pricing.compiled import compiled_everywhere  # noqa: PLC0415  as below

    with compiled_everywhere():  # single fields too, as for whoever prices many of them
        return getattr(order_duels, part)()


def first_calls() -> dict[str, float]:
    from peers.first_calls import first_calls as measure  # noqa: PLC0415  only what a part times is loaded

    return measure()


PARTS = {
    "odds": odds,
    **{
        part: partial(of_orders, part)
        for part in ("drawn_orders", "normal_times", "strengths_back")
    },
    **{part.__name__: part for part in (kelly_stakes, ticket_pair, logit, corp)},
}

if __name__ == "__main__":
    print(json.dumps((PARTS | {"first_calls": first_calls})[sys.argv[1]]()))
