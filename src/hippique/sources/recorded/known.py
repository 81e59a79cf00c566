"""A recorded day as readings of what was known at an instant, and nothing later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hippique.racing.card import Meeting, Race, RaceStatus, Reading, Runner
from hippique.racing.market import RunnerOdds
from hippique.racing.times import paris_time
from hippique.sources.recorded.recording import (
    RecordedMeeting,
    RecordedRace,
    RecordedRunner,
    Recording,
    Tick,
    last_tick,
)

SITE = "recorded"
# Jockeys, shoes, headgear and going are known half an hour before the off at the latest; the
# tables keep their last state only, so showing them earlier could show a later change.
LATE_FACTS_BEFORE = timedelta(minutes=30)
# An assumption: the tables hold no hour of publication. Official orders came 10-15 minutes after
# the off on watched days.
OFFICIAL_AFTER = timedelta(minutes=12)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def programme_url(day: date) -> str:
    """The address of a recorded day."""
    return f"recorded://{day.isoformat()}"


def race_url(day: date, key: str) -> str:
    """The address of a recorded race."""
    return f"{programme_url(day)}/{key}"


def known_programme(recording: Recording, now: datetime) -> Reading:
    """The day's meetings and races at `now`, without runners and results."""
    meetings = tuple(
        _meeting(
            recording.day,
            meeting,
            tuple(_race(recording.day, race, now) for race in meeting.races),
        )
        for meeting in recording.meetings
    )
    return Reading(
        source=SITE, page="programme", url=programme_url(recording.day), meetings=meetings
    )


def known_race(
    recording: Recording, meeting: RecordedMeeting, recorded: RecordedRace, now: datetime
) -> Reading:
    """One race at `now`: its runners with the odds they had, and its result once it was official.

    The tables stamp no withdrawal. Before the off a runner is shown as withdrawn when the tables
    say that it did not run *and* the pool, at an instant not later than `now`, quoted other horses
    but no longer it: that silence was public. From the off on, who ran is public.
    """
    race = _race(recording.day, recorded, now)
    is_off = now >= recorded.off_time
    runners = _runners(recorded, now)
    result = recorded.outcome if _is_published(recorded, now) else None
    remarks = recorded.remarks + (recorded.result_remarks if result or is_off else ())
    race = replace(
        race,
        starters=sum(not runner.non_runner for runner in runners) if runners else None,
        runners=runners,
        result=result,
    )
    return Reading(
        source=SITE,
        page="race",
        url=race.url,
        warnings=remarks,
        meetings=(_meeting(recording.day, meeting, (race,)),),
    )


def _meeting(day: date, meeting: RecordedMeeting, races: tuple[Race, ...]) -> Meeting:
    return Meeting(
        number=meeting.number,
        track=meeting.track,
        country=meeting.country,
        date=day,
        cancelled=bool(races) and all(race.status is RaceStatus.CANCELLED for race in races),
        races=races,
    )


def _race(day: date, race: RecordedRace, now: datetime) -> Race:
    return replace(
        race.eve,
        off_time=race.off_time,
        status=_status(race, now),
        going=race.going if _is_late(race, now) else None,
        url=race_url(day, str(race.eve.key)),
    )


def _status(race: RecordedRace, now: datetime) -> RaceStatus:
    # A cancelled race is called off at an hour that the tables do not tell: at its off, at last.
    if now < race.off_time:
        return RaceStatus.OPEN
    if race.is_cancelled:
        return RaceStatus.CANCELLED
    if race.outcome is not None and _is_published(race, now):
        return RaceStatus(race.outcome.status.value)
    return RaceStatus.CLOSED


def _is_late(race: RecordedRace, now: datetime) -> bool:
    return now >= race.off_time - LATE_FACTS_BEFORE


def _is_published(race: RecordedRace, now: datetime) -> bool:
    return now >= race.off_time + OFFICIAL_AFTER


def _runners(race: RecordedRace, now: datetime) -> tuple[Runner, ...]:
    now_ms = (now - _EPOCH) // _MILLISECOND
    stamps = [tick.at_ms for runner in race.runners if (tick := last_tick(runner.live, now_ms))]
    newest_ms = max(stamps, default=None)
    return tuple(_runner(race, runner, now, now_ms, newest_ms) for runner in race.runners)


def _runner(
    race: RecordedRace, runner: RecordedRunner, now: datetime, now_ms: int, newest_ms: int | None
) -> Runner:
    live = last_tick(runner.live, now_ms)
    is_silent = newest_ms is not None and (live is None or live.at_ms < newest_ms)
    non_runner = runner.is_withdrawn and (is_silent or now >= race.off_time)
    known = replace(runner.eve, non_runner=non_runner)
    if _is_late(race, now):
        known = replace(known, jockey=runner.jockey, shoes=runner.shoes, blinkers=runner.blinkers)
    if non_runner:
        return known
    reference = last_tick(runner.reference, now_ms)
    return replace(known, odds=_odds(race.pool, live, reference))


def _odds(pool: str, live: Tick | None, reference: Tick | None) -> RunnerOdds | None:
    if live is None and reference is None:
        return None
    return RunnerOdds(
        pool=pool,
        win=live.odds if live else None,
        stamp=_instant(live.at_ms) if live else None,
        reference=reference.odds if reference else None,
        reference_stamp=_instant(reference.at_ms) if reference else None,
    )


def _instant(at_ms: int) -> datetime:
    return paris_time(_EPOCH + at_ms * _MILLISECOND)
