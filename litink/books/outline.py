"""Where sections may begin: the contents list and the headings of a manuscript joined into one tree of nodes.

Which nodes are parts, chapters or mere subsections is decided in division.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from litink.books.model import BlockKind
from litink.books.numbering import Label, compose_title, is_label_only, label_of, normal
from litink.books.pieces import Entry, Manuscript, Piece
from litink.books.printed import find_named

SAME_PLACE = 3  # entries; a part, its first chapter and a section in it may well begin together
MAX_HEADING = 40  # words; a longer "heading" is a paragraph in disguise
_USELESS_TITLE = re.compile(
    r"start|begin|beginning|begin reading|start reading|text|body|content|main|untitled|unknown|document|section|"
    r"chapter|"
    r"[\w.-]+\.x?html?|(?:index|part|text|chapter|split|section|page|body)?[ _-]*(?:split)?[ _-]*[0-9]{3,}",
    re.I,
)
_OWN_SECTION = re.compile(
    r"prologue|epilogue|introduction|preface|foreword|prelude|interlude|afterword|conclusion|prolog|epilog"
)


@dataclass(slots=True)
class Run:
    """Heading pieces that belong together: a label and its name, or the lines of one heading."""

    start: int
    end: int
    level: int
    lines: list[str]
    title: str = field(init=False)  # of all lines

    def __post_init__(self) -> None:
        self.title = compose_title(self.lines)


@dataclass(slots=True)
class Node:
    at: int  # index of its first piece
    depth: float
    title: str
    run: Run | None
    listed: bool  # whether the contents list names it
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    end: int = 0  # index after the last piece of it and all its children

    @property
    def text_start(self) -> int:
        return self.run.end if self.run else self.at

    @property
    def own_end(self) -> int:
        return self.children[0].at if self.children else self.end


def heading_runs(pieces: list[Piece], targets: set[int]) -> list[Run]:
    """All headings, labels joined with their names. ``targets`` are pieces that the contents list points to."""
    runs: list[Run] = []
    end = 0
    marked = BlockKind.HEADING
    for heading in [index for index, piece in enumerate(pieces) if piece.kind is marked]:
        if heading > end and _is_heading(pieces[heading]) and _is_label_paragraph(pieces, heading - 1):
            runs.append(_run_from(heading - 1, pieces, targets))
            end = runs[-1].end
        if heading >= end and _is_heading(pieces[heading]):
            runs.append(_run_from(heading, pieces, targets))
            end = runs[-1].end
    return runs


def _run_from(start: int, pieces: list[Piece], targets: set[int]) -> Run:
    lines = pieces[start].text.split("\n")
    level = pieces[start].level or 9
    end = start + 1
    while end < len(pieces) and _continues(pieces, end, lines, targets):
        lines += pieces[end].text.split("\n")
        level = min(level, pieces[end].level or 9)
        end += 1
    return Run(start, end, level, lines)


def _is_heading(piece: Piece) -> bool:
    return piece.kind is BlockKind.HEADING and bool(piece.text) and piece.word_count <= MAX_HEADING


def _is_label_paragraph(pieces: list[Piece], index: int) -> bool:
    """ "Chapter 1" as a plain paragraph right above the heading it numbers."""
    piece, heading = pieces[index], pieces[index + 1]
    if piece.kind is not BlockKind.PARAGRAPH or len(piece.text) > 40 or heading.opens_part or label_of(heading.text):
        return False
    label = label_of(piece.text)
    return label is not None and not label.rest and label.kind in ("chapter", "part")


def _continues(pieces: list[Piece], index: int, lines: list[str], targets: set[int]) -> bool:
    piece = pieces[index]
    if not _is_heading(piece) or piece.opens_part or len(lines) > 3:
        return False
    label = label_of(" ".join(lines))
    if label is None or label.rest or label_of(piece.text):
        return False
    return label.kind != "part" or not (index in targets or _OWN_SECTION.fullmatch(normal(piece.text)))


def outline(manuscript: Manuscript) -> list[Node]:
    """The tree of nodes in reading order (roots)."""
    pieces = manuscript.pieces
    entries = _spread(flatten(manuscript.contents), pieces)
    targets = {at for at, _, _ in entries}
    runs = heading_runs(pieces, targets)
    listed = _listed_nodes(entries, runs, pieces)
    found = _found_nodes(runs, guessed=manuscript.guessed)
    misleading = len(listed) < 2 and len(found) > len(listed)  # one entry for the whole book
    if misleading or (manuscript.guessed and _names_files(listed, found)):
        return _tree(found, len(pieces))
    return _tree(listed + _missed(listed, runs, pieces), len(pieces))


def _spread(entries: list[tuple[int, int, str]], pieces: list[Piece]) -> list[tuple[int, int, str]]:
    """Entries that all point to one place, found by their titles in what follows (of the same file)."""
    spread: list[tuple[int, int, str]] = []
    for at, group in groupby(entries, key=lambda entry: entry[0]):
        same = list(group)
        if len(same) > SAME_PLACE:
            end = next((i for i in range(at, len(pieces)) if pieces[i].part != pieces[at].part), len(pieces))
            named = [Entry(title, None) for _, _, title in same]
            find_named(named, pieces[:end], at)
            if sum(entry.at is not None for entry in named) * 2 >= len(named):
                places = [at if entry.at is None else _last_of_same(entry.at, pieces) for entry in named]
                same = [(place, depth, title) for place, (_, depth, title) in zip(places, same, strict=True)]
        spread += same
    return spread


def _last_of_same(at: int, pieces: list[Piece]) -> int:
    """The book's title may be its first chapter's too, right above it."""
    while at + 1 < len(pieces) and normal(pieces[at + 1].text) == normal(pieces[at].text):
        at += 1
    return at


def is_mere_label(title: str) -> bool:
    """Whether a contents title says no more than that something begins: "Start", "Part 3", "index_split_007"."""
    return not title or _USELESS_TITLE.fullmatch(title) is not None or is_label_only(title)


def _names_files(listed: list[Node], found: list[Node]) -> bool:
    """Whether a contents list only counts files: mere labels that stand at no heading of their words."""
    astray = [node for node in listed if not _matches(node.title, node.run)]
    return len(found) >= 2 and len(astray) == len(listed) and all(is_mere_label(node.title) for node in listed)


def flatten(entries: list[Entry], depth: int = 0) -> list[tuple[int, int, str]]:
    """Piece, depth and title of the entries that lead anywhere, in the list's order."""
    flat = []
    for entry in entries:
        below = flatten(entry.children, depth + 1)
        at = entry.at if entry.at is not None else min((b[0] for b in below), default=None)
        if at is not None:
            flat.append((at, depth, entry.title))
        flat += below
    return flat


