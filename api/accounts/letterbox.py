"""`/mail`: what would have been mailed, where nothing leaves the machine. For those who try the installation out."""

from __future__ import annotations

import re
from html import escape
from ipaddress import ip_address

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from api.backend import Backend
from api.problems import not_found
from litink.accounts.mail import outbox

SHOWN = 50
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_LINK = re.compile(r"https?://\S+")


def install(app: FastAPI, backend: Backend) -> None:
    """Nothing is there when mail is sent, or when people's mail would be shown to others."""
    settings = backend.settings
    if settings.sends_mail or not (settings.development or settings.accounts == "single"):
        return

    async def letterbox(request: Request) -> Response:
        if not _here(request):
            raise not_found()
        page = await run_in_threadpool(_page, backend)
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    app.add_api_route("/mail", letterbox, methods=["GET"], include_in_schema=False, operation_id="page-mail")


def _here(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _page(backend: Backend) -> str:
    with backend.operators_engine.begin() as connection:
        mails = outbox.newest(connection, SHOWN)
    shown = "".join(
        f"<article><h2>{escape(mail.subject)}</h2><p>To {escape(mail.recipient)}, "
        f"<time>{mail.created_at:%Y-%m-%d %H:%M:%S}</time></p><pre>{_linked(mail.text)}</pre></article>"
        for mail in mails
    )
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail · LitinkAI</title>'
    return f"{head}<main><h1>Mail</h1>{shown or '<p>There is none yet.</p>'}</main></html>"


def _linked(text: str) -> str:
    return _LINK.sub(lambda found: f'<a href="{found.group()}">{found.group()}</a>', escape(text))
