"""Seen against predicted seconds and thirds by band of win chance, drawn for light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from finishing.history import Field
from finishing.measures import Band, bands
from finishing.models import Judged

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of the screens; blue and orange stay apart for every kind of colour vision."""

    paper: str
    ink: str
    faint: str
    rule: str
    colours: dict[str, str]


LIGHT = Theme(
    "#fcfcfa", "#14181b", "#646b72", "#dcded8", {"Harville": "#c2560c", "Henery": "#2145c4"}
)
DARK = Theme(
    "#101316", "#eceeef", "#929ba3", "#2b3238", {"Harville": "#ff9c4a", "Henery": "#93aeff"}
)
WIDE_PX, HIGH_PX, SHARP = 700, 500, 2  # shown at 700 px, twice the dots
SHOWN = (0.43, 2.08)
CHANCE_TICKS = {0.005: "0.5 %", 0.02: "2 %", 0.05: "5 %", 0.1: "10 %", 0.2: "20 %", 0.5: "50 %"}
RATIO_TICKS = {
    0.5: "half as often",
    2 / 3: "−33 %",
    0.8: "−20 %",
    1.0: "as predicted",
    1.25: "+25 %",
    1.5: "+50 %",
    2.0: "twice as often",
}
LABELS = {"Harville": (0.048, 1.365), "Henery": (0.0135, 0.73)}  # beside their lines, at the left
TITLE = (
    "Harville promises favourites too many second and third places,\n"
    "and outsiders too few. Henery errs mainly at the extremes."
)


def draw(fields: Sequence[Field], judged: dict[str, Judged], path: Path, theme: Theme) -> None:
    """Seen ÷ predicted by band of win chance, second and third place side by side."""
    from matplotlib.figure import Figure  # noqa: PLC0415  slow to load, only for the picture

    figure = Figure(figsize=(WIDE_PX / 100, HIGH_PX / 100), dpi=100, facecolor=theme.paper)
    panels = figure.subplots(1, 2, sharey=True)
    for panel, place, heading in zip(panels, (2, 3), ("second", "third"), strict=True):
        dress(panel, theme, f"Finishing {heading}")
        for name, marker in (("Harville", "s"), ("Henery", "o")):
            draw_line(panel, bands(fields, judged, name, place), theme, name, marker)
    for name, at in LABELS.items():
        shown = {"color": theme.colours[name], "fontsize": 11, "fontweight": "bold", "va": "center"}
        panels[0].text(*at, name, **shown)
    figure.text(0.012, 0.975, TITLE, fontsize=12.5, fontweight="bold", color=theme.ink, va="top")
    above = "How often it was seen, against how often it was predicted (log scale)"
    figure.text(0.012, 0.868, above, fontsize=9.5, color=theme.faint, va="top")
    below = "Win chance of the runner by the market (log scale)"
    figure.text(0.143, 0.148, below, fontsize=9.5, color=theme.faint, va="top")
    figure.text(0.012, 0.018, caption(fields), fontsize=8.5, color=theme.faint, va="bottom")
    figure.subplots_adjust(left=0.143, right=0.988, top=0.778, bottom=0.215, wspace=0.06)
    figure.savefig(path, dpi=100 * SHARP, facecolor=theme.paper, metadata={"Software": None})


def caption(fields: Sequence[Field]) -> str:
    runners = sum(field.odds.size for field in fields)
    return (
        f"Hong Kong, August 2018 to July 2024: {len(fields):,} races, {runners:,} runners; win "
        "chances from closing odds,\ntempered on earlier seasons. Points: bands of win chance, "
        "at their mean. Bars: 95 %, whole days resampled."
    )


def dress(panel: Axes, theme: Theme, heading: str) -> None:
    panel.set(xscale="log", yscale="log", xlim=(0.0038, 0.68), ylim=SHOWN, facecolor=theme.paper)
    panel.set_title(heading, loc="left", fontsize=10.5, color=theme.ink, pad=7)
    panel.set_xticks(list(CHANCE_TICKS), list(CHANCE_TICKS.values()))
    panel.set_yticks(list(RATIO_TICKS), list(RATIO_TICKS.values()))
    panel.minorticks_off()
    panel.tick_params(length=0, labelsize=9, labelcolor=theme.faint, pad=5)
    panel.grid(axis="y", color=theme.rule, linewidth=0.7)
    panel.set_axisbelow(True)
    panel.axhline(1.0, color=theme.ink, linewidth=1.1, zorder=1.5)
    panel.spines[:].set_visible(False)


def draw_line(panel: Axes, found: list[Band], theme: Theme, name: str, marker: str) -> None:
    nudge = {"Harville": 0.975, "Henery": 1.025}[name]  # bars of one band must not hide each other
    win = np.array([band.win for band in found]) * nudge
    ratio = np.array([band.seen / band.predicted for band in found])
    low, high = (np.array([getattr(band, end) for band in found]) for end in ("low", "high"))
    colour = theme.colours[name]
    panel.plot(win, ratio, color=colour, linewidth=1.0, alpha=0.45, zorder=2)
    panel.vlines(win, low, high, color=colour, linewidth=1.5, zorder=3)
    panel.plot(win, ratio, marker, color=colour, markersize=5.5, mec=theme.paper, mew=0.8, zorder=4)
