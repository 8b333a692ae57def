"""Asking for a return through the pages: every step, and what happens where somebody cheats or hurries."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from homeward.orders.models import Order, OrderLine
from homeward.returns.models import Evidence, Return, ReturnLine
from homeward.web.portal.sight import Row
from tests.support import build
from tests.support.cast import Cast
from tests.support.portal import Visitor, photo

pytestmark = [pytest.mark.django_db, pytest.mark.road]

CURTAIN = {"title": "Silk curtain", "traits": ["customised"], "quantity": 1}
BRUSHES = {"title": "Brush heads", "traits": ["sealed_hygiene"], "quantity": 1}


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path, cast: Cast) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def mei() -> Visitor:
    return Visitor()


def recent(cast: Cast, **more) -> Order:
    """Build an order that was delivered five days before the clock of the test's requests."""
    return build.order(cast.lanting, **{"at": timezone.now(), "notices": ["*"]} | more)


def test_a_shopper_walks_from_items_to_a_number(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)

    made = mei.ask(order, 1)

    assert made.state == "authorized"
    assert made.method == "label"
    assert made.locale == "en"
    assert ReturnLine.objects.get(return_request=made).quantity == 1
    page = mei.get(f"returns/{made.number}/")
    assert made.number.encode() in page.content
    assert b"Hand your parcel over by" in page.content
    assert b"Label (PDF)" in page.content


def test_the_items_page_shows_days_left_and_unit_prices(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)

    page = mei.prove(order).get(f"orders/{order.ref}/").content.decode()

    assert "days left" in page
    assert "€99.80" in page
    assert "€49.90 each" in page
    assert "of 2" in page


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (0, "Last day today", "wait"),
        (1, "1 day left", "wait"),
        (3, "3 days left", "wait"),
        (18, "18 days left", "good"),
    ],
)
def test_the_last_days_are_pointed_out(left: int, words: str, tone: str) -> None:
    assert Row(OrderLine(), "EUR", 1, is_open=True, days_left=left).badge == (words, tone)


def test_goods_made_to_measure_stay_visible_with_their_law_and_an_open_door(cast: Cast, mei: Visitor) -> None:
    order = recent(cast, country="DE", lines=[{}, CURTAIN])

    page = mei.prove(order).get(f"orders/{order.ref}/").content.decode()

    assert "These cannot simply be sent back" in page
    assert "Silk curtain" in page
    assert "Report a defect" in page
    assert "Ask a person to look again" in page


def test_the_door_for_faulty_goods_leads_to_reasons_of_fault_only(cast: Cast, mei: Visitor) -> None:
    order = recent(cast, country="DE", lines=[CURTAIN])
    line = order.lines.get()

    answer = mei.prove(order).post(f"orders/{order.ref}/", {"door": line.ref})
    page = mei.client.get(answer.url).content.decode()

    assert answer.status_code == 302
    assert "What is wrong with it?" in page
    assert 'value="quality"' in page
    assert 'value="changed_mind"' not in page


def test_asking_a_person_to_look_again_makes_a_return_under_review(cast: Cast, mei: Visitor) -> None:
    order = recent(cast, country="DE", lines=[CURTAIN])
    mei.prove(order).post(f"orders/{order.ref}/", {"review": order.lines.get().ref})
    mei.reason(order, "changed_mind")
    mei.solve(order)

    answer = mei.send(order)

    made = Return.objects.get()
    assert made.state == "under_review"
    assert b"You have our answer by" in mei.client.get(answer.url).content


def test_nothing_delivered_yet_offers_to_withdraw(cast: Cast, mei: Visitor) -> None:
    order = recent(cast, delivered_ago=None)

    page = mei.prove(order).get(f"orders/{order.ref}/").content.decode()

    assert "Nothing of this order has arrived yet" in page
    assert "Withdraw from contract here" in page


def test_sixty_lines_stand_on_one_page_with_few_queries(
    cast: Cast, mei: Visitor, django_assert_max_num_queries
) -> None:
    order = recent(cast, lines=[{"position": n, "title": f"Thing {n}"} for n in range(60)])
    mei.prove(order)

    with django_assert_max_num_queries(20):
        page = mei.get(f"orders/{order.ref}/").content.decode()

    assert page.count('name="line"') == 60


