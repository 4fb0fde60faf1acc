"""How much longer a book takes than its paid calls must: the platform makes one through emulated providers.

Everything is as in production: the book is put on the shelf, the daemon launches the runs, every engine is a paid
one, on real sockets with real latencies and limits. The bound is reckoned from the calls that were really made, see
``_bound``. The clock runs from the shelf to the last paid artefact; the film, which is cut here, is no provider's work.

    python benchmarks/providers.py [--scenes 30] [--write] [--json] [--quick]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from _bound import Call, Paid, Phase, Provider, bound_of_assets, bound_of_items
from _generic_book import made_up_book
from _report import ROOT, Goal, finish, options, table

sys.path.insert(0, str(ROOT))

from sqlalchemy import select

from emulator.core.settings import GROUP_OF
from litink.db.engine import application_url, engine_for
from litink.db.schema import events, payments, stage_runs
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.platform.supervisor import Addresses, Supervisor
from litink.production.context import Production
from litink.production.engines import Engines
from litink.production.graph import FAMILIES
from litink.production.motion import moving_shot
from litink.settings import Settings

DOCUMENT = ROOT / "docs" / "overhead.md"
GOALS = {"ratio": Goal("<=", 1.15)}
LATENCY = {"chat": 2.0, "picture": 6.0, "voice": 1.5, "video": 30.0}
LIMITS = {"chat": 4, "picture": 5, "voice": 5, "video": 3}
SCENES_A_CHAPTER = 5
QUICK_SCENES, QUICKER = 3, 4  # so many scenes, and providers so many times as fast
PAID_STAGES = ("pictures", "voices")  # when these are done, everything paid is
PATIENCE = 1_800.0  # seconds for the book
READY_SECONDS = 120.0
# Several questions make one item of these; each form needs the answers of those before it.
FORMS: Mapping[str, Sequence[str]] = {
    "characters": ("Attributions", "Person"),
    "plot_overview": ("Notes", "Gist", "Overview"),
}


@dataclass(frozen=True)
class Bought:
    """A call that was made, as the books have it."""

    asset: str
    item: str
    kind: str
    answer: str  # the hash of its bytes
    sent: float  # seconds since it was handed in
    settled: float


@dataclass(frozen=True)
class Run:
    """One book's way: seconds since it was handed in."""

    bought: Sequence[Bought]
    forms: Mapping[str, int]  # answered questions by the name of their form
    ends: Mapping[str, float]  # of each asset
    needs: Sequence[Call]  # the calls with what they need, item by item
    scenes: int
    refused: int


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT, scenes=30)
    scenes = QUICK_SCENES if chosen.quick else chosen.scenes
    seconds = {kind: wait / (QUICKER if chosen.quick else 1) for kind, wait in LATENCY.items()}
    provider = Provider({**seconds, "embedding": 0.0}, {**LIMITS, "embedding": LIMITS["chat"]})
    with _platform() as (settings, addresses):
        _set_up(addresses, seconds)
        run = _make(settings, addresses, made_up_book(scenes, max(1, round(scenes / SCENES_A_CHAPTER))))
    assets = _paid_assets(run)
    bound = bound_of_assets(assets, provider)
    by_items = bound_of_items(run.needs, provider)
    whole, took = max(bound.values()), max(run.ends[asset.asset] for asset in assets)
    figures = {"ratio": round(took / whole, 3), "ratio_of_items": round(took / by_items, 3), "seconds": round(took, 1)}
    rows = _rows(run, assets, bound)
    text = "\n".join(
        [
            table(("asset", "calls", "bound, s", "measured, s", "before the first call", "calls", "after"), rows),
            "",
            f"{run.scenes} scenes, {len(run.bought)} calls, {run.refused} turned away.",
            "",
            table(
                ("from the shelf to the last paid artefact", "bound, s", "measured / bound", "goal"),
                [
                    (f"{took:.0f} s, by the graph of assets", f"{whole:.0f}", f"{took / whole:.2f}", "≤ 1.15"),
                    (f"{took:.0f} s, item by item", f"{by_items:.0f}", f"{took / by_items:.2f}", "–"),
                ],
            ),
        ]
    )
    finish(chosen, DOCUMENT, text, figures, {} if chosen.quick else GOALS)


# -- the run -----------------------------------------------------------------------------------------------------------


