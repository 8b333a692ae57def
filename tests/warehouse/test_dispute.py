"""Contesting what came, ruling on it, and counting again."""

import pytest

from homeward.kernel import NotAllowed
from homeward.warehouse import actions, queries
from homeward.warehouse.grading import Grade
from homeward.warehouse.models import Inspection, Receipt, StockMovement
from tests.support import build, build_warehouse
from tests.support.build_warehouse import all_found, finding
from tests.support.cast import NOW, Cast


def contested(cast: Cast) -> Receipt:
    """Build a receipt with one unit as new and one that is another thing."""
    receipt = build_warehouse.received(cast)
    actions.inspect_all(receipt, [finding(receipt), finding(receipt, grade=Grade.X)], actor=cast.kim, at=NOW)
    return build_warehouse.again(cast.ada, receipt)


def rights(receipt: Receipt) -> tuple[int, int]:
    """Return how many units are right and wrong."""
    line = receipt.lines.get()
    return line.right, line.wrong


@pytest.mark.parametrize(("ruling", "right"), [("as_found", (1, 1)), ("in_favor", (2, 0))])
def test_a_ruling_says_which_units_count(cast: Cast, ruling: str, right: tuple[int, int]) -> None:
    receipt = contested(cast)
    actions.resolve(receipt, ruling=ruling, note="Serial photographed at packing", actor=cast.ada, at=NOW)
    assert (receipt.state, receipt.ruling) == ("inspected", ruling)
    assert rights(receipt) == right
    assert receipt.outcome == ("wrong" if ruling == "as_found" else "match")


@pytest.mark.parametrize(("ruling", "note"), [("as_found", " "), ("maybe", "because"), ("", "because")])
def test_a_ruling_needs_a_known_word_and_a_reason(cast: Cast, ruling: str, note: str) -> None:
    receipt = contested(cast)
    with pytest.raises(actions.GroundMissing):
        actions.resolve(receipt, ruling=ruling, note=note, actor=cast.ada, at=NOW)
    assert Receipt.objects.get().state == "disputed"


def test_the_dock_does_not_rule_on_its_own_findings(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.resolve(contested(cast), ruling="as_found", note="so it is", actor=cast.kim, at=NOW)


def test_units_that_wait_keep_a_dispute_open(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    actions.dispute(receipt, ground="count", note="The bag was torn", actor=cast.bo, at=NOW)
    with pytest.raises(actions.UnitsWait) as refused:
        actions.resolve(receipt, ruling="as_found", note="counted again", actor=cast.ada, at=NOW)
    assert refused.value.units == 2
    actions.inspect_all(build_warehouse.again(cast.kim, receipt), all_found(receipt), actor=cast.kim, at=NOW)
    assert Receipt.objects.get().state == "disputed"
    actions.resolve(
        build_warehouse.again(cast.ada, receipt), ruling="as_found", note="all there", actor=cast.ada, at=NOW
    )
    assert rights(receipt) == (2, 0)


def test_a_shopper_can_contest_what_was_found(cast: Cast) -> None:
    receipt = build_warehouse.inspected(cast, grade=Grade.D)
    shopper = build.shopper_of(receipt.return_request.order)
    actions.dispute(receipt, ground="condition", note="It was new", actor=shopper, at=NOW)
    assert (receipt.state, receipt.ground) == ("disputed", "condition")


def test_an_unknown_ground_is_refused(cast: Cast) -> None:
    with pytest.raises(actions.GroundMissing):
        actions.dispute(build_warehouse.received(cast), ground="mood", actor=cast.kim, at=NOW)


def test_an_empty_box_is_ruled_upon_without_units(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (0, 0, 0))
    actions.resolve(receipt, ruling="as_found", note="weighed by the carrier: empty", actor=cast.ada, at=NOW)
    assert (receipt.state, rights(receipt)) == ("inspected", (0, 0))


def test_a_miscount_is_counted_again_by_the_dock(cast: Cast) -> None:
    receipt = build_warehouse.received(cast, (1, 0, 0))
    actions.reopen(receipt, reason="The second one lay below", actor=cast.kim, at=NOW)
    assert (receipt.state, receipt.outcome, receipt.due_at) == ("expected", "", None)
    actions.receive(build_warehouse.again(cast.kim, receipt), build_warehouse.counts(receipt), actor=cast.kim, at=NOW)
    assert rights(receipt) == (2, 0)


def test_a_reopened_receipt_leaves_nothing_to_sell(cast: Cast) -> None:  # D16
    receipt = build_warehouse.inspected(cast)
    with pytest.raises(NotAllowed):
        actions.reopen(receipt, reason="Wrong return", actor=cast.kim, at=NOW)
    actions.reopen(receipt, reason="Wrong return", actor=cast.ada, at=NOW)
    assert queries.stock(cast.kim, merchant_id=cast.lanting.pk, sku="SKU-1") == {}
    assert sum(StockMovement.objects.values_list("quantity", flat=True)) == 0
    assert Inspection.objects.get().voided_at == NOW
    again = build_warehouse.again(cast.kim, receipt)
    actions.receive(again, build_warehouse.counts(receipt), actor=cast.kim, at=NOW)
    actions.inspect_all(again, all_found(receipt), actor=cast.kim, at=NOW)
    assert queries.stock(cast.kim, merchant_id=cast.lanting.pk, sku="SKU-1") == {"restock": 2}


def test_counting_again_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(actions.GroundMissing):
        actions.reopen(build_warehouse.received(cast), reason="  ", actor=cast.kim, at=NOW)
