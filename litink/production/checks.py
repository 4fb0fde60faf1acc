"""Content checks: what must hold before an asset may be built upon. Each measures the real content again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from litink.media import probe
from litink.production.context import Production
from litink.production.film import AUDIOBOOK, FILM, timeline_of
from litink.story.coverage import check_coverage


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
    """Every spoken line can be heard: decoded, as long as it says, and not silent where it has words."""
    problems = [
        f"“{item.label}”: {problem}"
        for item in production.done("audio").values()
        for problem in probe.check_audio(
            production.objects.get(item.blob_sha or ""),
            seconds=float(item.meta["seconds"]),
            silent=not item.meta["words"],
        )
    ]
    return [_verdict("no_empty_audio", problems, {"lines": float(len(production.done("audio")))})]


def clips_not_empty(production: Production) -> list[Check]:
    """Every clip has its pictures and its sound, for as long as it says."""
    problems: list[str] = []
    for item in production.done("clips").values():
        with production.objects.as_file(item.blob_sha or "", ".mp4") as path:
            problems += [f"“{item.label}”: {p}" for p in probe.check_clip(path, seconds=float(item.meta["seconds"]))]
    return [_verdict("no_empty_clip", problems, {"clips": float(len(production.done("clips")))})]


def film_not_empty(production: Production) -> list[Check]:
    """The film has picture, sound, captions and chapters, and can be heard."""
    item = production.done("film")[FILM]
    timeline = timeline_of(production)
    with production.objects.as_file(item.blob_sha or "", ".mp4") as path:
        facts, problems = probe.check_film(path, seconds=timeline.seconds, chapters=len(timeline.markers))
    return [_verdict("film_is_whole", problems, {"seconds": facts.seconds, "lufs": facts.loudness_lufs or 0.0})]


def audiobook_not_empty(production: Production) -> list[Check]:
    item = production.done("audiobook")[AUDIOBOOK]
    with production.objects.as_file(item.blob_sha or "", ".m4b") as path:
        facts, problems = probe.check_audiobook(path, seconds=float(item.meta["seconds"]))
    return [_verdict("audiobook_is_whole", problems, {"seconds": facts.seconds, "lufs": facts.loudness_lufs or 0.0})]


def _verdict(name: str, problems: list[str], figures: Mapping[str, float]) -> Check:
    return Check(name, not problems, "; ".join(problems[:5]), figures)
