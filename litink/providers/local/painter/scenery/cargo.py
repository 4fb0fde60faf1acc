"""What stands about on quays and in cellars: barrels, crates, bollards."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import num


def bollard(p: Place, x: float, y: float, size: float) -> None:
    p.d.path(
        (
            f"M{num(x - size * 0.26)} {num(y)}V{num(y - size * 0.7)}"
            f"Q{num(x - size * 0.4)} {num(y - size)} {num(x)} {num(y - size)}"
            f"Q{num(x + size * 0.4)} {num(y - size)} {num(x + size * 0.26)} {num(y - size * 0.7)}"
            f"V{num(y)}Z"
        ),
        p.d.linear([(0, p.tint("#2c2d33")), (1, p.tint("#5a5d66"))], (0, 0), (1, 0)),
    )


def barrel(p: Place, x: float, y: float, size: float) -> None:
    w = size * 0.36
    p.d.path(
        (
            f"M{num(x - w * 0.8)} {num(y)}"
            f"Q{num(x - w * 1.25)} {num(y - size * 0.5)} {num(x - w * 0.8)} {num(y - size)}"
            f"H{num(x + w * 0.8)}"
            f"Q{num(x + w * 1.25)} {num(y - size * 0.5)} {num(x + w * 0.8)} {num(y)}Z"
        ),
        p.d.linear([(0, p.tint("#5f4230")), (0.6, p.tint("#a0744e")), (1, p.tint("#7a5640"))], (0, 0), (1, 0)),
    )
    p.d.ellipse(x, y - size, w * 0.8, size * 0.08, p.tint("#c09468"))
    p.d.line(
        (
            f"M{num(x - w)} {num(y - size * 0.26)}"
            f"Q{num(x)} {num(y - size * 0.18)} {num(x + w)} {num(y - size * 0.26)}"
            f"M{num(x - w)} {num(y - size * 0.74)}"
            f"Q{num(x)} {num(y - size * 0.66)} {num(x + w)} {num(y - size * 0.74)}"
        ),
        p.tint("#3f3a3c"),
        size * 0.05,
    )


def crate(p: Place, x: float, y: float, size: float) -> None:
    wood = "#a87f54"
    p.d.rect(
        x - size * 0.5,
        y - size,
        size,
        size,
        p.d.linear([(0, p.tint(darker(wood, 0.2))), (1, p.tint(lighter(wood, 0.08)))], (0, 0), (1, 0)),
    )
    p.d.line(
        (
            f"M{num(x - size * 0.43)} {num(y - size * 0.93)}h{num(size * 0.86)}v{num(size * 0.86)}"
            f"h{num(-size * 0.86)}ZM{num(x - size * 0.43)} {num(y - size * 0.07)}"
            f"L{num(x + size * 0.43)} {num(y - size * 0.93)}"
        ),
        p.tint(darker(wood, 0.35)),
        size * 0.07,
    )
