"""What making a book will cost, said before anything is spent; and the word of the person who pays."""

from __future__ import annotations

import sys
from decimal import Decimal

import typer
from rich.markup import escape

from litink.cli.output import errors
from litink.errors import Refused
from litink.production.context import Production
from litink.production.costs.estimate import total
from litink.production.costs.pricing import quote

_BEFORE = "Give --cap USD, the most that the book may ever cost, or --yes to accept the price."


def accept(production: Production, *, ask: bool) -> None:
    """Nothing where the book costs nothing; else its price is told and asked about.

    Raises Refused: "price-not-accepted" when nobody can be asked, "price-declined".
    """
    found = quote(production)
    if not found.assets:
        return
    least, most = total(found.assets)
    price = f"Making “{production.record.title}” will cost ${least:.2f} to ${most:.2f}."
    if not ask or not sys.stdin.isatty():
        raise Refused("price-not-accepted", f"{price} {_BEFORE}")
    errors.print(escape(price))
    for one in found.assets:
        errors.print(f"  {one.asset:<17}{_usd(one.usd[0])} to {_usd(one.usd[1])}  {escape(', '.join(one.models))}")
    if not typer.confirm("Go on?", err=True):
        raise Refused("price-declined", "Nothing was made. The book is on the shelf and waits.")


def _usd(amount: Decimal) -> str:
    return f"${amount:.2f}" if amount >= Decimal("0.10") else f"${amount:.4f}"
