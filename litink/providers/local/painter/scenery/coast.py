"""Places on and by the water: harbour, sea, beach, the deck of a ship."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.buildings import house
from litink.providers.local.painter.scenery.cargo import barrel, bollard, crate
from litink.providers.local.painter.scenery.nature import LEAF, ground, hills, patches, rock
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.sky import paint_sky
from litink.providers.local.painter.scenery.town import cobbles
from litink.providers.local.painter.scenery.trees import treeline
from litink.providers.local.painter.scenery.water import rowing_boat, sailing_ship, water
from litink.providers.local.painter.svg import ellipse_path, num


def harbour(p: Place) -> None:
    """Ships at the quay, houses round the bay."""
    c = p.chance.branch("harbour")
    paint_sky(p)
    crest = hills(p, p.horizon, p.h * 0.13, "#86a08a", 0.62, waves=0.7)
    treeline(p, crest, p.u * 1.4, LEAF, 0.6)
    for k in range(11):
        t = (k + c.between(0.2, 0.8)) / 11
        house(p, p.w * t * 0.98, p.horizon + p.u * 1.5, p.man * 0.32, p.man * c.between(0.18, 0.34), c, depth=0.42)
    water(p, p.horizon + p.u, p.ground, rough=0.35)
    sailing_ship(p, p.w * 0.25, p.horizon + p.u * 8, p.man * 2.1, depth=0.10, sails=False)
    sailing_ship(p, p.w * 0.62, p.horizon + p.u * 4, p.man * 0.9, depth=0.34)
    rowing_boat(p, p.w * 0.80, p.horizon + p.u * 12, p.man * 0.9)
    quay = p.ground - p.u * 5
    ground(p, quay, "#a2968a", "#b3a796", depth=0.0)
    p.d.rect(0, quay, p.w, p.u * 1.4, p.tint("#cfc4b2"))
    cobbles(p, quay + p.u * 2, "#a2968a")
    for t in (0.09, 0.91):
        bollard(p, p.w * t, quay + p.u * 2.4, p.man * 0.24)
    barrel(p, p.w * 0.935, p.ground + p.u * 4, p.man * 0.42)
    barrel(p, p.w * 0.985, p.ground + p.u * 6, p.man * 0.46)
    crate(p, p.w * 0.015, p.ground + p.u * 4, p.man * 0.46)


def sea(p: Place) -> None:
    """Open water, a sail far off, gulls."""
    c = p.chance.branch("sea")
    paint_sky(p, low=p.h * 0.56)
    rough = {"storm": 1.3, "wind": 0.9, "rain": 0.8}.get(p.light.weather, 0.6)
    water(p, p.h * 0.56, p.h, rough=rough)
    if p.light.weather != "fog":
        sailing_ship(p, p.w * c.choice((0.24, 0.74)), p.h * 0.60, p.man * 1.1, depth=0.28)
    gulls(p, 7)
    boat = p.man * 2.6
    rowing_boat(p, p.w * 0.5, p.ground + p.u * 2, min(boat, p.w * 0.8))


def gulls(p: Place, count: int) -> None:
    c = p.chance.branch("gulls")
    wings = []
    for _ in range(count):
        x, y, s = p.w * c.between(0.1, 0.9), p.h * c.between(0.12, 0.42), p.u * c.between(1, 2.4)
        wings.append(
            f"M{num(x - s)} {num(y - s * 0.1)}"
            f"q{num(s * 0.5)} {num(-s * 0.6)} {num(s)} {num(s * 0.1)}"
            f"q{num(s * 0.5)} {num(-s * 0.7)} {num(s)} {num(-s * 0.1)}"
        )
    p.d.line("".join(wings), p.tint("#f4f1ea" if p.light.dark > 0.4 else "#4d5560"), p.u * 0.26, 0.85)


def beach(p: Place) -> None:
    """Sand, surf, a headland."""
    c = p.chance.branch("beach")
    paint_sky(p)
    hills(p, p.horizon + p.u, p.h * 0.05, "#93a7a0", 0.7, waves=0.5)
    water(p, p.horizon, p.ground, rough=0.55)
    side = c.choice((0.0, 1.0))
    x, s = p.w * side, 1 if side == 0 else -1
    p.d.path(
        (
            f"M{num(x)} {num(p.horizon - p.man * 0.9)}"
            f"Q{num(x + s * p.w * 0.16)} {num(p.horizon - p.man * 0.85)} {num(x + s * p.w * 0.22)} "
            f"{num(p.horizon - p.man * 0.2)}"
            f"L{num(x + s * p.w * 0.29)} {num(p.horizon + p.u * 3)}H{num(x)}Z"
        ),
        p.d.linear([(0, p.tint("#8ca06a", 0.3)), (0.3, p.tint("#a59a84", 0.3)), (1, p.tint("#8a8074", 0.2))]),
    )
    shore = p.ground - p.u * 7
    sand = (
        f"M0 {num(shore + p.u * 2)}"
        f"C{num(p.w * 0.3)} {num(shore - p.u * 2)} {num(p.w * 0.6)} {num(shore + p.u * 5)} {num(p.w)} {num(shore)}"
        f"V{num(p.h)}H0Z"
    )
    p.d.path(sand, p.tint("#f4f6f2"), 0.8)
    with p.d.group(f"translate(0 {num(p.u * 1.6)})"):
        p.d.path(sand, p.tint("#b99f78"))
    with p.d.group(f"translate(0 {num(p.u * 3.4)})"):
        p.d.path(sand, p.d.linear([(0, p.tint("#dcc59a")), (1, p.tint("#c4a478"))]))
    patches(p, p.ground - p.u, "#a08358", 20, opacity=0.22)
    c2 = p.chance.branch("pebbles")
    p.d.path(
        "".join(
            ellipse_path(
                p.w * c2.unit(),
                p.ground + (p.h - p.ground) * c2.unit(),
                p.u * c2.between(0.2, 0.7),
                p.u * c2.between(0.15, 0.4),
            )
            for _ in range(40)
        ),
        p.tint("#97826a"),
        0.7,
    )
    for t in (0.05, 0.95):
        rock(p, p.w * t, p.ground + p.u * 5, p.u * c.between(10, 15), p.u * c.between(5, 8), c)
    gulls(p, 6)


def ship_deck(p: Place) -> None:
    """The deck of a sailing ship: planks, mast, rigging, rail, and the sea beyond."""
    paint_sky(p)
    water(p, p.horizon, p.ground, rough={"storm": 1.2, "wind": 0.8}.get(p.light.weather, 0.5))
    gulls(p, 5)
    deck = p.ground - p.man * 0.16
    wood, dark = "#b58a5e", p.tint("#5a402e")
    rail = deck - p.man * 0.44
    p.d.path(
        "".join(f"M{num(p.w * k / 22)} {num(rail)}v{num(deck - rail)}" for k in range(23)),
        "none",
        stroke=p.tint("#8a6544"),
        width=p.u * 0.9,
    )
    p.d.rect(0, rail - p.u * 1.2, p.w, p.u * 2.4, p.tint("#a87c52"))
    p.d.rect(0, deck - p.u * 1.2, p.w, p.u * 2, p.tint("#6d4f38"))
    p.d.rect(0, deck, p.w, p.h - deck, p.d.linear([(0, p.tint(darker(wood, 0.1))), (1, p.tint(lighter(wood, 0.08)))]))
    p.d.line(
        "".join(
            f"M{num(p.w * (0.5 + (k - 9) * 0.045))} {num(deck)}L{num(p.w * (0.5 + (k - 9) * 0.125))} {num(p.h)}"
            for k in range(19)
        ),
        p.tint(darker(wood, 0.45)),
        p.u * 0.22,
        0.5,
    )
    mast = p.w * 0.22
    ropes = (
        "".join(f"M{num(mast)} 0L{num(mast + p.w * t)} {num(rail)}" for t in (-0.30, -0.22, 0.22, 0.30))
        + f"M{num(p.w * 0.86)} 0L{num(p.w)} {num(rail)}M{num(p.w * 0.86)} 0L{num(p.w * 0.72)} {num(rail)}"
    )
    p.d.line(ropes, dark, p.u * 0.3, 0.85)
    rungs = "".join(
        f"M{num(mast + p.w * 0.22 * t)} {num(rail * t)}L{num(mast + p.w * 0.30 * t)} {num(rail * t)}"
        for t in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    )
    p.d.line(rungs, dark, p.u * 0.22, 0.7)
    cloth = p.d.linear([(0, p.tint("#cfc2a2")), (0.6, p.tint("#f7efda")), (1, p.tint("#d9ccac"))], (0, 0), (1, 0.2))
    yard = p.h * 0.30
    p.d.path(
        (
            f"M{num(mast - p.w * 0.20)} 0H{num(mast + p.w * 0.26)}"
            f"Q{num(mast + p.w * 0.30)} {num(yard * 0.6)} {num(mast + p.w * 0.24)} {num(yard)}"
            f"Q{num(mast)} {num(yard * 0.84)} {num(mast - p.w * 0.19)} {num(yard)}"
            f"Q{num(mast - p.w * 0.14)} {num(yard * 0.5)} {num(mast - p.w * 0.20)} 0Z"
        ),
        cloth,
    )
    p.d.rect(
        mast - p.u * 1.8,
        0,
        p.u * 3.6,
        deck,
        p.d.linear([(0, p.tint("#553c2b")), (0.6, p.tint("#9a7350")), (1, p.tint("#6d4f38"))], (0, 0), (1, 0)),
    )
    p.d.glow(mast, deck + p.u, p.u * 8, p.u * 1.6, "#0b0a18", 0.5)
    barrel(p, p.w * 0.91, p.ground + p.u * 2, p.man * 0.46)
    p.d.line(
        ellipse_path(p.w * 0.79, p.ground + p.u * 1, p.u * 5, p.u * 1.4)
        + ellipse_path(p.w * 0.79, p.ground, p.u * 4.4, p.u * 1.2),
        p.tint("#c9a974"),
        p.u * 1.1,
    )
