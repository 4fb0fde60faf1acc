"""The shapes of a chat's answer: whole and streamed, sound and with faults in its content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator.core.calls import Refusal
from emulator.core.replies import Reply, json_reply
from emulator.openrouter.dialect import error_body
from emulator.openrouter.generations import Generation

COMMENT = b": OPENROUTER PROCESSING\n\n"
_ERROR = {"code": 502, "message": "Provider returned error", "metadata": {"provider_name": "Emulated"}}
_PIECE = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Completion:
    generation: Generation
    text: str
    finish_reason: str
    created: int

    def whole(self, kind: str | None) -> Reply:
        if kind == "error_200":
            return json_reply(error_body(Refusal(502, "", "Provider returned error")), headers=self._headers())
        choice: dict[str, Any] = {
            "index": 0,
            "logprobs": None,
            "finish_reason": self.finish_reason,
            "native_finish_reason": self.finish_reason,
            "message": {"role": "assistant", "content": self._said(kind), "refusal": None, "reasoning": None},
        }
        if kind == "finish_error":
            choice |= {"finish_reason": "error", "native_finish_reason": "error", "error": _ERROR}
        body = self._frame("chat.completion") | {"choices": [choice], "usage": self.generation.usage()}
        return json_reply(body, headers=self._headers())

    def streamed(self, kind: str | None) -> Reply:
        chunks = [COMMENT, COMMENT, *self._chunks(kind)]
        headers = {**self._headers(), "Cache-Control": "no-cache"}
        return Reply(chunks, "text/event-stream", 200, headers, streamed=True)

    def _chunks(self, kind: str | None) -> Iterator[bytes]:
        text = self._said(kind)
        pieces = _PIECE.findall(text)
        size = max(1, len(pieces) // 20)
        groups = ["".join(pieces[start : start + size]) for start in range(0, len(pieces), size)]
        yield self._chunk({"role": "assistant", "content": ""}, None)
        for number, group in enumerate(groups):
            if kind in {"error_200", "finish_error"} and number >= len(groups) // 2:
                yield self._chunk({"content": ""}, "error", error=_ERROR)
                return
            yield self._chunk({"role": "assistant", "content": group}, None)
        yield self._chunk({"role": "assistant", "content": ""}, self.finish_reason)
        frame = self._frame("chat.completion.chunk")
        yield _event({**frame, "choices": [], "usage": self.generation.usage()})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None, **more: Any) -> bytes:
        choice = {
            "index": 0,
            "delta": delta,
            "finish_reason": finish_reason,
            "native_finish_reason": finish_reason,
            "logprobs": None,
        }
        return _event({**self._frame("chat.completion.chunk"), **more, "choices": [choice]})

    def _said(self, kind: str | None) -> str:
        if kind == "empty_output":
            return ""
        if kind == "wrong_schema":
            return json.dumps({"unexpected": [self.text[:20], None, -1]}, ensure_ascii=False)
        return self.text

    def _frame(self, name: str) -> dict[str, Any]:
        return {
            "id": self.generation.id,
            "object": name,
            "created": self.created,
            "model": self.generation.model.id,
            "provider": self.generation.model.provider,
            "system_fingerprint": None,
        }

    def _headers(self) -> dict[str, str]:
        return {"X-Generation-Id": self.generation.id, **self.generation.headers}


def _event(value: Any) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"
