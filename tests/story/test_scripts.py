"""A chapter becomes lines and scenes that hold its text exactly once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.books.model import Block, BlockKind
from litink.story.coverage import check_coverage
from litink.story.model import Cast, Line, Script
from litink.story.writer import LocalWriter

from .conftest import book, chapter

WRITER = LocalWriter()
TALK = (
    "Tom came into the kitchen that evening. It rained.\n\n“Who is there?” he whispered softly.\n\n“It is I!” shouted "
    "Mary angrily. She shut the door—and laughed.\n\n“You!” said Tom, “of all people.” He sat down by the fire; the "
    "clock struck nine, and neither of them spoke.\n\n“Well?” said Mary."
)


def script(text: str, style: str = "dialogue", blocks: tuple[Block, ...] = ()) -> Script:
    section = chapter(text, blocks=blocks)
    cast = WRITER.cast(book(section))
    return WRITER.script(section, cast, None, style=style)  # type: ignore[arg-type]


def lines(made: Script) -> list[Line]:
    return [line for scene in made.scenes for line in scene.lines]


_SENTENCES = st.sampled_from(
    [
        "Tom went out.", "“Stop!” cried Mary.", "“Yes,” said Tom, “but—” He paused ... and sat.", "“—”", "...",
        "A very long sentence, " + "with one clause after another, " * 20 + "and at last an end.", 
        "“Never closed, said Tom.",
        "“No.”—“Yes.”", "* * *", "x" * 900, "‘Single,’ he said.", "—Dash, said Tom. More.",
    ]
)  # fmt: skip


_STYLES = st.sampled_from(["dialogue", "narration", "cinematic", "voice_over", "educational", "marketing"])


@given(st.lists(st.lists(_SENTENCES, min_size=1, max_size=4).map(" ".join), max_size=8), _STYLES)
@settings(deadline=None)  # how long it takes is the benchmark's question
def test_every_character_is_in_one_line_or_one_stated_cut(paragraphs: list[str], style: str) -> None:
    section = chapter("\n\n".join(paragraphs))
    made = script(section.text, style)
    report = check_coverage(section, made)
    assert report.ok, report
    spans = [(line.start, line.end) for line in lines(made)]
    assert spans == sorted(spans)
    assert len({line.id for line in lines(made)}) == len(spans)
    if style in ("dialogue", "narration"):
        assert made.cuts == ()


def test_quotations_are_their_speakers_and_the_tag_is_the_narrators() -> None:
    said = {line.text: line.speaker for line in lines(script(TALK))}
    assert said["“It is I!”"] == "mary"
    assert said["shouted Mary angrily. She shut the door—and laughed."] is None
    assert said["“of all people.”"] == "tom"
    assert all(line.speaker is None for line in lines(script(TALK, "narration")))


def test_how_it_is_said_comes_from_the_tag() -> None:
    by_text = {line.text: line for line in lines(script(TALK))}
    assert by_text["“Who is there?”"].delivery == "whispered"
    shouted = by_text["“It is I!”"]
    assert (shouted.emotion, shouted.delivery) == ("anger", "shouted")
    assert shouted.intensity > by_text["“Who is there?”"].intensity
    assert by_text["“Well?”"].emotion == "neutral"


def test_lines_are_short_and_end_with_their_paragraph() -> None:
    text = " ".join(["One sentence stands here."] * 40) + "\n\n" + "word, " * 200 + "end."
    made = lines(script(text))
    assert all(len(line.text) <= 350 for line in made)
    assert [text[line.end : line.end + 2] == "\n\n" or line.end == len(text) for line in made] == [
        line.paragraph_end for line in made
    ]


def test_a_change_late_in_a_chapter_renames_nothing_before_it() -> None:
    before = [(line.id, line.text) for line in lines(script(TALK))]
    after = [(line.id, line.text) for line in lines(script(TALK + "\n\n“Nothing,” said Tom."))]
    assert after[: len(before)] == before


def test_a_printed_break_begins_a_scene_and_is_not_read_aloud() -> None:
    first = "Tom walked home in the rain, " + "past one dark house and another, " * 7 + "and slept."
    last = "The next day he sailed from the harbour, " + "with one ship behind and another before, " * 7 + "and sang."
    text = f"{first}\n\n* * *\n\n{last}"
    at = text.index("*")
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, start=0, end=len(first)),
        Block(kind=BlockKind.BREAK, start=at, end=at + 5),
        Block(kind=BlockKind.PARAGRAPH, start=at + 7, end=len(text)),
    )
    made = script(text, blocks=blocks)
    assert [text[scene.start : scene.end] for scene in made.scenes] == [first, last]
    assert [scene.id for scene in made.scenes] == ["c1-s1", "c1-s2"]


def ruled(*pieces: str) -> Script:
    """The script of pieces that a bare rule, without text, divides."""
    blocks: list[Block] = []
    at = 0
    for piece in pieces:
        blocks.append(Block(kind=BlockKind.PARAGRAPH, start=at, end=at + len(piece)))
        at += len(piece) + 2
        blocks.append(Block(kind=BlockKind.BREAK, start=at - 1, end=at - 1))
    return script("\n\n".join(pieces), blocks=tuple(blocks[:-1]))


def test_a_rule_without_text_divides_scenes_but_makes_no_tiny_one() -> None:
    piece = "Clara waited by the well while the carts went past. " * 6
    assert len(ruled(piece.strip(), piece.strip(), piece.strip()).scenes) == 3
    made = ruled("A year went by.", piece.strip(), "So it ended.")
    assert len(made.scenes) == 1
    assert [line.text for line in made.scenes[0].lines][-1].endswith("So it ended.")


def test_a_scene_is_called_after_its_place_and_then_after_who_is_there() -> None:
    first = "The kitchen was warm, and Clara sat down in the kitchen. " * 4 + "Clara sang, and Peter laughed."
    second = "Peter nodded. Clara smiled at Peter, who laughed and laughed until he had to wipe his eyes. " * 4
    titles = [scene.title for scene in ruled(first, second.strip()).scenes]
    assert titles[0] == "The kitchen"
    assert titles[1].startswith(f"{titles[0]}: ")


def test_only_who_acts_or_speaks_is_present() -> None:
    text = (
        "Clara opened the door of the barn. Peter, who had been asleep, rose and looked at Agnes. Clara thought of "
        "Martin, and Martin’s letter lay in her pocket.\n\n“Where is he?” said Hugh. “Where is Martin?”"
        "\n\n“Gone,” said Clara. “Martin said so,” cried Peter. “Martin!” said Agnes. “Ask Martin!” said Clara."
    )
    present = script(text).scenes[0].present
    assert {"clara", "peter", "agnes", "hugh"} <= set(present)
    assert "martin" not in present


def test_a_scene_says_where_when_and_who() -> None:
    scene = script(TALK).scenes[0]
    assert (scene.place, scene.time_of_day, scene.weather) == ("the kitchen", "evening", "rain")
    assert set(scene.present) == {"tom", "mary"}
    span = scene.action.evidence[0]
    assert TALK[span.start : span.end] == scene.action.text


def test_a_long_chapter_has_scenes_of_bounded_length() -> None:
    text = "\n\n".join(f"Tom walked on for hour {n} along the road and thought about the long day." for n in range(200))
    counts = [sum(len(line.text.split()) for line in scene.lines) for scene in script(text).scenes]
    assert max(counts) <= 450
    assert min(counts[:-1]) >= 100


@pytest.mark.parametrize("style", ["cinematic", "voice_over", "educational", "marketing"])
def test_a_style_that_leaves_text_out_says_what_and_why(style: str) -> None:
    made = script(TALK + "\n\n" + "The road was long and the day was dark. " * 60, style)
    assert made.cuts
    assert all(cut.reason for cut in made.cuts)


@pytest.mark.parametrize("style", ["cinematic", "voice_over", "educational", "marketing"])
@pytest.mark.parametrize("words", [60, 150, 400])
def test_a_length_is_kept_to_and_what_goes_for_it_is_stated(style: str, words: int) -> None:
    days = "\n\n".join(f"On day {n} the road was long, and Anna said nothing to the riders of Tom." for n in range(90))
    section = chapter(f"{TALK}\n\n{days}")
    made = WRITER.script(section, Cast(characters=(), quotations=()), None, style=style, words=words)  # type: ignore[arg-type]
    said = sum(len(line.text.split()) for line in lines(made))
    assert 0.8 * words <= said <= words
    assert check_coverage(section, made).ok
    if style == "voice_over":
        assert {cut.reason for cut in made.cuts} >= {"Left out for the length that was asked for."}


@pytest.mark.parametrize("style", ["dialogue", "narration"])
def test_a_style_that_keeps_every_word_is_not_shortened(style: str) -> None:
    section = chapter(TALK)
    made = WRITER.script(section, Cast(characters=(), quotations=()), None, style=style, words=5)  # type: ignore[arg-type]
    assert made.cuts == ()


def test_a_chapter_without_text_has_no_scenes() -> None:
    assert script("").scenes == ()
    assert check_coverage(chapter(""), script("")).ok


def test_coverage_tells_what_is_missing_doubled_or_altered() -> None:
    section = chapter("One is here. Two is here.")
    made = WRITER.script(section, Cast(characters=(), quotations=()), None, style="narration")
    scene = made.scenes[0]
    line = scene.lines[0]

    def with_lines(*changed: Line) -> Script:
        return made.model_copy(update={"scenes": (scene.model_copy(update={"lines": changed}),)})

    short = line.model_copy(update={"end": 12, "text": section.text[:12]})
    assert check_coverage(section, with_lines(short)).missing == ((13, 25),)
    assert check_coverage(section, with_lines(line, short)).doubled == ((0, 12),)
    altered = line.model_copy(update={"text": "Else"})
    assert check_coverage(section, with_lines(altered)).altered_lines == (line.id,)
    assert not check_coverage(section, with_lines(altered)).ok
