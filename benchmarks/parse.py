"""A ZEturf race page, read by our reader and by BeautifulSoup with html.parser: the same facts.

The facts of both are compared before anything is timed. The page is read from HIPPIQUE_MATERIAL.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bs4 import BeautifulSoup, Tag

from hippique.racing.card import Reading
from hippique.racing.times import paris_time
from hippique.sources.zeturf import read_race
from material import material_root

PAGE = "pages/zeturf/race_2026-01-18_R5C6.html"
AIM = 30  # times faster
ROUNDS = 15

Facts = dict[str, Any]


def main() -> list[tuple[str, str, str]]:
    """One row: the time of one reading by each, and the ratio beside its aim."""
    path = material_root() / PAGE
    if not path.exists():
        return [(f"page absent: {PAGE}", "not run", "set HIPPIQUE_MATERIAL")]
    body = path.read_bytes()
    compare(our_facts(read_race(body)), peer_facts(body))
    ours = timed(lambda: read_race(body))
    peer = timed(lambda: peer_facts(body))
    return [
        (
            f"read a race page of {len(body) / 1024:.0f} KiB, best of {ROUNDS}",
            f"{ours * 1000:.1f} ms",
            f"BeautifulSoup+html.parser {peer * 1000:.1f} ms: ×{peer / ours:.0f} (aim ×{AIM})",
        )
    ]


def timed(call: Callable[[], object]) -> float:
    """CPU seconds of the best of some calls: what else the machine does only ever adds to it."""
    return min(seconds_of(call) for _ in range(ROUNDS))


def seconds_of(call: Callable[[], object]) -> float:
    before = time.process_time()
    call()
    return time.process_time() - before


def compare(ours: Facts, peer: Facts) -> None:
    """Raises ValueError where the two disagree: a comparison of different work says nothing."""
    differing = [name for name in ours if ours[name] != peer[name]]
    if differing:
        shown = "; ".join(f"{name}: {ours[name]!r} ≠ {peer[name]!r}" for name in differing)
        raise ValueError(f"the readers disagree on {shown}"[:2000])


def our_facts(reading: Reading) -> Facts:
    """The facts that both read, from our reading."""
    meeting, race = reading.meetings[0], reading.only_race()
    if race.result is None:
        raise ValueError("the page of this benchmark holds a result")
    return {
        "meeting": (meeting.number, meeting.track, meeting.country, str(meeting.date)),
        "race": (race.number, race.name, race.distance_m, race.prize_eur, race.starters),
        "off_time": race.off_time,
        "runners": [runner_facts(asdict(runner)) for runner in race.runners],
        "order": [tied[0] for tied in race.result.order],
        "out": (list(race.result.non_runners), list(race.result.disqualified)),
        "dividends": [(d.label, list(d.combination), d.per_euro) for d in race.result.dividends],
    }


RUNNER_FIELDS = (
    *("number", "name", "non_runner", "sex", "age", "jockey", "trainer", "distance_m"),
    *("form", "earnings_eur", "record"),
)
ODDS = {
    "reference": "reference",
    "win": "SG",
    "place_low": "SPMin",
    "place_high": "SPMax",
    "show2": "ZS",
    "fourth": "ZC",
}


def runner_facts(runner: Facts) -> Facts:
    odds = runner["odds"] or {}
    return {name: runner[name] for name in RUNNER_FIELDS} | {name: odds.get(name) for name in ODDS}


# --- the peer ------------------------------------------------------------------------------


def peer_facts(body: bytes) -> Facts:
    """The same facts with BeautifulSoup and html.parser, its own find methods throughout."""
    text = body.decode("utf-8")
    soup = BeautifulSoup(text, "html.parser")
    script = peer_script(text)
    infos = words(soup.find("p", class_="infos")).split(" - ")
    return {
        "meeting": peer_meeting(soup, script),
        "race": (
            int(words(soup.find(class_="numero-course")).removeprefix("C")),
            words(soup.find("h2", class_="nom-course")),
            first_number(infos[1]),
            float(first_number(infos[2])),
            first_number(infos[3]),
        ),
        "off_time": peer_off_time(soup),
        "runners": list(peer_runners(soup, script["odds"])),
        "order": peer_numbers(soup, "Arrivée officielle"),
        "out": (peer_numbers(soup, "Non-partant"), peer_numbers(soup, "Disqualifié")),
        "dividends": list(peer_dividends(soup)),
    }


def peer_script(text: str) -> Facts:
    def found(pattern: str) -> str:
        match = re.search(pattern, text)
        if match is None:
            raise ValueError(f"the page lacks {pattern}")
        return match[1]

    return {
        "odds": json.loads(found(r"cotesInfos:\s*(\{.*\})")),
        "day": found(r'reunionDate:\s*"([\d-]+)"'),
        "track": found(r'nomReunion:\s*"([^"]+)"'),
        "country": found(r'alpha2:\s*"(\w+)"'),
    }


def peer_meeting(soup: BeautifulSoup, script: Facts) -> tuple[int, str, str, str]:
    number = int(words(soup.find(class_="numero-reunion")).removeprefix("R"))
    return number, script["track"], script["country"], script["day"]


def peer_off_time(soup: BeautifulSoup) -> datetime:
    header = tag(soup.find(class_="heure-course"))
    stamp = tag(header.find("span", attrs={"data-timestamp": True}))["data-timestamp"]
    return paris_time(datetime.fromtimestamp(int(str(stamp)), UTC))


def peer_runners(soup: BeautifulSoup, odds: Facts) -> Iterator[Facts]:
    table = tag(soup.find(id="pariCotesTab")).find("table", class_="table-runners")
    for row in tag(tag(table).find("tbody")).find_all("tr", attrs={"data-runner": True}):
        yield peer_runner(row, odds)


def peer_runner(row: Tag, odds: Facts) -> Facts:
    number = str(row["data-runner"])
    sex, _, age = cell(row, "sexe-age").partition("/")
    second = tag(row.find(class_="second-line"))
    spans = second.find_all("span", recursive=False)
    trainers = [span for span in spans if "jockey" not in (span.get("class") or [])]
    record = tag(row.find("td", class_="record"))
    best = words(record.find("b")) or None
    shown = odds.get(number, {}).get("odds", {})
    return {
        "number": int(number),
        "name": str(tag(row.find("a", class_="horse-name"))["title"]),
        "non_runner": "blur" in (row.get("class") or []),
        "sex": sex,
        "age": int(age),
        "jockey": words(second.find(class_="jockey")),
        "trainer": words(trainers[-1]),
        "distance_m": first_number(cell(row, "distance")),
        "form": words(tag(row.find("td", class_="musique"))),
        "earnings_eur": float(first_number(words(record).removeprefix(best or ""))),
        "record": best,
        **{name: shown.get(key) or None for name, key in ODDS.items()},
    }


def peer_numbers(soup: BeautifulSoup, label: str) -> list[int]:
    """The numbers after a label of the result's lines."""
    for line in tag(soup.find(id="tab-details")).find_all(["h3", "p"]):
        if words(line).startswith(label):
            return [int(number) for number in re.findall(r"\d+", words(line).partition(":")[2])]
    return []


