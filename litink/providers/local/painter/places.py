"""Which function paints which kind of place; kinds that are not known fall back to a room or a landscape."""

from __future__ import annotations

from collections.abc import Callable

from litink.providers.local.painter import interiors, outdoors, public_rooms, town
from litink.providers.local.painter.place import Place

PAINTERS: dict[str, Callable[[Place], None]] = {
    "forest": outdoors.forest, "field": outdoors.field, "garden": outdoors.garden, "mountain": outdoors.mountain,
    "river": outdoors.river, "country_road": outdoors.country_road, "graveyard": outdoors.graveyard,
    "desert": outdoors.desert, "snowfield": outdoors.snowfield, "battlefield": outdoors.battlefield,
    "castle": outdoors.castle, "landscape": outdoors.landscape,
    "harbour": town.harbour, "sea": town.sea, "ship_deck": town.ship_deck, "beach": town.beach, "bridge": town.bridge,
    "village_street": town.village_street, "city_street": town.city_street, "house_front": town.house_front,
    "railway_station": town.railway_station,
    "room": interiors.room, "parlour": interiors.parlour, "dining_room": interiors.dining_room,
    "kitchen": interiors.kitchen, "bedroom": interiors.bedroom, "library": interiors.library,
    "cottage": interiors.cottage, "attic": interiors.attic,
    "church": public_rooms.church, "tavern": public_rooms.tavern, "laboratory": public_rooms.laboratory,
    "school": public_rooms.school, "courtroom": public_rooms.courtroom, "prison": public_rooms.prison,
    "cellar": public_rooms.cellar, "shop": public_rooms.shop, "office": public_rooms.office, "hall": public_rooms.hall,
    "theatre": public_rooms.theatre, "hospital": public_rooms.hospital, "ship_cabin": public_rooms.ship_cabin,
    "train_carriage": public_rooms.train_carriage, "cave": public_rooms.cave,
}  # fmt: skip
INDOORS = frozenset(
    name for name, painter in PAINTERS.items() if painter.__module__.endswith(("interiors", "public_rooms"))
)


def known_kind(setting: str, indoors: bool) -> str:
    """The kind that will be painted for a setting."""
    return setting if setting in PAINTERS else "room" if indoors else "landscape"


def paint_place(place: Place, kind: str) -> None:
    PAINTERS[kind](place)