def _listed_nodes(entries: list[tuple[int, int, str]], runs: list[Run], pieces: list[Piece]) -> list[Node]:
    starts = [run.start for run in runs]
    places: dict[int, tuple[Run | None, list[tuple[int, str]]]] = {}
    for at, depth, title in entries:
        run = _run_at(at, title, runs, starts, pieces) or _unmarked_run(at, title, pieces)
        place = places.setdefault(min(at, run.start) if run else at, (run, []))
        if place[0] is None and run is not None:
            places[run.start] = (run, place[1])
        places[min(at, run.start) if run else at][1].append((depth, title))
    nodes = []
    for at in sorted(places):
        nodes += _nodes_at(at, *places[at])
    return nodes


def _nodes_at(at: int, run: Run | None, named: list[tuple[int, str]]) -> list[Node]:
    """The nodes of all entries that point to one place: a part and its first chapter stay, doubles go."""
    chain: list[tuple[int, str]] = []
    for depth, title in named:
        if chain and depth <= chain[-1][0]:
            if _overlap(title, run) > _overlap(chain[-1][1], run):
                chain[-1] = (chain[-1][0], title)
        else:
            chain.append((depth, title))
    owner = max(range(len(chain)), key=lambda i: (_overlap(chain[i][1], run), i))
    nodes = [Node(at, depth, title, run if i == owner else None, listed=True) for i, (depth, title) in enumerate(chain)]
    holder = nodes[owner]
    if run:
        useless = not holder.title or (_USELESS_TITLE.fullmatch(holder.title) and not _matches(holder.title, run))
        if useless or (is_label_only(holder.title) and len(run.lines) > 1 and _matches(holder.title, run)):
            holder.title = run.title
    return nodes


def _overlap(title: str, run: Run | None) -> float:
    """Share of words that a contents title and a printed heading have in common (Jaccard index)."""
    if run is None:
        return 0.0
    a, b = set(normal(title).split()), set(normal(" ".join(run.lines)).split())
    return len(a & b) / len(a | b) if a | b else 0.0


def _run_at(at: int, title: str, runs: list[Run], starts: list[int], pieces: list[Piece]) -> Run | None:
    """The heading that a contents entry means: the one it points into, just after, or (by title) just before."""
    index = bisect_right(starts, at) - 1
    if index >= 0 and runs[index].start <= at < runs[index].end:
        return runs[index]
    if index >= 0 and runs[index].end == at and _matches(title, runs[index]) and not pieces[at].opens_part:
        return runs[index]
    if index + 1 < len(runs):
        run = runs[index + 1]
        between = pieces[at : run.start]
        same_part = run.start < len(pieces) and pieces[run.start].part == pieces[at].part
        if same_part and len(between) <= 4 and all(p.kind in (BlockKind.PICTURE, BlockKind.BREAK) for p in between):
            return run
        if same_part and len(between) <= 2 and _matches(title, run) and sum(p.word_count for p in between) <= 12:
            return run
    return None


def _unmarked_run(at: int, title: str, pieces: list[Piece]) -> Run | None:
    """A heading that is marked as a plain paragraph: its words are the entry's."""
    wanted = normal(title).split()
    end = at
    lines: list[str] = []
    while (
        end < len(pieces)
        and len(lines) < 4
        and pieces[end].kind in (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.VERSE)
    ):
        words = normal(pieces[end].text).split()
        if (
            not words
            or len(words) > MAX_HEADING
            or not set(words) <= set(wanted)
            or (end > at and pieces[end].opens_part)
        ):
            break
        lines += pieces[end].text.split("\n")
        end += 1
    if end > at and len(normal(" ".join(lines)).split()) * 2 >= len(wanted):
        return Run(at, end, 9, lines)
    return None


