"""What lies under a film's voices: ambience made here or music that is bought, in its scenes and nowhere else. Real
families, generator and cashier against the emulated providers, films by the real encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, select, update

from litink.db.schema import breakers, items
from litink.media.probe import probe
from litink.production.film import FILM
from litink.production.music import beds_of
from litink.production.provenance import BookProvenance
from litink.production.studio import Studio
from litink.production.timeline import timeline_of
from tests.emulated import Emulator
from tests.media.material import audio
from tests.production.conftest import Open
from tests.production.plan.conftest import Story

# One that no other test buys from: what was bought before is known.
ANOTHER_MODEL = """\
[models.music-gen]
provider = "modelslab"
operation = "music"
name = "music-gen"
price = { second = 0.002, estimate = true }
characters = 1000
parameters = ["prompt", "duration"]

[tiers.professional.ladders]
music = ["music-gen"]
"""

pytestmark = [pytest.mark.engines, pytest.mark.timeout(900)]


def clips(story: Story) -> dict[str, str | None]:
    return {key: sha for (asset, key), sha in story.contents().items() if asset == "clips"}


def before_the_first_word(story: Story, scene: str, folder: Path) -> float:
    """The RMS of a clip's sound between its fade in and its first line."""
    production = story.studio.production(story.id)
    clip = next(clip for clip in timeline_of(production).clips if clip.key == scene)
    path = folder / "clip.mp4"
    path.write_bytes(production.objects.get(production.sha("clips", scene)))
    start = clip.lines[0].start_frame * 2000
    return float(np.sqrt(np.square(audio(path)[0][start // 2 : start - 1000]).mean()))


def test_without_the_wish_there_is_no_bed_and_with_it_the_scenes_are_mixed_anew_and_nothing_else(
    studio: Studio, providers: Emulator, tmp_path: Path
) -> None:
    story = Story(studio, tmp_path)
    story.work(film=True)
    scenes = [scene.id for each in studio.production(story.id).scenes.values() for scene in each]
    old, spent = story.contents(), story.spent()
    assert not [name for name in old if name[0] == "music"]
    assert all(before_the_first_word(story, scene, tmp_path) < 1e-3 for scene in scenes)

    plan = story.plan(changes={"music": "ambience"})
    assert {item.asset for item in plan.draft.items if item.state == "missing"} == {"music"}
    assert {item.key for item in plan.draft.items if item.asset == "clips"} == set(scenes)
    assert plan.usd_most == 0
    story.apply(plan)
    story.work(film=True)
    new = story.contents()
    assert {asset for (asset, key), sha in new.items() if old.get((asset, key)) != sha} == {"music", "clips", "film"}
    assert {key for key, sha in clips(story).items() if old["clips", key] != sha} == set(scenes)  # cards as they were
    assert story.spent() == spent
    assert all(before_the_first_word(story, scene, tmp_path) > 0.004 for scene in scenes)
    assert story.plan().draft.items == ()

    production = studio.production(story.id)
    beds = beds_of(production)
    told = BookProvenance(production)
    for scene in scenes:
        assert [one.key for one in told.of("clips", scene).made_from if one.asset == "music"] == [beds[scene].key]
    for item in production.items("music"):
        assert item.meta["made_by"] == "composed locally"
    film = tmp_path / "film.mp4"
    film.write_bytes(production.objects.get(production.sha("film", FILM)))
    sound = probe(film, decode=True).decoded
    assert sound is not None
    assert sound.lufs == pytest.approx(-16.0, abs=1.0)
    assert sound.true_peak_dbtp <= -1.0

    # Another bed for one kind of place: its scenes are mixed anew.
    one = beds[scenes[0]].key
    other = beds_of(production)[scenes[-1]].key
    assert other != one
    with studio.engine.begin() as connection:
        row = (items.c.book_id == story.id, items.c.asset == "music")
        sha = connection.execute(select(items.c.blob_sha).where(*row, items.c.key == other)).scalar_one()
        connection.execute(update(items).where(*row, items.c.key == one).values(blob_sha=sha))
    before = clips(story)
    studio.materialise(story.id, "clips")
    changed = {key for key, content in clips(story).items() if before[key] != content}
    assert changed == {scene for scene, bed in beds.items() if bed.key == one} != set(scenes)


def test_music_is_bought_at_the_price_that_was_told_a_piece_a_mood(
    studio: Studio, providers: Emulator, tmp_path: Path
) -> None:
    story = Story(studio, tmp_path)
    story.work()
    before, bill = story.spent(), providers.bill().total
    plan = story.plan(changes={"music": "composed"})
    moods = {scene.mood for each in studio.production(story.id).scenes.values() for scene in each}
    assert {item.key for item in plan.draft.items if item.asset == "music"} == {f"score-{mood}" for mood in moods}
    story.apply(plan)
    story.work(film=True)
    cost = providers.bill().total - bill
    assert plan.usd_least <= cost <= plan.usd_most
    assert story.spent().get("music", 0) - before.get("music", 0) == cost
    production = studio.production(story.id)
    for item in production.done("music").values():
        assert "ModelsLab" in item.meta["made_by"]
        assert item.meta["seconds"] == pytest.approx(27, abs=0.2)
    assert "Composed by" in production.done("film")[FILM].meta["made_by"]
    # The same mood in another book was bought already.
    other = Story(studio, tmp_path, word=story.word, music="composed")
    bill = providers.bill().by_operation()["music"]
    other.work()
    assert studio.production(other.id).done("music")
    assert providers.bill().by_operation()["music"] == bill


def test_where_no_model_composes_ambience_stands_in_and_a_plan_offers_the_music(
    opened: Open, providers: Emulator, tmp_path: Path
) -> None:
    own = tmp_path / "catalogue.toml"
    own.write_text(ANOTHER_MODEL, encoding="utf-8")
    providers.fault("status", match={"operation": "music"}, status=403)
    with opened(catalogue=own) as studio:
        story = Story(studio, tmp_path, music="composed")
        outcomes = story.work(film=True)
        production = studio.production(story.id)
        made = production.items("music")
        assert made
        assert all(item.state == "done" and "stood_in" in item.meta for item in made)
        assert outcomes["music"].items_stood_in == len(made)
        assert production.done("film")[FILM].meta["missing"] == []
        assert "Composed by" not in production.done("film")[FILM].meta["made_by"]

        providers.clear_faults()
        with studio.engine.begin() as connection:
            connection.execute(delete(breakers))
        plan = story.plan()
        offered = [item for item in plan.draft.items if item.asset == "music"]
        assert {item.key for item in offered if item.model} == {item.key for item in made}
        assert all(item.reasons[0].text.startswith("ambience stood in: ") for item in offered)
        story.apply(plan)
        story.work()
        assert all("music-gen" in item.meta["made_by"] for item in studio.production(story.id).done("music").values())
