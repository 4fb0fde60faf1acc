"""Pictures that carry words: title cards, covers, and the card that stands for a missing picture."""

from __future__ import annotations

from litink.providers.base import Picture, Ratio
from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.frame import COVER, PORTRAIT, SIZES
from litink.providers.local.painter.lettering import FAMILY, SetText, cleaned, fit, fonts_for, paint_text
from litink.providers.local.painter.light import light_of
from litink.providers.local.painter.scenery.place import place_for
from litink.providers.local.painter.scenery.places import INDOORS, PAINTERS, paint_place
from litink.providers.local.painter.scenery.sky import paint_vignette
from litink.providers.local.painter.svg import Drawing, ellipse_path, num, rect_path

CREAM, GOLD, NIGHT = "#f8efdc", "#dcb666", "#0e0c1c"
_VIEWS = (
    "landscape",
    "forest",
    "mountain",
    "river",
    "sea",
    "castle",
    "village_street",
    "country_road",
    "harbour",
    "field",
)


def _finished(drawing: Drawing, words: str, width: int, height: int) -> Picture:
    return Picture(drawing.png(fonts=fonts_for(words), family=FAMILY), "image/png", width, height)


def _view(width: int, height: int, kind: str, seed: str) -> Drawing:
    """A painted place in a light that leaves room for words."""
    chance = Chance("card", seed)
    time = chance.choice(("dawn", "dusk", "evening", "night", "dusk"))
    mood = chance.choice(("calm", "mysterious", "hopeful", "romantic"))
    place = place_for(width, height, light_of(time, "clear", mood), chance.branch("place"), kind in INDOORS)
    paint_place(place, kind)
    paint_vignette(place.d, width, height, place.light)
    return place.d


def ornament(d: Drawing, x: float, y: float, half: float, colour: str) -> None:
    """A rule that swells to a diamond between two curls."""
    s = half * 0.09
    d.path(f"M{num(x)} {num(y - s)}L{num(x + s)} {num(y)}L{num(x)} {num(y + s)}L{num(x - s)} {num(y)}Z", colour)
    for side in (-1, 1):
        d.path(
            (
                f"M{num(x + side * s * 1.8)} {num(y)}"
                f"Q{num(x + side * half * 0.5)} {num(y - s * 0.34)} {num(x + side * half)} {num(y)}"
                f"Q{num(x + side * half * 0.5)} {num(y + s * 0.34)} {num(x + side * s * 1.8)} {num(y)}"
                "Z"
            ),
            colour,
        )
        d.line(
            (
                f"M{num(x + side * s * 1.5)} {num(y)}"
                f"q{num(side * s * 0.9)} {num(-s * 1.5)} {num(side * s * 2.0)} {num(-s * 0.5)}"
                f"q{num(side * s * 0.1)} {num(s * 0.5)} {num(-side * s * 0.5)} {num(s * 0.4)}"
            ),
            colour,
            s * 0.16,
        )
        d.line(
            (
                f"M{num(x + side * s * 1.5)} {num(y)}"
                f"q{num(side * s * 0.9)} {num(s * 1.5)} {num(side * s * 2.0)} {num(s * 0.5)}"
                f"q{num(side * s * 0.1)} {num(-s * 0.5)} {num(-side * s * 0.5)} {num(-s * 0.4)}"
            ),
            colour,
            s * 0.16,
        )


def _frame(d: Drawing, width: float, height: float, margin: float, colour: str) -> None:
    """A double rule with notched corners."""
    for inset, thick in ((margin, margin * 0.055), (margin * 1.24, margin * 0.022)):
        n = margin * 0.5
        x0, y0, x1, y1 = inset, inset, width - inset, height - inset
        d.line(
            f"M{num(x0 + n)} {num(y0)}H{num(x1 - n)}"
            f"A{num(n)} {num(n)} 0 0 0 {num(x1)} {num(y0 + n)}V{num(y1 - n)}"
            f"A{num(n)} {num(n)} 0 0 0 {num(x1 - n)} {num(y1)}H{num(x0 + n)}"
            f"A{num(n)} {num(n)} 0 0 0 {num(x0)} {num(y1 - n)}V{num(y0 + n)}"
            f"A{num(n)} {num(n)} 0 0 0 {num(x0 + n)} {num(y0)}Z",
            colour, thick, 0.9,
        )  # fmt: skip


