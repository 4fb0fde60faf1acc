"""How long a plan takes: of a book of thirty chapters with ten thousand other books in the database, and what if over
all of them.

The book is told by the rules; its pictures and sounds are rows alone, which is all that a plan looks at, and so are the
other books. Machines differ and are shared, so that each time is held against another one of the same run besides:
reading the book's rows once (a plan), counting all items of the asset once (what if over all books). Of a plan the time
that this process's own processor took is told as well, in which nobody else has a part.

    python benchmarks/planning.py [--write] [--json] [--quick] [--books 10000]
"""

from __future__ import annotations

import gc
import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from _report import ROOT, Goal, finish, options, table

sys.path.insert(0, str(ROOT))

from _generic_book import made_up_book
from sqlalchemy import insert, select, text, update

from litink.db.engine import application_url, create_databases, engine_for
from litink.db.migrate import upgrade
from litink.db.schema import blobs, items
from litink.generation import records
from litink.generation.model import Task
from litink.library import repository
from litink.library.editing import StoryEditor
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.platform.postgres import EmbeddedPostgres
from litink.production.backfill.acts import Backfills
from litink.production.backfill.model import BackfillOptions
from litink.production.context import Production, scenes_json
from litink.production.graph import FAMILIES
from litink.production.plan.model import PlanOptions
from litink.production.studio import Studio
from litink.settings import Settings
from litink.story.edits.kinds import EDIT
from litink.story.writer import LocalWriter

