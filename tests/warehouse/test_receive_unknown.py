"""Goods that nobody announced: taken in as a quarantine record, matched later, or disposed of."""

import pytest

from homeward.kernel import NotAllowed
from homeward.logistics.models import Parcel
from homeward.warehouse import actions, queries
from homeward.warehouse.actions import Stranger
from homeward.warehouse.grading import Disposition, Grade, NotLawful
from homeward.warehouse.models import Receipt
from tests.support import build_warehouse
from tests.support.cast import NOW, Cast


def stranger(cast: Cast, label: str = "ZZ 1234 5678", **more: object) -> Receipt:
    """Take in a box with one spoon that nobody announced."""
    receipt = actions.receive_unknown(
        label, [Stranger("Silver spoon")], merchant=cast.lanting, actor=cast.kim, at=NOW, **more
    )
    return build_warehouse.again(cast.kim, receipt)


def test_a_parcel_that_nobody_announced_is_kept_and_found_again(cast: Cast) -> None:
    receipt = stranger(cast)
    assert (receipt.state, receipt.outcome, receipt.return_request) == ("received", "unknown", None)
    assert receipt.parcel.method == "unannounced"
    assert receipt.parcel.state == "delivered"
    assert queries.find(cast.kim, "zz12345678").receipts == (receipt,)


def test_the_same_form_twice_is_one_record(cast: Cast) -> None:
    assert stranger(cast, nonce="form-1") == stranger(cast, nonce="form-1")
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("strangers", [[], [Stranger("Spoon", 0)], [Stranger("Spoon", 10**9)]])
def test_an_empty_or_absurd_record_is_refused(cast: Cast, strangers: list[Stranger]) -> None:
    with pytest.raises(actions.BadCount):
        actions.receive_unknown("X", strangers, merchant=cast.lanting, actor=cast.kim, at=NOW)
    assert (Receipt.objects.count(), Parcel.objects.count()) == (0, 0)


def test_goods_of_a_refused_return_show_in_its_case(cast: Cast) -> None:  # C4
    made = build_warehouse.authorized(cast)
    receipt = stranger(cast, about=made)
    assert (receipt.return_request, receipt.case_id) == (None, made.case_id)


def test_strangers_can_be_matched_with_their_return_and_are_counted_again(cast: Cast) -> None:
    receipt, made = stranger(cast), build_warehouse.authorized(cast)
    actions.match(receipt, made, actor=cast.kim, at=NOW)
    receipt = build_warehouse.again(cast.kim, receipt)
    assert (receipt.state, receipt.return_request, receipt.case_id) == ("expected", made, made.case_id)
    assert [line.announced for line in queries.lines(cast.kim, receipt)] == [2]
    [line] = queries.lines(cast.kim, receipt)
    actions.receive(receipt, [actions.Count(line.key, good=2)], actor=cast.kim, at=NOW)
    actions.inspect_all(receipt, [build_warehouse.Finding(line.key, 2, grade=Grade.A)], actor=cast.kim, at=NOW)
    assert receipt.state == "inspected"
    assert queries.arrived(cast.kim, made)[line.return_line_id].right == 2


def test_a_match_gives_way_to_an_open_receipt_of_the_same_return(cast: Cast) -> None:
    made = build_warehouse.authorized(cast)
    actions.open_receipt(made, actor=cast.kim, at=NOW)
    receipt = stranger(cast)
    actions.match(receipt, made, actor=cast.kim, at=NOW)
    assert Receipt.objects.filter(return_request=made).get(parcel__isnull=False) == receipt


def test_nothing_is_matched_with_a_return_that_has_all_its_goods(cast: Cast) -> None:
    full = build_warehouse.received(cast)
    with pytest.raises(actions.NothingOpen):
        actions.match(stranger(cast), full.return_request, actor=cast.kim, at=NOW)


def test_announced_goods_cannot_be_matched(cast: Cast) -> None:
    receipt = build_warehouse.received(cast)
    with pytest.raises(NotAllowed):
        actions.match(receipt, receipt.return_request, actor=cast.kim, at=NOW)


def test_what_is_not_ours_is_set_apart_or_sent_back_and_contests_nothing(cast: Cast) -> None:
    receipt = stranger(cast)
    key = queries.lines(cast.kim, receipt)[0].key
    finding = actions.Finding(key, grade=Grade.X, disposition=Disposition.RESTOCK)
    with pytest.raises(NotLawful):
        actions.inspect(receipt, finding, actor=cast.kim, at=NOW)
    actions.inspect(receipt, actions.Finding(key, grade=Grade.X), actor=cast.kim, at=NOW)
    assert build_warehouse.again(cast.kim, receipt).state == "inspected"
    assert queries.movements(cast.kim).get().destination == "quarantine"


def test_another_merchant_s_dock_does_not_see_it(cast: Cast) -> None:
    receipt = stranger(cast)
    assert queries.find(cast.zoe, "ZZ12345678").is_nothing
    with pytest.raises(Receipt.DoesNotExist):
        queries.receipt(cast.zoe, receipt.ref)
