"""A book made by paid providers, from its text to its film: what a person gets, what it costs, what happens when a key
goes or a provider fails. The real families, cashier and adapters, against the emulated providers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select, update

from litink.db.schema import items, ledger, payments
from litink.errors import LitinkError
from litink.generation.model import Outcome
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.media.probe import probe
from litink.production.credits import MADE_LOCALLY
from litink.production.film import AUDIOBOOK, FILM
from litink.production.graph import FAMILIES
from litink.production.studio import Studio
from litink.settings import CHECKOUT
from tests.emulated import Emulator
from tests.production.conftest import Open, make

pytestmark = [pytest.mark.engines, pytest.mark.timeout(1200), pytest.mark.usefixtures("healthy")]

SAMPLE = CHECKOUT / "examples" / "what-the-sea-owes.epub"
STORY = """\
Chapter One

Rain fell on the forest at night. Martha held up her lantern, and its light fell on {word}.

“Who is there, {word}?” asked Martha of {word}.

“Only the fox {word},” said old Tobias of {word}, who had a white beard. He shut the door of the hut, sat down at \
the fire and put {word} on the table, and for a long while {word} was all that anybody said.
"""


NO_KEYS = dict.fromkeys(("openrouter_api_key", "modelslab_api_key", "elevenlabs_api_key"))


def shelve(studio: Studio, path: Path, options: MakeOptions) -> UUID:
    with studio.engine.begin() as connection:
        owner = repository.local_user(connection)
    shelf = Shelf(studio.engine, studio.objects)
    return shelf.add(path, filename=path.name, owner_id=owner, options=options).id


def a_story(studio: Studio, folder: Path, **options: Any) -> UUID:
    """A book that nobody has asked a provider about before."""
    path = folder / f"{uuid4().hex}.txt"
    path.write_text(STORY.format(word=uuid4().hex), encoding="utf-8")
    return shelve(studio, path, MakeOptions(ratio="1:1", **options))


def succeeded(made: dict[str, Outcome | LitinkError]) -> dict[str, Outcome]:
    outcomes = {name: outcome for name, outcome in made.items() if isinstance(outcome, Outcome)}
    assert set(outcomes) == set(made), [f"{n}: {e}" for n, e in made.items() if isinstance(e, LitinkError)]
    assert not any(outcome.failures for outcome in outcomes.values())
    return outcomes


def spent(engine: Engine, *books: UUID) -> dict[str, Decimal]:
    """By asset, from the ledger."""
    query = (
        select(ledger.c.asset, func.sum(ledger.c.cost_usd))
        .where(ledger.c.book_id.in_(books), ledger.c.paid)
        .group_by(ledger.c.asset)
    )
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def makers(studio: Studio, book: UUID, asset: str) -> set[str]:
    return {item.meta["made_by"] for item in studio.production(book).done(asset).values()}


# -- all well ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    studio: Studio
    book: UUID
    made: dict[str, Outcome]


@pytest.fixture(scope="module")
def sample(opened: Open, providers: Emulator) -> Iterator[Sample]:
    """The sample book's first chapter, made by providers alone."""
    providers.reset()
    with opened() as studio:
        book = shelve(studio, SAMPLE, MakeOptions(chapters="1", ratio="1:1", motion="clips"))
        yield Sample(studio, book, succeeded(make(studio, book)))


def test_the_first_chapter_becomes_a_film_and_an_audiobook(sample: Sample) -> None:
    production = sample.studio.production(sample.book)
    film, audiobook = production.done("film")[FILM], production.done("audiobook")[AUDIOBOOK]
    assert film.meta["missing"] == []
    with production.objects.as_file(film.blob_sha or "") as path:
        facts = probe(path)
    assert facts.seconds == pytest.approx(film.meta["seconds"], abs=0.1)
    assert audiobook.meta["seconds"] > 60
    assert facts.tags["comment"] == film.meta["made_by"]
    assert "through ModelsLab" in facts.tags["comment"]
    assert "through ElevenLabs" in facts.tags["comment"]


