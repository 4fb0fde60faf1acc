"""Where the engines of one item buy, and what their recipes and seeds are made of. No prices, no rules of paying."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from litink.errors import PermanentFailure
from litink.generation.keys import canonical
from litink.generation.model import Purpose
from litink.generation.paid.cashier import Bought, Cashier, Delta, Offer
from litink.production.credits import Credits, Maker
from litink.providers.catalogue import Model
from litink.providers.wire import Answer

T = TypeVar("T")


@dataclass(frozen=True)
class Till:
    """Buys for one item and notes who delivered.

    The cashier knows a purchase by its request. So an item may need many, and what was bought for one item serves
    another that asks for the same: a line that is finished anew, a chapter of another edition.
    """

    cashier: Cashier
    purpose: Purpose
    credits: Credits

    def buy(self, ladder: Sequence[Offer], check: Callable[[Answer], T]) -> T:
        """Raises what the cashier raises, and PermanentFailure("nothing-to-ask") where no model can do it."""
        bought = self.cashier.buy(self.purpose, _asked(ladder), check)
        self._note(bought)
        return bought.value

    def stream(self, ladder: Sequence[Offer], check: Callable[[Answer], T]) -> Iterator[Delta | Bought[T]]:
        """As ``buy``, heard while it is made; the buying begins at once. See :meth:`.Cashier.stream`."""
        stream = self.cashier.stream(self.purpose, _asked(ladder), check)
        return self._noting(stream)

    def _noting(self, stream: Iterator[Delta | Bought[T]]) -> Iterator[Delta | Bought[T]]:
        for piece in stream:
            if isinstance(piece, Bought):
                self._note(piece)
            yield piece

    def _note(self, bought: Bought[Any]) -> None:
        self.credits.add(Maker(bought.model.provider, bought.model.name, bought.rung > 0))


def _asked(ladder: Sequence[Offer]) -> Sequence[Offer]:
    if not ladder:
        raise PermanentFailure("nothing-to-ask", "No model of this tier can do this; add one to its ladder.")
    return ladder


def seed_of(asked: Mapping[str, Any], variation: int) -> int:
    """A seed from what is asked and the number of the try: 0 to 2^31 - 1, which every provider takes."""
    return int.from_bytes(hashlib.sha256(canonical([asked, variation])).digest()[:4], "big") >> 1


def recipe_of(model: Model, prompt: int, **parameters: Any) -> dict[str, Any]:
    """What decides a paid result besides its inputs. A fallback's result has the same recipe: its metadata tells it."""
    return {"engine": model.provider, "model": model.name, "prompt": prompt, "parameters": parameters}
