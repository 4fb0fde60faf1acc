"""Content checks: what must hold before an asset may be built upon. Each measures the real content again."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from litink.generation.records import ItemRecord
from litink.media import probe
from litink.production.context import Production
from litink.production.film import AUDIOBOOK, FILM
from litink.production.read_along import READ_ALONG
from litink.story.coverage import check_coverage

LENGTH_TOLERANCE = 0.1  # seconds between what a container says and what was made: a few frames of sound


@dataclass(frozen=True)
class Check:
    name: str
    passed: bool
    message: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


def chapters_sum(production: Production) -> list[Check]:
    """The sections hold text, their keys differ, and blocks tile each section: chapters sum to the book."""
    book = production.book
    problems: list[str] = []
    if not book.chapters:
        problems.append("the book has no chapters")
    if len({section.key for section in book.sections}) != len(book.sections):
        problems.append("two sections have one key")
    for section in book.sections:
        held = sum(len(section.text[block.start : block.end].split()) for block in section.blocks)
        if held != section.word_count:
            problems.append(f"“{section.title}”: its blocks hold {held} of {section.word_count} words")
    return [Check("chapters_sum_to_the_book", not problems, "; ".join(problems[:5]), {"words": float(book.word_count)})]


def coverage(production: Production) -> list[Check]:
    """Every sentence of every chapter stands exactly once in its script's lines and stated cuts."""
    missing = doubled = sentences = 0
    worst = ""
    for chapter in production.chapters:
        script = production.scripts.get(chapter.key)
        if script is None:
            continue
        report = check_coverage(chapter, script)
        sentences += report.sentences
        missing += len(report.missing)
        doubled += len(report.doubled)
        if not report.ok and not worst:
            worst = (
                f"“{chapter.title}”: {len(report.missing)} sentences missing, {len(report.doubled)} doubled, "
                f"{len(report.altered_lines)} lines altered"
            )
    figures = {"sentences": float(sentences), "missing": float(missing), "doubled": float(doubled)}
    return [Check("every_sentence_once", not worst, worst, figures)]


def audio_not_empty(production: Production) -> list[Check]:
    """Every spoken line can be heard: decoded again, and not silent where it has words."""
    lines = production.done("audio").values()
    problems = [
        f"“{item.label}”: {problem}"
        for item in lines
        if item.meta["words"]
        for problem in probe.check_audio(production.objects.get(item.blob_sha or ""), lufs=None)
    ]
    minutes = sum(float(item.meta["seconds"]) for item in lines) / 60
    return [_verdict("no_empty_audio", problems, {"lines": float(len(lines)), "minutes": minutes})]


def clips_not_empty(production: Production) -> list[Check]:
    """Every clip has picture and sound for as long as it says; each was decoded when it was made."""
    clips = production.done("clips").values()
    problems = [problem for item in clips for problem in _lasts(production, item, ("video", "audio"))]
    return [_verdict("no_empty_clip", problems, {"clips": float(len(clips))})]


def film_not_empty(production: Production) -> list[Check]:
    """The film has picture, sound and captions for as long as it says; it was decoded when it was made."""
    item = production.done("film")[FILM]
    problems = _lasts(production, item, ("video", "audio", "subtitle"))
    return [_verdict("film_is_whole", problems, {"seconds": float(item.meta["seconds"])})]


def audiobook_not_empty(production: Production) -> list[Check]:
    """The audiobook has sound for as long as it says; it was decoded when it was made."""
    item = production.done("audiobook")[AUDIOBOOK]
    problems = _lasts(production, item, ("audio",))
    return [_verdict("audiobook_is_whole", problems, {"seconds": float(item.meta["seconds"])})]


def read_along_is_whole(production: Production) -> list[Check]:
    """Every file of the EPUB can be read, and something is heard for every chapter that has a voice."""
    item = production.done("read_along")[READ_ALONG]
    with production.objects.as_file(item.blob_sha or "", ".epub") as path, zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        sounds = sum(name.endswith(".m4a") for name in archive.namelist())
    spoken = {key.partition("/")[0] for key in production.done("audio")} & set(production.scripts)
    problems = [f"“{damaged}” in it is damaged."] if damaged else []
    if sounds < len(spoken):
        problems.append(f"{len(spoken) - sounds} of {len(spoken)} spoken chapters have no sound in it.")
    return [_verdict("read_along_is_whole", problems, {"seconds": float(item.meta["seconds"])})]


def exports_not_empty(production: Production) -> list[Check]:
    """What was asked for lasts as long as it says; it was decoded when it was made."""
    made = production.done("exports").values()
    kinds = {item.key: ("audio",) if "width" not in item.meta else ("video", "audio") for item in made}
    problems = [problem for item in made for problem in _lasts(production, item, kinds[item.key])]
    return [_verdict("exports_are_whole", problems, {"exports": float(len(made))})]


def _lasts(production: Production, item: ItemRecord, kinds: Sequence[str]) -> list[str]:
    """Whether a stored file has these streams, each as long as its item says."""
    seconds = float(item.meta["seconds"])
    with production.objects.as_file(item.blob_sha or "", ".mp4") as path:
        facts = probe.probe(path)
    problems = [f"“{item.label}” has no {kind}." for kind in kinds if facts.first(kind) is None]
    if abs(facts.seconds - seconds) > LENGTH_TOLERANCE:
        problems.append(f"“{item.label}” lasts {facts.seconds:.2f} s instead of {seconds:.2f} s.")
    return problems


def _verdict(name: str, problems: list[str], figures: Mapping[str, float]) -> Check:
    return Check(name, not problems, "; ".join(problems[:5]), figures)
