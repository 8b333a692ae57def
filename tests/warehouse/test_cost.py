"""What the hot verbs of the road cost: few statements, however they are written."""

from typing import Any

from homeward.returns import queries as return_queries
from homeward.warehouse import actions
from tests.support import build_warehouse
from tests.support.cast import NOW, Cast

SAVEPOINTS = 2  # a test is a transaction already, so that each action stands between two more


def test_grading_a_receipt_costs_eight_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    receipt = build_warehouse.received(cast, lines=[{}, {}, {}], units=(2, 2, 2), center=build_warehouse.roubaix())
    findings = build_warehouse.all_found(receipt)
    with django_assert_max_num_queries(8 + SAVEPOINTS):
        actions.inspect_all(receipt, findings, actor=cast.api, at=NOW)


def test_receiving_costs_as_much_for_many_lines_as_for_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    """Nine of our own and the parcel's; what a return does on its first arrival comes on top."""
    first = build_warehouse.received(cast, (1, 0, 0), (1, 0, 0), lines=[{}, {}], units=(2, 2))
    second = actions.open_receipt(first.return_request, actor=cast.kim, at=NOW)
    second = build_warehouse.again(cast.kim, second)
    counts = build_warehouse.counts(second)
    with django_assert_max_num_queries(9 + SAVEPOINTS):
        actions.receive(second, counts, actor=cast.api, at=NOW)


def test_a_receipt_is_fetched_with_all_that_its_verbs_need(cast: Cast, django_assert_max_num_queries: Any) -> None:
    receipt = build_warehouse.expected(cast)
    with django_assert_max_num_queries(1):
        found = build_warehouse.again(cast.api, receipt)
        assert found.return_request.order.merchant_id == found.merchant.pk
        assert (found.parcel.return_request_id, found.case.pk) == (found.return_request_id, found.case_id)


def test_opening_what_is_expected_costs_one_statement(cast: Cast, django_assert_max_num_queries: Any) -> None:
    receipt = build_warehouse.expected(cast)
    made = return_queries.return_(cast.api, receipt.return_request.ref)
    with django_assert_max_num_queries(1 + SAVEPOINTS):
        found = actions.open_receipt(made, actor=cast.api, at=NOW)
        assert (found, found.case.pk, found.parcel.state) == (receipt, made.case_id, "labelled")
