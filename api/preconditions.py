"""If-Match on what several people change: the versions that a client may have looked at. Knows no route."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from api.problems import ApiProblem

_STRONG_TAG = re.compile(r'(?<!W/)"([\x21\x23-\x7e]*)"')


def _expected(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="the `ETag` of what you looked at, so that nobody's change is lost; `*` for whichever it is",
        ),
    ] = None,
) -> frozenset[str] | None:
    """The versions that the client may have looked at; None: it does not mind. Raises "precondition-required"."""
    if if_match is None:
        raise ApiProblem(428, "precondition-required", "Send If-Match with the ETag of what you looked at, or *.")
    return None if if_match.strip() == "*" else frozenset(_STRONG_TAG.findall(if_match))


# Stands behind the book in every signature: whose book it is comes before what a request lacks.
Expected = Annotated[frozenset[str] | None, Depends(_expected)]
