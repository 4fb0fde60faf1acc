"""What every item of a book is really made from: the oracle of ``regeneration.py``. It knows no cache keys.

What is bought is watched at the cashier's counter: the requests that an item's making sends, whole, as the provider
would get them. To *look* is to go through an item's making once more with a counter that sends nothing: it answers what
was answered before, and ends where something would have to be asked. What language models are asked for is compared by
its outcome as well, since a text is put together here from their answers, and by what is read here before anybody is
asked: to find the cast and the cross-references all of the book, to divide a chapter into scenes who is named in it.
What is drawn or spoken here is the engine's arguments, as they reach it. What is cut and joined are pictures and sounds
by their bytes, and the times.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any

from litink.errors import PermanentFailure
from litink.generation.model import Purpose
from litink.generation.paid.cashier import Bought, Cashier, Offer
from litink.media.captions import captions, to_srt, to_vtt
from litink.media.karaoke import to_ass
from litink.production.context import CROSS_REFERENCES, Production
from litink.production.engines import Engines
from litink.production.film import ASS, AUDIOBOOK, FILM, SRT, VTT, made_by_of
from litink.production.graph import FAMILIES, STAGES
from litink.production.names import COVER
from litink.production.read_along import READ_ALONG
from litink.production.timeline import timeline_of
from litink.providers.wire import Request
from litink.settings import Settings

Name = tuple[str, str]  # asset and key of an item
LAST = list(STAGES)[-1]
_BY_ONE_REQUEST = ("character_images", "scene_images", "motion", "music", "audio")  # the answer needs no look


class Ended(Exception):
    """What an item is made from is known; nothing more of its making is wanted."""


class Counter:
    """A cashier that notes every request and its answer, and one that answers from these notes alone."""

    def __init__(self) -> None:
        self.answers: dict[str, Bought[Any]] = {}
        self.asked: list[str] = []
        self._lock = Lock()

    def making(self, cashier: Cashier) -> _Making:
        return _Making(self, cashier)

    def note(self, name: str, bought: Bought[Any] | None = None) -> None:
        with self._lock:
            self.asked.append(name)
            if bought is not None:
                self.answers[name] = bought


class _Making:
    def __init__(self, counter: Counter, cashier: Cashier) -> None:
        self._counter, self._cashier = counter, cashier

    def __enter__(self) -> _Making:
        self._cashier.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._cashier.__exit__(*error)

    def buy(self, purpose: Purpose, ladder: Sequence[Offer], check: Callable[..., Any]) -> Bought[Any]:
        bought = self._cashier.buy(purpose, ladder, check)
        keep = purpose.asset not in _BY_ONE_REQUEST or purpose.item_key == COVER
        self._counter.note(_name(ladder[0].build(0)), bought if keep else None)
        return bought


class _Looking:
    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def __enter__(self) -> _Looking:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def buy(self, purpose: Purpose, ladder: Sequence[Offer], _: Callable[..., Any]) -> Bought[Any]:
        name = _name(ladder[0].build(0))
        self._counter.note(name)
        if name not in self._counter.answers:
            raise Ended
        return self._counter.answers[name]


class _Arguments:
    """An engine of this machine that notes what it is asked for and does nothing."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def __getattr__(self, deed: str) -> Callable[..., Any]:
        def asked(*values: Any, **named: Any) -> Any:
            self._counter.note(_hash([deed, [_plain(v) for v in values], {k: _plain(v) for k, v in named.items()}]))
            raise Ended

        return asked


class _Watched(Engines):
    """Engines that make nothing."""

    def __init__(self, settings: Settings, counter: Counter) -> None:
        super().__init__(settings, lambda: _Looking(counter))  # type: ignore[arg-type,return-value]
        self._counter = counter

    @cached_property
    def _painters(self) -> Any:
        return _Arguments(self._counter)

    @cached_property
    def _speakers(self) -> Any:
        return _Arguments(self._counter)


@contextmanager
def watched(settings: Settings, counter: Counter) -> Iterator[Engines]:
    engines = _Watched(settings, counter)
    with engines._open:
        yield engines


