"""Drawn pictures of goods: one for every name of the catalog, colored by tokens, and an honest box where none fits."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from django.template import Context
from django.template.loader import get_template
from django_cotton.compiler_regex import CottonCompiler

from homeward import sample
from homeward.orders.models import OrderLine, Product
from homeward.web import design
from homeward.web.design import pictures
from tests.support.markup import faults

CATALOG = yaml.safe_load(resources.files(sample).joinpath("catalog.yaml").read_text(encoding="utf-8"))
GOODS = {sku: told for shop in CATALOG.values() for sku, told in shop.items()}
GENERIC = (
    "apparel shoes home electronics phone cosmetics food medical gift_card kit box custom toys stationery kitchen"
    " garden unknown"
).split()
CSS = Path(design.__file__).parent / "static/design/css"
RULES = dict(
    re.findall(
        r"\.(\w+) \{ (.+?) \}", (CSS / "components/stations.css").read_text().split(".photo {")[1].split("\n  }")[0]
    )
)
TOKENS = dict(re.findall(r"--([\w-]+): +(.+?);", (CSS / "tokens.css").read_text().split("[data-theme")[0]))
SHAPES = {"path", "rect", "circle", "ellipse"}
NUMBERS = {"d", "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r", "stroke-width", "stroke-dasharray", "opacity"}


def thumb(source: str, **context: Any) -> str:
    """Return a thumb as a page would show it."""
    engine = get_template("404.html").backend.engine
    return engine.from_string(CottonCompiler().process(source)).render(Context(context))


def shapes(name: str) -> list[ElementTree.Element]:
    """Return what the picture `name` is made of."""
    return list(ElementTree.fromstring(str(pictures.svg(name))))


# The drawings


@pytest.mark.parametrize("sku", GOODS)
def test_every_picture_that_the_catalog_names_is_drawn(sku: str) -> None:
    assert GOODS[sku]["picture"] in pictures.drawings()


@pytest.mark.parametrize("sku", GOODS)
def test_every_category_of_the_catalog_has_a_picture_of_its_own(sku: str) -> None:
    assert pictures.picture_of(category=GOODS[sku]["category"])


def test_every_kind_of_goods_has_a_generic_picture() -> None:
    assert set(GENERIC) <= set(pictures.drawings())


def test_the_tables_lead_to_pictures_only() -> None:
    assert {*pictures.CATEGORIES.values(), *pictures.WORDS.values()} <= set(pictures.drawings())


def test_no_picture_of_the_sprite_is_overlooked() -> None:
    sprite = (Path(design.__file__).parent / "static/design/brand/pictures.svg").read_text()
    assert len(pictures.drawings()) == sprite.count("<symbol")


@pytest.mark.parametrize("name", pictures.drawings())
def test_a_picture_is_plain_shapes_painted_by_classes(name: str) -> None:
    drawn = shapes(name)
    assert len(drawn) > 2
    for shape in drawn:
        tag = shape.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert tag in SHAPES
        assert shape.attrib.pop("class") in RULES, "no color without a token: dark rooms would not know it"
        assert set(shape.attrib) <= NUMBERS, "no id, style, handler, link or color of its own"


@pytest.mark.parametrize("css", RULES)
def test_every_color_of_a_picture_has_a_light_and_a_dark_side(css: str) -> None:
    tokens = re.findall(r"var\(--([\w-]+)\)", RULES[css])
    assert tokens
    assert all(TOKENS[token].startswith("light-dark(") for token in tokens)


# Which picture shows what


@pytest.mark.parametrize(
    ("name", "category", "title", "picture"),
    [
        ("tea_set", "electronics", "Umbrella", "tea_set"),
        ("", "electronics", "Umbrella", "electronics"),
        ("no_such_drawing", "Toys", "", "toys"),
        ("", "Medical Devices", "", "medical"),
        ("", "FOOTWEAR", "", "shoes"),
        ("", "tea", "", "tea_tin"),
        ("", "unheard-of", "RED RETROSPOT UMBRELLA", "umbrella"),
        ("", "other", "", "unknown"),
        ("", "", "", ""),
        ("", "unheard-of", "a thing", ""),
    ],
)
def test_the_name_goes_before_the_category_and_the_category_before_the_title(
    name: str, category: str, title: str, picture: str
) -> None:
    assert pictures.picture_of(name, category, title) == picture


@pytest.mark.parametrize(
    ("title", "picture"),
    [
        ("CHRISTMAS PUDDING TRINKET POT ", "box"),
        ("PACK OF 72 RETRO SPOT CAKE CASES", "kitchen"),
        ("RETRO SPOT TEA SET CERAMIC 11 PC ", "tea_set"),
        ("WHITE HANGING HEART T-LIGHT HOLDER", "candle"),
        ("RED RETROSPOT CHARLOTTE BAG", "bag"),
        ("SET/6 RED SPOTTY PAPER CUPS", "mug"),
        ("LUNCHBOX WITH CUTLERY FAIRY CAKES", "box"),
        ("HOT WATER BOTTLE TEA AND SYMPATHY", "home"),
        ("Potato", ""),
        ("POSTAGE", ""),
    ],
)
def test_a_line_of_an_invoice_is_shown_as_what_its_title_calls_it(title: str, picture: str) -> None:
    assert pictures.picture_of(title=title) == picture


def test_a_line_shows_its_product_else_its_category_else_its_title() -> None:
    known = OrderLine(product=Product(picture="dress"), category="apparel", title="Mug")
    assert pictures.picture_of_line(known) == "dress"
    assert pictures.picture_of_line(OrderLine(product=Product(), category="apparel", title="Mug")) == "apparel"
    assert pictures.picture_of_line(OrderLine(category="apparel", title="Mug")) == "apparel"
    assert pictures.picture_of_line(OrderLine(title="Mug")) == "mug"


# The thumb


def test_a_thumb_shows_the_photo_before_the_drawing() -> None:
    html = thumb('<c-thumb src="/photo.jpg" alt="The lid" name="tea_set" />')
    assert '<img src="/photo.jpg" alt="The lid"' in html
    assert "<svg" not in html


def test_a_thumb_draws_by_name_by_category_or_of_a_line() -> None:
    line = OrderLine(product=Product(picture="phone"), category="electronics", title="N5")
    assert pictures.svg("dress") in thumb('<c-thumb name="dress" category="home" />')
    assert pictures.svg("home") in thumb('<c-thumb name="" category="home" />')
    assert pictures.svg("phone") in thumb('<c-thumb :of="line" category="unknown" />', line=line)
    assert pictures.svg("unknown") in thumb('<c-thumb :of="line" category="unknown" />', line=None)


def test_a_thumb_of_nothing_known_is_our_box() -> None:
    html = thumb('<c-thumb size="small" />')
    assert 'class="thumb small"' in html
    assert 'class="no-photo"' in html


def test_a_thumb_is_passed_over_unless_it_stands_alone() -> None:
    beside, alone = (
        thumb('<c-thumb name="lamp" />'),
        thumb('<c-thumb name="lamp" :alt="words" />', words='A "desk" lamp'),
    )
    assert 'aria-hidden="true"' in beside
    assert "aria-label" not in beside
    assert 'role="img" aria-label="A &quot;desk&quot; lamp"' in alone
    assert "aria-hidden" not in alone
    assert faults(beside + alone, is_whole=False) == []
