"""A chat's answer as OpenRouter streams it (server-sent events), put together to what it would be as a whole."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

_DATA = "data:"
_END = "[DONE]"


class Streamed:
    """Takes the stream line by line. Lines that begin with a colon are comments (": OPENROUTER PROCESSING").

    A stream that breaks off may end as if it were whole: only :attr:`over` tells.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._refusals: list[str] = []
        self._frame: dict[str, Any] = {}
        self._choice: dict[str, Any] = {}
        self._error: object = None
        self._ended = False

    def take(self, line: str) -> str:
        """The text that a line adds; "" for a line that adds none. Raises ValueError for what is no JSON."""
        if not line.startswith(_DATA):
            return ""
        data = line[len(_DATA) :].strip()
        if data == _END:
            self._ended = True
            return ""
        chunk = json.loads(data, parse_float=Decimal)
        if not isinstance(chunk, dict):
            raise ValueError("a chunk is no object")
        self._error = self._error or chunk.get("error")
        self._frame |= {name: chunk[name] for name in ("id", "model", "provider", "usage") if chunk.get(name)}
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        self._choice |= {name: choice[name] for name in ("finish_reason", "error") if choice.get(name)}
        delta = choice.get("delta")
        text, refusal = (delta.get(name) if isinstance(delta, dict) else None for name in ("content", "refusal"))
        if isinstance(refusal, str):
            self._refusals.append(refusal)
        if not isinstance(text, str):
            return ""
        self._texts.append(text)
        return text

    @property
    def reference(self) -> str:
        """OpenRouter's id of the call, "" where none was seen."""
        return str(self._frame.get("id") or "")

    @property
    def over(self) -> bool:
        """Whether the answer came to its end: with a reason, and with what it cost or the mark of the end."""
        if self._error or self._choice.get("error"):
            return True
        return bool(self._choice.get("finish_reason")) and (self._ended or "usage" in self._frame)

    def whole(self) -> dict[str, Any]:
        """The answer as one that was not streamed looks."""
        message = {"content": "".join(self._texts), "refusal": "".join(self._refusals) or None}
        return {**self._frame, "error": self._error, "choices": [{**self._choice, "message": message}]}
