"""Pictures and videos from a provider: described by the book, following portraits, checked, never bought twice."""

from __future__ import annotations

import json
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.errors import PermanentFailure
from litink.media.probe import probe
from litink.objects import sha256_of
from litink.production.paid.motion import length_of
from litink.production.paid.painter import PaidPainter
from litink.production.paid.prompts import (
    described,
    fitted,
    motion_prompt,
    portrait_prompt,
    scene_prompt,
)
from litink.providers.base import Picture
from litink.providers.catalogue import load
from litink.providers.local.painter import cards
from litink.providers.wire import Upload
from litink.story.edits.kinds import WishPicture
from litink.story.model import Character, Figure, Look, SceneDescription, Shot
from tests.emulated import Emulator
from tests.production.paid.conftest import Desk

MARTHA = Character(
    id="martha", name="Martha", gender="female", age="old", look=Look(hair="white", clothes="a green coat")
)
TOBIAS = Character(id="tobias", name="Tobias", gender="male", age="adult", look=Look(beard=True, beard_style="full"))


def scene(word: str = "", **changes: Any) -> tuple[SceneDescription, Shot]:
    shot = Shot(
        id="c1-s1-1", size="wide", figures=(Figure(character="martha"), Figure(character="tobias")), lines=(),
        prompt=f"Martha shows Tobias the lamp {word}".strip(),
    )  # fmt: skip
    described = SceneDescription(
        id="c1-s1", chapter="c1", number=1, title="The lamp", setting="harbour", indoors=False, place="the old pier",
        time_of_day="night", weather="rain", mood="tense", present=("martha", "tobias"), shots=(shot,),
    )  # fmt: skip
    return described.model_copy(update=changes), shot


def upload(picture: Picture) -> Upload:
    return Upload(sha256_of(picture.data), picture.media_type, lambda: picture.data)


def painter(desk: Desk, portraits: dict[str, Upload] | None = None) -> PaidPainter:
    found = desk.engines.illustrator_for("scene_image", desk.purpose, desk.credits, portraits)
    assert found is not None
    return found


# -- prompts -----------------------------------------------------------------------------------------------------------


def test_a_prompt_says_what_the_book_says() -> None:
    portrait = fitted(portrait_prompt(MARTHA), 2000)
    assert all(word in portrait for word in ("Martha", "old woman", "white hair", "green coat"))
    described, shot = scene()
    prompt = fitted(scene_prompt(described, shot, [MARTHA, TOBIAS]), 2000)
    assert "Wide shot" in prompt
    assert "picture 1 shows Martha; picture 2 shows Tobias" in prompt
    assert "old pier" in prompt


def test_the_most_important_is_kept_when_a_model_takes_little() -> None:
    sentences = scene_prompt(*scene(), [])
    assert fitted(sentences, 60).startswith("Wide shot: Martha shows Tobias the lamp")
    assert fitted(("one two three four",), 9) == "one two"


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=6), st.integers(1, 200), st.integers(0, 5))
def test_a_prompt_never_exceeds_what_a_model_takes(sentences: list[str], characters: int, variation: int) -> None:
    assert len(fitted(sentences, characters, variation)) <= characters


@given(st.text(max_size=600))
def test_a_books_words_are_one_plain_line_in_a_prompt(text: str) -> None:
    plain = described(text)
    assert len(plain) <= 400
    assert plain.isprintable()
    assert not set(plain) & set("<>{}[]()|\\`*_#^~=\n")


def test_another_try_is_another_prompt_where_a_model_takes_no_seed() -> None:
    prompts = {fitted(motion_prompt(scene()[1]), None, variation) for variation in range(6)}
    assert len(prompts) == 6


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_a_scene_follows_the_portraits_of_those_in_it(desk: Desk, emulator: Emulator) -> None:
    portraits = {c.id: upload(painter(desk).portrait(c)) for c in (MARTHA, TOBIAS)}
    described, shot = scene(desk.word)
    cast = {"martha": MARTHA, "tobias": TOBIAS}
    picture = painter(desk, portraits).scene(described, shot, cast, "16:9")
    assert picture.width > picture.height
    first = desk.engines.ladder(desk.owned.tier, "scene_image")[0]
    assert first.references
    assert desk.states()[-1] == (first.id, "done")

    charges = len(emulator.bill().charges)
    painter(desk, portraits).scene(described, shot, cast, "16:9")
    assert len(emulator.bill().charges) == charges
    other = {**portraits, "martha": upload(painter(desk).portrait(MARTHA.model_copy(update={"age": "young"})))}
    painter(desk, other).scene(described, shot, cast, "16:9")
    assert len(emulator.bill().charges) == charges + 2  # the new portrait, and the scene that follows it


def test_a_scene_of_nobody_is_drawn_from_words_by_the_first_model_that_does_so(desk: Desk) -> None:
    described, shot = scene(desk.word)
    empty = shot.model_copy(update={"figures": ()})
    assert painter(desk).scene(described, empty, {}, "9:16").height > 1000
    words = [m for m in desk.engines.ladder(desk.owned.tier, "scene_image") if not m.references]
    assert desk.states() == [(words[0].id, "done")]
    assert "fallback" not in desk.credits.meta("drawn")


