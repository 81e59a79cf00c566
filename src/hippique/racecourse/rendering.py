"""One compiled template environment for all pages; every value is escaped unless made here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hippique.racecourse.wording import SIMULATED

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> str:
    """A page or a fragment as text. Missing values raise, so that no page is silently thin."""
    return _environment().get_template(template).render(values)


@lru_cache(maxsize=1)  # templates are compiled once in a process
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["simulated"] = SIMULATED
    return environment
