"""Stern's gamma times on the logarithmic scale, and the incomplete gamma function they need."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hippique.errors import NoSolution
from hippique.pricing.checks import Floats
from hippique.pricing.ordering.noise import Tails
from hippique.pricing.ordering.normal import near_quantile

MOST_TERMS = 5000
FAINT = math.log(
    1e-15
)  # the noise ends where its density has fallen to this part of a scale's mass
NEARLY_NORMAL = 8.0  # the normal start then saves a step or two
EPSILON = 2.0**-53
TINY = 1e-300


@dataclass(frozen=True, slots=True)
class GammaNoise:
    """ln(T / shape), T ~ Gamma(shape, 1): with θ = -ln rate, the log of a gamma time.

    Its left tail falls like exp(shape · u), slowly, so the nodes are stretched there.
    """

    shape: float

    @property
    def scale(self) -> float:
        """The width of the sharp right side; about a standard deviation from shape 1 on."""
        return 1.0 / math.sqrt(max(self.shape, 1.0))

    @property
    def reach(self) -> float:
        """In scales and after the stretch: close to the normal noise's."""
        return 14.0

    def grid(self, low: Floats, high: Floats, points: Floats) -> tuple[Floats, Floats]:
        """Times low + s (v - e^-v): both ends then fall at least as fast as exp(-exp)."""
        first, last = _ends(self.shape)
        unit = self.scale
        begin = np.asarray(_unstretched(np.asarray(first / unit)))
        end = _unstretched((high - low + last) / unit)
        half = 0.5 * (end - begin)
        place = (begin + half)[..., None] + half[..., None] * points
        fading = np.exp(-place)
        times = low[..., None] + unit * (place - fading)
        return times, half[..., None] * unit * (1.0 + fading)

    def tails(self, deviation: Floats) -> Tails:
        """Density, both tails and hazard of the log time."""
        times = self.shape * np.exp(deviation)
        density = np.exp(_log_density(self.shape, deviation))
        before, after, fraction = _tails(self.shape, times, density)
        near = np.isnan(fraction)
        safe = np.where(near, after, 1.0)
        hazard = np.where(near, density / safe, 1.0 / np.where(near, 1.0, fraction))
        return Tails(density, before, after, hazard)

    def start(self, win: Floats) -> Floats:
        """-ln c / shape, exact for shape 1; as for normal times where the shape is large."""
        if self.shape >= NEARLY_NORMAL:
            return -near_quantile(win) / math.sqrt(self.shape)
        return -np.log(win) / self.shape


def incomplete_gamma(shape: float, times: Floats) -> tuple[Floats, Floats]:
    """The regularised incomplete gamma function: P(shape, x) and Q(shape, x) = 1 - P.

    times: any shape, >= 0. The smaller of the two comes from its own series (x < shape + 1) or
    continued fraction. Source: Abramowitz & Stegun 6.5.29 and 6.5.31.
    """
    with np.errstate(divide="ignore"):
        deviation = np.log(times / shape)
    lower, upper, _ = _tails(shape, times, np.exp(_log_density(shape, deviation)))
    return lower, upper


def _log_density(shape: float, deviation: Floats) -> Floats:
    # x^r e^-x / Γ(r) at x = r e^u, without the cancellation of r ln x - x for a large shape.
    peak = shape * math.log(shape) - shape - math.lgamma(shape)
    bent = np.where(np.isneginf(deviation), 0.0, deviation)
    fall = np.where(np.isneginf(deviation), -np.inf, shape * (bent - np.expm1(bent)))
    return np.asarray(peak + fall)


def _tails(shape: float, times: Floats, density: Floats) -> tuple[Floats, Floats, Floats]:
    # The third: Γ(r, x) / (x^r e^-x) where the continued fraction was used, NaN elsewhere.
    left = times < shape + 1.0
    lower, fraction = np.empty(times.shape), np.full(times.shape, np.nan)
    upper = np.empty(times.shape)
    lower[left] = density[left] / shape * _series(shape, times[left])
    upper[left] = 1.0 - lower[left]
    fraction[~left] = _fraction(shape, times[~left])
    upper[~left] = density[~left] * fraction[~left]
    lower[~left] = 1.0 - upper[~left]
    return lower, upper, fraction


def _series(shape: float, times: Floats) -> Floats:
    total = np.ones(times.shape)
    term = np.ones(times.shape)
    for index in range(1, MOST_TERMS):
        term *= times / (shape + index)
        total += term
        if not (term > EPSILON * total).any():
            return total
    raise NoSolution(f"incomplete gamma of shape {shape}: {MOST_TERMS} terms are not enough")


def _fraction(shape: float, times: Floats) -> Floats:
    # Lentz's method; far on the right the first term is all there is.
    below = times + 1.0 - shape
    value = 1.0 / below
    upper, lower = np.full(times.shape, 1.0 / TINY), value.copy()
    for index in range(1, MOST_TERMS):
        factor = index * (shape - index)
        below = below + 2.0
        lower = 1.0 / (below + factor * lower)
        upper = below + factor / upper
        ratio = lower * upper
        value = value * ratio
        if not (np.abs(ratio - 1.0) > 2.0 * EPSILON).any():
            return value
    raise NoSolution(f"incomplete gamma of shape {shape}: {MOST_TERMS} terms are not enough")


@lru_cache(maxsize=64)
def _ends(shape: float) -> tuple[float, float]:
    # Where the noise's density per scale has fallen to nothing; it is log-concave, its mode is 0.
    scale = 1.0 / min(shape, math.sqrt(shape))

    def faint(deviation: float) -> bool:
        log_density = _log_density(shape, np.asarray(deviation)) + math.log(scale)
        return bool(log_density < FAINT)

    return -_first(lambda size: faint(-size)), _first(faint)


def _first(is_past: Callable[[float], bool]) -> float:
    high = 1e-3
    while not is_past(high):
        high *= 2.0
    low = 0.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if is_past(middle) else (middle, high)
    return high


def _unstretched(target: Floats) -> Floats:
    # v with v - e^-v = target. Newton from the left of a concave function never overshoots.
    place = np.where(target > 0.0, target, -np.log1p(np.maximum(-target, 0.0)))
    for _ in range(60):
        fading = np.exp(-place)
        place = place - (place - fading - target) / (1.0 + fading)
    return np.asarray(place)
