"""The route of provenance: where a made thing comes from."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.backend import AnyBackend, OwnBook
from api.problems import documented, not_found
from litink.errors import PermanentFailure
from litink.production.context import Production
from litink.production.graph import family_of
from litink.production.provenance import BookProvenance, Origin, Provenance

router = APIRouter(prefix="/books/{book_id}/provenance", tags=["media"], responses=documented(404))

_MOST = 500


class ProvenanceView(BaseModel):
    item: Provenance
    chain: list[Origin] = Field(description="all that it rests on, the nearest first, down to the reading of the file")
    truncated: bool = Field(description=f"the chain is longer than {_MOST}: ask for what is in it")


@router.get("/{asset}/{key:path}", operation_id="media-provenance", summary="Where an item comes from")
def provenance(backend: AnyBackend, book: OwnBook, asset: str, key: str) -> ProvenanceView:
    """The stretch of the book that it is about, its recipe, who really made it, its inputs and the items that they
    come from, every call that was made for it with its cost, edits in force. What is not known is null."""
    if family_of(asset) is None:
        raise not_found("There is no such asset.", "no-such-asset")
    found = BookProvenance(Production(backend.engine, backend.objects, backend.engines, book.id))
    try:
        item = found.of(asset, key)
    except PermanentFailure as error:
        raise not_found(error.message, error.code) from None
    chain = found.chain(asset, key)
    return ProvenanceView(item=item, chain=chain[:_MOST], truncated=len(chain) > _MOST)
