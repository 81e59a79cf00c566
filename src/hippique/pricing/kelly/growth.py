"""The expected log growth of portfolios: of parts of them by the thousand, and of whole ones.

With W0 = wealth − total staked, tickets a and b together grow by ln(W0/wealth) + L_a + L_b + O,
where L = Σ P ln(1 + pay/W0) over the states in which the ticket pays and
O = Σ P ln(1 − pay_a pay_b / ((W0 + pay_a)(W0 + pay_b))) over those in which both do. L needs the
states of the ticket's own cut only; O those of both cuts laid over each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hippique.pricing.checks import Floats, Ints
from hippique.pricing.kelly.cuts import Refined
from hippique.pricing.kelly.payoffs import DUST
from hippique.pricing.kelly.tables import Amount, Tables, sums_by

Parts = tuple[tuple[int, int], ...]  # (ticket, amount) of a portfolio, in order of names


@dataclass(frozen=True, slots=True, eq=False)
class Paid:
    """What a portfolio pays: chances and euros by state, (states,), and the total staked.

    The states are those of its tickets' cuts laid over each other, without those that cannot be.
    """

    chances: Floats
    euros: Floats
    total: float


def ticket_logs(amount: Amount, left: float) -> Floats:
    """L of every ticket at this amount, `left` being W0: (tickets,)."""
    terms = amount.weights * np.log1p(amount.pays / left)
    return sums_by(amount.rows, terms, amount.owners.size)


def overlaps(  # noqa: PLR0913, PLR0917  two of the same kind, and what is left of the wealth
    tables: Tables, first: Amount, second: Amount, a: Ints, b: Ints, left: float
) -> Floats:
    """O of each pair (a in `first`, b in `second`), ≤ 0."""
    result = np.zeros(a.size)
    kinds = tables.on[first.owners[a]] * len(tables.cuts) + tables.on[second.owners[b]]
    for kind in np.unique(kinds):
        here = np.flatnonzero(kinds == kind)
        one, other = (tables.cuts[at] for at in divmod(int(kind), len(tables.cuts)))
        i, j = a[here], b[here]
        by_first, by_second = tables.refined(one, other), tables.refined(other, one)
        # The one with fewer payments, so divided, is looked up in the other.
        longer = _pieces(second, j, by_second) > _pieces(first, i, by_first)
        result[here[longer]] = _looked_up(second, first, j[longer], i[longer], by_first, left)
        longer = ~longer
        result[here[longer]] = _looked_up(first, second, i[longer], j[longer], by_second, left)
    return result


def payouts(tables: Tables, parts: Parts) -> Paid:
    """What one portfolio of at most two tickets pays in each state."""
    cuts = sorted({tables.cuts[tables.on[ticket]] for ticket, _ in parts})
    if not cuts:
        return Paid(np.ones(1), np.zeros(1), 0.0)
    pieces = tables.refined(cuts[0], cuts[-1])
    rows = {
        cuts[-1]: pieces.others,
        cuts[0]: np.repeat(np.arange(pieces.starts.size - 1), np.diff(pieces.starts)),
    }
    euros, total = np.zeros(pieces.chances.size), 0.0
    for ticket, place in parts:
        cut, amount = tables.cuts[tables.on[ticket]], tables.amounts[place]
        euros += _paid(amount, ticket)[rows[cut]]
        total += amount.stake
    possible = pieces.chances > 0.0
    return Paid(pieces.chances[possible], euros[possible], total)


def growth(tables: Tables, parts: Parts, wealth: float) -> float:
    """The expected log growth of one portfolio, summed over all states; −∞ if one ruins."""
    paid = payouts(tables, parts)
    profits = paid.euros - paid.total
    if (wealth + profits).min() <= DUST:
        return -np.inf
    return float(paid.chances @ np.log1p(profits / wealth))


def _paid(amount: Amount, ticket: int) -> Floats:
    # Euros in every state of the ticket's cut and, of no use to it, up to the longest cut's.
    row = int(np.searchsorted(amount.owners, ticket))
    here = slice(int(amount.starts[row]), int(amount.starts[row + 1]))
    euros = np.zeros(amount.width)
    euros[amount.states[here]] = amount.pays[here]
    return euros


def _pieces(amount: Amount, rows: Ints, pieces: Refined) -> Floats:
    # About how many: payments times the pieces of a state, which bets divide evenly.
    each = pieces.others.size / (pieces.starts.size - 1)
    return np.asarray(np.diff(amount.starts)[rows] * each)


def _looked_up(  # noqa: PLR0913, PLR0917  as `overlaps`
    whole: Amount, part: Amount, i: Ints, j: Ints, pieces: Refined, left: float
) -> Floats:
    pair, entry = _spread(part.starts, j)
    at, cell = _spread(pieces.starts, part.states[entry])
    pair, entry = pair[at], entry[at]
    if not pair.size:
        return np.zeros(i.size)
    wanted = i[pair] * whole.width + pieces.others[cell]
    found = np.minimum(np.searchsorted(whole.keys, wanted), whole.keys.size - 1)
    both = whole.keys[found] == wanted
    one, other = whole.pays[found[both]], part.pays[entry[both]]
    lost = np.log1p(-(one / (left + one)) * (other / (left + other)))
    return sums_by(pair[both], pieces.chances[cell[both]] * lost, i.size)


def _spread(starts: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """All that lies between starts[r] and starts[r + 1] for each of the rows; with its place."""
    counts = np.diff(starts)[rows]
    ends = np.cumsum(counts)
    places = np.repeat(np.arange(rows.size), counts)
    return places, np.arange(places.size) + np.repeat(starts[rows] - ends + counts, counts)
