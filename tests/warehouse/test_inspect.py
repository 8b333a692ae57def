"""Inspecting: every unit graded once, within the law, and put away once."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from homeward.cases.models import Clock
from homeward.journal.models import Entry
from homeward.kernel import NotAllowed
from homeward.warehouse import actions, grading, queries
from homeward.warehouse.actions import Finding
from homeward.warehouse.grading import Disposition, Grade
from homeward.warehouse.models import Inspection, Receipt, ReceiptLine, StockMovement
from tests.support import build_warehouse
from tests.support.build_warehouse import BEST, all_found, finding
from tests.support.cast import NOW, Cast

PHONE = {"category": "electronics", "traits": ["battery"], "serials": ["SN-001", "SN-002"], "sku": "PHONE"}
CALM = {"battery_danger": "no", "battery_hit": "no"}
DANGER = CALM | {"battery_danger": "yes"}


def moved() -> list[tuple[str, int, str]]:
    """Return the stock movements: sku, quantity, destination."""
    return list(StockMovement.objects.order_by("pk").values_list("sku", "quantity", "destination"))


def test_one_good_and_one_damaged_unit_leave_one_to_sell(cast: Cast) -> None:  # D4
    receipt = build_warehouse.received(cast, (1, 1, 0))
    actions.inspect(receipt, finding(receipt), actor=cast.kim, at=NOW)
    assert receipt.state == "received"
    broken = finding(receipt, grade=None, answers=BEST | {"marks": "broken"})
    actions.inspect(receipt, broken, actor=cast.kim, at=NOW)
    assert (receipt.state, receipt.inspected_at) == ("inspected", NOW)
    assert moved() == [("SKU-1", 1, "restock"), ("SKU-1", 1, "destroy")]
    [came] = queries.arrived(cast.kim, receipt.return_request).values()
    assert (came.right, came.graded) == (2, {"A": 1, "D": 1})
    assert queries.stock(cast.kim, merchant_id=cast.lanting.pk, sku="SKU-1") == {"restock": 1, "destroy": 1}


def test_all_units_can_be_graded_in_one_go(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, lines=[{}, {}], units=(2, 1))
    made = actions.inspect_all(receipt, all_found(receipt, Grade.B), actor=cast.api, at=NOW)
    assert [(one.quantity, one.grade, one.disposition) for one in made] == [
        (2, "B", "refurbish"),
        (1, "B", "refurbish"),
    ]
    assert Receipt.objects.get().state == "inspected"
    assert Clock.objects.get(kind="inspection").met_at == NOW
    assert Entry.objects.filter(noun="receipt", verb="inspect").count() == 1


@pytest.mark.parametrize("change", [{"quantity": 1}, {"quantity": 3}, {"quantity": 0}, {"quantity": -2}])
def test_one_go_must_cover_exactly_what_waits(cast: Cast, change: dict[str, Any]) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(actions.CountMismatch) as refused:
        actions.inspect_all(receipt, [finding(receipt, **change)], actor=cast.api, at=NOW)
    assert list(refused.value.left.values()) == [2]
    assert (Inspection.objects.count(), Receipt.objects.get().state) == (0, "received")


def test_what_is_graded_twice_counts_once(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    findings = all_found(receipt)
    actions.inspect_all(receipt, findings, actor=cast.api, at=NOW)
    again = build_warehouse.again(cast.api, receipt)
    with pytest.raises((NotAllowed, actions.CountMismatch)):
        actions.inspect_all(again, findings, actor=cast.api, at=NOW)
    with pytest.raises(NotAllowed):
        actions.inspect(again, finding(receipt), actor=cast.kim, at=NOW)
    assert moved() == [("SKU-1", 2, "restock")]


def test_one_go_after_single_units_covers_the_rest(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    actions.inspect(receipt, finding(receipt), actor=cast.kim, at=NOW)
    actions.inspect_all(receipt, [finding(receipt, grade=Grade.C)], actor=cast.api, at=NOW)
    assert Receipt.objects.get().state == "inspected"
    assert [row[1:] for row in moved()] == [(1, "restock"), (1, "liquidate")]


def test_the_same_form_twice_is_one_finding_even_for_the_last_unit(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0))
    first = actions.inspect(receipt, finding(receipt), nonce="form-1", actor=cast.kim, at=NOW)
    again = build_warehouse.again(cast.kim, receipt)
    assert actions.inspect(again, finding(receipt), nonce="form-1", actor=cast.kim, at=NOW) == first
    assert Inspection.objects.count() == 1


def test_more_units_than_wait_are_refused(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(actions.NothingLeft) as refused:
        actions.inspect(receipt, finding(receipt, quantity=3), actor=cast.kim, at=NOW)
    assert refused.value.left == 2


def test_the_database_keeps_findings_within_what_was_received(cast: Cast) -> None:
    build_warehouse.received(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptLine.objects.update(inspected=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptLine.objects.update(good=5)


def test_findings_stay_as_they_were_written(cast: Cast) -> None:
    build_warehouse.inspected(cast)
    for change in ("SET grade = 'C'", "SET quantity = 9"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE warehouse_inspection {change}")
    with pytest.raises(ProgrammingError), transaction.atomic():
        StockMovement.objects.update(destination="restock")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM warehouse_stockmovement")


def test_nothing_is_graded_before_it_is_received(cast: Cast) -> None:
    receipt = build_warehouse.expected(cast)
    with pytest.raises(NotAllowed):
        actions.inspect(receipt, Finding(receipt.lines.get().key, grade=Grade.A), actor=cast.kim, at=NOW)


def test_an_unknown_line_is_refused(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(actions.UnknownLine):
        actions.inspect(receipt, Finding("rli_nobody", grade=Grade.A), actor=cast.kim, at=NOW)


def test_clothing_in_the_eu_is_not_destroyed(cast: Cast) -> None:
    receipt = build_warehouse.received(
        cast, (1, 0, 0), center=build_warehouse.roubaix(), lines=[{"category": "apparel"}]
    )
    destroy = finding(receipt, grade=Grade.D, disposition=Disposition.DESTROY)
    with pytest.raises(grading.NotLawful) as refused:
        actions.inspect(receipt, destroy, actor=cast.kim, at=NOW)
    assert refused.value.limit.key == "unsold_apparel"
    assert Inspection.objects.count() == 0
    actions.inspect(receipt, finding(receipt, grade=Grade.D), actor=cast.kim, at=NOW)
    assert moved()[0][2] == "donate"


def test_a_damaged_battery_waits_for_a_second_person(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    made = actions.inspect(
        receipt, finding(receipt, grade=Grade.D, answers=DANGER, serial="SN-001"), actor=cast.kim, at=NOW
    )
    assert (made.disposition, made.needs_second, receipt.state, moved()) == ("quarantine", True, "received", [])
    assert [one.pk for one in queries.waiting_for_second(cast.ada)] == [made.pk]
    made = queries.inspection(cast.kim, made.ref)
    with pytest.raises(actions.SamePerson):
        actions.confirm(made, actor=cast.kim, at=NOW)
    actions.confirm(made, actor=cast.ada, at=NOW)
    assert moved() == [("PHONE", 1, "quarantine")]
    assert Receipt.objects.get().state == "inspected"
    with pytest.raises(NotAllowed):
        actions.confirm(made, actor=cast.ada, at=NOW)


def test_a_warehouse_system_cannot_be_its_own_second_person(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    found = [finding(receipt, grade=Grade.D, answers=DANGER, serial="SN-001")]
    [made] = actions.inspect_all(receipt, found, actor=cast.api, at=NOW)
    assert Receipt.objects.get().state == "received"
    with pytest.raises(actions.SamePerson):
        actions.confirm(queries.inspection(cast.api, made.ref), actor=cast.api, at=NOW)


def test_a_second_pair_of_eyes_can_be_asked_for(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0))
    made = actions.inspect(receipt, finding(receipt, second_eyes=True), actor=cast.kim, at=NOW)
    assert made.is_open
    assert moved() == []


def test_a_battery_is_not_graded_without_looking_for_danger(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    with pytest.raises(grading.Unanswered):
        actions.inspect(receipt, finding(receipt, serial="SN-001"), actor=cast.kim, at=NOW)


@pytest.mark.parametrize("more", [{}, {"serial": "SN-001", "quantity": 2}])
def test_serialized_goods_are_inspected_one_by_one_with_their_serial(cast: Cast, more: dict[str, Any]) -> None:
    receipt = build_warehouse.received(cast, lines=[PHONE])
    with pytest.raises(actions.SerialWanted):
        actions.inspect(receipt, finding(receipt, answers=CALM, **more), actor=cast.kim, at=NOW)


def test_a_serial_is_inspected_once(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, lines=[PHONE])
    first = finding(receipt, answers=CALM, serial="sn 001")
    made = actions.inspect(receipt, first, actor=cast.kim, at=NOW)
    assert made.serial_matches is True
    with pytest.raises(actions.SerialSeen):
        actions.inspect(receipt, first, actor=cast.kim, at=NOW)


def test_switched_goods_contest_the_receipt_and_money_waits(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    found = finding(receipt, answers=CALM, serial="SN-999", disposition=Disposition.RESTOCK)
    made = actions.inspect(receipt, found, actor=cast.kim, at=NOW)
    assert (made.grade, made.disposition, made.serial_matches) == ("X", "quarantine", False)
    assert (receipt.state, receipt.ground, receipt.outcome) == ("disputed", "switched", "wrong")
    [came] = queries.arrived(cast.kim, receipt.return_request).values()
    assert (came.right, came.wrong) == (0, 1)


def test_another_item_contests_the_receipt_also_in_one_go(cast: Cast) -> None:  # D7, D17
    receipt = build_warehouse.received(cast)
    found = [finding(receipt), finding(receipt, grade=Grade.X)]
    actions.inspect_all(receipt, found, actor=cast.api, at=NOW)
    assert (receipt.state, receipt.ground) == ("disputed", "wrong_item")
    line = receipt.lines.get()
    assert (line.good, line.wrong, line.outcome) == (1, 1, "wrong")
    assert [row[2] for row in moved()] == ["restock", "quarantine"]


def test_a_unit_first_taken_for_another_thing_may_turn_out_right(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 1))
    actions.inspect_all(receipt, all_found(receipt), actor=cast.api, at=NOW)
    assert (receipt.state, receipt.outcome) == ("inspected", "match")
    assert receipt.lines.get().right == 2


def test_a_mistaken_finding_is_taken_back_with_its_stock(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    made = actions.inspect(receipt, finding(receipt), actor=cast.kim, at=NOW)
    actions.void(queries.inspection(cast.kim, made.ref), reason="Wrong box", actor=cast.kim, at=NOW)
    assert moved() == [("SKU-1", 1, "restock"), ("SKU-1", -1, "restock")]
    assert receipt.lines.get().inspected == 0
    with pytest.raises(NotAllowed):
        actions.void(queries.inspection(cast.kim, made.ref), reason="Again", actor=cast.kim, at=NOW)
    actions.inspect_all(build_warehouse.again(cast.kim, receipt), all_found(receipt), actor=cast.kim, at=NOW)
    assert queries.stock(cast.kim, merchant_id=cast.lanting.pk, sku="SKU-1") == {"restock": 2}


def test_the_serial_of_goods_that_never_came_is_with_the_customer(cast: Cast) -> None:  # I7
    made = build_warehouse.authorized(cast, lines=[PHONE], units=(1,))
    [line] = build_warehouse.lines_of(made)
    assert queries.serials_here(cast.kim, order_line_id=line.order_line_id) == frozenset()
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE], number="LT-2")
    actions.inspect(receipt, finding(receipt, answers=CALM, serial="SN-001"), actor=cast.kim, at=NOW)
    there = receipt.lines.get().return_line.order_line_id
    assert queries.serials_here(cast.kim, order_line_id=there) == {"SN-001"}


def test_only_announced_serials_count_where_the_shopper_named_them(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0), lines=[PHONE])
    line = receipt.lines.get().return_line
    type(line).objects.filter(pk=line.pk).update(serials=["SN-002"])
    actions.inspect(receipt, finding(receipt, answers=CALM, serial="SN-001"), actor=cast.kim, at=NOW)
    assert receipt.ground == "switched"


def test_a_grade_against_the_answers_is_kept_beside_the_proposal(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0))
    made = actions.inspect(receipt, finding(receipt, grade=Grade.C, answers=BEST), actor=cast.kim, at=NOW)
    assert (made.grade, made.suggested_grade, made.checklist, made.checklist_key) == ("C", "A", BEST, "general/1")


def test_agents_do_not_grade(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(NotAllowed):
        actions.inspect(receipt, finding(receipt), actor=cast.bo, at=NOW)
