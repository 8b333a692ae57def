"""Questions about returns, each fenced to what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from homeward.journal import prepared
from homeward.kernel import Actor, Role
from homeward.kernel.actor import POLICY
from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.policies import words as policy_words
from homeward.policies.facts import NEWCOMER, Standing
from homeward.returns import verdicts
from homeward.returns.models import Decision, Evidence, Return, ReturnLine, Withdrawal


def returns(actor: Actor) -> QuerySet[Return]:
    """Return the returns that `actor` may see: a shopper those of proved orders, others those within their fence."""
    rows = Return.objects.all()
    if actor.role == Role.SHOPPER:
        return rows.filter(order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


@prepared.question
def _by_ref(ref: str) -> QuerySet[Return]:
    return Return.objects.select_related("order", "case", "merchant", "shopper").filter(ref=ref)


@prepared.question
def _by_number(number: str) -> QuerySet[Return]:
    return Return.objects.select_related("order", "case", "merchant", "shopper").filter(number=number)


def return_(actor: Actor, ref: str) -> Return:
    """Return one return by ref or number, with its order, case, merchant and shopper.

    :raises Return.DoesNotExist: if there is none within the actor's fence; foreign and missing are alike.
    """
    for found in _by_ref(ref=ref) if ref.startswith("ret_") else _by_number(number=ref.upper()):
        if _sees(actor, found):
            return found
    raise Return.DoesNotExist(ref)


@prepared.question
def _bare_by_ref(ref: str) -> QuerySet[Return]:
    return Return.objects.filter(ref=ref)


def bare(actor: Actor, ref: str) -> Return:
    """Return one return by ref or number, as `return_` does, without what belongs to it.

    :raises Return.DoesNotExist: if there is none within the actor's fence.
    """
    if not ref.startswith("ret_"):
        return return_(actor, ref)
    for found in _bare_by_ref(ref=ref):
        if _sees(actor, found):
            return found
    raise Return.DoesNotExist(ref)


def _sees(actor: Actor, made: Return) -> bool:
    return actor.sees(merchant_id=made.merchant_id, order_id=made.order_id)


@prepared.question
def _lines_of(return_id: int) -> QuerySet[ReturnLine]:
    rows = ReturnLine.objects.filter(return_request_id=return_id)
    return rows.select_related("order_line", "order_line__product").order_by("pk")


def lines(actor: Actor, of: Return) -> list[ReturnLine]:
    """Return the lines of a return that the actor may see, with their order lines."""
    return _lines_of(return_id=of.pk) if _sees(actor, of) else []


def search(actor: Actor, *, state: str = "", words: str = "") -> QuerySet[Return]:
    """Return returns by state and by words: number, order number, name or e-mail of the shopper, tracking excluded."""
    rows = returns(actor).select_related("order", "shopper", "merchant").order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if words := words.strip():
        rows = rows.filter(
            Q(number__iexact=words)
            | Q(ref=words)
            | Q(order__number__iexact=words)
            | Q(shopper__email__iexact=words)
            | Q(shopper__name__icontains=words)
        )
    return rows


def with_lines(rows: QuerySet[Return]) -> QuerySet[Return]:
    """Return the same rows with their lines fetched along, for lists and the API."""
    lines_of = ReturnLine.objects.select_related("order_line").order_by("pk")
    return rows.prefetch_related(Prefetch("lines", queryset=lines_of))


def with_hands(rows: QuerySet[Return]) -> QuerySet[Return]:
    """Return the same rows with `by_hand`: whether a person has decided on them."""
    return rows.annotate(by_hand=Exists(Decision.objects.filter(return_request=OuterRef("pk"), line=None)))


def of_order(actor: Actor, order_id: int) -> list[Return]:
    """Return the returns of one order, newest first."""
    return list(returns(actor).filter(order_id=order_id).order_by("-pk"))


def of_case(actor: Actor, case_id: int) -> list[Return]:
    """Return the returns of one case, newest first."""
    return list(returns(actor).filter(case_id=case_id).select_related("order").order_by("-pk"))


@prepared.question
def _decisions_of(return_id: int) -> QuerySet[Decision]:
    return Decision.objects.filter(return_request_id=return_id).select_related("line__order_line").order_by("-pk")


def decisions(actor: Actor, of: Return) -> list[Decision]:
    """Return every verdict on a return, newest first; the first holds."""
    return _decisions_of(return_id=of.pk) if _sees(actor, of) else []


def holding(actor: Actor, of: Return) -> list[Decision]:
    """Return the verdict that holds for each line: the newest of the line, one per line."""
    newest: dict[int | None, Decision] = {}
    for decision in decisions(actor, of):
        newest.setdefault(decision.line_id, decision)
    return [decision for line, decision in sorted(newest.items(), key=lambda pair: pair[0] or 0)]


def evidence(actor: Actor, of: Return) -> list[Evidence]:
    """Return the evidence handed in for a return, oldest first."""
    return list(Evidence.objects.filter(return_request__in=returns(actor), return_request=of).order_by("pk"))


def exhibit(actor: Actor, ref: str) -> Evidence:
    """Return one piece of evidence by ref.

    :raises Evidence.DoesNotExist: if there is none within the actor's fence.
    """
    return Evidence.objects.filter(return_request__in=returns(actor)).get(ref=ref)


def withdrawals(actor: Actor) -> QuerySet[Withdrawal]:
    """Return declarations of withdrawal within the actor's fence, newest first."""
    rows = Withdrawal.objects.order_by("-pk")
    if actor.role == Role.SHOPPER:
        return rows.filter(order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def withdrawals_of_case(actor: Actor, case_id: int) -> QuerySet[Withdrawal]:
    """Return the declarations that a case carries."""
    return withdrawals(actor).select_related("merchant", "order").filter(case_id=case_id)


@prepared.question
def _declared_of(order_id: int) -> QuerySet[Withdrawal]:
    return Withdrawal.objects.filter(order_id=order_id).order_by("received_at")


def declared(actor: Actor, order: Order) -> verdicts.Declared | None:
    """Return when the shopper of an order first declared to withdraw from it, or from the most of it."""
    if not actor.sees(merchant_id=order.merchant_id, order_id=order.pk):
        return None
    made = sorted(_declared_of(order_id=order.pk), key=lambda one: bool(one.scope.strip()))
    return verdicts.Declared(made[0].received_at, not made[0].scope.strip()) if made else None


def verbs(actor: Actor, of: Return) -> Sequence[str]:
    """Return the verbs that the actor may use on a return now, as its pages and the API offer them.

    Goods that have arrived can no longer be withdrawn (they are here), nor can what is settled without them.
    """
    allowed = Return.lifecycle.allowed(of.state, role=actor.role)
    is_bound = of.goods_at or (of.state == "authorized" and not of.goods_back)
    return [verb for verb in allowed if not (verb == "withdraw" and is_bound)]


def preview(
    actor: Actor, order: Order, wishes: Sequence[verdicts.Wish], *, at: datetime, has_evidence: bool = False
) -> dict[str, verdicts.Verdict]:
    """Return what would be decided on wishes now, by order line ref, just as a request would; nothing is written.

    :raises Order.DoesNotExist: if the actor may not see the order.
    :raises NotOfThisOrder: if a wish names a line of another order.
    :raises NotAReason: if a reason is a group or unknown.
    """
    lines = verdicts.lines_wished(order_queries.lines(actor, order), wishes)
    return verdicts.judge(
        order, lines, wishes, has_evidence=has_evidence, record=lambda: record_of(POLICY, order, at=at),
        declared=declared(POLICY, order), at=at,
    )  # fmt: skip


def citations(actor: Actor, of: Return, *, language: str) -> list[dict[str, str]]:
    """Return the clauses that the verdicts on a return rest on, in words, each once."""
    found = {
        cite["ref"]: cite
        for decision in reversed(decisions(actor, of))
        if decision.line_id
        for cite in policy_words.citations(decision.document, language=language)
    }
    return list(found.values())


_RECORD = """
SELECT (SELECT count(*) FROM orders_order WHERE shopper_id = %(shopper)s AND placed_at >= %(since)s),
    count(*), count(*) FILTER (WHERE state = 'refused')
FROM returns_return WHERE shopper_id = %(shopper)s AND asked_at >= %(since)s
"""


def record_of(actor: Actor, order: Order, *, at: datetime) -> Standing:
    """Return the record of an order's shopper with its merchant over twelve months, as far as `actor` sees it."""
    if order.shopper_id is None:
        return NEWCOMER
    if not actor.sees(merchant_id=order.merchant_id, order_id=order.pk):
        return NEWCOMER
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, {"shopper": order.shopper_id, "since": at - timedelta(days=365)})
        orders, asked, refused = cursor.fetchone()
    return Standing(orders=orders, returns=asked, refused=refused)
