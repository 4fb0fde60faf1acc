"""Correcting a book's chapters over the API: what a client relies on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from litink.library.repository import BookRecord
from tests.api.looking import Looker
from tests.api.test_api_books import problem
from tests.made_books import TEXT, Maker

THREE = TEXT + "\n# Chapter 3. The Name\n\nNobody said the name aloud.\n\nThe sea said it all winter.\n"


class Client(Looker):
    """A client that looks at a book's structure and corrects what it saw."""

    what = "structure"

    def correct(self, *wanted: dict[str, Any], **headers: str) -> httpx.Response:
        return self.post("corrections", {"corrections": list(wanted)}, **headers)

    def give_up(self, number: int) -> httpx.Response:
        return self.api.delete(f"{self.url}/corrections/{number}", headers={"If-Match": f'"{self.seen["version"]}"'})

    def sections(self) -> list[str]:
        """Their keys, as they were when last looked at."""
        return [section["key"] for section in self.seen["sections"]]

    def titles(self) -> list[str]:
        return [section["title"] for section in self.look()["sections"]]


@pytest.fixture
def book(maker: Maker) -> BookRecord:
    return maker.add(text=THREE, chapters="1-2")


@pytest.fixture
def client(api: httpx.Client, book: BookRecord) -> Client:
    return Client(api, book.id)


def test_the_structure_shows_every_section_and_what_will_be_made(client: Client) -> None:
    first = client.seen["sections"][0]
    assert first["title"] == "Chapter 1. The Lamp"
    assert first["begins"].startswith("The lamp on the Point went out at nine. Mara Quill climbed")
    assert first["begins"].endswith("…")
    assert (first["kind"], first["number"], first["word_count"]) == ("chapter", 1, 59)
    assert [section["chosen"] for section in client.seen["sections"]] == [True, True, False]
    assert client.seen["corrections"] == []
    assert (client.seen["undo"], client.seen["redo"]) == (None, None)


def test_an_unchanged_structure_is_not_sent_again(client: Client) -> None:
    for path in ("structure", f"structure/{client.sections()[0]}/blocks"):
        tag = client.api.get(f"{client.url}/{path}").headers["etag"]
        again = client.api.get(f"{client.url}/{path}", headers={"If-None-Match": tag})
        assert again.status_code == 304
    client.correct({"do": "join", "section": client.sections()[0]})
    assert client.api.get(f"{client.url}/structure", headers={"If-None-Match": tag}).status_code == 200


