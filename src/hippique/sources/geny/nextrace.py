"""A race of the Next.js site: header and runners from the page's state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hippique.racing.card import (
    Blinkers,
    Discipline,
    Meeting,
    Race,
    RaceKey,
    RaceStatus,
    Runner,
    Shoes,
)
from hippique.racing.market import RunnerOdds
from hippique.racing.times import after_midnight, paris_at, paris_time
from hippique.sources.geny import nextfields as f
from hippique.sources.geny import selectors as s
from hippique.sources.geny.address import as_day
from hippique.sources.geny.header import read_hour
from hippique.sources.geny.nextjs import (
    Json,
    State,
    inner,
    meeting_of_state,
    number,
    participants_of,
    race_of_state,
    read_state,
    text,
    whole,
)
from hippique.sources.geny.page import Generation, Page, check_identity, page_url
from hippique.sources.geny.words import country_code, labels_in, shoes_of
from hippique.sources.text import fold

_FIRST_HOUR = 5  # hours before it belong to the meeting of the day before


def read_next_race(page: Page) -> Meeting:
    """The one meeting and race of a page or of the API's list of runners. Raises PageChanged."""
    state = read_state(page)
    meeting, race = read_next_header(page, state)
    runners = tuple(_runner(page, item) for item in participants_of(state))
    if not runners:
        raise page.changed("an array of runners (numero, cheval) in the state")
    runners = _with_odds(page, state, runners)
    starters = sum(not runner.non_runner for runner in runners)
    if race.starters is not None and race.starters != starters:
        page.warnings.append(f"the race counts {race.starters} runners, the list {starters}")
    whole_field = race.number is not None and race.starters in {None, starters}
    declared = len(runners) if whole_field else None
    return replace(meeting, races=(replace(race, runners=runners, declared=declared),))


def read_next_header(page: Page, state: State) -> tuple[Meeting, Race]:
    """Meeting and race without runners; the API's list of runners has neither."""
    found = race_of_state(state)
    if found is None:
        if page.generation is not Generation.JSON:
            raise page.changed("a race (numeroCourse) in the state")
        page.warnings.append("a list of runners alone: no meeting, race, hour")
        return Meeting(number=None), Race(number=None)
    held = meeting_of_state(state, found) or {}
    if not held:
        page.warnings.append("no meeting (numeroPmu) for the race in the state")
    meeting = next_meeting(held, found)
    check_identity(page, race_id=whole(found, "id"), day=meeting.date)
    return meeting, replace(next_race(page, found, meeting), url=page_url(page))


def next_meeting(held: Json, first_race: Json | None) -> Meeting:
    """A meeting without its races."""
    track = inner(held, "hippodrome")
    nation = text(track, "nationalite")
    meeting_number = whole(held, "numeroPmu") or 0
    return Meeting(
        number=meeting_number if meeting_number > 0 else None,
        track=text(held, "nomReunion") or text(track, "nom"),
        country=country_code(nation) if nation else None,
        date=_day(held, first_race or {}),
        cancelled="ANNUL" in (text(held, "etatReunion") or "").upper(),
    )


def next_race(page: Page, item: Json, meeting: Meeting) -> Race:
    """A race without runners, result and address."""
    race_number = whole(item, "numeroCourse")
    both = meeting.number is not None and race_number is not None
    sums = inner(item, "allocations")
    currency = text(sums, "devise")
    return Race(
        number=race_number,
        key=str(RaceKey(meeting.number or 0, race_number or 0)) if both else None,
        name=text(item, "nomPrix"),
        discipline=_discipline(page, item),
        distance_m=whole(item, "distance"),
        prize_eur=number(sums, "total") if currency in {None, "EUR", "€", "EURO"} else None,
        off_time=_off_time(item, meeting.date),
        status=next_status(item),
        starters=whole(item, "nombrePartants"),
        going=text(item, "typeEtatTerrain"),
        labels=_labels(item),
    )


def next_status(item: Json) -> RaceStatus | None:
    """How far the race is, None for a state that nobody knows."""
    state = (text(item, "etatCourse") or "").upper()
    return next((status for sign, status in f.STATES if sign in state), None)


def _labels(item: Json) -> tuple[str, ...]:
    words = [fold(text(item, name)).replace("_", " ") for name in ("classe", "categorie", "depart")]
    return (("quinte",) if item.get("quintePlus") is True else ()) + labels_in(words)


