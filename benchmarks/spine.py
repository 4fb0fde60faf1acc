"""From a real book to a film: what an independent recogniser understands of it, memory on a very long book, overhead.

Prints the table of docs/quality.md and of the README. Needs the books of ``../shared/books``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
from _hearing import caption_errors, error_rate, listen, recogniser, sound_of
from _report import BOOKS, ROOT, Goal, finish, options, put, table

DOCUMENT, README = ROOT / "docs" / "quality.md", ROOT / "README.md"
LITINK = Path(sys.executable).with_name("litink")
EXCERPTS = {
    "jekyll-and-hyde": ("jekyll-and-hyde.pdf", "1", "10"),
    "frankenstein": ("frankenstein.epub", "1-2", "3"),
    "dubliners": ("dubliners.docx", "4", "4"),
}
LONG_BOOK = BOOKS / "the-brothers-karamazov" / "the-brothers-karamazov.epub"
GOALS = {
    **{f"word_error_rate_{name}": Goal("<=", 0.08) for name in EXCERPTS},
    **{f"caption_start_error_median_s_{name}": Goal("<=", 0.3) for name in EXCERPTS},
    "peak_memory_gb": Goal("<=", 1.5),
    "overhead_ratio": Goal("<=", 1.5),
}
# Assets whose work may go side by side; the longer way through the graph is the critical one.
BRANCHES = (("character_images", "scene_images"), ("audio",))


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT)
    figures: dict[str, float] = {}
    rows: list[tuple[object, ...]] = []
    model = recogniser()
    with _home() as environment:
        for name, (file, chapters, quick_chapters) in EXCERPTS.items():
            made = _make(BOOKS / name / file, quick_chapters if chosen.quick else chapters, environment)
            heard = listen(model, sound_of(Path(str(made["film"]))))
            text = " ".join(
                line["text"]
                for script in json.loads(Path(str(made["book"])).read_text())["scripts"]
                for scene in script["scenes"]
                for line in scene["lines"]
            )
            errors = caption_errors(Path(str(made["captions"])).read_text(), heard)
            figures[f"word_error_rate_{name}"] = round(error_rate(text, heard), 4)
            figures[f"caption_start_error_median_s_{name}"] = round(statistics.median(errors), 3)
            spread = statistics.quantiles(errors, n=20)[-1]
            rows.append(
                (f"{name}: word error rate of the film's speech", f"{figures[f'word_error_rate_{name}']:.1%}", "≤ 8 %")
            )
            rows.append(
                (
                    f"{name}: captions start from the spoken word",
                    f"{figures[f'caption_start_error_median_s_{name}']:.2f} s in the median, {spread:.2f} s at p95",
                    "≤ 0.3 s",
                )
            )
    peak = _peak_memory("1-5" if chosen.quick else "all")
    figures["peak_memory_gb"] = round(peak / 1e9, 3)
    what = "the first chapters of the" if chosen.quick else "the"
    rows.append(
        (f"largest process, {what} 350,000-word book read, embedded, scripted", f"{peak / 1e9:.2f} GB", "≤ 1.5 GB")
    )
    seconds, bound = _overhead()
    figures["overhead_ratio"] = round(seconds / bound, 3)
    figures["demo_seconds"] = round(seconds, 1)
    rows.append(
        (
            "demo: run time over time inside the engines on the critical path",
            f"{seconds / bound:.2f} ({seconds:.0f} s over {bound:.0f} s)",
            "≤ 1.5",
        )
    )
    text = table(("what", "measured", "goal"), rows)
    if chosen.write:
        put(README, text)
    finish(chosen, DOCUMENT, text, figures, GOALS)


@contextmanager
def _home() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="litink-bench-") as folder:
        Path(folder).chmod(0o755)
        yield {**os.environ, "LITINK_HOME": folder, "LITINK_POSTGRES_PORT": "23433"}


def _make(book: Path, chapters: str, environment: Mapping[str, str]) -> dict[str, object]:
    out = Path(environment["LITINK_HOME"]) / "out" / book.stem
    command = [str(LITINK), "make", str(book), "--chapters", chapters, "--out", str(out), "--json"]
    answer: dict[str, object] = json.loads(
        subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    )
    return answer


def _peak_memory(chapters: str) -> float:
    """Bytes of the largest process while the text stage of the long book runs."""
    with _home() as environment:
        child = subprocess.Popen([sys.executable, "-c", _TEXT_STAGE, str(LONG_BOOK), chapters], env=dict(environment))
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, _largest(child.pid))
            time.sleep(0.05)
        if child.returncode:
            raise SystemExit("the long book could not be worked on")
    return peak


_TEXT_STAGE = """
import subprocess, sys
from pathlib import Path
from litink.db.engine import application_url, engine_for
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.platform.supervisor import database, instance_environment
from litink.settings import get_settings

settings, path = get_settings(), Path(sys.argv[1])
with database(settings):
    engine = engine_for(application_url(settings))
    with engine.begin() as connection:
        owner = repository.local_user(connection)
    shelf = Shelf(engine, Objects.from_settings(settings))
    book = shelf.add(path, filename=path.name, owner_id=owner, options=MakeOptions(chapters=sys.argv[2]))
    command = [sys.executable, "-m", "assets.runner", str(book.id), "text"]
    sys.exit(subprocess.call(command, env=instance_environment(settings), stderr=subprocess.DEVNULL))
"""


def _largest(pid: int) -> float:
    try:
        parent = psutil.Process(pid)
        tree = [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return 0.0
    sizes = []
    for process in tree:
        try:
            sizes.append(float(process.memory_info().rss))
        except psutil.Error:
            continue
    return max(sizes, default=0.0)


def _overhead() -> tuple[float, float]:
    """Seconds of the demo from command to film, and the bound: the engines' own time on the critical path."""
    with _home() as environment:
        command = [str(LITINK), "demo", "--exit", "--json"]
        report = json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    engine = {name: float(seconds) for name, seconds in report["engine_seconds"].items()}
    branch = max(sum(engine.get(name, 0.0) for name in names) for names in BRANCHES)
    rest = sum(seconds for name, seconds in engine.items() if not any(name in names for names in BRANCHES))
    return float(report["seconds"]), branch + rest


if __name__ == "__main__":
    main()