def peer_dividends(soup: BeautifulSoup) -> Iterator[tuple[str, list[int], float]]:
    for table in tag(soup.find(id="rapports")).find_all("div", class_="table"):
        heads = table.find_all("div", class_="table-header")
        labels = peer_labels(heads)
        for row in table.find_all("div", class_="table-row"):
            horses, *cells = row.find_all("div", class_="table-cell", recursive=False)
            combination = [int(number) for number in words(horses).split("-")]
            for label, amount in zip(labels, cells, strict=True):
                if words(amount):
                    yield label, combination, peer_amount(words(amount))


def peer_labels(heads: list[Tag]) -> list[str]:
    """The bet of each amount: its own head, or the table's title over kinds of gain."""
    title = words(heads[0])
    if len(heads) == 1:
        return [title]
    cells = heads[-1].find_all("div", class_="table-cell", recursive=False)[1:]
    names = [words(one) for one in cells]
    return [title if name.startswith("Gain") else name for name in names]


def peer_amount(text: str) -> float:
    return float(re.sub(r"[^\d,]", "", text).replace(",", "."))


def cell(row: Tag, name: str) -> str:
    return words(row.find("td", class_=name))


def words(node: object) -> str:
    return " ".join(node.get_text().split()) if isinstance(node, Tag) else ""


def tag(node: object) -> Tag:
    if not isinstance(node, Tag):
        raise TypeError("the page lacks an element")
    return node


def first_number(text: str) -> int:
    return int(re.sub(r"\D", "", text))
