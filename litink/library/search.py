"""Search in a book: BM25 and vectors in PostgreSQL, fused by reciprocal rank."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

DEPTH = 200  # how many of each ranking are fused
RANK_CONSTANT = 60  # Cormack, Clarke & Büttcher, SIGIR 2009
SATURATION, LENGTH_SHARE = 1.2, 0.75  # k1 and b of Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009
# What each of the passages before and after counts, both together as much as the passage itself: an answer often stands
# beside the words of the question. How it was chosen, and tried on a book of its own, is told in docs/story.md.
NEIGHBOUR = 0.5

_QUERY = text(
    """
    WITH mine AS (
        SELECT p.id, p.chapter, p.ordinal, p.stems, p.embedding, length(p.text) AS size FROM passages p
        JOIN sections s ON s.book_id = p.book_id AND s.key = p.chapter
        WHERE p.book_id = :book AND (CAST(:from AS integer) IS NULL OR s.number >= :from)
            AND (CAST(:until AS integer) IS NULL OR s.number <= :until)
    ), wanted AS (
        SELECT lexeme FROM unnest(to_tsvector('english', :words))
    ), whole AS (
        SELECT count(*) AS passages, avg(size) AS size FROM mine
    ), held AS (
        -- any of the words will do: the rank, not a condition, says how well a passage fits
        SELECT mine.id, mine.size, stem.lexeme, cardinality(stem.positions)::float AS times
        FROM mine CROSS JOIN LATERAL unnest(mine.stems) AS stem JOIN wanted USING (lexeme)
    ), rare AS (
        SELECT lexeme, ln(1 + (whole.passages - count(*) + 0.5) / (count(*) + 0.5)) AS worth
        FROM held, whole GROUP BY lexeme, whole.passages
    ), bm25 AS (
        SELECT held.id, sum(
            rare.worth * times * (:k1 + 1) / (times + :k1 * (1 - :b + :b * held.size / whole.size))
        ) AS score
        FROM held JOIN rare USING (lexeme), whole GROUP BY held.id
    ), alone AS (
        SELECT id, chapter, ordinal, COALESCE(score, 0) AS words, 1 - (embedding <=> CAST(:vector AS vector)) AS meaning
        FROM mine LEFT JOIN bm25 USING (id)
    ), scored AS (
        -- at a chapter's edge a passage stands in for the neighbour it lacks
        SELECT id, words + :near * (lag(words, 1, words) OVER beside + lead(words, 1, words) OVER beside) AS words,
            meaning + :near * (lag(meaning, 1, meaning) OVER beside + lead(meaning, 1, meaning) OVER beside) AS meaning
        FROM alone WINDOW beside AS (PARTITION BY chapter ORDER BY ordinal)
    ), by_words AS (
        SELECT id, row_number() OVER (ORDER BY words DESC, id) AS place
        FROM scored WHERE words > 0 ORDER BY place LIMIT :depth
    ), by_meaning AS (
        SELECT id, row_number() OVER (ORDER BY meaning DESC, id) AS place
        FROM scored WHERE meaning IS NOT NULL ORDER BY place LIMIT :depth
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
    from_chapter: int | None = None,
    until_chapter: int | None = None,
) -> list[Hit]:
    """The passages that fit best; without a ``vector`` of the query, by its words alone. Chapters before number
    ``from_chapter`` and after ``until_chapter`` are left out: nothing is given away, not even by how common a word is
    later."""
    literal = None if vector is None else "[" + ",".join(f"{value:.7g}" for value in vector) + "]"
    rows = connection.execute(
        _QUERY,
        {
            "book": book_id,
            "from": from_chapter,
            "until": until_chapter,
            "words": query.replace("\x00", " "),
            "vector": literal,
            "depth": DEPTH,
            "k": RANK_CONSTANT,
            "k1": SATURATION,
            "b": LENGTH_SHARE,
            "near": NEIGHBOUR,
            "limit": limit,
        },
    ).mappings()
    return [Hit(**{**row, "score": float(row["score"])}) for row in rows]
