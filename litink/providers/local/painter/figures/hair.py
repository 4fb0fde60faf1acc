"""Hair, beards and hats, in head units (see head.py). Each style has a part behind the head and a part before it."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.figures.appearance import Appearance
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.svg import Drawing, arc_points, ellipse_path, smooth_path

# Caps: what lies on the skull. The face looks right, so the parting sits right of the middle.
_CAP = (
    "M-72 14C-84 -48 -66 -106 2 -106C64 -106 84 -58 72 -6C70 -30 62 -42 50 -52C20 -40 -22 -42 -46 -56"
    "C-58 -36 -58 -8 -60 16Z"
)
_BEHIND = {
    "bun": ellipse_path(-66, -62, 34, 32),
    "updo": "M-70 20C-100 -40 -88 -112 -20 -120C40 -134 84 -96 74 -30L-50 30Z" + ellipse_path(-22, -112, 42, 30),
    "loose_bun": ellipse_path(-18, -118, 34, 28) + "M-66 0C-84 30 -74 70 -62 84C-60 50 -56 30 -54 10Z",
    "long": "M-66 -50C-98 10 -92 90 -98 170C-60 192 -30 176 -16 150L40 140C66 168 88 158 92 150C78 90 82 30 72 -30Z",
    "waves": "M-66 -56C-104 -20 -84 20 -102 60C-116 96 -92 120 -98 150C-70 176 -30 160 -22 128L44 124"
    "C64 150 94 138 92 118"
    "C100 86 78 66 84 30C88 0 78 -24 72 -40Z",
    "curls": "",
    "bob": "M-70 -40C-96 0 -92 50 -84 84C-66 96 -44 92 -36 78L52 76C66 84 82 78 84 70C90 40 84 0 72 -30Z",
    "braid": "M-62 30C-84 60 -58 84 -78 110C-60 130 -84 150 -66 180C-52 160 -40 150 -52 124C-36 100 -52 80 -40 50Z",
    "pigtails": "M-64 10C-110 10 -122 60 -104 104C-86 98 -74 60 -58 36ZM66 16C100 20 106 60 92 98C76 90 70 60 58 40Z",
    "bow": "M-68 -40C-92 0 -88 70 -84 110C-62 116 -44 108 -36 84L50 80C62 98 80 100 86 92C84 50 80 0 72 -30Z",
}
_FRONT = {
    "bun": ("M-70 18C-84 -46 -64 -106 4 -106C62 -106 82 -60 73 -4C70 -34 60 -54 36 -70C24 -36 -30 -26 -54 -22"
"C-58 -6 -60 8 -61 18Z"),
    "updo": ("M-68 16C-84 -44 -66 -108 2 -108C66 -108 84 -58 72 2C70 -28 56 -50 22 -66C-2 -44 -40 -40 -52 -16"
"C-58 0 -60 8 -60 16Z"),
    "loose_bun": ("M-70 20C-86 -46 -62 -108 4 -108C66 -108 84 -56 74 6C72 -24 66 -48 34 -66C10 -44 -30 -44 -50 -24"
"C-56 0 -60 10 -61 20Z"),
    "long": ("M-72 60C-90 -46 -66 -108 4 -108C68 -108 88 -46 78 50C70 30 72 -30 30 -70C12 -40 -34 -34 -52 -12"
"C-58 10 -62 30 -64 62Z"),
    "waves": ("M-74 50C-92 -44 -64 -110 4 -110C70 -110 90 -48 80 44C68 20 76 -30 26 -72C16 -44 -30 -40 -50 -18"
"C-62 6 -56 20 -66 52Z"),
    "bob": ("M-74 50C-88 -46 -66 -108 4 -108C66 -108 86 -52 77 46C70 24 74 -16 62 -38C30 -34 -20 -36 -50 -40"
"C-58 -10 -60 20 -62 52Z"),
    "braid": ("M-70 22C-86 -46 -64 -106 4 -106C64 -106 84 -56 74 4C70 -32 52 -58 20 -72C6 -44 -34 -36 -52 -18"
"C-58 0 -60 12 -61 22Z"),
    "pigtails": ("M-70 16C-86 -46 -64 -106 4 -106C64 -106 84 -56 74 4C68 -34 40 -62 8 -74C0 -50 -34 -40 -52 -18"
"C-58 0 -60 8 -61 16Z"),
    "bow": ("M-74 46C-88 -46 -66 -108 4 -108C66 -108 86 -52 77 40C70 20 72 -24 60 -40C34 -34 -20 -36 -50 -40"
"C-58 -10 -60 20 -62 48Z"),
    "side": ("M-70 10C-86 -50 -62 -108 8 -108C58 -110 84 -70 74 -12C66 -26 66 -42 54 -54C36 -56 6 -54 -34 -68"
"C-46 -50 -56 -26 -58 12Z"),
    "swept": ("M-70 20C-94 -46 -66 -116 6 -112C62 -110 82 -72 74 -22C70 -40 62 -56 44 -68C10 -60 -30 -62 -46 -42"
"C-54 -20 -56 0 -58 22Z"),
    "tousled": "M-70 14C-92 -10 -84 -30 -88 -54C-74 -62 -74 -84 -60 -94C-44 -96 -32 -118 -10 -110"
"C8 -124 28 -112 40 -110"
    "C60 -106 68 -90 78 -78C86 -56 80 -36 74 -8C68 -30 64 -36 58 -42C46 -44 44 -56 30 -58C20 -46 4 -58 -8 -50"
    "C-20 -58 -34 -40 -44 -46C-52 -24 -56 -6 -58 16Z",
    "short": ("M-68 2C-82 -50 -60 -104 4 -104C60 -104 80 -62 73 -16C68 -38 62 -52 52 -60C20 -56 -20 -58 -44 -62"
"C-54 -40 -56 -18 -58 4Z"),
    "parted": ("M-70 18C-88 -46 -64 -106 0 -106C62 -106 84 -58 74 6C72 -28 58 -54 14 -74C-4 -50 -36 -46 -50 -26"
"C-56 -6 -58 8 -60 20Z"),
    "bowl": ("M-74 20C-88 -46 -66 -108 4 -108C66 -108 86 -52 76 14C72 -8 70 -22 66 -36C30 -30 -20 -32 -52 -36"
"C-60 -16 -60 4 -62 22Z"),
    "receding": ("M-68 22C-90 -20 -82 -62 -56 -84C-58 -50 -52 -20 -58 24ZM60 -66C80 -46 80 -18 73 6"
"C68 -20 68 -44 60 -66Z"),
    "bald": "",
}  # fmt: skip


def _curly(rows: tuple[tuple[float, float, float], ...]) -> str:
    return "".join(ellipse_path(x, y, r, r) for x, y, r in rows)


_CURLS_FRONT = _curly((
    (-66, -20, 20), (-68, -50, 22), (-50, -76, 24), (-22, -92, 25), (10, -98, 26), (40, -86, 24), (62, -64, 22),
    (72, -36, 17), (-64, 6, 16), (-34, -62, 20), (26, -70, 20),
))  # fmt: skip
_CURLS_BEHIND = _curly((
    (-78, 10, 26), (-84, 44, 27), (-76, 78, 26), (-56, 100, 22), (74, 20, 22), (80, 52, 22),
    (70, 80, 20), (-70, -40, 34),
))  # fmt: skip


def _shades(drawing: Drawing, look: Appearance, light: Light) -> tuple[str, str]:
    """The fill of the hair and the colour of its strands."""
    top, body, low = (light.tint(c) for c in (lighter(look.hair, 0.20), look.hair, darker(look.hair, 0.30)))
    return drawing.linear([(0.0, top), (0.5, body), (1.0, low)], (0.75, 0), (0.2, 1)), light.tint(
        darker(look.hair, 0.34)
    )


def paint_hair_behind(drawing: Drawing, look: Appearance, light: Light) -> None:
    """What hangs behind head and shoulders; painted before the body."""
    style = look.hair_style
    shape = _CURLS_BEHIND if style == "curls" else _BEHIND.get(style, "")
    if style == "long" and not look.feminine:
        shape = _BEHIND["bob"]
    if not shape:
        return
    body = light.tint(darker(look.hair, 0.16))
    drawing.path(shape, drawing.linear([(0.0, body), (1.0, light.tint(darker(look.hair, 0.36)))]))
    if style in ("pigtails", "braid", "bow"):
        ribbon = light.tint(look.accent)
        spots = {"pigtails": ((-72, 22), (70, 26)), "braid": ((-66, 162),), "bow": ((-58, -86),)}[style]
        for x, y in spots:
            drawing.path(f"M{x} {y}l-20 -12v24ZM{x} {y}l20 -12v24Z", ribbon)


def paint_hair(drawing: Drawing, look: Appearance, light: Light) -> None:
    """What lies on the skull and frames the face; painted after the face."""
    style = look.hair_style
    if style == "bald":
        drawing.glow(24, -66, 30, 16, light.grade("#ffffff"), 0.35)
        return
    fill, strand = _shades(drawing, look, light)
    if style in ("curls", "curly"):
        drawing.path(_CURLS_FRONT, fill)
        drawing.line("M-58 -70q10 -14 24 -12M-16 -98q14 -8 26 0M34 -92q14 0 20 12M-70 -28q-6 10 0 20", strand, 3.4, 0.4)
        return
    if style == "long" and not look.feminine:
        style = "parted"
    drawing.path(_FRONT.get(style, _CAP), fill)
    if style != "receding":
        drawing.line(
            "M-56 -40C-52 -72 -28 -92 4 -96M-40 -52C-30 -74 -8 -84 20 -86M40 -84C56 -76 64 -62 68 -44",
            strand,
            3.2,
            0.32,
        )
        drawing.line("M8 -98C34 -98 52 -88 60 -72", light.tint(lighter(look.hair, 0.5)), 4, 0.28)


def paint_beard(drawing: Drawing, look: Appearance, light: Light) -> None:
    """Painted over the face and under the mouth's line, which is drawn after it."""
    if not look.beard:
        return
    colour = light.tint(mix(look.hair, "#6a4530", 0.12))
    fill = drawing.linear([(0.0, colour), (1.0, light.tint(darker(look.hair, 0.25)))])
    moustache = "M14 47C2 40 -14 48 -24 58C-10 60 4 56 14 51C24 56 40 60 48 56C40 46 26 40 14 47Z"
    if look.beard == "full":
        long = 128 if look.age == "old" else 108
        drawing.path(
            (
                "M-68 8C-62 36 -40 44 -18 46C0 40 28 40 44 46C58 44 68 30 72 6"
                f"C78 56 62 {long - 8} 16 {long}C-34 {long - 6} -72 62 -68 8Z"
            ),
            fill,
        )
    elif look.beard == "goatee":
        drawing.path("M-8 74Q14 68 36 74Q34 108 16 114Q-4 108 -8 74Z", fill)
    elif look.beard == "whiskers":
        drawing.path("M-68 2C-66 40 -52 64 -36 74C-44 50 -52 30 -54 2ZM73 0C74 34 66 58 54 70C58 46 62 26 63 4Z", fill)
    if look.beard != "whiskers":
        drawing.path(moustache, colour)


