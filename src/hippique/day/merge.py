"""Merge the programmes of several sources on date + RxCy, checked by track and time."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hippique.day.plan import Disagreement, PlannedRace, RefusedJoin, Scope
from hippique.racing.card import Meeting, Race, RaceId, RaceKey, RaceStatus, Reading

# Who is believed first, per field. ZEturf shows the actual start times of its own betting;
# PMU moves heureDepart in place; Geny's card is printed in the morning.
TRUST = ("zeturf", "recorded", "pmu", "geny")
SAME_RACE = dt.timedelta(minutes=60)  # further apart than this it is another race
SAME_RACE_WITHOUT_TRACK = dt.timedelta(minutes=15)
_TRACK_NOISE = frozenset({"hippodrome", "de", "du", "la", "le", "les", "d", "l", "paris", "sur"})
_TRACK_SHORT = {"st": "saint", "ste": "sainte"}
_LEAST_PART = 5  # letters: "parislongchamp" holds "longchamp", but "mont" does not make "montauban"


@dataclass(frozen=True, slots=True)
class _Fact:
    source: str
    meeting: Meeting
    race: Race


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The merged card of a day."""

    races: tuple[PlannedRace, ...]
    disagreements: tuple[Disagreement, ...]
    refused: tuple[RefusedJoin, ...]


def merge(readings: Mapping[str, Reading], day: dt.date, scope: Scope) -> Merged:
    """One race per key, by off time. Nothing is invented; a contradicted join is set aside."""
    by_key: dict[RaceKey, list[_Fact]] = {}
    for source in _by_trust(readings):
        for fact in _facts(source, readings[source], day):
            key = RaceKey(fact.meeting.number or 0, fact.race.number or 0)
            by_key.setdefault(key, []).append(fact)
    races, disagreements, refused = [], [], []
    for key in sorted(by_key):
        same, others = _same_race(str(key), by_key[key])
        refused += others
        race, differing = _merged(str(key), day, same)
        races.append(_scoped(race, same, scope))
        disagreements += differing
    races.sort(key=_by_off_time)
    return Merged(races=tuple(races), disagreements=tuple(disagreements), refused=tuple(refused))


def keep_known(merged: Merged, before: Sequence[PlannedRace]) -> Merged:
    """The merged card with the races that an earlier version listed and that nobody lists now.

    A programme that drops a race which was run does not undo it; a race that is not run is said
    to be cancelled. The disappearance is listed.
    """
    listed = {race.key for race in merged.races}
    gone = tuple(race for race in before if race.key not in listed)
    return replace(
        merged,
        races=tuple(sorted((*merged.races, *gone), key=_by_off_time)),
        disagreements=(*merged.disagreements, *map(_no_longer_listed, gone)),
    )


def _no_longer_listed(race: PlannedRace) -> Disagreement:
    said = {"before": "listed", "now": "no longer listed"}
    return Disagreement(race=race.key, field="listed", values=said, kept="before")


def _by_off_time(race: PlannedRace) -> tuple[dt.datetime, RaceId]:
    return race.off_time or dt.datetime.max.replace(tzinfo=dt.UTC), race.race


def _by_trust(sources: Iterable[str]) -> list[str]:
    return sorted(sources, key=lambda s: (TRUST.index(s) if s in TRUST else len(TRUST), s))


def _facts(source: str, reading: Reading, day: dt.date) -> list[_Fact]:
    return [
        _Fact(source, meeting, race)
        for meeting in reading.meetings
        if meeting.number is not None and meeting.date in {day, None}
        for race in meeting.races
        if race.number is not None
    ]


def _same_race(key: str, facts: list[_Fact]) -> tuple[list[_Fact], list[RefusedJoin]]:
    first, *others = facts
    same, refused = [first], []
    for other in others:
        if other in same:
            continue
        reason = _listed_before(other, same) or _contradiction(first, other)
        if reason is None:
            same.append(other)
        else:
            refused.append(RefusedJoin(race=key, source=other.source, reason=reason))
    return same, refused


