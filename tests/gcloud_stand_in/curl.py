"""A stand-in for curl: what the addresses of the stand-in's cloud answer, from the same state."""

from __future__ import annotations

import pathlib
import sys

import cloud_run
from world import load

WITH_VALUE = {"--max-time", "--output", "--write-out", "--config"}
ALONE = {"--silent", "--show-error", "--fail-with-body"}
FAILED = 22


def main(words: list[str]) -> int:
    """One GET. The token comes by `--config -`, as a header line on standard input."""
    options, urls = {}, []
    rest = iter(words)
    for word in rest:
        if word in WITH_VALUE:
            options[word] = next(rest)
        elif word in ALONE:
            options[word] = ""
        elif word.startswith("-"):
            sys.stderr.write(f"curl: option {word}: is unknown\n")
            return 2
        else:
            urls.append(word)
    (url,) = urls
    told = sys.stdin.read() if options.get("--config") == "-" else ""
    email = told.partition("token-of:")[2].partition('"')[0] or None
    code, body = cloud_run.answer(load(), url, email)
    _write(options, body, code)
    return FAILED if "--fail-with-body" in options and code >= 400 else 0


def _write(options: dict[str, str], body: str, code: int) -> None:
    if "--output" in options:
        pathlib.Path(options["--output"]).write_text(body, "utf-8")
    else:
        sys.stdout.write(body + "\n")
    if "--write-out" in options:
        sys.stdout.write(options["--write-out"].replace("%{http_code}", str(code)))