def test_no_more_portraits_go_along_than_a_model_takes(desk: Desk, emulator: Emulator) -> None:
    people = [TOBIAS.model_copy(update={"id": f"p{n}", "name": f"Person {n}"}) for n in range(6)]
    portrait = upload(painter(desk).portrait(TOBIAS))
    first, *_, last = [m for m in desk.engines.ladder(desk.owned.tier, "scene_image") if m.references]
    emulator.fault("status", match={"model": first.name}, status=403)
    described, shot = scene(desk.word)
    crowd = shot.model_copy(update={"figures": tuple(Figure(character=p.id) for p in people)})
    cast = {p.id: p for p in people}
    assert painter(desk, {p.id: portrait for p in people}).scene(described, crowd, cast, "1:1")
    assert last.references < len(people)
    assert "done" in {state for _, state in desk.states()[1:]}


def test_another_take_and_other_words_are_other_pictures_and_the_words_are_asked_for(
    desk: Desk, emulator: Emulator
) -> None:
    martha = MARTHA.model_copy(update={"name": f"Martha {desk.word}"})

    def drawn(words: str = "", take: int = 0) -> str:
        wish = WishPicture(asset="character_images", key="martha", words=words, take=take)
        found = desk.engines.illustrator_for("portrait", desk.purpose, desk.credits, None, wish)
        assert found is not None
        return sha256_of(found.portrait(martha).data)

    plain = sha256_of(painter(desk).portrait(martha).data)
    assert drawn() == plain
    assert len({plain, drawn(take=1), drawn(take=2), drawn("laughing <lora:x>")}) == 4
    assert len(emulator.bill().charges) == 4
    assert "laughing lora:x" in json.dumps(emulator.requests())


def test_a_picture_that_is_none_is_paid_for_and_never_kept(desk: Desk, emulator: Emulator) -> None:
    emulator.fault("empty_output", times=1)
    assert painter(desk).portrait(MARTHA.model_copy(update={"name": f"Martha {desk.word}"}))
    assert [state for _, state in desk.states()] == ["wrong", "done"]


# -- covers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "media_type"), [(".png", "image/png"), (".jpg", "image/jpeg"), (".webp", "image/webp")]
)
def test_a_title_is_set_on_the_providers_picture(suffix: str, media_type: str) -> None:
    picture = np.full((1408, 768, 3), 120, np.uint8)
    cv2.circle(picture, (384, 800), 100, (20, 200, 240), -1)  # what must not be cut or moved: it lies near the middle
    backdrop = Picture(bytes(cv2.imencode(suffix, picture)[1]), media_type, 768, 1408)
    plain = cards.cover("What the Sea Owes", "Nobody", seed="x")
    cover = cards.cover("What the Sea Owes", "Nobody", seed="x", backdrop=backdrop)
    assert (cover.width, cover.height) == (plain.width, plain.height) == (1600, 2400)
    shown = cv2.imdecode(np.frombuffer(cover.data, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    y = 1200 + round((800 - 704) * 1600 / 768)
    assert shown[y, 800] == pytest.approx((20, 200, 240), abs=12)
    assert shown[y, 300] == pytest.approx((120, 120, 120), abs=12)
    title = shown[280:900, 300:1300]
    assert title.max() > 230  # the words are there
    assert cards.cover("What the Sea Owes", "Nobody", seed="x").data == plain.data


def test_a_cover_of_a_provider_is_drawn_tall(desk: Desk) -> None:
    backdrop = painter(desk).backdrop(scene(desk.word, place=f"pier {desk.word}")[0])
    assert backdrop.height > 1.5 * backdrop.width
    cover = desk.engines.local_painter.cover("T", "A", seed="x", backdrop=backdrop)
    assert (cover.width, cover.height) == (1600, 2400)


# -- motion ------------------------------------------------------------------------------------------------------------


def test_a_picture_comes_back_moving_for_as_long_as_the_model_says(desk: Desk) -> None:
    picture = painter(desk).portrait(MARTHA)
    animator = desk.engines.animator_for(desk.purpose, desk.credits)
    seconds = desk.engines.motion_seconds(desk.owned.tier, 4.5)
    video = animator.animate(picture, (f"She smiles, {desk.word}",), seconds, "16:9")
    assert probe(video).seconds == pytest.approx(seconds, abs=0.2)
    assert probe(video).first("video") is not None


def test_the_shortest_video_that_is_long_enough_is_bought() -> None:
    veo = load().models["veo-3"]
    assert veo.durations == (4, 6, 8)
    assert [length_of(veo, wanted) for wanted in (1, 4, 4.1, 7, 30)] == [4, 4, 6, 8, 8]


def test_a_video_that_fails_at_every_model_says_so(desk: Desk, emulator: Emulator) -> None:
    emulator.fault("failed", match={"operation": "image-to-video"})
    picture = painter(desk).portrait(MARTHA)
    animator = desk.engines.animator_for(desk.purpose, desk.credits)
    with pytest.raises(PermanentFailure) as failure:
        animator.animate(picture, (f"She frowns, {desk.word}",), 4, "16:9")
    assert failure.value.code == "providers-failed"
