"""The one tree of errors. The class says who must act; the message says what, where, and the mend.

HippiqueError
├── InputError        the caller: answered 422, with the field
│   ├── UnknownBet
│   ├── BadPhase
│   ├── BadDate
│   ├── BadAddress    a course_url outside the allowed hosts, or without a race in it
│   ├── DayMismatch   the date of the call is not the date of the address
│   └── UnknownRace   no such race in the plan or the archive
├── SourceError       the queue tries again
│   ├── SourceDown    no answer, 5xx, time-out
│   │   └── EmptyDay  0 races, and no two sources that agree
│   ├── SourceRefused 403, 429, robots.txt, a kill switch
│   ├── PageChanged   a person must look: the page lacks what the reader assumes
│   ├── PageMissing   a soft or hard 404: the page asked for does not exist
│   └── WrongPage     the page is another race's or another day's
├── StoreError        the queue tries again
│   ├── AlreadyExists often a success: somebody wrote the same artefact first
│   ├── NotFound
│   ├── StoreFull
│   ├── StoreBusy
│   ├── StoreRefused  this identity may not, or the bucket or queue is not there
│   └── StoreDamaged  a file that is not ours, a newer format, a broken page
├── PricingError      a bug or bad data: stop
│   ├── OddsOutOfRange
│   ├── FieldTooSmall
│   ├── ProbabilityOutOfRange
│   ├── PoolOutOfRange        takeout, pools and stakes that no dividend can be made of
│   ├── ArgumentOutOfRange    a shape, a count or another number outside what is defined
│   └── NoSolution            the equation has none, or the search did not reach it
├── IdentityError     the caller must show who he is; the log alone says why
│   ├── NotAuthenticated   401
│   ├── NotAllowed         403: known, but without the role
│   ├── TooManyFailures    429: failed authentication without end from one address
│   └── KeysUnreachable    503: nobody can be judged now; the queue tries again
└── SettingsError     the operator, at start
"""

from __future__ import annotations


class HippiqueError(Exception):
    """Root of all foreseeable errors of this package."""


class InputError(HippiqueError):
    """The caller must mend the call; `field` names what is wrong."""

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.hint = hint


class UnknownBet(InputError):
    """A bet that is not in the catalogue."""


class BadPhase(InputError):
    """A phase other than H30, H5 and RESULT."""


class BadDate(InputError):
    """A day that is neither "today" nor YYYY-MM-DD."""


class BadAddress(InputError):
    """A course_url that is not an allowed race page."""


class DayMismatch(InputError):
    """The date of the call and the date in the address differ."""


class UnknownRace(InputError):
    """No such race where it was looked for."""


class SourceError(HippiqueError):
    """A site did not give what was asked; the queue tries again."""

    def __init__(self, message: str, *, site: str, url: str | None = None) -> None:
        super().__init__(message)
        self.site = site
        self.url = url


class SourceDown(SourceError):
    """No answer within the limits: connection, time-out, 5xx, an answer beyond the size bounds."""


class EmptyDay(SourceDown):
    """No race on a day, and not two sources that read without fault and say so."""


class SourceRefused(SourceError):
    """The site or our own manners say no: 403, 429, robots.txt, a kill switch."""

    def __init__(
        self,
        message: str,
        *,
        site: str,
        url: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, site=site, url=url)
        self.retry_after_s = retry_after_s


class PageChanged(SourceError):
    """The page lacks what its reader assumes; `missing` names it. A person must look."""

    def __init__(self, missing: str, *, site: str, url: str | None = None) -> None:
        super().__init__(f"{site}: {missing}", site=site, url=url)
        self.missing = missing


class PageMissing(SourceError):
    """A soft 404 or an error page served in place of the page asked for."""


class WrongPage(SourceError):
    """The page of another race or another day than the one asked for."""


class StoreError(HippiqueError):
    """The archive or the queue's file could not do it; the queue tries again."""


class AlreadyExists(StoreError):
    """The address or the name is taken. Callers often take it as success."""


class NotFound(StoreError):
    """Nothing lies at this address."""


class StoreFull(StoreError):
    """No room left on the disk; nothing was changed."""


class StoreBusy(StoreError):
    """Another process holds the store, or it did not answer in time."""


class StoreRefused(StoreError):
    """The bucket or the queue is not there, or this identity may not; the operator must act."""


class StoreDamaged(StoreError):
    """The store's file is damaged, or written by a newer version."""


class PricingError(HippiqueError):
    """Numbers that no price can be made of: a bug or bad data."""


class OddsOutOfRange(PricingError):
    """Odds at or below 1, not finite, or missing."""


class FieldTooSmall(PricingError):
    """Fewer than two runners."""


class ProbabilityOutOfRange(PricingError):
    """Probabilities outside [0, 1], not finite, not summing to 1, or 0 where a model has no 0."""


class PoolOutOfRange(PricingError):
    """Takeout, pool, stakes or dividend that no payment can be made of."""


class ArgumentOutOfRange(PricingError):
    """A shape, a count, a bankroll or another argument outside what the function is defined for."""


class NoSolution(PricingError):
    """The equation has no solution, or the search did not reach it within its bounds."""


class IdentityError(HippiqueError):
    """A call that is not answered; its message says no more than the caller needs.

    why: the reason, for the log alone, never with the token in it.
    """

    def __init__(self, message: str, *, why: str | None = None) -> None:
        super().__init__(message)
        self.why = why or message


class NotAuthenticated(IdentityError):
    """Nobody's call: no token, cookie or code, or one that is not good."""


class NotAllowed(IdentityError):
    """The caller is known and has not the role, or the call comes from a foreign page."""


class TooManyFailures(IdentityError):
    """The address has failed too often in the last minute."""


class KeysUnreachable(IdentityError):
    """The issuer's keys cannot be had, so no token can be judged."""


class SettingsError(HippiqueError):
    """A setting is missing or bad; the start is refused."""