def made_from(of: Callable[[Engines], Production], engines: Engines, counter: Counter) -> dict[Name, str]:
    """A hash of what each item is made from as the book stands; the reading is left out, which an act itself does."""
    production = of(engines)
    found: dict[Name, str] = {}
    for asset, family in FAMILIES.items():
        if asset == "chapters" or family.stage == LAST:
            continue
        for task in family.tasks(production):
            counter.asked = []
            purpose = Purpose(production.owned, asset, task.key, "", None, task.label)
            try:
                data = task.make(purpose).data
                outcome = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""
            except Ended:
                outcome = ""
            read = _read(production, asset, task.key)
            found[asset, task.key] = _hash([asset, sorted(counter.asked), outcome, read])
    return found | _last(production)


def _read(production: Production, asset: str, key: str) -> Sequence[object]:
    """What of the book is read for an item by rules, which costs nothing and must be done to know what comes of it."""
    if asset == "characters":
        return [section.text for section in production.book.chapters]
    if asset == CROSS_REFERENCES:
        items = production.done("passages")
        return [[section.text, items[section.key].blob_sha] for section in production.chapters if section.key in items]
    if asset != "scripts":
        return []
    text = next(section.text for section in production.chapters if section.key == key).lower()
    speaking = {quotation.speaker for quotation in production.cast.quotations if quotation.chapter == key}
    return [
        [character.id, character.name]
        for character in production.cast.characters
        if character.id in speaking or any(name.lower() in text for name in (character.name, *character.aliases))
    ]


def _last(production: Production) -> dict[Name, str]:
    try:
        timeline = timeline_of(production)
    except PermanentFailure:
        return {}
    audio = {key: item.blob_sha for key, item in production.done("audio").items()}
    clips = {key: item.blob_sha for key, item in production.done("clips").items()}
    cover = production.done("scene_images").get(COVER)
    record = production.record
    seen = {
        ("clips", clip.key): [
            timeline.ratio,
            clip.frames,
            [_plain(shot) for shot in clip.shots],
            [[line.start_frame, line.gain, audio[line.id]] for line in clip.lines if not line.missing],
            clip.bed,
        ]
        for clip in timeline.clips
    }
    cues = captions(timeline)
    markers = [_plain(marker) for marker in timeline.markers]
    about = [record.title, record.author, record.language, cover.blob_sha if cover else None]
    joined = [[clips.get(clip.key) for clip in timeline.clips], to_srt(cues), markers, about, made_by_of(production)]
    heard = [[one.start, one.end, one.line.gain, audio.get(one.line.id)] for one in timeline.spoken()]
    read = [[chapter.title, chapter.text, _plain(chapter.blocks)] for chapter in production.chapters]
    lines = [_plain(script) for script in production.scripts.values()]
    whole = {
        ("film", FILM): joined,
        ("film", VTT): to_vtt(cues),
        ("film", SRT): to_srt(cues),
        ("film", ASS): to_ass(cues, timeline.ratio),
        ("audiobook", AUDIOBOOK): [heard, [marker.title for marker in timeline.markers], about],
        ("read_along", READ_ALONG): [heard, read, [[s["chapter"], _spans(s)] for s in lines], about],
    }
    return {name: _hash([*name[:1], value]) for name, value in {**seen, **whole}.items()}


def _spans(script: Any) -> list[Any]:
    """What of a script shows on a page: where its lines stand, and what they say instead."""
    every = [line for scene in script["scenes"] for line in scene["lines"]]
    return [[line["id"], line["start"], line["end"], line["text"] if line.get("by_person") else ""] for line in every]


def _name(request: Request) -> str:
    body = {"provider": request.provider, "operation": request.operation, "model": request.model}
    files = {field: [upload.sha for upload in files] for field, files in request.uploads.items()}
    return _hash([body, _plain(request.body), files, dict(request.address)])


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field: _plain(getattr(value, field)) for field in value.__dataclass_fields__}
    return value


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode(errors="surrogatepass")).hexdigest()
