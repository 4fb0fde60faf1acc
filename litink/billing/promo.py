"""Promo codes: made and ended by an admin, redeemed once by each person for credits."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.accounts import audit
from litink.billing import grants
from litink.db.schema import promo_codes
from litink.errors import Refused

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{3,39}")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another


@dataclass(frozen=True)
class PromoCode:
    """``credit_days``: the credits lapse so long after they were redeemed; None: never. ``most``: people who may."""

    code: str
    credits: int
    credit_days: int | None
    most: int | None
    redeemed: int
    expires_at: datetime | None
    ended_at: datetime | None
    made_by: str
    created_at: datetime

    def open(self, at: datetime) -> bool:
        """Whether it may be redeemed at this moment by somebody who did not yet."""
        over = self.ended_at is not None or (self.expires_at is not None and self.expires_at <= at)
        return not over and (self.most is None or self.redeemed < self.most)


@dataclass(frozen=True)
class Redeemed:
    """``expires_at``: of the credits; None: never."""

    code: str
    credits: int
    expires_at: datetime | None


_COLUMNS = [promo_codes.c[name] for name in PromoCode.__dataclass_fields__]


def plain(code: str) -> str:
    """A code as it is kept: however it was typed."""
    return re.sub(r"\s+", "", code).upper()


def make(
    connection: Connection,
    *,
    credits: int,
    by: str,
    code: str | None = None,
    credit_days: int | None = None,
    most: int | None = None,
    expires_at: datetime | None = None,
) -> PromoCode:
    """A new code; one is made up unless given. Raises Refused("code-invalid", "code-taken")."""
    name = plain(code) if code else "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
    if not _CODE.fullmatch(name):
        raise Refused("code-invalid", "A code has 4 to 40 letters, digits and hyphens, and begins with no hyphen.")
    values = {"code": name, "credits": credits, "credit_days": credit_days, "most": most, "expires_at": expires_at}
    statement = insert(promo_codes).values(**values, made_by=by).on_conflict_do_nothing().returning(*_COLUMNS)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise Refused("code-taken", f"There is a code {name} already; take another word.")
    audit.write(connection, "promo.make", name, {"credits": credits, "most": most})
    return PromoCode(**row)


def all_of_them(connection: Connection, *, limit: int = 1000) -> Sequence[PromoCode]:
    """The newest first."""
    query = select(*_COLUMNS).order_by(promo_codes.c.created_at.desc(), promo_codes.c.code).limit(limit)
    return [PromoCode(**row) for row in connection.execute(query).mappings()]


def end(connection: Connection, code: str, at: datetime) -> bool:
    """Nobody may redeem it any more; what was redeemed stays. False when there is no such code."""
    this = promo_codes.c.code == plain(code)
    ended = update(promo_codes).where(this, promo_codes.c.ended_at.is_(None)).values(ended_at=at)
    if connection.execute(ended).rowcount:
        audit.write(connection, "promo.end", plain(code))
    return connection.execute(select(promo_codes.c.code).where(this)).first() is not None


def redeem(connection: Connection, owner_id: UUID, code: str, at: datetime) -> Redeemed:
    """Give the owner the code's credits.

    Raises Refused("code-unknown"), the same for a code that is over, so that nobody can find out codes by asking; and
    Refused("code-redeemed") for one that they redeemed before.
    """
    name = plain(code)
    row = connection.execute(select(*_COLUMNS).where(promo_codes.c.code == name).with_for_update()).mappings().first()
    found = PromoCode(**row) if row else None
    if found is not None and grants.given_for(connection, owner_id, f"promo {name}"):
        raise Refused("code-redeemed", f"You have redeemed {name} already; a code counts once for each person.")
    if found is None or not found.open(at):
        raise Refused("code-unknown", "This code cannot be redeemed: it is mistyped, has expired, or is used up.")
    lapses = at + timedelta(days=found.credit_days) if found.credit_days is not None else None
    amount, note = Decimal(found.credits), f"promo code {name}"
    grants.give(connection, owner_id, "promo", f"promo {name}", amount, at=at, expires_at=lapses, note=note)
    counted = update(promo_codes).where(promo_codes.c.code == name).values(redeemed=promo_codes.c.redeemed + 1)
    connection.execute(counted)
    return Redeemed(name, found.credits, lapses)
