"""Where a made thing comes from: text, recipe, makers, inputs, calls, edits, and all that it rests on. Reads only.

What is not recorded is not made up: an input is a hash, which names an item's version only where it is that content's
own; what else an item was made from is told by the time at which it was made, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from litink.errors import PermanentFailure
from litink.generation import ledger
from litink.generation.contents import versions_of_book
from litink.generation.records import ItemRecord, item_of, makers_of
from litink.library import reading
from litink.media.spoken.respelling import occurrences
from litink.production.context import Production
from litink.production.music import beds_of
from litink.production.names import card_of_clip, chapter_of, line_key
from litink.production.plan.follows import Links, Name, links_of, sources
from litink.production.plan.reasons import called
from litink.story.edits.kinds import PICTURES, ChooseVoice, Pronounce
from litink.story.model import SceneDescription, Script

ToldBy = Literal["content", "time"]


class Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class SourceSpan(Told):
    """A stretch of a chapter's text; code points."""

    chapter: str = Field(description="key of the chapter")
    title: str
    start: int
    end: int


class Source(Told):
    """The text that it is about, as the story stands now."""

    scope: Literal["book", "chapter", "span"]
    spans: tuple[SourceSpan, ...] = Field(description="none where it is about the whole book")
    filename: str
    sha256: str = Field(description="of the book's file as it is now")


class Input(Told):
    name: str
    what: str = Field(description="in words")
    sha256: str = Field(description="of the input as it entered the making: often a part of an item")
    item: str | None = Field(description="`asset/key`, where the input is that item's whole content")
    version: int | None


class Origin(Told):
    """An item that something was made from. `told_by` `time`: it was in force when that was made."""

    asset: str
    key: str
    version: int | None = Field(description="null where it cannot be told")
    sha256: str | None
    told_by: ToldBy
    made_by: str | None


class MadeByCall(Told):
    """A call to an engine or provider for this very content; useless ones too."""

    provider: str
    model: str
    units: Mapping[str, float]
    cost_usd: Decimal
    seconds: Decimal
    outcome: str
    paid: bool
    fallback: bool
    run_id: str | None
    request_sha256: str | None = Field(description="of the request as it went out, prompt and all; null if not paid")
    at: datetime


class EditInForce(Told):
    number: int
    summary: str
    author: str
    at: datetime


class Provenance(Told):
    asset: str
    key: str
    label: str
    version: int
    sha256: str
    generated_sha256: str = Field(description="of what was generated, below the edits")
    media_type: str | None
    bytes: int | None
    made_at: datetime | None = Field(description="since when this is the item's content")
    made_by: str | None = Field(description="who really made it; null where that was not noted")
    fallback: bool = Field(description="a model had to stand in for the one that was asked first, or the local writer")
    stood_in: str | None = Field(description="why it was made here in place of a model; null where it was not")
    cache_key: str
    recipe: Mapping[str, Any] = Field(
        description="what decides the result besides the inputs, with versions of prompts"
    )
    inputs: tuple[Input, ...] | None = Field(description="null where they are not known any more")
    cost_usd: Decimal = Field(description="of this content, for this book")
    calls: tuple[MadeByCall, ...]
    reused: bool = Field(description="no call was made for it: it was known from before, or edited on top of that")
    edits: tuple[EditInForce, ...]
    conflicts: tuple[Mapping[str, Any], ...]
    source: Source
    made_from: tuple[Origin, ...] = Field(description="directly")


