"""What a page of a PDF is to the modules that read it: lines with places. No PDFium here: scans are read too."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """A printed line. Coordinates in points from the page's lower left corner; ``y`` is the baseline.

    A page of rotated, vertical or right-to-left writing is turned or mirrored until its lines run from left to right,
    one below the other, so that nothing that reads them needs to know.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    divided: bool  # its last word goes on in the next line
    page: int
    mark: int = -1  # number of the marked content it belongs to, on its page; -1 of none
    level: int = 0  # of the heading it is tagged as


@dataclass(slots=True)
class Span(Line):
    """A line as PDFium measured it; ``first`` and ``last`` are its numbers of the letters."""

    first: int = 0
    last: int = 0
    hidden: bool = False
    askew: bool = False  # its end stands left of, above or below its beginning


@dataclass(slots=True)
class Page:
    index: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    pictured: bool = False  # no text, but something drawn that may show some
