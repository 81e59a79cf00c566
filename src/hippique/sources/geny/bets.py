"""The site's families, pictures and labels of bets as codes of the catalogue."""

from __future__ import annotations

import re

from hippique.sources.geny.selectors import NON_RUNNER_RANK
from hippique.sources.text import fold

# Picture of the bet, folded and without the "e" of the internet pools. The sister site has names
# of its own: solo, duo, tertio, duo4, quatro.
_PICTURES = {
    "solo": "simple",
    "simple": "simple",
    "sologagnant": "win",
    "simplegagnant": "win",
    "soloplace": "place",
    "simpleplace": "place",
    "duo": "couple",
    "couple": "couple",
    "couplegagnant": "couple_win",
    "coupleplace": "couple_place",
    "duoordre": "couple_order",
    "coupleordre": "couple_order",
    "tertio": "trio",
    "trio": "trio",
    "tertioordre": "trio_order",
    "trioordre": "trio_order",
    "duo4": "two_of_four",
    "2sur4": "two_of_four",
    "deuxsurquatre": "two_of_four",
    "multi": "multi",
    "minimulti": "mini_multi",
    "tierce": "tierce",
    "quarte": "quarte",
    "quarteplus": "quarte",
    "quinte": "quinte",
    "quinteplus": "quinte",
    "quatro": "top4",
    "top4": "top4",
    "top5": "top5",
    "supertop5": "super_top5",
    "super4": "super4",
    "pick5": "pick5",
}
_FAMILIES = {
    "lessolos": "simple",
    "lesduos": "couple",
    "lestrios": "trio",
    "les2sur4": "two_of_four",
    "lesmultis": "multi",
    "lesminimultis": "mini_multi",
    "lesquintos": "quinte",
    "lesquartos": "quarte",
    "lestierces": "tierce",
    "lespick5": "pick5",
    "lespicks5": "pick5",
    "lessuper4": "super4",
}
_RANKED = frozenset({"tierce", "quarte", "quinte", "top5", "super_top5"})
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_PREFIX = re.compile(r"^(?:e-|rapport\s+)+")
_HORSES = re.compile(r"\b([4-7])\b")
_RANKS = (
    (re.compile(r"^ordre(?: exact)?$"), "order"),
    (re.compile(r"^d.sordre$"), "any_order"),
    (re.compile(r"^bonus 4 ?sur ?5$"), "bonus4of5"),
    (re.compile(r"^bonus 4$"), "bonus4"),
    (re.compile(r"^bonus 3$"), "bonus3"),
    (re.compile(r"^bonus$"), "bonus"),  # the quarté's only one, for its first three
)


def bet_and_rank(family: str, picture: str | None, label: str) -> tuple[str | None, str | None]:
    """Code and rank of a line; code None where neither its picture nor its family is known.

    family: id of the table ("lesDuos"); picture: alt of its picture; label: words of the line.
    """
    bet = _kind(picture) or _FAMILIES.get(fold(family))
    words = _PREFIX.sub("", fold(label))
    if bet is None:
        return None, None
    if bet in {"simple", "couple", "trio"}:
        return _by_words(bet, words)
    if bet in {"multi", "mini_multi"}:
        return _sized(bet, words)
    return bet, _rank(words) if bet in _RANKED else _non_runner_rank(words)


def _kind(picture: str | None) -> str | None:
    name = _NOT_LETTERS.sub("", fold(picture))
    return _PICTURES.get(name) or _PICTURES.get(name.removeprefix("e"))


def _by_words(bet: str, words: str) -> tuple[str | None, str | None]:
    extra = _non_runner_rank(words)
    if bet != "simple" and re.search(r"\bordre\b", words):
        return f"{bet}_order", extra
    if bet == "trio":
        return "trio", extra
    stem = "" if bet == "simple" else f"{bet}_"
    for sign, outcome in (("plac", "place"), ("gagnant", "win")):
        if sign in words:
            return f"{stem}{outcome}", extra
    return None, None


def _sized(bet: str, words: str) -> tuple[str, str | None]:
    stem = "mini_multi" if "mini" in words else bet
    horses = _HORSES.search(words)
    return (f"{stem}{horses[1]}" if horses else stem), _non_runner_rank(words)


def _rank(words: str) -> str | None:
    for pattern, rank in _RANKS:
        if pattern.match(words):
            return rank
    # A label nobody knows (a prize of its own) must not pass for the bet's plain dividend.
    return _non_runner_rank(words) or _NOT_LETTERS.sub("_", words).strip("_") or None


def _non_runner_rank(words: str) -> str | None:
    match = NON_RUNNER_RANK.search(words)
    return f"{match[1] or 1}np" if match else None
