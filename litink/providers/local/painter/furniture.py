"""Furniture of homes: tables, seats, beds, shelves, hearths, lamps. ``m`` is the height of an adult where it stands."""

from __future__ import annotations

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.place import Place
from litink.providers.local.painter.rooms import lamplight
from litink.providers.local.painter.svg import ellipse_path, num, rect_path

OAK, WALNUT, MAHOGANY, PINEWOOD = "#9a7048", "#6d4a34", "#7a3f2f", "#c29a68"
BINDINGS = ("#8c3f38", "#3f5f7a", "#4f7350", "#b8924a", "#6a4a6e", "#7a5a44", "#37464f", "#a8674a", "#d8c69c")


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
        d.rect(x + width * t - leg / 2, top, leg, height * (0.86 if back else 1), p.tint(darker(colour, 0.35 if back else 0.15)))
    if cloth:
        d.path(f"M{num(x - width * 0.5)} {num(top)}H{num(x + width * 0.5)}L{num(x + width * 0.54)} {num(top + height * 0.55)}q{num(-width * 0.135)} {num(height * 0.10)} {num(-width * 0.27)} 0t{num(-width * 0.27)} 0t{num(-width * 0.27)} 0t{num(-width * 0.27)} 0Z", d.linear([(0, p.tint(lighter(cloth, 0.15))), (1, p.tint(darker(cloth, 0.18)))]))
        d.path(f"M{num(x - width * 0.44)} {num(top - m * 0.07)}H{num(x + width * 0.44)}L{num(x + width * 0.5)} {num(top + 1)}H{num(x - width * 0.5)}Z", p.tint(lighter(cloth, 0.22)))
        return top - m * 0.035
    d.rect(x - width * 0.48, top, width * 0.96, m * 0.075, p.tint(darker(colour, 0.2)))
    d.path(f"M{num(x - width * 0.44)} {num(top - m * 0.06)}H{num(x + width * 0.44)}L{num(x + width * 0.52)} {num(top)}V{num(top + m * 0.03)}H{num(x - width * 0.52)}V{num(top)}Z", wood(p, lighter(colour, 0.08)))
    return top - m * 0.03


def chair(p: Place, x: float, y: float, m: float, *, facing: int = 1, colour: str = WALNUT) -> None:
    """A plain chair; its back is on the side it does not face."""
    d, s = p.d, m * 0.26 * facing
    shadow(p, x, y, m * 0.2)
    frame = p.tint(colour)
    d.line(f"M{num(x - s * 0.55)} {num(y - m * 0.03)}V{num(y - m * 0.27)}L{num(x - s * 0.75)} {num(y - m * 0.62)}M{num(x + s * 0.45)} {num(y - m * 0.03)}V{num(y - m * 0.27)}", p.tint(darker(colour, 0.25)), m * 0.03)
    d.line(f"M{num(x - s * 0.35)} {num(y)}V{num(y - m * 0.26)}L{num(x - s * 0.52)} {num(y - m * 0.60)}M{num(x + s * 0.68)} {num(y)}V{num(y - m * 0.26)}", frame, m * 0.032)
    d.line(f"M{num(x - s * 0.76)} {num(y - m * 0.60)}L{num(x - s * 0.50)} {num(y - m * 0.58)}M{num(x - s * 0.68)} {num(y - m * 0.46)}L{num(x - s * 0.44)} {num(y - m * 0.44)}", frame, m * 0.045)
    d.path(f"M{num(x - s * 0.62)} {num(y - m * 0.29)}H{num(x + s * 0.62)}L{num(x + s * 0.78)} {num(y - m * 0.25)}H{num(x - s * 0.44)}Z", p.tint(lighter(colour, 0.2)))


