"""How books, their state and their events look from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.links import book_link
from litink.library.options import MakeOptions, Terms
from litink.library.repository import BookRecord, SectionRecord
from litink.library.standing import Standing
from litink.production.graph import FAMILIES
from litink.providers.catalogue import Model, Task
from litink.settings import Settings

BookState = Literal["unstarted", "queued", "working", "ready", "failed"]
AssetState = Literal["waiting", "running", "done", "failed"]


class Reason(BaseModel):
    """Why something did not come about: a stable code, and a sentence for a person."""

    code: str
    message: str


class BookLinks(BaseModel):
    """Addresses of what belongs to the book; what has not been made yet answers 404 "not-made-yet"."""

    self: str
    status: str
    events: str
    chapters: str
    film: str
    audiobook: str
    cover: str | None = Field(description="null as long as there is none")


class BookSummary(BaseModel):
    id: UUID
    title: str
    author: str
    language: str = Field(description="BCP 47; und when unknown")
    format: str
    filename: str = Field(description="of the file, or the web address it was found at")
    source_bytes: int
    word_count: int
    options: MakeOptions
    revision: int = Field(description="rises whenever the book is worked on anew")
    state: BookState = Field(description="unstarted: read, and waiting for `POST /books/{id}/start`")
    problem: Reason | None
    published_at: datetime | None = Field(description="since when everybody who is signed in may read it")
    created_at: datetime
    updated_at: datetime
    links: BookLinks

    @classmethod
    def of(cls, book: BookRecord, *, cover: bool) -> BookSummary:
        return cls.model_validate(_summary(book, cover))


class ChapterSummary(BaseModel):
    key: str
    kind: Literal["chapter", "front_matter", "back_matter"]
    number: int | None = Field(description="position among the chapters; null for front and back matter")
    title: str
    path: list[str] = Field(description="titles of the parts above it, outermost first")
    word_count: int
    link: str

    @classmethod
    def of(cls, book_id: UUID, section: SectionRecord) -> ChapterSummary:
        return cls(
            key=section.key,
            kind=section.kind,
            number=section.number,
            title=section.title,
            path=list(section.path),
            word_count=section.word_count,
            link=book_link(book_id, "chapters", section.key),
        )


class BookDetail(BookSummary):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0192f7a4-7d1c-7c3e-9b55-2f6b4f3c1a77",
                    "title": "What the Sea Owes",
                    "author": "A. Writer",
                    "language": "en",
                    "format": "epub",
                    "filename": "what-the-sea-owes.epub",
                    "source_bytes": 18211,
                    "word_count": 2214,
                    "options": {
                        "chapters": "all",
                        "ratio": "16:9",
                        "style": "dialogue",
                        "directive": "",
                        "minutes": None,
                        "motion": "stills",
                        "lipsync": False,
                        "music": "none",
                        "local_fallback": False,
                        "models": {},
                    },
                    "revision": 1,
                    "state": "queued",
                    "problem": None,
                    "published_at": None,
                    "created_at": "2026-01-05T10:00:00Z",
                    "updated_at": "2026-01-05T10:00:00Z",
                    "links": {
                        name: f"/api/v1/books/0192f7a4-7d1c-7c3e-9b55-2f6b4f3c1a77{path}"
                        for name, path in {
                            "self": "",
                            "status": "/status",
                            "events": "/events",
                            "chapters": "/chapters",
                            "film": "/film",
                            "audiobook": "/audiobook",
                            "cover": "/cover",
                        }.items()
                    },
                    "chapters": [
                        {
                            "key": "the-red-column",
                            "kind": "chapter",
                            "number": 1,
                            "title": "The Red Column",
                            "path": [],
                            "word_count": 731,
                            "link": "/api/v1/books/0192f7a4-7d1c-7c3e-9b55-2f6b4f3c1a77/chapters/the-red-column",
                        }
                    ],
                }
            ]
        }
    )

    chapters: list[ChapterSummary] = Field(description="every section in reading order, front and back matter too")

    @classmethod
    def with_chapters(cls, book: BookRecord, sections: Sequence[SectionRecord], *, cover: bool) -> BookDetail:
        return cls.model_validate(
            {**_summary(book, cover), "chapters": [ChapterSummary.of(book.id, s) for s in sections]}
        )


class _Order(MakeOptions, Terms):
    """What to make of what is handed in, and on what terms."""

    @property
    def options(self) -> MakeOptions:
        return MakeOptions.model_validate(self.model_dump(include=set(MakeOptions.model_fields)))

    @property
    def terms(self) -> Terms:
        return Terms.model_validate(self.model_dump(include=set(Terms.model_fields)))


class PastedText(_Order):
    """A text as a book, with what to make of it."""

    title: str = Field(min_length=1, max_length=300, examples=["The Lighthouse"])
    author: str = Field(default="", max_length=300)
    text: str = Field(min_length=1, examples=["Chapter 1\n\nThe lamp went out at nine."])


class WebAddress(_Order):
    """A page or file of the web as a book, with what to make of it."""

    url: str = Field(min_length=1, max_length=2000, examples=["https://example.org/2024/the-lamp"])
    title: str = Field(default="", max_length=300, description="instead of what the page says")


class TermsView(BaseModel):
    """What handing in a book means where providers may have to be paid."""

    paid: bool = Field(description="making a book costs money: without a cap it waits for `POST /books/{id}/start`")
    providers: list[str] = Field(description="who is paid")
    clips: bool = Field(description="`motion: clips` is to be had, at a price")
    lips: bool = Field(description="`lipsync: true` is to be had, at a price")
    composed: bool = Field(description="`music: composed` is to be had, at a price")
    book_cap_usd: Decimal | None = Field(description="the cap of a book that is given none; null: no limit")

    @classmethod
    def of(cls, settings: Settings, paid: Mapping[Task, Sequence[Model]], able: Collection[Task]) -> TermsView:
        providers = sorted({model.provider for ladder in paid.values() for model in ladder})
        return cls(
            paid=bool(paid),
            providers=providers,
            clips="motion" in able,
            lips="lipsync" in able,
            composed="music" in able,
            book_cap_usd=settings.book_cap_usd,
        )


class StartOrder(BaseModel):
    cap_usd: Decimal | None = Field(
        default=None, ge=0, le=100_000, description="the most that the book may ever cost; as it was without it"
    )


class FailedItem(BaseModel):
    key: str
    label: str
    attempts: int
    reason: Reason


class StoodIn(BaseModel):
    key: str
    label: str
    why: str


class AssetStatus(BaseModel):
    asset: str
    stage: str = Field(description="assets of one stage are made in one run")
    state: AssetState
    items_total: int
    items_done: int
    items_failed: int
    items_waiting: int = Field(description="they wait for an accepted plan: `POST /books/{id}/plan`")
    calls: int
    cache_hits: int
    cost_usd: float
    seconds: float
    engine_seconds: float = Field(description="seconds in which at least one call was under way")
    working_on: list[str] = Field(description="what is being made right now")
    failed: list[FailedItem]
    stood_in: list[StoodIn] = Field(
        description="what was made here in place of a model: texts, where the book allows it, and music"
    )
    reason: Reason | None = Field(description="why the asset as a whole failed")
    run: str | None = Field(description="the run in the Dagster UI, where there is one")


class BookStatus(BaseModel):
    book_id: UUID
    title: str
    state: BookState
    problem: Reason | None
    revision: int
    progress: float = Field(ge=0, le=1, description="share of the assets that stand, those under way in part")
    cost_usd: float
    seconds: float
    assets: list[AssetStatus] = Field(description="every asset in the order of the graph")
    last_event_id: int = Field(description="pass it as `after` to the event stream to go on from here")

    @classmethod
    def of(cls, standing: Standing, dagster_address: str | None) -> BookStatus:
        assets = [_asset(name, standing, dagster_address) for name in FAMILIES]
        return cls(
            book_id=standing.book_id,
            title=standing.title,
            state=standing.state,
            problem=_reason(standing.problem),
            revision=standing.revision,
            progress=round(sum(map(_share, assets)) / len(assets), 4),
            cost_usd=sum(asset.cost_usd for asset in assets),
            seconds=round(sum(asset.seconds for asset in assets), 3),
            assets=assets,
            last_event_id=standing.last_event_id,
        )


def _summary(book: BookRecord, cover: bool) -> dict[str, Any]:
    names = ("status", "events", "chapters", "film", "audiobook")
    links = BookLinks(
        self=book_link(book.id),
        cover=book_link(book.id, "cover") if cover or book.cover_sha else None,
        **{name: book_link(book.id, name) for name in names},
    )
    fields = {name: getattr(book, name) for name in BookSummary.model_fields if name != "links"}
    return {**fields, "links": links}


def _asset(name: str, standing: Standing, dagster_address: str | None) -> AssetStatus:
    record = standing.assets.get(name)
    if record is None or record.revision != standing.revision:
        return _waiting(name)
    mine = [item for item in standing.open_items if item.asset == name]
    return AssetStatus(
        asset=name,
        stage=FAMILIES[name].stage,
        state=record.state,
        items_total=record.items_total,
        items_done=record.items_done,
        items_failed=record.items_failed,
        items_waiting=record.items_waiting,
        calls=record.calls,
        cache_hits=record.cache_hits,
        cost_usd=float(record.cost_usd),
        seconds=float(record.seconds),
        engine_seconds=float(record.engine_seconds),
        working_on=[item.label for item in mine if item.state == "running" and record.state == "running"],
        failed=[
            FailedItem(key=item.key, label=item.label, attempts=item.attempts, reason=_reason(item.error) or _UNKNOWN)
            for item in mine
            if item.state == "failed"
        ],
        stood_in=[
            StoodIn(key=item.key, label=item.label, why=item.why) for item in standing.stood_in if item.asset == name
        ],
        reason=_reason(record.error),
        run=f"{dagster_address.rstrip('/')}/runs/{record.run_id}" if dagster_address and record.run_id else None,
    )


@cache  # most of what a book has at first
def _waiting(name: str) -> AssetStatus:
    return AssetStatus(
        asset=name,
        stage=FAMILIES[name].stage,
        state="waiting",
        items_total=0,
        items_done=0,
        items_failed=0,
        items_waiting=0,
        calls=0,
        cache_hits=0,
        cost_usd=0,
        seconds=0,
        engine_seconds=0,
        working_on=[],
        failed=[],
        stood_in=[],
        reason=None,
        run=None,
    )


_UNKNOWN = Reason(code="unknown", message="No reason was recorded.")


def _reason(error: Mapping[str, str] | None) -> Reason | None:
    return Reason.model_validate(error) if error else None


def _share(asset: AssetStatus) -> float:
    if asset.state == "done":
        return 1.0
    return asset.items_done / asset.items_total if asset.items_total else 0.0
