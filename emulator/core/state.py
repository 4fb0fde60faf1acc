"""The emulator's memory: one SQLite file that survives kills. Tables and plain reading and writing, no rules.

One process owns the file. All access is from the event loop's thread; a commit in WAL mode is on its way to the
disk's cache when it returns, which a SIGKILL of the process does not undo.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emulator.core.settings import Settings

_TABLES = """
CREATE TABLE IF NOT EXISTS bill (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    provider TEXT NOT NULL,
    operation TEXT NOT NULL,
    model TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    units TEXT NOT NULL,
    amount_usd TEXT NOT NULL,
    outcome TEXT NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0,
    reference TEXT NOT NULL DEFAULT '',
    track TEXT NOT NULL DEFAULT '',
    fault TEXT
);
CREATE INDEX IF NOT EXISTS bill_fingerprint ON bill (fingerprint);
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    provider TEXT NOT NULL,
    operation TEXT NOT NULL,
    model TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER,
    seconds REAL NOT NULL,
    fingerprint TEXT NOT NULL,
    fault TEXT,
    bill_id INTEGER,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    matched INTEGER NOT NULL DEFAULT 0,
    fired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS sightings (
    rule INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (rule, fingerprint)
);
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at REAL NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS documents_at ON documents (kind, at);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_EMPTIED = ("bill", "requests", "rules", "sightings", "documents")
REQUESTS_KEPT = 5_000


class State:
    """Opens (and makes) state.db in ``directory``."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._db = sqlite3.connect(directory / "state.db", isolation_level=None, check_same_thread=True)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_TABLES)
        self._offset = float(self._setting("clock") or 0.0)
        self._settings = Settings.model_validate_json(self._setting("settings") or "{}")
        self._at_start = Settings()

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside is written together. No awaiting inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # --- time ---

    def now(self) -> float:
        """Seconds since 1970 on the emulator's clock, which may be put forward."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += seconds
        self._keep("clock", repr(self._offset))

    # --- settings ---

    @property
    def settings(self) -> Settings:
        return self._settings

    def change_settings(self, changes: Mapping[str, Any]) -> Settings:
        """Replace the given ones; ``pydantic.ValidationError`` when one of them cannot be."""
        self._settings = Settings.model_validate({**self._settings.model_dump(), **changes})
        self._keep("settings", self._settings.model_dump_json())
        return self._settings

    def _setting(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row["value"])

    def _keep(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    # --- rows ---

    def insert(self, table: str, **values: Any) -> int:
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = self._db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))  # noqa: S608
        return int(cursor.lastrowid or 0)

    def execute(self, statement: str, *values: Any) -> int:
        """How many rows it changed."""
        return self._db.execute(statement, values).rowcount

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._db.execute(statement, values)]

    def reset(self) -> None:
        """Forget bill, requests, rules and everything that was made; settings and clock as at a first start."""
        with self.transaction():
            for table in _EMPTIED:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608
            self.advance(-self._offset)
            self.change_settings(self._at_start.model_dump())

    def begin(self, changes: Mapping[str, Any]) -> None:
        """``changes`` go over the settings of last time; a reset will go back to them alone."""
        self._at_start = Settings.model_validate(changes)
        self.change_settings(changes)

    # --- documents: what a provider remembers (jobs, files, generations, voices, history) ---

    def put(self, kind: str, key: str, body: Mapping[str, Any], at: float | None = None) -> None:
        when = self.now() if at is None else at
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, key, when, json.dumps(body)),
        )

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        row = self._db.execute("SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, key)).fetchone()
        return None if row is None else json.loads(row["body"])

    def drop(self, kind: str, key: str) -> bool:
        return self.execute("DELETE FROM documents WHERE kind = ? AND id = ?", kind, key) > 0

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every document of a kind, the oldest first."""
        rows = self._db.execute("SELECT body FROM documents WHERE kind = ? ORDER BY at, rowid", (kind,))
        return [json.loads(row["body"]) for row in rows]
