"""One runner of PMU's participants, as declared before the race."""

from __future__ import annotations

from hippique.racing.card import Blinkers, Runner, Shoes
from hippique.sources.pmu import fields
from hippique.sources.pmu.career import read_career
from hippique.sources.pmu.document import Node
from hippique.sources.pmu.odds import read_odds

_TENTHS = 10  # weights are in tenths of a kilo
_CENTS = 100


def read_runner(node: Node) -> Runner:
    """Read one runner. Raises PageChanged where it has no saddle number.

    Nothing that is written after the race is read here: see `runners.read_runners`.
    """
    number = node.whole(fields.NUMBER, least=1, most=fields.LAST_NUMBER)
    if number is None:
        raise node.changed(fields.NUMBER)
    non_runner = _is_withdrawn(node)
    return Runner(
        number=number,
        name=node.text(fields.NAME),
        non_runner=non_runner,
        sex=_sex(node),
        age=node.whole(fields.AGE, least=1),
        jockey=node.text(fields.JOCKEY),
        trainer=node.text(fields.TRAINER),
        weight_kg=_weight(node),
        draw=node.whole(fields.DRAW, least=1),
        distance_m=node.whole(fields.RUNNER_DISTANCE, least=1),
        shoes=_shoes(node),
        blinkers=_blinkers(node),
        form=node.text(fields.FORM),
        earnings_eur=_earnings(node),
        # reductionKilometrique is this race's own time, written after it: never a record.
        record=None,
        coupling=node.text(fields.COUPLING),
        career=read_career(node),
        odds=None if non_runner else read_odds(node),
    )


def _is_withdrawn(node: Node) -> bool:
    # Some withdrawals stand in the incident alone, the state still PARTANT (2 of 57,698 runners).
    codes = {node.code(fields.RUNNER_STATE), node.code(fields.RUNNER_INCIDENT)}
    if node.code(fields.RUNNER_STATE) not in {fields.STARTER, fields.NON_RUNNER, None}:
        node.warn(f"unknown state {node.code(fields.RUNNER_STATE)}")
    return fields.NON_RUNNER in codes


def _sex(node: Node) -> str | None:
    code = node.code(fields.SEX)
    if code is not None and code not in fields.SEXES:
        node.warn(f"unknown sex {code}")
    return fields.SEXES.get(code or "")


def _weight(node: Node) -> float | None:
    # In trot races the field is filled with noise (600 for every horse).
    tenths = node.number(fields.WEIGHT)
    return tenths / _TENTHS if tenths and _is_galloper(node) else None


def _is_galloper(node: Node) -> bool:
    # Every trotter, and no galloper, has a distance of its own.
    gait = node.code(fields.GAIT)
    return gait == fields.GALLOP if gait else node.content.get(fields.RUNNER_DISTANCE) is None


def _shoes(node: Node) -> Shoes | None:
    code = node.code(fields.SHOES)
    if code is None:
        return None
    if code in fields.MIXED_SHOES_CODES:
        node.warn(f"{code}: only the bare feet are kept")
        return fields.MIXED_SHOES_CODES[code]
    if code not in fields.SHOES_CODES:
        node.warn(f"unknown shoeing {code}")
    return fields.SHOES_CODES.get(code)


def _blinkers(node: Node) -> Blinkers | None:
    code = node.code(fields.BLINKERS)
    if code is not None and code not in fields.BLINKERS_CODES:
        node.warn(f"unknown blinkers {code}")
    return fields.BLINKERS_CODES.get(code or "")


def _earnings(node: Node) -> float | None:
    # Cents of the euro; of the local money at some meetings abroad, which the answer does not say.
    earnings = node.node(fields.EARNINGS)
    cents = earnings.number(fields.CAREER_EARNINGS) if earnings else None
    return None if cents is None else cents / _CENTS