@contextmanager
def _platform() -> Iterator[tuple[Settings, Addresses]]:
    """The platform in a home of its own, turned to the emulator."""
    with tempfile.TemporaryDirectory(prefix="litink-bench-") as name:
        Path(name).chmod(0o755)  # the database server's account must reach its data
        ports = {"api_port": 23_500, "dagster_port": 23_600, "code_server_port": 23_700, "postgres_port": 23_800}
        settings = Settings(home=Path(name), **ports)  # type: ignore[arg-type]
        with Supervisor(settings, emulated=True).opened(lambda _: None) as addresses:
            _wait_until_ready(addresses)
            yield settings, addresses


def _wait_until_ready(addresses: Addresses) -> None:
    """Until the daemon shows life as well: a book is handed to a platform that is up, not to one that is starting."""
    until = time.monotonic() + READY_SECONDS
    while not httpx.get(f"{addresses.api}/healthz/ready", timeout=10).is_success:
        if time.monotonic() > until:
            raise SystemExit("The platform does not become ready.")
        time.sleep(0.5)


def _set_up(addresses: Addresses, latency: Mapping[str, float]) -> None:
    said = {"latency": dict(latency), "limits": LIMITS, "plan": "creator"}
    httpx.post(f"{addresses.emulator}/_emulator/settings", json=said).raise_for_status()


def _make(settings: Settings, addresses: Addresses, book: str) -> Run:
    engine = engine_for(application_url(settings))
    path = settings.home / "book.md"
    path.write_text(book, encoding="utf-8")
    with engine.begin() as connection:
        owner = repository.local_user(connection)
    began = time.time()
    shelf = Shelf(engine, Objects.from_settings(settings))
    book_id = shelf.add(path, filename=path.name, owner_id=owner, options=MakeOptions(motion="clips")).id
    while True:
        with engine.connect() as connection:
            query = select(stage_runs.c.stage, stage_runs.c.state).where(stage_runs.c.book_id == book_id)
            states = {row.stage: row.state for row in connection.execute(query)}
            record = repository.get_book(connection, book_id)
        if all(states.get(stage) == "done" for stage in PAID_STAGES):
            break
        if "failed" in states.values() or time.time() - began > PATIENCE:
            raise SystemExit(f"The book was not made: {record and record.problem}")
        time.sleep(0.5)
    with engine.connect() as connection:
        bought = [
            Bought(
                row.asset,
                row.item_key,
                _kind(row.operation),
                row.answer_sha,
                _since(began, row.created_at),
                _since(began, row.settled_at),
            )
            for row in connection.execute(
                select(
                    payments.c.asset,
                    payments.c.item_key,
                    payments.c.operation,
                    payments.c.answer_sha,
                    payments.c.created_at,
                    payments.c.settled_at,
                )
                .where(payments.c.book_id == book_id, payments.c.state == "done")
                .order_by(payments.c.id)
            )
        ]
        ends = {
            row.data["asset"]: _since(began, row.created_at)
            for row in connection.execute(
                select(events.c.data, events.c.created_at)
                .where(events.c.book_id == book_id, events.c.kind == "asset")
                .order_by(events.c.id)
            )
            if row.data["state"] == "done"
        }
    production = Production(engine, Objects.from_settings(settings), Engines(settings), book_id)
    forms, refused = _heard(addresses, bought)
    scenes = sum(len(scenes) for scenes in production.scenes.values())
    return Run(bought, forms, ends, _needs(production, bought, forms), scenes, refused)


def _heard(addresses: Addresses, bought: Sequence[Bought]) -> tuple[dict[str, int], int]:
    """Answered questions by form, and how many calls were turned away, by the providers' own journal.

    It must show the calls that our books show, neither more nor fewer.
    """
    bill = httpx.get(f"{addresses.emulator}/_emulator/bill").json()
    done = Counter(_kind(row["operation"]) for row in bill["rows"] if row["outcome"] == "done")
    if done != Counter(call.kind for call in bought):
        raise SystemExit(f"The providers' books show other calls than ours: {done}. Something was bought in vain.")
    answered = {row["id"] for row in bill["rows"] if row["outcome"] == "done"}
    journal = httpx.get(f"{addresses.emulator}/_emulator/requests", params={"limit": 5_000}, timeout=60).json()
    forms = Counter(_form(row["body"]) for row in journal if row["operation"] == "chat" and row["bill_id"] in answered)
    return forms, sum(row["outcome"] != "done" for row in bill["rows"])


