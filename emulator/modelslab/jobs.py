"""A job: what it will deliver and when, what it says of itself. It lives in the state and survives restarts."""

from __future__ import annotations

import math
import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from emulator.core.hub import Hub
from emulator.core.settings import GROUP_OF
from emulator.modelslab.files import PREFIX as FILES

Fate = Literal["ok", "stuck", "failed", "empty", "wrong"]


class Job(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: int
    operation: str
    area: str  # images, video-fusion, voice
    base: str  # this server, as the caller named it
    begun: float
    ready: float
    fate: Fate
    files: tuple[str, ...]
    meta: dict[str, Any]
    track_id: str | int | None = None

    def finished(self, now: float) -> bool:
        return self.fate != "stuck" and now >= self.ready

    @property
    def links(self) -> list[str]:
        return [f"{self.base}{FILES}{name}" for name in self.files]

    def told(self, now: float) -> dict[str, Any]:
        """What fetch says."""
        if not self.finished(now):
            begun = (now - self.begun) < 0.1 * (self.ready - self.begun)
            return {
                "status": "queued" if begun else "processing",
                "id": self.id,
                "message": "Your request is being processed.",
                "eta": max(1, math.ceil(self.ready - now)),
                "output": [],
            }
        if self.fate == "failed":
            return {"status": "failed", "id": self.id, "message": "Generation failed.", "output": []}
        return self._done()

    def accepted(self, now: float) -> dict[str, Any]:
        """What the submission says of a job that takes its time."""
        eta = max(1, math.ceil(self.ready - now))
        return {
            "status": "processing",
            "tip": "Use the fetch_result link to get your files.",
            "eta": eta,
            "message": f"Try to fetch request after seconds estimated: {eta}",
            "fetch_result": f"{self.base}/modelslab/api/v7/{self.area}/fetch/{self.id}",
            "id": self.id,
            "output": [],
            "future_links": self.links,
            "meta": self.meta,
        }

    def delivered(self, now: float) -> dict[str, Any]:
        """What the submission says when it waited for the end."""
        return self._done() | {"generationTime": round(self.ready - self.begun, 2), "meta": self.meta}

    def webhook(self) -> dict[str, Any]:
        """What it posts when it is done."""
        body = self.told(self.ready)
        return body | {"track_id": self.track_id, "meta": self.meta, "webhook_type": self.area}

    def forged(self) -> dict[str, Any]:
        """A webhook that somebody else might post: it names a file that is not this job's."""
        link = f"{self.base}{FILES}{secrets.token_hex(16)}.png"
        return {"status": "success", "id": self.id, "output": [link], "track_id": self.track_id, "meta": {}}

    def _done(self) -> dict[str, Any]:
        output: Any = self.links
        if self.fate == "empty":
            output = []
        elif self.fate == "wrong":
            output = {"url": self.links[0]} if self.links else None
        links = output if isinstance(output, list) else []
        return {"status": "success", "id": self.id, "output": output, "proxy_links": links}


def new_job_id(hub: Hub) -> int:
    while True:
        number = 100_000_000 + secrets.randbelow(900_000_000)
        if hub.state.get("job", str(number)) is None:
            return number


def save(hub: Hub, job: Job) -> None:
    """Kept by when it is ready, so that those under way are found quickly."""
    hub.state.put("job", str(job.id), job.model_dump(), at=job.ready)


def find(hub: Hub, name: str) -> Job | None:
    body = hub.state.get("job", name)
    return None if body is None else Job.model_validate(body)


def busy(hub: Hub, operation: str) -> int:
    """How many jobs count towards the limit of ``operation``: those not yet ready. Stuck ones do not block."""
    members = hub.settings.counted_with(operation)
    rows = hub.state.rows(
        "SELECT body ->> 'operation' AS operation FROM documents "
        "WHERE kind = 'job' AND at > ? AND body ->> 'fate' <> 'stuck'",
        hub.state.now(),
    )
    return sum(row["operation"] in members for row in rows)


def waits(hub: Hub, operation: str, seconds: float) -> bool:
    """Whether the submission is answered with the result, as for work that is done soon."""
    return GROUP_OF[operation] != "video" and seconds <= hub.settings.patience
