"""PMU's programme: a whole day, one meeting or one race, as the address asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hippique.racing.card import Discipline, Meeting, Race, RaceKey, RaceStatus, Reading
from hippique.racing.result import Result, ResultStatus
from hippique.racing.times import paris_day
from hippique.sources.pmu import fields
from hippique.sources.pmu.address import Address, read_address
from hippique.sources.pmu.document import Node, decode_object
from hippique.sources.pmu.labels import race_labels
from hippique.sources.pmu.order import Incidents, is_saddle_number, read_order, sort_incidents


def read_programme(body: bytes, *, url: str | None = None) -> Reading:
    """Read a programme answer; with `url` it must be the day, meeting and race that it names.

    A race's runners are not in it, its order of finish is (official only where PMU says so).
    A day whose list of meetings is there and empty is a day without racing, said in a warning.
    Raises PageMissing (empty answer), PageChanged (another shape), WrongPage.
    """
    root = decode_object(body, url=url)
    document = root.node(fields.PROGRAMME) or root
    meetings = _read_meetings(document, read_address(url))
    if not meetings:
        root.warnings.append("the programme lists no meeting: no racing that day")
    return Reading(
        source=fields.SITE,
        page="programme",
        url=url,
        warnings=tuple(root.warnings),
        meetings=meetings,
    )


def _read_meetings(document: Node, address: Address) -> tuple[Meeting, ...]:
    if isinstance(document.content.get(fields.MEETINGS), list):
        address.check("the day", address.day, _day(document, fields.PROGRAMME_DAY))
        return tuple(_read_meeting(node, address) for node in document.nodes(fields.MEETINGS))
    if fields.RACES in document.content:
        return (_read_meeting(document, address),)
    if fields.RACE_NUMBER in document.content:
        return (_read_lone_race(document, address),)
    names = (fields.MEETINGS, fields.RACES, fields.RACE_NUMBER)
    raise document.changed(" or ".join(names))


def _day(node: Node, name: str) -> date | None:
    instant = node.instant(name)
    return None if instant is None else paris_day(instant)


def _read_meeting(node: Node, address: Address) -> Meeting:
    number = node.whole(fields.MEETING_NUMBER, least=1, most=fields.LAST_MEETING)
    if number is None:
        raise node.changed(fields.MEETING_NUMBER)
    if not isinstance(node.content.get(fields.RACES), list):
        raise node.changed(fields.RACES)
    day = _day(node, fields.MEETING_DAY) or address.day
    address.check("the day", address.day, day)
    address.check("meeting", address.meeting, number)
    races = tuple(_read_race(race, number, address) for race in node.nodes(fields.RACES))
    return Meeting(
        number=number,
        track=_track(node),
        country=_country(node),
        date=day,
        cancelled=_is_cancelled(node, races),
        races=races,
    )


def _read_lone_race(node: Node, address: Address) -> Meeting:
    number = node.whole(fields.RACE_MEETING, least=1, most=fields.LAST_MEETING) or address.meeting
    if number is None:
        raise node.changed(fields.RACE_MEETING)
    address.check("meeting", address.meeting, number)
    race = _read_race(node, number, address)
    address.check("race", address.race, race.number)
    _check_off_day(address, race.off_time)
    if address.day is None:
        node.warn("the meeting's day is in the address only: give it with --url")
    return Meeting(number=number, track=_track(node), date=address.day, races=(race,))


def _check_off_day(address: Address, off_time: datetime | None) -> None:
    # A race past midnight belongs to the meeting's day.
    if address.day is None or off_time is None:
        return
    off_day = paris_day(off_time)
    if off_day != address.day + timedelta(days=1):
        address.check("the day", address.day, off_day)


def _track(node: Node) -> str | None:
    track = node.node(fields.TRACK)
    return track.text(fields.TRACK_NAME) if track else None


def _country(node: Node) -> str | None:
    country = node.node(fields.COUNTRY)
    code = country.code(fields.COUNTRY_CODE) if country else None
    if code is not None and code not in fields.COUNTRIES:
        node.warn(f"unknown country code {code}")
    return fields.COUNTRIES.get(code or "")


def _is_cancelled(node: Node, races: tuple[Race, ...]) -> bool:
    if fields.CANCELLED_SIGN in (node.code(fields.MEETING_STATE) or ""):
        return True
    return bool(races) and all(race.status is RaceStatus.CANCELLED for race in races)


def _read_race(node: Node, meeting: int, address: Address) -> Race:
    number = node.whole(fields.RACE_NUMBER, least=1, most=fields.LAST_NUMBER)
    if number is None:
        raise node.changed(fields.RACE_NUMBER)
    status = _status(node)
    return Race(
        number=number,
        key=str(RaceKey(meeting, number)),
        name=node.text(fields.RACE_NAME),
        discipline=_discipline(node),
        distance_m=node.whole(fields.DISTANCE, least=1),
        prize_eur=node.number(fields.PRIZE),
        off_time=node.instant(fields.OFF_TIME),
        status=status,
        declared=node.whole(fields.DECLARED),
        going=_going(node),
        labels=_labels(node),
        url=address.race_url(meeting, number),
        result=_result(node, status),
    )


def _discipline(node: Node) -> Discipline | None:
    for name in (fields.DISCIPLINE, fields.SPECIALITY):
        code = node.code(name)
        if code is not None and code in fields.DISCIPLINES:
            return fields.DISCIPLINES[code]
        if code is not None:
            node.warn(f"unknown {name} {code}")
    return None


def _going(node: Node) -> str | None:
    going = node.node(fields.GOING)
    return going.text(fields.GOING_WORDS) if going else None


def _labels(node: Node) -> tuple[str, ...]:
    pools = [bet.code(fields.POOL) or "" for bet in node.nodes(fields.BETS)]
    return race_labels(node.code(fields.CATEGORY), pools)


def _status(node: Node) -> RaceStatus | None:
    state = node.code(fields.STATE) or ""
    group = node.code(fields.STATE_GROUP) or ""
    if fields.CANCELLED_SIGN in state or fields.CANCELLED_SIGN in group:
        return RaceStatus.CANCELLED
    if _is_definitive(node, state):
        return RaceStatus.OFFICIAL
    if state.startswith(fields.PROVISIONAL_SIGN) or node.content.get(fields.ORDER):
        return RaceStatus.PROVISIONAL
    status = fields.STATE_GROUPS.get(group) or fields.STATES.get(state)
    if status is None and (state or group):
        node.warn(f"unknown state {state or '-'} of group {group or '-'}")
    return status


def _is_definitive(node: Node, state: str) -> bool:
    flags = [flag for name in fields.IS_DEFINITIVE if (flag := node.flag(name)) is not None]
    return any(flags) if flags else state.startswith(fields.DEFINITIVE_SIGN)


def _result(node: Node, status: RaceStatus | None) -> Result | None:
    if status is RaceStatus.CANCELLED:
        return None
    order = read_order(node)
    if not order:
        if status in {RaceStatus.OFFICIAL, RaceStatus.PROVISIONAL}:
            node.warn("an arrival without its order")
        return None
    is_official = status is RaceStatus.OFFICIAL
    incidents = sort_incidents(_incidents(node), node)
    if is_official:
        _warn_if_short(node, order, incidents)
    return Result(
        status=ResultStatus.OFFICIAL if is_official else ResultStatus.PROVISIONAL,
        order=order,
        non_runners=incidents.non_runners,
        disqualified=incidents.disqualified,
        fallen=incidents.fallen,
    )


def _warn_if_short(node: Node, order: tuple[tuple[int, ...], ...], incidents: Incidents) -> None:
    # After an inquiry PMU has left a definitive order at three places while eight horses finished;
    # the participants of that race hold all of them.
    told = {number for place in order for number in place}.union(
        incidents.non_runners, incidents.disqualified, incidents.fallen
    )
    declared = node.whole(fields.DECLARED)
    if declared is not None and len(told) < declared:
        node.warn(f"the official order and incidents tell of {len(told)} of {declared} declared")


def _incidents(node: Node) -> list[tuple[str, int]]:
    found = []
    for incident in node.nodes(fields.INCIDENTS):
        code = incident.code(fields.INCIDENT_TYPE)
        for number in incident.values(fields.INCIDENT_NUMBERS):
            if code is None or not is_saddle_number(number):
                raise incident.changed(f"{fields.INCIDENT_TYPE} or {fields.INCIDENT_NUMBERS}")
            found.append((code, number))
    return found