def _form(body: str) -> str:
    """The name of the form that a question asks for; the journal may have cut the body after it or before it."""
    known = {name for names in FORMS.values() for name in names}
    return next((name for name in known if f'"name": "{name}"' in body), "")


def _kind(operation: str) -> str:
    return GROUP_OF[operation]


def _since(began: float, at: datetime) -> float:
    return at.timestamp() - began


# -- the bound ---------------------------------------------------------------------------------------------------------


def _paid_assets(run: Run) -> list[Paid]:
    """The assets that something was bought for, and those between them, in the order of the graph."""
    found = []
    for name, family in FAMILIES.items():
        if family.stage == "film":
            continue
        kinds = Counter(call.kind for call in run.bought if call.asset == name)
        phases = [Phase({"chat": run.forms[form]}) for form in FORMS.get(name, ()) if run.forms.get(form)]
        found.append(Paid(name, family.upstream, phases or [Phase(dict(kinds))]))
        if found[-1].calls != sum(kinds.values()):
            raise SystemExit(f"{name}: {sum(kinds.values())} calls, but {found[-1].calls} questions of known forms.")
    return found


def _needs(production: Production, bought: Sequence[Bought], forms: Mapping[str, int]) -> list[Call]:
    """The calls in an order in which they can be made, each with those that its item is made from."""
    calls: list[Call] = []
    before: list[str] = []
    for asset, names in FORMS.items():
        for form in names:
            here = [Call(f"{asset}/{form}/{number}", "chat", before) for number in range(forms.get(form, 0))]
            calls += here
            before = [call.name for call in here] or before
    chapter_of = {scene.id: chapter for chapter, scenes in production.scenes.items() for scene in scenes}
    shots = {shot.id: (scene.id, shot) for s in production.scenes.values() for scene in s for shot in scene.shots}
    moving = {scene.id: moving_shot(scene).id for s in production.scenes.values() for scene in s}
    seen_first: dict[str, str] = {}
    for scene, shot in shots.values():
        for figure in shot.figures:
            seen_first.setdefault(figure.character, scene)
    first_scene = next(iter(chapter_of))
    pictures = {asset: _buyers(production, bought, asset) for asset in ("character_images", "scene_images")}

    def needed(call: Bought) -> list[str]:
        match call.asset:
            case "scripts":
                return before
            case "scenes":
                return [f"scripts/{call.item}"]
            case "audio":
                return [f"scripts/{call.item.partition('/')[0]}"]
            case "character_images":
                return [f"scenes/{chapter_of[seen_first[call.item]]}"]
            case "scene_images" if call.item in shots:
                scene, shot = shots[call.item]
                people = [pictures["character_images"][figure.character] for figure in shot.figures]
                return [f"scenes/{chapter_of[scene]}", *people]
            case "scene_images":
                return [f"scenes/{chapter_of[first_scene]}"]
            case "motion":
                return [pictures["scene_images"][moving[call.item]]]
        return []

    for name in FAMILIES:
        for call in (one for one in bought if one.asset == name and name not in FORMS):
            calls.append(Call(f"{name}/{call.item}", call.kind, needed(call)))
    return calls


def _buyers(production: Production, bought: Sequence[Bought], asset: str) -> dict[str, str]:
    """For each item the call that brought its picture: equal requests are bought once, by whichever item is first."""
    calls = {call.answer: f"{asset}/{call.item}" for call in bought if call.asset == asset}
    return {key: calls[item.blob_sha] for key, item in production.done(asset).items() if item.blob_sha in calls}


def _rows(run: Run, assets: Sequence[Paid], bound: Mapping[str, float]) -> list[tuple[Any, ...]]:
    """An asset's time runs from the end of the last asset that it is made from."""
    rows = []
    for asset in assets:
        begin = max((run.ends[name] for name in asset.upstream), default=0.0)
        calls = [call for call in run.bought if call.asset == asset.asset]
        least = bound[asset.asset] - max((bound[name] for name in asset.upstream), default=0.0)
        cells: list[str] = ["", "", ""]
        if calls:
            first, last = min(call.sent for call in calls), max(call.settled for call in calls)
            cells = [f"{first - begin:.1f}", f"{last - first:.1f}", f"{run.ends[asset.asset] - last:.1f}"]
        rows.append((asset.asset, len(calls), f"{least:.1f}", f"{run.ends[asset.asset] - begin:.1f}", *cells))
    return rows


if __name__ == "__main__":
    main()
