"""PMU's win odds of a runner: which pool, how much, since when."""

from __future__ import annotations

from datetime import datetime

from hippique.racing.market import RunnerOdds
from hippique.sources.pmu import fields
from hippique.sources.pmu.document import Node


def read_odds(node: Node) -> RunnerOdds | None:
    """Live and reference win odds of one pool; None where neither is shown.

    The pool is the live odds' own; reference odds of the other pool are left out, with a warning,
    because PMU's shops and internet pools differ by 13-19 % per horse. There are no place odds.
    """
    live = _quote(node, fields.DIRECT)
    reference = _quote(node, fields.REFERENCE)
    if live is None:
        return reference and RunnerOdds(
            pool=reference[0], reference=reference[1], reference_stamp=reference[2]
        )
    pool, win, stamp = live
    if reference is not None and reference[0] != pool:
        node.warn(f"reference odds of {reference[0]} beside live odds of {pool}: left out")
        reference = None
    return RunnerOdds(
        pool=pool,
        win=win,
        stamp=stamp,
        reference=reference[1] if reference else None,
        reference_stamp=reference[2] if reference else None,
    )


def _quote(node: Node, name: str) -> tuple[str, float, datetime | None] | None:
    quote = node.node(name)
    if quote is None:
        return None
    pool = quote.code(fields.POOL)
    odds = quote.number(fields.ODDS)
    if pool not in fields.WIN_POOLS or odds is None or odds <= 1:
        quote.warn(f"no usable odds (pool {pool}, odds {odds})")
        return None
    return pool, odds, quote.instant(fields.ODDS_AT)
