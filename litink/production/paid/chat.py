"""A language model that answers in a form: question and form to a request, the answer to a value that holds to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from litink.generation.keys import canonical
from litink.generation.paid.cashier import Offer
from litink.production.paid.till import Till, recipe_of, seed_of
from litink.production.paid.tokens import count_tokens
from litink.providers.base import Question
from litink.providers.catalogue import Model
from litink.providers.wire import Answer, Request, WrongAnswer

A = TypeVar("A", bound=BaseModel)

CHAT_VERSION = 1  # raised whenever the same question would be asked differently
_MESSAGE_TOKENS = 100  # at most, what a provider puts around two messages
_MARGIN = 0.05  # of the context, for what a provider adds unseen
_BEGIN, _END = "<material>", "</material>"
_FENCE = re.compile(r"<(?=\s*/?\s*material\b)", re.IGNORECASE)  # whatever a model might take for either of them
# Keywords that not every provider's strict mode takes. What they ask for is said in words, and checked afterwards.
_BOUNDS = (
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "uniqueItems",
)
_DROPPED = frozenset({"title", "default", "examples", "format", "multipleOf", *_BOUNDS})


def chat_recipe(ladder: Sequence[Model]) -> dict[str, Any]:
    return recipe_of(ladder[0], CHAT_VERSION)


class PaidChat:
    """A Chat over ladders of models, by task. The same question asks for the same answer.

    A broken answer is paid for and of no use; the next model is asked then. The first model stands a second time at
    the end of its ladder, to be asked once more with another seed. Without a till it can tell its recipe, not answer.
    """

    def __init__(self, till: Till | None, ladders: Mapping[str, Sequence[Model]]) -> None:
        self._till, self._ladders = till, ladders

    def recipe(self, task: str) -> Mapping[str, Any]:
        return chat_recipe(self._ladders[task])

    def context_tokens(self, task: str) -> int:
        smallest = min(model.context_tokens or 0 for model in self._ladders[task])
        return int(smallest * (1 - _MARGIN)) - _MESSAGE_TOKENS

    def count_tokens(self, text: str) -> int:
        return count_tokens(text)

    def ask(self, question: Question, form: type[A], check: Callable[[A], None] | None = None) -> A:
        """Raises what the cashier raises: PermanentFailure "providers-failed" when no model gave a valid answer."""
        assert self._till is not None
        schema = strict(form.model_json_schema())
        ladder = self._ladders[question.task]
        offers = [offer_of(model, question, form.__name__, schema) for model in (*ladder, ladder[0])]
        return self._till.buy(offers, lambda answer: answered(answer, form, check))


def offer_of(model: Model, question: Question, name: str, schema: Mapping[str, Any]) -> Offer:
    """The request: instructions are ours and come first, the material is fenced off and cannot end its fence."""
    most = min(question.answer_tokens, model.answer_tokens or question.answer_tokens)
    asked = {"instructions": question.instructions, "material": question.material, "form": schema}

    def build(variation: int) -> Request:
        again = f"\nThis is try number {variation + 1}: hold strictly to the form." if variation else ""
        material = _FENCE.sub("‹", question.material)
        everything = {
            "max_tokens": most,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": name, "strict": True, "schema": schema},
            },
            "temperature": 0,
            "seed": seed_of(asked, variation),
        }
        body = {
            "messages": [
                {"role": "system", "content": question.instructions + again},
                {"role": "user", "content": f"{_BEGIN}\n{material}\n{_END}"},
            ],
            **{field: value for field, value in everything.items() if model.takes(field)},
        }
        return Request(model.provider, model.operation, model.name, body)

    prompt = count_tokens(question.instructions) + count_tokens(question.material)
    form_tokens = count_tokens(canonical(schema).decode())
    return Offer(model, build, {"tokens_in": prompt + form_tokens + _MESSAGE_TOKENS, "tokens_out": most})


def answered(answer: Answer, form: type[A], check: Callable[[A], None] | None = None) -> A:
    """The value in an answer. Raises WrongAnswer for one that was cut off, breaks the form, or cannot be true."""
    if answer.meta.get("finish_reason") == "length":
        raise WrongAnswer("answer-cut", "The answer was longer than allowed.")
    text = answer.data.decode("utf-8", "replace")
    try:
        value = form.model_validate_json(_bare(text))
        if check is not None:
            check(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise WrongAnswer("answer-broken", f"The answer breaks its form at {where}: {first['msg']}"[:300]) from None
    except ValueError as error:
        raise WrongAnswer("answer-untrue", f"The answer cannot be true: {error}"[:300]) from None
    return value


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema as strict mode takes it: every property required, none besides, and only keywords that it knows."""

    def tightened(node: Any, *, names: bool = False) -> Any:
        """``names``: the keys of this mapping are names of properties or definitions, not keywords."""
        if isinstance(node, list):
            return [tightened(part) for part in node]
        if not isinstance(node, Mapping):
            return node
        kept = {
            key: tightened(part, names=key in ("properties", "$defs") and not names)
            for key, part in node.items()
            if names or key not in _DROPPED
        }
        if not names and (bounds := [f"{key} {node[key]}" for key in _BOUNDS if key in node]):
            kept["description"] = f"{node.get('description', '')} ({', '.join(bounds)})".strip()
        if not names and "properties" in kept:
            kept |= {"additionalProperties": False, "required": list(kept["properties"])}
        return kept

    found: dict[str, Any] = tightened(schema)
    return found


def _bare(text: str) -> str:
    """The object in an answer, without the fence or the sentence that a model may put around it."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text
