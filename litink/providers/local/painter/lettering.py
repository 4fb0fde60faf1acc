"""Words in pictures: the fonts, how wide a text is, how it is broken and shrunk to fit. No layout of cards here.

EB Garamond sets Latin, Greek and Cyrillic; Noto sets what it lacks. Both come as packages (SIL Open Font License), so a
picture is the same on a machine without any font.
"""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

from litink.providers.local.painter.svg import Drawing, num

FAMILY = "EB Garamond"
_LONGEST = 400  # characters of a text that a card can hold
_CJK = {"hangul": "NotoSansKR-Regular.ttf", "kana": "NotoSansJP-Regular.ttf", "han": "NotoSansSC-Regular.ttf"}


def _garamond() -> Path:
    return Path(str(files("rendercv_fonts"))) / "EB Garamond"


@lru_cache(maxsize=1)
def _noto() -> tuple[Path, ...]:
    """Noto for scripts, plain ones before the special."""
    folder = Path(str(files("manimgx_fonts")))
    found = sorted(path for path in folder.glob("Noto*.ttf") if "Italic" not in path.name)
    return tuple(sorted(found, key=lambda path: ("Emoji" in path.name, "Symbols" in path.name, path.name)))


@lru_cache(maxsize=64)
def _coverage(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@lru_cache(maxsize=8)
def _advances(path: Path) -> dict[int, float]:
    """Code point -> advance in em."""
    with TTFont(path, lazy=True) as font:
        widths, em = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: widths[name][0] / em for code, name in (font.getBestCmap() or {}).items()}


def cleaned(text: str) -> str:
    """One line of printable text, not too long: no control, private or lone surrogate characters, blanks collapsed."""
    kept = "".join(
        " " if c.isspace() else c
        for c in text
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
    )
    line = " ".join(kept.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _script(text: str) -> str:
    """The font file for the ideographs of a text, by the script that stands beside them."""
    names = {unicodedata.name(c, "").split(" ")[0] for c in text}
    if "HANGUL" in names:
        return _CJK["hangul"]
    if names & {"HIRAGANA", "KATAKANA"}:
        return _CJK["kana"]
    return _CJK["han"] if names & {"CJK", "IDEOGRAPHIC", "BOPOMOFO"} else ""


@lru_cache(maxsize=256)
def fonts_for(text: str) -> tuple[str, ...]:
    """The font files that together hold the text, EB Garamond first."""
    chosen = [_garamond() / "EBGaramond-Regular.ttf", _garamond() / "EBGaramond-Italic.ttf"]
    missing = {ord(c) for c in text if not c.isspace()} - _coverage(chosen[0])
    ideographs = _script(text)
    if missing and ideographs:
        chosen.append(Path(str(files("rendercv_fonts"))) / "Noto Sans" / ideographs)
        missing -= _coverage(chosen[-1])
    for path in _noto():
        if not missing:
            break
        if missing & _coverage(path):
            chosen.append(path)
            missing -= _coverage(path)
    return tuple(str(path) for path in chosen)


def width_of(text: str, *, spacing: float = 0.0) -> float:
    """Width in em; characters that EB Garamond lacks are taken as wide as they commonly are."""
    advances = _advances(_garamond() / "EBGaramond-Regular.ttf")
    total = 0.0
    for c in text:
        if unicodedata.combining(c):
            continue
        wide = 1.02 if unicodedata.east_asian_width(c) in "WF" else 0.66
        total += advances.get(ord(c), wide) + spacing
    return total


def _pieces(text: str) -> list[str]:
    """Where a line may be broken: at blanks, and around every ideograph. A piece keeps its blank in front."""
    pieces: list[str] = []
    for word in text.split(" "):
        run = " " if pieces else ""
        for c in word:
            if unicodedata.east_asian_width(c) in "WF" and run.strip():
                pieces.append(run)
                run = ""
            run += c
        pieces.append(run)
    return [piece for piece in pieces if piece.strip()]


@dataclass(frozen=True)
class SetText:
    """Lines at a size in pixels."""

    lines: tuple[str, ...]
    size: float
    leading: float = 1.16

    @property
    def height(self) -> float:
        return self.size * self.leading * len(self.lines)


def _broken(text: str, em: float, spacing: float) -> list[str]:
    lines: list[str] = [""]
    for piece in _pieces(text):
        while width_of(piece.strip(), spacing=spacing) > em and len(piece.strip()) > 1:  # longer than a line
            cut = max(1, int(len(piece) * em / width_of(piece.strip(), spacing=spacing)) - 1)
            lines.append(piece[:cut].strip())
            piece = piece[cut:]
        if lines[-1] and width_of(lines[-1] + piece, spacing=spacing) > em:
            lines.append(piece.strip())
        else:
            lines[-1] = (lines[-1] + piece).strip() if not lines[-1] else lines[-1] + piece
    return [line for line in lines if line]


def _balanced(text: str, em: float, spacing: float) -> list[str]:
    """The same number of lines, with the shortest longest line: no word left alone."""
    lines = _broken(text, em, spacing)
    low, high = em * 0.4, em
    for _ in range(8):
        middle = (low + high) / 2
        if len(_broken(text, middle, spacing)) > len(lines):
            low = middle
        else:
            high = middle
    return _broken(text, high, spacing)


def fit(text: str, width: float, height: float, largest: float, smallest: float, *, spacing: float = 0.0) -> SetText:
    """The text as large as it may be inside the box; at the smallest size it is cut with an ellipsis."""
    text = cleaned(text)
    if not text:
        return SetText((), largest)
    size = largest
    while True:
        lines = _balanced(text, width / size, spacing)
        done = SetText(tuple(lines), size)
        if done.height <= height and max(width_of(line, spacing=spacing) for line in lines) * size <= width:
            return done
        if size <= smallest:
            most = max(1, int(height / (size * done.leading)))
            kept = lines[:most]
            if len(lines) > most:
                kept[-1] = kept[-1][:-1].rstrip() + "…"
            return SetText(tuple(kept), size)
        size = max(smallest, size * 0.94)


def paint_text(
    d: Drawing,
    text: SetText,
    x: float,
    top: float,
    colour: str,
    *,
    italic: bool = False,
    spacing: float = 0.0,
    opacity: float = 1.0,
) -> None:
    """Centred on ``x``, the first line's box beginning at ``top``."""
    style = ' font-style="italic"' if italic else ""
    gap = f' letter-spacing="{num(spacing * text.size)}"' if spacing else ""
    for k, line in enumerate(text.lines):
        y = top + text.size * (text.leading * k + 0.86)
        d.raw(
            f'<text x="{num(x)}" y="{num(y)}" font-family="{FAMILY}" font-size="{num(text.size)}"{style}{gap} '
            f'text-anchor="middle" fill="{colour}" fill-opacity="{opacity:.3g}">{html.escape(line)}</text>'
        )
