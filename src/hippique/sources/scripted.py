"""A site that shows what it is told to: the shipped fake of the Source port.

Each address holds a sequence of answers, one a call; the last one stays. An answer is a reading
(a page that reads back as it), bytes (a page that cannot be read) or an error of the fetch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from hippique.errors import InputError, PageChanged, PageMissing, SourceError, WrongPage
from hippique.ports import Clock, Page, PageKind, PageRequest, RaceRef
from hippique.racing.card import RaceId, Reading
from hippique.racing.codec import from_json, to_json

Answer = Reading | bytes | SourceError

_KINDS = {
    "zeturf": (PageKind.ZETURF_PROGRAMME, PageKind.ZETURF_RACE, PageKind.ZETURF_RACE),
    "geny": (PageKind.GENY_PROGRAMME, PageKind.GENY_RACE, PageKind.GENY_RESULT),
    "pmu": (PageKind.PMU_PROGRAMME, PageKind.PMU_RUNNERS, PageKind.PMU_DIVIDENDS),
}
_OTHER_KINDS = (PageKind.RECORDED_PROGRAMME, PageKind.RECORDED_RACE, PageKind.RECORDED_RACE)


def _nothing(_: PageRequest) -> None:
    return


class ScriptedSource:
    """One scripted site. calls: the address of every fetch so far, in order.

    before_answer: called with each request before it is answered, to move a clock or to meddle.
    """

    def __init__(
        self, name: str, clock: Clock, *, before_answer: Callable[[PageRequest], None] = _nothing
    ) -> None:
        self.name = name
        self.calls: list[str] = []
        self.before_answer = before_answer
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: dict[str, list[Answer]] = {}

    # --- the script

    def show_programme(self, day: date, *answers: Answer) -> None:
        """What the programme of `day` answers from now on."""
        self._script(self._programme_url(day), answers)

    def show_card(self, race: RaceId, *answers: Answer) -> None:
        """What the race's card answers from now on."""
        self._script(self._url(race, "card"), answers)

    def show_result(self, race: RaceId, *answers: Answer) -> None:
        """What the race's result page answers from now on."""
        self._script(self._url(race, "result"), answers)

    def _script(self, url: str, answers: tuple[Answer, ...]) -> None:
        with self._lock:
            self._answers[url] = list(answers)

    # --- the port

    def programme(self, day: date) -> tuple[PageRequest, ...]:
        """See Source; asked for also where nothing is scripted, and then missing."""
        return (PageRequest(kind=self._kinds[0], url=self._programme_url(day), day=day),)

    def card(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """See Source; empty where no card is scripted."""
        return self._race_page(ref, "card", self._kinds[1])

    def result(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """See Source; empty where no result is scripted."""
        return self._race_page(ref, "result", self._kinds[2])

    def fetch(self, request: PageRequest) -> Page:
        """Answer as scripted. Raises the scripted error, PageMissing where nothing is."""
        self.before_answer(request)
        answer = self._next(request)
        if isinstance(answer, SourceError):
            raise answer
        return Page(
            request=request,
            body=answer if isinstance(answer, bytes) else to_json(answer),
            taken_at=self._clock.now(),
            content_type="application/json",
        )

    def read(self, page: Page) -> Reading:
        """Read a scripted page back. Raises PageChanged, WrongPage (another site's reading)."""
        url = page.request.url
        try:
            reading = from_json(Reading, page.body)
        except (InputError, UnicodeDecodeError) as error:
            raise PageChanged(str(error), site=self.name, url=url) from error
        if reading.source != self.name:
            raise WrongPage(f"a page of {reading.source}", site=self.name, url=url)
        return reading

    # --- inside

    @property
    def _kinds(self) -> tuple[PageKind, PageKind, PageKind]:
        return _KINDS.get(self.name, _OTHER_KINDS)

    def _programme_url(self, day: date) -> str:
        return f"https://{self.name}.test/{day.isoformat()}"

    def _url(self, race: RaceId, page: str) -> str:
        return f"https://{self.name}.test/{race}/{page}"

    def _race_page(self, ref: RaceRef, page: str, kind: PageKind) -> tuple[PageRequest, ...]:
        url = self._url(ref.race, page)
        if url not in self._answers:
            return ()
        return (PageRequest(kind=kind, url=url, day=ref.race.day, race=ref.race),)

    def _next(self, request: PageRequest) -> Answer:
        with self._lock:
            self.calls.append(request.url)
            answers = self._answers.get(request.url, [])
            if not answers:
                raise PageMissing("nothing is scripted", site=self.name, url=request.url)
            return answers.pop(0) if len(answers) > 1 else answers[0]
