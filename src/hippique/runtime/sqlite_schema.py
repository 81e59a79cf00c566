"""The queue's file: its tables, its version, and how an older file climbs to the present one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from hippique.errors import StoreDamaged

APPLICATION_ID = 0x48495051
"""SQLite's mark of whose file this is: "HIPQ"."""

LADDER: tuple[tuple[str, ...], ...] = (
    (
        # payload last: counting and sorting then read no overflow pages
        """CREATE TABLE task (
            name TEXT PRIMARY KEY NOT NULL,
            due_us INTEGER NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('pending', 'leased', 'done', 'cancelled', 'failed')),
            attempts INTEGER NOT NULL,
            created_us INTEGER NOT NULL,
            deadline_s REAL NOT NULL,
            first_attempt_us INTEGER,
            ended_us INTEGER,
            last_error TEXT,
            payload BLOB NOT NULL
        )""",
        "CREATE INDEX task_due ON task (due_us, name) WHERE state = 'pending'",
        "CREATE INDEX task_leased ON task (name) WHERE state = 'leased'",
        "CREATE INDEX task_ended ON task (ended_us) WHERE ended_us IS NOT NULL",
        # one row for each answered attempt of the last minute
        "CREATE TABLE reply (at_us INTEGER NOT NULL)",
        "CREATE INDEX reply_at ON reply (at_us)",
        """CREATE TABLE queue (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            generation INTEGER NOT NULL,
            paused INTEGER NOT NULL
        )""",
        "INSERT INTO queue (only, generation, paused) VALUES (1, 1, 0)",
    ),
    (
        """CREATE TABLE claim (
            key TEXT PRIMARY KEY NOT NULL,
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            started_s INTEGER NOT NULL,
            instance TEXT NOT NULL,
            expires_us INTEGER NOT NULL
        ) WITHOUT ROWID""",
    ),
)
"""Step n brings a file from version n to n + 1. Steps are only ever added."""


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreDamaged, before a byte is written, for a file that is not ours or is newer."""
    version = _number(connection, "user_version")
    if _number(connection, "application_id") == APPLICATION_ID:
        if version > len(LADDER):
            raise StoreDamaged(
                f"{path}: written by a newer version (format {version}, this one knows up to "
                f"{len(LADDER)}); upgrade hippique or use another data folder"
            )
        return
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if version or tables:
        raise StoreDamaged(f"{path}: a database of another program; use another data folder")


def climb(connection: sqlite3.Connection) -> None:
    """Bring the file to the present version. Needs an open write transaction."""
    version = _number(connection, "user_version")
    for step in LADDER[version:]:
        for statement in step:
            connection.execute(statement)
    if version < len(LADDER):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(LADDER)}")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
