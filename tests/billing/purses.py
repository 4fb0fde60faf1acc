"""What credits mean, said once more as plainly as can be. Shares nothing with the product."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


class Purses:
    """What credits mean, said once more as plainly as can be: a list of purses, the first to lapse in front."""

    def __init__(self) -> None:
        self.purses: list[dict[str, Any]] = []
        self.held: dict[int, dict[str, Decimal]] = {}

    def give(self, name: str, amount: Decimal, lapses: int) -> None:
        self.purses.append({"name": name, "left": amount, "lapses": lapses, "taken": Decimal(0), "take": Decimal(0)})
        self.purses.sort(key=lambda purse: purse["lapses"])  # stable: of equal ones the older first

    def open(self, now: int) -> list[dict[str, Any]]:
        return [purse for purse in self.purses if purse["lapses"] > now and purse["left"] > 0]

    def available(self, now: int) -> Decimal:
        return sum((purse["left"] for purse in self.open(now)), Decimal(0))

    def take(self, credits: Decimal, now: int) -> dict[str, Decimal]:
        parts = {}
        for purse in self.open(now):
            if credits:
                parts[purse["name"]] = part = min(credits, purse["left"])
                purse["left"] -= part
                credits -= part
        return parts

    def reserve(self, payment: int, credits: Decimal, now: int) -> bool:
        if credits > self.available(now):
            return False
        self.held[payment] = self.take(credits, now)
        return True

    def settle(self, payment: int, credits: Decimal, now: int) -> Decimal:
        """What nobody had."""
        parts = self.held.pop(payment)
        for purse in self.purses:
            part = parts.get(purse["name"], Decimal(0))
            used = min(part, credits)
            credits -= used
            purse["left"] += part - used
        self.take_back()
        return credits - sum(self.take(credits, now).values(), Decimal(0))

    def revoke(self, name: str, credits: Decimal) -> None:
        purse = next(purse for purse in self.purses if purse["name"] == name)
        back = max(purse["taken"] - credits, Decimal(0))
        purse["taken"] -= back
        purse["left"] += back
        purse["take"] = credits
        self.take_back()

    def take_back(self) -> None:
        for purse in self.purses:
            now = max(min(purse["left"], purse["take"] - purse["taken"]), Decimal(0))
            purse["left"] -= now
            purse["taken"] += now
