"""Search in a book: full text and vectors in PostgreSQL, fused by reciprocal rank."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

DEPTH = 50  # how many of each ranking are fused
RANK_CONSTANT = 60  # Cormack, Clarke & Büttcher, SIGIR 2009

_QUERY = text(
    """
    WITH mine AS (
        SELECT p.id, p.stems, p.embedding FROM passages p
        JOIN sections s ON s.book_id = p.book_id AND s.key = p.chapter
        WHERE p.book_id = :book AND (CAST(:until AS integer) IS NULL OR s.number <= :until)
    ), wanted AS (
        -- any of the words will do: the rank, not a condition, says how well a passage fits
        SELECT NULLIF(replace(plainto_tsquery('english', :words)::text, '&', '|'), '')::tsquery AS query
    ), by_words AS (
        SELECT id, row_number() OVER (ORDER BY ts_rank_cd(stems, query, 1) DESC, id) AS place
        FROM mine, wanted WHERE stems @@ query ORDER BY place LIMIT :depth
    ), by_meaning AS (
        SELECT id, row_number() OVER (ORDER BY embedding <=> CAST(:vector AS vector), id) AS place
        FROM mine WHERE CAST(:vector AS vector) IS NOT NULL ORDER BY place LIMIT :depth
    )
    SELECT p.chapter, p.start, p."end", p.text, s.number, s.title,
           COALESCE(1.0 / (:k + w.place), 0) + COALESCE(1.0 / (:k + m.place), 0) AS score
    FROM by_words w FULL JOIN by_meaning m USING (id) JOIN passages p USING (id)
    JOIN sections s ON s.book_id = p.book_id AND s.key = p.chapter
    ORDER BY score DESC, p.id LIMIT :limit
    """
)


@dataclass(frozen=True)
class Hit:
    chapter: str
    number: int | None
    title: str
    start: int
    end: int
    text: str
    score: float


def search(
    connection: Connection,
    book_id: UUID,
    query: str,
    vector: npt.NDArray[np.float32] | None,
    *,
    limit: int = 10,
    until_chapter: int | None = None,
) -> list[Hit]:
    """The passages that fit best; without a ``vector`` of the query, by its words alone. ``until_chapter`` leaves out
    later chapters: nothing is given away."""
    literal = None if vector is None else "[" + ",".join(f"{value:.7g}" for value in vector) + "]"
    rows = connection.execute(
        _QUERY,
        {
            "book": book_id,
            "until": until_chapter,
            "words": query.replace("\x00", " "),
            "vector": literal,
            "depth": DEPTH,
            "k": RANK_CONSTANT,
            "limit": limit,
        },
    ).mappings()
    return [Hit(**{**row, "score": float(row["score"])}) for row in rows]
