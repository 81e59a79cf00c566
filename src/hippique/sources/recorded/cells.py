"""Cells of the recorded tables that hold JSON in a text."""

from __future__ import annotations

import msgspec


def json_cell(text: str | None) -> object:
    """The value in the text; None for an empty cell and for a damaged one."""
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.MsgspecError, RecursionError):
        return None
