"""The books of the fault campaign, balanced: items and their bytes, budgets, the ledger against the provider's bill."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import av
import cv2
import numpy as np
from _campaign import Campaign, Run
from sqlalchemy import func, select

from litink.db.schema import blobs, items, ledger, payments
from litink.generation.paid.budgets import imbalances
from litink.providers.catalogue import load

CATALOGUE = load()
SOON_SECONDS = 60.0  # a call is billed within this time of being written down


@dataclass(frozen=True)
class Lines:
    """The ledger beside the bill, line by line."""

    unequal: list[str]  # what one has and the other has not, for whoever must find out why
    # Useless answers that told neither an id nor a cost, such as a web page: unknowns, which count as was set aside.
    untold: int
    set_aside_usd: Decimal
    billed_usd: Decimal  # what the bill has for those


@dataclass(frozen=True)
class Balance:
    billed_usd: Decimal
    ledger_usd: Decimal
    twice: int  # fingerprints that were billed more than once
    lost: int  # items without a row, pending or running though nobody works on them
    false_done: int  # done items whose bytes are missing or are not what they should be
    items: int
    calls: int
    imbalances: int  # budgets that are not the sums over their payments
    lines: Lines


def balance(campaign: Campaign, runs: list[Run]) -> Balance:
    bill = campaign.emulator.bill()
    lost = false_done = count = 0
    with campaign.engine.connect() as connection:
        rows = connection.execute(
            select(items.c.asset, items.c.key, items.c.state, items.c.blob_sha, blobs.c.media_type)
            .outerjoin(blobs, blobs.c.sha == items.c.blob_sha)
            .where(items.c.book_id.in_([run.book_id for run in runs]))
        ).all()
        paid = ledger.c.paid.is_(True)
        spent = connection.execute(select(func.coalesce(func.sum(ledger.c.cost_usd), 0)).where(paid)).scalar_one()
        calls = connection.execute(select(func.count()).where(paid)).scalar_one()
        wrong_sums = len(imbalances(connection))
    for row in rows:
        count += 1
        if row.state in ("pending", "running"):
            lost += 1
        elif row.state == "done":
            stored = row.blob_sha and campaign.objects.has(row.blob_sha)
            if not stored or not whole(row.media_type, campaign.objects.get(row.blob_sha)):
                false_done += 1
    return Balance(
        bill.total, Decimal(spent), len(bill.twice), lost, false_done, count, calls, wrong_sums, compared(campaign)
    )


def whole(media_type: str, data: bytes) -> bool:
    """Whether stored bytes are what they are said to be."""
    if media_type == "application/json":
        return bool(json.loads(data))
    if media_type == "application/x-npz":
        with np.load(io.BytesIO(data)) as arrays:
            return len(arrays["vectors"]) > 0
    if media_type.startswith("image/"):
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return picture is not None and min(picture.shape[:2]) >= 200
    with av.open(io.BytesIO(data)) as container:
        return sum(1 for _ in container.decode(container.streams[0])) > 0


def compared(campaign: Campaign) -> Lines:
    """Every line of the ledger is answered by one of the bill, and the reverse: by the provider's id of the call, by
    our own number, and where a call has neither, by its amount."""
    bill = campaign.emulator.bill().charges
    with campaign.engine.connect() as connection:
        entered: Sequence[Any] = connection.execute(
            select(payments, ledger.c.cost_usd.label("entered"))
            .join(ledger, ledger.c.payment_id == payments.c.id)
            .where(ledger.c.cost_usd > 0)
        ).all()
    for theirs, ours in (("reference", "reference"), ("track", "token"), ("reference", "")):
        left = []
        for row in entered:
            named = getattr(row, ours) if ours else ""
            same = next((line for line in bill if _answers(line, row) and (not ours or line[theirs] == named)), None)
            if same is None or (not ours and row.reference):
                left.append(row)
            else:
                bill.remove(same)
        entered = left
    untold = [row for row in entered if _told_nothing(row)]
    billed = Decimal(0)
    for row in untold:
        name, began = CATALOGUE.models[row.model].name, row.created_at.timestamp()
        for line in bill:
            soon = 0 <= line["at"] - began < SOON_SECONDS
            if soon and (line["provider"], line["model"]) == (row.provider, name):
                billed += Decimal(line["amount_usd"])
                bill.remove(line)
                break
    said = []
    for row in entered:
        if row not in untold:
            told = f"{row.provider}/{row.model} {row.asset}/{row.item_key} {row.state} {row.resolved_by or ''}"
            said.append(f"payment {row.id}, {told}, call {row.reference or 'unknown'}: {row.entered} entered")
    said += [f"billed, not entered: {line}" for line in bill]
    return Lines(said, len(untold), sum((row.entered for row in untold), Decimal(0)), billed)


def _told_nothing(row: Any) -> bool:
    return row.state == "wrong" and not row.reference and not row.units and row.entered == row.estimated_usd


def _answers(line: dict[str, Any], row: Any) -> bool:
    return line["provider"] == row.provider and Decimal(line["amount_usd"]) == row.entered
