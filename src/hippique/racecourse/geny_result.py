"""The arrival and the dividends of a Geny-shaped page, operator by operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hippique.racecourse.dividends import Paid, dividends
from hippique.racecourse.rendering import render
from hippique.racecourse.simulated import SimulatedRace
from hippique.racecourse.wording import (
    HARD_SPACE,
    euro_amount,
    initial_first,
    margins,
    race_reduction_ms,
    ranked,
    reduction,
    slug,
)
from hippique.racing.bets import places_paid

_OPERATORS = (("genybet", "GENYBET.FR", 3), ("pmu", "PMU", 2), ("pmu_internet", "PMU.FR", 4))
_FAMILIES = (  # (id of the table, its bets)
    ("lesSolos", ("win", "place")),
    ("lesDuos", ("couple_win", "couple_place", "couple_order")),
    ("lesTrios", ("trio", "trio_order")),
    ("les2sur4", ("two_of_four",)),
    ("lesQuintos", ("quinte",)),
)
_PICTURES = {
    "lesSolos": "solo",
    "lesDuos": "duo",
    "lesTrios": "trio",
    "les2sur4": "2sur4",
    "lesQuintos": "quinte",
}
_LABELS = {
    "win": "Simple Gagnant",
    "place": "Simple Placé",
    "couple_win": "Couplé Gagnant",
    "couple_place": "Couplé Placé",
    "couple_order": "Couplé Ordre",
    "trio": "Trio",
    "trio_order": "Trio Ordre",
}
_SHORT_LABELS = {
    "win": "Gagnant",
    "place": "Placé",
    "couple_win": "Gagnant",
    "couple_place": "Placé",
}
_RANKS = {"order": "Ordre", "any_order": "Désordre"}
_QUINTE_BASE_EUR = 2  # its amounts are printed for two euros


@dataclass(frozen=True, slots=True)
class _Block:
    """One operator's dividends of one family."""

    family: str
    operator: str
    paid: tuple[Paid, ...]


@lru_cache(maxsize=512)  # a result changes once: when it becomes official
def result_fragment(race: SimulatedRace, *, is_official: bool) -> str:
    """The arrival, with the dividends when it is official."""
    return render(
        "geny_result.html",
        is_official=is_official,
        trot=race.discipline.is_trot,
        rows=_rows(race),
        families=_families(race) if is_official else (),
    )


def _rows(race: SimulatedRace) -> list[dict[str, object]]:
    """Finishers with their place, then those who ran and have none."""
    lost = margins(race)
    unpaid_from = places_paid(race.declared) + 1
    rows: list[dict[str, object]] = []
    has_gap = False
    for place, number in ranked(race):
        is_first_unpaid = not has_gap and place >= unpaid_from
        has_gap = has_gap or is_first_unpaid
        last = lost[number]
        if race.discipline.is_trot:
            last = reduction(race_reduction_ms(race, number), "''")
        rows.append(_row(race, number, place, last) | {"is_first_unpaid": is_first_unpaid})
    finish = race.finish
    unplaced = (*finish.disqualified, *finish.fallen, *finish.pulled_up)
    return rows + [_row(race, number, None, "") | {"is_first_unpaid": False} for number in unplaced]


def _row(race: SimulatedRace, number: int, place: int | None, last: str) -> dict[str, object]:
    entry = race.entry(number)
    return {
        "place": place,
        "number": number,
        "name": entry.name,
        "horse_id": entry.horse_id,
        "jockey": initial_first(entry.jockey),
        "jockey_slug": slug(f"{entry.jockey.first} {entry.jockey.last}"),
        "jockey_id": entry.jockey.id,
        "last": last,
    }


def _families(race: SimulatedRace) -> list[dict[str, object]]:
    families: list[dict[str, object]] = []
    for family, bets in _FAMILIES:
        blocks = []
        for operator, title, suffix in _OPERATORS:
            paid = tuple(
                row for row in dividends(race) if row.operator == operator and row.bet in bets
            )
            if paid:
                block = _Block(family, operator, paid)
                blocks.append(_block(race, block) | {"operator": title, "suffix": suffix})
        if blocks:
            families.append({"id": family, "blocks": blocks})
    return families


def _block(race: SimulatedRace, block: _Block) -> dict[str, object]:
    finishers = race.finish.finishers()
    shown = {"les2sur4": 4, "lesQuintos": 5}.get(block.family, 0)
    base = _QUINTE_BASE_EUR if block.family == "lesQuintos" else 1
    rows = _family_rows(block, base)
    group = {"base": base, "picture": _PICTURES[block.family], "rows": rows}
    return {"heading": " - ".join(map(str, finishers[:shown])), "groups": [group]}


def _family_rows(block: _Block, base: int) -> list[dict[str, object]]:
    if block.family == "les2sur4":
        label = {"genybet": "2sur4", "pmu": "Rapport 2sur4"}.get(block.operator, "")
        return [_amount_row("", label, block.paid[0], base)]
    if block.family == "lesQuintos":
        return [_amount_row("", _RANKS[str(row.rank)], row, base) for row in block.paid]
    labels = _LABELS if block.operator == "genybet" else _LABELS | _SHORT_LABELS
    return [_amount_row(_dashed(row.combination), labels[row.bet], row, base) for row in block.paid]


def _dashed(combination: Sequence[int]) -> str:
    return "-".join(map(str, combination))


def _amount_row(left: str, right: str, paid: Paid, base: int) -> dict[str, object]:
    amount = euro_amount(paid.decimes * 10 * base, HARD_SPACE)
    return {"left": left, "right": right, "amount": amount}
