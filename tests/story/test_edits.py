"""Edits put on top of what was generated: what they change, what they leave, and what is told when they do not fit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from litink.books.model import Block, BlockKind, Section, SectionKind
from litink.errors import Refused
from litink.story.coverage import check_coverage
from litink.story.edits.compare import differences
from litink.story.edits.kinds import EDIT, stored
from litink.story.edits.patch import PatchedContent, patched, prepared
from litink.story.model import (
    Cast,
    Character,
    Cut,
    Line,
    Quotation,
    Relationship,
    SceneDescription,
    Script,
    ScriptScene,
    Shot,
    Statement,
)

TEXT = "The lamp went out. “Who is there?” said Mara. “Only me,” said Tobit. Then it was still."


def edit(**fields: Any) -> Any:
    return EDIT.validate_python(fields)


def cast(*ids: str) -> Cast:
    start = TEXT.index("“Only")
    return Cast(
        characters=tuple(
            Character(id=id_, name=id_.title(), relationships=(Relationship(other="tobit", kind="friend"),))
            for id_ in ids
        ),
        quotations=tuple(
            Quotation(chapter="c", start=at, end=at + len(said), text=said, speaker=who, method="tag", confidence=0.9)
            for at, said, who in [(TEXT.index("“Who"), "“Who is there?”", "mara"), (start, "“Only me,”", "tobit")]
        ),
    )


def script() -> Script:
    sentences = ["The lamp went out.", "“Who is there?”", "said Mara.", "“Only me,”", "said Tobit. Then it was still."]
    lines = []
    for number, said in enumerate(sentences, start=1):
        at = TEXT.index(said)
        lines.append(Line(id=f"l{number}", speaker=None, text=said, start=at, end=at + len(said)))
    scenes = (
        ScriptScene(
            id="c-s1", number=1, title="Dark", start=0, end=60, action=Statement(text="x"), lines=tuple(lines[:3])
        ),
        ScriptScene(
            id="c-s2", number=2, title="Light", start=60, end=99, action=Statement(text="y"), lines=tuple(lines[3:])
        ),
    )
    return Script(chapter="c", style="dialogue", title="One", source="restructured", scenes=scenes)


SECTION = Section(
    key="c",
    kind=SectionKind.CHAPTER,
    number=1,
    title="One",
    text=TEXT,
    blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(TEXT)),),
)


def nothing_restored(_: str) -> bytes:
    raise AssertionError("no version is named")


def put(asset: str, value: Any, *edits: Any) -> PatchedContent:
    """The value with edits on top, each completed when it is made, as an editor does."""
    data = value.model_dump_json().encode()
    whole: list[tuple[int, Any]] = []
    now = data
    for number, one in enumerate(edits, start=1):
        ready = prepared(asset, now, one, {"c-s1": (0, 45), "c-s2": (45, 99)})
        whole.append((number, EDIT.validate_python(stored(ready.edit))))
        now = ready.data
    found = patched(asset, data, whole, nothing_restored)
    assert found.conflicts == ()
    return found


def patched_script(*edits: Any) -> Script:
    return Script.model_validate_json(put("scripts", script(), *edits).data)


def said(of: Script) -> list[str]:
    return [line.text for scene in of.scenes for line in scene.lines]


class TestScripts:
    def test_a_line_worded_anew_keeps_its_place_and_is_marked_as_a_persons(self) -> None:
        after = patched_script(edit(edit="line", chapter="c", line="l2", set={"text": "“Who?”", "emotion": "fear"}))
        line = after.scenes[0].lines[1]
        assert (line.text, line.emotion, line.by_person) == ("“Who?”", "fear", True)
        assert TEXT[line.start : line.end] == "“Who is there?”"
        assert check_coverage(SECTION, after).ok

    def test_an_invented_text_without_a_persons_mark_is_still_found(self) -> None:
        forged = script()
        line = forged.scenes[0].lines[1].model_copy(update={"text": "“Nobody.”"})
        scene = forged.scenes[0].model_copy(update={"lines": (forged.scenes[0].lines[0], line)})
        report = check_coverage(SECTION, forged.model_copy(update={"scenes": (scene,)}))
        assert report.altered_lines == ("l2",)

    def test_only_who_says_it_leaves_the_words_the_books(self) -> None:
        after = patched_script(edit(edit="line", chapter="c", line="l2", set={"speaker": "mara"}))
        assert (after.scenes[0].lines[1].speaker, after.scenes[0].lines[1].by_person) == ("mara", False)

    def test_a_line_taken_out_is_a_cut_and_takes_an_empty_scene_with_it(self) -> None:
        out = [edit(edit="line_removed", chapter="c", line=f"l{n}") for n in (4, 5)]
        after = patched_script(*out)
        assert [scene.id for scene in after.scenes] == ["c-s1"]
        assert [(TEXT[cut.start : cut.end], cut.reason) for cut in after.cuts] == [
            ("“Only me,”", "Taken out by hand."),
            ("said Tobit. Then it was still.", "Taken out by hand."),
        ]
        assert check_coverage(SECTION, after).ok

    def test_a_line_put_in_and_worded_again_and_taken_out_leaves_no_trace(self) -> None:
        add = edit(edit="line_added", chapter="c", after="l2", text="Silence.")
        once = patched_script(add)
        assert said(once)[:3] == ["The lamp went out.", "“Who is there?”", "Silence."]
        assert check_coverage(SECTION, once).ok
        added = once.scenes[0].lines[2].id
        twice = patched_script(
            add,
            edit(edit="line", chapter="c", line=added, set={"text": "Deep silence."}),
            edit(edit="line_removed", chapter="c", line=added),
        )
        assert twice == script()

    def test_two_lines_of_the_same_words_after_one_line_have_ids_of_their_own(self) -> None:
        add = edit(edit="line_added", chapter="c", after="l1", text="No.")
        after = patched_script(add, add)
        assert said(after)[:3] == ["The lamp went out.", "No.", "No."]
        assert len({line.id for scene in after.scenes for line in scene.lines}) == 7

    def test_the_last_line_of_all_stays(self) -> None:
        out = [edit(edit="line_removed", chapter="c", line=f"l{n}") for n in range(1, 6)]
        with pytest.raises(Refused, match="only line"):
            patched_script(*out)

    def test_where_the_ids_have_moved_a_line_is_known_by_how_it_reads(self) -> None:
        ready = prepared("scripts", script().model_dump_json().encode(), LOUD, {})
        again = renumbered(script())
        found = patched("scripts", again.model_dump_json().encode(), [(7, ready.edit)], nothing_restored)
        assert found.conflicts == ()
        after = Script.model_validate_json(found.data)
        assert [line.text for scene in after.scenes for line in scene.lines if line.delivery == "shouted"] == [
            "“Who is there?”"
        ]

    def test_a_line_that_reads_otherwise_or_is_gone_is_told_and_nothing_else_changed(self) -> None:
        ready = prepared("scripts", script().model_dump_json().encode(), LOUD, {})
        other = script().model_dump_json().replace("Who is there?", "Who goes there?").encode()
        found = patched("scripts", other, [(7, ready.edit)], nothing_restored)
        assert [(conflict.number, conflict.reason) for conflict in found.conflicts] == [
            (7, "The line that it is about reads otherwise now.")
        ]
        assert found.data == other

    def test_nothing_to_change_leaves_the_bytes_alone(self) -> None:
        spaced = json.dumps(json.loads(script().model_dump_json()), indent=1).encode()
        same = edit(edit="line", chapter="c", line="l2", was="“Who is there?”", set={"delivery": "spoken"})
        assert patched("scripts", spaced, [(1, same)], nothing_restored).data == spaced

    def test_a_version_takes_the_place_of_all_and_later_edits_go_on_top(self) -> None:
        old = script().model_copy(update={"title": "Old", "cuts": (Cut(start=0, end=1, reason="x"),)})
        data = old.model_dump_json().encode()
        edits = [
            (1, edit(edit="line", chapter="c", line="l1", set={"text": "Lost."})),
            (2, edit(edit="version", asset="scripts", key="c", version=3, sha="a" * 64)),
        ]
        found = patched("scripts", script().model_dump_json().encode(), edits, lambda _: data)
        assert found.data == data  # to the byte
        found = patched("scripts", script().model_dump_json().encode(), [*edits, (3, LOUD)], lambda _: data)
        after = Script.model_validate_json(found.data)
        assert (after.title, after.scenes[0].lines[1].delivery) == ("Old", "shouted")

    def test_a_scene_of_the_script_is_known_by_its_first_line(self) -> None:
        calm = edit(edit="script_scene", chapter="c", scene="c-s2", set={"mood": "tense", "action": "Light falls."})
        ready = prepared("scripts", script().model_dump_json().encode(), calm, {})
        moved = script()
        moved = moved.model_copy(update={"scenes": (moved.scenes[1].model_copy(update={"id": "c-s1"}),)})
        found = patched("scripts", moved.model_dump_json().encode(), [(1, ready.edit)], nothing_restored)
        assert found.conflicts == ()
        assert Script.model_validate_json(found.data).scenes[0].mood == "tense"


LOUD = edit(edit="line", chapter="c", line="l2", set={"delivery": "shouted"})


def renumbered(of: Script) -> Script:
    """The same script after a sentence was put at the chapter's beginning: every id means another line."""
    lines = [line for scene in of.scenes for line in scene.lines]
    first = lines[0].model_copy(update={"text": "Once.", "start": 0, "end": 5})
    moved = [line.model_copy(update={"id": f"l{n}"}) for n, line in enumerate([first, *lines], start=1)]
    return of.model_copy(update={"scenes": (of.scenes[0].model_copy(update={"lines": tuple(moved)}),)})


