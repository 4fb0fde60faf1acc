"""How often the passage that answers a question is among the five best: by words, by meaning, by both fused.

The questions of benchmarks/questions/ are our own; an answer is known by its chapter and a few words that stand in it.
Searched with the product's own query in a real PostgreSQL with pgvector. Prints the table of docs/story.md.
"""

from __future__ import annotations

import hashlib
import json
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt
from _report import BOOKS, ROOT, Goal, finish, options, table
from sqlalchemy import Connection, Engine, insert

from litink.books.model import Book
from litink.books.reading import read
from litink.db.engine import application_url, create_databases, engine_for
from litink.db.migrate import upgrade
from litink.db.schema import passages as passage_rows
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.search import Hit, search
from litink.platform.postgres import EmbeddedPostgres
from litink.providers.local.embedder import MiniLM
from litink.settings import Settings
from litink.story.cross_references import cross_references
from litink.story.passages import passages

PAGE = ROOT / "docs/story.md"
MARKS = ("<!-- retrieval -->", "<!-- /retrieval -->")
QUESTIONS = Path(__file__).parent / "questions"
HELD_OUT = "log-school-house"  # nothing of the search was chosen by looking at how its questions fare
DEPTHS = (1, 5, 10)
WAYS = ("words", "meaning", "fused")
PORT = 23_400


@dataclass(frozen=True)
class Question:
    text: str
    chapter: int
    vector: npt.NDArray[np.float32]
    answers: tuple[tuple[int, int], ...]  # offsets in the chapter


def questions(name: str, book: Book, model: MiniLM) -> list[Question]:
    """Raises ValueError for an anchor that is not exactly once in its chapter."""
    rows = [json.loads(line) for line in (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = {section.number: section.text for section in book.chapters}
    vectors = model.embed([row["question"] for row in rows])
    return [
        Question(
            row["question"],
            row["chapter"],
            vector,
            tuple(_found(anchor, texts[row["chapter"]]) for anchor in row["anchors"]),
        )
        for row, vector in zip(rows, vectors, strict=True)
    ]


def _found(anchor: str, text: str) -> tuple[int, int]:
    spans = [match.span() for match in re.finditer(r"\s+".join(map(re.escape, anchor.split())), text)]
    if len(spans) != 1:
        raise ValueError(f"“{anchor}” is {len(spans)} times in its chapter")
    return spans[0]


def place(question: Question, hits: Sequence[Hit]) -> int | None:
    """The rank from 1 of the first hit that holds a word of an answer."""
    for rank, hit in enumerate(hits, start=1):
        if hit.number == question.chapter and any(a < hit.end and hit.start < b for a, b in question.answers):
            return rank
    return None


@contextmanager
def database() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="litink-retrieval-") as home:
        Path(home).chmod(0o755)  # the server may run as another account
        settings = Settings(home=Path(home), postgres_port=PORT)
        with EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).shared():
            create_databases(settings)
            engine = engine_for(application_url(settings))
            upgrade(engine)
            yield engine
            engine.dispose()


def shelve(engine: Engine, book: Book, model: MiniLM) -> tuple[UUID, float]:
    """The book's id, and the share of its passages that come back to an earlier chapter."""
    cut = [(section.key, passages(section)) for section in book.chapters]
    held = [(key, found, model.embed([passage.text for passage in found])) for key, found in cut if found]
    with engine.begin() as connection:
        owner = repository.local_user(connection)
        book_id = repository.add_book(
            connection,
            owner_id=owner,
            book=book,
            filename="book",
            source_sha=hashlib.sha256(book.title.encode()).hexdigest(),
            source_bytes=1,
            cover_sha=None,
            options=MakeOptions().model_dump(mode="json"),
        )
        for key, found, vectors in held:
            rows = [
                {
                    "owner_id": owner,
                    "book_id": book_id,
                    "chapter": key,
                    "source_sha": "",
                    **passage.model_dump(include={"ordinal", "start", "end", "text"}),
                    "embedding": vector,
                }
                for passage, vector in zip(found, vectors, strict=True)
            ]
            connection.execute(insert(passage_rows), rows)
    whole = [passage for _, found, _ in held for passage in found]
    references = cross_references(whole, np.concatenate([vectors for _, _, vectors in held]))
    return book_id, len({reference.passage for reference in references}) / len(whole)


def asked(connection: Connection, book_id: UUID, question: Question, way: str) -> list[Hit]:
    words = "" if way == "meaning" else question.text
    vector = None if way == "words" else question.vector
    return search(connection, book_id, words, vector, limit=max(DEPTHS))


def share(places: Sequence[int | None], depth: int) -> float:
    return sum(rank is not None and rank <= depth for rank in places) / len(places)


def main() -> None:
    chosen = options(__doc__ or "", PAGE)
    model = MiniLM(threads=2)
    names = sorted(path.stem for path in QUESTIONS.glob("*.jsonl"))
    if chosen.quick:
        names = ["jekyll-and-hyde"]
    places: dict[str, dict[str, list[int | None]]] = {way: {} for way in WAYS}
    linked: dict[str, float] = {}
    taken: list[float] = []
    with database() as engine:
        for name in names:
            truth = json.loads((BOOKS / name / "truth.json").read_text(encoding="utf-8"))
            book = read(BOOKS / name / truth["file"]).book
            book_id, linked[name] = shelve(engine, book, model)
            wanted = questions(name, book, model)
            with engine.connect() as connection:
                for way in WAYS:
                    found = []
                    for question in wanted:
                        begin = time.perf_counter()
                        found.append(place(question, asked(connection, book_id, question, way)))
                        taken.append(time.perf_counter() - begin)
                    places[way][name] = found
    finish(chosen, PAGE, *_report(places, linked, taken), MARKS)


def _report(
    places: Mapping[str, Mapping[str, Sequence[int | None]]], linked: Mapping[str, float], taken: Sequence[float]
) -> tuple[str, dict[str, float], dict[str, Goal]]:
    every = {way: [rank for found in places[way].values() for rank in found] for way in WAYS}
    figures = {f"r5_{way}": round(share(every[way], 5), 4) for way in WAYS}
    figures["seconds_a_search"] = round(statistics.median(taken), 4)
    alone = max(figures["r5_words"], figures["r5_meaning"])
    # by how much the fused search is the better one, on the book where it is so least
    figures["r5_least_gain"] = round(
        min(share(places["fused"][n], 5) - max(share(places[w][n], 5) for w in WAYS[:2]) for n in places["fused"]), 4
    )
    goals = {"r5_fused": Goal(">=", round(alone + 1e-4, 4)), "r5_least_gain": Goal(">=", 1e-4)}
    rows: list[tuple[object, ...]] = []
    for name, count in [(name, len(found)) for name, found in places["fused"].items()]:
        label = f"{name} (held out)" if name == HELD_OUT else name
        rows.append((label, count, *(f"{share(places[way][name], 5):.2f}" for way in WAYS)))
    for depth in DEPTHS:
        label = f"all, answer among the first {depth}" if depth > 1 else "all, answer first"
        rows.append((label, len(every["fused"]), *(f"{share(every[way], depth):.2f}" for way in WAYS)))
    found = table(("book", "questions", "words alone", "meaning alone", "fused"), rows)
    back = table(("book", "passages with a cross-reference"), [(name, f"{n:.1%}") for name, n in linked.items()])
    text = f"{found}\n\n{back}"
    return text, figures, goals


if __name__ == "__main__":
    main()
