"""Questions whose SQL is kept give what Django would give, and rows so written are read back as they were."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from homeward.cases.models import Case, Clock
from homeward.journal import prepared
from homeward.kernel import new_ref
from homeward.orders.models import Order, OrderLine
from homeward.returns.models import Decision
from tests.support import build
from tests.support.cast import NOW, Cast


@prepared.question
def order_by(number: str) -> QuerySet[Order]:
    return Order.objects.select_related("merchant", "shopper").filter(number=number)


@prepared.question
def lines_of(order_id: int, least: int) -> QuerySet[OrderLine]:
    rows = OrderLine.objects.filter(order_id=order_id, quantity__gte=least).exclude(category="food")
    return rows.select_related("product", "order__merchant").order_by("-position")


def columns(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_an_answer_holds_what_the_queryset_gives(cast: Cast) -> None:
    made = build.order(cast.lanting, lines=[{"traits": ["fragile", "battery"]}, {"quantity": 5}])
    [found] = order_by(number=made.number)
    plain = Order.objects.select_related("merchant", "shopper").get(number=made.number)
    for one, other in ((found, plain), (found.merchant, plain.merchant), (found.shopper, plain.shopper)):
        assert columns(one) == columns(other)
    with CaptureQueriesContext(connection) as told:
        assert [line.quantity for line in lines_of(order_id=made.pk, least=1)] == [5, 2]
        assert {line.order.merchant.slug for line in lines_of(order_id=made.pk, least=1)} == {"lanting"}
    assert len(told) == 2


def test_a_relation_that_leads_nowhere_is_none_and_asks_nobody(cast: Cast) -> None:
    made = build.order(cast.lanting)
    [line] = lines_of(order_id=made.pk, least=1)
    with CaptureQueriesContext(connection) as told:
        assert line.product is None
    assert len(told) == 0


def test_the_same_question_is_asked_with_other_values(cast: Cast) -> None:
    first, second = build.order(cast.lanting, number="A-1"), build.order(cast.lanting, number="A-2")
    assert [[row.pk for row in order_by(number=number)] for number in ("A-1", "A-2", "A-3")] == [
        [first.pk], [second.pk], [],
    ]  # fmt: skip
    assert lines_of(order_id=first.pk, least=3) == []


def test_an_answer_can_be_changed_and_saved(cast: Cast) -> None:
    made = build.order(cast.lanting)
    [found] = order_by(number=made.number)
    found.channel = "phone"
    found.save(update_fields=["channel"])
    made.refresh_from_db()
    assert made.channel == "phone"


def test_rows_are_written_as_they_are_and_know_their_ids(cast: Cast) -> None:
    order = build.order(cast.lanting)
    cases = [
        Case(
            ref=new_ref("cas", at=NOW), number=f"C-{n}", merchant=cast.lanting, order=order, subject="Zwei “Wörter” 茶",
            priority=n, priority_reasons=["safety", {"n": n}], opened_at=NOW,
        )
        for n in range(3)
    ]  # fmt: skip
    assert prepared.insert(cases) == cases
    for case in cases:
        assert columns(Case.objects.get(pk=case.pk)) == columns(case)
    clock = Clock(
        case=cases[0], merchant=cast.lanting, kind="answer", source="law", owner="agent", started_at=NOW,
        due_at=NOW + timedelta(days=1),
    )  # fmt: skip
    [kept] = prepared.insert(iter([clock]))
    assert columns(Clock.objects.get()) == columns(kept)


def test_nothing_is_written_of_nothing(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as told:
        assert prepared.insert(Decision(pk=n) for n in ()) == []
    assert len(told) == 0


def test_of_rows_that_break_a_rule_none_is_written(cast: Cast) -> None:
    one = Case(ref="cas_1", number="C-1", merchant=cast.lanting, subject="", opened_at=NOW)
    two = Case(ref="cas_1", number="C-2", merchant=cast.lanting, subject="", opened_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.insert([one, two])
    assert not Case.objects.filter(ref="cas_1").exists()