def armchair(p: Place, x: float, y: float, m: float, *, cloth: str = "#7a3f3a", wide: float = 0.5) -> None:
    """An upholstered seat seen from the front: an armchair, or a sofa when wide."""
    d, w = p.d, m * wide
    shadow(p, x, y, w * 0.6)
    lit, mid, low = p.tint(lighter(cloth, 0.16)), p.tint(cloth), p.tint(darker(cloth, 0.30))
    for t in (-0.46, 0.46):
        d.rect(x + w * t - m * 0.02, y - m * 0.07, m * 0.04, m * 0.07, p.tint("#4a3326"))
    d.path(f"M{num(x - w * 0.44)} {num(y - m * 0.10)}V{num(y - m * 0.52)}Q{num(x - w * 0.44)} {num(y - m * 0.64)} {num(x - w * 0.28)} {num(y - m * 0.62)}Q{num(x)} {num(y - m * 0.70)} {num(x + w * 0.28)} {num(y - m * 0.62)}Q{num(x + w * 0.44)} {num(y - m * 0.64)} {num(x + w * 0.44)} {num(y - m * 0.52)}V{num(y - m * 0.10)}Z", d.linear([(0, lit), (1, low)]))
    buttons = "".join(ellipse_path(x + w * t, y - m * (0.46 + 0.06 * (k % 2)), m * 0.010, m * 0.010) for k, t in enumerate((-0.26, -0.13, 0.0, 0.13, 0.26)))
    d.path(buttons, low)
    d.path(f"M{num(x - w * 0.42)} {num(y - m * 0.30)}Q{num(x)} {num(y - m * 0.36)} {num(x + w * 0.42)} {num(y - m * 0.30)}V{num(y - m * 0.10)}H{num(x - w * 0.42)}Z", d.linear([(0, lit), (0.4, mid), (1, low)]))
    for side in (-1, 1):
        ax = x + side * w * 0.47
        d.path(f"M{num(ax - m * 0.07)} {num(y - m * 0.06)}V{num(y - m * 0.34)}a{num(m * 0.07)} {num(m * 0.065)} 0 0 1 {num(m * 0.14)} 0V{num(y - m * 0.06)}Z", d.linear([(0, lit), (1, low)]))


def bookcase(p: Place, x: float, y: float, width: float, height: float, chance: Chance, *, colour: str = WALNUT) -> None:
    """Shelves full of books; ``x`` is the left side."""
    d = p.d
    d.rect(x, y - height, width, height, p.tint(darker(colour, 0.5)))
    shelves = max(3, round(height / (p.man * 0.26)))
    tall = height * 0.94 / shelves
    books: dict[str, list[str]] = {}
    bands = []
    for row in range(shelves):
        base, bx = y - height * 0.03 - tall * row, x + width * 0.03
        while bx < x + width * 0.95:
            thick = tall * chance.between(0.13, 0.27)
            if bx + thick > x + width * 0.97:
                break
            high = tall * chance.between(0.60, 0.84)
            if chance.maybe(0.07):
                bx += thick * 1.4
                continue
            books.setdefault(chance.choice(BINDINGS), []).append(rect_path(bx, base - high, thick * 0.94, high))
            if chance.maybe(0.4):
                bands.append(rect_path(bx, base - high * 0.78, thick * 0.94, high * 0.05))
            bx += thick
    for binding, paths in books.items():
        d.path("".join(paths), p.tint(binding))
    d.path("".join(bands), p.tint("#e0c070"), 0.7)
    d.path("".join(rect_path(x, y - height * 0.03 - tall * row, width, tall * 0.08) for row in range(shelves + 1)), p.tint(lighter(colour, 0.06)))
    d.path(rect_path(x, y - height, width * 0.035, height) + rect_path(x + width * 0.965, y - height, width * 0.035, height), p.tint(colour))
    d.rect(x - width * 0.03, y - height * 1.025, width * 1.06, height * 0.035, p.tint(lighter(colour, 0.15)))
    d.rect(x - width * 0.02, y - height * 0.03, width * 1.04, height * 0.03, p.tint(colour))


def fireplace(p: Place, x: float, y: float, m: float, *, stone: str = "#d8cdb8", rough: bool = False) -> None:
    """A burning hearth under its mantelpiece."""
    d, w, h = p.d, m * 0.92, m * 0.74
    fill = d.linear([(0, p.tint(lighter(stone, 0.1))), (1, p.tint(darker(stone, 0.18)))])
    if rough:
        d.path(f"M{num(x - w * 0.36)} {num(y - h)}L{num(x - w * 0.26)} {num(y - m * 1.7)}H{num(x + w * 0.26)}L{num(x + w * 0.36)} {num(y - h)}Z", p.tint(darker(stone, 0.08)))
    d.rect(x - w * 0.5, y - h, w, h, fill)
    d.path(f"M{num(x - w * 0.31)} {num(y)}V{num(y - h * 0.52)}Q{num(x)} {num(y - h * 0.82)} {num(x + w * 0.31)} {num(y - h * 0.52)}V{num(y)}Z", p.tint("#2a1d1c"))
    d.rect(x - w * 0.58, y - h * 1.08, w * 1.16, h * 0.11, p.tint(lighter(stone, 0.22)))
    d.rect(x - w * 0.55, y - h * 0.98, w * 1.10, h * 0.03, "#120c1c", 0.25)
    for t in (-0.43, 0.35):
        d.rect(x + w * t, y - h * 0.90, w * 0.08, h * 0.88, p.tint(lighter(stone, 0.16)), 0.8)
    flame(p, x, y - h * 0.06, h * 0.52)
    d.line(f"M{num(x - w * 0.18)} {num(y - h * 0.05)}L{num(x + w * 0.15)} {num(y - h * 0.12)}M{num(x + w * 0.18)} {num(y - h * 0.05)}L{num(x - w * 0.13)} {num(y - h * 0.13)}", p.tint("#4a3024"), h * 0.07)
    d.path(f"M{num(x - w * 0.56)} {num(y)}H{num(x + w * 0.56)}L{num(x + w * 0.64)} {num(y + m * 0.05)}H{num(x - w * 0.64)}Z", p.tint(darker(stone, 0.1)))
    lamplight(p, x, y - h * 0.2, m * 1.05)


