"""Whether a change redoes what it touches and nothing else, at the price that was named before.

Three books are made by the emulated providers; then everything of ``_changes`` is done to each and taken back. What was
made again is what the generator made; what had to be is what ``_making_inputs`` says by itself: items of which the
making sends a request, or hands an engine arguments, as never before. The cutter alone is a stand-in, for the time it
takes; its inputs are real.

    python benchmarks/regeneration.py [--write] [--json] [--quick]
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from _report import BOOKS, ROOT, Goal, finish, options, table

sys.path.insert(0, str(ROOT))

from _changes import CHANGES, Change, Desk
from _making_inputs import LAST, Counter, Name, made_from, watched
from sqlalchemy import func, select

from litink.books.sandbox import read_book
from litink.db.engine import application_url, create_databases, engine_for
from litink.db.migrate import upgrade
from litink.db.schema import ledger
from litink.generation.generate import Generator
from litink.generation.model import Made, Outcome, Owned, Task
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.platform.postgres import EmbeddedPostgres
from litink.production import stages
from litink.production.context import Production
from litink.production.engines import Engines, cashier_of
from litink.production.graph import STAGES
from litink.production.names import chapter_of
from litink.production.plan.model import Draft, PlanItem, PlanOptions
from litink.production.studio import Studio
from litink.settings import Settings
from tests.emulated import Emulator

DOCUMENT = ROOT / "docs" / "plans.md"
GOALS = {"precision": Goal(">=", 1.0), "recall": Goal(">=", 1.0), "price_brackets": Goal(">=", 1.0)}
PROVIDERS = ("openrouter", "modelslab", "elevenlabs")
SAMPLE = ROOT / "examples" / "what-the-sea-owes"
SHARED = (("dubliners", "dubliners.docx", (2, 3, 9)), ("log-school-house", "log-school-house.docx", (3, 9, 16)))
WORDS, QUICK_WORDS = 120, 60  # of each chapter; the first ones
BOOKS_OF_ALL = 1 + len(SHARED)


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT)
    books = _texts(quick=chosen.quick)
    told: defaultdict[str, list[Told]] = defaultdict(list)
    with _house() as (settings, folder):
        counter, known = Counter(), set[str]()  # what is known holds for all books
        for number, (name, text) in enumerate(books.items()):
            for one in Trial(settings, folder, name, text, _changes(number, quick=chosen.quick), counter, known).told():
                told[one.name].append(one)
                print(f"{name}: {one}", file=sys.stderr, flush=True)
    every = [one for several in told.values() for one in several]
    figures = {
        "scenarios": float(len(told)),
        "precision": _share(sum(len(t.redone & t.needed) for t in every), sum(len(t.redone) for t in every)),
        "recall": _share(sum(len(t.redone & t.needed) for t in every), sum(len(t.needed) for t in every)),
        "price_brackets": _share(sum(t.bracketed for t in every), len(every)),
        "announced": _share(
            sum(len((t.redone - t.joined) & t.announced) for t in every), sum(len(t.redone - t.joined) for t in every)
        ),
        "certain_came_true": _share(sum(len(t.certain & t.redone) for t in every), sum(len(t.certain) for t in every)),
    }
    head = ("what was done", "bought", "made here", "joined", "known", "precision", "recall", "plan, $", "cost, $")
    rows = [_row(name, several) for name, several in told.items()]
    summed = table(
        ("in total", "measured", "goal"),
        [
            ("of the items made again, those that had to be (precision)", f"{figures['precision']:.3f}", "1"),
            ("of the items that had to be made again, those that were (recall)", f"{figures['recall']:.3f}", "1"),
            (
                "plans whose price, at least and at most, has the real cost between",
                f"{figures['price_brackets']:.3f}",
                "1",
            ),
            (
                "of the items bought or made here, those that the plan named or said may follow",
                f"{figures['announced']:.3f}",
                "–",
            ),
            ("of the items that the plan was sure of, those made again", f"{figures['certain_came_true']:.3f}", "–"),
        ],
    )
    finish(chosen, DOCUMENT, f"{table(head, rows)}\n\n{summed}", figures, GOALS)


def _changes(book: int, *, quick: bool) -> Sequence[Change]:
    """Those of every book, and a third of the rest for each; all together everything is done once at least."""
    return [
        change
        for number, change in enumerate(CHANGES)
        if change.always or (number % BOOKS_OF_ALL == book and not quick)
    ]


# -- one book ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What came of one change of one book."""

    name: str
    redone: frozenset[Name]
    needed: frozenset[Name]
    paid: frozenset[Name]
    reused: int  # items with another content that nothing was made for: known from before
    certain: frozenset[Name]
    announced: frozenset[Name]
    usd: tuple[Decimal, Decimal]
    cost: Decimal

    @property
    def bracketed(self) -> bool:
        return self.usd[0] <= self.cost <= self.usd[1]

    @property
    def joined(self) -> frozenset[Name]:
        return frozenset(name for name in self.redone if name[0] in STAGES[LAST])

    def __str__(self) -> str:
        few = [f"{a}/{k}" for a, k in sorted(self.redone - self.needed)][:6]
        lost = [f"{a}/{k}" for a, k in sorted(self.needed - self.redone)][:6]
        unsaid = [f"{a}/{k}" for a, k in sorted(self.redone - self.joined - self.announced)][:6]
        price = f"{self.usd[0]:.4f} <= {self.cost:.4f} <= {self.usd[1]:.4f}" + ("" if self.bracketed else " NOT SO")
        return f"{self.name}: {len(self.redone)} redone, {price}; in vain {few}, lacking {lost}, unsaid {unsaid}"


