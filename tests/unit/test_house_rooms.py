"""The direction of imports: who may know whom, reach the network, read the clock."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from house import Module, imports, modules, used_names

PLAIN = {"errors", "racing", "pricing", "forecast", "betting", "ports", "words", "telemetry"}
BELOW = PLAIN | {"sources", "runtime", "day", "lab", "report", "web", "racecourse"}
# Who plugs together knows everybody, and nobody below knows them; circles are looked for apart.
TOP = {"settings", "bootstrap", "cli"}
# Room → the rooms it may import. A room may always import itself.
ROOMS = {
    "": set(),
    "errors": set(),
    "racing": {"errors"},
    "pricing": {"errors"},
    "forecast": {"errors", "racing", "pricing"},
    "betting": {"errors", "racing", "pricing", "forecast"},
    "ports": {"errors", "racing", "pricing", "forecast", "betting"},
    "words": {"errors"},
    "telemetry": {"errors"},
    "sources": {"errors", "racing", "ports"},
    "runtime": {"errors", "racing", "ports"},
    "day": PLAIN,
    "lab": PLAIN | {"day"},
    "report": PLAIN | {"day", "lab"},
    "web": {
        *("errors", "racing", "betting", "ports", "words", "telemetry", "day", "lab", "report")
    },
    "racecourse": {"errors", "racing"},
    **dict.fromkeys(TOP, BELOW | TOP),
}
# Screens show slips and euros; the rules that made them stay where they are.
RULES_OF_BETTING = {"policy", "ledger", "terms"}
NETWORK = {
    *("httpx", "httpcore", "requests", "urllib3", "aiohttp", "websockets", "socket", "smtplib"),
    *("ftplib", "urllib.request", "http.client"),
}
NETWORK_ROOMS = {"sources", "runtime"}
# Who plugs together hands a client its transport (a socket's, or the racecourse's in process), and
# takes the port that the service listens on.
WIRING = {"bootstrap": {"httpx", "socket"}}
# What makes a result depend on the hour or on the machine, or hides what a module imports.
AMBIENT = {
    *("os.environ", "os.getenv", "time.time", "time.time_ns"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
    *("datetime.date.today", "importlib.import_module"),
}
AMBIENT_MODULES = re.compile(r"hippique\.((settings|bootstrap|cli)(\..*)?|runtime\.clocks)")
LIBRARIES = {"pricing": {"numpy", "numba"}}  # room → the only libraries beside the standard one
RACING_WORDS = {
    *("horse", "horses", "jockey", "trainer", "meeting", "meetings", "hippodrome", "musique"),
    *("race", "races", "saddle", "zeturf", "geny", "pmu"),
}


def faults(tree: tuple[Module, ...]) -> list[str]:
    """Everything in these modules that the table above forbids, one sentence each."""
    return [
        sentence
        for module in tree
        for check in (room_faults, rule_faults, network_faults, ambient_faults, library_faults)
        for sentence in check(module)
    ]


def room_faults(module: Module) -> list[str]:
    if module.room not in ROOMS:
        return [f"{module.name} is in no known room"]
    allowed = ROOMS[module.room] | {module.room}
    return [
        f"{module.name}:{line} imports {name}; {module.room or 'the package'} may not"
        for line, name in imports(module)
        if name.startswith("hippique.") and name.split(".")[1] not in {*allowed, "__version__"}
    ]


def rule_faults(module: Module) -> list[str]:
    if module.room != "web":
        return []
    return [
        f"{module.name}:{line} imports a rule of betting, {name}"
        for line, name in imports(module)
        if name.startswith("hippique.betting.") and name.split(".")[2] in RULES_OF_BETTING
    ]


def network_faults(module: Module) -> list[str]:
    if module.room in NETWORK_ROOMS:
        return []
    forbidden = NETWORK - WIRING.get(module.room, set())
    return [
        f"{module.name}:{line} imports the network client {name}"
        for line, name in imports(module)
        if any(name == client or name.startswith(f"{client}.") for client in forbidden)
    ]


def ambient_faults(module: Module) -> list[str]:
    if AMBIENT_MODULES.fullmatch(module.name):
        return []
    uses = {(line, name) for line, name in used_names(module) if name in AMBIENT}
    return [f"{module.name}:{line} reads {name}" for line, name in sorted(uses)]


def library_faults(module: Module) -> list[str]:
    if module.room not in LIBRARIES:
        return []
    allowed = LIBRARIES[module.room] | sys.stdlib_module_names | {"hippique"}
    return [
        f"{module.name}:{line} imports {name}"
        for line, name in imports(module)
        if name.split(".")[0] not in allowed
    ]


def cycles(tree: tuple[Module, ...]) -> list[str]:
    """Circles of imports between modules, each as a path; a package's own front is no module."""
    known = {module.name for module in tree}
    graph = {module.name: targets(module, known) for module in tree}
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            found.append(" → ".join([*path[path.index(name) :], name]))
            return
        if name not in done:
            for target in sorted(graph[name]):
                visit(target, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())
    return found