def flame(p: Place, x: float, y: float, size: float) -> None:
    grade = p.light.grade
    for tone, s in (("#e8572a", 1.0), ("#f79a34", 0.74), ("#ffdf7a", 0.44)):
        h, w = size * s, size * s * 0.52
        p.d.path(f"M{num(x - w * 0.6)} {num(y)}C{num(x - w * 1.1)} {num(y - h * 0.45)} {num(x - w * 0.3)} {num(y - h * 0.5)} {num(x - w * 0.25)} {num(y - h * 0.85)}C{num(x)} {num(y - h * 0.65)} {num(x + w * 0.05)} {num(y - h * 0.6)} {num(x + w * 0.1)} {num(y - h)}C{num(x + w * 0.5)} {num(y - h * 0.65)} {num(x + w * 1.1)} {num(y - h * 0.4)} {num(x + w * 0.6)} {num(y)}Z", grade(tone))


def bed(p: Place, x: float, y: float, m: float, *, cover: str = "#7a8fb0", iron: bool = False) -> None:
    """A bed seen from its side, head to the left; ``x`` is its middle."""
    d, w = p.d, m * 1.15
    shadow(p, x, y, w * 0.55)
    frame = p.tint("#3f4248") if iron else wood(p, WALNUT)
    left = x - w / 2
    if iron:
        d.line(f"M{num(left)} {num(y)}V{num(y - m * 0.56)}M{num(left + w)} {num(y)}V{num(y - m * 0.42)}M{num(left)} {num(y - m * 0.5)}h{num(m * 0.05)}", frame, m * 0.03)
    else:
        d.path(f"M{num(left - m * 0.05)} {num(y)}V{num(y - m * 0.62)}q{num(m * 0.05)} {num(-m * 0.06)} {num(m * 0.10)} 0V{num(y)}ZM{num(left + w - m * 0.05)} {num(y)}V{num(y - m * 0.44)}q{num(m * 0.05)} {num(-m * 0.05)} {num(m * 0.10)} 0V{num(y)}Z", frame)
    d.rect(left, y - m * 0.20, w, m * 0.10, frame)
    d.rect(left + m * 0.02, y - m * 0.31, w - m * 0.04, m * 0.14, p.tint("#efe6d6"))
    d.path(f"M{num(left + m * 0.03)} {num(y - m * 0.30)}q0 {num(-m * 0.13)} {num(m * 0.15)} {num(-m * 0.11)}q{num(m * 0.16)} {num(-m * 0.02)} {num(m * 0.15)} {num(m * 0.11)}Z", p.tint("#f8f1e4"))
    d.path(f"M{num(left + m * 0.34)} {num(y - m * 0.33)}Q{num(x)} {num(y - m * 0.40)} {num(left + w)} {num(y - m * 0.33)}L{num(left + w)} {num(y - m * 0.10)}q{num(-w * 0.12)} {num(m * 0.04)} {num(-w * 0.24)} 0t{num(-w * 0.24)} 0L{num(left + m * 0.31)} {num(y - m * 0.10)}Z", d.linear([(0, p.tint(lighter(cover, 0.16))), (1, p.tint(darker(cover, 0.24)))]))
    d.rect(left + m * 0.31, y - m * 0.345, m * 0.09, m * 0.24, p.tint("#f8f1e4"))