def test_choosing_nothing_says_so_and_keeps_the_page(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)

    answer = mei.prove(order).post(f"orders/{order.ref}/")

    assert answer.status_code == 422
    assert b"Choose at least one item" in answer.content


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (3, "Only 2 of “Linen throw” can go back"),
        (10**9, "Enter how many of “Linen throw” go back"),
        (0, "Enter how many of “Linen throw” go back: a number from 1 to 2"),
        (-1, "Enter how many"),
        ("two", "Enter how many"),
    ],
)
def test_a_quantity_beyond_what_may_come_back_is_refused(
    cast: Cast, mei: Visitor, quantity: object, words: str
) -> None:
    order = recent(cast)
    mei.prove(order)

    answer = mei.choose(order, quantity)  # type: ignore[arg-type]

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Return.objects.count() == 0


def test_a_line_of_somebody_elses_order_is_404(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    other = recent(cast, number="LT-50000", email="hana@osaka.example")
    mei.prove(order)

    answer = mei.post(f"orders/{order.ref}/", {"line": other.lines.get().ref})

    assert answer.status_code == 404


def test_a_reason_without_what_happened_is_asked_for_again(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)

    nothing = mei.post(f"orders/{order.ref}/reasons/1/")
    half = mei.reason(order, "quality")

    assert b"Choose a reason" in nothing.content
    assert b"Choose what happened" in half.content
    assert half.status_code == 422


def test_a_change_of_mind_needs_no_more_words(cast: Cast, mei: Visitor) -> None:
    made = mei.ask(recent(cast), 1, reason="changed_mind")

    assert made.lines.get().reason == "no_reason"


def test_a_switched_off_reason_is_not_offered_and_not_taken(cast: Cast, mei: Visitor) -> None:
    cast.lanting.reasons_off = ["better_price"]
    cast.lanting.save()
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)

    page = mei.get(f"orders/{order.ref}/reasons/1/").content.decode()
    answer = mei.reason(order, "changed_mind/better_price")

    assert "better_price" not in page
    assert answer.status_code == 422


def test_damage_wants_a_photo_or_the_word_that_there_is_none(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)

    bare = mei.reason(order, "delivery/damaged_in_transit")
    without = mei.reason(order, "delivery/damaged_in_transit", no_photo="on")

    assert bare.status_code == 422
    assert "Add a photo of what happened, or say that you cannot take one" in bare.content.decode()
    assert b"I cannot take a photo" in bare.content
    assert without.status_code == 302


def test_photos_travel_with_the_draft_into_the_return(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)
    answer = mei.reason(order, "delivery/damaged_in_transit", photos=[photo("lid.jpg"), photo("cup.jpg", "navy")])
    assert answer.status_code == 302
    assert b"lid.jpg" in mei.get(f"orders/{order.ref}/reasons/1/").content
    mei.solve(order)
    mei.send(order)

    assert sorted(Evidence.objects.values_list("name", flat=True)) == ["cup.jpg", "lid.jpg"]


def test_a_photo_can_be_taken_out_again(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)
    mei.reason(order, "delivery/damaged_in_transit", photos=[photo("lid.jpg")])
    page = mei.get(f"orders/{order.ref}/reasons/1/").content.decode()
    sha256 = page.split('name="remove" value="')[1].split('"')[0]

    mei.reason(order, "delivery/damaged_in_transit", remove=sha256)

    assert b"lid.jpg" not in mei.get(f"orders/{order.ref}/reasons/1/").content


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("virus.jpg", b"MZ\x90\x00" + b"\x00" * 64, "is no photo, film or PDF"),
        ("empty.jpg", b"", "The submitted file is empty"),
        ("broken.jpg", b"\xff\xd8\xff" + b"\x00" * 64, "cannot be opened"),
    ],
)
def test_files_that_are_no_evidence_are_named_and_refused(
    cast: Cast, mei: Visitor, name: str, content: bytes, words: str
) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)
    file = io.BytesIO(content)
    file.name = name

    answer = mei.reason(order, "delivery/damaged_in_transit", photos=[file])

    assert answer.status_code == 422
    if content:
        assert words in answer.content.decode()
        assert name in answer.content.decode()


def test_a_script_in_words_is_kept_and_shown_as_text(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)
    words = "<script>alert(1)</script> & done"
    mei.reason(order, "changed_mind", words=words)
    mei.solve(order)

    page = mei.get(f"orders/{order.ref}/check/").content.decode()
    mei.send(order)

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; done" in page
    assert ReturnLine.objects.get().words == words


