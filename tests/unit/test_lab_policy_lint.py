"""What `policy lint` says of a policy: its stakes at each operator, its gates over races."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from decisions import no_bet, place_ticket, slip
from hippique.betting.policy import FilePolicy
from hippique.betting.policy_file import packaged_policy
from hippique.betting.slip import Decision, Gate, write_decision
from hippique.betting.strict_file import packaged_text
from hippique.betting.terms import OPERATORS
from hippique.cli import main
from hippique.cli.policy_text import WIDE, lint_document, lint_lines
from hippique.lab.decided_races import decisions_by
from hippique.lab.policy_lint import gates_that, judged_races, stakes_at
from hippique.runtime.disk_archive import DiskArchive
from hippique.runtime.memory import MemoryArchive

GPI = packaged_policy("gpi-5.1")
HASH = FilePolicy(GPI).hash
DAY = "2026-06-07"


def gate(name: str, *, passed: bool, value: float | None = 1.0) -> Gate:
    return Gate(gate=name, statistic="value", value=value, threshold=1.0, passed=passed)


def race(number: int, *gates: Gate, **facts: object) -> Decision:
    said = {"race": f"{DAY}/R1C{number}", "policy_hash": HASH, "gates": gates, **facts}
    return no_bet(**said)


def keep(archive: MemoryArchive | DiskArchive, decision: Decision, name: str = "slip") -> None:
    archive.create(f"{decision.race}/H5/{name}.json", write_decision(decision))


RUNNERS, WEEK, EV = "runners", "week", "ev"
THREE = (
    race(1, gate(RUNNERS, passed=True), gate(EV, passed=False), gate(WEEK, passed=True)),
    race(2, gate(RUNNERS, passed=False), gate(EV, passed=False, value=None)),
    race(3, gate(RUNNERS, passed=True), gate(EV, passed=False), gate(WEEK, passed=True)),
)


def test_gate_is_counted_in_all_first_alone_and_for_want_of_a_number():
    tallies = {tally.gate: tally for tally in judged_races(GPI, THREE).gates}

    ev, runners = tallies[EV], tallies[RUNNERS]
    assert (ev.tested, ev.refused, ev.first, ev.alone, ev.unknown) == (3, 3, 2, 2, 1)
    assert (runners.tested, runners.refused, runners.first, runners.alone) == (3, 1, 1, 0)


@pytest.mark.parametrize(
    ("habit", "names"),
    [("always refuses", {EV}), ("never binds", {WEEK}), ("refuses some", {RUNNERS})],
)
def test_gates_are_named_by_their_habit(habit, names):
    assert set(gates_that(judged_races(GPI, THREE), habit)) == names


def test_gate_that_no_race_reached_is_neither_binding_nor_idle():
    never = set(gates_that(judged_races(GPI, THREE), "never tested"))

    assert never == {rule.gate for rule in GPI.gates} - {RUNNERS, WEEK, EV}


def test_gate_refusing_only_what_is_not_known_says_so():
    unknown = race(1, gate(EV, passed=False, value=None))
    tallies = {tally.gate: tally for tally in judged_races(GPI, (unknown, *THREE)).gates}
    alone = {tally.gate: tally for tally in judged_races(GPI, (unknown,)).gates}

    assert alone[EV].refuses_only_unknown
    assert not tallies[EV].refuses_only_unknown


def test_counts_of_every_gate_agree_with_the_races():
    judged = judged_races(GPI, THREE)

    assert sum(tally.first for tally in judged.gates) == judged.races - judged.passed
    assert sum(tally.alone for tally in judged.gates) == judged.failing.count(1)
    assert sum(tally.refused for tally in judged.gates) == sum(judged.failing)


def test_decisions_of_another_hash_are_left_out_and_counted():
    judged = judged_races(GPI, (*THREE, replace(THREE[0], policy_hash="older")))

    assert (judged.races, judged.others) == (3, 1)


def test_slips_are_counted():
    won = slip(place_ticket(200, 100), race=f"{DAY}/R1C4", policy_hash=HASH)
    judged = judged_races(GPI, (*THREE, won))

    assert (judged.slips, judged.passed) == (1, 1)
    assert "Slips: 1 of 4 races (25.0 %)" in told(judged)


def told(judged) -> list[str]:
    stakes = [stakes_at(GPI, operator, dt.date.max) for operator in OPERATORS]
    return list(lint_lines(GPI, stakes, judged))


def test_without_a_slip_no_return_is_told():
    lines = told(judged_races(GPI, THREE))

    assert lines[-1].startswith("No slips: 3 races")
    assert not any("ROI" in line for line in lines)


def test_without_races_it_says_how_to_make_some():
    judged = judged_races(GPI, ())
    document = lint_document(GPI, (), judged)

    assert any("No races to judge the gates by" in line for line in told(judged))
    assert document["days"] is None
    assert {row["habit"] for row in document["gates"]} == {None}


@pytest.mark.parametrize("decisions", [(), THREE], ids=["no races", "three races"])
@pytest.mark.parametrize("name", ["control", "kelly-pure", "gpi-5.1"])
def test_lines_fit_the_terminal(name, decisions):
    policy = packaged_policy(name)
    own = [replace(made, policy_hash=FilePolicy(policy).hash) for made in decisions]
    stakes = [stakes_at(policy, operator, dt.date.max) for operator in OPERATORS]

    assert max(map(len, lint_lines(policy, stakes, judged_races(policy, own)))) <= WIDE


def test_five_euros_at_the_dearest_operator_allow_one_portfolio():
    # PMU takes 2 EUR at least: two places leave 1 EUR, and 60 % of 5 EUR is less than two places.
    (only,) = stakes_at(GPI, "pmu", dt.date.max).portfolios

    assert only.stakes == (("place", 200), ("place", 200))


def test_combinations_of_unknown_takeout_are_never_priced_but_odds_tell_that_of_a_place():
    at = stakes_at(GPI, "pmu_fr", dt.date.max)
    bare = [held for held in at.portfolios if {bet for bet, _ in held.stakes} == {"place"}]

    assert 0 < at.priced == len(bare) < len(at.portfolios)


def test_second_tickets_are_priced_at_an_operator_whose_takeouts_are_estimated():
    at = stakes_at(GPI, "zeturf", dt.date.max)
    unknown = [p for p in at.portfolios if "two_of_four" in {bet for bet, _ in p.stakes}]

    assert 0 < at.priced == len(at.portfolios) - len(unknown)


def test_archive_yields_frozen_decisions_and_no_looks_by_hand():
    archive = MemoryArchive()
    keep(archive, THREE[0])
    archive.create(f"{DAY}/R1C9/manual/H5/slip.json", write_decision(race(9)))

    assert list(decisions_by(archive, "gpi-5.1")) == [THREE[0]]


def test_decision_on_paper_stands_in_for_a_policy_that_was_not_in_charge():
    archive = MemoryArchive()
    keep(archive, THREE[0])
    on_paper = race(1, policy="control", policy_hash="c")
    keep(archive, on_paper, "shadow/control")

    assert list(decisions_by(archive, "control")) == [on_paper]
    assert list(decisions_by(archive, "kelly-pure")) == [THREE[0]]


def lint(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["policy", "lint", *words])
    return result.exit_code, result.output


def test_command_reads_several_folders(tmp_path):
    for number, made in enumerate(THREE):
        keep(DiskArchive(tmp_path / str(number) / "archive"), made)
    folders = [word for number in range(3) for word in ("--data", str(tmp_path / str(number)))]

    code, output = lint(*folders, "--json")

    assert code == 0
    assert json.loads(output)["races"] == len(THREE)


def test_command_without_days_still_tells_the_stakes(tmp_path, monkeypatch):
    monkeypatch.setenv("HIPPIQUE_DATA", str(tmp_path))

    code, output = lint()

    assert code == 0
    assert "2+2\u00a0€" in output
    assert "No races to judge the gates by" in output


@pytest.mark.parametrize(
    ("change", "told_words"),
    [
        (("threshold = 6", 'threshold = "six"'), "threshold"),
        (("budget_eur = 5.0", "budget_eur = 1.0"), "budget_eur"),
        (("name =", "nom ="), "nom"),
    ],
)
def test_bad_file_ends_with_one_and_names_the_key(tmp_path, change, told_words):

    file = tmp_path / "mine.toml"
    file.write_text(packaged_text("gpi-5.1.toml").replace(*change, 1), "utf-8")

    code, output = lint(str(file))

    assert code == 1
    assert told_words in output


def test_name_that_is_neither_policy_nor_file_is_told_with_those_there_are():
    code, output = lint("gpi-6")

    assert code == 1
    assert "kelly-pure" in output


def test_policy_that_no_operator_takes_ends_with_one(tmp_path, monkeypatch):
    monkeypatch.setenv("HIPPIQUE_DATA", str(tmp_path))
    file = tmp_path / "poor.toml"
    file.write_text(
        'name = "poor"\nversion = "1"\nmethod = "growth"\n'
        "[caps]\nbudget_eur = 0.2\nmax_tickets = 1\nhorse_share = 1.0\n"
        "bankroll_eur = 200.0\nkelly_fraction = 0.4\n"
        '[growth]\nbets = [{ bet = "win" }]\n',
        "utf-8",
    )

    code, output = lint(str(file))

    assert code == 1
    assert "no portfolios within 0.20 €" in output
