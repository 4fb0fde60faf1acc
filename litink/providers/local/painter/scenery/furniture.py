"""Furniture that stands on the floor of homes. ``m`` is the height of an adult where it stands."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.hearth import lamp
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import ellipse_path, num, rect_path

OAK, WALNUT, MAHOGANY, PINEWOOD = "#9a7048", "#6d4a34", "#7a3f2f", "#c29a68"


def wood(p: Place, colour: str) -> str:
    return p.d.linear([(0, p.tint(lighter(colour, 0.12))), (1, p.tint(darker(colour, 0.22)))])


def shadow(p: Place, x: float, y: float, half: float) -> None:
    p.d.glow(x, y, half * 1.15, half * 0.13, "#0b0a18", 0.55)


def table(p: Place, x: float, y: float, width: float, m: float, *, colour: str = OAK, cloth: str = "") -> float:
    """A table on the floor at ``y``; returns the height of its top."""
    d, height, top = p.d, m * 0.42, y - m * 0.42
    shadow(p, x, y, width * 0.55)
    leg = m * 0.035
    for t in (-0.44, -0.36, 0.36, 0.44):
        back = abs(t) < 0.4
        d.rect(
            x + width * t - leg / 2,
            top,
            leg,
            height * (0.86 if back else 1),
            p.tint(darker(colour, 0.35 if back else 0.15)),
        )
    if cloth:
        d.path(
            (
                f"M{num(x - width * 0.5)} {num(top)}H{num(x + width * 0.5)}"
                f"L{num(x + width * 0.54)} {num(top + height * 0.55)}"
                f"q{num(-width * 0.135)} {num(height * 0.10)} {num(-width * 0.27)} 0"
                f"t{num(-width * 0.27)} 0t{num(-width * 0.27)} 0t{num(-width * 0.27)} 0Z"
            ),
            d.linear([(0, p.tint(lighter(cloth, 0.15))), (1, p.tint(darker(cloth, 0.18)))]),
        )
        d.path(
            (
                f"M{num(x - width * 0.44)} {num(top - m * 0.07)}H{num(x + width * 0.44)}"
                f"L{num(x + width * 0.5)} {num(top + 1)}H{num(x - width * 0.5)}Z"
            ),
            p.tint(lighter(cloth, 0.22)),
        )
        return top - m * 0.035
    d.rect(x - width * 0.48, top, width * 0.96, m * 0.075, p.tint(darker(colour, 0.2)))
    d.path(
        (
            f"M{num(x - width * 0.44)} {num(top - m * 0.06)}H{num(x + width * 0.44)}"
            f"L{num(x + width * 0.52)} {num(top)}V{num(top + m * 0.03)}H{num(x - width * 0.52)}"
            f"V{num(top)}Z"
        ),
        wood(p, lighter(colour, 0.08)),
    )
    return top - m * 0.03


def chair(p: Place, x: float, y: float, m: float, *, facing: int = 1, colour: str = WALNUT) -> None:
    """A plain chair; its back is on the side it does not face."""
    d, s = p.d, m * 0.26 * facing
    shadow(p, x, y, m * 0.2)
    frame = p.tint(colour)
    d.line(
        (
            f"M{num(x - s * 0.55)} {num(y - m * 0.03)}V{num(y - m * 0.27)}"
            f"L{num(x - s * 0.75)} {num(y - m * 0.62)}M{num(x + s * 0.45)} {num(y - m * 0.03)}"
            f"V{num(y - m * 0.27)}"
        ),
        p.tint(darker(colour, 0.25)),
        m * 0.03,
    )
    d.line(
        (
            f"M{num(x - s * 0.35)} {num(y)}V{num(y - m * 0.26)}"
            f"L{num(x - s * 0.52)} {num(y - m * 0.60)}M{num(x + s * 0.68)} {num(y)}"
            f"V{num(y - m * 0.26)}"
        ),
        frame,
        m * 0.032,
    )
    d.line(
        (
            f"M{num(x - s * 0.76)} {num(y - m * 0.60)}L{num(x - s * 0.50)} {num(y - m * 0.58)}"
            f"M{num(x - s * 0.68)} {num(y - m * 0.46)}L{num(x - s * 0.44)} {num(y - m * 0.44)}"
        ),
        frame,
        m * 0.045,
    )
    d.path(
        (
            f"M{num(x - s * 0.62)} {num(y - m * 0.29)}H{num(x + s * 0.62)}"
            f"L{num(x + s * 0.78)} {num(y - m * 0.25)}H{num(x - s * 0.44)}Z"
        ),
        p.tint(lighter(colour, 0.2)),
    )


def armchair(p: Place, x: float, y: float, m: float, *, cloth: str = "#7a3f3a", wide: float = 0.5) -> None:
    """An upholstered seat seen from the front: an armchair, or a sofa when wide."""
    d, w = p.d, m * wide
    shadow(p, x, y, w * 0.6)
    lit, mid, low = p.tint(lighter(cloth, 0.16)), p.tint(cloth), p.tint(darker(cloth, 0.30))
    for t in (-0.46, 0.46):
        d.rect(x + w * t - m * 0.02, y - m * 0.07, m * 0.04, m * 0.07, p.tint("#4a3326"))
    d.path(
        (
            f"M{num(x - w * 0.44)} {num(y - m * 0.10)}V{num(y - m * 0.52)}"
            f"Q{num(x - w * 0.44)} {num(y - m * 0.64)} {num(x - w * 0.28)} {num(y - m * 0.62)}"
            f"Q{num(x)} {num(y - m * 0.70)} {num(x + w * 0.28)} {num(y - m * 0.62)}"
            f"Q{num(x + w * 0.44)} {num(y - m * 0.64)} {num(x + w * 0.44)} {num(y - m * 0.52)}"
            f"V{num(y - m * 0.10)}Z"
        ),
        d.linear([(0, lit), (1, low)]),
    )
    buttons = "".join(
        ellipse_path(x + w * t, y - m * (0.46 + 0.06 * (k % 2)), m * 0.010, m * 0.010)
        for k, t in enumerate((-0.26, -0.13, 0.0, 0.13, 0.26))
    )
    d.path(buttons, low)
    d.path(
        (
            f"M{num(x - w * 0.42)} {num(y - m * 0.30)}"
            f"Q{num(x)} {num(y - m * 0.36)} {num(x + w * 0.42)} {num(y - m * 0.30)}"
            f"V{num(y - m * 0.10)}H{num(x - w * 0.42)}Z"
        ),
        d.linear([(0, lit), (0.4, mid), (1, low)]),
    )
    for side in (-1, 1):
        ax = x + side * w * 0.47
        d.path(
            (
                f"M{num(ax - m * 0.07)} {num(y - m * 0.06)}V{num(y - m * 0.34)}"
                f"a{num(m * 0.07)} {num(m * 0.065)} 0 0 1 {num(m * 0.14)} 0V{num(y - m * 0.06)}Z"
            ),
            d.linear([(0, lit), (1, low)]),
        )


def bed(p: Place, x: float, y: float, m: float, *, cover: str = "#7a8fb0", iron: bool = False) -> None:
    """A bed seen from its side, head to the left; ``x`` is its middle."""
    d, w = p.d, m * 1.15
    shadow(p, x, y, w * 0.55)
    frame = p.tint("#3f4248") if iron else wood(p, WALNUT)
    left = x - w / 2
    if iron:
        d.line(
            (
                f"M{num(left)} {num(y)}V{num(y - m * 0.56)}M{num(left + w)} {num(y)}"
                f"V{num(y - m * 0.42)}M{num(left)} {num(y - m * 0.5)}h{num(m * 0.05)}"
            ),
            frame,
            m * 0.03,
        )
    else:
        d.path(
            (
                f"M{num(left - m * 0.05)} {num(y)}V{num(y - m * 0.62)}"
                f"q{num(m * 0.05)} {num(-m * 0.06)} {num(m * 0.10)} 0V{num(y)}Z"
                f"M{num(left + w - m * 0.05)} {num(y)}V{num(y - m * 0.44)}"
                f"q{num(m * 0.05)} {num(-m * 0.05)} {num(m * 0.10)} 0V{num(y)}Z"
            ),
            frame,
        )
    d.rect(left, y - m * 0.20, w, m * 0.10, frame)
    d.rect(left + m * 0.02, y - m * 0.31, w - m * 0.04, m * 0.14, p.tint("#efe6d6"))
    d.path(
        (
            f"M{num(left + m * 0.03)} {num(y - m * 0.30)}"
            f"q0 {num(-m * 0.13)} {num(m * 0.15)} {num(-m * 0.11)}"
            f"q{num(m * 0.16)} {num(-m * 0.02)} {num(m * 0.15)} {num(m * 0.11)}Z"
        ),
        p.tint("#f8f1e4"),
    )
    d.path(
        (
            f"M{num(left + m * 0.34)} {num(y - m * 0.33)}"
            f"Q{num(x)} {num(y - m * 0.40)} {num(left + w)} {num(y - m * 0.33)}"
            f"L{num(left + w)} {num(y - m * 0.10)}q{num(-w * 0.12)} {num(m * 0.04)} {num(-w * 0.24)} 0"
            f"t{num(-w * 0.24)} 0L{num(left + m * 0.31)} {num(y - m * 0.10)}Z"
        ),
        d.linear([(0, p.tint(lighter(cover, 0.16))), (1, p.tint(darker(cover, 0.24)))]),
    )
    d.rect(left + m * 0.31, y - m * 0.345, m * 0.09, m * 0.24, p.tint("#f8f1e4"))


def rug(p: Place, x: float, y: float, width: float, *, colour: str = "#8c4038") -> None:
    d, tall = p.d, p.man * 0.20
    for grow, tone in (
        (1.0, colour),
        (0.88, "#d9bd82"),
        (0.82, darker(colour, 0.15)),
        (0.40, "#c9a468"),
        (0.34, colour),
    ):
        half = width * 0.5 * grow
        t = tall * 0.5 * grow
        d.path(
            (
                f"M{num(x - half * 0.86)} {num(y - t)}H{num(x + half * 0.86)}"
                f"L{num(x + half)} {num(y + t)}H{num(x - half)}Z"
            ),
            p.tint(tone),
        )


def chest(p: Place, x: float, y: float, m: float, *, colour: str = "#7a5138") -> None:
    d, w = p.d, m * 0.5
    shadow(p, x, y, w * 0.55)
    d.rect(x - w / 2, y - m * 0.22, w, m * 0.22, wood(p, colour))
    d.path(
        (
            f"M{num(x - w / 2)} {num(y - m * 0.21)}"
            f"Q{num(x - w / 2)} {num(y - m * 0.34)} {num(x)} {num(y - m * 0.34)}"
            f"T{num(x + w / 2)} {num(y - m * 0.21)}Z"
        ),
        p.tint(lighter(colour, 0.1)),
    )
    d.line(
        (
            f"M{num(x - w * 0.32)} {num(y)}V{num(y - m * 0.30)}M{num(x + w * 0.32)} {num(y)}"
            f"V{num(y - m * 0.30)}M{num(x - w * 0.5)} {num(y - m * 0.21)}h{num(w)}"
        ),
        p.tint("#3f3a3c"),
        m * 0.022,
    )
    d.rect(x - m * 0.03, y - m * 0.24, m * 0.06, m * 0.07, p.tint("#d9b45a"))


def desk(p: Place, x: float, y: float, m: float, *, colour: str = MAHOGANY) -> None:
    """A writing desk with papers, ink and a lamp."""
    d, w = p.d, m * 0.98
    shadow(p, x, y, w * 0.55)
    d.path(
        rect_path(x - w * 0.5, y - m * 0.40, w * 0.32, m * 0.40)
        + rect_path(x + w * 0.18, y - m * 0.40, w * 0.32, m * 0.40),
        wood(p, colour),
    )
    d.rect(x - w * 0.18, y - m * 0.38, w * 0.36, m * 0.10, p.tint(darker(colour, 0.3)))
    fronts = "".join(
        rect_path(x + w * t, y - m * h, w * 0.27, m * 0.10) for t in (-0.475, 0.205) for h in (0.37, 0.25, 0.13)
    )
    d.path(fronts, p.tint(darker(colour, 0.22)))
    d.path(
        "".join(
            ellipse_path(x + w * t, y - m * h, m * 0.012, m * 0.012) for t in (-0.34, 0.34) for h in (0.32, 0.20, 0.08)
        ),
        p.tint("#d9b45a"),
    )
    d.path(
        (
            f"M{num(x - w * 0.48)} {num(y - m * 0.48)}H{num(x + w * 0.48)}"
            f"L{num(x + w * 0.54)} {num(y - m * 0.41)}V{num(y - m * 0.38)}H{num(x - w * 0.54)}"
            f"V{num(y - m * 0.41)}Z"
        ),
        wood(p, OAK),
    )
    d.path(
        f"M{num(x - w * 0.2)} {num(y - m * 0.465)}h{num(w * 0.24)}l{num(w * 0.03)} {num(m * 0.035)}h{num(-w * 0.28)}Z",
        p.tint("#f6efdd"),
    )
    d.rect(x + w * 0.12, y - m * 0.50, m * 0.05, m * 0.055, p.tint("#2f3a4a"))
    d.line(f"M{num(x + w * 0.15)} {num(y - m * 0.50)}l{num(m * 0.07)} {num(-m * 0.13)}", p.tint("#f4ead2"), m * 0.014)
    lamp(p, x + w * 0.36, y - m * 0.45, m)
