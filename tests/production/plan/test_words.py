"""What people are told of recipes, and who depends on whom: pure values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from litink.production.names import chapter_of
from litink.production.plan.follows import Links, followers
from litink.production.plan.recipes import bought_from, differences

PICTURE = {"engine": "modelslab", "model": "imagen-4", "prompt": 2, "parameters": {}}
LINKS = Links(
    people={"c1-s1-1": frozenset({"anna"}), "c2-s1-1": frozenset({"tom"})},
    moving={"c1-s1": "c1-s1-1", "c2-s1": "c2-s1-1"},
    scenes_of_lines={"c1/l1": "c1-s1", "c2/l1": "c2-s1"},
    beds={"c1-s1": "score-calm", "c2-s1": "score-tense"},
    first="c1",
)
NAMES = [
    ("chapters", "book"),
    ("characters", "cast"),
    ("scripts", "c1"),
    ("scripts", "c2"),
    ("scenes", "c1"),
    ("scenes", "c2"),
    ("character_images", "anna"),
    ("character_images", "tom"),
    ("scene_images", "c1-s1-1"),
    ("scene_images", "c2-s1-1"),
    ("scene_images", "cover"),
    ("motion", "c1-s1"),
    ("motion", "c2-s1"),
    ("music", "score-calm"),
    ("music", "score-tense"),
    ("audio", "c1/l1"),
    ("audio", "c2/l1"),
    ("lipsync", "c1-s1"),
    ("lipsync", "c2-s1"),
    ("clips", "c1-s1"),
    ("clips", "c2-s1"),
    ("film", "film.mp4"),
    ("audiobook", "audiobook.m4b"),
    ("read_along", "read-along.epub"),
]


def test_a_change_of_model_is_told_alone() -> None:
    assert differences(PICTURE, {**PICTURE, "model": "flux", "prompt": 3}) == ["model: imagen-4 → flux"]
    assert differences(PICTURE, {**PICTURE, "prompt": 3}) == ["version of the prompt: 2 → 3"]
    assert differences(PICTURE, PICTURE) == []


def test_who_is_paid_is_found_wherever_a_recipe_has_it() -> None:
    assert bought_from({"picture": PICTURE, "lettering": {"engine": "resvg"}}) == ("modelslab", "imagen-4")
    assert bought_from({"engine": "resvg", "version": 3}) is None


json = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), json, max_size=4))
def test_equal_recipes_differ_in_nothing(recipe: dict[str, object]) -> None:
    assert differences(recipe, recipe) == []


def test_a_portrait_is_followed_by_the_pictures_of_that_person_alone() -> None:
    found = followers(NAMES, [("character_images", "anna")], LINKS)
    of_the_scene = {(asset, "c1-s1") for asset in ("motion", "lipsync", "clips")}
    assert set(found) == {("scene_images", "c1-s1-1"), *of_the_scene, ("film", "film.mp4")}


def test_a_line_is_followed_by_the_lips_of_its_scene_alone() -> None:
    found = followers(NAMES, [("audio", "c2/l1")], LINKS)
    assert {key for asset, key in found if asset == "lipsync"} == {"c2-s1"}


def test_a_script_is_followed_by_its_own_chapter() -> None:
    found = followers(NAMES, [("scripts", "c2")], LINKS)
    of_others = {name for name in found if chapter_of(*name) == "c1" or name[1] == "c1-s1"}
    assert of_others == set()
    assert {("scenes", "c2"), ("audio", "c2/l1"), ("scene_images", "c2-s1-1"), ("clips", "c2-s1")} <= set(found)
    assert ("scene_images", "cover") not in found


@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_more_that_is_redone_never_means_less_that_may_follow(
    some: set[tuple[str, str]], more: set[tuple[str, str]]
) -> None:
    assert set(followers(NAMES, some, LINKS)) | some <= set(followers(NAMES, some | more, LINKS)) | some | more