def targets(module: Module, known: set[str]) -> set[str]:
    """The modules that a module imports: `from a import b` is a.b where that is a module."""
    names = {name for _, name in imports(module)}
    return {name if name in known else name.rpartition(".")[0] for name in names} & known


def identifiers(module: Module) -> set[str]:
    """Every name that the code defines or uses; words of docstrings are free."""
    found = set()
    for node in ast.walk(module.tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
    return found


def racing_words(module: Module) -> set[str]:
    words = {word.lower() for name in identifiers(module) for word in split_words(name)}
    return words & RACING_WORDS


def split_words(name: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)


# --- the house as it stands ----------------------------------------------------------------


def test_imports_point_up_the_list_only():
    assert faults(modules()) == []


def test_no_module_imports_itself_in_a_circle():
    assert cycles(modules()) == []


def test_pricing_knows_arrays_and_no_racing_words():
    pricing = [module for module in modules() if module.room == "pricing"]

    assert {module.name: racing_words(module) for module in pricing if racing_words(module)} == {}


def test_every_module_was_looked_at():
    names = {module.name for module in modules()}

    assert {"hippique.errors", "hippique.ports", "hippique.racing.card"} <= names


# --- the checker itself, on a made-up tree --------------------------------------------------


def plant(folder: Path, **files: str) -> tuple[Module, ...]:
    """A tree with these modules: `day__desk="…"` becomes hippique/day/desk.py."""
    for name, text in files.items():
        path = folder / "hippique" / Path(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return modules(folder)


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        pytest.param(
            "day__desk", "from hippique.sources import zeturf", "hippique.sources.zeturf", id="down"
        ),
        pytest.param(
            "sources__geny", "import hippique.runtime.queue", "hippique.runtime", id="neighbour"
        ),
        pytest.param("racing__card", "from hippique import ports", "hippique.ports", id="up"),
        pytest.param("day__desk", "from ..web import api", "hippique.web", id="relative"),
        pytest.param(
            "racing__card", "def f():\n    import hippique.day.plan", "day.plan", id="inside"
        ),
        pytest.param("racecourse__site", "from hippique.sources import text", "text", id="twin"),
        pytest.param("web__api", "from hippique.betting import policy", "policy", id="rule in web"),
        pytest.param("attic__box", "", "no known room", id="a room nobody planned"),
        pytest.param("day__watch", "import httpx", "httpx", id="network client"),
        pytest.param("report__fiche", "from urllib.request import urlopen", "urlopen", id="urllib"),
        pytest.param("cli", "from socket import create_connection", "socket", id="socket in cli"),
        pytest.param(
            "day__desk", "import datetime as d\nd.datetime.now()", "datetime.now", id="clock"
        ),
        pytest.param(
            "runtime__queue", "from datetime import datetime as t\nt.now()", "now", id="alias"
        ),
        pytest.param("betting__policy", "from time import time\ntime()", "time.time", id="time"),
        pytest.param("day__plan", "from datetime import date\ndate.today()", "today", id="today"),
        pytest.param(
            "sources__pace", "from os import environ\nenviron['X']", "os.environ", id="environment"
        ),
        pytest.param("pricing__win", "import scipy.stats", "scipy", id="library in pricing"),
    ],
)
def test_planted_fault_is_named(tmp_path, file, text, named):
    found = faults(plant(tmp_path, **{file: text}))

    assert len(found) == 1
    assert named in found[0]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("sources__client", "import httpx", id="a site's client"),
        pytest.param("runtime__clocks", "import time\ntime.time()", id="the wall clock"),
        pytest.param("settings", "import os\nos.environ['X']", id="settings"),
        pytest.param("day__desk", "from urllib.parse import urlsplit", id="no client at all"),
        pytest.param("day__desk", "def f(datetime):\n    return datetime.now()", id="an argument"),
        pytest.param("lab__backtest", "from hippique.day import desk", id="the backtest's desk"),
        pytest.param("telemetry", "from hippique import __version__", id="the version"),
    ],
)
def test_what_is_allowed_is_not_named(tmp_path, file, text):
    assert faults(plant(tmp_path, **{file: text})) == []


def test_planted_circle_is_named(tmp_path):
    tree = plant(
        tmp_path,
        day__plan="from hippique.day.desk import run",
        day__desk="from hippique.day import watch",
        day__watch="import hippique.day.plan",
    )

    assert cycles(tree) == [
        "hippique.day.desk → hippique.day.watch → hippique.day.plan → hippique.day.desk"
    ]


def test_planted_racing_word_is_named(tmp_path):
    (module,) = plant(tmp_path, pricing__win="def win_shares(odds, jockeyRate): return raceOdds")

    assert racing_words(module) == {"jockey", "race"}
