"""How well the local writer finds who is in a book and who speaks, and how fast; prints the table of docs/story.md.

Speakers are scored end to end with the program's own cast: each code point of a book has at most one speaker, and a
quotation is right when the person who owns most of it is the annotators'. Own persons are matched with annotated ones
one to one: by name first, then, for those without a name, by the quotations they share.
"""

from __future__ import annotations

import json
import re
import statistics
import time
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from _report import BOOKS, ROOT, Goal, finish, options, table

from litink.books.model import Book, Section, SectionKind
from litink.books.reading import read
from litink.story.coverage import check_coverage
from litink.story.lexicon import SPEECH_VERBS, TITLES
from litink.story.mentions import NameIndex
from litink.story.model import Cast, Character, ScriptStyle
from litink.story.writer import LocalWriter

PAGE = ROOT / "docs/story.md"
LITBANK = BOOKS.parent / "litbank"
LONG = "the-brothers-karamazov"
SIZES = (50_000, 100_000, 350_000)  # words
GOALS = {
    "explicit_right": Goal(">=", 0.97),
    "plays_right": Goal(">=", 0.99),
    "litbank_right": Goal(">=", 0.75),
    "main_characters_found": Goal(">=", 0.95),
    "top_ten_precision": Goal(">=", 0.9),
    "persons_as_entities": Goal("<=", 0),
    "uncovered_chapters": Goal("<=", 0),
    "seconds_100k_words": Goal("<=", 20),
    "cost_growth": Goal("<=", 1.3),
}
_KINDS = ("explicit", "anaphoric", "implicit")
_VERB = "(?:" + "|".join(sorted(SPEECH_VERBS)) + ")"
_NAMED = re.compile(
    rf"^\W*(?:{_VERB}\s+(?:[A-Z]|the\b|my\b|his\b|her\b|an?\b)|(?:[A-Z]\w+\.?\s+|the\s+\w+\s+){{1,3}}{_VERB}\b)"
)
_PRONOUN = re.compile(rf"^\W*(?:{_VERB}\s+(?:he|she|I|they)\b|(?:he|she|I|they)\s+(?:\w+ly\s+)?{_VERB}\b)")


@dataclass
class Score:
    right: int = 0
    total: int = 0

    def add(self, right: bool) -> None:
        self.right += right
        self.total += 1

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{self.share:.3f} ({self.right}/{self.total})" if self.total else "–"


@dataclass
class Excerpts:
    """Scores on the annotated excerpts."""

    own: Score = field(default_factory=Score)
    nearest: Score = field(default_factory=Score)
    kinds: dict[str, Score] = field(default_factory=lambda: {kind: Score() for kind in _KINDS})
    per_book: list[float] = field(default_factory=list)
    persons_as_entities: int = 0


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text).lower())


@cache
def _tokens(name: str) -> tuple[frozenset[str], str]:
    """The words of a name without titles, and the sex its titles tell."""
    found = re.findall(r"[\w’'-]+", name.lower())
    sexes = {TITLES[w] for w in found if w in TITLES} - {"?"}
    bare = frozenset(w for w in found if w not in TITLES and w not in ("the", "a", "an", "my", "his", "her", "of"))
    return bare, sexes.pop() if len(sexes) == 1 else "?"


def alike(gold: Sequence[str], own: Character) -> int:
    """How well an annotated person's names fit: 2 for an equal name, 1 for a name inside the other, 0 for neither."""
    best = 0
    mine = [_tokens(name) for name in (own.name, *own.aliases)]
    theirs = [_tokens(name) for name in gold]
    if (
        {sex for _, sex in mine} - {"?"}
        and {sex for _, sex in theirs} - {"?"}
        and not ({sex for _, sex in mine} & {sex for _, sex in theirs} - {"?"})
    ):
        return 0
    for words, _ in mine:
        for others, _ in theirs:
            if words and words == others:
                return 2
            if words and others and (words < others or others < words):
                best = 1
    return best


