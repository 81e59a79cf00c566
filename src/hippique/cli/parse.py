"""`hippique parse`: what one stored page says."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import click
import zstandard

from hippique.cli.common import foreseeable, json_option, print_json
from hippique.errors import PageChanged
from hippique.ports import PageKind
from hippique.sources.reading import read_page

PAGES = [kind.value for kind in PageKind if not kind.value.startswith("recorded-")]
MOST_BYTES = 64 * 2**20  # no page of the three sites comes near; a bomb stops here


@click.command(epilog="Example: hippique parse zeturf-race page.html")
@click.argument("page", type=click.Choice(PAGES))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="The page's address: its identity where the page does not hold it.")
@json_option
@foreseeable
def parse(page: str, file: Path, url: str | None, *, as_json: bool) -> None:
    """Read one stored page (plain, .zst or .gz) and print its reading as JSON.

    PAGE is the kind of page, FILE the stored page. Ends with 1 and the reason where the page is
    an error page, of another race than asked for, or damaged beyond use.
    """
    del as_json  # a reading is JSON either way; the flag shapes the error
    print_json(read_page(PageKind(page), _body(file), url=url))


def _body(file: Path) -> bytes:
    content = file.read_bytes()
    try:
        if file.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(content) as reader:
                content = reader.read(MOST_BYTES)
        elif file.suffix == ".gz":
            with gzip.open(file) as reader_gz:
                content = reader_gz.read(MOST_BYTES)
    except (zstandard.ZstdError, OSError, EOFError, zlib.error) as error:
        raise PageChanged(f"{file.name} cannot be unpacked ({error})", site="file") from error
    return content
