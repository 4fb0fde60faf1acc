"""The closed lists a picture-maker must be able to draw: kinds of setting, props, and the words that reveal them.

No decision is taken here: who reads the words and weighs them is in scenes.py. The kinds are a contract between
the writers and the painters: add to the end, never rename or remove.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """A kind of place. ``words`` are singular lower-case nouns or two-word nouns that name it in a text."""

    label: str  # as it reads in a sentence: "a narrow city street"
    indoors: bool
    words: tuple[str, ...]


def _setting(label: str, indoors: bool, words: str) -> Setting:
    return Setting(label, indoors, tuple(words.split(", ")))


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split(", "))


SETTINGS: dict[str, Setting] = {
    # out of doors
    "forest": _setting(
        "a forest",
        False,
        "forest, wood, woods, woodland, thicket, grove, jungle, pines, undergrowth, glade, clearing, copse",
    ),
    "harbour": _setting(
        "a harbour",
        False,
        "harbour, harbor, quay, wharf, dock, docks, pier, port, jetty, anchorage, landing, waterfront, mooring",
    ),
    "sea": _setting(
        "the open sea",
        False,
        "sea, ocean, waves, billows, gulf, strait",
    ),
    "ship_deck": _setting(
        "the deck of a ship",
        False,
        "deck, ship, schooner, vessel, brig, steamer, mast, quarter-deck, forecastle, bulwark, rigging, helm, "
        "yacht, gunwale, topsail",
    ),
    "village_street": _setting(
        "a village street",
        False,
        "village, hamlet, green, lane, cottages, village street, high street",
    ),
    "city_street": _setting(
        "a city street",
        False,
        "street, streets, pavement, sidewalk, square, avenue, alley, city, cab, hansom, kerb, curb, crossing, "
        "thoroughfare, boulevard, town, marketplace, market",
    ),
    "field": _setting(
        "an open field",
        False,
        "field, fields, meadow, pasture, prairie, plain, moor, heath, common, hayfield, cornfield, marsh, "
        "fen, steppe, downs, ranch, corral",
    ),
    "garden": _setting(
        "a garden",
        False,
        "garden, gardens, lawn, orchard, terrace, flower-bed, flowerbed, shrubbery, arbour, arbor, hedge, "
        "courtyard, summer-house, summerhouse, park, yard, veranda, porch, verandah",
    ),
    "mountain": _setting(
        "the mountains",
        False,
        "mountain, mountains, glacier, cliff, precipice, ridge, summit, peak, crag, ravine, gorge, alps, "
        "hill, hills, valley, hillside, canyon, pass",
    ),
    "river": _setting(
        "a river bank",
        False,
        "river, stream, brook, riverbank, river bank, bank, lake, pond, canal, ford, creek, shallows, "
        "waterfall, boathouse, barge, canoe",
    ),
    "bridge": _setting(
        "a bridge",
        False,
        "bridge, parapet, viaduct, footbridge, drawbridge",
    ),
    "country_road": _setting(
        "a country road",
        False,
        "road, highway, path, track, wayside, carriage, coach, wagon, milestone, stage-coach, turnpike, "
        "trail, footpath, drive, motor-car",
    ),
    "graveyard": _setting(
        "a graveyard",
        False,
        "graveyard, churchyard, cemetery, grave, tomb, tombstone, gravestone, burial",
    ),
    "desert": _setting(
        "a desert",
        False,
        "desert, dunes, sand-hills, oasis, caravan, wilderness, sands",
    ),
    "beach": _setting(
        "a beach",
        False,
        "beach, shore, seashore, strand, coast, shingle, cove, island, lagoon, bay, sand",
    ),
    "snowfield": _setting(
        "a snowy waste",
        False,
        "ice, icebergs, iceberg, snowfield, sledge, sleigh, arctic, tundra, floe, snowdrift",
    ),
    "battlefield": _setting(
        "a battlefield",
        False,
        "battlefield, battle, trench, trenches, cannon, regiment, cavalry, rampart, camp, encampment",
    ),
    "cave": _setting(
        "a cave",
        True,
        "cave, cavern, grotto, tunnel, mine, shaft",
    ),
    # indoors
    "kitchen": _setting(
        "a kitchen",
        True,
        "kitchen, scullery, pantry, stove, oven, saucepan, larder, kettle, dresser, bakehouse",
    ),
    "parlour": _setting(
        "a parlour",
        True,
        "parlour, parlor, drawing-room, drawing room, sitting-room, sitting room, sofa, hearth, hearthrug, "
        "mantelpiece, fireside, settee, armchair, arm-chair, living-room, living room, salon, fireplace, "
        "apartment, lodgings, piano",
    ),
    "dining_room": _setting(
        "a dining room",
        True,
        "dining-room, dining room, dinner-table, dinner table, breakfast-room, breakfast-table, breakfast "
        "table, supper-table, banquet, refectory, dinner, supper, breakfast, luncheon, tea-table",
    ),
    "bedroom": _setting(
        "a bedroom",
        True,
        "bedroom, bed-room, bedchamber, bed, bedside, chamber, pillow, nursery, mattress, bed-chamber, "
        "dressing-room, blankets, dormitory, cradle",
    ),
    "library": _setting(
        "a library",
        True,
        "library, bookshelves, bookcase, book-case, study, reading-room, archive, folios",
    ),
    "laboratory": _setting(
        "a laboratory",
        True,
        "laboratory, test-tubes, retort, crucible, dissecting-room, workshop, observatory, chemicals, phial, beaker",
    ),
    "church": _setting(
        "a church",
        True,
        "church, chapel, cathedral, altar, pew, pulpit, nave, monastery, cloister, abbey, convent, hermitage, "
        "temple, vestry, mosque, synagogue",
    ),
    "tavern": _setting(
        "a tavern",
        True,
        "tavern, inn, public-house, public house, pub, bar, taproom, tap-room, alehouse, saloon, ale-house, "
        "bar-room, restaurant, café, cafe, coffee-house, counter",
    ),
    "railway_station": _setting(
        "a railway station",
        False,
        "station, railway, platform, train, railway station, locomotive, engine, terminus, railroad, booking- "
        "office, waiting-room",
    ),
    "train_carriage": _setting(
        "a railway carriage",
        True,
        "compartment, railway carriage, train, smoking-carriage, sleeping-car, first-class carriage, railway- carriage",
    ),
    "school": _setting(
        "a schoolroom",
        True,
        "school, schoolroom, school-room, classroom, class-room, blackboard, school-house, schoolhouse, "
        "lecture, lecture-room, university, college, academy",
    ),
    "courtroom": _setting(
        "a courtroom",
        True,
        "court, courtroom, court-room, jury, witness-box, dock, tribunal, bench, magistrate, assizes, trial",
    ),
    "prison": _setting(
        "a prison cell",
        True,
        "prison, gaol, jail, dungeon, cell, police-station, police station, prison cell",
    ),
    "castle": _setting(
        "a castle",
        False,
        "castle, battlements, turret, tower, moat, fortress, keep, drawbridge, palace, ruins, ruin, citadel, fort",
    ),
    "attic": _setting(
        "an attic",
        True,
        "attic, garret, loft, rafters, lumber-room",
    ),
    "cellar": _setting(
        "a cellar",
        True,
        "cellar, vault, crypt, basement, catacomb, wine-cellar",
    ),
    "shop": _setting(
        "a shop",
        True,
        "shop, store, bakery, bookshop, shopman, shopkeeper, grocer, pawnbroker, showcase, warehouse, bazaar, chemist",
    ),
    "office": _setting(
        "an office",
        True,
        "office, bank, counting-house, desk, clerk, bureau, chambers, consulting-room, typewriter, ledger",
    ),
    "hall": _setting(
        "a great hall",
        True,
        "hall, ballroom, ball-room, entrance-hall, staircase, corridor, passage, gallery, vestibule, landing, "
        "lobby, stairs, foyer, ball",
    ),
    "theatre": _setting(
        "a theatre",
        True,
        "theatre, theater, stage, opera, footlights, box-office, concert, audience, play-house, auditorium, circus",
    ),
    "hospital": _setting(
        "a hospital ward",
        True,
        "hospital, ward, infirmary, sick-room, sickroom, asylum, surgery, nurse",
    ),
    "cottage": _setting(
        "a cottage room",
        True,
        "cottage, hut, cabin, log-house, shed, barn, stable, farmhouse, farm-house, hovel, shack, lodge, "
        "wigwam, tent, tepee",
    ),
    "ship_cabin": _setting(
        "a cabin below deck",
        True,
        "ship's cabin, berth, hold, bunk, porthole, hammock, galley, stateroom, companionway",
    ),
    "house_front": _setting(
        "the front of a house",
        False,
        "door, doorstep, door-step, gate, house, mansion, villa, front door, threshold, gateway, knocker, doorway",
    ),
    # where the text says little
    "room": _setting(
        "a room",
        True,
        "room, window, chair, table, ceiling, floor, lamp, carpet, curtains, walls",
    ),
    "landscape": _setting(
        "an open landscape",
        False,
        "sky, horizon, landscape, country, countryside, clouds, sun, stars, moon",
    ),
}

PROPS: dict[str, tuple[str, ...]] = {
    "lantern": _words("lantern, dark-lantern"),
    "lamp": _words("lamp, gaslight, chandelier, gas-lamp"),
    "candle": _words("candle, candlestick, taper"),
    "letter": _words("letter, note, telegram, envelope, postscript"),
    "book": _words("book, volume, bible, diary, novel, notebook, note-book"),
    "newspaper": _words("newspaper, gazette, journal"),
    "map": _words("map, chart"),
    "pen": _words("pen, quill, ink, inkstand, pencil"),
    "boat": _words("boat, skiff, canoe, gondola, raft, dinghy"),
    "ship": _words("ship, schooner, brig, vessel, steamer"),
    "carriage": _words("carriage, coach, hansom, cab, brougham, dog-cart, trap, wagon, cart"),
    "train": _words("train, locomotive"),
    "horse": _words("horse, mare, pony, stallion, colt, steed"),
    "dog": _words("dog, hound, puppy, terrier, spaniel"),
    "cat": _words("cat, kitten"),
    "bird": _words("bird, goose, raven, parrot, crow, dove, nightingale, eagle"),
    "key": _words("key, keys"),
    "clock": _words("clock, hourglass, sundial"),
    "watch": _words("watch, pocket-watch"),
    "table": _words("table"),
    "chair": _words("chair, armchair, arm-chair, stool"),
    "bed": _words("bed, couch, sofa"),
    "mirror": _words("mirror, looking-glass"),
    "door": _words("door, gate"),
    "window": _words("window, casement"),
    "tree": _words("tree, oak, elm, pine, willow"),
    "flower": _words("flower, rose, lily, bouquet, violet, roses, flowers"),
    "apple": _words("apple, fruit, orange, pear"),
    "bread": _words("bread, loaf, cake, muffin, sandwich"),
    "cup": _words("cup, tea, teacup, coffee, teapot"),
    "bottle": _words("bottle, flask, decanter"),
    "glass": _words("wine, goblet, wineglass, tumbler, brandy, whisky"),
    "plate": _words("dinner, plate, dish, supper"),
    "pipe": _words("pipe, tobacco"),
    "cigar": _words("cigar, cigarette"),
    "hat": _words("hat, bonnet, cap"),
    "umbrella": _words("umbrella, parasol"),
    "stick": _words("stick, cane, walking-stick, crutch"),
    "bag": _words("bag, purse, valise, handbag, hand-bag, portmanteau, suitcase"),
    "box": _words("box, chest, trunk, casket, coffer"),
    "money": _words("money, coin, coins, gold, sovereign, guinea, guineas, shilling, roubles, rouble, dollars"),
    "jewel": _words("jewel, diamond, necklace, ring, pearl, ruby, jewels"),
    "crown": _words("crown, sceptre"),
    "sword": _words("sword, sabre, rapier, cutlass, dagger"),
    "knife": _words("knife, razor, blade"),
    "gun": _words("gun, pistol, revolver, rifle, musket"),
    "bell": _words("bell, doorbell"),
    "fire": _words("fire, hearth, flames, bonfire, camp-fire, fireplace"),
    "violin": _words("violin, fiddle"),
    "piano": _words("piano, harpsichord, organ"),
    "drum": _words("drum, trumpet, bugle"),
    "picture": _words("painting, portrait, photograph"),
    "flag": _words("flag, banner"),
    "cross": _words("cross, crucifix, icon, rosary"),
    "skull": _words("skull, skeleton, corpse"),
    "telescope": _words("telescope, spyglass, spy-glass"),
    "microscope": _words("microscope, test-tube"),
    "rope": _words("rope, chain, anchor"),
    "axe": _words("axe, hatchet, spade, shovel, hammer"),
    "moon": _words("moon, moonlight"),
    "star": _words("star, stars"),
    "telephone": _words("telephone"),
    "motor_car": _words("motor, motor-car, automobile"),
}
