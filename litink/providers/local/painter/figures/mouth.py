"""Mouths: at rest, as an emotion shapes them, in the middle of a word, and in the shapes that speech goes through.

Head units, around (14, 58): see head.py.
"""

from __future__ import annotations

from litink.media.mouths import Shape
from litink.providers.local.painter.colour import mix
from litink.providers.local.painter.figures.appearance import Appearance
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.svg import Drawing, num

AREA = (-20.0, 44.0, 48.0, 92.0)  # left, top, right, bottom: no mouth reaches beyond it

_CLOSED = {
    "line": "M-5 59Q14 64 33 57",
    "smile": "M-8 55Q14 71 36 54",
    "frown": "M-4 66Q14 53 32 65",
    "tight": "M-6 63Q14 56 34 62",
    "skew": "M-8 62Q4 52 16 60T36 56",
}
_LIPS_MET = {"grin": "smile", "round": "line", "wavy": "line"}  # what closes a mouth that stands open at rest
_CORNERS = {"grin": -3.0, "smile": -3.0, "frown": 4.0, "tight": 3.0, "wavy": 3.0}  # lower than in a calm face


def paint_mouth(drawing: Drawing, look: Appearance, light: Light, mouth: str, line: str, speaking: bool) -> None:
    """The mouth of an emotion (``Features.mouth``), open where it is ``speaking``: a dark shape with teeth above and a
    tongue below."""
    if not speaking and mouth not in ("grin", "round", "wavy"):
        _closed(drawing, look, light, mouth, line)
        return
    lip, inside, tongue, teeth = _colours(look, light, line)
    if mouth in ("grin", "smile"):
        deep = 78 if speaking else 72
        drawing.path(f"M-11 53Q14 57 39 53Q36 {deep} 14 {deep}Q-8 {deep} -11 53Z", inside)
        drawing.path("M-9 54Q14 58 37 54L35 60Q14 63 -6 60Z", teeth)
        drawing.ellipse(14, deep - 6, 11, 4.5, tongue)
    elif mouth == "round":
        drawing.ellipse(14, 62, 11, 14 if speaking else 12, inside)
        drawing.ellipse(14, 69, 7, 4, tongue)
    elif mouth == "wavy" and not speaking:
        drawing.path("M-6 66Q2 54 14 57Q28 54 34 66Q24 63 14 65Q4 63 -6 66Z", inside)
        return
    else:
        sad = mouth in ("frown", "tight", "wavy")
        curve = "M-6 64Q14 44 34 63Q32 78 14 78Q-4 78 -6 64Z" if sad else "M-7 56Q14 51 35 56Q32 77 14 77Q-4 77 -7 56Z"
        drawing.path(curve, inside)
        drawing.path(
            "M-1 57Q14 53 29 57L28 61Q14 58 1 61Z" if not sad else "M2 58Q14 51 27 58L25 62Q14 57 4 62Z", teeth
        )
        drawing.ellipse(14, 72, 10, 4.5, tongue)
    if look.feminine:
        drawing.line("M-4 80Q14 87 32 80" if mouth == "grin" else "M2 79Q14 84 26 79", lip, 3, 0.6)


def paint_shape(drawing: Drawing, look: Appearance, light: Light, mouth: str, line: str, shape: Shape) -> None:
    """The mouth of somebody who feels so (``Features.mouth``) at one moment of what they say."""
    if shape == "closed":
        _closed(drawing, look, light, _LIPS_MET.get(mouth, mouth), line)
        return
    lip, inside, tongue, teeth = _colours(look, light, line)
    corner = _CORNERS.get(mouth, 0.0)
    if shape == "round":
        drawing.ellipse(14, 63.5, 10.5, 11.5, inside)
        drawing.ellipse(14, 69.5, 6.5, 4, tongue)
        deep = 75.0
    elif shape == "teeth":
        y = num(57.5 + corner)
        drawing.path(f"M-5 {y}Q14 56 33 {y}Q30 68 14 68Q-2 68 -5 {y}Z", teeth, stroke=inside, width=2.6)
        drawing.line(f"M-1 {num(61.5 + corner / 2)}Q14 63 29 {num(61.5 + corner / 2)}", inside, 1.4, 0.55)
        deep = 69.0
    elif shape == "small":
        y = num(58.5 + corner)
        drawing.path(f"M-3 {y}Q14 57 31 {y}Q29 69 14 69Q-1 69 -3 {y}Z", inside)
        if corner <= 0:
            drawing.path("M2 59Q14 57.5 26 59L25 61.5Q14 60.5 3 61.5Z", teeth)
        drawing.ellipse(14, 66.5, 7, 2.2, tongue)
        deep = 70.0
    else:
        y = num(56 + corner)
        drawing.path(f"M-8 {y}Q14 51 36 {y}Q33 80 14 80Q-5 80 -8 {y}Z", inside)
        drawing.path(f"M-2 {num(57 + corner / 2)}Q14 53 30 {num(57 + corner / 2)}L28 61.5Q14 58.5 0 61.5Z", teeth)
        drawing.ellipse(14, 74, 11, 5, tongue)
        deep = 81.0
    if look.feminine:
        drawing.line(f"M3 {num(deep + 1)}Q14 {num(deep + 5)} 25 {num(deep + 1)}", lip, 3, 0.6)


def _closed(drawing: Drawing, look: Appearance, light: Light, mouth: str, line: str) -> None:
    lip = _colours(look, light, line)[0]
    drawing.line(_CLOSED.get(mouth, _CLOSED["line"]), lip, 6.5 if look.feminine else 5)
    if look.feminine and mouth in ("line", "smile"):
        drawing.line("M4 71Q14 75 25 70", lip, 3, 0.35)


def _colours(look: Appearance, light: Light, line: str) -> tuple[str, str, str, str]:
    """Lips, the inside, tongue, teeth."""
    lip = light.tint(mix(look.skin, "#b03a3e", 0.62)) if look.feminine else line
    return lip, light.tint("#5a1f26"), light.tint("#c9605a"), light.tint("#fff8ec")
