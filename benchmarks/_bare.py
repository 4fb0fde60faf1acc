"""The least that an application of FastAPI and PostgreSQL can be: one route, one read. Ours is measured against it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import FastAPI, HTTPException
from psycopg_pool import ConnectionPool

pool = ConnectionPool(os.environ["BARE_DATABASE"], min_size=10, max_size=30, open=False)


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    with pool:
        yield


app = FastAPI(lifespan=_lifespan)


@app.get("/books/{book_id}")
def get(book_id: UUID) -> dict[str, Any]:
    with pool.connection() as connection:
        row = connection.execute("SELECT id, title, state FROM books WHERE id = %s", (book_id,)).fetchone()
    if row is None:
        raise HTTPException(404)
    return {"id": row[0], "title": row[1], "state": row[2]}
