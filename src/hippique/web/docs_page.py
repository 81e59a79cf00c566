"""The HTTP doors on a page of our own: FastAPI's page loads its scripts from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One operation. parameters: (name, where, description); body: its JSON schema as text."""

    method: str
    path: str
    summary: str
    parameters: tuple[tuple[str, str, str], ...]
    body: str | None


def doors_of(openapi: Mapping[str, Any]) -> tuple[Door, ...]:
    """Every operation of an OpenAPI document, in its order."""
    return tuple(
        _door(openapi, path, method, operation)
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    )


def _door(openapi: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Door:
    return Door(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        parameters=tuple(
            (one["name"], one["in"], one.get("description", ""))
            for one in operation.get("parameters", ())
        ),
        body=_body(openapi, operation),
    )


def _body(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> str | None:
    content = operation.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref")
    if reference is None:
        return None
    schema = openapi["components"]["schemas"][reference.rpartition("/")[2]]
    return json.dumps(schema, indent=2, ensure_ascii=False)