def title_card(title: str, subtitle: str, ratio: Ratio, *, seed: str) -> Picture:
    width, height = SIZES[ratio]
    d = _view(width, height, Chance("view", seed).choice(_VIEWS), seed)
    d.rect(0, 0, width, height, NIGHT, 0.46)
    unit = min(width, height)
    d.glow(width / 2, height / 2, width * 0.55, height * 0.40, NIGHT, 0.50)
    _frame(d, width, height, unit * 0.065, GOLD)
    heading = fit(title, width * 0.74, height * 0.40, unit * 0.125, unit * 0.034)
    below = fit(subtitle, width * 0.66, height * 0.16, unit * 0.050, unit * 0.024)
    gap = unit * 0.075
    total = heading.height + (gap * 2 + below.height if below.lines else gap)
    top = (height - total) / 2
    paint_text(d, heading, width / 2, top, CREAM)
    ornament(d, width / 2, top + heading.height + gap, unit * 0.20, GOLD)
    paint_text(d, below, width / 2, top + heading.height + gap * 2, CREAM, italic=True, opacity=0.92)
    return _finished(d, title + subtitle, width, height)


def cover(title: str, author: str, *, seed: str, setting: str = "", backdrop: Picture | None = None) -> Picture:
    """``setting`` is a kind of litink.story.settings, "" for a view chosen by the seed; a ``backdrop`` (PNG, JPEG or
    WebP) takes the place of either."""
    width, height = COVER
    if backdrop is None:
        kind = setting if setting in PAINTERS else Chance("view", seed).choice(_VIEWS)
        d = _view(width, height, kind, seed)
    else:
        d = Drawing(width, height)
        d.picture(backdrop.data, backdrop.media_type)
    d.rect(0, 0, width, height * 0.52, d.linear([(0, NIGHT, 0.78), (0.62, NIGHT, 0.52), (1, NIGHT, 0.0)]))
    d.rect(0, height * 0.76, width, height * 0.24, d.linear([(0, NIGHT, 0.0), (0.5, NIGHT, 0.62), (1, NIGHT, 0.85)]))
    _frame(d, width, height, 78, GOLD)
    heading = fit(title, width * 0.76, height * 0.27, 200, 56)
    top = height * 0.115 + max(0.0, height * 0.20 - heading.height) * 0.5
    paint_text(d, heading, width / 2, top, CREAM)
    ornament(d, width / 2, top + heading.height + 70, 300, GOLD)
    name = fit(author, width * 0.72, height * 0.09, 86, 34, spacing=0.06)
    paint_text(d, name, width / 2, height * 0.895 - name.height / 2, CREAM, spacing=0.06)
    return _finished(d, title + author, width, height)


def initial(name: str, tone: str) -> Picture:
    """The first letter of a name in a ring: for a thing that no drawing is known of."""
    d, size = Drawing(PORTRAIT, PORTRAIT), float(PORTRAIT)
    d.rect(0, 0, size, size, d.linear([(0, lighter(tone, 0.3)), (1, darker(tone, 0.2))]))
    d.circle(size / 2, size / 2, size * 0.30, lighter(tone, 0.45))
    d.line(ellipse_path(size / 2, size / 2, size * 0.30, size * 0.30), GOLD, size * 0.012)
    letter = (cleaned(name) or "?")[0].upper()
    paint_text(d, SetText((letter,), size * 0.36), size / 2, size * 0.30, darker(tone, 0.72))
    return _finished(d, letter, PORTRAIT, PORTRAIT)


def failed_placeholder(ratio: Ratio, message: str) -> Picture:
    """A quiet card saying that this picture is missing, and why."""
    width, height = SIZES[ratio]
    unit = min(width, height)
    d = Drawing(width, height)
    d.rect(0, 0, width, height, d.linear([(0, "#efe7d6"), (1, "#ddd0b8")]))
    ink, faint = "#6d5f50", "#b8a88c"
    _frame(d, width, height, unit * 0.065, faint)
    x, y, w, h = width / 2, height * 0.36, unit * 0.34, unit * 0.24
    d.path(rect_path(x - w / 2, y - h / 2, w, h), "#e6dcc6", stroke=faint, width=unit * 0.008)
    left, foot = x - w * 0.44, y + h * 0.40
    d.path(
        (
            f"M{num(left)} {num(foot)}L{num(x - w * 0.16)} {num(y - h * 0.10)}"
            f"L{num(x)} {num(y + h * 0.14)}L{num(x + w * 0.16)} {num(y - h * 0.02)}"
            f"L{num(x + w * 0.44)} {num(foot)}Z"
        ),
        "#cfc0a2",
    )
    d.circle(x + w * 0.24, y - h * 0.22, unit * 0.020, "#cfc0a2")
    d.line(f"M{num(x - w * 0.58)} {num(y + h * 0.62)}L{num(x + w * 0.58)} {num(y - h * 0.62)}", faint, unit * 0.008)
    heading = SetText(("This picture is missing",), unit * 0.058)
    paint_text(d, heading, x, y + h * 0.80, ink)
    below = fit(message, width * 0.70, height * 0.16, unit * 0.034, unit * 0.020)
    paint_text(d, below, x, y + h * 0.80 + heading.height + unit * 0.02, ink, italic=True, opacity=0.85)
    return _finished(d, "This picture is missing" + cleaned(message), width, height)