def picture(p: Place, x: float, y: float, width: float, height: float, chance: Chance) -> None:
    """A framed painting, its middle at (x, y): a little landscape."""
    d = p.d
    d.rect(x - width * 0.58 + p.u * 0.4, y - height * 0.58 + p.u * 0.6, width * 1.16, height * 1.16, "#120c1c", 0.25)
    d.rect(x - width * 0.58, y - height * 0.58, width * 1.16, height * 1.16, d.linear([(0, p.tint("#dcb862")), (1, p.tint("#9a7434"))]))
    sky, land = chance.choice((("#a9c4cf", "#7f9a62"), ("#e0b890", "#7a6a58"), ("#8fa0b8", "#56705f")))
    d.rect(x - width / 2, y - height / 2, width, height, d.linear([(0, p.tint(darker(sky, 0.15))), (1, p.tint(lighter(sky, 0.3)))]))
    d.path(f"M{num(x - width / 2)} {num(y + height * 0.16)}q{num(width * 0.25)} {num(-height * 0.20)} {num(width * 0.5)} 0t{num(width * 0.5)} {num(-height * 0.05)}V{num(y + height / 2)}H{num(x - width / 2)}Z", p.tint(land))


def long_clock(p: Place, x: float, y: float, m: float) -> None:
    """A grandfather clock."""
    d, w = p.d, m * 0.24
    d.path(rect_path(x - w * 0.5, y - m * 0.16, w, m * 0.16) + rect_path(x - w * 0.36, y - m * 0.84, w * 0.72, m * 0.70), wood(p, MAHOGANY))
    d.path(f"M{num(x - w * 0.52)} {num(y - m * 0.82)}V{num(y - m * 1.12)}Q{num(x)} {num(y - m * 1.28)} {num(x + w * 0.52)} {num(y - m * 1.12)}V{num(y - m * 0.82)}Z", wood(p, MAHOGANY))
    d.circle(x, y - m * 0.99, w * 0.36, p.tint("#f4ead2"))
    d.line(f"M{num(x)} {num(y - m * 0.99)}v{num(-w * 0.26)}M{num(x)} {num(y - m * 0.99)}l{num(w * 0.18)} {num(w * 0.08)}", p.tint("#3a2c24"), w * 0.05)
    d.rect(x - w * 0.2, y - m * 0.76, w * 0.4, m * 0.5, p.tint("#3a2620"))
    d.line(f"M{num(x)} {num(y - m * 0.76)}V{num(y - m * 0.40)}", p.tint("#d9b45a"), w * 0.04)
    d.circle(x, y - m * 0.38, w * 0.12, p.tint("#e2c062"))


def rug(p: Place, x: float, y: float, width: float, *, colour: str = "#8c4038") -> None:
    d, tall = p.d, p.man * 0.20
    for grow, tone in ((1.0, colour), (0.88, "#d9bd82"), (0.82, darker(colour, 0.15)), (0.40, "#c9a468"), (0.34, colour)):
        half = width * 0.5 * grow
        t = tall * 0.5 * grow
        d.path(f"M{num(x - half * 0.86)} {num(y - t)}H{num(x + half * 0.86)}L{num(x + half)} {num(y + t)}H{num(x - half)}Z", p.tint(tone))


def lamp(p: Place, x: float, y: float, m: float) -> None:
    """An oil lamp with a shade, standing at ``y``."""
    d = p.d
    d.path(f"M{num(x - m * 0.06)} {num(y)}h{num(m * 0.12)}l{num(-m * 0.03)} {num(-m * 0.03)}q{num(m * 0.05)} {num(-m * 0.06)} {num(-m * 0.01)} {num(-m * 0.10)}h{num(-m * 0.04)}q{num(-m * 0.06)} {num(m * 0.04)} {num(-m * 0.01)} {num(m * 0.10)}Z", p.tint("#c79a48"))
    lit = p.light.lamps_lit
    d.path(f"M{num(x - m * 0.045)} {num(y - m * 0.13)}L{num(x - m * 0.10)} {num(y - m * 0.25)}Q{num(x)} {num(y - m * 0.29)} {num(x + m * 0.10)} {num(y - m * 0.25)}L{num(x + m * 0.045)} {num(y - m * 0.13)}Z", p.light.grade("#ffe3a0") if lit else p.tint("#e9dcc0"))
    if lit:
        lamplight(p, x, y - m * 0.2, m * 0.95)


def candle(p: Place, x: float, y: float, m: float) -> None:
    d = p.d
    d.rect(x - m * 0.014, y - m * 0.13, m * 0.028, m * 0.11, p.tint("#f4ecd8"))
    d.path(f"M{num(x - m * 0.05)} {num(y)}h{num(m * 0.10)}l{num(-m * 0.02)} {num(-m * 0.03)}h{num(-m * 0.06)}Z", p.tint("#c79a48"))
    flame(p, x, y - m * 0.125, m * 0.06)
    if p.light.lamps_lit:
        lamplight(p, x, y - m * 0.15, m * 0.6)


