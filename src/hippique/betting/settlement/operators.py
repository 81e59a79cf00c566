"""Where operators differ: non-runners in a combination, and coupled entries. One row a rule."""

from __future__ import annotations

from enum import StrEnum

from hippique.racing.bets import Wins

# One horse of a couplé or a trio: what the words below are about.
_COMBINED = (Wins.FIRST_N, Wins.TWO_OF_PLACED, Wins.TWO_OF_FOUR)


class Absent(StrEnum):
    """What a combination with a non-runner comes to, where not all of its horses are out."""

    REFUND = "refund"
    RANK = "rank"  # its other horses are paid at a dividend of their own, «1 NP»
    UNKNOWN = "unknown"


# PMU: rules of 30 November 2017, "Couplé 1 NP", "Trio 1 NP", "Trio 2 NP" in its dividends.
# ZEturf: its help pages promise the stake back for a single non-runner; taken for combinations
# too, not verified. ZE 4, ZE 5 and the like: not known.
_ABSENT: dict[str, dict[Wins, Absent]] = {
    "zeturf": dict.fromkeys(_COMBINED, Absent.REFUND),
    "pmu": dict.fromkeys((*_COMBINED, Wins.FIRST_FOUR_AMONG), Absent.RANK),
    "pmu_fr": dict.fromkeys((*_COMBINED, Wins.FIRST_FOUR_AMONG), Absent.RANK),
}


def absent_rule(operator: str, wins: Wins) -> Absent:
    """The operator's rule for a combination of which some horses did not run."""
    return _ABSENT.get(operator, {}).get(wins, Absent.UNKNOWN)


# (bet, non-runners) → the places that its other horses must fill to be paid at the NP rank.
# Others: the rank is paid where it is published, nothing is concluded where it is not.
RANK_PLACES = {
    ("couple_win", 1): 1,
    ("couple_place", 1): 3,
    ("trio", 1): 2,
    ("trio", 2): 1,
    ("two_of_four", 1): 4,
}


class Coupled(StrEnum):
    """What a coupled entry is to a bet."""

    SINGLY = "singly"  # each number alone
    AS_ONE = "as_one"  # the mate's win is the horse's own
    UNKNOWN = "unknown"  # the published dividends alone can tell


# PMU pays a coupled entry as one horse in simple gagnant; 2 sur 4, multi, trio and tiercé treat
# each horse alone, even coupled (articles of the rules). Couplés: not known. ZEturf: never.
_COUPLED = {
    Wins.FIRST: Coupled.AS_ONE,
    Wins.TWO_OF_PLACED: Coupled.UNKNOWN,
}
_COUPLES = frozenset({"couple_win", "couple_order"})
_COUPLING_OPERATORS = frozenset({"pmu", "pmu_fr"})


def coupled_rule(operator: str, bet: str, wins: Wins) -> Coupled:
    """How the operator pays a coupled entry in this bet."""
    if operator not in _COUPLING_OPERATORS:
        return Coupled.SINGLY
    return Coupled.UNKNOWN if bet in _COUPLES else _COUPLED.get(wins, Coupled.SINGLY)