DOCUMENT = ROOT / "docs" / "plans.md"
MARKS = ("<!-- speed -->", "<!-- /speed -->")
GOALS = {
    "plan_p95_ms": Goal("<=", 300.0),
    "edited_p95_ms": Goal("<=", 300.0),
    "plan_ratio": Goal("<=", 3.0),
    "all_books_seconds": Goal("<=", 30.0),
    "all_books_mib": Goal("<=", 64.0),
}
KEYS = {f"{name}_api_key": "key" for name in ("openrouter", "modelslab", "elevenlabs")}
CHAPTERS, SCENES = 30, 600  # of about 110 words
ITEMS_OF_OTHERS = 60
_UNSEEN = ("passages", "character_images", "scene_images", "motion", "audio", "clips", "film", "audiobook")


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT, books=10_000)
    others, rounds = (500, 8) if chosen.quick else (chosen.books, 20)
    with _studio() as studio:
        gc.freeze()  # as the service does once it is up
        book = _made(studio, made_up_book(SCENES // 10 if chosen.quick else SCENES, CHAPTERS))
        _others(studio, book, others)
        timings = _plans(studio, book, rounds)
        over_all, mib = _over_all(studio)
    first = timings[0]
    figures = {
        "plan_p95_ms": first.p95,
        "plan_cpu_ms": first.cpu,
        "plan_ratio": first.ratio,
        "edited_cpu_ms": next(one.cpu for one in timings if one.name == EDITED),
        "edited_p95_ms": next(one.p95 for one in timings if one.name == EDITED),
        "all_books_seconds": round(max(seconds for _, seconds, _ in over_all), 2),
        "all_books_ratio": round(max(ratio for _, _, ratio in over_all), 1),
        "all_books_mib": mib,
    }
    with_goal = {first.name: "≤ 300", EDITED: "≤ 300"}
    plans = table(
        (
            "a plan",
            "items that differ",
            "median, ms",
            "p95, ms",
            "goal",
            "processor, ms",
            "times reading its rows once",
        ),
        [
            (one.name, one.items, one.median, one.p95, with_goal.get(one.name, "–"), one.cpu, one.ratio)
            for one in timings
        ],
    )
    everywhere = table(
        ("what if, over all books", "s", "goal", "times counting its items once"),
        [(name, f"{seconds:.1f}", "≤ 30", f"{ratio:.1f}") for name, seconds, ratio in over_all],
    )
    text_ = f"{plans}\n\n{everywhere}\n\n{others:,} other books of {ITEMS_OF_OTHERS} items; {mib:.0f} MiB more in use."
    finish(chosen, DOCUMENT, text_, figures, GOALS, MARKS)


# -- times -------------------------------------------------------------------------------------------------------------

EDITED = "after a line was edited"


@dataclass(frozen=True)
class Timing:
    """Milliseconds; ``cpu``: median of this process's own; ``ratio`` is the median one to reading the book's rows, each
    time right before."""

    name: str
    items: int
    median: int
    p95: int
    cpu: int
    ratio: float


def _plans(studio: Studio, book: UUID, rounds: int) -> list[Timing]:
    editor = StoryEditor(studio.engine, studio.objects, lambda _: {})
    production = studio.production(book)
    chapter, script = next(iter(production.scripts.items()))
    line = next(line for scene in script.scenes for line in scene.lines)

    def reworded(number: int) -> None:
        edit = {"edit": "line", "chapter": chapter, "line": line.id, "set": {"text": f"{line.text} {number}."}}
        editor.add(_record(studio, book), [EDIT.validate_python(edit)], production.owned.owner_id, None)

    return [
        _timed("as it is", studio, book, PlanOptions(), rounds),
        _timed(EDITED, studio, book, PlanOptions(), rounds, reworded),
        *(
            _timed(f"what if: {name}={value}", studio, book, PlanOptions(changes={name: value}), rounds)
            for name, value in (("image.model", "flux"), ("ratio", "9:16"))
        ),
    ]


def _timed(
    name: str,
    studio: Studio,
    book: UUID,
    asked: PlanOptions,
    rounds: int,
    before: Callable[[int], None] = lambda _: None,
) -> Timing:
    took, cpu, ratios, found = list[float](), list[float](), list[float](), 0
    for number in range(rounds + 1):
        before(number)
        record = _record(studio, book)
        gc.collect()
        rows = _seconds(lambda: _rows(studio, book))
        began, worked = time.perf_counter(), time.process_time()
        found = len(studio.planner.plan(record, asked).draft.items)
        seconds = time.perf_counter() - began
        if number:  # the first one of a process reads everything
            took.append(seconds * 1000)
            cpu.append((time.process_time() - worked) * 1000)
            ratios.append(seconds / rows)
    took.sort()
    p95 = took[min(len(took) - 1, math.ceil(len(took) * 0.95) - 1)]
    print(f"{name}: {found} items, {median(took):.0f} ms, p95 {p95:.0f} ms", file=sys.stderr, flush=True)
    return Timing(name, found, round(median(took)), round(p95), round(median(cpu)), round(median(ratios), 1))


def _rows(studio: Studio, book: UUID) -> None:
    with studio.engine.connect() as connection:
        connection.execute(select(items).where(items.c.book_id == book)).all()


def _over_all(studio: Studio) -> tuple[list[tuple[str, float, float]], float]:
    """By name: seconds, and times counting the asset's items; and what more memory it took, in MiB."""
    backfills, before = Backfills(studio.engine, studio.engines), _mib()
    found = list[tuple[str, float, float]]()
    counting = text("select count(*), sum(cost_usd) from items where asset = :asset")
    for asset, changes in (("scene_images", {"image.model": "flux"}), ("audio", {"voice.model": "eleven-flash"})):
        with studio.engine.connect() as connection:
            counted = _seconds(lambda c=connection, a=asset: c.execute(counting, {"asset": a}).all())
        wanted = BackfillOptions.model_validate({"asset": asset, "with": changes})
        took = _seconds(lambda w=wanted: backfills.forecast(w))
        name = f"{asset}, " + ", ".join(f"{key}={value}" for key, value in changes.items())
        found.append((name, took, took / counted))
    return found, round(_mib() - before, 1)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# -- what there is -----------------------------------------------------------------------------------------------------


@contextmanager
def _studio() -> Iterator[Studio]:
    with tempfile.TemporaryDirectory(prefix="litink-bench-") as name:
        home = Path(name)
        home.chmod(0o755)  # the database server's account must reach its data
        settings = Settings(_env_file=None, home=home, postgres_port=23_950, **KEYS)
        with EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).shared():
            create_databases(settings)
            upgrade(engine_for(application_url(settings)))
            with Studio.opened(settings) as studio:
                yield studio


def _made(studio: Studio, story: str) -> UUID:
    """The book with every item done: what is read by later ones with content, the rest as rows."""
    with studio.engine.begin() as connection:
        owner = repository.local_user(connection)
    with tempfile.NamedTemporaryFile("w", suffix=".md", encoding="utf-8") as file:
        file.write(story)
        file.flush()
        shelf = Shelf(studio.engine, studio.objects)
        book = shelf.add(Path(file.name), filename="book.md", owner_id=owner, options=MakeOptions()).id
    for asset, family in FAMILIES.items():
        production = studio.production(book)
        tasks = family.tasks(production)
        if asset == "chapters":
            continue
        _filled(studio, production, asset, tasks)
    with studio.engine.begin() as connection:
        connection.execute(text("update books set state = 'ready' where id = :id"), {"id": book})
    return book


def _filled(studio: Studio, production: Production, asset: str, tasks: Sequence[Task]) -> None:
    rows = list[dict[str, Any]]()
    for task in tasks:
        data = _told(production, asset, task.key)
        sha = studio.objects.put(data) if asset not in _UNSEEN else sha256(data).hexdigest()
        rows.append({"named": task.key, "sha": sha, "bytes": len(data), "told": _meta(production, asset, task.key)})
    if not rows:
        return
    with studio.engine.begin() as connection:
        records.declare(connection, production.owned, asset, tasks, set())
        new = [{"sha": row["sha"], "bytes": row["bytes"], "media_type": "application/json"} for row in rows]
        connection.execute(insert(blobs), list({one["sha"]: one for one in new}.values()))
        where = (items.c.book_id == production.record.id) & (items.c.asset == asset)
        for row in rows:
            values = {"state": "done", "blob_sha": row["sha"], "meta": row["told"], "version": 1, "attempts": 1}
            connection.execute(update(items).where(where, items.c.key == row["named"]).values(**values))
    print(f"{asset}: {len(rows)} items", file=sys.stderr, flush=True)


def _told(production: Production, asset: str, key: str) -> bytes:
    writer = LocalWriter()
    match asset:
        case "characters":
            return writer.cast(production.book).model_dump_json().encode()
        case "cross_references":
            return b"[]"  # no passage comes back to an earlier one
        case "plot_overview":
            return writer.plot(production.book, production.cast, "").model_dump_json().encode()
        case "scripts":
            return writer.script(_section(production, key), production.cast, production.plot).model_dump_json().encode()
        case "scenes":
            return scenes_json(writer.scenes(_section(production, key), production.scripts[key], production.cast))
        case _:
            return f"{production.record.id} {asset} {key}".encode()


def _section(production: Production, key: str) -> Any:
    return next(section for section in production.chapters if section.key == key)


def _meta(production: Production, asset: str, key: str) -> Mapping[str, Any]:
    """As large as it is in books that were made."""
    if asset != "audio":
        return {"width": 1024, "height": 1024, "caption": f"what is to be seen: {key}", "made_by": "drawn by a model"}
    chapter, _, id_ = key.partition("/")
    line = next(line for scene in production.scripts[chapter].scenes for line in scene.lines if line.id == id_)
    words, at = list[Mapping[str, Any]](), 0
    for number, word in enumerate(line.text.split()):
        start = line.text.index(word, at)
        at = start + len(word)
        times = {"start": number * 0.3, "end": number * 0.3 + 0.3}
        words.append({"text": word, "char_start": start, "char_end": at, **times})
    said = {"text": line.text, "speaker": line.speaker, "voice": "JBFqnCBsd6RMkjVDRZzb"}
    return {"seconds": max(0.3, 0.3 * len(words)), "words": words, **said}


def _others(studio: Studio, book: UUID, number: int) -> None:
    """Books with some of its items, and what all of them cost."""
    print(f"{number} other books", file=sys.stderr, flush=True)
    statements = (
        """with b as (
             insert into books (owner_id, title, author, language, format, filename, source_sha, source_bytes,
               word_count, options, state)
             select owner_id, 'other ' || g, 'a', 'en', 'txt', 'x.txt', 's' || g, 1, 1000, options, 'ready'
             from books, generate_series(1, :number) g where id = :book returning id, owner_id)
           insert into items (owner_id, book_id, asset, key, position, label, cache_key, inputs, recipe, state,
             blob_sha, meta, version, cost_usd)
           select b.owner_id, b.id, i.asset, i.key, i.position, i.label, i.cache_key, i.inputs, i.recipe, i.state,
             i.blob_sha, '{}', 1, 0.01
           from b, (select *, row_number() over (partition by asset order by position) n from items
                    where book_id = :book) i
           where i.n <= :each""",
        """insert into ledger (owner_id, book_id, tier, asset, item_key, cache_key, provider, model, operation, units,
             cost_usd, seconds, outcome, paid)
           select i.owner_id, i.book_id, 'professional', i.asset, i.key, i.cache_key, 'modelslab', 'flux', 'chat',
             '{"pictures": 1, "characters": 80}', 0.01, 1.5, 'done', true from items i""",
    )
    values = {"number": number, "book": book, "each": ITEMS_OF_OTHERS // 5}
    with studio.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)
    with studio.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def _record(studio: Studio, book: UUID) -> Any:
    with studio.engine.connect() as connection:
        return repository.get_book(connection, book)


if __name__ == "__main__":
    main()