class Watching(Generator):
    """Notes which items are made, and cuts nothing: a clip is what names its inputs."""

    redone: set[Name]

    def run(self, owned: Owned, asset: str, tasks: Sequence[Task], **named: Any) -> Outcome:
        if asset in STAGES[LAST]:
            tasks = [replace(task, make=_cut(task)) for task in tasks]
        made = set[str]()

        def noted(task: Task) -> Task:
            def make(purpose: Any) -> Made:
                made.add(task.cache_key)
                return task.make(purpose)

            return replace(task, make=make)

        outcome = super().run(owned, asset, [noted(task) for task in tasks], **named)
        self.redone |= {(asset, task.key) for task in tasks if task.cache_key in made}
        return outcome


def _cut(task: Task) -> Any:
    return lambda _: Made(f"{task.asset} {task.cache_key}".encode(), "text/plain", {"seconds": 1.0})


@dataclass
class Trial:
    """A book that is made, changed and put back again and again."""

    settings: Settings
    folder: Path
    title: str
    text: str
    changes: Sequence[Change]
    counter: Counter
    known: set[str]  # everything that items were ever made from

    def told(self) -> Iterator[Told]:
        with _studio(self.settings, self.counter) as studio:
            path = self.folder / f"{self.title}.md"
            path.write_text(self.text, encoding="utf-8")
            with studio.engine.begin() as connection:
                owner = repository.local_user(connection)
            shelf = Shelf(studio.engine, studio.objects)
            record = shelf.add(path, filename=path.name, owner_id=owner, options=MakeOptions(ratio="1:1"))
            desk = Desk(studio, record.id, path, self.text)
            self._work(studio, desk)
            self.known |= set(self._look(self.settings, desk).values())
            for change in self.changes:
                yield from self._tried(studio, desk, change)

    def _tried(self, usual: Studio, desk: Desk, change: Change) -> Iterator[Told]:
        with ExitStack() as opened:
            studio, settings = usual, self.settings
            if change.settings or change.ladders:
                own = self.folder / "ladders.toml"
                own.write_text(change.ladders, encoding="utf-8")
                settings = settings.model_copy(update={**(change.settings or {}), "catalogue": own})
                studio = opened.enter_context(_studio(settings, self.counter))
            yield self._done(studio, settings, desk, change.name, change.act(desk))
        yield self._done(usual, self.settings, desk, "each of them taken back", change.back(desk))

    def _done(
        self, studio: Studio, settings: Settings, desk: Desk, name: str, changes: Mapping[str, str] | None
    ) -> Told:
        """Plan, apply, make."""
        mark, before = _mark(studio), _contents(desk)
        plan = studio.planner.plan(desk.record, PlanOptions(changes=changes or {}))
        studio.planner.apply(desk.record, plan.id, desk.record.owner_id)
        redone = self._work(studio, desk)
        now = self._look(settings, desk)
        needed = frozenset(item for item, inputs in now.items() if inputs not in self.known)
        self.known |= set(now.values())
        paid = _paid(studio, desk, mark)
        after = _contents(desk)
        reused = [item for item, sha in after.items() if item in before and sha != before[item] and item not in redone]
        return Told(
            name,
            redone - {item for item in redone if item[0] == "chapters"},
            needed,
            frozenset(paid),
            len(reused),
            frozenset((item.asset, item.key) for item in plan.draft.items if _is_certain(item)) & set(now),
            _announced(plan.draft, redone),
            (plan.usd_least, plan.usd_most),
            sum(paid.values(), Decimal(0)),
        )

    def _work(self, studio: Studio, desk: Desk) -> frozenset[Name]:
        """What the platform does until nothing is due; the items that were made."""
        generator = studio.generator
        assert isinstance(generator, Watching)
        generator.redone = set()
        while True:
            with studio.engine.begin() as connection:
                due = [one for one in stages.due(connection) if one.book_id == desk.id]
                launched = [one for one in due if stages.launched(connection, one)]
            if not launched:
                return frozenset(generator.redone)
            for one in launched:
                for asset in STAGES[one.stage]:
                    production, outcome = studio.materialise(desk.id, asset, revision=one.revision)
                    if outcome.failures:
                        raise SystemExit(f"{asset}: {outcome.failures[0]}")
                    if outcome.items_waiting:
                        print(f"{outcome.items_waiting} items of {asset} wait", file=sys.stderr)
                    studio.settle(production, asset)

    def _look(self, settings: Settings, desk: Desk) -> dict[Name, str]:
        studio = desk.studio
        with watched(settings, self.counter) as engines:
            return made_from(
                lambda looking: Production(studio.engine, studio.objects, looking, desk.id), engines, self.counter
            )