class TestCast:
    def test_a_character_keeps_its_old_name_as_an_alias(self) -> None:
        renamed = edit(edit="character", character="mara", set={"name": "Maura", "look": {"hat": "bowler"}})
        found = Cast.model_validate_json(put("characters", cast("mara", "tobit"), renamed).data)
        mara = found.characters[0]
        assert (mara.id, mara.name, mara.aliases, mara.look.hat) == ("mara", "Maura", ("Mara",), "bowler")
        back = edit(edit="character", character="mara", set={"name": "Mara"})
        found = Cast.model_validate_json(put("characters", cast("mara", "tobit"), renamed, back).data)
        assert (found.characters[0].name, found.characters[0].aliases) == ("Mara", ("Maura",))

    def test_two_entries_become_one_person(self) -> None:
        merge = edit(edit="merge_characters", character="tobit", into="mara")
        found = Cast.model_validate_json(put("characters", cast("mara", "tobit", "ida"), merge).data)
        assert [(c.id, c.aliases) for c in found.characters] == [("mara", ("Tobit",)), ("ida", ())]
        assert [q.speaker for q in found.quotations] == ["mara", "mara"]
        assert [[r.other for r in c.relationships] for c in found.characters] == [[], ["mara"]]

    def test_places_and_things_are_changed_and_merged_as_characters_are(self) -> None:
        entities = (
            Character(id="mill", name="the mill", kind="location", mention_count=5),
            Character(id="old-mill", name="the old mill", kind="location", mention_count=2),
            Character(id="lamp", name="the lamp", kind="object"),
        )
        whole = cast("mara", "tobit").model_copy(update={"entities": entities})
        rename = edit(edit="character", character="mill", set={"name": "Reed’s Mill", "description": ["It is dark."]})
        merge = edit(edit="merge_characters", character="old-mill", into="mill")
        found = Cast.model_validate_json(put("characters", whole, rename, merge).data)
        assert [(e.id, e.name, e.aliases, e.mention_count) for e in found.entities] == [
            ("mill", "Reed’s Mill", ("the mill", "the old mill"), 7),
            ("lamp", "the lamp", (), 0),
        ]
        assert [s.text for s in found.entities[0].description] == ["It is dark."]
        assert [c.id for c in found.characters] == ["mara", "tobit"]

    def test_what_turns_out_to_be_a_place_says_nothing_and_back_again_is_a_person(self) -> None:
        is_place = edit(edit="character", character="tobit", set={"kind": "location"})
        found = Cast.model_validate_json(put("characters", cast("mara", "tobit"), is_place).data)
        assert ([c.id for c in found.characters], [e.id for e in found.entities]) == (["mara"], ["tobit"])
        assert [(q.speaker, q.method) for q in found.quotations] == [("mara", "tag"), (None, "unknown")]
        assert found.characters[0].relationships == ()
        is_person = edit(edit="character", character="tobit", set={"kind": "character"})
        found = Cast.model_validate_json(put("characters", cast("mara", "tobit"), is_place, is_person).data)
        assert ([c.id for c in found.characters], found.entities) == (["mara", "tobit"], ())

    @pytest.mark.parametrize(
        "wanted",
        [
            {"edit": "merge_characters", "character": "mill", "into": "mara"},
            {"edit": "speaker", "speaker": "mill", "of": "mara", "chapter": "c"},
        ],
    )
    def test_a_place_is_nobody(self, wanted: dict[str, Any]) -> None:
        mill = Character(id="mill", name="the mill", kind="location")
        whole = cast("mara", "tobit").model_copy(update={"entities": (mill,)})
        with pytest.raises(Refused) as refused:
            prepared("characters", whole.model_dump_json().encode(), edit(**wanted), {})
        assert refused.value.code == "edit-no-target"

    def test_all_that_somebody_says_in_a_scene_is_given_to_another(self) -> None:
        give = edit(edit="speaker", speaker="ida", of="tobit", chapter="c", scene="c-s2")
        data = cast("mara", "tobit", "ida").model_dump_json().encode()
        ready = prepared("characters", data, give, {"c-s2": (30, 99)})
        assert stored(ready.edit)["quotations"] == [
            {"chapter": "c", "start": TEXT.index("“Only"), "end": TEXT.index("“Only") + 10, "text": "“Only me,”"}
        ]
        found = Cast.model_validate_json(ready.data)
        assert [(q.speaker, q.method) for q in found.quotations] == [("mara", "tag"), ("ida", "person")]
        assert [c.quotation_count for c in found.characters] == [0, 0, 1]

    def test_a_quotation_that_moved_is_found_and_one_that_is_gone_is_told(self) -> None:
        give = edit(
            edit="speaker",
            speaker="ida",
            quotations=[
                {"chapter": "c", "start": 1, "end": 11, "text": "“Only me,”"},
                {"chapter": "c", "start": 20, "end": 30, "text": "“Help!”"},
            ],
        )
        data = cast("mara", "tobit", "ida").model_dump_json().encode()
        found = patched("characters", data, [(4, give)], nothing_restored)
        assert [q.speaker for q in Cast.model_validate_json(found.data).quotations] == ["mara", "ida"]
        assert [conflict.reason for conflict in found.conflicts] == [
            "1 of its 2 quotations are not in the book as it stands now."
        ]

    @pytest.mark.parametrize(
        "wanted",
        [
            {"edit": "character", "character": "nobody", "set": {"name": "X"}},
            {"edit": "merge_characters", "character": "mara", "into": "nobody"},
            {"edit": "merge_characters", "character": "mara", "into": "mara"},
            {"edit": "speaker", "speaker": "nobody", "of": "mara", "chapter": "c"},
            {"edit": "speaker", "speaker": None, "of": "ida", "chapter": "c"},
            {"edit": "speaker", "speaker": None, "of": "mara", "chapter": "c", "scene": "c-s9"},
        ],
    )
    def test_whom_the_cast_does_not_know_is_refused(self, wanted: dict[str, Any]) -> None:
        with pytest.raises(Refused) as refused:
            prepared("characters", cast("mara", "tobit", "ida").model_dump_json().encode(), edit(**wanted), {})
        assert refused.value.code == "edit-no-target"


