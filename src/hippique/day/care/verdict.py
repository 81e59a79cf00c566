"""What a maintenance check came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """ok: nothing to do. told: one sentence. evidence: what shows it. fix: what to do if not ok."""

    ok: bool
    told: str
    evidence: tuple[str, ...] = ()
    fix: str | None = None


def well(told: str, *evidence: str) -> Verdict:
    """Nothing to do."""
    return Verdict(ok=True, told=told, evidence=evidence)


def bad(told: str, fix: str, *evidence: str) -> Verdict:
    """Something to do."""
    return Verdict(ok=False, told=told, evidence=evidence, fix=fix)
