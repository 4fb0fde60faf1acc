"""Pronunciation dictionaries: made from rules, listed, and used: aliases change what is spoken."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.faults import Met
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply
from emulator.elevenlabs.dialect import authenticate, invalid, no_query


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Spelling(_Strict):
    string_to_replace: Annotated[str, Field(min_length=1)]
    case_sensitive: bool | None = None
    word_boundaries: bool | None = None


class Alias(_Spelling):
    type: Literal["alias"]
    alias: str


class Phoneme(_Spelling):
    type: Literal["phoneme"]
    phoneme: str
    alphabet: Literal["ipa", "cmu-arpabet"]


class Rules(_Strict):
    rules: list[Annotated[Alias | Phoneme, Field(discriminator="type")]]
    name: Annotated[str, Field(min_length=1)]
    description: str | None = None
    workspace_access: Literal["admin", "editor", "commenter", "viewer"] | None = None


class Locator(_Strict):
    """Which dictionary to use in a request."""

    pronunciation_dictionary_id: str
    version_id: str | None = None


def spoken(hub: Hub, text: str, locators: Sequence[Locator]) -> str:
    """``text`` with the aliases of the dictionaries put in; Refusal 400 for a dictionary that is not there."""
    for locator in locators:
        found = hub.state.get("dictionary", locator.pronunciation_dictionary_id)
        if found is None or locator.version_id not in (None, found["version_id"]):
            message = f"Pronunciation dictionary {locator.pronunciation_dictionary_id} was not found."
            raise Refusal(400, "pronunciation_dictionary_not_found", message, param="pronunciation_dictionary_locators")
        for rule in found["rules"]:
            if rule["type"] == "alias":
                text = _replaced(text, rule)
    return text


def _replaced(text: str, rule: dict[str, Any]) -> str:
    edge = r"\b" if rule.get("word_boundaries", True) else ""
    flags = 0 if rule.get("case_sensitive", True) else re.IGNORECASE
    return re.sub(f"{edge}{re.escape(rule['string_to_replace'])}{edge}", lambda _: rule["alias"], text, flags=flags)


async def _add(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request)
    try:
        asked = Rules.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from None
    name, version = secrets.token_urlsafe(15), secrets.token_urlsafe(15)
    made = {
        "id": name,
        "version_id": version,
        "name": asked.name,
        "description": asked.description,
        "created_by": "user_emulated",
        "creation_time_unix": int(hub.state.now()),
        "rules": [rule.model_dump(exclude_none=True) for rule in asked.rules],
    }

    def commit(met: Met) -> None:
        hub.state.put("dictionary", name, made)

    async def work(kind: str | None) -> Reply:
        answer = {key: value for key, value in made.items() if key != "rules"}
        return json_reply({**answer, "version_rules_num": len(asked.rules), "permission_on_resource": "admin"})

    return Order(model="", fingerprint=asked.name, work=work, commit=commit, reference=name)


def _described(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": found["id"],
        "latest_version_id": found["version_id"],
        "latest_version_rules_num": len(found["rules"]),
        "name": found["name"],
        "description": found["description"],
        "permission_on_resource": "admin",
        "created_by": found["created_by"],
        "creation_time_unix": found["creation_time_unix"],
        "archived_time_unix": None,
    }


async def _list(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request, "cursor", "page_size", "sort", "sort_direction", "include_archived")

    async def work(kind: str | None) -> Reply:
        found = [_described(one) for one in hub.state.all("dictionary")]
        return json_reply({"pronunciation_dictionaries": found, "next_cursor": None, "has_more": False})

    return Order(model="", fingerprint="dictionaries", work=work)


async def _get(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request)
    found = hub.state.get("dictionary", request.path_params["id"])
    if found is None:
        raise Refusal(404, "pronunciation_dictionary_not_found", "The pronunciation dictionary was not found.")

    async def work(kind: str | None) -> Reply:
        assert found is not None
        return json_reply({**_described(found), "rules": found["rules"]})

    return Order(model="", fingerprint=request.path_params["id"], work=work)


ADD = Endpoint("dictionary", _add)
LIST = Endpoint("dictionary", _list)
GET = Endpoint("dictionary", _get)
