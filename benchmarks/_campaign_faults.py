"""Every kind of fault of the fault campaign, as rules for the emulator. None: nothing but kills."""

from __future__ import annotations

from typing import Any

FAULTS: dict[str, tuple[dict[str, Any], ...]] = {
    "kills alone": (),
    "500, 502, 503 before the work": tuple({"kind": "status", "status": s} for s in (500, 502, 503)),
    "429 with Retry-After": ({"kind": "status", "status": 429, "retry_after": 0.2},),
    "401, 402, 403": tuple({"kind": "status", "status": s} for s in (401, 402, 403)),
    "422 and 400": tuple({"kind": "status", "status": s} for s in (422, 400)),
    "524, 529, 408": tuple({"kind": "status", "status": s} for s in (524, 529, 408)),
    "an error after the bill": ({"kind": "status", "status": 500, "when": "after_bill"},),
    "cut before the bill": ({"kind": "cut", "when": "before_bill"},),
    "cut after the bill": ({"kind": "cut", "when": "after_bill"},),
    "cut in the body": ({"kind": "truncate"},),
    "no answer": ({"kind": "hang"},),
    "slow": ({"kind": "delay", "seconds": 1.5},),
    "a web page with 200": ({"kind": "html_200"},),
    "half a JSON text": ({"kind": "bad_json"},),
    "another schema": ({"kind": "wrong_schema"},),
    "an error with 200": ({"kind": "error_200"},),
    "finish_reason error": ({"kind": "finish_error", "match": {"operation": "chat"}},),
    "nothing in it": ({"kind": "empty_output"},),
    "jobs": ({"kind": "processing", "match": {"provider": "modelslab"}},),
    "jobs that fail": ({"kind": "failed", "match": {"provider": "modelslab"}},),
    "jobs that never end": ({"kind": "stuck_processing", "match": {"provider": "modelslab"}},),
    "webhooks dropped, doubled, late, forged": tuple(
        {"kind": kind, "match": {"provider": "modelslab"}, **({"seconds": 1.0} if kind == "webhook_delay" else {})}
        for kind in ("webhook_drop", "webhook_double", "webhook_delay", "webhook_forge")
    ),
}
