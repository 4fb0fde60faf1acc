"""``litink admin``: people who run an installation with accounts."""

from __future__ import annotations

import sys

import typer

from litink.accounts.operators import People
from litink.cli.output import print_json, results
from litink.db.engine import application_url, engine_for
from litink.platform.supervisor import database
from litink.settings import get_settings


def create(email: str, *, as_json: bool) -> None:
    """Raises Refused("bad-email", "weak-password")."""
    settings = get_settings()
    password = _password()
    with database(settings):
        account = People(engine_for(application_url(settings))).create_operator(email, password)
    if as_json:
        print_json({"id": account.id, "email": account.email, "role": account.role})
        return
    results.print(f"{account.email} runs this installation now.", markup=False)
    if settings.accounts == "single":
        results.print("Accounts are off; LITINK_ACCOUNTS=multi turns them on.", style="dim")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
