"""Where an artefact lives: `2025-06-01/R1C3/H5/slip.json`. One place spells them all."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hippique.racing.card import RaceId

MANIFEST = "manifest.json"
OUTCOME = "outcome.json"
SLIP = "slip.json"
SNAPSHOT = "snapshot.json"
FORECAST = "forecast.json"
READING = "reading.json"
JE_STATS = "je_stats.json"
CHRONOS = "chronos.json"
TRUTH = "truth.json"
MONEY = "money.json"
PAGES = "pages.json"
RACE = "race.json"
RESULT = "result.json"
SETTLEMENT = "settlement.json"
ENTRIES = "entries.json"
WITHDRAWN = "withdrawn.json"
CORRECTION = "correction.json"
MARK = "mark.json"
SENT = "sent.json"
ALERT = "alert.json"
PREPARATION = "preparation.json"
PLAN = "plan.json"
SUMMARY = "summary.json"
SEAL = "seal.json"
FOLDER = "folder.json"
PRUNED = "pruned.json"
LIMITS = "limits"
LIMIT = "limit.json"
SHADOWS = "shadow"
CHAINED = ("H30", "H5", "WITHDRAWAL", "RESULT")


def day_folder(day: date) -> str:
    """All artefacts of a race day."""
    return day.isoformat()


def race_folder(race: RaceId) -> str:
    """All artefacts of a race."""
    return str(race)


def phase_folder(race: RaceId, phase: str) -> str:
    """The artefacts of one visit to a race."""
    return f"{race}/{phase}"


def look_folder(race: RaceId, phase: str) -> str:
    """An operator's look before the phase is due: kept apart, once."""
    return f"{race}/manual/{phase}"


def money_file(number: int) -> str:
    """What a visit knew of the money, from 1; a further one where it changed meanwhile."""
    return MONEY if number == 1 else f"money-{number}.json"


def shadow(race: RaceId, policy: str) -> str:
    """What another policy decided at H-5, on paper: a file of the H5 folder."""
    return f"{phase_folder(race, 'H5')}/{shadow_file(policy)}"


def shadow_file(policy: str) -> str:
    """A shadow decision's name in the H5 folder."""
    return f"{SHADOWS}/{policy}.json"


def corrections_folder(race: RaceId, number: int) -> str:
    """A later look at a settled race, beside the chain and the seal; from 1."""
    return f"{race}/corrections/{number}"


def played_folder(race: RaceId, number: int) -> str:
    """The bettor's own marks of a slip, beside the chain and the seal; from 1."""
    return f"{race}/played/{number}"


def sent_folder(race: RaceId, kind: str) -> str:
    """That the bettor was told of a slip or a withdrawal: beside the chain and the seal."""
    return f"{race}/sent/{kind}"


def digest_folder(day: date) -> str:
    """That the bettor was told how the day ended: beside the seal."""
    return f"{day.isoformat()}/sent/digest"


def alerts_folder(day: date) -> str:
    """The alerts of a race day: beside the chain and the seal."""
    return f"{day.isoformat()}/alerts"


def alert_folder(day: date, alert: str, number: int) -> str:
    """One event of one alert, create-only; from 1."""
    return f"{alerts_folder(day)}/{alert}/{number:04}"


def preparation_folder(day: date, now: datetime) -> str:
    """What was found before the day, with the programme pages that were asked for."""
    return f"{day.isoformat()}/preparation/{_stamp(now)}"


def odds_folder(race: RaceId, now: datetime) -> str:
    """A sample of the odds between the phases."""
    return f"{race}/odds/{_stamp(now)}"


def plan_folder(day: date, now: datetime) -> str:
    """One version of the day's plan."""
    return f"{day.isoformat()}/plan/{_stamp(now)}"


def queued_folder(day: date, generation: int | None = None) -> str:
    """That the day was queued in a generation of the queue; without one, all such folders."""
    folder = f"{day.isoformat()}/queued"
    return folder if generation is None else f"{folder}/{generation}"


def close_folder(day: date) -> str:
    """The day's summary and its seal."""
    return f"{day.isoformat()}/close"


def pruned_folder(day: date, number: int) -> str:
    """What was let go of a day, by hash, beside the seal; from 1."""
    return f"{day.isoformat()}/pruned/{number}"


def operation_record(now: datetime, correlation_id: str) -> str:
    """What an operator did: beside the days, for it may concern several."""
    return f"operations/{_stamp(now)[:8]}/{_stamp(now)}-{correlation_id}.json"


def limit_folder(number: int) -> str:
    """One setting of the weekly loss limit, beside the days; from 1."""
    return f"{LIMITS}/{number:06}"


def _stamp(now: datetime) -> str:
    # UTC, because names must sort by age, also in the repeated hour of October.
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def programme_folder(day: date, now: datetime) -> str:
    """The programme pages of one planning call."""
    return f"{day.isoformat()}/programme/{_stamp(now)}"
