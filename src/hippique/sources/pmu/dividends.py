"""PMU's rapports-definitifs: what each winning combination of a race pays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hippique.errors import PageChanged, PageMissing
from hippique.racing.bets import CATALOGUE, Order
from hippique.racing.card import Meeting, Race, RaceStatus, Reading
from hippique.racing.result import Dividend, Refund, Result, ResultStatus
from hippique.sources.pmu import fields
from hippique.sources.pmu.address import read_address
from hippique.sources.pmu.document import Node, decode
from hippique.sources.text import fold

_CENTS = 100
_SADDLE = re.compile(r"[1-9][0-9]?")
_IN_HORSES = re.compile(r"\ben\s*(\d)\b")  # "Multi en 5"
_ABSENT = re.compile(r"\b(\d)\s*np\b")  # "Couplé Gagnant 1 NP"
_BONUS = re.compile(r"\bbonus\b\s*(\d)?(?:\s*sur\s*(\d))?")  # "Bonus 3", "Bonus 4sur5"


def read_dividends(body: bytes, *, url: str | None = None) -> Reading:
    """Read a rapports-definitifs answer; its day, meeting and race come from `url`, else None.

    Official, because PMU fills this address only from a definitive arrival. The order of finish
    is not in it and stays empty. Dividends are euros per 1 €; a dividend of 0 is a rank that
    nobody won: left out and named in a warning. Raises PageMissing (empty answer, no pool paid
    yet), PageChanged (another shape).
    """
    pools = _pools(body, url)
    root = Node({}, "", url)
    address = read_address(url)
    if address.key is None:
        root.warn("the race's identity is in the address only: give it with --url")
    read = [_read_pool(Node(pool, f"[{at}]", url, root.warnings)) for at, pool in enumerate(pools)]
    result = Result(
        status=ResultStatus.OFFICIAL,
        dividends=tuple(dividend for pool in read for dividend in pool.dividends),
        refunded=tuple(dict.fromkeys(one for pool in read for one in pool.refunded)),
    )
    race = Race(
        number=address.race,
        key=address.key,
        status=RaceStatus.OFFICIAL,
        url=address.race_url(address.meeting, address.race),
        result=result,
    )
    return Reading(
        source=fields.SITE,
        page="dividends",
        url=url,
        warnings=tuple(root.warnings),
        meetings=(Meeting(number=address.meeting, date=address.day, races=(race,)),),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _PoolPaid:
    dividends: tuple[Dividend, ...] = ()
    refunded: tuple[Refund, ...] = ()


def _pools(body: bytes, url: str | None) -> list[dict[str, object]]:
    content = decode(body, url=url)
    if not isinstance(content, list) or not all(isinstance(pool, dict) for pool in content):
        raise PageChanged("not a list of pools", site=fields.SITE, url=url)
    if not content:
        raise PageMissing("no dividend is published (yet)", site=fields.SITE, url=url)
    return content


def _read_pool(node: Node) -> _PoolPaid:
    pool = node.code(fields.POOL)
    if pool is None:
        raise node.changed(fields.POOL)
    family = pool.removeprefix(fields.INTERNET_SIGN)
    if family not in fields.BET_CODES and family not in fields.SIZED_BET_CODES:
        node.warn(f"{pool}: a bet outside the catalogue, left out")
        return _PoolPaid()
    payments = [
        _read_payment(payment, node, pool, family) for payment in node.nodes(fields.PAYMENTS)
    ]
    is_refunded = node.flag(fields.REFUNDED) is True
    if is_refunded:
        node.warn(f"{pool}: refunded")
    return _PoolPaid(
        dividends=tuple(dividend for dividend in payments if dividend is not None),
        refunded=_refunds(pool, family) if is_refunded else (),
    )


def _refunds(pool: str, family: str) -> tuple[Refund, ...]:
    codes = fields.SIZED_BET_CODES.get(family) or (fields.BET_CODES[family],)
    return tuple(Refund(operator=_operator(pool), bet=code) for code in codes)


def _read_payment(payment: Node, pool_node: Node, pool: str, family: str) -> Dividend | None:
    label = payment.text(fields.PAYMENT_NAME)
    combination = payment.text(fields.COMBINATION)
    name = f"{pool} {label or '-'} {combination or '-'}"
    cents = payment.number(fields.PER_EURO)
    if cents == 0:
        payment.warn(f"{name}: rank not won")
        return None
    if cents is None or cents < 0:
        payment.warn(f"{name}: no dividend per euro, left out")
        return None
    bet = _bet(family, label)
    numbers, absent = _read_combination(combination)
    rank = _rank(bet, label, absent) if bet else None
    if bet is None or numbers is None or (rank is None and _needs_rank(bet)):
        payment.warn(f"{name}: unknown bet, rank or combination, left out")
        return None
    base = pool_node.number(fields.BASE_STAKE)
    return Dividend(
        operator=_operator(pool),
        bet=bet,
        rank=rank,
        combination=numbers,
        per_euro=cents / _CENTS,
        stake_base_eur=None if base is None else base / _CENTS,
        label=label,
    )


def _operator(pool: str) -> str:
    is_internet = pool.startswith(fields.INTERNET_SIGN)
    return fields.INTERNET_OPERATOR if is_internet else fields.SHOPS_OPERATOR


def _bet(family: str, label: str | None) -> str | None:
    if family in fields.BET_CODES:
        return fields.BET_CODES[family]
    found = _IN_HORSES.search(fold(label))
    code = f"{fields.SIZED_BET_STEMS[family]}{found[1]}" if found else ""
    return code if code in fields.SIZED_BET_CODES[family] else None


def _read_combination(combination: str | None) -> tuple[tuple[int, ...] | None, int]:
    """Saddle numbers in the page's order and how many legs are non-runners; "5-NP" -> (5), 1."""
    legs = [leg.strip().upper() for leg in (combination or "").split("-")]
    numbers = tuple(int(leg) for leg in legs if _SADDLE.fullmatch(leg))
    absent = legs.count(fields.ABSENT_LEG)
    is_read = bool(numbers) and len(numbers) + absent == len(legs)
    return (numbers if is_read else None), absent


def _needs_rank(bet: str) -> bool:
    return CATALOGUE[bet].order is Order.BOTH


def _rank(bet: str, label: str | None, absent: int) -> str | None:
    words = fold(label)
    parts = [_order_rank(words)] if _needs_rank(bet) else []
    non_runners = _ABSENT.search(words)
    if non_runners or absent:
        parts.append(f"{non_runners[1] if non_runners else absent}np")
    return "_".join(part for part in parts if part) or None


def _order_rank(words: str) -> str | None:
    bonus = _BONUS.search(words)
    if bonus:
        return "bonus" + (bonus[1] or "") + (f"of{bonus[2]}" if bonus[2] else "")
    if "desordre" in words:
        return "any_order"
    return "order" if "ordre" in words else None
