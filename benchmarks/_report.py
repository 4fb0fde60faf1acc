"""What every benchmark does with its figures: print a table, write it to its document, end with one JSON object."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
BOOKS = ROOT / "../shared/books/books"
MARKS = ("<!-- measured -->", "<!-- /measured -->")


@dataclass(frozen=True)
class Goal:
    direction: Literal["<=", ">="]
    bound: float

    def met(self, figure: float) -> bool:
        return figure <= self.bound if self.direction == "<=" else figure >= self.bound

    def __str__(self) -> str:
        return f"{self.direction} {self.bound:g}"


def options(description: str, document: Path, **numbers: int) -> argparse.Namespace:
    """``write``, ``json`` and ``quick``, as every benchmark takes them; ``numbers`` are options of its own."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--write", action="store_true", help=f"put the table into {document.relative_to(ROOT)}")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--quick", action="store_true", help="at most 50 s: every figure, on less material")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def put(document: Path, text: str, marks: tuple[str, str] = MARKS) -> None:
    """Write the text between the marks of a document."""
    before, _, rest = document.read_text(encoding="utf-8").partition(marks[0])
    after = rest.partition(marks[1])[2]
    document.write_text(f"{before}{marks[0]}\n{text}\n{marks[1]}{after}", encoding="utf-8")


def finish(
    chosen: argparse.Namespace,
    document: Path,
    text: str,
    figures: Mapping[str, float],
    goals: Mapping[str, Goal],
    marks: tuple[str, str] = MARKS,
) -> None:
    """Print the text, write it between the marks of the document if asked, and end with the JSON object if asked."""
    print(text)
    if chosen.write:
        put(document, text, marks)
    if chosen.json:
        short = [name for name, goal in goals.items() if name in figures and not goal.met(figures[name])]
        print(json.dumps({"figures": figures, "goals": {k: str(v) for k, v in goals.items()}, "short": short}))
