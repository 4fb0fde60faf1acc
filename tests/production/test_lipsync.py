"""Lips that move with the voices: drawn mouths on this machine, a provider's videos of painted faces; what is made
again when a line changes, and what the film does when nobody can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import cv2
import numpy as np
import pytest
from sqlalchemy import Engine, func, select

from litink.db.schema import ledger
from litink.errors import LitinkError
from litink.generation.model import Outcome
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.media.mouths import OPENNESS
from litink.media.sound import decode
from litink.media.talking import read_plan
from litink.media.timeline import FPS
from litink.production.context import Production
from litink.production.film import FILM
from litink.production.graph import FAMILIES
from litink.production.plan.model import PlanOptions
from litink.production.speaking import drawn_here, speaking
from litink.production.studio import Studio
from litink.production.timeline import still_timeline_of, timeline_of
from litink.settings import Settings
from tests.emulated import Emulator
from tests.production.conftest import Open, make

pytestmark = [pytest.mark.engines, pytest.mark.timeout(1800)]

STORY = """\
Chapter One

Rain fell on the forest at night. Martha held up her lantern and looked for the path to the old house on the hill.

“Somebody was here before us, and they took the lamp!” cried Martha. “We must find out who they were, and where they \
went, before the morning comes and {weather} has washed all of it away!”

Chapter Two

In the morning the kitchen was warm. Martha put the kettle on the stove and sat down at the table by the window.

