"""What a family of noise must know: where to integrate, and its density and two tails there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hippique.pricing.checks import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Tails:
    """The noise at some points, each array shaped like them.

    density; before: chance to be smaller; after: chance to be larger; hazard: density / after,
    finite also where `after` underflows to 0. Each tail is computed from its own side, so that
    the small one keeps its digits.
    """

    density: Floats
    before: Floats
    after: Floats
    hazard: Floats


class Noise(Protocol):
    """A continuous noise around 0; equal families compare equal."""

    @property
    def scale(self) -> float:
        """About one standard deviation."""

    @property
    def reach(self) -> float:
        """The width of the noise alone that must be integrated, in scales."""

    def grid(self, low: Floats, high: Floats, points: Floats) -> tuple[Floats, Floats]:
        """Times and their derivative by the point, for points in [-1, 1].

        low, high: shape (...,), the least and the greatest location. Both results have shape
        (..., points) and cover every location's noise.
        """

    def tails(self, deviation: Floats) -> Tails:
        """The noise at these deviations from the location, any shape."""

    def start(self, win: Floats) -> Floats:
        """Locations to begin the inversion with, shaped like `win`."""
