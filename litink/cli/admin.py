"""``litink admin``: people who run an installation with accounts."""

from __future__ import annotations

import sys
from dataclasses import asdict

import typer

from litink.accounts.operators import People
from litink.cli.output import print_json, results
from litink.db.engine import application_url, engine_for
from litink.objects import Objects
from litink.platform.supervisor import database
from litink.production.engines import Engines, cashier_of
from litink.production.leaving import Leaving
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


def remove(who: str, *, sure: bool, as_json: bool) -> None:
    """Delete somebody with everything of theirs. ``who``: an address, or an id.

    Raises LitinkError("no-such-user", "last-operator").
    """
    settings = get_settings()
    with database(settings):
        engine = engine_for(application_url(settings))
        objects, account = Objects.from_settings(settings), People(engine).find(who)
        if not sure:
            typer.confirm(f"Delete {account.email or account.id} with everything of theirs?", abort=True, err=True)
        with Engines.opened(settings, lambda: cashier_of(settings, engine, objects)) as engines:
            receipt = Leaving(engine, objects, engines, settings).leave(account.id)
    if as_json:
        print_json(asdict(receipt))
        return
    results.print(receipt.told if receipt.finished else f"It goes on by itself: {receipt.waits_for}", markup=False)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