def _discipline(page: Page, item: Json) -> Discipline | None:
    for name in ("specialite", "discipline"):
        code = fold(text(item, name)).upper().replace("-", "_")
        if code in f.DISCIPLINES:
            return f.DISCIPLINES[code]
    page.warnings.append(f"unknown discipline {text(item, 'specialite')!r}")
    return None


def _instant(words: str | None) -> datetime | None:
    """An instant of the state: Paris clocks where it has no zone, as the site writes it."""
    if as_day((words or "")[:10]) is None:
        return None
    try:
        stated = datetime.fromisoformat(words or "")
        if stated.tzinfo is not None:
            return paris_time(stated)
        return paris_at(stated.date(), stated.hour, stated.minute, stated.second)
    except ValueError:
        return None


def _day(held: Json, race: Json) -> date | None:
    stated = _instant(text(held, "dateReunion"))
    if stated is not None:
        return stated.date()
    instant = _instant(text(race, "dateHeureCourse"))
    if instant is None:
        return None
    return instant.date() - timedelta(days=1 if instant.hour < _FIRST_HOUR else 0)


def _off_time(item: Json, day: date | None) -> datetime | None:
    instant = _instant(text(item, "dateHeureCourse"))
    if instant is not None or day is None:
        return instant
    match = s.LOCAL_HOUR.match(text(item, "heureCourse") or "")
    clock = read_hour(match[1], match[2]) if match else None
    return after_midnight(day, *clock) if clock else None


# --- runners -------------------------------------------------------------------------------------


def _runner(page: Page, item: Json) -> Runner:
    saddle = whole(item, "numero")
    if saddle is None:
        raise page.changed("a runner's numero")
    sex = text(item, "sexe")
    withdrawn = f.NON_RUNNER in (text(item, "etatParticipation") or "").upper()
    return Runner(
        number=saddle,
        name=text(inner(item, "cheval"), "nom"),
        non_runner=withdrawn,
        sex=f.SEXES.get(fold(sex).upper(), sex) if sex else None,
        age=whole(item, "age"),
        jockey=None if withdrawn else _person(inner(item, "jockey")),
        trainer=_person(inner(item, "entraineur")),
        weight_kg=number(item, "poids"),
        draw=whole(item, "positionDepart"),
        distance_m=whole(item, "distance"),
        shoes=_shoes(page, saddle, text(item, "deferre")),
        blinkers=_headgear(page, saddle, item),
        form=text(inner(item, "musique"), "resume") or text(item, "musique"),
        earnings_eur=number(item, "gain"),
    )


def _person(item: Json) -> str | None:
    given = text(item, "initialePrenom") or text(item, "prenom")
    parts = [text(item, "titre"), given, text(item, "nom")]
    return " ".join(part for part in parts if part) or None


def _shoes(page: Page, saddle: int, code: str | None) -> Shoes | None:
    feet = [f.FEET.get(letter) for letter in (code or "").upper()]
    if len(feet) == len("DD") and None not in feet:
        if set(feet) == {"bare", "plate"}:
            page.warnings.append(f"{saddle} is bare on one end and plated on the other")
        return shoes_of((feet[0], feet[1]))
    if code:
        page.warnings.append(f"{saddle}: unknown shoeing {code!r}")
    return None


def _headgear(page: Page, saddle: int, item: Json) -> Blinkers | None:
    value = item.get("oeilleres")
    if value is True:
        return Blinkers.STANDARD
    code = (text(item, "oeilleres") or "").upper()
    if code:
        if code not in f.BLINKERS:
            page.warnings.append(f"{saddle}: unknown blinkers {code!r}")
        return f.BLINKERS.get(code)
    if item.get("bonnet") is True:
        return Blinkers.HOOD
    return Blinkers.NONE if value is False and item.get("bonnet") is False else None


def _with_odds(page: Page, state: State, runners: tuple[Runner, ...]) -> tuple[Runner, ...]:
    """Odds of one pool for all: two pools never mix in one reading."""
    items = participants_of(state)
    shown = [(pool, [number(item, name) for item in items]) for name, pool in f.ODDS_POOLS]
    filled = [(pool, odds) for pool, odds in shown if any(value for value in odds)]
    if not filled:
        page.warnings.append("no odds in the state")
        return runners
    pool, odds = filled[0]
    if len(filled) > 1:
        page.warnings.append(f"odds of {filled[1][0]} are shown too and not read")
    return tuple(
        replace(runner, odds=RunnerOdds(pool=pool, win=value))
        if value is not None and value > 1 and not runner.non_runner
        else runner
        for runner, value in zip(runners, odds, strict=True)
    )