class TestScenes:
    def test_a_place_and_a_picture_are_described_anew(self) -> None:
        scene = SceneDescription(
            id="c-s1",
            chapter="c",
            number=1,
            title="Dark",
            setting="kitchen",
            indoors=True,
            place="",
            time_of_day="night",
            weather="unknown",
            mood="calm",
            present=(),
            shots=(
                Shot(id="c-s1-1", size="wide", lines=("l1",), prompt="a"),
                Shot(id="c-s1-2", size="wide", lines=(), prompt="b"),
            ),
        )
        edits = [
            (1, edit(edit="scene", chapter="c", scene="c-s1", set={"setting": "forest", "props": ["lamp"]})),
            (2, edit(edit="shot", chapter="c", shot="c-s1-2", set={"prompt": "a dark wood"})),
            (3, edit(edit="shot", chapter="c", shot="c-s1-9", set={"prompt": "nothing"})),
        ]
        found = patched("scenes", b"[" + scene.model_dump_json().encode() + b"]", edits, nothing_restored)
        after = SceneDescription.model_validate(json.loads(found.data)[0])
        assert (after.setting, after.indoors, after.props) == ("forest", False, ("lamp",))
        assert [shot.prompt for shot in after.shots] == ["a", "a dark wood"]
        assert [conflict.number for conflict in found.conflicts] == [3]