def test_every_kind_of_correction(client: Client) -> None:
    one, two, three = client.sections()
    places = client.api.get(f"{client.url}/structure/{three}/blocks").json()
    assert [place["begins"] for place in places] == ["Nobody said the name aloud.", "The sea said it all winter."]
    answer = client.correct(
        {"do": "rename", "section": one, "title": "The Lamp"},
        {"do": "set_kind", "section": two, "kind": "front_matter"},
        {"do": "split", "section": three, "offset": places[1]["offset"], "title": "Winter"},
        {"do": "move", "section": two, "before": one},
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [(s["title"], s["kind"], s["number"]) for s in found["sections"]] == [
        ("Chapter 2. The Boat", "front_matter", None),
        ("The Lamp", "chapter", 1),
        ("Chapter 3. The Name", "chapter", 2),
        ("Winter", "chapter", 3),
    ]
    assert [s["chosen"] for s in found["sections"]] == [False, True, True, False]  # "1-2" means the new numbers
    assert [c["summary"] for c in found["corrections"]] == [
        "“Chapter 1. The Lamp” renamed to “The Lamp”",
        "“Chapter 2. The Boat” made front matter",
        "“Chapter 3. The Name” split, the second part called “Winter”",
        "“Chapter 2. The Boat” moved before “The Lamp”",
    ]
    assert {(c["author"], c["state"], c["conflict"]) for c in found["corrections"]} == {("local", "in_force", None)}
    assert client.look() == found
    detail = client.api.get(client.url).json()
    assert (detail["revision"], detail["state"]) == (2, "queued")
    assert [c["title"] for c in detail["chapters"]] == client.titles()
    chapter = client.api.get(f"{client.url}/chapters/{found['sections'][3]['key']}").json()
    assert (chapter["text"], chapter["number"]) == ("The sea said it all winter.", 3)


def test_undo_and_redo(client: Client) -> None:
    first = client.seen
    one, two, _ = client.sections()
    client.correct({"do": "join", "section": one})
    client.look()
    undone = client.post("corrections/undo").json()
    assert undone["sections"] == first["sections"]
    assert [(c["number"], c["state"]) for c in undone["corrections"]] == [(1, "undone")]
    assert (undone["undo"], undone["redo"]) == (None, 1)
    client.look()
    assert len(client.post("corrections/redo").json()["sections"]) == 2
    client.look()
    problem(client.post("corrections/redo"), 409, "nothing-to-redo")
    client.post("corrections/undo")
    client.look()
    problem(client.post("corrections/undo"), 409, "nothing-to-undo")
    client.correct({"do": "rename", "section": two, "title": "B"})
    assert [c["state"] for c in client.look()["corrections"]] == ["dropped", "in_force"]


def test_a_correction_without_effect_leaves_the_book_alone(client: Client) -> None:
    same = client.correct({"do": "rename", "section": client.sections()[0], "title": "Chapter 1. The Lamp"})
    assert same.json() == client.seen
    assert client.api.get(client.url).json()["revision"] == 1


def test_a_trial_shows_what_would_come_of_it(client: Client) -> None:
    body = {"corrections": [{"do": "join", "section": client.sections()[1]}]}
    headers = {"If-Match": f'"{client.seen["version"]}"'}
    trial = client.api.post(f"{client.url}/corrections", params={"dry_run": True}, json=body, headers=headers).json()
    assert len(trial["sections"]) == 2
    assert len(client.titles()) == 3
    made = client.correct(*body["corrections"]).json()
    assert (made["sections"], made["version"]) == (trial["sections"], trial["version"])


class TestTwoPeople:
    def test_the_second_is_told_what_the_first_did(self, client: Client, api: httpx.Client, book: BookRecord) -> None:
        other = Client(api, book.id)
        other.correct({"do": "rename", "section": client.sections()[0], "title": "The Lamp"})
        body = problem(client.correct({"do": "join", "section": client.sections()[0]}), 412, "corrected-meanwhile")
        assert "“Chapter 1. The Lamp” renamed to “The Lamp”" in str(body["detail"])
        for path in ("corrections/undo", "corrections/redo"):
            problem(client.post(path), 412, "corrected-meanwhile")
        assert len(client.titles()) == 3
        assert client.correct({"do": "join", "section": client.sections()[0]}).status_code == 200

    def test_whoever_does_not_say_what_was_seen_is_asked_to(self, client: Client) -> None:
        wanted = {"corrections": [{"do": "join", "section": client.sections()[0]}]}
        for path, body in (("corrections", wanted), ("corrections/undo", None), ("corrections/redo", None)):
            problem(client.api.post(f"{client.url}/{path}", json=body), 428, "precondition-required")

    def test_a_star_corrects_whatever_it_is(self, client: Client) -> None:
        client.correct({"do": "rename", "section": client.sections()[0], "title": "A"})
        assert client.correct(
            {"do": "rename", "section": client.sections()[1], "title": "B"}, **{"If-Match": "*"}
        ).is_success

    def test_a_weak_tag_names_no_version(self, client: Client) -> None:
        weak = {"If-Match": f'W/"{client.seen["version"]}"'}
        problem(client.correct({"do": "join", "section": client.sections()[0]}, **weak), 412, "corrected-meanwhile")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"do": "rename", "section": "c0", "title": "x"}, "correction-no-section"),
        ({"do": "split", "section": "1", "offset": 7, "title": "x"}, "correction-split-place"),
        ({"do": "join", "section": "3"}, "correction-no-next"),
        ({"do": "move", "section": "1", "before": "c0"}, "correction-no-section"),
        ({"do": "rename", "section": "1", "title": " \u0000 "}, "invalid-request"),
        ({"do": "rename", "section": "1", "title": "x" * 301}, "invalid-request"),
        ({"do": "split", "section": "1", "offset": 0, "title": "x"}, "invalid-request"),
        ({"do": "set_kind", "section": "1", "kind": "appendix"}, "invalid-request"),
        ({"do": "drop", "section": "1"}, "invalid-request"),
        ({"do": "join", "section": "1", "with": "2"}, "invalid-request"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(client: Client, wanted: dict[str, Any], code: str) -> None:
    named = dict(zip("123", client.sections(), strict=True))
    body = problem(client.correct({**wanted, "section": named.get(wanted["section"], wanted["section"])}), 422, code)
    assert str(body["detail"]).strip()
    assert client.look()["corrections"] == []


def test_a_list_must_hold_a_correction_and_not_too_many(client: Client) -> None:
    one = {"do": "rename", "section": client.sections()[0], "title": "x"}
    problem(client.correct(), 422, "invalid-request")
    problem(client.correct(*[one] * 501), 422, "invalid-request")


def test_none_of_the_chapters_asked_for_left_is_refused(client: Client) -> None:
    away = [{"do": "set_kind", "section": key, "kind": "back_matter"} for key in client.sections()]
    body = problem(client.correct(*away), 422, "correction-leaves-nothing")
    assert "1-2" in str(body["detail"])


def test_the_same_request_twice_corrects_once(client: Client) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    wanted = {"do": "move", "section": client.sections()[0]}
    first, second = (client.correct(wanted, **key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    problem(client.correct({**wanted, "before": client.sections()[1]}, **key), 422, "idempotency-key-reused")
    client.look()
    key = {"Idempotency-Key": uuid4().hex}
    assert client.post("corrections/undo", **key).json() == client.post("corrections/undo", **key).json()


def test_a_section_that_is_not_there_has_no_blocks(client: Client) -> None:
    problem(client.api.get(f"{client.url}/structure/c0/blocks"), 404, "no-such-chapter")


class TestNewEdition:
    def put(self, client: Client, text: str, name: str = "source.md") -> httpx.Response:
        text = f"---\ntitle: The Lamp on the Point\nauthor: Ida Marsh\n---\n\n{text}"
        return client.api.put(f"{client.url}/file", files={"file": (name, text.encode())})

    def test_chapters_keep_their_keys_and_corrections_hold(self, api: httpx.Client, maker: Maker) -> None:
        book = maker.add(text=THREE + f"\nSo it said {uuid4().hex}.\n")
        client = Client(api, book.id)
        one, two, three = client.sections()
        client.correct({"do": "rename", "section": two, "title": "The Skiff"})
        text = "# A Foreword\n\nThis is the second edition, which was set anew.\n\n" + THREE.replace(
            "at nine", "at ten"
        )
        answer = self.put(client, text, "second.md")
        assert answer.status_code == 200, answer.text
        assert (answer.json()["filename"], answer.json()["state"]) == ("second.md", "queued")
        now = client.look()
        assert [s["title"] for s in now["sections"]][-3:] == ["Chapter 1. The Lamp", "The Skiff", "Chapter 3. The Name"]
        assert client.sections()[-3:] == [one, two, three]
        assert "at ten" in client.api.get(f"{client.url}/chapters/{one}").json()["text"]
        assert not maker.objects.has(book.source_sha)  # the old file is gone

    def test_a_correction_that_fits_no_more_is_shown_as_a_conflict(self, client: Client) -> None:
        three = client.sections()[2]
        client.correct({"do": "rename", "section": three, "title": "The Word"})
        assert self.put(client, TEXT).status_code == 200
        made = client.look()["corrections"][0]
        assert "not in the book" in made["conflict"]
        assert (made["state"], made["summary"]) == ("in_force", "“Chapter 3. The Name” renamed to “The Word”")
        assert self.put(client, THREE, "again.md").status_code == 200
        again = client.look()
        assert (again["corrections"][0]["conflict"], again["sections"][2]["title"]) == (None, "The Word")

    def test_a_conflict_can_be_given_up_and_nothing_else(self, client: Client) -> None:
        one, _, three = client.sections()
        client.correct(
            {"do": "rename", "section": three, "title": "The Word"}, {"do": "rename", "section": one, "title": "A"}
        )
        assert self.put(client, TEXT).status_code == 200
        client.look()
        body = problem(client.give_up(2), 409, "correction-in-force")
        assert "undo" in str(body["detail"])
        problem(client.give_up(3), 409, "correction-in-force")
        assert client.give_up(1).status_code == 200
        problem(client.give_up(2), 412, "corrected-meanwhile")
        now = client.look()
        assert [(c["state"], c["conflict"]) for c in now["corrections"]] == [("dropped", None), ("in_force", None)]
        assert now["sections"][0]["title"] == "A"

    def test_the_same_file_changes_nothing_and_an_unreadable_one_neither(self, client: Client) -> None:
        before = client.api.get(client.url).json()
        assert self.put(client, THREE).json() == before
        answer = client.api.put(f"{client.url}/file", files={"file": ("x.epub", b"\x89PNG\r\n\x1a\n picture")})
        problem(answer, 422, "not-a-book")
        problem(self.put(client, "x " * 30, ""), 422, "invalid-request")
        assert client.api.get(client.url).json() == before

    def test_an_edition_without_any_chapter_asked_for_is_refused(self, api: httpx.Client, maker: Maker) -> None:
        client = Client(api, maker.add(text=THREE, chapters="3").id)
        problem(self.put(client, TEXT), 422, "no-such-chapter")
        assert len(client.titles()) == 3
