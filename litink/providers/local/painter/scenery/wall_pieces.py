"""What stands or hangs against a wall: bookcases, shelves, pictures, tall clocks."""

from __future__ import annotations

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.furniture import MAHOGANY, WALNUT, wood
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import num, rect_path

BINDINGS = ("#8c3f38", "#3f5f7a", "#4f7350", "#b8924a", "#6a4a6e", "#7a5a44", "#37464f", "#a8674a", "#d8c69c")


def bookcase(
    p: Place, x: float, y: float, width: float, height: float, chance: Chance, *, colour: str = WALNUT
) -> None:
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
    d.path(
        "".join(rect_path(x, y - height * 0.03 - tall * row, width, tall * 0.08) for row in range(shelves + 1)),
        p.tint(lighter(colour, 0.06)),
    )
    d.path(
        rect_path(x, y - height, width * 0.035, height)
        + rect_path(x + width * 0.965, y - height, width * 0.035, height),
        p.tint(colour),
    )
    d.rect(x - width * 0.03, y - height * 1.025, width * 1.06, height * 0.035, p.tint(lighter(colour, 0.15)))
    d.rect(x - width * 0.02, y - height * 0.03, width * 1.04, height * 0.03, p.tint(colour))


def picture(p: Place, x: float, y: float, width: float, height: float, chance: Chance) -> None:
    """A framed painting, its middle at (x, y): a little landscape."""
    d = p.d
    d.rect(x - width * 0.58 + p.u * 0.4, y - height * 0.58 + p.u * 0.6, width * 1.16, height * 1.16, "#120c1c", 0.25)
    d.rect(
        x - width * 0.58,
        y - height * 0.58,
        width * 1.16,
        height * 1.16,
        d.linear([(0, p.tint("#dcb862")), (1, p.tint("#9a7434"))]),
    )
    sky, land = chance.choice((("#a9c4cf", "#7f9a62"), ("#e0b890", "#7a6a58"), ("#8fa0b8", "#56705f")))
    d.rect(
        x - width / 2,
        y - height / 2,
        width,
        height,
        d.linear([(0, p.tint(darker(sky, 0.15))), (1, p.tint(lighter(sky, 0.3)))]),
    )
    d.path(
        (
            f"M{num(x - width / 2)} {num(y + height * 0.16)}"
            f"q{num(width * 0.25)} {num(-height * 0.20)} {num(width * 0.5)} 0"
            f"t{num(width * 0.5)} {num(-height * 0.05)}V{num(y + height / 2)}H{num(x - width / 2)}Z"
        ),
        p.tint(land),
    )


def long_clock(p: Place, x: float, y: float, m: float) -> None:
    """A grandfather clock."""
    d, w = p.d, m * 0.24
    d.path(
        rect_path(x - w * 0.5, y - m * 0.16, w, m * 0.16) + rect_path(x - w * 0.36, y - m * 0.84, w * 0.72, m * 0.70),
        wood(p, MAHOGANY),
    )
    d.path(
        (
            f"M{num(x - w * 0.52)} {num(y - m * 0.82)}V{num(y - m * 1.12)}"
            f"Q{num(x)} {num(y - m * 1.28)} {num(x + w * 0.52)} {num(y - m * 1.12)}"
            f"V{num(y - m * 0.82)}Z"
        ),
        wood(p, MAHOGANY),
    )
    d.circle(x, y - m * 0.99, w * 0.36, p.tint("#f4ead2"))
    d.line(
        f"M{num(x)} {num(y - m * 0.99)}v{num(-w * 0.26)}M{num(x)} {num(y - m * 0.99)}l{num(w * 0.18)} {num(w * 0.08)}",
        p.tint("#3a2c24"),
        w * 0.05,
    )
    d.rect(x - w * 0.2, y - m * 0.76, w * 0.4, m * 0.5, p.tint("#3a2620"))
    d.line(f"M{num(x)} {num(y - m * 0.76)}V{num(y - m * 0.40)}", p.tint("#d9b45a"), w * 0.04)
    d.circle(x, y - m * 0.38, w * 0.12, p.tint("#e2c062"))


def shelf(p: Place, x: float, y: float, width: float, m: float, chance: Chance, kind: str) -> None:
    """A wall shelf with pots, bottles or plates on it."""
    d = p.d
    tones = {
        "pots": ("#b06a48", "#7a8a90", "#c99a58"),
        "bottles": ("#4f7a62", "#7a4a3a", "#5a7f9a", "#b8924a"),
        "plates": ("#e9e4d8", "#b8c9d4"),
    }[kind]
    bx = x
    while bx < x + width * 0.96:
        tone = chance.choice(tones)
        size = m * chance.between(0.10, 0.15)
        if kind == "plates":
            d.circle(bx + size * 0.5, y - size * 0.6, size * 0.6, p.tint(tone))
            d.circle(bx + size * 0.5, y - size * 0.6, size * 0.38, p.tint(darker(tone, 0.12)))
            bx += size * 1.35
        elif kind == "bottles":
            d.path(
                (
                    f"M{num(bx)} {num(y)}v{num(-size)}"
                    f"q0 {num(-size * 0.25)} {num(size * 0.2)} {num(-size * 0.3)}v{num(-size * 0.35)}"
                    f"h{num(size * 0.2)}v{num(size * 0.35)}"
                    f"q{num(size * 0.2)} {num(size * 0.05)} {num(size * 0.2)} {num(size * 0.3)}"
                    f"v{num(size)}Z"
                ),
                p.tint(tone),
                0.95,
            )
            d.line(
                f"M{num(bx + size * 0.13)} {num(y - size * 0.2)}v{num(-size * 0.6)}",
                p.tint("#ffffff"),
                size * 0.07,
                0.4,
            )
            bx += size * chance.between(0.75, 1.1)
        else:
            d.path(
                (
                    f"M{num(bx + size * 0.1)} {num(y)}"
                    f"q{num(-size * 0.2)} {num(-size * 0.8)} {num(size * 0.1)} {num(-size)}"
                    f"h{num(size * 0.6)}"
                    f"q{num(size * 0.3)} {num(size * 0.2)} {num(size * 0.1)} {num(size)}Z"
                ),
                d.linear([(0, p.tint(darker(tone, 0.2))), (1, p.tint(lighter(tone, 0.1)))], (0, 0), (1, 0)),
            )
            bx += size * chance.between(1.05, 1.4)
    d.rect(x - m * 0.03, y, width + m * 0.06, m * 0.03, p.tint(WALNUT))
    d.rect(x, y + m * 0.03, width, m * 0.03, "#120c1c", 0.25)
