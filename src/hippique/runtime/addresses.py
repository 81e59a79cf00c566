"""Addresses of artefacts: which are allowed, on every backend alike."""

from __future__ import annotations

import re

from hippique.errors import InputError

SEGMENT_LENGTH = 200
_SEGMENT = re.compile(rf"[A-Za-z0-9._=-]{{1,{SEGMENT_LENGTH}}}")


def checked_address(address: str) -> str:
    """The address itself. Raises InputError unless relative, `/`-separated and free of `..`."""
    if not all(map(is_segment, address.split("/"))):
        raise InputError(
            f"address {address!r} must be segments of letters, digits and . _ = - joined by /, "
            f"each at most {SEGMENT_LENGTH} characters, none of them empty, . or ..",
            field="address",
        )
    return address


def checked_prefix(prefix: str) -> str:
    """The prefix without a closing `/`; empty means everything. Raises InputError."""
    return checked_address(prefix.removesuffix("/")) if prefix else ""


def is_segment(text: str) -> bool:
    """Whether this may be a part of an address."""
    return _SEGMENT.fullmatch(text) is not None and text not in {".", ".."}