HOSTILE = ["\x00", "a\x07b", "\ud800", "\u202ereversed", "x" * 1001, "  ", "…"]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_that_cannot_be_said_or_shown_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        edit(edit="line", chapter="c", line="l1", set={"text": text})


@pytest.mark.parametrize(
    "wanted",
    [
        {"edit": "line", "chapter": "c", "line": "l1", "set": {}},
        {"edit": "line", "chapter": "c", "line": "l1", "set": {"text": None}},
        {"edit": "line", "chapter": "c", "line": "l1", "set": {"intensity": 11}},
        {"edit": "line", "chapter": "c", "line": "l1", "set": {"start": 3}},
        {"edit": "line", "chapter": "c", "line": "a b", "set": {"speaker": None}},
        {"edit": "line_added", "chapter": "c", "after": "l1", "text": "x", "line": "l1"},
        {"edit": "scene", "chapter": "c", "scene": "s", "set": {"setting": "the moon"}},
        {"edit": "character", "character": "m", "set": {"aliases": ["x"] * 31}},
        {"edit": "speaker", "speaker": "m"},
        {"edit": "picture", "asset": "audio", "key": "x"},
        {"edit": "picture", "asset": "scene_images", "key": "x", "take": -1},
        {"edit": "version", "asset": "film", "key": "film.mp4", "version": 1},
        {"edit": "drop_table"},
    ],
)
def test_what_is_no_edit_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        edit(**wanted)


def test_blanks_and_line_ends_are_one_blank() -> None:
    one = edit(edit="plot", set={"logline": "  A lamp\n\tgoes out.  "})
    assert stored(one)["set"] == {"logline": "A lamp goes out."}


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "start", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_equal_contents_have_no_differences_and_others_have_some(one: Any, other: Any) -> None:
    assert differences(one, one) == []
    assert bool(differences(one, other)) == (one != other)


def test_elements_are_compared_by_their_ids() -> None:
    before = {"lines": [{"id": "a", "text": "1"}, {"id": "b", "text": "2"}]}
    after = {"lines": [{"id": "b", "text": "3"}, {"id": "c", "text": "4"}]}
    assert [(d.path, d.change) for d in differences(before, after)] == [
        (("lines", "a"), "removed"),
        (("lines", "b", "text"), "changed"),
        (("lines", "c"), "added"),
    ]


@given(st.permutations(range(4)))
def test_edits_of_different_lines_come_to_the_same_in_any_order(order: list[int]) -> None:
    edits = [edit(edit="line", chapter="c", line=f"l{n + 1}", set={"text": f"Line {n}."}) for n in range(4)]
    assert patched_script(*(edits[n] for n in order)) == patched_script(*edits)