def test_every_item_says_who_made_it(sample: Sample) -> None:
    catalogue = sample.studio.engines.catalogue
    tier = sample.studio.production(sample.book).tier
    for asset, task, deed, provider in (
        ("passages", "embedding", "indexed", "OpenRouter"),
        ("characters", "cast", "written", "OpenRouter"),
        ("scripts", "script", "written", "OpenRouter"),
        ("character_images", "portrait", "drawn", "ModelsLab"),
        ("motion", "motion", "animated", "ModelsLab"),
        ("audio", "speech", "spoken", "ElevenLabs"),
    ):
        first = catalogue.ladder(tier, task)[0]  # type: ignore[arg-type]
        assert makers(sample.studio, sample.book, asset) == {f"{deed} by {first.name} through {provider}"}, asset
    cards = {k: i for k, i in sample.studio.production(sample.book).done("scene_images").items() if "-s" not in k}
    assert cards["title"].meta["made_by"] == "drawn locally"  # words are always set here
    assert cards["cover"].meta["made_by"].startswith("drawn by ")


def test_the_ledger_is_the_providers_bill_to_the_last_cent(sample: Sample, engine: Engine, providers: Emulator) -> None:
    bill = providers.bill()
    by_asset = spent(engine, sample.book)
    assert sum(by_asset.values()) == bill.total > 0
    assert bill.twice == {}
    assert {name: outcome.cost_usd for name, outcome in sample.made.items() if outcome.cost_usd} == by_asset
    production = sample.studio.production(sample.book)
    costs = {name: sum((i.cost_usd for i in production.items(name)), Decimal(0)) for name in by_asset}
    assert costs == by_asset


def test_scenes_follow_the_portraits_of_those_in_them(sample: Sample) -> None:
    production = sample.studio.production(sample.book)
    portraits = {item.blob_sha for item in production.done("character_images").values()}
    peopled = [i for i in production.done("scene_images").values() if "portraits" in i.inputs]
    assert peopled
    with sample.studio.engine.connect() as connection:
        paid = connection.execute(
            select(payments.c.operation, func.count())
            .where(payments.c.book_id == sample.book, payments.c.asset == "scene_images")
            .group_by(payments.c.operation)
        )
        operations = {row[0]: row[1] for row in paid}
    assert operations["image-to-image"] > 0
    assert len(portraits) == len(production.done("character_images"))


def test_clips_show_a_video_for_a_shot_of_each_scene(sample: Sample) -> None:
    from litink.production.timeline import timeline_of

    production = sample.studio.production(sample.book)
    videos = {item.blob_sha for item in production.done("motion").values()}
    shown = {s.motion.video for clip in timeline_of(production).clips for s in clip.shots if s.motion}
    assert shown == videos
    assert len(production.done("motion")) == sum(len(scenes) for scenes in production.scenes.values())


def test_a_video_of_an_earlier_picture_is_not_shown(sample: Sample, engine: Engine) -> None:
    from litink.production.timeline import timeline_of

    scene = next(iter(sample.studio.production(sample.book).done("motion")))
    here = (items.c.book_id == sample.book, items.c.asset == "motion", items.c.key == scene)
    with engine.begin() as connection:
        inputs = connection.execute(select(items.c.inputs).where(*here)).scalar_one()
        connection.execute(update(items).where(*here).values(inputs={**inputs, "picture": "of yesterday"}))
    try:
        clips = {clip.key: clip for clip in timeline_of(sample.studio.production(sample.book)).clips}
    finally:
        with engine.begin() as connection:
            connection.execute(update(items).where(*here).values(inputs=inputs))
    assert not any(shot.motion for shot in clips[scene].shots)
    assert any(shot.motion for clip in clips.values() for shot in clip.shots)


def test_words_are_timed_inside_their_lines(sample: Sample) -> None:
    lines = sample.studio.production(sample.book).done("audio").values()
    assert sum(len(item.meta["words"]) for item in lines) > 300
    for item in lines:
        times = [time for word in item.meta["words"] for time in (word["start"], word["end"])]
        assert times == sorted(times)
        assert times[-1] <= item.meta["seconds"] + 0.01
        assert all(
            word["text"] == item.meta["text"][word["char_start"] : word["char_end"]] for word in item.meta["words"]
        )


def test_a_second_run_calls_nobody(sample: Sample, providers: Emulator) -> None:
    before = len(providers.requests())
    again = succeeded(make(sample.studio, sample.book))
    assert {name: outcome.calls for name, outcome in again.items() if outcome.calls} == {}
    assert len(providers.requests()) == before


# -- keys come and go ------------------------------------------------------------------------------------------------


def test_nobody_is_asked_for_clips_that_were_not_asked_for(
    opened: Open, engine: Engine, providers: Emulator, tmp_path: Path
) -> None:
    with opened() as studio:
        book = a_story(studio, tmp_path)
        assert studio.materialise(book, "chapters")[1].items_done
        for name in list(FAMILIES)[1 : list(FAMILIES).index("motion")]:
            studio.materialise(book, name)
        assert studio.materialise(book, "motion")[1].items_total == 0
    paid = spent(engine, book)
    assert paid["scene_images"] > 0
    assert "motion" not in paid


