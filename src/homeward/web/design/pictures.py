"""Drawn pictures of goods, read once from their sprite: found by name, by category, or by a word of the title."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from homeward.orders.models import OrderLine

_SPRITE = "static/design/brand/pictures.svg"
_SYMBOL = re.compile(r'<symbol id="p-([a-z_]+)" viewBox="0 0 80 60">(.*?)</symbol>', re.DOTALL)

# Categories under the names that shops give them; one that is called like a picture needs no entry.
CATEGORIES: dict[str, str] = {
    name: picture
    for picture, names in {
        "apparel": "clothing clothes fashion textiles",
        "bag": "bags luggage accessories",
        "bottle": "drinks beverages",
        "bracelet": "jewelry jewellery watches",
        "camera": "cameras photo",
        "cosmetics": "beauty care hygiene personal_care",
        "custom": "customised customized made_to_order made_to_measure personalized",
        "electronics": "computers laptops appliances",
        "food": "grocery groceries supplements",
        "frame": "art decor wall_art",
        "garden": "plants outdoor",
        "gift_card": "gift_cards voucher vouchers",
        "home": "furniture household living",
        "kit": "kits set sets bundle bundles",
        "kitchen": "kitchenware cookware tableware",
        "lamp": "lighting lamps",
        "license": "digital software media subscription licenses",
        "medical": "medical_devices health first_aid",
        "medicine": "pharmacy drugs",
        "ornament": "seasonal christmas party",
        "phone": "phones smartphones telephones",
        "pillowcase": "bedding linens",
        "shoes": "shoe footwear",
        "stationery": "books office paper",
        "tea_tin": "tea coffee",
        "throw": "blankets",
        "toys": "toy games baby",
        "underwear": "lingerie swimwear",
        "unknown": "other miscellaneous",
    }.items()
    for name in names.split()
}

# What English invoices call goods, where nothing else says what they are; the last word in a title names the thing.
WORDS: dict[str, str] = {
    word.replace("_", " "): picture
    for picture, words in {
        "apparel": "t-shirt jumper sweater apron hat glove scarf scarves sock mac poncho",
        "bag": "bag handbag purse tote shopper rucksack suitcase basket",
        "bottle": "bottle jug decanter",
        "box": "box boxes crate storage drawer trinket_pot lunchbox",
        "bracelet": "bracelet necklace earring brooch jewellery jewelry hairclip",
        "candle": "candle candlestick t-light tealight incense lantern",
        "cakes": "chocolate candy biscuit doughnut popcorn",
        "clock": "clock watch",
        "cosmetics": "soap lotion perfume bath_salt washbag flannel",
        "dress": "dress skirt",
        "food": "jam honey jar",
        "frame": "frame sign plaque mirror chalkboard blackboard noticeboard poster",
        "garden": "garden planter plant herb birdhouse bird_house bird_feeder watering_can parasol seed trowel potting",
        "gift_card": "gift_card voucher",
        "home": "chair stool doormat mat rug knob hook hanger shelf cabinet doorstop rack coaster hot_water_bottle",
        "kit": "kit",
        "kitchen": "pan saucepan pot cutlery bowl plate dish dishes tray spoon teaspoon spatula ladle baking napkin"
        " placemat cake_case cake_stand cakestand cake_tin cake_mould jelly_mould cookie_cutter egg_cup tea_towel"
        " oven_glove washing_up_glove",
        "lamp": "lamp light chandelier lampshade",
        "mug": "mug cup beaker",
        "ornament": "bauble decoration garland bunting wreath tinsel ribbon ornament",
        "phone": "phone",
        "pillowcase": "cushion pillow pillowcase",
        "shirt": "shirt blouse",
        "shoes": "shoe slipper boot sandal",
        "stationery": "card wrap paper sticker tape notebook sketchbook stationery book pencil pen notepad journal"
        " envelope tissue magnet stamp diary calendar tag album",
        "tea_set": "tea_set teapot teacup tea_cup saucer",
        "tea_tin": "tin caddy",
        "throw": "throw blanket quilt",
        "toys": "toy doll teddy bear jigsaw puzzle game block dinosaur skittle bunny skipping_rope",
        "umbrella": "umbrella",
    }.items()
    for word in words.split()
}
_NAMING = re.compile(
    rf"(?<![\w-])({'|'.join(map(re.escape, sorted(WORDS, key=len, reverse=True)))})s?(?![\w-])", re.IGNORECASE
)
_ASIDE = re.compile(r"\s(?:with|w/|for|in|on|from)\s|,|:", re.IGNORECASE)  # what follows says more about the thing


@lru_cache(maxsize=1)
def drawings() -> dict[str, str]:
    """Return the inner drawing of every picture by its name."""
    sprite = resources.files(__package__).joinpath(_SPRITE).read_text(encoding="utf-8")
    return dict(_SYMBOL.findall(sprite))


def picture_of(name: str = "", category: str = "", title: str = "") -> str:
    """Return the name of the picture that shows goods best, or "" where we have none.

    Its own name goes first, then its category, then what an English title calls it.
    """
    if name in drawings():
        return name
    known = "_".join(category.lower().replace("-", " ").replace("_", " ").split())
    known = CATEGORIES.get(known, known)
    return known if known in drawings() else _named_in(title)


def picture_of_line(line: OrderLine) -> str:
    """Return the picture of what an order line sold; its product is best loaded with it."""
    return picture_of(line.product.picture if line.product else "", line.category, line.title)


def _named_in(title: str) -> str:
    thing = _ASIDE.split(title.strip(), maxsplit=1)[0]
    found = _NAMING.findall(thing)
    return WORDS[found[-1].lower()] if found else ""


def svg(name: str, *, label: str = "") -> SafeString:
    """Return the picture `name` as an inline drawing, "" where there is none of that name.

    Screen readers pass over it, for its goods are named beside it; one that stands alone has a `label`.
    """
    if name not in drawings():
        return mark_safe("")
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="photo" viewBox="0 0 80 60" preserveAspectRatio="xMidYMid slice" focusable="false" {}>'
        '<rect class="bg" width="80" height="60"/>{}</svg>',
        told,
        mark_safe(drawings()[name]),
    )
