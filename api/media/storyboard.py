"""Pictures and lines put in the film's order, from items, scenes and scripts. No route, no bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from api.links import item_link
from api.media.schemas import ItemState, Pictures, PictureView, SpokenLine, SpokenWord, StoryboardPicture
from litink.generation.records import ItemRecord
from litink.production.credits import made_by
from litink.production.names import COVER, TITLE, card_key, line_key
from litink.story.model import SceneDescription, Script, Shot

_CAPTION = 200  # characters


def pictures(
    book_id: UUID,
    portraits: Sequence[ItemRecord],
    drawn: Sequence[ItemRecord],
    scenes: Sequence[SceneDescription],
    scripts: Mapping[str, Script],
) -> Pictures:
    by_key = {item.key: item for item in drawn}
    chapters = dict.fromkeys(scene.chapter for scene in scenes)
    cards = [key for key in (TITLE, *map(card_key, chapters)) if key in by_key]
    shots = [by_key[shot.id] for scene in scenes for shot in scene.shots if shot.id in by_key]
    makers = dict.fromkeys(made_by(item.meta, "drawn") for item in shots if item.state == "done")
    return Pictures(
        made_by="; ".join(makers) or "drawn locally",
        cover=_picture(book_id, "scene_images", by_key[COVER]) if COVER in by_key else None,
        cards=[_picture(book_id, "scene_images", by_key[key]) for key in cards],
        portraits=[_picture(book_id, "character_images", item) for item in portraits],
        storyboard=[
            StoryboardPicture(
                **dict(_picture(book_id, "scene_images", by_key[shot.id], _said(shot, said) or scene.title)),
                chapter=scene.chapter,
                scene=scene.id,
                scene_title=scene.title,
                size=shot.size,
                figures=[figure.character for figure in shot.figures],
                lines=list(shot.lines),
            )
            for scene, said in ((scene, _lines_of(scene, scripts)) for scene in scenes)
            for shot in scene.shots
            if shot.id in by_key
        ],
    )


def lines(book_id: UUID, spoken: Mapping[str, ItemRecord], scripts: Sequence[Script]) -> Iterator[SpokenLine]:
    """Every line of the scripts, whether or not it has been spoken yet."""
    for script in scripts:
        for line in (line for scene in script.scenes for line in scene.lines):
            key = line_key(script.chapter, line.id)
            item = spoken.get(key)
            done = item if item and item.state == "done" else None
            yield SpokenLine(
                key=key,
                state=_state(item),
                chapter=script.chapter,
                speaker=line.speaker,
                voice=done.meta.get("voice") if done else None,
                text=line.text,
                seconds=done.meta["seconds"] if done else None,
                link=item_link(book_id, "audio", key) if done else None,
                made_by=made_by(done.meta, "spoken") if done else None,
                words=[SpokenWord.model_validate(word) for word in done.meta["words"]] if done else [],
            )


def _picture(book_id: UUID, asset: str, item: ItemRecord, caption: str = "") -> PictureView:
    done = item.state == "done"
    return PictureView(
        key=item.key,
        label=item.label,
        state=_state(item),
        link=item_link(book_id, asset, item.key) if done else None,
        width=item.meta.get("width") if done else None,
        height=item.meta.get("height") if done else None,
        caption=caption or item.label,
        made_by=made_by(item.meta, "drawn") if done else None,
    )


def _state(item: ItemRecord | None) -> ItemState:
    return item.state if item else "pending"  # type: ignore[return-value]


def _lines_of(scene: SceneDescription, scripts: Mapping[str, Script]) -> dict[str, str]:
    script = scripts.get(scene.chapter)
    found = next((s for s in script.scenes if s.id == scene.id), None) if script else None
    return {line.id: line.text for line in found.lines} if found else {}


def _said(shot: Shot, texts: Mapping[str, str]) -> str:
    """What is heard while the picture stands, cut at a word."""
    said = " ".join(" ".join(texts.get(line, "") for line in shot.lines).split())
    if len(said) <= _CAPTION:
        return said
    return said[:_CAPTION].rsplit(" ", 1)[0].rstrip(" ,;:—–-") + "…"
