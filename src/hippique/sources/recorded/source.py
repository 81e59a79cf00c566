"""The recorded day behind the same port as a live site."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from hippique.errors import InputError, PageChanged, PageMissing, SourceDown, WrongPage
from hippique.ports import Clock, Page, PageKind, PageRequest, RaceRef
from hippique.racing.card import RaceId, Reading
from hippique.racing.codec import from_json, to_json
from hippique.sources.recorded.known import (
    SITE,
    known_programme,
    known_race,
    programme_url,
    race_url,
)
from hippique.sources.recorded.load import load_recording


class RecordedSource:
    """One real day of the past, told as it was known at the clock's instant.

    A page is the canonical JSON of a reading, so that it can be kept and replayed like any other.
    """

    name = SITE

    def __init__(self, folder: Path, day: date, clock: Clock) -> None:
        """Load `day` from the tables in `folder`. Raises InputError (not recorded), SettingsError.

        folder: holds fr_races, fr_runners and fr_odds_ts as parquet, itself or in its `fr/`.
        """
        self._recording = load_recording(folder, day)
        self._clock = clock

    def programme(self, day: date) -> tuple[PageRequest, ...]:
        """The day's programme; empty for another day than the recorded one."""
        return (_programme_request(day),) if day == self._recording.day else ()

    def card(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The race's only page; empty where the day has no such race."""
        if ref.race.day != self._recording.day or self._recording.find(str(ref.race.key)) is None:
            return ()
        return (_race_request(ref.race),)

    def result(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The same page as the card: it holds the result once that was official."""
        return self.card(ref)

    def fetch(self, request: PageRequest) -> Page:
        """The page as of now. Raises PageMissing for what the recording does not hold."""
        now = self._clock.now()
        return Page(
            request=request,
            body=to_json(self._known(request, now)),
            taken_at=now,
            content_type="application/json",
        )

    def read(self, page: Page) -> Reading:
        """Read a page back. Raises PageChanged (not a reading), WrongPage."""
        return _read(page)

    def _known(self, request: PageRequest, now: datetime) -> Reading:
        recording = self._recording
        if request == _programme_request(recording.day):
            return known_programme(recording, now)
        race = request.race
        if race is not None and race.day == recording.day and request == _race_request(race):
            found = recording.find(str(race.key))
            if found is not None:
                return known_race(recording, *found, now)
        raise PageMissing(f"{request.url} is not recorded", site=SITE, url=request.url)


class RecordedReader:
    """The same source without its tables: names and reads pages that a recorded day has kept."""

    name = SITE

    def programme(self, day: date) -> tuple[PageRequest, ...]:
        """The day's programme."""
        return (_programme_request(day),)

    def card(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The race's only page."""
        return (_race_request(ref.race),)

    def result(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The same page as the card."""
        return self.card(ref)

    def fetch(self, request: PageRequest) -> Page:
        """Raises SourceDown: there are no tables behind it."""
        raise SourceDown(
            "stored pages only: the recorded tables are not open", site=SITE, url=request.url
        )

    def read(self, page: Page) -> Reading:
        """Read a page back. Raises PageChanged (not a reading), WrongPage."""
        return _read(page)


def _programme_request(day: date) -> PageRequest:
    return PageRequest(kind=PageKind.RECORDED_PROGRAMME, url=programme_url(day), day=day)


def _race_request(race: RaceId) -> PageRequest:
    url = race_url(race.day, str(race.key))
    return PageRequest(kind=PageKind.RECORDED_RACE, url=url, day=race.day, race=race)


def _read(page: Page) -> Reading:
    url = page.request.url
    try:
        reading = from_json(Reading, page.body)
    except (InputError, UnicodeDecodeError, RecursionError) as error:
        raise PageChanged(str(error), site=SITE, url=url) from error
    if reading.url != url:
        raise WrongPage(f"asked for {url}, the page is {reading.url}", site=SITE, url=url)
    return reading
