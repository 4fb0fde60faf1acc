"""Faces: the head, its features and what they express. Hair, beards and hats are in hair.py, mouths in mouth.py.

Head units: the origin is the middle of the head, chin at y = 92, crown at y = -92; the face looks to the right.
"""

from __future__ import annotations

from dataclasses import dataclass

from litink.media.mouths import Shape
from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.figures.appearance import Appearance
from litink.providers.local.painter.figures.mouth import paint_mouth, paint_shape
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.svg import Drawing, ellipse_path, num

EYES_X = (-20.0, 40.0)  # the far eye of a face turned a little to the right is the right one
EYE_Y = 6.0


@dataclass(frozen=True)
class Features:
    """What an emotion does to a face. Lengths in head units; brow ``tilt`` > 0 raises the inner ends."""

    brow_lift: float = 0.0
    tilt: float = 0.0
    open: float = 1.0  # height of the eye
    mouth: str = "line"  # line, smile, grin, frown, tight, round, wavy, skew
    blush: float = 0.16
    lids: float = 0.0  # 0 none .. 1 half closed


FACES: dict[str, Features] = {
    "neutral": Features(),
    "joy": Features(5, 1, 1.0, "grin", 0.42),
    "sadness": Features(2, 9, 0.92, "frown", 0.12, 0.45),
    "anger": Features(-7, -11, 0.92, "tight", 0.40),
    "fear": Features(10, 9, 1.28, "wavy", 0.02),
    "surprise": Features(15, 2, 1.30, "round", 0.18),
    "disgust": Features(-4, -5, 0.78, "skew", 0.06, 0.3),
    "tenderness": Features(4, 5, 0.95, "smile", 0.46, 0.35),
    "excitement": Features(9, 2, 1.12, "grin", 0.46),
}


def face_path(look: Appearance) -> str:
    """The outline: rounder for children and the stout, longer for the lean."""
    wide = 68 + 6 * look.face + (5 if look.age == "child" else 0) + (4 if look.width > 1.15 else 0)
    jaw = wide * (0.66 if look.feminine or look.age == "child" else 0.80)
    return (
        f"M{num(-wide)} -14C{num(-wide)} -74 -44 -92 0 -92C46 -92 {num(wide)} -74 {num(wide)} -14"
        f"C{num(wide)} 26 {num(wide * 0.94)} 48 {num(jaw * 0.80 + 8)} 70C{num(jaw * 0.52 + 8)} 88 30 93 12 93"
        f"C-8 93 {num(-jaw * 0.5)} 86 {num(-jaw * 0.8)} 66C{num(-wide * 0.92)} 44 {num(-wide)} 26 {num(-wide)} -14Z"
    )


def paint_head(drawing: Drawing, look: Appearance, light: Light) -> None:
    """The bare head: ear, face, shade under the hair and along the side away from the light."""
    skin = light.tint(look.skin)
    shade = light.tint(mix(look.skin, "#8c4a3c", 0.30))
    drawing.ellipse(-64, 12, 14, 20, skin)
    drawing.line("M-67 4q9 2 7 17", shade, 3.5, 0.7)
    away, towards = light.tint(darker(mix(look.skin, "#a8563f", 0.2), 0.05)), light.tint(lighter(look.skin, 0.22))
    drawing.path(face_path(look), drawing.linear([(0.0, away), (0.38, skin), (1.0, towards)], (0, 0.5), (1, 0.25)))


