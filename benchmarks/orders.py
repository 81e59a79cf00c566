"""Orders of finish: which model of second and third is right, judged on results of later seasons.

Win chances are closing odds, q ∝ o^-β; β and the fitted discounts come from the training seasons
only. Races with a dead heat in the first three, and those with odds of 1.0 (D25 of the notes), are
counted out. Intervals: 95 %, whole days resampled. History is read from HIPPIQUE_MATERIAL.
Draw the picture: python benchmarks/orders.py --picture docs/pictures/orders-hk.png [--dark]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from finishing.history import (
    Field,
    Floats,
    french,
    hong_kong,
    paired_in,
    places_seen,
    quinellas,
    runner_days,
    split,
)
from finishing.measures import against, bands, interval, logistic_slope
from finishing.models import Judged, chances, fitted, judge, padded
from finishing.picture import DARK, LIGHT, draw

from hippique.pricing.dividend import fit_pool, stake_share_from_dividend
from hippique.pricing.ordering import harville, henery
from hippique.pricing.scoring import reliability
from hippique.pricing.win import fit_tempered

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "tests")]
from material import material_root

Row = tuple[str, str, str]

TRAINED = "2018-08-01"  # the first day that is judged
JUDGED_TO = "2024-08-01"  # later days are left for the final judge
FRENCH = {  # pool: the first day that is judged
    "SIMPLE_GAGNANT": "2026-01-01",
    "E_SIMPLE_GAGNANT": "2026-06-01",
}
FRENCH_SHAPES = (3.0, 10.0)
QUINELLA_TAKEOUT = 0.175  # moves the intercept only, never the slope


def rows() -> list[Row]:
    """(what, measured, against): Hong Kong in full, PMU by pool and discipline."""
    parts = {"hk": hong_kong_rows, "fr": french_rows}
    return [row for name, part in parts.items() for row in rows_of(name, part)]


def rows_of(name: str, part: Callable[[Path], Iterator[Row]]) -> Iterator[Row]:
    folder = material_root() / "history" / name
    if folder.exists():
        return part(folder)
    return iter([(f"history/{name}", "not run", "absent: set HIPPIQUE_MATERIAL")])


def hong_kong_rows(folder: Path) -> Iterator[Row]:
    begun = time.process_time()
    fields, counted = hong_kong(folder)
    past, later = split(fields, TRAINED, JUDGED_TO)
    beta, lambdas = fitted(past)
    judged = judge(later, beta, lambdas)
    spent = time.process_time() - begun
    yield "HK races", f"{len(past):,} train, {len(later):,} judged", counted
    yield "HK exponent and discounts, training", *in_words(past, beta, lambdas)
    yield from loss_rows(later, judged)
    yield from (calibration_row(later, judged, name) for name in ("Harville", "Henery"))
    yield from band_rows(later, judged)
    yield from dividend_rows(folder, later, beta)
    yield "HK losses and places, CPU", f"{spent:.0f} s", f"{len(judged)} models; aim 60 s for 4"


def in_words(past: Sequence[Field], beta: float, lambdas: tuple[float, float]) -> tuple[str, str]:
    fit = fit_tempered(*padded(past, 0))
    shown = f"λ2 {lambdas[0]:.3f}, λ3 {lambdas[1]:.3f}"
    return f"β {beta:.4f} ± {fit.se:.4f}", f"{shown}; n {len(past):,}"


def loss_rows(fields: Sequence[Field], judged: dict[str, Judged]) -> list[Row]:
    """Of second alone, and of second and third."""
    second = {name: one.second for name, one in judged.items()}
    both = {name: one.both for name, one in judged.items()}
    titles = (("HK 2nd given 1st", second), ("HK 2nd and 3rd given 1st", both))
    return [row for title, losses in titles for row in compared(title, losses, fields)]


def compared(title: str, losses: dict[str, Floats], fields: Sequence[Field]) -> Iterator[Row]:
    """Log loss of each model in nat, and how far it is from Harville's and from Henery's."""
    for name, loss in losses.items():
        others = [other for other in ("Harville", "Henery") if name not in (other, "Harville")]
        apart = [f"{other} {interval(against(loss, losses[other], fields))}" for other in others]
        yield f"{title}: {name}", f"{loss.mean():.4f}", "; ".join(apart) or size_of(fields)


def size_of(fields: Sequence[Field]) -> str:
    return f"{len(fields):,} races, {len({field.day for field in fields})} days"


def calibration_row(fields: Sequence[Field], judged: dict[str, Judged], name: str) -> Row:
    """Top 3 of every runner: slope of the outcome on the log odds of the chance, and CORP."""
    chance = np.clip(judged[name].places.sum(axis=1), 0.0, 1.0)
    came = places_seen(fields).sum(axis=1)
    slope, error = logistic_slope(chance, came, runner_days(fields))
    low, high = slope - 1.96 * error, slope + 1.96 * error
    apart = reliability(chance, came).log
    return (
        f"HK top 3 of {chance.size:,} runners: {name}",
        f"slope {slope:.3f} [{low:.3f}, {high:.3f}]",
        f"miscalibration {apart.miscalibration:.5f} of {apart.score:.4f} nat",
    )


def band_rows(fields: Sequence[Field], judged: dict[str, Judged]) -> Iterator[Row]:
    """Chances and shares, in per cent, by band of win chance."""
    for place, name in ((1, "1st"), (2, "2nd"), (3, "3rd")):
        ours, peer = (bands(fields, judged, model, place) for model in ("Henery", "Harville"))
        for one, other in zip(ours, peer, strict=True):
            low, high = (100 * one.predicted * ratio for ratio in (one.low, one.high))
            yield (
                f"HK win chance {one.label}, {one.runners:,} runners: {name}",
                f"seen {100 * one.seen:.2f} % [{low:.2f}, {high:.2f}]",
                f"Harville {100 * other.predicted:.2f}, Henery {100 * one.predicted:.2f}",
            )


def dividend_rows(folder: Path, fields: Sequence[Field], beta: float) -> Iterator[Row]:
    """Slope of −ln dividend on ln P of the quinella: 1 where the crowd bets as the model says."""
    paid = quinellas(folder)
    chosen = [field for field in fields if field.key in paid]
    pairs = [paired_in(field, paid[field.key]) for field in chosen]
    share = [stake_share_from_dividend(paid[f.key][1], QUINELLA_TAKEOUT) for f in chosen]
    for name, model in (("Henery", henery), ("Harville", harville)):
        for exponent in (1.0, beta):
            chance = [
                model(chances(field, exponent)).set(pair)
                for field, pair in zip(chosen, pairs, strict=True)
            ]
            fit = fit_pool(np.log(chance), None, np.log(share))
            slope, error = fit.on_model.value, fit.on_model.error
            yield (
                f"HK quinella, −ln dividend on ln P: {name}, β {exponent:.3f}",
                f"slope {slope:.4f} ± {error:.4f}",
                f"n {fit.rows:,}, residual sd {fit.residual_sd:.3f}; aim 1",
            )


def french_rows(folder: Path) -> Iterator[Row]:
    """The loss of 2nd and 3rd by pool and discipline, then by discipline with the pools together.

    Together only once each pool has its own exponent: no chance mixes two pools.
    """
    together: dict[str, list[tuple[list[Field], dict[str, Floats]]]] = {}
    for pool, first_day in FRENCH.items():
        fields, counted = french(folder, pool)
        past, later = split(fields, first_day, "9999")
        yield f"PMU {pool}", f"{len(past):,} train, {len(later):,} judged", counted
        for kind in sorted({field.kind for field in fields}):
            learnt, met = ([f for f in part if f.kind == kind] for part in (past, later))
            beta, lambdas = fitted(learnt)
            judged = judge(met, beta, lambdas, FRENCH_SHAPES)
            losses = {name: one.both for name, one in judged.items()}
            together.setdefault(kind, []).append((met, losses))
            yield french_row(f"PMU {pool} {kind}, {size_of(met)}", losses, met, beta)
    for kind, parts in together.items():
        met = [field for part, _ in parts for field in part]
        names = parts[0][1]
        losses = {name: np.concatenate([one[name] for _, one in parts]) for name in names}
        yield from compared(f"PMU {kind}, 2nd and 3rd given 1st", losses, met)


def french_row(what: str, losses: dict[str, Floats], fields: Sequence[Field], beta: float) -> Row:
    best = min(losses, key=lambda name: float(losses[name].mean()))
    apart = interval(against(losses["Henery"], losses["Harville"], fields))
    lowest = f"lowest: {best} {losses[best].mean():.4f}; β {beta:.3f}"
    return what, f"Henery {losses['Henery'].mean():.4f}", f"Harville {apart}; {lowest}"


def main(words: Sequence[str]) -> None:
    """Print the rows; or, with --picture and a path, draw instead."""
    if "--picture" not in words:
        for row in rows():
            print(" | ".join(row))
        return
    path = Path(words[words.index("--picture") + 1])
    past, later = split(hong_kong(material_root() / "history" / "hk")[0], TRAINED, JUDGED_TO)
    judged = judge(later, *fitted(past), shapes=())
    draw(later, judged, path, DARK if "--dark" in words else LIGHT)


if __name__ == "__main__":
    main(sys.argv[1:])
