"""The clock of a simulated racecourse, asked over HTTP; it may still be starting."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from hippique.errors import SourceDown

ASK_AGAIN_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class RacecourseTime:
    """What a racecourse says of its time. asked_at_s: the monotonic second of its answer."""

    now: dt.datetime
    speed: float
    asked_at_s: float


def read_racecourse_time(
    root: str,
    *,
    patience_s: float,
    monotonic: Callable[[], float],
    pause: Callable[[float], None],
) -> RacecourseTime:
    """Ask `root`/clock until it answers, for at most `patience_s` real seconds.

    Raises SourceDown: nothing answered, or what answered is no racecourse.
    """
    url = f"{root.rstrip('/')}/clock"
    give_up_at = monotonic() + patience_s
    while True:
        try:
            answer = httpx.get(url, timeout=2.0, trust_env=False)
        except httpx.HTTPError as error:
            if monotonic() + ASK_AGAIN_S > give_up_at:
                raise SourceDown(
                    f"no racecourse answers at {url} ({error}); start `hippique racecourse`",
                    site="racecourse",
                    url=url,
                ) from error
            pause(ASK_AGAIN_S)
            continue
        return _time_of(answer, url, monotonic())


def _time_of(answer: httpx.Response, url: str, asked_at_s: float) -> RacecourseTime:
    try:
        document = json.loads(answer.content)
        now = dt.datetime.fromisoformat(document["now"])
        speed = float(document["speed"])
    except (ValueError, KeyError, TypeError) as error:
        raise SourceDown(
            f"{url} is not a racecourse's clock ({error})", site="racecourse", url=url
        ) from error
    return RacecourseTime(now=now, speed=speed, asked_at_s=asked_at_s)
