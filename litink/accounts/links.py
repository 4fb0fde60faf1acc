"""Addresses that mails carry. The proof stands behind the #, which no server, proxy or log ever sees."""

from __future__ import annotations

from litink.accounts.proofs import Purpose
from litink.settings import Settings


def proof_link(settings: Settings, purpose: Purpose, token: str) -> str:
    site = settings.public_url or f"http://{settings.host}:{settings.api_port}"
    return f"{site}/account#{'reset' if purpose == 'reset' else 'confirm'}={token}"