def test_without_keys_the_book_is_made_locally_and_with_them_nothing_is_paid_again(
    opened: Open, engine: Engine, providers: Emulator, tmp_path: Path
) -> None:
    with opened(motion="local") as studio:
        book = a_story(studio, tmp_path)
        succeeded(make(studio, book))
    paid = spent(engine, book)
    requests = len(providers.requests())
    assert "motion" not in paid

    with opened(**NO_KEYS) as studio:
        made = succeeded(make(studio, book))
        for asset, deed in (("scripts", "written"), ("character_images", "drawn"), ("audio", "spoken")):
            assert makers(studio, book, asset) == {f"{deed} locally"}
        assert studio.production(book).done("film")[FILM].meta["made_by"] == MADE_LOCALLY
    assert made["audio"].calls == made["audio"].items_total
    assert made["chapters"].calls == 0

    with opened(motion="local") as studio:
        succeeded(make(studio, book))
        assert "through ElevenLabs" in next(iter(makers(studio, book, "audio")))
    assert spent(engine, book) == paid
    assert len(providers.requests()) == requests


def test_a_setting_keeps_a_task_here_although_there_is_a_key(opened: Open, tmp_path: Path) -> None:
    with opened(writer="local", embedder="local", voice="local", motion="local") as studio:
        book = a_story(studio, tmp_path)
        succeeded({name: studio.materialise(book, name)[1] for name in list(FAMILIES)[:8]})
        assert makers(studio, book, "characters") == {"written locally"}
        assert all("ModelsLab" in maker for maker in makers(studio, book, "character_images"))


def test_the_version_of_an_asset_changes_with_the_key_and_only_where_it_makes_a_difference(opened: Open) -> None:
    def versions(**changes: Any) -> dict[str, str]:
        with opened(**changes) as studio:
            return {name: family.code_version(studio.engines) for name, family in FAMILIES.items()}

    local, voices = versions(**NO_KEYS), versions(openrouter_api_key=None, modelslab_api_key=None)
    assert {name for name in FAMILIES if local[name] != voices[name]} == {"audio"}
    assert {name for name in FAMILIES if local[name] != versions()[name]} == {
        name for name, family in FAMILIES.items() if family.done_by
    }


# -- faults ------------------------------------------------------------------------------------------------------------


def test_pictures_that_fail_and_a_voice_that_is_cut_off_end_in_a_film_that_says_what_it_lacks(
    opened: Open, engine: Engine, providers: Emulator, tmp_path: Path
) -> None:
    providers.reset()
    providers.fault("status", match={"contains": "Medium shot"}, status=500)
    providers.fault("failed", match={"operation": "image-to-video"})
    providers.fault("cut", match={"operation": "speech", "nth": 1}, times=1)  # billed, and no answer
    with opened() as studio:
        book = a_story(studio, tmp_path, motion="clips")
        made = make(studio, book)
        production = studio.production(book)
        film = production.done("film")[FILM]
        lines = production.items("audio")
        failed = [item for name in FAMILIES for item in production.items(name) if item.state == "failed"]
    assert all(item.state == "done" for item in lines)  # what was lost was found in the provider's history
    assert {gap["kind"] for gap in film.meta["missing"]} == {"picture", "motion"}
    assert {item.error["code"] for item in failed if item.error} == {"payment-held", "providers-failed"}
    assert all(item.error and item.error["code"] and item.error["message"] for item in failed)
    assert isinstance(made["film"], Outcome)
    assert isinstance(made["audiobook"], Outcome)
    bill = providers.bill()
    assert bill.twice == {}
    assert sum(spent(engine, book).values()) == bill.total


def test_a_fallback_is_told(opened: Open, providers: Emulator, tmp_path: Path) -> None:
    with opened(writer="local", embedder="local", motion="local", painter="local") as studio:
        first, second, *_ = studio.engines.catalogue.ladder("professional", "speech")
        providers.fault("status", match={"model": first.name}, status=403)
        book = a_story(studio, tmp_path)
        for name in ("chapters", "characters", "plot_overview", "scripts", "audio"):
            studio.materialise(book, name)
        lines = list(studio.production(book).done("audio").values())
    assert lines
    assert all(item.meta["fallback"] and second.name in item.meta["made_by"] for item in lines)
    assert {item.recipe["voice"]["model"] for item in lines} == {first.name}