def _listed_before(fact: _Fact, same: list[_Fact]) -> str | None:
    if all(fact.source != other.source for other in same):
        return None
    return f"{fact.source} lists this race twice; {fact.race.name!r} was set aside"


def _contradiction(first: _Fact, other: _Fact) -> str | None:
    """Why the two are not the same race, or None."""
    tracks = (_track_words(first.meeting.track), _track_words(other.meeting.track))
    if all(tracks) and not _is_one_track(*tracks):
        return f"track {other.meeting.track!r} is not {first.source}'s {first.meeting.track!r}"
    if first.race.off_time is None or other.race.off_time is None:
        return None
    apart = abs(first.race.off_time - other.race.off_time)
    if apart > (SAME_RACE if all(tracks) else SAME_RACE_WITHOUT_TRACK):
        return f"off times of {first.source} and {other.source} lie {apart} apart"
    return None


def _track_words(track: str | None) -> frozenset[str]:
    words = frozenset(_TRACK_SHORT.get(word, word) for word in fold(track or "").split())
    return (words - _TRACK_NOISE) or words


def _is_one_track(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether one name only says less than the other: Marseille has two tracks, Vincennes one."""
    fewer, more = sorted((one, two), key=len)
    return all(any(_is_part(a, b) for b in more) for a in fewer)


def _is_part(one: str, two: str) -> bool:
    shorter, longer = sorted((one, two), key=len)
    return shorter == longer or (len(shorter) >= _LEAST_PART and shorter in longer)


def fold(text: str) -> str:
    """Lower-case ASCII words, single blanks: for comparing names across sites."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


_RACE_FIELDS = ("name", "discipline", "distance_m", "prize_eur", "off_time", "declared")
_COMPARED = ("discipline", "distance_m", "off_time", "declared", "name")


def _merged(key: str, day: dt.date, facts: list[_Fact]) -> tuple[PlannedRace, list[Disagreement]]:
    values: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    disagreements = []
    for name in ("meeting", "country", *_RACE_FIELDS):
        said = {fact.source: _value(fact, name) for fact in facts}
        said = {source: value for source, value in said.items() if value is not None}
        if not said:
            continue
        kept = next(iter(said))
        values[name], provenance[name] = said[kept], kept
        if name in _COMPARED and not _all_agree(name, list(said.values())):
            shown = {source: _shown(value) for source, value in said.items()}
            disagreements.append(Disagreement(race=key, field=name, values=shown, kept=kept))
    cancelled = [fact.source for fact in facts if _is_cancelled(fact)]
    if cancelled:
        provenance["cancelled"] = cancelled[0]
        if len(cancelled) < len(facts):
            shown = {fact.source: str(_is_cancelled(fact)).lower() for fact in facts}
            disagreements.append(
                Disagreement(race=key, field="cancelled", values=shown, kept=cancelled[0])
            )
    return (
        PlannedRace(
            date=day,
            key=key,
            labels=tuple(dict.fromkeys(label for f in facts for label in f.race.labels)),
            cancelled=bool(cancelled),
            urls={fact.source: fact.race.url for fact in facts if fact.race.url},
            provenance=provenance,
            **values,
        ),
        disagreements,
    )


def _value(fact: _Fact, name: str) -> Any:
    if name == "meeting":
        return fact.meeting.track
    if name == "country":
        return fact.meeting.country
    return getattr(fact.race, name)


def _all_agree(name: str, values: list[Any]) -> bool:
    if name != "name":
        return all(value == values[0] for value in values)
    names = [fold(value) for value in values]
    return all(one in names[0] or names[0] in one for one in names)


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _is_cancelled(fact: _Fact) -> bool:
    return fact.meeting.cancelled or fact.race.status is RaceStatus.CANCELLED


def _scoped(race: PlannedRace, facts: list[_Fact], scope: Scope) -> PlannedRace:
    sources = {fact.source for fact in facts}
    inside = {
        Scope.ALL: True,
        Scope.FR: race.country == "FR",
        Scope.PMU: bool(sources & {"pmu", "recorded"}),
    }[scope]
    return race if inside else replace(race, in_scope=False)