“It was {who},” cried Martha. “I saw the marks of its feet upon the wet sand, all the way from the door down to the \
water, through {weather}, and I shall follow them whatever anybody says!”
"""


def shelve(studio: Studio, folder: Path, who: str, weather: str = "the rain", **options: Any) -> UUID:
    """``weather`` is in what is said near by in both scenes: what was bought for one story is not known for another."""
    path = folder / f"{uuid4().hex}.txt"
    path.write_text(STORY.format(who=who, weather=weather), encoding="utf-8")
    with studio.engine.begin() as connection:
        owner = repository.local_user(connection)
    shelf = Shelf(studio.engine, studio.objects)
    return shelf.add(path, filename="story.txt", owner_id=owner, options=MakeOptions(ratio="1:1", **options)).id


def outcome(made: dict[str, Outcome | LitinkError], asset: str) -> Outcome:
    found = made[asset]
    assert isinstance(found, Outcome), found
    return found


# -- drawn here --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    studio: Studio
    book: UUID
    made: dict[str, Outcome | LitinkError]

    @property
    def production(self) -> Production:
        return self.studio.production(self.book)


@pytest.fixture(scope="module")
def drawn(settings: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawn]:
    with Studio.opened(settings) as studio:
        book = shelve(studio, tmp_path_factory.mktemp("story"), "a fox")
        yield Drawn(studio, book, make(studio, book))


def test_mouths_move_where_somebody_is_seen_to_speak_near_by(drawn: Drawn) -> None:
    items = drawn.production.done("lipsync")
    assert len(items) == 2
    assert all(item.meta["made_by"] == "lip-synced locally" and item.meta["mouths"] for item in items.values())
    for clip in timeline_of(drawn.production).clips:
        moving = [shot for shot in clip.shots if shot.mouths]
        assert bool(moving) == (clip.key in items)
        for shot in moving:
            plan = read_plan(drawn.studio.objects.get(shot.mouths or ""))
            assert shot.mouths == items[clip.key].blob_sha
            assert plan.of(shot.picture)
    assert drawn.production.done("film")[FILM].meta["missing"] == []


def test_mouths_open_with_the_voice(drawn: Drawn) -> None:
    """The openness of the mouth goes with the loudness of the speech, both over a quarter of a second."""
    production = drawn.production
    audio, found = production.done("audio"), []
    for one in speaking(production, still_timeline_of(production)):
        plan = read_plan(production.objects.get(production.done("lipsync")[one.scene.id].blob_sha or ""))
        track = next(iter(plan.pictures.values())).faces[0].track
        opened, heard = np.zeros(one.clip.frames), np.zeros(one.clip.frames)
        near = np.zeros(one.clip.frames, bool)  # half a second around what is said belongs to it
        for (start, shape), end in zip(track, [*(frame for frame, _ in track[1:]), one.clip.frames], strict=True):
            opened[start:end] = OPENNESS[shape]
        for line in {spoken.line.id: spoken.line for seen in one.shots for spoken in seen.lines}.values():
            samples, rate = decode(production.objects.get(audio[line.id].blob_sha or ""))
            near[max(0, line.start_frame - FPS // 2) : line.start_frame + int((line.seconds + 0.5) * FPS)] = True
            for frame in range(int(line.seconds * FPS)):
                piece = samples[frame * rate // FPS : (frame + 1) * rate // FPS]
                heard[line.start_frame + frame] = np.mean(np.square(piece)) ** 0.25
        smooth = [np.convolve(row, np.ones(6) / 6, "same")[near] for row in (opened, heard)]
        found.append(float(np.corrcoef(*smooth).item(1)))
    assert min(found) > 0.45, found  # of mouths that have nothing to do with the sound it is about 0


def test_the_film_shows_it(drawn: Drawn) -> None:
    """In the coded clip, what is around the mouth changes much more while it speaks than what is not."""
    import av

    production = drawn.production
    one = next(iter(speaking(production, still_timeline_of(production))))
    seen = max(one.shots, key=lambda shot: shot.spoken_seconds)
    plan = read_plan(production.objects.get(production.done("lipsync")[one.scene.id].blob_sha or ""))
    (mouths, face) = plan.of(seen.timed.picture)[0]
    with (
        production.objects.as_file(production.done("clips")[one.scene.id].blob_sha or "") as path,
        av.open(str(path)) as container,
    ):
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    changes: dict[bool, list[float]] = {True: [], False: []}
    shapes = dict(face.track)
    for number in range(seen.span[0] + 13, seen.span[1] - 13):
        view = seen.timed.move.at((number - seen.span[0]) / (seen.span[1] - seen.span[0] - 1))
        x, y = (face.box[0] + face.box[2] / 2) / mouths.width, (face.box[1] + face.box[3] / 2) / mouths.height
        size = frames[number].shape[0]
        column, row = round((x - view.left) * view.zoom * size), round((y - view.top) * view.zoom * size)
        part = (slice(row - 14, row + 14), slice(column - 20, column + 20))
        changes[number in shapes].append(float(cv2.absdiff(frames[number][part], frames[number - 1][part]).mean()))
    assert np.median(changes[True]) > 4 * np.median(changes[False])


def test_another_line_moves_the_mouths_of_its_own_scene_alone(drawn: Drawn, tmp_path: Path) -> None:
    other = shelve(drawn.studio, tmp_path, "an old fox")
    made = make(drawn.studio, other)
    assert outcome(made, "lipsync").calls == 1
    assert outcome(made, "lipsync").items_total == 2
    assert outcome(made, "clips").calls == 1


def test_nothing_is_made_twice(drawn: Drawn) -> None:
    again = make(drawn.studio, drawn.book)
    assert {name: found.calls for name, found in again.items() if isinstance(found, Outcome) and found.calls} == {}


# -- bought ------------------------------------------------------------------------------------------------------------


def spent(engine: Engine, book: UUID) -> dict[str, Decimal]:
    query = (
        select(ledger.c.asset, func.sum(ledger.c.cost_usd))
        .where(ledger.c.book_id == book, ledger.c.paid)
        .group_by(ledger.c.asset)
    )
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


# Pictures are what lips are bought for; all else is made here.
ONLY_PICTURES = {"writer": "local", "embedder": "local", "voice": "local"}


@pytest.mark.usefixtures("healthy")
def test_a_provider_moves_the_lips_of_one_painted_face_a_scene(
    opened: Open, engine: Engine, providers: Emulator, tmp_path: Path
) -> None:
    providers.reset()
    with opened(**ONLY_PICTURES) as studio:
        book = shelve(studio, tmp_path, "a fox", "the hail", lipsync=True)
        made = make(studio, book)
        production = studio.production(book)
        items, timeline = production.done("lipsync"), timeline_of(production)
        assert not any(drawn_here(item) for key, item in production.done("scene_images").items() if "-s" in key)
        plan = studio.planner.plan(production.record, PlanOptions())
    assert outcome(made, "film").items_done == 4
    assert len(items) == 2
    wanted = {one.scene.id: one.shots[0] for one in speaking(production, still_timeline_of(production))}
    for key, item in items.items():
        assert item.media_type == "video/mp4"
        assert item.meta["made_by"] == "lip-synced by lipsync-2 through ModelsLab"
        assert item.meta["seconds"] == pytest.approx(wanted[key].seconds, abs=0.25)
        shown = [shot.motion for clip in timeline.clips if clip.key == key for shot in clip.shots if shot.motion]
        assert [(motion.video, motion.synced) for motion in shown] == [(item.blob_sha, True)]
    paid = spent(engine, book)
    assert paid["lipsync"] == sum(item.cost_usd for item in items.values()) > 0
    assert sum(paid.values()) == providers.bill().total
    assert [item.asset for item in plan.draft.items if item.model] == []  # all that was bought is as it would be bought


@pytest.mark.usefixtures("healthy")
def test_where_no_lips_can_be_moved_the_film_shows_the_picture_and_says_so(
    opened: Open, providers: Emulator, tmp_path: Path
) -> None:
    providers.reset()
    providers.fault("failed", match={"operation": "lip-sync"})
    with opened(**ONLY_PICTURES) as studio:
        book = shelve(studio, tmp_path, "a fox", "the snow", lipsync=True)
        made = make(studio, book)
        production = studio.production(book)
        film = production.done("film")[FILM]
        clips = timeline_of(production).clips
    assert outcome(made, "lipsync").items_failed == 2
    assert {(gap["kind"], gap["scene"]) for gap in film.meta["missing"]} == {
        ("lipsync", clip.key) for clip in clips if clip.kind == "scene"
    }
    assert not any(shot.motion or shot.mouths for clip in clips for shot in clip.shots)


@pytest.mark.usefixtures("healthy")
def test_nobody_is_asked_for_lips_that_were_not_asked_for(opened: Open, engine: Engine, tmp_path: Path) -> None:
    with opened(**ONLY_PICTURES) as studio:
        book = shelve(studio, tmp_path, "a fox", "the fog")
        for name in list(FAMILIES)[: list(FAMILIES).index("lipsync")]:
            studio.materialise(book, name)
        assert studio.materialise(book, "lipsync")[1].items_total == 0
        production = studio.production(book)
        wished = studio.planner.plan(production.record, PlanOptions(changes={"lipsync": "true"})).draft
        seconds = [
            one.shots[0].seconds
            for one in speaking(
                Production(studio.engine, studio.objects, studio.engines, book, MakeOptions(ratio="1:1", lipsync=True)),
                still_timeline_of(production),
            )
        ]
    assert "lipsync" not in spent(engine, book)
    priced = [item for item in wished.items if item.asset == "lipsync"]
    assert len(priced) == len(seconds) == 2
    for item, length in zip(priced, seconds, strict=True):
        assert item.usd_least <= Decimal("0.05") * Decimal(length) <= item.usd_most <= Decimal("0.05") * 14
