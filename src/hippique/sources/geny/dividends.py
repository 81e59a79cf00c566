"""The dividends of a legacy result page, scanned in document order.

Their tables are not closed, so depth means nothing: what counts is the last family, operator,
picture, base stake and winning combination seen before an amount.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from hippique.racing.result import Dividend, Refund, whole_refunds
from hippique.sources.geny import selectors as s
from hippique.sources.geny.bets import bet_and_rank
from hippique.sources.geny.page import Page
from hippique.sources.text import fold, read_amount, read_numbers, squash

_OPERATORS = {"GENYBET.FR": "genybet", "GENYBET": "genybet", "PMU": "pmu", "PMU.FR": "pmu_fr"}


@dataclass(slots=True)
class _Scan:
    """Where the scan stands; reset from the outer to the inner: family, operator, picture."""

    family: str | None = None
    operator: str | None = None
    picture: str | None = None
    base_eur: float | None = None
    block: tuple[int, ...] = ()
    label: str = ""
    combination: tuple[int, ...] = ()
    absent: int = 0  # legs of the combination whose horses were withdrawn
    dividends: list[Dividend] = field(default_factory=list)
    refunded: list[Refund] = field(default_factory=list)


def read_dividends(page: Page) -> tuple[tuple[Dividend, ...], tuple[Refund, ...]]:
    """All dividends of all operators, and whose bets were refunded.

    Amounts are printed per base stake ("pour 2 €"): on a real page every PMU amount of the quinté
    is an even number of tenths, twice a dividend of whole tenths, while amounts "pour 1 €" are
    odd as often as even. So `per_euro` = amount / base.
    """
    scan = _Scan()
    for node in page.tree.css(s.DIVIDEND_CELLS):
        _step(page, scan, node)
    if not scan.dividends:
        page.warnings.append("no dividends on the page")
    return tuple(scan.dividends), whole_refunds(scan.dividends, scan.refunded)


def _step(page: Page, scan: _Scan, node: LexborNode) -> None:
    words = node.attributes.get("class") or ""
    if node.tag == "table":
        _enter_family(scan, node.attributes.get("id") or "")
    elif scan.family is None:
        return
    elif node.tag == "i":
        _enter_operator(page, scan, squash(node.text()))
    elif node.tag == "img":
        scan.picture = node.attributes.get("alt") or scan.picture
    elif node.tag == "span":
        scan.block = read_numbers(node.text())
    elif words.startswith("blancdroite"):
        _take_base(scan, squash(node.text()))
    elif words.startswith("ncdouble"):
        scan.label, scan.combination = _label_and_combination(node)
        scan.absent = len(s.ABSENT_LEG.findall(node.text(separator=" ")))
    else:
        _take_amount(page, scan, squash(node.text()))
        scan.label, scan.combination = "", ()  # an amount never serves two lines


def _enter_family(scan: _Scan, family: str) -> None:
    scan.family = family
    scan.operator = scan.picture = scan.base_eur = None
    scan.block = ()


def _enter_operator(page: Page, scan: _Scan, name: str) -> None:
    if s.OPERATOR_NAME.match(name) is None:
        return
    scan.operator = _OPERATORS.get(name)
    if scan.operator is None:
        scan.operator = name.lower().replace(".fr", "").replace("-", "_")
        page.warnings.append(f"dividends of an unknown operator: {name}")
    scan.picture = scan.base_eur = None
    scan.block = ()


def _take_base(scan: _Scan, text: str) -> None:
    match = s.BASE_STAKE.search(text)
    if match:
        scan.base_eur = read_amount(match[1])


def _label_and_combination(cell: LexborNode) -> tuple[str, tuple[int, ...]]:
    pieces = [squash(part.text()) for part in cell.iter() if part.tag in {"div", "b", "span"}]
    pieces = [piece for piece in pieces if piece] or [squash(cell.text())]
    combination: tuple[int, ...] = ()
    label = ""
    for piece in pieces:
        if s.COMBINATION.match(piece):
            combination = read_numbers(piece)  # letters stand for any horse and are dropped
        else:
            label = f"{label} {piece}".strip()
    if combination:
        return label, combination
    if match := s.LEADING_COMBINATION.match(label):
        return squash(match[2]), read_numbers(match[1])
    if match := s.TRAILING_COMBINATION.match(label):
        return squash(match[1]), read_numbers(match[2])
    return label, ()


def _take_amount(page: Page, scan: _Scan, text: str) -> None:
    where = f"{scan.operator} {scan.family} {scan.label}".strip()
    if scan.operator is None or scan.family is None:
        page.warnings.append(f"an amount without an operator is left out: {where} {text[:30]}")
        return
    bet, rank = bet_and_rank(scan.family, scan.picture, scan.label)
    rank = rank or (f"{scan.absent}np" if scan.absent else None)
    if bet is None:
        page.warnings.append(f"a bet nobody knows is left out: {where} ({scan.picture})")
        return
    if s.REFUND_WORDS.match(fold(text)):
        page.warnings.append(f"refunded: {where}")
        scan.refunded.append(Refund(operator=scan.operator, bet=bet))
        return
    amount = read_amount(text)
    if not amount or not scan.base_eur:
        page.warnings.append(f"left out: {where}: {text[:30] or 'no amount'}")
        return
    scan.dividends.append(
        Dividend(
            operator=scan.operator,
            bet=bet,
            rank=rank,
            combination=scan.combination or scan.block,
            per_euro=round(amount / scan.base_eur, 4),
            stake_base_eur=scan.base_eur,
            label=scan.label or None,
        )
    )