def paint_features(
    drawing: Drawing, look: Appearance, light: Light, expression: str, speaking: bool, shape: Shape | None = None
) -> None:
    """Cheeks, eyes, brows, nose, mouth, the marks of age, glasses. ``shape``: of the mouth at a moment of speech."""
    face = FACES.get(expression, FACES["neutral"])
    ink = light.tint(mix("#2a1d22", look.hair, 0.12))
    line = light.tint(mix(look.skin, "#6b2f2a", 0.52))
    child, old = look.age == "child", look.age == "old"

    cheek = light.tint(mix(look.skin, "#d8493f", 0.60))
    strength = min(0.75, face.blush + (0.16 if child else 0) + (0.08 if look.feminine else 0)) * (0.4 if old else 1)
    for x, rx in ((-34.0, 22.0), (48.0, 17.0)):
        drawing.glow(x, 36, rx, 16, cheek, strength)
    if look.freckles:
        dots = "".join(
            ellipse_path(x, y, 2, 1.8)
            for x, y in ((-40, 26), (-30, 32), (-22, 25), (2, 22), (30, 24), (46, 27), (40, 33))
        )
        drawing.path(dots, line, 0.55)
    if old:
        drawing.line(
            "M-44 26q8 6 17 3M-12 40q-6 12 -2 20M44 40q5 11 1 19M-16 -48q24 -6 46 0M-10 -36q20 -5 36 0", line, 2.6, 0.42
        )

    _eyes(drawing, look, light, face, ink, line, happy=expression == "joy" and not speaking)
    brow = light.tint(mix(darker(look.hair, 0.25) if look.age != "old" else look.hair, "#5a3a30", 0.15))
    thick = 5.2 if look.feminine else (5 if child else 8)
    y = EYE_Y - 30 - face.brow_lift
    near, far = EYES_X
    drawing.line(
        (
            f"M{num(near - 17)} {num(y + face.tilt * 0.6 + 3)}"
            f"Q{num(near - 2)} {num(y - 7)} {num(near + 14)} {num(y - face.tilt + 1)}"
        ),
        brow,
        thick,
    )
    drawing.line(
        (
            f"M{num(far - 13)} {num(y - face.tilt + 1)}"
            f"Q{num(far + 1)} {num(y - 7)} {num(far + 13)} {num(y + face.tilt * 0.6 + 3)}"
        ),
        brow,
        thick,
    )

    reach = (7 if child else 9 + 7 * look.nose) * (0.8 if look.feminine else 1)
    drawing.line(
        f"M15 6Q{num(18 + reach * 0.7)} 24 {num(17 + reach)} 31Q{num(15 + reach)} 39 {num(8)} 37", line, 4, 0.75
    )
    drawing.glow(15 + reach * 0.6, 31, 12, 9, light.tint(mix(look.skin, "#d8493f", 0.5)), 0.30)
    if shape:
        paint_shape(drawing, look, light, face.mouth, line, shape)
    else:
        paint_mouth(drawing, look, light, face.mouth, line, speaking)
    if look.glasses:
        rim = light.tint("#4a3a30")
        for x, rx in zip(EYES_X, (23, 20), strict=True):
            drawing.path(ellipse_path(x, EYE_Y + 2, rx, 22), "#ffffff", 0.14)
            drawing.line(ellipse_path(x, EYE_Y + 2, rx, 22), rim, 4)
        drawing.line("M3 5q8 -7 17 0M-43 4L-64 0", rim, 4)


def _eyes(
    drawing: Drawing, look: Appearance, light: Light, face: Features, ink: str, line: str, *, happy: bool
) -> None:
    for i, x in enumerate(EYES_X):
        wide = (9.0 if i == 0 else 8.2) * (1.12 if look.age == "child" else 1)
        if happy:
            drawing.line(
                f"M{num(x - 12)} {num(EYE_Y + 5)}Q{num(x)} {num(EYE_Y - 11)} {num(x + 12)} {num(EYE_Y + 5)}", ink, 5
            )
            continue
        tall = 11.5 * face.open * (1.1 if look.age == "child" else 1)
        if face.open > 1.2:
            drawing.ellipse(x, EYE_Y, wide * 1.75, tall * 1.22, light.tint("#fffaf0"))
        drawing.ellipse(x + 1.5, EYE_Y, wide, tall if face.open <= 1.2 else tall * 0.72, ink)
        drawing.circle(x + 4.4, EYE_Y - tall * 0.38, 3.1, light.grade("#ffffff"), 0.92)
        if face.lids:
            lid = light.tint(mix(look.skin, "#a8563f", 0.18))
            low = EYE_Y - tall + tall * 1.3 * face.lids
            drawing.path(
                f"M{num(x - wide - 5)} {num(low + 1)}Q{num(x)} {num(low - 3)} {num(x + wide + 6)} {num(low + 1)}"
                f"L{num(x + wide + 5)} {num(EYE_Y - tall - 5)}H{num(x - wide - 4)}Z",
                lid,
            )
            drawing.line(
                f"M{num(x - wide - 4)} {num(low + 1)}Q{num(x)} {num(low - 3)} {num(x + wide + 5)} {num(low + 1)}",
                ink,
                3.6,
            )
        elif look.feminine:
            top = EYE_Y - tall * 0.72
            side = -1 if i == 0 else 1
            drawing.line(
                f"M{num(x - wide * 1.15)} {num(top + 4)}Q{num(x)} {num(top - 7)} {num(x + wide * 1.25)} {num(top + 3)}"
                f"M{num(x + side * wide * 1.1)} {num(top + 3)}l{num(side * 6)} -5",
                ink, 3.8,
            )  # fmt: skip
        else:
            top = EYE_Y - tall * 0.8
            drawing.line(
                f"M{num(x - wide * 1.1)} {num(top + 4)}Q{num(x)} {num(top - 4)} {num(x + wide * 1.2)} {num(top + 4)}",
                line,
                3.2,
                0.8,
            )
