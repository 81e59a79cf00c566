"""Print a JSON document as sorted lines `path=value`, so that shell can compare single fields.

Elements of a list are found by number; environment variables by name, IAM bindings by role. A
binding with a condition is marked, since it is not the grant that its role names.
"""

from __future__ import annotations

import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` would double the start-up time of a script called a hundred times
    from collections.abc import Iterator


def lines(value: object, path: str = "") -> Iterator[str]:
    """Every leaf below a value as `path=value`; numbers without a needless fraction."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from lines(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from lines(inner, f"{path}.{_step(path, inner, at)}" if path else str(at))
    else:
        yield f"{path}={_shown(value)}"


def _step(path: str, element: object, at: int) -> str:
    if isinstance(element, dict) and path.endswith("env") and "name" in element:
        return str(element["name"])
    if isinstance(element, dict) and "role" in element:
        return str(element["role"]) + ("+condition" if "condition" in element else "")
    return str(at)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value)[1:-1] if "\n" in value else value
    is_whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if is_whole else value)


if __name__ == "__main__":
    text = sys.stdin.read()
    for line in sorted(lines(json.loads(text))) if text.strip() else ():
        print(line)
