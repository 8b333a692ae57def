"""The dashboard's figures: counted right, in their span, within the fence, and by few questions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from homeward.insight import queries
from homeward.insight.queries import OrderWeek, Spread, Totals
from homeward.kernel import Money
from homeward.logistics.models import Parcel
from homeward.returns import actions as return_actions
from homeward.returns.models import Return
from homeward.settlements import actions as settlement_actions
from homeward.settlements.models import Refund
from tests.support import build, build_desk
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def figures(cast: Cast, days: int = 90) -> queries.Figures:
    """Return the operator's figures a day after all that happened."""
    return queries.figures(cast.olu, at=LATER, days=days)


def paid(cast: Cast, number: str, *, asked: float, goods: float) -> Refund:
    """A refund confirmed now, so many days after it was asked for and after the goods came."""
    refund = build_desk.refund(cast, number=number)
    moments = {"asked_at": NOW - timedelta(days=asked), "goods_at": NOW - timedelta(days=goods)}
    Return.objects.filter(pk=refund.remedy.return_request_id).update(**moments)
    settlement_actions.confirm_transfers([refund], bank_ref="", actor=cast.fay, at=NOW)
    return refund


def test_an_empty_house_has_no_figures_and_breaks_nothing(cast: Cast) -> None:
    found = figures(cast)
    assert (found.open_cases, found.totals, found.asked_to_refund, found.goods_to_refund) == (0, Totals(), None, None)
    assert (found.totals.percent_alone, found.answers.percent, found.refunded, found.costs) == (None, None, [], [])
    assert {week.asked for week in found.weeks} == {0}
    assert {week.rate for week in found.order_weeks} == {None}


def test_returns_are_counted_by_what_became_of_them_and_who_decided(cast: Cast) -> None:
    build_desk.ask(cast, number="LT-1")  # waits
    by_hand = build_desk.ask(cast, number="LT-2")
    return_actions.authorize(by_hand, actor=cast.ada, at=NOW)
    build_desk.refused(cast, number="LT-3")  # the policy alone
    before = build_desk.refused(cast, number="LT-4")
    Return.objects.filter(pk=before.pk).update(asked_at=NOW - timedelta(days=100))
    found = figures(cast)
    assert found.totals == Totals(asked=3, decided=2, alone=1, refused=1)
    assert found.totals.percent_alone == 50
    assert found.before == Totals(asked=1, decided=1, alone=1, refused=1)
    assert found.open_cases == 4
    assert sum(week.asked for week in found.weeks) == 3
    assert sum(week.alone for week in found.weeks) == 1


def test_days_to_the_refund_are_told_by_half_and_by_nine_of_ten(cast: Cast) -> None:
    for number, (asked, goods) in enumerate([(2, 1), (4, 2), (12, 3)]):
        paid(cast, f"LT-{number}", asked=asked, goods=goods)
    found = figures(cast)
    assert found.asked_to_refund == Spread(3, half=4.0, most=10.4)
    assert found.goods_to_refund == Spread(3, half=2.0, most=2.8)
    assert found.refunded == [Money.of("299.40", "EUR")]


def test_currencies_are_never_added_and_the_one_most_used_comes_first(cast: Cast) -> None:
    paid(cast, "LT-1", asked=2, goods=1)
    paid(cast, "LT-3", asked=2, goods=1)
    yen = build_desk.refund(cast, number="LT-2", currency="JPY")
    settlement_actions.confirm_transfers([yen], bank_ref="", actor=cast.fay, at=NOW)
    assert [one.currency for one in figures(cast).refunded] == ["EUR", "JPY"]


def test_answers_in_time_count_clocks_that_have_ended(cast: Cast) -> None:
    kept, late = build_desk.ask(cast, number="LT-1"), build_desk.ask(cast, number="LT-2")
    build_desk.ask(cast, number="LT-3")  # still running
    return_actions.authorize(kept, actor=cast.ada, at=NOW)
    late.case.clocks.filter(kind="merchant_answer").update(due_at=NOW, expired_at=NOW)
    found = figures(cast).answers
    assert (found.ended, found.in_time, found.percent) == (2, 1, 50)


def test_the_return_rate_is_by_week_of_order(cast: Cast) -> None:
    build_desk.ask(cast, number="LT-1")
    for number in range(3):
        build.order(cast.lanting, number=f"LT-9{number}")
    weeks = [week for week in figures(cast).order_weeks if week.orders]
    assert [(week.orders, week.returned, week.rate) for week in weeks] == [(4, 1, 25.0)]
    assert isinstance(weeks[0], OrderWeek)
    assert weeks[0].begins.weekday() == 0


def test_the_way_back_costs_what_the_shop_pays_by_country(cast: Cast) -> None:
    for number, (country, cost, payer) in enumerate(
        [("FR", 500, "merchant"), ("FR", 700, "merchant"), ("DE", 900, "merchant"), ("DE", 9_000, "shopper")]
    ):
        refund = build_desk.refund(cast, number=f"LT-{number}", country=country)
        Parcel.objects.filter(return_request=refund.remedy.return_request).update(cost_minor=cost, payer=payer)
    found = figures(cast)
    assert found.freight == [Money(2_100, "EUR")]
    assert {(cost.country, cost.parcels, cost.each.minor) for cost in found.costs} == {("FR", 2, 600), ("DE", 1, 900)}


def test_rankings_name_reasons_products_and_countries(cast: Cast) -> None:
    for number, reason in enumerate(["defective", "defective", "too_small"]):
        build_desk.ask(cast, number=f"LT-{number}", reason=reason, lines=[{"sku": f"SKU-{reason}", "title": reason}])
    found = figures(cast)
    assert [(row.key, row.count) for row in found.reasons] == [("defective", 2), ("too_small", 1)]
    assert [(row.key, row.title, row.count) for row in found.products] == [
        ("SKU-defective", "defective", 2),
        ("SKU-too_small", "too_small", 1),
    ]
    assert [(row.key, row.count) for row in found.countries] == [("FR", 3)]


def test_merchants_stand_side_by_side_for_the_operator_alone(cast: Cast) -> None:
    made = build_desk.refused(cast)
    return_actions.overturn(made, actor=cast.ada, at=NOW, note="She called in time")
    rows = {row.name: row for row in figures(cast).merchants}
    assert (rows["Lanting"].totals.asked, rows["Lanting"].overturned) == (1, 1)
    assert rows["Nordlicht"].totals == Totals()
    assert queries.figures(cast.ada, at=LATER).merchants == ()


def test_nothing_of_another_merchant_is_counted(cast: Cast) -> None:
    paid(cast, "LT-1", asked=2, goods=1)
    build_desk.ask(cast, number="LT-2")
    found = queries.figures(cast.zoe, at=LATER)
    assert found.totals == Totals()
    assert (found.open_cases, found.refunded, found.freight, found.parcels) == (0, [], [], 0)
    assert not [week for week in found.order_weeks if week.orders]


def test_the_span_decides(cast: Cast) -> None:
    made = build_desk.ask(cast)
    Return.objects.filter(pk=made.pk).update(asked_at=NOW - timedelta(days=60))
    assert figures(cast, days=30).totals.asked == 0
    assert figures(cast, days=90).totals.asked == 1


def test_figures_need_two_dozen_questions_however_much_there_is(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(4):
        build_desk.ask(cast, number=f"LT-{number}")
    with django_assert_max_num_queries(22):
        figures(cast)
