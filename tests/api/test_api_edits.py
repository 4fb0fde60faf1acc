"""Editing the story over the API: what a client relies on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.looking import Looker
from tests.api.test_api_books import problem
from tests.made_books import Maker


class Client(Looker):
    """A client that looks at what was edited of a book and edits further."""

    what = "edits"

    @property
    def chapter(self) -> str:
        """The first one that has a script."""
        key: str = self.api.get(f"{self.url}/scripts").json()[0]["chapter"]
        return key

    def edit(self, *wanted: dict[str, Any], **headers: str) -> httpx.Response:
        return self.post("edits", {"edits": list(wanted)}, **headers)

    def words(self, text: str) -> dict[str, Any]:
        return {"edit": "line", "chapter": self.chapter, "line": "l1", "set": {"text": text}}

    def first(self) -> str:
        script = self.api.get(f"{self.url}/scripts/{self.chapter}").json()
        text: str = script["scenes"][0]["lines"][0]["text"]
        return text


@pytest.fixture
def client(api: httpx.Client, maker: Maker) -> Client:
    return Client(api, maker.finished().id)


def test_an_edit_is_seen_at_once_wherever_it_shows(client: Client) -> None:
    answer = client.edit(
        client.words("The lamp died."),
        {"edit": "character", "character": "old-tobit", "set": {"name": "Tobias"}},
        {"edit": "plot", "set": {"tone": "loud"}},
    )
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [(e["number"], e["author"], e["state"], e["conflict"]) for e in found["edits"]] == [
        (n, "local", "in_force", None) for n in (1, 2, 3)
    ]
    assert found["edits"][0]["edit"]["was"].startswith("The lamp on the Point")  # filled in
    assert (found["undo"], found["redo"]) == (3, None)
    assert client.look() == found
    assert client.first() == "The lamp died."
    assert client.api.get(f"{client.url}/plot").json()["tone"] == "loud"
    names = [c["name"] for c in client.api.get(f"{client.url}/characters").json()["characters"]]
    assert names == ["Mara Quill", "Tobias"]
    assert client.api.get(client.url).json()["revision"] == 2


def test_an_unchanged_list_is_not_sent_again(client: Client) -> None:
    tag = {"If-None-Match": f'"{client.seen["version"]}"'}
    assert client.api.get(f"{client.url}/edits", headers=tag).status_code == 304
    client.edit(client.words("A."))
    assert client.api.get(f"{client.url}/edits", headers=tag).status_code == 200


def test_a_voice_is_chosen_and_shown(client: Client) -> None:
    cast = client.api.get(f"{client.url}/characters").json()
    used = {cast["narrator"]["id"], *(c["voice_used"]["id"] for c in cast["characters"] if c["voice_used"])}
    offered = client.api.get(f"{client.url}/voices").json()
    other = next(voice["id"] for voice in offered if voice["id"] not in used)
    answer = client.edit(
        {"edit": "voice", "character": "mara-quill", "voice": other},
        {"edit": "voice", "character": None, "voice": other},
    )
    assert answer.status_code == 200, answer.text
    now = client.api.get(f"{client.url}/characters").json()
    assert (now["characters"][0]["voice_used"]["id"], now["narrator"]["id"]) == (other, other)
    client.look()
    client.post("edits/undo")
    assert client.api.get(f"{client.url}/characters").json()["narrator"] == cast["narrator"]
    problem(
        client.edit({"edit": "voice", "character": None, "voice": "v:nobody"}, **{"If-Match": "*"}),
        422,
        "edit-no-voice",
    )


def test_a_pronunciation_is_listed_with_the_lines_that_have_it(client: Client) -> None:
    client.edit(
        {"edit": "pronunciation", "word": "Quill", "say": "Kwill", "ipa": "/kwɪl/"},
        {"edit": "pronunciation", "word": "Zanzibar", "say": "Zan zee bar"},
    )
    url = f"{client.url}/pronunciations"
    quill, other = client.api.get(url).json()
    assert (quill["word"], quill["say"], quill["ipa"], other["lines"]) == ("Quill", "Kwill", "kwɪl", 0)
    assert quill["lines"] > 0
    client.look()
    again = client.edit({"edit": "pronunciation", "word": "Quill", "say": "Kwill", "ipa": "kwɪl"}).json()
    assert len(again["edits"]) == 2  # it is so already
    client.edit({"edit": "pronunciation", "word": "Quill", "say": None})
    assert [entry["word"] for entry in client.api.get(url).json()] == ["Zanzibar"]


def test_undo_and_redo(client: Client) -> None:
    text = client.first()
    client.edit(client.words("A."))
    client.look()
    undone = client.post("edits/undo").json()
    assert ([e["state"] for e in undone["edits"]], undone["undo"], undone["redo"]) == (["undone"], None, 1)
    assert client.first() == text
    client.look()
    assert client.post("edits/redo").json()["edits"][0]["state"] == "in_force"
    client.look()
    problem(client.post("edits/redo"), 409, "nothing-to-redo")
    client.post("edits/undo")
    client.look()
    problem(client.post("edits/undo"), 409, "nothing-to-undo")
    problem(client.api.delete(f"{client.url}/edits/1", headers={"If-Match": "*"}), 409, "edit-in-force")


def test_a_trial_shows_what_would_come_of_it(client: Client) -> None:
    headers = {"If-Match": f'"{client.seen["version"]}"'}
    body = {"edits": [client.words("A.")]}
    trial = client.api.post(f"{client.url}/edits", params={"dry_run": True}, json=body, headers=headers).json()
    assert trial["edits"][0]["summary"].endswith("reads “A.”")
    assert client.look()["edits"] == []
    assert client.edit(client.words("A.")).json()["version"] == trial["version"]


class TestTwoPeople:
    def test_the_second_is_told_what_the_first_did(self, client: Client) -> None:
        client.edit(client.words("A."))
        body = problem(client.edit(client.words("B.")), 412, "edited-meanwhile")
        assert "reads “A.”" in str(body["detail"])
        for path in ("edits/undo", "edits/redo"):
            problem(client.post(path), 412, "edited-meanwhile")
        assert client.first() == "A."
        client.look()
        assert client.edit(client.words("B.")).status_code == 200

    def test_whoever_does_not_say_what_was_seen_is_asked_to(self, client: Client) -> None:
        for path, body in (("edits", {"edits": [client.words("A.")]}), ("edits/undo", None), ("edits/redo", None)):
            problem(client.api.post(f"{client.url}/{path}", json=body), 428, "precondition-required")
        problem(client.api.delete(f"{client.url}/edits/1"), 428, "precondition-required")

    def test_a_star_edits_whatever_it_is(self, client: Client) -> None:
        client.edit(client.words("A."))
        assert client.edit(client.words("B."), **{"If-Match": "*"}).is_success


def test_the_same_request_twice_edits_once(client: Client) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    add = {"edit": "line_added", "chapter": client.chapter, "after": "l1", "text": "Silence."}
    first, second = (client.edit(add, **key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(client.look()["edits"]) == 1
    problem(client.edit(client.words("B."), **key), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"edit": "line", "line": "l99", "set": {"text": "A."}}, "edit-no-target"),
        ({"edit": "line", "line": "l1", "was": "Otherwise.", "set": {"text": "A."}}, "edit-no-target"),
        ({"edit": "line", "line": "l1", "set": {"text": "A\u0000."}}, "invalid-request"),
        ({"edit": "line", "line": "l1", "set": {"text": "x" * 1001}}, "invalid-request"),
        ({"edit": "line", "line": "l1", "set": {}}, "invalid-request"),
        ({"edit": "line", "line": "l1", "set": {"text": "A.", "start": 0}}, "invalid-request"),
        ({"edit": "line", "line": "../../etc", "set": {"text": "A."}}, "edit-no-target"),
        ({"edit": "line_removed", "line": "l1", "with": 1}, "invalid-request"),
        ({"edit": "burn"}, "invalid-request"),
        ({"edit": "pronunciation", "word": "Quill", "say": "/kwɪl/"}, "invalid-request"),
        ({"edit": "pronunciation", "word": "Quill", "say": "Kwill", "ipa": "<i>"}, "invalid-request"),
        ({"edit": "pronunciation", "word": "…", "say": "Kwill"}, "invalid-request"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(client: Client, wanted: dict[str, Any], code: str) -> None:
    chapter = {} if wanted["edit"] == "pronunciation" else {"chapter": client.chapter}
    body = problem(client.edit({**wanted, **chapter}), 422, code)
    assert str(body["detail"]).strip()
    assert client.look()["edits"] == []


def test_a_list_must_hold_an_edit_and_not_too_many(client: Client) -> None:
    problem(client.edit(), 422, "invalid-request")
    problem(client.edit(*[client.words("A.")] * 201), 422, "invalid-request")


class TestVersions:
    def versions(self, client: Client) -> list[dict[str, Any]]:
        answer = client.api.get(f"{client.url}/versions/scripts/{client.chapter}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["versions"]
        return found

    def test_they_are_listed_compared_and_put_in_force_again(self, client: Client) -> None:
        text = client.first()
        client.edit(client.words("A."))
        found = self.versions(client)
        assert [(v["number"], v["author"], v["edit"], v["in_force"]) for v in found] == [
            (2, "local", 1, True),
            (1, "generated", None, False),
        ]
        url = f"{client.url}/versions/scripts/{client.chapter}"
        assert client.api.get(f"{url}/1").json()["scenes"][0]["lines"][0]["text"] == text
        told = client.api.get(f"{url}/1/differences", params={"to": 2}).json()
        assert [(d["path"][-1], d["change"]) for d in told["differences"]] == [
            ("text", "changed"),
            ("by_person", "added"),
        ]
        assert told["truncated"] is False
        client.look()
        restore = {"edit": "version", "asset": "scripts", "key": client.chapter, "version": 1}
        assert client.edit(restore).status_code == 200
        assert client.first() == text

    def test_a_branch_has_a_name(self, client: Client) -> None:
        url, key = f"{client.url}/versions/scripts/{client.chapter}", {"Idempotency-Key": uuid4().hex}
        begun = client.api.post(url, json={"name": "For children"}, headers=key)
        assert (begun.status_code, begun.json()["versions"][0]["name"]) == (201, "For children")
        again = client.api.post(url, json={"name": "For children"}, headers=key)
        assert again.json() == begun.json()
        problem(client.api.post(url, json={"name": "for children"}), 422, "branch-exists")
        problem(client.api.post(url, json={"name": " \u0007 "}), 422, "invalid-request")
        client.edit(client.words("A."))
        assert [v["name"] for v in self.versions(client)] == ["For children", "For children", None]

    def test_what_is_not_there(self, client: Client) -> None:
        url = f"{client.url}/versions"
        problem(client.api.get(f"{url}/scripts/c0"), 404, "not-made-yet")
        problem(client.api.get(f"{url}/film/film.mp4"), 404, "not-found")
        problem(client.api.get(f"{url}/scripts/{client.chapter}/9"), 404, "no-such-version")
        problem(
            client.api.get(f"{url}/scripts/{client.chapter}/1/differences", params={"to": 9}), 404, "no-such-version"
        )
        problem(client.api.get(f"{url}/scripts/{client.chapter}/1/differences"), 422, "invalid-request")


def test_nothing_is_edited_of_a_book_that_is_not_read(api: httpx.Client) -> None:
    book = f"/books/{uuid4()}"
    problem(api.get(f"{book}/edits"), 404, "no-such-book")
    body = {"edits": [{"edit": "plot", "set": {"tone": "x"}}]}
    problem(api.post(f"{book}/edits", json=body), 404, "no-such-book")
    problem(api.get(f"{book}/versions/scripts/c"), 404, "no-such-book")
