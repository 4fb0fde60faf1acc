"""OpenRouter on its wire, through the openai SDK: chat with a form for the answer, embeddings, and looking up.

Facts from OpenRouter's documentation (autumn 2026): errors-and-debugging, zero-completion-insurance, response-caching,
input-output-logging, and the reference of `/generation` and `/generation/content`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import openai
from openai import AsyncOpenAI, Omit
from pydantic import SecretStr

from litink.providers.catalogue import Catalogue
from litink.providers.exchange import House, Line, converse, seconds_to_wait, turned_away
from litink.providers.openrouter.answers import Usage, money, read, text_answer, understood
from litink.providers.openrouter.streaming import Streamed
from litink.providers.wire import Answer, AnswerLost, Hear, NotBilled, NotTaken, Pending, Request, Sending, WrongAnswer

LOOK_SECONDS = 20.0
REPEAT_SECONDS = 120.0
RECORD_SECONDS = 120.0  # a generation that is not on record after this long never will be
CACHE_SECONDS = 300  # how long OpenRouter keeps an answer for a repeat


class OpenRouter:
    """Chat and embeddings. ``repeats``: see :meth:`look_up`."""

    name = "openrouter"

    def __init__(self, key: SecretStr, url: str, catalogue: Catalogue, *, repeats: bool = False) -> None:
        self._house = House("OpenRouter", "LITINK_OPENROUTER", key, "x-generation-id")
        self._url = url
        self._catalogue = catalogue
        self._repeats = repeats

    def send(self, request: Request, sending: Sending) -> Answer:
        response, line = self._post(request, sending.deadline_seconds)
        try:
            return read(self._house, request, response.content, line.headers.get("x-generation-id", ""))
        except WrongAnswer as error:
            raise self._with_cost(error) from None

    def stream(self, request: Request, sending: Sending, hear: Hear) -> Answer:
        """A chat's text as it is written; other operations come as a whole."""
        if request.operation != "chat":
            return self.send(request, sending)
        try:
            return self._streamed(request, sending.deadline_seconds, hear)
        except WrongAnswer as error:
            raise self._with_cost(error) from None

    def fetch(self, request: Request, reference: str) -> Answer:
        """Nothing here is made in the background."""
        raise NotTaken("job-unknown", f"{self._house.name} has no jobs to wait for.", retryable=False)

    def look_up(self, request: Request, reference: str, sent_at: datetime) -> Answer | Pending | NotBilled | None:
        """By its id a call's cost is on record, and its text too where the account keeps inputs and outputs. Raises
        WrongAnswer where it was billed and its text is gone.

        Without an id nothing can be looked up. With ``repeats`` the very same request is sent again then: within five
        minutes OpenRouter gives the first answer once more, for nothing — if the first request was answered, and its
        answer is still kept. If not, the repeat is billed as well, so this is off by default.
        """
        if reference:
            return self._recorded(request, reference, sent_at)
        if self._repeats and (datetime.now(UTC) - sent_at).total_seconds() < CACHE_SECONDS:
            return self._repeated(request)
        return None

    # -- asking ----------------------------------------------------------------------------------------------------

    def _post(self, request: Request, seconds: float) -> tuple[httpx.Response, Line]:
        """Sends a request and returns the response with status 200, unread by the SDK: what the SDK makes of an odd
        body (a web page becomes a str, a cost a float) is of no use here."""

        async def say(client: httpx.AsyncClient, line: Line) -> tuple[httpx.Response, Line]:
            sdk = self._sdk(client, seconds)
            body = self._body(request)
            try:
                if request.operation == "embedding":
                    raw = await sdk.embeddings.with_raw_response.create(**_arguments(body, _EMBEDDING))
                else:
                    raw = await sdk.chat.completions.with_raw_response.create(**_arguments(body, _CHAT))
            except openai.APIStatusError as error:
                raise self._refusal(error, line) from None
            except openai.APIConnectionError as error:
                raise error.__cause__ or error from None
            return raw.http_response, line  # type: ignore[return-value]  # it is what our client made

        return converse(self._house, seconds, say)

    def _streamed(self, request: Request, seconds: float, hear: Hear) -> Answer:
        house = self._house

        async def say(client: httpx.AsyncClient, line: Line) -> Answer:
            sdk = self._sdk(client, seconds)
            body = {**self._body(request), "stream": True, "stream_options": {"include_usage": True}}
            asking = sdk.chat.completions.with_streaming_response.create(**_arguments(body, _CHAT))
            try:
                async with asking as response:
                    reference = line.headers.get("x-generation-id", "")
                    if not line.headers.get("content-type", "").startswith("text/event-stream"):
                        return read(house, request, await response.read(), reference)
                    streamed = Streamed()
                    try:
                        async for text in response.iter_lines():
                            piece = streamed.take(text)
                            if piece:
                                hear(piece.encode("utf-8", "replace"))
                    except (ValueError, RecursionError):
                        message = f"{house.name} sent something other than JSON."
                        raise WrongAnswer("answer-not-json", message, reference=reference) from None
            except openai.APIStatusError as error:
                raise self._refusal(error, line) from None
            except openai.APIConnectionError as error:
                raise error.__cause__ or error from None
            reference = reference or streamed.reference
            if not streamed.over:
                raise AnswerLost("answer-lost", f"{house.name} broke off in the middle of its answer.", reference)
            return understood(house, request, streamed.whole(), reference)

        return converse(house, seconds, say)

    def _body(self, request: Request) -> dict[str, Any]:
        """The body with what holds for every call: no maker that would ignore a field, none above the price that is
        set aside for it (USD a million tokens)."""
        routing: dict[str, Any] = {}
        model = self._catalogue.named(self.name, request.operation, request.model)
        if model is not None:
            price = model.price
            most = {"prompt": price.million_tokens_in, "completion": price.million_tokens_out}
            routing["max_price"] = {name: float(usd * model.ceiling) for name, usd in most.items() if usd is not None}
        if request.operation == "chat":
            routing["require_parameters"] = True
        return {
            **({"encoding_format": "base64"} if request.operation == "embedding" else {}),
            **request.body,
            "model": request.model,
            "provider": {**routing, **request.body.get("provider", {})},
        }

    def _sdk(self, client: httpx.AsyncClient, seconds: float) -> AsyncOpenAI:
        return AsyncOpenAI(
            api_key=self._house.key.get_secret_value(),
            base_url=self._url,
            max_retries=0,  # a retry would be billed again
            timeout=seconds,
            http_client=client,  # type: ignore[arg-type]  # the SDK takes httpx as well as httpx2
            default_headers={
                "X-Title": "LitinkAI",
                "X-OpenRouter-Cache": "true",  # so that the answer can be had once more, see look_up
                "OpenAI-Organization": Omit(),  # type: ignore[dict-item]  # else it comes from the environment
                "OpenAI-Project": Omit(),  # type: ignore[dict-item]
            },
        )

    def _refusal(self, error: openai.APIStatusError, line: Line) -> NotTaken | AnswerLost:
        """OpenRouter writes a status other than 200 only as long as no model has begun to answer, and bills nothing
        for an answer that ends in an error (zero completion insurance). So its own 502 is unbilled like a 503."""
        said = error.body if isinstance(error.body, dict) else {}  # the SDK unwraps {"error": …}
        shaped = "message" in said and "code" in said
        status = 503 if error.status_code == 502 and shaped else error.status_code
        metadata, availability = _dict(said.get("metadata")), _dict(said.get("availability"))
        after = seconds_to_wait(availability.get("retry_after"))
        again = availability.get("retryable") if isinstance(availability.get("retryable"), bool) else None
        if status == 402 and metadata.get("limit_source") == "openrouter_in_flight_budget":
            status = 429  # not out of credit: too much of it is set aside for calls under way
        return turned_away(
            self._house,
            status,
            str(said.get("message") or ""),
            line=line,
            shaped=shaped,
            retryable=again,
            retry_after=after,
        )

    # -- looking up --------------------------------------------------------------------------------------------------

    def _recorded(self, request: Request, reference: str, sent_at: datetime) -> Answer | NotBilled | None:
        record = self._get("/generation", reference)
        if record is None:
            if (datetime.now(UTC) - sent_at).total_seconds() < RECORD_SECONDS:
                raise AnswerLost("not-on-record", "OpenRouter has no record of the call yet.", reference)
            return None
        usage = _recorded_usage(record)
        if usage.cost_usd == 0 and not usage.units.get("tokens_out"):
            return NotBilled()
        content = self._get("/generation/content", reference) if request.operation == "chat" else None
        text = _dict(_dict(content).get("output")).get("completion")
        reason = record.get("finish_reason")
        if isinstance(text, str) and reason == "stop":
            return text_answer(
                request, text, usage, reference, {"finish_reason": reason, "model": str(record.get("model") or "")}
            )
        raise WrongAnswer(
            "answer-gone",
            "OpenRouter has billed an answer that did not arrive, and does not keep it. "
            "(It does with input and output logging on, in its settings.)",
            units=usage.units,
            cost_usd=usage.cost_usd,
            reference=reference,
        )

    def _with_cost(self, error: WrongAnswer) -> WrongAnswer:
        """A wrong answer often does not say what it cost; the record does, and often that it was nothing."""
        if error.cost_usd is None and error.reference:
            for pause in (0.0, 2.0):  # a record may come a little later than the answer
                time.sleep(pause)
                try:
                    record = self._get("/generation", error.reference)
                except AnswerLost:
                    continue
                if record is not None:
                    usage = _recorded_usage(record)
                    return WrongAnswer(
                        error.code,
                        error.message,
                        units=usage.units,
                        cost_usd=usage.cost_usd,
                        reference=error.reference,
                    )
        return error

    def _repeated(self, request: Request) -> Answer | None:
        try:
            response, line = self._post(request, REPEAT_SECONDS)
        except NotTaken:
            return None
        answer = read(self._house, request, response.content, line.headers.get("x-generation-id", ""))
        if line.headers.get("x-openrouter-cache-status", "").upper() != "HIT":
            return answer
        # A repeat reports no tokens and no cost, but the first answer was billed: what it took is not known.
        return Answer(answer.data, answer.media_type, {}, None, answer.reference, {**answer.meta, "repeated": True})

    def _get(self, path: str, reference: str) -> dict[str, Any] | None:
        """The ``data`` that OpenRouter has on a call, None when it has none. Raises AnswerLost when it does not say."""

        async def say(client: httpx.AsyncClient, line: Line) -> httpx.Response:
            return await client.get(
                self._url + path,
                params={"id": reference},
                headers={"Authorization": f"Bearer {self._house.key.get_secret_value()}"},
            )

        try:
            response = converse(self._house, LOOK_SECONDS, say)
        except (NotTaken, WrongAnswer) as error:
            raise AnswerLost(error.code, error.message, reference) from None
        if response.status_code in (403, 404):  # 403: the account keeps no content
            return None
        try:
            data = json.loads(response.content, parse_float=Decimal)["data"]
        except (ValueError, KeyError, TypeError):
            data = None
        if response.status_code != 200 or not isinstance(data, dict):
            raise AnswerLost("not-told", f"OpenRouter does not say what became of a call ({response.status_code}).")
        return data


# What the SDK takes by name; everything else of the body goes along as it is.
_CHAT = frozenset(
    {"messages", "model", "max_tokens", "response_format", "temperature", "seed", "top_p", "stop"}
    | {"stream", "stream_options"}
)
_EMBEDDING = frozenset({"input", "model", "dimensions", "encoding_format"})


def _arguments(body: Mapping[str, Any], named: frozenset[str]) -> dict[str, Any]:
    rest = {name: value for name, value in body.items() if name not in named}
    arguments = {name: value for name, value in body.items() if name in named}
    return {**arguments, "extra_body": rest} if rest else arguments


def _recorded_usage(record: Mapping[str, Any]) -> Usage:
    fields = (("tokens_in", "native_tokens_prompt"), ("tokens_out", "native_tokens_completion"))
    units = {unit: float(record[field]) for unit, field in fields if isinstance(record.get(field), int)}
    return Usage(units, money(record.get("total_cost")))


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
