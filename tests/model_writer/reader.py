"""A chat for tests that answers from the material by simple rules, as a careful model would, and keeps what it was
asked. It is an implementation of the interface; what it says is checked like any other answer."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from litink.errors import PermanentFailure
from litink.providers.base import Question

A = TypeVar("A", bound=BaseModel)
Answerer = Callable[[Question, type[BaseModel]], Mapping[str, Any]]


class Reader:
    def __init__(self, answer: Answerer, context: int = 60_000) -> None:
        self._answer, self._context = answer, context
        self.asked: list[Question] = []
        self._lock = threading.Lock()

    def recipe(self, task: str) -> Mapping[str, Any]:
        return {"model": "reader", "task": task}

    def context_tokens(self, task: str) -> int:
        return self._context

    def count_tokens(self, text: str) -> int:
        return len(text) // 3 + 1

    def ask(self, question: Question, form: type[A], check: Callable[[A], None] | None = None) -> A:
        with self._lock:
            self.asked.append(question)
        answer = form.model_validate(self._answer(question, form))
        if check:
            try:
                check(answer)
            except ValueError as error:
                raise PermanentFailure("no-valid-answer", str(error)) from None
        return answer


def marks(question: Question, name: str = "") -> list[int]:
    """The numbers in the material's marks: ``[scene 3]`` for "scene", ``[12]`` for ""."""
    pattern = rf"\[{name} (\d+)[\]:]" if name else r"\[(\d+)\]"
    return [int(number) for number in re.findall(pattern, question.material)]
