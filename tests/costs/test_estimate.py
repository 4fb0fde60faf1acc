"""The price before anything is spent: at least and at most, by asset, never upside down, nothing for what is local."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from litink.books.model import Section, SectionKind
from litink.production.costs.estimate import Shape, estimate, shape_of_scenes, shape_of_words, total
from litink.providers.catalogue import TASKS, catalogue
from litink.story.writer import LocalWriter
from tests.story.conftest import book, chapter

PROSE = (
    "Anna came into the room and looked at Tom. “The river has risen again,” she said. He did not answer. "
    "Outside the rain fell on the roof of the old mill, and the wheel turned slowly in the dark water.\n\n"
)


def section(words: int) -> Section:
    text = " ".join(["word"] * words)
    return Section(key="c1", kind=SectionKind.CHAPTER, number=1, title="One", text=text, blocks=())


def ladders(tier: str):  # type: ignore[no-untyped-def]
    return {task: catalogue().ladder(tier, task) for task in TASKS}


@given(st.integers(1, 400_000), st.integers(1, 100_000), st.sampled_from(sorted(catalogue().tiers)))
def test_at_least_is_never_more_than_at_most_and_never_free(whole: int, part: int, tier: str) -> None:
    chapters = [section(min(whole, part))]
    found = estimate(shape_of_words([*chapters, section(whole)], chapters), ladders(tier))
    assert found
    for one in found:
        assert Decimal(0) <= one.usd[0] <= one.usd[1], one.asset
    assert 0 < total(found)[0] <= total(found)[1]


def test_more_words_never_cost_less() -> None:
    prices = [
        total(estimate(shape_of_words([section(n)], [section(n)]), ladders("standard"))) for n in (500, 5_000, 50_000)
    ]
    assert prices == sorted(prices)


def test_what_local_engines_do_costs_nothing() -> None:
    shape = shape_of_words([section(5_000)], [section(5_000)])
    assert estimate(shape, {}) == []
    spoken = estimate(shape, {"speech": catalogue().ladder("basic", "speech")})
    assert [one.asset for one in spoken] == ["audio"]


def test_a_tier_with_an_empty_ladder_pays_nothing_for_it() -> None:
    shape = shape_of_words([section(5_000)], [section(5_000)])
    assert "motion" not in {one.asset for one in estimate(shape, ladders("free"))}
    assert "motion" in {one.asset for one in estimate(shape, ladders("premium"))}


def test_composed_music_costs_a_piece_a_mood_at_most() -> None:
    ladder = catalogue().ladder("basic", "music")
    [music] = estimate(shape_of_words([section(50_000)], [section(50_000)]), {"music": ladder})
    assert music.units == (30, 300)
    assert music.usd == (ladder[0].price.of({"seconds": 30}), ladder[0].at_most({"seconds": 300}))
    [short] = estimate(shape_of_words([section(200)], [section(200)]), {"music": ladder})
    assert short.units[1] < 300


def exact_and_reckoned(text: str) -> tuple[Shape, Shape]:
    writer, here = LocalWriter(), chapter(text)
    cast = writer.cast(book(here))
    script = writer.script(here, cast, None)
    scenes = writer.scenes(here, script, cast)
    return shape_of_scenes([here], [here], [script], scenes), shape_of_words([here], [here])


def test_what_is_counted_later_lies_within_what_was_reckoned_before() -> None:
    exact, reckoned = exact_and_reckoned(PROSE * 60)
    assert exact.exact
    assert not reckoned.exact
    for name in ("scenes", "shots", "lines", "people"):
        least, most = getattr(reckoned, name)
        assert least * 0.8 <= getattr(exact, name)[0] <= most * 1.2, name
    assert estimate(exact, ladders("basic"))[-1].units[0] <= estimate(reckoned, ladders("basic"))[-1].units[1]