def chandelier(p: Place, x: float, y: float, size: float) -> None:
    """Hangs from the top of the picture down to ``y``."""
    d, brass = p.d, p.tint("#c79a48")
    d.line(f"M{num(x)} 0V{num(y - size * 0.3)}", brass, size * 0.02)
    d.line(f"M{num(x - size * 0.5)} {num(y - size * 0.12)}Q{num(x)} {num(y + size * 0.22)} {num(x + size * 0.5)} {num(y - size * 0.12)}M{num(x - size * 0.26)} {num(y - size * 0.12)}Q{num(x)} {num(y + size * 0.14)} {num(x + size * 0.26)} {num(y - size * 0.12)}M{num(x)} {num(y - size * 0.34)}V{num(y + size * 0.12)}", brass, size * 0.035)
    for t in (-0.5, -0.26, 0.0, 0.26, 0.5):
        d.rect(x + size * t - size * 0.018, y - size * 0.24, size * 0.036, size * 0.13, p.tint("#f4ecd8"))
        flame(p, x + size * t, y - size * 0.23, size * 0.09)
    lamplight(p, x, y - size * 0.1, size * 1.3)


def chest(p: Place, x: float, y: float, m: float, *, colour: str = "#7a5138") -> None:
    d, w = p.d, m * 0.5
    shadow(p, x, y, w * 0.55)
    d.rect(x - w / 2, y - m * 0.22, w, m * 0.22, wood(p, colour))
    d.path(f"M{num(x - w / 2)} {num(y - m * 0.21)}Q{num(x - w / 2)} {num(y - m * 0.34)} {num(x)} {num(y - m * 0.34)}T{num(x + w / 2)} {num(y - m * 0.21)}Z", p.tint(lighter(colour, 0.1)))
    d.line(f"M{num(x - w * 0.32)} {num(y)}V{num(y - m * 0.30)}M{num(x + w * 0.32)} {num(y)}V{num(y - m * 0.30)}M{num(x - w * 0.5)} {num(y - m * 0.21)}h{num(w)}", p.tint("#3f3a3c"), m * 0.022)
    d.rect(x - m * 0.03, y - m * 0.24, m * 0.06, m * 0.07, p.tint("#d9b45a"))


def shelf(p: Place, x: float, y: float, width: float, m: float, chance: Chance, kind: str) -> None:
    """A wall shelf with pots, bottles or plates on it."""
    d = p.d
    tones = {"pots": ("#b06a48", "#7a8a90", "#c99a58"), "bottles": ("#4f7a62", "#7a4a3a", "#5a7f9a", "#b8924a"), "plates": ("#e9e4d8", "#b8c9d4")}[kind]
    bx = x
    while bx < x + width * 0.96:
        tone = chance.choice(tones)
        size = m * chance.between(0.10, 0.15)
        if kind == "plates":
            d.circle(bx + size * 0.5, y - size * 0.6, size * 0.6, p.tint(tone))
            d.circle(bx + size * 0.5, y - size * 0.6, size * 0.38, p.tint(darker(tone, 0.12)))
            bx += size * 1.35
        elif kind == "bottles":
            d.path(f"M{num(bx)} {num(y)}v{num(-size)}q0 {num(-size * 0.25)} {num(size * 0.2)} {num(-size * 0.3)}v{num(-size * 0.35)}h{num(size * 0.2)}v{num(size * 0.35)}q{num(size * 0.2)} {num(size * 0.05)} {num(size * 0.2)} {num(size * 0.3)}v{num(size)}Z", p.tint(tone), 0.95)
            d.line(f"M{num(bx + size * 0.13)} {num(y - size * 0.2)}v{num(-size * 0.6)}", p.tint("#ffffff"), size * 0.07, 0.4)
            bx += size * chance.between(0.75, 1.1)
        else:
            d.path(f"M{num(bx + size * 0.1)} {num(y)}q{num(-size * 0.2)} {num(-size * 0.8)} {num(size * 0.1)} {num(-size)}h{num(size * 0.6)}q{num(size * 0.3)} {num(size * 0.2)} {num(size * 0.1)} {num(size)}Z", d.linear([(0, p.tint(darker(tone, 0.2))), (1, p.tint(lighter(tone, 0.1)))], (0, 0), (1, 0)))
            bx += size * chance.between(1.05, 1.4)
    d.rect(x - m * 0.03, y, width + m * 0.06, m * 0.03, p.tint(WALNUT))
    d.rect(x, y + m * 0.03, width, m * 0.03, "#120c1c", 0.25)
