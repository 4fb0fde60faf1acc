"""SQL about mails on their way out. A mail is written in the transaction that it tells of, and leaves after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, delete, exists, func, insert, select, text, update

from litink.accounts.mail.templates import Template, written
from litink.db.schema import mails, users

CHANNEL = "litink_mail"  # told at commit when there is something to send
MOST_AN_HOUR = 5  # of one kind to one person: nobody's letterbox is to be filled through us
ABANDONED = timedelta(minutes=10)  # a mail that has been on the wire for so long: its sender died

Outcome = Literal["sent", "waiting", "failed", "unknown"]


@dataclass(frozen=True)
class Mail:
    id: int
    recipient: str
    subject: str
    text: str
    html: str
    attempts: int
    created_at: datetime


_COLUMNS = [mails.c[name] for name in Mail.__dataclass_fields__]


def put(
    connection: Connection,
    person: UUID,
    recipient: str,
    template: Template,
    values: Mapping[str, str] | None = None,
    *,
    link: str = "",
) -> bool:
    """Write a mail; False, and none is written, when the person had enough of this kind within the hour."""
    recent = select(func.count()).where(
        mails.c.owner_id == person,
        mails.c.recipient == recipient,
        mails.c.template == template,
        mails.c.created_at > func.now() - timedelta(hours=1),
    )
    if connection.execute(recent).scalar_one() >= MOST_AN_HOUR:
        return False
    mail = written(template, values or {}, link)
    row = {"owner_id": person, "recipient": recipient, "template": template}
    connection.execute(insert(mails).values(**row, subject=mail.subject, text=mail.text, html=mail.html))
    connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return True


def claim(connection: Connection) -> Mail | None:
    """The mail that is due first, marked as being on the wire: after the commit it is this process's alone."""
    due = (
        select(mails.c.id)
        .where(mails.c.state == "waiting", mails.c.due_at <= func.now())
        .order_by(mails.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    values = {"state": "sending", "attempts": mails.c.attempts + 1, "due_at": func.now()}
    row = connection.execute(
        update(mails).where(mails.c.id == due.scalar_subquery()).values(values).returning(*_COLUMNS)
    ).mappings()
    found = row.first()
    return Mail(**found) if found else None


def settle(
    connection: Connection, mail_id: int, outcome: Outcome, error: Mapping[str, str] | None = None, wait: float = 0
) -> None:
    """What became of a mail; one that waits is due again after ``wait`` seconds. What is over loses its text."""
    values: dict[str, Any] = {"state": outcome, "error": error}
    if outcome == "waiting":
        values["due_at"] = func.now() + timedelta(seconds=wait)
    else:
        values |= {"ended_at": func.now(), "text": None, "html": None}
    connection.execute(update(mails).where(mails.c.id == mail_id, mails.c.state == "sending").values(values))
    if outcome != "waiting":  # to somebody who is gone: that was the last thing known of them
        gone = exists().where(users.c.id == mails.c.owner_id, users.c.state == "deleted")
        connection.execute(delete(mails).where(mails.c.id == mail_id, gone))


def give_up_abandoned(connection: Connection) -> int:
    """Mails whose sender died while they were on the wire: nobody knows whether they went out."""
    error = {"code": "sender-died", "message": "The process ended while the mail was on the wire."}
    values = {"state": "unknown", "error": error, "ended_at": func.now(), "text": None, "html": None}
    lost = update(mails).where(mails.c.state == "sending", mails.c.due_at < func.now() - ABANDONED)
    return connection.execute(lost.values(values)).rowcount


def seconds_to_next(connection: Connection) -> float | None:
    """Until a mail is due; None when none waits."""
    query = select(func.extract("epoch", func.min(mails.c.due_at) - func.now())).where(mails.c.state == "waiting")
    found = connection.execute(query).scalar()
    return None if found is None else max(0.0, float(found))


def newest(connection: Connection, limit: int) -> list[Mail]:
    """Mails whose text is still there, for a page that stands in for a letterbox."""
    query = select(*_COLUMNS).where(mails.c.text.is_not(None)).order_by(mails.c.id.desc()).limit(limit)
    return [Mail(**row) for row in connection.execute(query).mappings()]