def _is_certain(item: PlanItem) -> bool:
    """Whether the plan says that the item is made, come what may."""
    taken = any(reason.text.startswith("known already") or reason.kind == "edit" for reason in item.reasons)
    return item.state in ("stale", "missing") and not taken


def _announced(draft: Draft, redone: frozenset[Name]) -> frozenset[Name]:
    """Of the items made, those that the plan has: by name, or as what may come into being in a chapter."""
    named = {(item.asset, item.key) for item in draft.items}
    places = {(one.asset, one.chapter) for one in draft.following}
    return frozenset(
        (asset, key)
        for asset, key in redone
        if (asset, key) in named or (asset, None) in places or (asset, chapter_of(asset, key)) in places
    )


def _contents(desk: Desk) -> dict[Name, str | None]:
    production = desk.production
    return {(asset, i.key): i.blob_sha for names in STAGES.values() for asset in names for i in production.items(asset)}


def _mark(studio: Studio) -> int:
    with studio.engine.connect() as connection:
        return connection.execute(select(func.coalesce(func.max(ledger.c.id), 0))).scalar_one()


def _paid(studio: Studio, desk: Desk, mark: int) -> dict[Name, Decimal]:
    query = select(ledger.c.asset, ledger.c.item_key, ledger.c.cost_usd).where(
        ledger.c.book_id == desk.id, ledger.c.paid, ledger.c.id > mark
    )
    found: defaultdict[Name, Decimal] = defaultdict(Decimal)
    with studio.engine.connect() as connection:
        for row in connection.execute(query):
            found[row.asset, row.item_key] += row.cost_usd
    return found


# -- the house ---------------------------------------------------------------------------------------------------------


@contextmanager
def _house() -> Iterator[tuple[Settings, Path]]:
    """A database and emulated providers without latency."""
    with tempfile.TemporaryDirectory(prefix="litink-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database server's account must reach its data
        (folder / "emulator").mkdir()
        emulator = Emulator(folder / "emulator")
        try:
            keys = {f"{provider}_api_key": "key" for provider in PROVIDERS}
            urls = {f"{provider}_url": getattr(emulator.urls, provider) for provider in PROVIDERS}
            settings = Settings(_env_file=None, home=folder, postgres_port=23_900, **keys, **urls)
            with EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).shared():
                create_databases(settings)
                upgrade(engine_for(application_url(settings)))
                yield settings, folder
        finally:
            emulator.close()


@contextmanager
def _studio(settings: Settings, counter: Counter) -> Iterator[Studio]:
    with Studio.opened(settings) as bare:

        def cashier() -> Any:
            return counter.making(cashier_of(settings, bare.engine, bare.objects))

        with Engines.opened(settings, cashier) as engines:
            watching = Watching(bare.engine, bare.objects, settings.workers)
            yield replace(bare, engines=engines, generator=watching)


def _texts(*, quick: bool) -> dict[str, str]:
    """Books of three chapters under headings, by title. Quick: the sample alone, and less of it."""
    words = QUICK_WORDS if quick else WORDS
    sample = []
    for path in sorted(SAMPLE.glob("[0-9]*.md")):
        heading, _, body = path.read_text(encoding="utf-8").partition("\n")
        sample.append((heading.removeprefix("# "), body))
    found = {"what-the-sea-owes": sample}
    for name, file, numbers in () if quick else SHARED:
        read = read_book(BOOKS / name / file, filename=file).book.chapters
        found[name] = [(read[number].title, read[number].text) for number in numbers]
    return {name: "\n\n".join(f"# {t}\n\n{_head(text, words)}" for t, text in each) for name, each in found.items()}


def _head(text: str, words: int) -> str:
    """The first paragraphs."""
    taken: list[str] = []
    for paragraph in filter(None, (line.strip() for line in text.split("\n"))):
        if sum(len(one.split()) for one in taken) >= words:
            break
        taken.append(paragraph)
    return "\n\n".join(taken)


# -- the table ---------------------------------------------------------------------------------------------------------


def _row(name: str, several: Sequence[Told]) -> tuple[object, ...]:
    redone, needed = sum(len(t.redone) for t in several), sum(len(t.needed) for t in several)
    both, joined = sum(len(t.redone & t.needed) for t in several), sum(len(t.joined) for t in several)
    paid = sum(len(t.paid & t.redone) for t in several)
    least, most = (sum((t.usd[n] for t in several), Decimal(0)) for n in (0, 1))
    held = "" if all(t.bracketed for t in several) else " (!)"
    return (
        name,
        paid,
        redone - paid - joined,
        joined,
        sum(t.reused for t in several),
        f"{_share(both, redone):.2f}",
        f"{_share(both, needed):.2f}",
        f"{least:.2f}–{most:.2f}{held}",
        f"{sum((t.cost for t in several), Decimal(0)):.2f}",
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


if __name__ == "__main__":
    main()
