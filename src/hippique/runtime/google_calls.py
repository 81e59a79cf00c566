"""Calls to Google: tried again within bounds, each repetition told, the last error in our words."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import requests.exceptions
from google.api_core import exceptions as google
from google.api_core.retry import Retry
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from hippique.errors import StoreBusy, StoreError, StoreRefused

T = TypeVar("T")
Told = Callable[[Exception], None]
"""Told of each failed try that is made again."""

PASSING = (
    google.TooManyRequests,
    google.InternalServerError,
    google.BadGateway,
    google.ServiceUnavailable,
    google.GatewayTimeout,
    google.Aborted,
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.Timeout,
    TransportError,
)
"""What may go by: busy, restarting, a broken connection. Everything else stays as it is."""


def say_nothing(error: Exception) -> None:
    """For callers that have nobody to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call is tried. Real seconds.

    The waits double from `first_wait_s` up to `longest_wait_s` and are drawn at random below
    that; `in_all_s` bounds the tries together, `one_try_s` each of them.
    """

    first_wait_s: float = 0.2
    longest_wait_s: float = 5.0
    in_all_s: float = 20.0
    one_try_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Makes calls for one bucket or one queue, named by `place` in every error."""

    place: str
    patience: Patience = Patience()
    told: Told = say_nothing

    def __call__(self, call: Callable[[], T]) -> T:
        """The call's answer. Raises StoreBusy, StoreRefused; others as they come."""
        return self.counted(lambda _: call())

    def counted(self, call: Callable[[int], T]) -> T:
        """The same for a call that must know which try it is, from 1."""
        tries = 0

        def one() -> T:
            nonlocal tries
            tries += 1
            return call(tries)

        retry = Retry(
            predicate=lambda error: isinstance(error, PASSING),
            initial=self.patience.first_wait_s,
            maximum=self.patience.longest_wait_s,
            timeout=self.patience.in_all_s,
            on_error=self.told,
        )
        with in_our_words(self.place):
            return retry(one)()


@contextlib.contextmanager
def in_our_words(place: str) -> Iterator[None]:
    """Turn Google's errors into the store's. AlreadyExists, NotFound, PreconditionFailed stay."""
    try:
        yield
    except google.RetryError as error:
        raise _in_words(error.cause or error, place) from error
    except (google.GoogleAPICallError, requests.exceptions.RequestException) as error:
        if isinstance(error, google.AlreadyExists | google.NotFound | google.PreconditionFailed):
            raise
        raise _in_words(error, place) from error
    except (DefaultCredentialsError, RefreshError, TransportError) as error:
        raise StoreRefused(
            f"{place}: no identity to call Google with ({error}); on a machine of your own run "
            "`gcloud auth application-default login`"
        ) from error


def _in_words(error: Exception, place: str) -> StoreError:
    if isinstance(error, google.Forbidden | google.Unauthorized):
        return StoreRefused(
            f"{place}: this identity may not ({_first_line(error)}); grant the role"
        )
    return StoreBusy(f"{place}: {_first_line(error)}; try again")


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
