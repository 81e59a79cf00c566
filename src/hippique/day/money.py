"""The money before a decision: what each account has staked and lost by then, frozen beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from hippique.betting.ledger import ISSUED, Entry
from hippique.betting.money_state import MoneyState, money_before, week_of
from hippique.day import addresses
from hippique.day.books import stake_entries
from hippique.day.entries import older_layout, read_entries_at
from hippique.day.folder import Folder, hash_of
from hippique.errors import InputError, StoreDamaged
from hippique.ports import Archive
from hippique.racing.card import RaceId, RaceKey
from hippique.racing.codec import from_builtins, from_json, to_builtins
from hippique.racing.money import in_cents, in_euros


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBefore:
    """The state of each account, by its name, from the entries known at an instant."""

    known_at: dt.datetime
    accounts: Mapping[str, MoneyState]


STILL_OPEN = dt.timedelta(days=3)  # results are asked for so many mornings


@dataclass(frozen=True, slots=True)
class FrozenMoney:
    """The money of a decision and the name of its file."""

    name: str
    money: MoneyBefore


class WeekEntries:
    """Entries of an archive's races, a week's at a time. Each file is read once, and kept.

    A file never changes once it is written; only the list of a day's files grows. For several
    threads at once.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._files: dict[str, tuple[Entry, ...]] = {}
        self._no_stake: set[RaceId] = set()
        self._lock = Lock()

    def up_to(self, day: dt.date) -> tuple[Entry, ...]:
        """Every entry of the week's races from its Monday to this day; one listing a day.

        Days before Monday too while their stakes may still be open.

        A slip whose stake was never written down counts as staked all the same.
        Raises StoreDamaged.
        """
        first = min(week_of(day), day - STILL_OPEN)
        days = [first + dt.timedelta(days=n) for n in range((day - first).days + 1)]
        with self._lock:
            self._forget_before(first)
            return tuple(entry for one in days for entry in self._of_day(one))

    def _forget_before(self, first: dt.date) -> None:
        day = addresses.day_folder(first)
        self._files = {a: kept for a, kept in self._files.items() if a >= day}
        self._no_stake = {race for race in self._no_stake if race.day >= first}

    def _of_day(self, day: dt.date) -> Iterator[Entry]:
        listed = self._archive.addresses(addresses.day_folder(day))
        for race, files in _by_race(day, listed).items():
            found = tuple(
                entry for a in files if a.endswith(f"/{addresses.ENTRIES}") for entry in self._at(a)
            )
            yield from found
            h5 = addresses.phase_folder(race, "H5")
            if f"{h5}/{addresses.SLIP}" in files and f"{h5}/{addresses.ENTRIES}" not in files:
                yield from self._not_written_down(race, found)

    def _at(self, address: str) -> tuple[Entry, ...]:
        if address not in self._files:
            self._files[address] = read_entries_at(self._archive, address)
        return self._files[address]

    def _not_written_down(self, race: RaceId, found: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Of an older layout, or of a worker that died; most often there was nothing to stake."""
        if race in self._no_stake:
            return ()
        issued = older_layout(self._archive, race, found)
        known = {ISSUED, *(entry.account for entry in found)}
        papers = [e for e in stake_entries(self._archive, race) if e.account not in known]
        implied = (*issued, *papers)
        if not implied:
            self._no_stake.add(race)
        return implied


def _by_race(day: dt.date, listed: Iterable[str]) -> dict[RaceId, list[str]]:
    races: dict[str, list[str]] = {}
    for address in listed:
        if address.endswith((f"/{addresses.ENTRIES}", f"/{addresses.SLIP}")):
            races.setdefault(address.split("/")[1], []).append(address)
    return {RaceId(day, RaceKey.parse(key)): files for key, files in races.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Whose money is asked for. bankroll_cents: at the beginning, of each account alike.

    week_loss_limit_cents: the bettor's own, None for none; it binds the issued account alone.
    """

    accounts: Sequence[str]
    bankroll_cents: int
    week_loss_limit_cents: int | None = None


def freeze_money(
    folder: Folder, week: WeekEntries, race: RaceId, purse: Purse, now: dt.datetime
) -> FrozenMoney:
    """What is known now, in the newest money file of the folder, a new one where need be.

    A further one is written only where another slip or result changed an account since, as while
    another race was decided or before a retry. Raises StoreDamaged.
    """
    entries = week.up_to(race.day)
    states = {
        account: replace(
            money_before(entries, race, now, purse.bankroll_cents, account),
            week_loss_limit_cents=purse.week_loss_limit_cents if account == ISSUED else None,
        )
        for account in purse.accounts
    }
    names = money_names(folder)
    if names:
        newest = read_money(folder, names[-1])
        if newest.accounts == states:
            return FrozenMoney(names[-1], newest)
    name = addresses.money_file(len(names) + 1)
    document = in_euros(to_builtins(MoneyBefore(known_at=now, accounts=states)))
    folder.write_value(name, document)
    return FrozenMoney(name, read_money(folder, name))


def money_names(folder: Folder) -> list[str]:
    """The money files of a visit, oldest first."""
    present = set(folder.names())
    names: list[str] = []
    while addresses.money_file(len(names) + 1) in present:
        names.append(addresses.money_file(len(names) + 1))
    return names


def money_file_of(folder: Folder, mark: str | None) -> str | None:
    """The file whose hash a decision names as its money; None where it names none."""
    named = (name for name in money_names(folder) if hash_of(folder, name) == mark)
    return next(named, None)


def read_money(folder: Folder, name: str = addresses.MONEY) -> MoneyBefore:
    """The money that a visit froze. Raises NotFound, StoreDamaged by its name."""
    try:
        document = from_json(dict, folder.read(name))
        return from_builtins(MoneyBefore, in_cents(document))
    except InputError as error:
        address = f"{folder.path}/{name}"
        raise StoreDamaged(f"{address} is damaged ({error}); see `hippique verify`") from error
