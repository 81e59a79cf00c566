"""Numbers, hours and names of operators as a bettor reads them, in French or in English."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hippique.racing.times import paris_time

Lang = Literal["fr", "en"]
UNKNOWN = "–"
MINUS = "\u2212"
NO_BREAK = "\u00a0"
OPERATORS = {"zeturf": "ZEturf", "pmu": "PMU (points de vente)", "pmu_fr": "PMU (en ligne)"}
_OPERATORS_EN = {"pmu": "PMU (shops)", "pmu_fr": "PMU (online)"}


def decimal(value: float | None, decimals: int, lang: Lang, *, signed: bool = False) -> str:
    """1234.5 → «1234,50» or 1234.50; a rounded zero has no sign; unknown is a dash."""
    if value is None:
        return UNKNOWN
    text = f"{abs(value):.{decimals}f}"
    is_zero = float(text) == 0.0
    sign = "" if is_zero else MINUS if value < 0 else "+" if signed else ""
    return sign + (text.replace(".", ",") if lang == "fr" else text)


def euros(amount: float | None, lang: Lang, *, signed: bool = False) -> str:
    """2.5 → «2,50 €» or €2.50."""
    if amount is None:
        return UNKNOWN
    text = decimal(amount, 2, lang, signed=signed)
    if lang == "fr":
        return f"{text}{NO_BREAK}€"
    sign, digits = (text[0], text[1:]) if text[0] in {"+", MINUS} else ("", text)
    return f"{sign}€{digits}"


def cents(amount: int | None, lang: Lang, *, signed: bool = False) -> str:
    """250 → «2,50 €» or €2.50."""
    return euros(None if amount is None else amount / 100, lang, signed=signed)


def percent(share: float | None, lang: Lang, decimals: int = 0, *, signed: bool = False) -> str:
    """0.125 → «12,5 %» or 12.5%."""
    if share is None:
        return UNKNOWN
    text = decimal(100 * share, decimals, lang, signed=signed)
    return f"{text}{NO_BREAK}%" if lang == "fr" else f"{text}%"


def odds(value: float | None, lang: Lang) -> str:
    """One decimal: dividends are paid in decimes."""
    return decimal(value, 1, lang)


def hour(instant: datetime | None, lang: Lang, *, seconds: bool = False) -> str:
    """«14 h 10» or 14:10 on Paris clocks; with its seconds where they count."""
    if instant is None:
        return UNKNOWN
    local = paris_time(instant)
    if lang == "en":
        return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    told = f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"
    return f"{told}{NO_BREAK}min{NO_BREAK}{local.second:02d}{NO_BREAK}s" if seconds else told


def operator_name(operator: str, lang: Lang = "fr") -> str:
    """As the bettor knows it."""
    words = {**OPERATORS, **(_OPERATORS_EN if lang == "en" else {})}
    return words.get(operator, operator)


def combination(numbers: tuple[int, ...]) -> str:
    """Saddle numbers, 3-5-9."""
    return "-".join(map(str, numbers))


def sign(mark: str, lang: Lang) -> str:
    """A colon or semicolon: the French put a blank before it."""
    return f" {mark}" if lang == "fr" else mark


def printable(text: str | None) -> str:
    """A page's text for a terminal or a phone: one line, without signs that act upon a screen."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text or "")
    return " ".join(kept.split())
