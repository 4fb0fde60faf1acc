"""Two contents compared: what is only in the one, only in the other, or differs. Works on parsed JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from litink.books.model import Frozen

MOST = 2000  # differences told

_IDENTITY = (("id",), ("chapter", "start", "end"), ("start", "end"))  # what elements of a list are known again by


class Difference(Frozen):
    """``path`` leads to the value: names of fields, and elements of lists by their identity or else their number."""

    path: tuple[str, ...]
    change: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any) -> list[Difference]:
    """What it takes to come from the one to the other, in order; the first ``MOST`` of it."""
    return list(islice(_compare((), before, after), MOST))


def _compare(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _fields(path, before, after)
    elif isinstance(before, list) and isinstance(after, list) and (named := _named(before, after)):
        yield from _fields(path, *named)
    else:
        yield Difference(path=path, change="changed", before=before, after=after)


def _fields(path: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in [*before, *(name for name in after if name not in before)]:
        here = (*path, name)
        if name not in after:
            yield Difference(path=here, change="removed", before=before[name])
        elif name not in before:
            yield Difference(path=here, change="added", after=after[name])
        else:
            yield from _compare(here, before[name], after[name])


def _named(before: Sequence[Any], after: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both lists with their elements by name; None where they are compared as wholes."""
    for names in _IDENTITY:
        if all(isinstance(one, Mapping) and one.keys() >= set(names) for one in [*before, *after]):
            first, second = ({"/".join(str(one[n]) for n in names): one for one in each} for each in (before, after))
            if len(first) == len(before) and len(second) == len(after):
                return first, second
    return None