class BookProvenance:
    """The provenance of one book's items; what they share is read once."""

    def __init__(self, production: Production) -> None:
        self._production = production
        with production.engine.begin() as connection:
            self._makers: Mapping[Name, str | None] = makers_of(connection, production.record.id)
            self._versions = versions_of_book(connection, production.record.id)

    def of(self, asset: str, key: str) -> Provenance:
        """Raises PermanentFailure("not-made-yet") for what has no content."""
        with self._production.engine.begin() as connection:
            book_id = self._production.record.id
            item = item_of(connection, book_id, asset, key)
            calls = ledger.calls_of(connection, book_id, asset, item.cache_key) if item else []
        if item is None or item.blob_sha is None:
            raise PermanentFailure("not-made-yet", f"“{asset}/{key}” has not been made yet.")
        told = tuple(MadeByCall(**call) for call in calls)
        return Provenance(
            asset=asset,
            key=key,
            label=item.label,
            version=item.version,
            sha256=item.blob_sha,
            generated_sha256=item.generated or item.blob_sha,
            media_type=item.media_type,
            bytes=item.bytes,
            made_at=self._made_at((asset, key), item),
            made_by=item.meta.get("made_by"),
            fallback=bool(item.meta.get("fallback")),
            stood_in=item.meta.get("stood_in"),
            cache_key=item.cache_key,
            recipe=item.recipe,
            inputs=tuple(self._inputs(item)) if item.inputs else None,
            cost_usd=sum((call.cost_usd for call in told), Decimal(0)),
            calls=told,
            reused=not told,
            edits=tuple(self._edits(asset, key, item)),
            conflicts=tuple(item.meta.get("conflicts", ())),
            source=self._source(asset, key),
            made_from=tuple(self._origins((asset, key), item)),
        )

    def chain(self, asset: str, key: str) -> list[Origin]:
        """All that an item rests on, the nearest first, down to the reading of the book's file."""
        found: dict[Name, Origin] = {}
        for _, origin in self._upstream([(asset, key)]):
            found.setdefault((origin.asset, origin.key), origin)
        return list(found.values())

    def resting(self, names: Iterable[Name]) -> dict[str, Any]:
        """All that items rest on, by `asset/key`: how it was when it was used, and what it was made from itself."""
        found: dict[str, Any] = {}
        for after, origin in self._upstream(names):
            name = f"{origin.asset}/{origin.key}"
            found.setdefault(name, {**origin.model_dump(mode="json", exclude={"asset", "key"}), "made_from": []})
            if "/".join(after) in found:
                found["/".join(after)]["made_from"].append(name)
        return found

    def _upstream(self, names: Iterable[Name]) -> Iterator[tuple[Name, Origin]]:
        """What is behind items, level by level: each with what it stands before."""
        level = list(names)
        seen = set(level)
        while level:
            found: list[Name] = []
            for name in level:
                for origin in self._origins(name, None):
                    before = (origin.asset, origin.key)
                    yield name, origin
                    if before not in seen:
                        seen.add(before)
                        found.append(before)
            level = found

    # -- versions ----------------------------------------------------------------------------------------------------

    def _made_at(self, name: Name, item: ItemRecord | None) -> datetime | None:
        mine = self._versions.get(name, ())
        number = item.version if item else (mine[-1].number if mine else 0)
        return next((version.created_at for version in mine if version.number == number), None)

    def _origins(self, name: Name, item: ItemRecord | None) -> Iterator[Origin]:
        """What an item, as it is now, was made from. By its inputs where one is given."""
        at = self._made_at(name, item)
        hashes = set(item.inputs.values()) if item else set()
        for before in self._before(name):
            versions = self._versions.get(before, ())
            exact = next((version for version in reversed(versions) if version.blob_sha in hashes), None)
            past = [version for version in versions if at is not None and version.created_at <= at]
            found = exact or (past[-1] if past else None)
            yield Origin(
                asset=before[0],
                key=before[1],
                version=found.number if found else None,
                sha256=found.blob_sha if found else None,
                told_by="content" if exact else "time",
                made_by=self._makers.get(before),
            )

    def _before(self, name: Name) -> Sequence[Name]:
        asset, key = name
        if asset == reading.CHAPTERS:
            return [(asset, reading.READING_KEY)] if key == reading.BOOK_KEY else []
        found = [one for one in self._sources.get(name, ()) if one != (reading.CHAPTERS, reading.READING_KEY)]
        if asset == "clips" and (card := card_of_clip(key)):
            found = [one for one in found if one[0] == reading.CHAPTERS]
            return [*found, *({("scene_images", card)} & set(self._makers))]
        return found

    @cached_property
    def _sources(self) -> Mapping[Name, Sequence[Name]]:
        return sources(self._makers, self._links)

    @cached_property
    def _links(self) -> Links:
        production = self._production
        follows = production.engines.follows_portraits(production.tier)
        beds = {scene: bed.key for scene, bed in beds_of(production).items()} if self._read else {}
        return links_of(self._scripts, self._scenes, beds, follows_portraits=follows)

    @cached_property
    def _scripts(self) -> Mapping[str, Script]:
        return self._production.scripts if self._read else {}

    @cached_property
    def _scenes(self) -> Mapping[str, Sequence[SceneDescription]]:
        return self._production.scenes if self._read else {}

    @property
    def _read(self) -> bool:
        return (reading.CHAPTERS, reading.BOOK_KEY) in self._makers

    def _inputs(self, item: ItemRecord) -> Iterator[Input]:
        for name, sha in item.inputs.items():
            whole = self._by_content.get(sha)
            yield Input(
                name=name,
                what=called(name),
                sha256=sha,
                item="/".join(whole[0]) if whole else None,
                version=whole[1] if whole else None,
            )

    @cached_property
    def _by_content(self) -> Mapping[str, tuple[Name, int]]:
        return {
            version.blob_sha: (name, version.number)
            for name, versions in self._versions.items()
            for version in versions
        }

    # -- people and text -----------------------------------------------------------------------------------------------

    def _edits(self, asset: str, key: str, item: ItemRecord) -> Iterator[EditInForce]:
        speaker = item.meta.get("speaker") if asset == "audio" else None
        for made in self._production.edited:
            voiced = asset == "audio" and isinstance(made.edit, ChooseVoice) and made.edit.character == speaker
            wished = (made.asset, made.key) == (PICTURES, f"{asset}/{key}")
            read = asset == "audio" and isinstance(made.edit, Pronounce) and self._has(item, made.key)
            if made.state == "in_force" and ((made.asset, made.key) == (asset, key) or voiced or wished or read):
                yield EditInForce(number=made.number, summary=made.summary, author=made.author, at=made.created_at)

    def _has(self, line: ItemRecord, word: str) -> bool:
        return any(occurrences(line.meta.get("text", ""), {word}))

    def _source(self, asset: str, key: str) -> Source:
        spans = tuple(self._spans(asset, key))
        chapter = chapter_of(asset, key)
        scope: Literal["book", "chapter", "span"] = "book"
        if spans:
            scope = "chapter" if asset in ("passages", "scripts", "scenes") else "span"
        elif chapter and chapter in self._chapters:
            title, length = self._chapters[chapter]
            scope, spans = "chapter", (SourceSpan(chapter=chapter, title=title, start=0, end=length),)
        record = self._production.record
        return Source(scope=scope, spans=spans, filename=record.filename, sha256=record.source_sha)

    @cached_property
    def _chapters(self) -> Mapping[str, tuple[str, int]]:
        return {section.key: (section.title, len(section.text)) for section in self._production.book.sections}

    def _spans(self, asset: str, key: str) -> Iterator[SourceSpan]:
        stretches = self._stretches.get((asset, key), ())
        for chapter, start, end in stretches:
            if chapter in self._chapters:
                yield SourceSpan(chapter=chapter, title=self._chapters[chapter][0], start=start, end=end)

    @cached_property
    def _stretches(self) -> Mapping[Name, Sequence[tuple[str, int, int]]]:
        """The text of lines, scenes and shots, by the names of the items that are about them."""
        found: dict[Name, list[tuple[str, int, int]]] = {}
        lines: dict[str, tuple[str, int, int]] = {}
        for chapter, script in self._scripts.items():
            for scene in script.scenes:
                for asset in ("clips", "lipsync", "motion"):
                    found[asset, scene.id] = [(chapter, scene.start, scene.end)]
                for line in scene.lines:
                    name = line_key(chapter, line.id)
                    lines[name] = (chapter, line.start, line.end)
                    found["audio", name] = [lines[name]]
        for chapter, scenes in self._scenes.items():
            for described in scenes:
                for shot in described.shots:
                    said = [lines[name] for line in shot.lines if (name := line_key(chapter, line)) in lines]
                    if said:
                        found["scene_images", shot.id] = [(chapter, min(s[1] for s in said), max(s[2] for s in said))]
        return found