def match(gold: Sequence[Mapping[str, Any]], cast: Cast, shared: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """Annotated person -> own person, one to one."""
    pairs = []
    for person in gold:
        called = [person["name"], *person["aliases"], *([] if person.get("named", True) else person["described_as"])]
        for n, own in enumerate(cast.characters):
            fit = alike(called, own)
            if fit and (person.get("named", True) or fit == 2):
                pairs.append((-fit, -shared.get((person["id"], own.id), 0), n, person["id"], own.id))
    pairs += [(1, -count, 0, theirs, own) for (theirs, own), count in shared.items()]
    found: dict[str, str] = {}
    for _, _, _, theirs, own in sorted(pairs):
        if theirs not in found and own not in found.values():
            found[theirs] = own
    return found


def excerpt(path: Any) -> tuple[Mapping[str, Any], Section, Book]:
    truth = json.loads(path.read_text(encoding="utf-8"))
    text = (LITBANK / truth["text_file"]).read_text(encoding="utf-8")
    section = Section(key="c1", kind=SectionKind.CHAPTER, number=1, title=truth["title"], text=text, blocks=())
    book = Book(title=truth["title"], author=truth["author"], language="en", format="txt", sections=(section,))
    return truth, section, book


def kind_of(text: str, start: int, end: int) -> str:
    after = text[end : end + 80].replace("\n", " ")
    if _PRONOUN.match(after):
        return "anaphoric"
    return "explicit" if _NAMED.match(after) else "implicit"


def score_excerpts(writer: LocalWriter) -> Excerpts:
    scores = Excerpts()
    for path in sorted(LITBANK.glob("*.json")):
        truth, section, book = excerpt(path)
        if not truth["quotes"]:
            continue
        cast = writer.cast(book)
        scores.persons_as_entities += persons_as_entities(cast, truth)
        owner: list[str | None] = [None] * len(section.text)
        for q in cast.quotations:
            owner[q.start : q.end] = [q.speaker] * (q.end - q.start)
        own = [Counter(owner[q["start"] : q["end"]]).most_common(1)[0][0] for q in truth["quotes"]]
        near = _nearest(section.text, cast, truth["quotes"])
        mine = Score()
        for guesses, total in ((own, scores.own), (near, scores.nearest)):
            shared = Counter((q["speaker"], guess) for q, guess in zip(truth["quotes"], guesses, strict=True) if guess)
            same = match(truth["characters"], cast, shared)
            for q, guess in zip(truth["quotes"], guesses, strict=True):
                right = guess is not None and same.get(q["speaker"]) == guess
                total.add(right)
                if guesses is own:
                    mine.add(right)
                    scores.kinds[kind_of(section.text, q["start"], q["end"])].add(right)
        scores.per_book.append(mine.share)
    return scores


def _nearest(text: str, cast: Cast, quotes: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """The peer: the person named nearest to the quotation, outside of it."""
    named = list(NameIndex(cast).find(text))
    guesses: list[str | None] = []
    for q in quotes:
        outside = [m for m in named if m.end <= q["start"] or m.start >= q["end"]]
        distance = {id(m): min(abs(q["start"] - m.end), abs(m.start - q["end"])) for m in outside}
        guesses.append(min(outside, key=lambda m: distance[id(m)]).character if outside else None)
    return guesses


def score_book(book: Book, cast: Cast, truth: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Score:
    """Quotations whose speaker is certain from the text (tags that name, headings of a play)."""
    numbers = {section.key: n for n, section in enumerate(book.chapters)}
    said: defaultdict[int, list[tuple[str, str | None]]] = defaultdict(list)
    for q in cast.quotations:
        said[numbers[q.chapter]].append((letters(q.text), q.speaker))
    gold = [{**c, "id": c["name"]} for c in truth["characters"]]
    same = match(gold, cast, {})
    score = Score()
    at: Counter[int] = Counter()
    for row in rows:
        first = letters((row.get("parts") or [row["text"]])[0])
        here = said[row["chapter"]]
        found = next((n for n in range(at[row["chapter"]], len(here)) if here[n][0] == first), None)
        if found is None:
            # A speech that is cut at its stage directions begins with its first part.
            order = [*range(at[row["chapter"]], len(here)), *range(at[row["chapter"]])]
            found = next((n for n in order if first.startswith(here[n][0]) and len(here[n][0]) > 3), None)
            found = next((n for n in order if first in here[n][0]), None) if found is None else found
        if found is not None:
            at[row["chapter"]] = found + 1
        score.add(found is not None and here[found][1] == same.get(row["speaker"]) and row["speaker"] in same)
    return score


def main_characters(cast: Cast, truth: Mapping[str, Any]) -> tuple[Score, Score]:
    """Recall of the annotated main persons, precision of the ten most important own ones (where the annotation lists
    as many)."""
    recall, precision = Score(), Score()
    for person in truth["characters"]:
        if person["importance"] in ("major", "intermediate"):
            recall.add(any(alike([person["name"], *person["aliases"]], own) for own in cast.characters))
    if len(truth["characters"]) >= 10:
        for own in cast.characters[:10]:
            precision.add(any(alike([p["name"], *p["aliases"]], own) for p in truth["characters"]))
    return recall, precision


def persons_as_entities(cast: Cast, truth: Mapping[str, Any]) -> int:
    """How many places and things are called as an annotated person is."""
    people = {name for p in truth.get("characters", ()) if p.get("named", True) for name in (p["name"], *p["aliases"])}
    return sum(bool({entity.name, *entity.aliases} & people) for entity in cast.entities)


def cut_to(book: Book, words: int) -> Book:
    """The first chapters of a book, about so many words."""
    ends = []
    held = 0
    for section in book.chapters:
        held += section.word_count
        ends.append(held)
    return book.model_copy(update={"sections": book.chapters[: bisect_left(ends, words) + 1]})


def seconds(writer: LocalWriter, book: Book, times: int) -> list[float]:
    """CPU seconds from text to cast, quotations, plot, scripts and scenes."""
    taken = []
    for _ in range(times):
        begin = time.process_time()
        cast = writer.cast(book)
        plot = writer.plot(book, cast)
        for section in book.chapters:
            writer.scenes(section, writer.script(section, cast, plot), cast)
        taken.append(time.process_time() - begin)
    return taken


def uncovered(writer: LocalWriter, book: Book, cast: Cast, styles: Sequence[ScriptStyle]) -> int:
    return sum(
        not check_coverage(section, writer.script(section, cast, None, style=style)).ok
        for section in book.chapters
        for style in styles
    )


def books(quick: bool) -> Iterator[tuple[str, Book, Mapping[str, Any], list[Mapping[str, Any]]]]:
    for folder in sorted(BOOKS.iterdir()):
        if quick and folder.name in (LONG, "openstax-philosophy", "on-liberty", "introduction-to-mathematics"):
            continue
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        rows: list[Mapping[str, Any]] = []
        if truth.get("quotes_file"):
            lines = (folder / truth["quotes_file"]).read_text(encoding="utf-8").splitlines()
            rows = [json.loads(line) for line in lines]
        yield folder.name, read(folder / truth["file"]).book, truth, rows


def main() -> None:
    chosen = options(__doc__ or "", PAGE)
    writer = LocalWriter()
    explicit, plays, recall, precision = Score(), Score(), Score(), Score()
    lost = strange = 0
    by_book: list[tuple[object, ...]] = []
    timed: dict[str, Book] = {}
    for name, book, truth, rows in books(chosen.quick):
        cast = writer.cast(book)
        lost += uncovered(writer, book, cast, ("dialogue",) if chosen.quick else ("dialogue", "narration"))
        strange += persons_as_entities(cast, truth)
        score = score_book(book, cast, truth, rows)
        whole = plays if truth.get("kind") == "play" else explicit
        whole.right, whole.total = whole.right + score.right, whole.total + score.total
        found, good = main_characters(cast, truth) if truth.get("characters") else (Score(), Score())
        recall.right, recall.total = recall.right + found.right, recall.total + found.total
        precision.right, precision.total = precision.right + good.right, precision.total + good.total
        kinds = Counter(entity.kind for entity in cast.entities)
        entities = kinds["location"], kinds["object"]
        by_book.append((name, f"{book.word_count:,}", len(cast.quotations), score, found, good, *entities))
        timed[name] = book
    excerpts = score_excerpts(writer)
    sizes = SIZES[:2] if chosen.quick else SIZES
    longest = timed.get(LONG) or timed["sherlock-holmes"]
    speed = {size: seconds(writer, cut_to(longest, size), 3 if chosen.quick else 5) for size in sizes}
    per_word = {size: statistics.median(taken) / cut_to(longest, size).word_count for size, taken in speed.items()}
    figures = {
        "explicit_right": round(explicit.share, 4),
        "plays_right": round(plays.share, 4),
        "litbank_right": round(excerpts.own.share, 4),
        **{f"litbank_{kind}": round(score.share, 4) for kind, score in excerpts.kinds.items()},
        "litbank_mean_of_books": round(statistics.mean(excerpts.per_book), 4),
        "litbank_nearest_name": round(excerpts.nearest.share, 4),
        "main_characters_found": round(recall.share, 4),
        "top_ten_precision": round(precision.share, 4),
        "persons_as_entities": strange + excerpts.persons_as_entities,
        "uncovered_chapters": lost,
        "seconds_100k_words": round(per_word[100_000] * 100_000, 2),
        "cost_growth": round(per_word[sizes[-1]] / per_word[sizes[0]], 2),
    }
    text = "\n\n".join(
        (
            table(("figure", "measured", "goal"), [(k, v, GOALS.get(k, "")) for k, v in figures.items()]),
            table(
                (
                    "book",
                    "words",
                    "quotations",
                    "certain speakers right",
                    "main characters found",
                    "top ten in truth",
                    "places",
                    "things",
                ),
                by_book,
            ),
            table(
                ("words", "CPU seconds, median", "spread", "seconds per 100,000 words"),
                [
                    (
                        f"{cut_to(longest, size).word_count:,}",
                        f"{statistics.median(taken):.2f}",
                        f"{min(taken):.2f}–{max(taken):.2f}",
                        f"{per_word[size] * 100_000:.2f}",
                    )
                    for size, taken in speed.items()
                ],
            ),
        )
    )
    finish(chosen, PAGE, text, figures, GOALS)


if __name__ == "__main__":
    main()
