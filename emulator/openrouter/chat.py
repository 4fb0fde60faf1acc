"""POST /chat/completions: what is taken, and what it costs. The answers' shapes are in `completions.py`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.faults import Met
from emulator.core.fingerprint import fingerprint
from emulator.core.hub import Hub
from emulator.core.money import Charge
from emulator.core.replies import Reply
from emulator.core.words import Material, tokens
from emulator.openrouter.completions import Completion
from emulator.openrouter.dialect import PROVIDER, authenticate, invalid
from emulator.openrouter.generations import Cached, Generation, check_credit, new_id
from emulator.openrouter.instances import instance
from emulator.openrouter.models import Model, Routing, chosen

FREE_A_MINUTE, FREE_A_DAY = 20, 50


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TextPart(_Strict):
    type: Literal["text"]
    text: str
    cache_control: dict[str, Any] | None = None


class ImageUrl(_Strict):
    url: str
    detail: Literal["auto", "low", "high"] | None = None


class ImagePart(_Strict):
    type: Literal["image_url"]
    image_url: ImageUrl


Part = Annotated[TextPart | ImagePart, Field(discriminator="type")]


class Message(_Strict):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[Part]
    name: str | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content if isinstance(part, TextPart))


class JsonSchema(_Strict):
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    strict: bool | None = None
    description: str | None = None


class JsonSchemaFormat(_Strict):
    type: Literal["json_schema"]
    json_schema: JsonSchema


class PlainFormat(_Strict):
    type: Literal["text", "json_object"]


class StreamOptions(_Strict):
    include_usage: bool | None = None


class UsageOption(_Strict):
    include: bool


class Reasoning(_Strict):
    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    max_tokens: int | None = None
    exclude: bool | None = None
    enabled: bool | None = None


class Chat(_Strict):
    """The body. What is not here is refused."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1)]
    models: list[str] = []
    stream: bool = False
    stream_options: StreamOptions | None = None
    response_format: Annotated[JsonSchemaFormat | PlainFormat, Field(discriminator="type")] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    repetition_penalty: Annotated[float, Field(gt=0, le=2)] | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    reasoning: Reasoning | None = None
    provider: Routing = Routing()
    usage: UsageOption | None = None
    user: Annotated[str, Field(max_length=128)] | None = None
    session_id: Annotated[str, Field(max_length=128)] | None = None

    @property
    def prompt(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def wanted_schema(self) -> Mapping[str, Any] | None:
        if isinstance(self.response_format, JsonSchemaFormat):
            return self.response_format.json_schema.schema_
        return None

    def parameters(self) -> list[str]:
        """The parameters that a model may or may not support, of those in use."""
        names = ("temperature", "top_p", "top_k", "min_p", "seed", "stop", "reasoning", "max_tokens")
        penalties = ("frequency_penalty", "presence_penalty", "repetition_penalty")
        used = [name for name in names + penalties if getattr(self, name) is not None]
        if isinstance(self.response_format, JsonSchemaFormat):
            used.append("structured_outputs")
        elif self.response_format is not None and self.response_format.type == "json_object":
            used.append("response_format")
        return used


async def _read(hub: Hub, request: Request, body: bytes) -> Order:
    key = authenticate(hub, request)
    try:
        asked = Chat.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from None
    _check_schema(asked)
    names = list(dict.fromkeys([asked.model, *asked.models]))
    candidates = _candidates(names, asked)
    check_credit(hub)
    cached = Cached(hub, request, body, key)
    await cached.look()
    seed = fingerprint(PROVIDER, "chat", json.loads(body))
    order: Order | None = None
    for model in reversed(candidates):
        order = _order(hub, asked, model, seed, cached, order)
    assert order is not None
    cached.begin()
    return order


def _candidates(names: Sequence[str], asked: Chat) -> list[Model]:
    """The models that may serve it, in order; the first one's refusal when none may."""
    refusal: Refusal | None = None
    found: list[Model] = []
    for model in [chosen(name, embedding=False) for name in names]:
        try:
            asked.provider.refuse(model, asked.parameters())
            found.append(model)
        except Refusal as error:
            refusal = refusal or error
    if not found:
        assert refusal is not None
        raise refusal
    return found


def _order(hub: Hub, asked: Chat, model: Model, seed: str, cached: Cached, fallback: Order | None) -> Order:
    tokens_in = sum(tokens(message.text) + 4 for message in asked.messages)
    most = asked.max_completion_tokens or asked.max_tokens
    wanted = tokens_in + (most or 0)
    if wanted > model.context_length:
        message = (
            f"This endpoint's maximum context length is {model.context_length} tokens. "
            f"However, you requested about {wanted} tokens."
        )
        raise Refusal(400, "bad_request", message)
    if model.id.endswith(":free"):
        _check_free(hub, model)
    text = _answer(asked, seed)
    room = min(most or model.max_completion_tokens or 4_096, model.max_completion_tokens or model.context_length)
    whole = tokens(text) <= room
    text = text if whole else text[: room * 4]
    generation = Generation(
        new_id(), model, tokens_in, tokens(text), asked.stream, cached.hit, headers=cached.headers()
    )
    completion = Completion(generation, text, "stop" if whole else "length", int(hub.state.now()))

    def commit(met: Met) -> Charge:
        generation.meets(met)
        said = {"completion": text, "reasoning": None}
        asked_for = {"messages": [message.model_dump(exclude_none=True) for message in asked.messages]}
        generation.remember(hub, completion.finish_reason, "chat", {"input": asked_for, "output": said})
        return generation.charge

    async def work(kind: str | None) -> Reply:
        cached.good = kind not in {"error_200", "finish_error", "empty_output", "wrong_schema"}
        return completion.streamed(kind) if asked.stream else completion.whole(kind)

    return Order(
        model=model.id,
        fingerprint=seed,
        work=work,
        charge=generation.charge,
        commit=commit,
        reference=generation.id,
        seconds=0.0 if cached.hit else None,
        settled=cached.end,
        streamed=asked.stream,
        fallback=fallback,
    )


def _answer(asked: Chat, seed: str) -> str:
    """What the model says: an instance of the schema, or a few sentences of the material, with the number of one of its
    parts where they are numbered."""
    material = Material("\n".join(m.text for m in asked.messages if m.role == "user") or asked.prompt, seed)
    if asked.wanted_schema is not None:
        try:
            return json.dumps(instance(asked.wanted_schema, material), ensure_ascii=False)
        except ValueError as error:
            raise Refusal(400, "bad_request", f"Invalid schema for response_format: {error}") from None
    if asked.response_format is not None and asked.response_format.type == "json_object":
        return json.dumps({"answer": material.paragraph(2)}, ensure_ascii=False)
    cited = [f" [{material.dice.choice(numbers)}]"] if (numbers := material.numbers("number")) else []
    return "".join([material.paragraph(3), *cited])


def _check_schema(asked: Chat) -> None:
    """With ``strict``, objects must be closed and every property required, as OpenAI asks."""
    form = asked.response_format
    if isinstance(form, JsonSchemaFormat) and form.json_schema.strict:
        _check_closed(form.json_schema.schema_, ())


def _check_closed(schema: Any, path: tuple[str, ...]) -> None:
    if isinstance(schema, Mapping):
        if schema.get("type") == "object" or ("properties" in schema and path[-1:] != ("properties",)):
            properties = schema.get("properties", {})
            missing = [name for name in properties if name not in schema.get("required", [])]
            where = f"In context=({', '.join(map(repr, path))}), "
            start = "Invalid schema for response_format: "
            if schema.get("additionalProperties") is not False:
                raise Refusal(400, "bad_request", f"{start}{where}'additionalProperties' must be false.")
            if missing:
                reason = f"'required' must include every key in properties. Missing '{missing[0]}'."
                raise Refusal(400, "bad_request", f"{start}{where}{reason}")
        for name, part in schema.items():
            if name not in {"enum", "const", "default", "examples", "required"}:
                _check_closed(part, (*path, name))
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            _check_closed(part, (*path, str(number)))


def _check_free(hub: Hub, model: Model) -> None:
    """Free models: so many a minute, so many a day."""
    for count, seconds, name in ((FREE_A_MINUTE, 60, "min"), (FREE_A_DAY, 86_400, "day")):
        since = hub.state.now() - seconds
        rows = hub.state.rows("SELECT count(*) AS n FROM bill WHERE model = ? AND at > ?", model.id, since)
        if rows[0]["n"] >= count:
            message = f"Rate limit exceeded: free-models-per-{name}."
            raise Refusal(429, "rate_limited", message, retry_after=seconds if name == "min" else 3600)


ENDPOINT = Endpoint("chat", _read, paid=True)