def _matches(title: str, run: Run | None) -> bool:
    """Whether a contents title and a printed heading share their words (or one contains the other)."""
    if run is None:
        return False
    a, b = normal(title).split(), normal(" ".join(run.lines)).split()
    return bool(a) and bool(b) and (set(a) <= set(b) or set(b) <= set(a))


def _found_nodes(runs: list[Run], *, guessed: bool) -> list[Node]:
    """A node a heading. Where chapters are called chapters, other headings among them stand inside one:

    bare numbers always, names without a number where nothing but their look made them headings. A few bare numbers
    among many names stand inside what is named.
    """
    labels = [label_of(run.lines[0]) for run in runs]
    chapters = [i for i, label in enumerate(labels) if label and label.kind == "chapter"]
    bares = sum(1 for label in labels if label and label.kind == "bare" and not label.rest)
    few = guessed and 2 * bares <= sum(1 for label in labels if label is None)
    last = _last_inside(runs, labels, chapters)
    nodes = []
    for index, (run, label) in enumerate(zip(runs, labels, strict=True)):
        inside = len(chapters) >= 2 and chapters[0] < index <= last
        decimal = guessed and label is not None and label.kind == "decimal"
        bare = (len(chapters) >= 2 or few) and label is not None and label.kind == "bare"
        opens_chapter = index - 1 in chapters and runs[index - 1].end == run.start  # "Introduction" below "Chapter 1"
        own = not opens_chapter and _OWN_SECTION.match(normal(run.title)) is not None
        nameless = guessed and inside and label is None and not own
        nodes.append(Node(run.start, 2 * run.level + (bare or decimal or nameless), run.title, run, listed=False))
    return nodes


def _last_inside(runs: list[Run], labels: list[Label | None], chapters: list[int]) -> int:
    """The last heading inside a chapter: the last chapter goes on as the others did ("3.4", "Key Terms" again)."""
    if len(chapters) < 2:
        return -1
    titles = {normal(run.title) for run in runs[chapters[0] : chapters[-1]]}
    for index in range(len(runs) - 1, chapters[-1], -1):
        label = labels[index]
        if (label and label.kind == "decimal") or normal(runs[index].title) in titles:
            return index
    return chapters[-1]


def _missed(listed: list[Node], runs: list[Run], pieces: list[Piece]) -> list[Node]:
    """Headings that the contents list forgot: as high as the section they stand in, or chapters of a listed part."""
    taken = {node.run.start for node in listed if node.run} | {n.at for n in listed}
    missed: list[Node] = []
    ordered = sorted(listed, key=lambda n: (n.at, n.depth))
    starts = [n.at for n in ordered]
    inside: dict[int, list[Run]] = {}
    for run in runs:
        if run.start in taken:
            continue
        index = bisect_right(starts, run.start) - 1
        enclosing = ordered[index] if index >= 0 else None
        opens = pieces[run.start].opens_part
        label = label_of(run.lines[0])
        worded = label is not None and label.kind in ("chapter", "part")
        level = enclosing.run.level if enclosing and enclosing.run else None
        if (opens or worded) and (level is None or run.level <= level):
            depth = enclosing.depth if enclosing else 0
            missed.append(Node(run.start, depth, run.title, run, listed=False))
        elif enclosing is not None and label is not None and label.kind in ("chapter", "bare"):
            inside.setdefault(index, []).append(run)
    for index, group in inside.items():
        enclosing = ordered[index]
        label = label_of(enclosing.title)
        is_part = label is not None and label.kind == "part"
        if is_part and len(group) >= 2:
            missed += [Node(run.start, enclosing.depth + 1, run.title, run, listed=False) for run in group]
    return missed


def _tree(nodes: list[Node], total: int) -> list[Node]:
    """Nest by depth in reading order; what lies inside a node's heading is no node of its own."""
    roots: list[Node] = []
    stack: list[Node] = []
    _raise_part_titles(nodes)
    for node in sorted(nodes, key=lambda n: (n.at, n.depth)):
        while stack and stack[-1].depth >= node.depth:
            stack.pop()
        if stack:
            node.parent = stack[-1]
            stack[-1].children.append(node)
        else:
            roots.append(node)
        stack.append(node)
    _set_ends(roots, total)
    return roots


def _raise_part_titles(nodes: list[Node]) -> None:
    """ "PART ONE" set like the books or chapters right below it stands above them all the same."""
    ordered = sorted(nodes, key=lambda n: (n.at, n.depth))
    for node, following in pairwise(ordered):
        label = label_of(node.title)
        empty = node.run is not None and node.run.end >= following.at
        if empty and label and label.kind == "part" and node.depth == following.depth:
            node.depth -= 0.5


def _set_ends(nodes: list[Node], end: int) -> None:
    for index, node in enumerate(nodes):
        node.end = nodes[index + 1].at if index + 1 < len(nodes) else end
        _set_ends(node.children, node.end)
