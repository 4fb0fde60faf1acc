"""Which function paints which kind of place; kinds that are not known fall back to a room or a landscape."""

from __future__ import annotations

from collections.abc import Callable

from litink.providers.local.painter.scenery import (
    coast,
    country,
    homes,
    public_rooms,
    railway,
    town,
    trade_rooms,
    wilds,
)
from litink.providers.local.painter.scenery.place import Place

OUTDOORS: dict[str, Callable[[Place], None]] = {
    "forest": country.forest, "field": country.field, "garden": country.garden, "river": country.river,
    "country_road": country.country_road, "landscape": country.landscape,
    "mountain": wilds.mountain, "graveyard": wilds.graveyard, "desert": wilds.desert, "snowfield": wilds.snowfield,
    "battlefield": wilds.battlefield, "castle": wilds.castle,
    "harbour": coast.harbour, "sea": coast.sea, "ship_deck": coast.ship_deck, "beach": coast.beach,
    "village_street": town.village_street, "city_street": town.city_street, "house_front": town.house_front,
    "bridge": town.bridge, "railway_station": railway.railway_station,
}  # fmt: skip
INDOORS: dict[str, Callable[[Place], None]] = {
    "room": homes.room, "parlour": homes.parlour, "dining_room": homes.dining_room, "kitchen": homes.kitchen,
    "bedroom": homes.bedroom, "library": homes.library, "cottage": homes.cottage, "attic": homes.attic,
    "church": public_rooms.church, "school": public_rooms.school, "courtroom": public_rooms.courtroom,
    "prison": public_rooms.prison, "hall": public_rooms.hall, "theatre": public_rooms.theatre,
    "hospital": public_rooms.hospital,
    "tavern": trade_rooms.tavern, "laboratory": trade_rooms.laboratory, "cellar": trade_rooms.cellar,
    "shop": trade_rooms.shop, "office": trade_rooms.office, "ship_cabin": trade_rooms.ship_cabin,
    "train_carriage": trade_rooms.train_carriage, "cave": trade_rooms.cave,
}  # fmt: skip
PAINTERS = OUTDOORS | INDOORS


def known_kind(setting: str, indoors: bool) -> str:
    """The kind that will be painted for a setting."""
    return setting if setting in PAINTERS else "room" if indoors else "landscape"


def paint_place(place: Place, kind: str) -> None:
    PAINTERS[kind](place)
