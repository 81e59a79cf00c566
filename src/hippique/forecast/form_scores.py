"""The author's reading of a musique: score, volatility and profiles. All thresholds are given.

Choices where the original is silent: the newest five runs count; a run without a place other than
a disqualification (fell, pulled up, unseated) counts as tenth, as `0` does; a disqualification has
no place and counts as a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hippique.racing.form import UNPLACED, Form, Incident, PastRun, read_form

LAST = 5  # the runs of h_win5 and h_place5
_FIRST, _THIRD, _FIFTH = 1, 3, 5


class Volatility(StrEnum):
    """How much a horse's past runs differ."""

    SAFE = "safe"
    NEUTRAL = "neutral"
    VOLATILE = "volatile"


class Profile(StrEnum):
    """Horses that the author looks for."""

    TRUE_FAVOURITE = "true_favourite"
    REGULAR_OUTSIDER = "regular_outsider"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """What a musique counts to. placings: the newest five runs' places, newest first.

    None in placings: disqualified. runs, disqualified: of those five; career_*: of all runs
    printed, with the places from the first to the third.
    """

    placings: tuple[int | None, ...]
    disqualified: int
    career_runs: int
    career_wins: int
    career_places: int

    @property
    def runs(self) -> int:
        """How many of the newest five runs there are."""
        return len(self.placings)

    @property
    def placed(self) -> tuple[int, ...]:
        """The places, disqualifications left out."""
        return tuple(place for place in self.placings if place is not None)

    @property
    def mean_placing(self) -> float | None:
        """Mean place, None where every run was a disqualification."""
        return sum(self.placed) / len(self.placed) if self.placed else None

    def share_in(self, place: int) -> float:
        """Share of the newest runs in the first `place`, disqualifications among the others."""
        return self.count_in(place) / self.runs

    def count_in(self, place: int) -> int:
        """Runs of the newest five in the first `place`."""
        return sum(one <= place for one in self.placed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRules:
    """Numbers of score and volatility. A spread is worst place − best place."""

    top_three: float
    top_five: float
    mean_weight: float
    disqualified_malus: float
    floor: float
    volatile_runs_above: int
    volatile_spread_above: float
    volatile_worst_above: float
    volatile_mean_above: float
    safe_mean: float
    safe_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRules:
    """Numbers of the profiles. Odds are win odds, both bounds included."""

    favourite_p_place_above: float
    outsider_odds_from: float
    outsider_odds_to: float
    outsider_last_two: int
    forgotten_mean: float
    forgotten_runs: int
    forgotten_p_place_below: float


def form_facts(musique: str | None) -> FormFacts | None:
    """Count a musique; None where none was printed or the horse never raced."""
    form = read_form(musique) if musique else Form()
    if not form.runs:
        return None
    every = tuple(_place(run) for run in form.runs)
    newest = every[:LAST]
    return FormFacts(
        placings=newest,
        disqualified=newest.count(None),
        career_runs=len(every),
        career_wins=sum(place == _FIRST for place in every),
        career_places=sum(place is not None and place <= _THIRD for place in every),
    )


def _place(run: PastRun) -> int | None:
    if run.incident is Incident.DISQUALIFIED:
        return None
    return UNPLACED if run.incident else run.placing


def form_score(facts: FormFacts, rules: FormRules) -> float:
    """2·top-3 + (top-5 − top-3) − 3·(mean − 1)/9 − 2 if disqualified, not below the floor.

    A horse that was disqualified every time has the worst mean there is, not the best.
    """
    mean = facts.mean_placing if facts.mean_placing is not None else float(UNPLACED)
    top_three, top_five = facts.count_in(_THIRD), facts.count_in(_FIFTH)
    score = rules.top_three * top_three + rules.top_five * (top_five - top_three)
    score -= rules.mean_weight * (mean - 1.0) / (UNPLACED - 1)
    score -= rules.disqualified_malus if facts.disqualified else 0.0
    return max(rules.floor, score)


def volatility(facts: FormFacts, rules: FormRules) -> Volatility:
    """VOLATILE, SAFE or NEUTRAL; the first that holds, in this order."""
    if facts.disqualified and facts.runs > rules.volatile_runs_above:
        return Volatility.VOLATILE
    mean, placed = facts.mean_placing, facts.placed
    if mean is None:  # disqualified every time
        return Volatility.VOLATILE
    spread = max(placed) - min(placed)
    is_wide = spread > rules.volatile_spread_above and max(placed) > rules.volatile_worst_above
    if is_wide or mean > rules.volatile_mean_above:
        return Volatility.VOLATILE
    if mean <= rules.safe_mean and facts.share_in(_THIRD) >= rules.safe_share:
        return Volatility.SAFE
    return Volatility.NEUTRAL


def profiles(
    facts: FormFacts | None, p_place: float | None, win_odds: float | None, rules: ProfileRules
) -> tuple[Profile, ...]:
    """The profiles that a runner fits; one of which a needed fact is missing never fits."""
    fits = (
        (Profile.TRUE_FAVOURITE, p_place is not None and p_place > rules.favourite_p_place_above),
        (Profile.REGULAR_OUTSIDER, _is_regular_outsider(facts, win_odds, rules)),
        (Profile.FORGOTTEN, _is_forgotten(facts, p_place, rules)),
    )
    return tuple(profile for profile, is_fit in fits if is_fit)


def _is_regular_outsider(
    facts: FormFacts | None, win_odds: float | None, rules: ProfileRules
) -> bool:
    if facts is None or win_odds is None or facts.runs < 2:  # noqa: PLR2004  the last two runs
        return False
    if not rules.outsider_odds_from <= win_odds <= rules.outsider_odds_to:
        return False
    return all(
        place is not None and place <= rules.outsider_last_two for place in facts.placings[:2]
    )


def _is_forgotten(facts: FormFacts | None, p_place: float | None, rules: ProfileRules) -> bool:
    if facts is None or p_place is None or facts.runs < rules.forgotten_runs:
        return False
    mean = facts.mean_placing
    return (
        mean is not None
        and mean <= rules.forgotten_mean
        and p_place < rules.forgotten_p_place_below
    )
