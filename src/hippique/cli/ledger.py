"""`hippique ledger`: stakes and payouts by account, checked against the archive; played marks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from hippique.betting.balance import Balance, accounts_of, balance_of
from hippique.betting.ledger import ISSUED, Entry
from hippique.betting.settlement import Settlement
from hippique.bootstrap.identity import code_version
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import day_or_latest, open_archive, open_stores, settings_for
from hippique.day.corrections import standing_settlement
from hippique.day.entries import first_settlement
from hippique.day.played import mark_played
from hippique.errors import InputError
from hippique.ports import Archive
from hippique.racing.card import RaceId, RaceKey
from hippique.racing.codec import to_builtins
from hippique.racing.money import in_euros
from hippique.report.ledger import all_entries, check_ledger, rebuild_ledger
from hippique.runtime.clocks import WallClock


@click.group(epilog="Example: hippique ledger show")
def ledger() -> None:
    """Stakes and payouts, booked once and kept apart by account."""


@ledger.command("show", epilog="Example: hippique ledger show --account issued --json")
@click.option("--account", help="The entries of one account: issued, played, study, shadow:NAME.")
@data_option
@json_option
@foreseeable
def show_ledger(account: str | None, data: Path | None, *, as_json: bool) -> None:
    """List every settled race with its stake and return, and what each account stands at.

    Rebuilds ledger.sqlite. With --account, that account's entries in order.
    """
    archive, views = open_stores(data)
    now = WallClock().now()
    rebuild_ledger(archive, views, now)
    entries = all_entries(archive, now)
    balances = _balances(entries, data)
    if account is not None:
        _show_account(account, entries, balances, as_json=as_json)
        return
    races = _races(archive)
    if as_json:
        accounts = [_balance_document(balance) for balance in balances]
        print_json({"ok": True, "entries": races, "accounts": accounts})
        return
    for race in races:
        click.echo(
            f"{race['race']}  mise {race['staked_eur']:.2f}  retour {race['returned_eur']:.2f}"
            f"  résultat {race['profit_eur']:+.2f}"
        )
    for balance in balances:
        click.echo(_balance_line(balance))


def _races(archive: Archive) -> list[dict[str, Any]]:
    """One settlement a race, the corrected one where there is one."""
    found = []
    for address in archive.addresses():
        if not address.endswith("/RESULT/settlement.json"):
            continue
        race = RaceId.parse("/".join(address.split("/")[:2]))
        settlement: Settlement | None = standing_settlement(archive, race)
        found.append(in_euros(to_builtins(settlement or first_settlement(archive, race))))
    return found


def _balances(entries: tuple[Entry, ...], data: Path | None) -> tuple[Balance, ...]:
    """Every account from the bankroll of the settings; the issued one also before its first bet."""
    start = round(settings_for(data).bankroll_eur * 100)
    return tuple(balance_of(entries, name, start) for name in accounts_of(entries) or (ISSUED,))


def _show_account(
    account: str, entries: tuple[Entry, ...], balances: tuple[Balance, ...], *, as_json: bool
) -> None:
    balance = next((one for one in balances if one.account == account), None)
    if balance is None:
        known = ", ".join(one.account for one in balances)
        raise InputError(f"no entry on account {account!r}; there are: {known}", field="account")
    own = [entry for entry in entries if entry.account == account]
    if as_json:
        events = in_euros(to_builtins(own))
        print_json({"ok": True, "account": _balance_document(balance), "events": events})
        return
    for entry in own:
        moved = "  ".join(f"{p.book} {p.amount_cents / 100:+.2f}" for p in entry.postings)
        click.echo(f"{entry.at.isoformat()}  {entry.race}  {entry.event:9}  {moved}")
    click.echo(_balance_line(balance))


def _balance_document(balance: Balance) -> dict[str, Any]:
    return {
        "account": balance.account,
        **{
            f"{name}_eur": getattr(balance, f"{name}_cents") / 100
            for name in ("bankroll", "at_risk", "profit", "staked", "returned", "drawdown")
        },
        "entries": balance.entries,
    }


def _balance_line(balance: Balance) -> str:
    return (
        f"{balance.account:20}  capital {balance.bankroll_cents / 100:.2f}"
        f"  en jeu {balance.at_risk_cents / 100:.2f}  résultat {balance.profit_cents / 100:+.2f}"
        f"  plus forte baisse {balance.drawdown_cents / 100:.2f}"
    )


@ledger.command("play", epilog="Example: hippique ledger play 2026-06-07 R1C3")
@click.argument("day")
@click.argument("race")
@click.option("--not", "undo", is_flag=True, help="Take the mark back.")
@data_option
@json_option
@foreseeable
def play(day: str, race: str, data: Path | None, *, undo: bool, as_json: bool) -> None:
    """Say that a slip was played (or, with --not, that it was not), on the account `played`."""
    archive = open_archive(data)
    date: dt.date = day_or_latest(archive, day)
    of_race = RaceId(date, RaceKey.parse(race))
    versions = {"code": code_version()}
    changed = mark_played(archive, of_race, WallClock().now(), versions, played=not undo)
    if as_json:
        marked = {"ok": True, "race": str(of_race), "played": not undo, "changed": changed}
        print_json(marked)
        return
    words = "not played" if undo else "played"
    click.echo(f"{of_race}: {words}" if changed else f"{of_race}: was marked {words} before")


@ledger.command(epilog="Example: hippique ledger check")
@data_option
@json_option
@foreseeable
def check(data: Path | None, *, as_json: bool) -> None:
    """Reconcile entries, settlements, day totals and ledger.sqlite; 1 where they differ."""
    faults = check_ledger(*open_stores(data), WallClock().now())
    if as_json:
        print_json({"ok": not faults, "faults": faults})
    else:
        click.echo("the ledger agrees with the archive" if not faults else "\n".join(faults))
    if faults:
        raise SystemExit(1)