def paint_hat(drawing: Drawing, look: Appearance, light: Light) -> None:
    """Painted last."""
    felt, dark, band = light.tint("#33303c"), light.tint("#1f1c27"), light.tint(look.accent)
    straw = light.tint("#dcbf83")
    cloth, cloth_dark = light.tint(look.second), light.tint(darker(look.second, 0.3))
    hat = look.hat
    if hat == "top":
        drawing.path(
            "M-58 -66C-62 -120 -66 -170 -62 -196Q4 -212 68 -196C70 -170 64 -120 62 -66Z",
            drawing.linear([(0, dark), (0.6, felt), (1, dark)], (0, 0), (1, 0)),
        )
        drawing.path("M-60 -92Q4 -76 63 -92L62 -68Q4 -52 -59 -68Z", band)
        drawing.ellipse(3, -64, 104, 18, dark)
    elif hat == "bowler":
        drawing.path(
            "M-68 -62C-70 -140 -30 -158 4 -158C40 -158 74 -140 72 -62Z",
            drawing.linear([(0, dark), (0.7, felt)], (0, 0), (1, 0)),
        )
        drawing.path("M-69 -76Q4 -58 72 -76V-58H-69Z", band)
        drawing.path("M-96 -64Q4 -34 100 -64Q96 -46 4 -46Q-90 -46 -96 -64Z", dark)
    elif hat == "cap":
        drawing.path(
            "M-76 -48C-84 -110 -40 -136 6 -134C58 -132 84 -100 76 -50Q0 -70 -76 -48Z",
            drawing.linear([(0, cloth_dark), (1, cloth)], (0, 0), (1, 0)),
        )
        drawing.path("M10 -64Q70 -70 108 -38Q70 -44 20 -46Z", cloth_dark)
    elif hat in ("straw", "wide"):
        main, edge = (
            (straw, light.tint("#b8965a")) if hat == "straw" else (light.tint("#6d5844"), light.tint("#48392d"))
        )
        drawing.path("M-132 -50Q0 -96 134 -50Q60 -26 0 -30Q-70 -26 -132 -50Z", edge)
        drawing.path("M-62 -58C-60 -130 -30 -140 4 -140C40 -140 66 -130 66 -58Q4 -44 -62 -58Z", main)
        drawing.path("M-63 -76Q4 -58 66 -76V-56Q4 -40 -63 -56Z", band)
    elif hat == "bonnet":
        drawing.path(
            "M-76 40C-116 -40 -84 -132 4 -130C74 -128 92 -90 88 -58C60 -92 6 -96 -24 -66C-52 -40 -52 10 -50 60Z",
            drawing.linear([(0, cloth_dark), (1, cloth)], (0, 0), (1, 0)),
        )
        drawing.line("M-56 50Q-20 100 12 98", band, 8)
        drawing.path("M12 98l-20 20l8 6ZM12 98l16 22l8 -6Z", band)
    elif hat in ("hood", "kerchief"):
        drawing.path(
            "M-86 96C-112 -40 -84 -126 4 -126C82 -126 98 -60 84 20C82 -30 62 -74 10 -78C-46 -74 -60 -10 -52 90Z",
            drawing.linear([(0, cloth_dark), (1, cloth)], (0, 0), (1, 0)),
        )
    elif hat == "crown":
        points = arc_points(4, -82, 66, 14, 180, 360, 9)
        gold = drawing.linear(
            [(0, light.tint("#b98a2e")), (0.6, light.tint("#f0cf6a")), (1, light.tint("#c99a3a"))], (0, 0), (1, 0)
        )
        drawing.path("M-62 -64L-70 -132L-38 -100L-20 -140L4 -104L28 -140L46 -100L78 -132L70 -64Q4 -46 -62 -64Z", gold)
        drawing.line(smooth_path(points), light.tint("#8c6420"), 3, 0.5)
        for x, y in ((-70, -134), (-20, -142), (28, -142), (78, -134)):
            drawing.circle(x, y, 6, light.tint("#c4423c"))
