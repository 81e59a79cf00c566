"""Who decides: the packaged policies by the name that the settings give."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hippique.betting.policy import Policy, packaged

POLICIES: dict[str, Callable[[], Policy]] = {
    name: partial(packaged, name) for name in ("control", "kelly-pure", "gpi-5.1")
}
SHADOWS = ("control", "kelly-pure")  # the yardstick, and the most that the chances can do


def shadow_policies() -> tuple[Policy, ...]:
    """The policies that decide every race on paper, whoever decides in earnest."""
    return tuple(POLICIES[name]() for name in SHADOWS)
