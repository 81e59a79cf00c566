"""The library example of the method page does what its comments say."""

from __future__ import annotations

import contextlib
import io
import re

from house import ROOT

PAGE = ROOT / "docs" / "method" / "pricing.md"


def test_the_example_prints_what_its_comments_say():
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    told = re.findall(r"^# (.*)$", example, re.MULTILINE)

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(example, str(PAGE), "exec"), {})  # noqa: S102  our own page

    assert printed.getvalue().splitlines() == told
