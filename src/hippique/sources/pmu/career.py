"""A horse's career as PMU counts it, on its live answers and in tables made from them."""

from __future__ import annotations

from hippique.racing.card import Career
from hippique.sources.pmu import fields
from hippique.sources.pmu.document import Node


def read_career(node: Node) -> Career | None:
    """Starts, wins and first three places; None without the first two, or where they contradict.

    With whole musiques beside them (105 horses of 2025-12-30) wins, seconds and thirds agree in
    every case. Before the race they leave it out: a winner's next run shows one more.
    """
    starts, wins = node.whole(fields.STARTS), node.whole(fields.WINS)
    if starts is None or wins is None:
        return None
    behind = node.whole(fields.SECONDS), node.whole(fields.THIRDS)
    places = None if None in behind else wins + sum(one for one in behind if one is not None)
    if (wins if places is None else places) > starts:
        node.warn(f"{wins} wins, {places} places in {starts} starts: career left out")
        return None
    return Career(starts=starts, wins=wins, places=places)
