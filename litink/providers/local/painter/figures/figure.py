"""A whole figure at a place in the picture: body, head, hair and the shadow it casts."""

from __future__ import annotations

from dataclasses import replace

from litink.media.mouths import Shape
from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker
from litink.providers.local.painter.figures.appearance import Appearance
from litink.providers.local.painter.figures.body import frame_of, paint_body
from litink.providers.local.painter.figures.hair import paint_beard, paint_hair, paint_hair_behind, paint_hat
from litink.providers.local.painter.figures.head import paint_features, paint_head
from litink.providers.local.painter.figures.mouth import AREA
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.svg import Drawing, num

Box = tuple[float, float, float, float]  # left, top, right, bottom

_POSES: dict[str, tuple[str, ...]] = {
    "neutral": ("rest", "hip", "clasped"),
    "joy": ("rest", "hip", "chest"),
    "sadness": ("clasped", "rest", "chest"),
    "anger": ("hip", "rest"),
    "fear": ("recoil", "chest"),
    "surprise": ("recoil", "chest"),
    "disgust": ("hip", "chest"),
    "tenderness": ("chest", "clasped"),
    "excitement": ("raised", "gesture"),
}


def pose_of(expression: str, speaking: bool, chance: Chance) -> str:
    if speaking:
        return (
            "raised"
            if expression in ("excitement", "anger") and chance.maybe(0.5)
            else chance.choice(("gesture", "plead"))
        )
    return chance.choice(_POSES.get(expression, _POSES["neutral"]))


def paint_figure(
    drawing: Drawing, look: Appearance, light: Light, x: float, feet: float, scale: float, *,
    facing: int, expression: str = "neutral", speaking: bool = False, pose: str = "rest", shadow: bool = True,
    mouth: Shape | None = None,
) -> Box:  # fmt: skip
    """The figure with its feet at (x, feet), ``scale`` pixels a figure unit; ``facing`` 1 looks right, -1 left.

    ``mouth``: its shape at a moment of speech, whatever stands open or closed else. Returns where the mouth is.
    """
    frame = frame_of(look)
    if shadow:
        spread = frame.hips * (2.4 if look.garment in ("dress", "robe") else 1.9) * scale
        drawing.glow(x - facing * spread * 0.10, feet - 2 * scale, spread, 30 * scale, "#0b0a18", 0.55)
    size = frame.head / 184
    seat = f"translate({num(frame.stoop + 6)} {num(frame.chin - 92 * size + 4)}) scale({size:.3f})"
    with drawing.group(f"translate({num(x)} {num(feet)}) scale({facing * scale:.4f} {scale:.4f})"):
        with drawing.group(seat):
            paint_hair_behind(drawing, look, light)
        paint_body(drawing, look, light, pose)
        with drawing.group(seat):
            paint_head(drawing, look, light)
            paint_beard(drawing, look, light)
            paint_features(drawing, look, light, expression, speaking, mouth)
            paint_hair(drawing, look, light)
            paint_hat(drawing, look, light)
    left, top, right, bottom = AREA
    across = [x + facing * scale * (frame.stoop + 6 + size * edge) for edge in (left, right)]
    down = [feet + scale * (frame.chin - 92 * size + 4 + size * edge) for edge in (top, bottom)]
    return min(across), down[0], max(across), down[1]


def paint_from_behind(drawing: Drawing, look: Appearance, light: Light, x: float, feet: float, scale: float) -> None:
    """Back of the head and shoulders, for the listener whose shoulder we look over."""
    frame = frame_of(look)
    size = frame.head / 184
    s, y = frame.shoulders * 1.12, frame.shoulder
    hair = light.tint(darker(look.hair if look.hair_style != "bald" else look.skin, 0.42))
    cloth = light.tint(darker(look.cloth, 0.48))
    with drawing.group(f"translate({num(x)} {num(feet)}) scale({scale:.4f})"):
        drawing.path(
            f"M-34 {num(y - 40)}C{num(-s * 0.8)} {num(y - 6)} {num(-s)} {num(y + 10)} {num(-s * 1.04)} {num(y + 80)}"
            f"L{num(-s * 1.2)} {num(frame.hip)}H{num(s * 1.2)}L{num(s * 1.04)} {num(y + 80)}"
            f"C{num(s)} {num(y + 10)} {num(s * 0.8)} {num(y - 6)} 34 {num(y - 40)}Z",
            cloth,
        )
        with drawing.group(f"translate(0 {num(frame.chin - 92 * size + 4)}) scale({size:.3f})"):
            paint_hair_behind(drawing, replace(look, hair=darker(look.hair, 0.3)), light)
            drawing.path("M-28 70H28V130H-28Z", light.tint(darker(look.skin, 0.4)))
            drawing.ellipse(-72, 12, 12, 18, light.tint(darker(look.skin, 0.35)))
            drawing.ellipse(72, 12, 12, 18, light.tint(darker(look.skin, 0.35)))
            drawing.path(
                "M-74 6C-84 -62 -50 -104 0 -104C50 -104 84 -62 74 6C70 60 40 96 0 98C-40 96 -70 60 -74 6Z", hair
            )
            paint_hat(drawing, look, light)


def eye_height(look: Appearance) -> float:
    """Figure units from the feet to the middle of the head."""
    frame = frame_of(look)
    return frame.height - frame.head * 0.5