def test_a_sealed_item_asks_for_its_seal_and_an_open_one_goes_to_the_law(cast: Cast, mei: Visitor) -> None:
    order = recent(cast, country="DE", lines=[BRUSHES])
    page = mei.prove(order).get(f"orders/{order.ref}/").content.decode()
    mei.choose(order, 1)

    asked = mei.reason(order, "changed_mind")
    question = mei.client.get(asked.url).content.decode()
    unanswered = mei.client.post(asked.url)
    answer = mei.client.post(asked.url, {"seal_broken": "no"})

    assert "Goes back only while the seal is closed" in page
    assert asked.url.endswith("/questions/")
    assert "Is the seal open?" in question
    assert unanswered.status_code == 422
    assert answer.url.endswith("/solution/")


def test_the_solution_page_itemizes_by_the_function_that_settles(cast: Cast, mei: Visitor) -> None:
    order = recent(cast, shipping_minor=590)
    mei.prove(order)
    mei.choose(order, 2)
    mei.reason(order, "changed_mind")

    page = mei.get(f"orders/{order.ref}/solution/").content.decode()

    assert "Visa •• 4402" in page
    assert "2 × Linen throw" in page
    assert "€105.70" in page  # both throws and the delivery of the whole order
    assert "Law’s latest" in page


def test_the_solution_cannot_be_skipped_to(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)

    assert mei.get(f"orders/{order.ref}/solution/").url.endswith(f"/orders/{order.ref}/")
    mei.choose(order, 1)
    assert mei.get(f"orders/{order.ref}/check/").url.endswith("/reasons/1/")


def test_a_remedy_that_is_not_on_offer_is_refused(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)
    mei.reason(order, "changed_mind")

    assert mei.solve(order, remedy="partial_refund").status_code == 422
    assert mei.solve(order, method="helicopter").status_code == 422


def test_sending_the_same_form_twice_makes_one_return(cast: Cast, mei: Visitor) -> None:
    order = recent(cast, lines=[{"quantity": 5}])
    mei.prove(order)
    mei.choose(order, 1)
    mei.reason(order, "changed_mind")
    mei.solve(order)
    session = mei.client.session
    kept = dict(session[f"draft:{order.ref}"])

    first = mei.send(order)
    session = mei.client.session
    session[f"draft:{order.ref}"] = kept  # the twin was on its way with the same draft
    session.save()
    second = mei.send(order)

    assert first.url == second.url
    assert Return.objects.count() == 1


def test_units_that_went_meanwhile_lead_back_to_the_items(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 2)
    mei.reason(order, "changed_mind")
    mei.solve(order)
    Visitor().ask(order, 1)

    answer = mei.send(order)

    assert answer.url.endswith(f"/orders/{order.ref}/")
    assert b"Only 1 of these can still be sent back" in mei.client.get(answer.url).content
    assert Return.objects.count() == 1


def test_an_expired_proof_closes_the_order(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    session = mei.client.session
    known = session["proved_orders"]
    known["orders"] = {pk: (timezone.now() - timedelta(hours=13)).isoformat() for pk in known["orders"]}
    session["proved_orders"] = known
    session.save()

    assert mei.get(f"orders/{order.ref}/").status_code == 404


def test_keeping_the_goods_asks_for_no_way_back(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    mei.prove(order)
    mei.choose(order, 1)
    mei.reason(order, "changed_mind")
    page = mei.get(f"orders/{order.ref}/solution/").content.decode()

    assert "How will it travel?" in page


def test_the_sum_is_told_live_to_pages_with_script(cast: Cast, mei: Visitor) -> None:
    order = recent(cast)
    line = order.lines.get()
    mei.prove(order)

    answer = mei.post(f"orders/{order.ref}/sum/", {"line": line.ref, f"quantity_{line.ref}": 2})

    assert "€99.80" in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "de", "fr", "ja"])
def test_all_pages_stand_in_every_language(cast: Cast, mei: Visitor, language: str) -> None:
    order = recent(cast)
    mei.client.cookies["homeward_language"] = language
    mei.prove(order)
    pages = [mei.get(f"orders/{order.ref}/")]
    mei.choose(order, 1)
    pages.append(mei.get(f"orders/{order.ref}/reasons/1/"))
    mei.reason(order, "changed_mind")
    pages.append(mei.get(f"orders/{order.ref}/solution/"))
    mei.solve(order)
    pages.append(mei.get(f"orders/{order.ref}/check/"))
    pages.append(mei.client.get(mei.send(order).url))

    assert [page.status_code for page in pages] == [200] * 5
    assert Return.objects.get().locale == language
