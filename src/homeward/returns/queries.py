"""Questions about returns, each fenced to what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

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


def return_(actor: Actor, ref: str) -> Return:
    """Return one return by ref or number, with its order, case and merchant.

    :raises Return.DoesNotExist: if there is none within the actor's fence; foreign and missing are alike.
    """
    rows = returns(actor).select_related("order", "case", "merchant", "shopper")
    return rows.get(ref=ref) if ref.startswith("ret_") else rows.get(number=ref.upper())


def lines(actor: Actor, of: Return) -> list[ReturnLine]:
    """Return the lines of a return that the actor may see, with their order lines."""
    rows = ReturnLine.objects.filter(return_request__in=returns(actor), return_request=of)
    return list(rows.select_related("order_line", "order_line__product").order_by("pk"))


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


def decisions(actor: Actor, of: Return) -> list[Decision]:
    """Return every verdict on a return, newest first; the first holds."""
    rows = Decision.objects.filter(return_request__in=returns(actor), return_request=of)
    return list(rows.select_related("line", "line__order_line").order_by("-pk"))


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


def verbs(actor: Actor, of: Return) -> Sequence[str]:
    """Return the verbs that the actor may use on a return now, as its pages and the API offer them.

    Goods that have arrived can no longer be withdrawn (they are here).
    """
    allowed = Return.lifecycle.allowed(of.state, role=actor.role)
    return [verb for verb in allowed if not (verb == "withdraw" and of.goods_at)]


def preview(
    actor: Actor, order: Order, wishes: Sequence[verdicts.Wish], *, at: datetime, has_evidence: bool = False
) -> dict[str, verdicts.Verdict]:
    """Return what would be decided on wishes now, by order line ref, just as a request would; nothing is written.

    :raises Order.DoesNotExist: if the actor may not see the order.
    :raises KeyError: if a wish names a line of another order.
    """
    lines = {line.ref: line for line in order_queries.lines(actor, order)}
    return verdicts.judge(
        order, lines, wishes, has_evidence=has_evidence, record=lambda: record_of(POLICY, order, at=at), at=at
    )


def citations(actor: Actor, of: Return, *, language: str) -> list[dict[str, str]]:
    """Return the clauses that the verdicts on a return rest on, in words, each once."""
    found = {
        cite["ref"]: cite
        for decision in reversed(decisions(actor, of))
        if decision.line_id
        for cite in policy_words.citations(decision.document, language=language)
    }
    return list(found.values())


def record_of(actor: Actor, order: Order, *, at: datetime) -> Standing:
    """Return the record of an order's shopper with its merchant over twelve months, as far as `actor` sees it."""
    if order.shopper_id is None:
        return NEWCOMER
    since = at - timedelta(days=365)
    asked = returns(actor).filter(shopper_id=order.shopper_id, asked_at__gte=since)
    told = asked.aggregate(returns=Count("pk"), refused=Count("pk", filter=Q(state="refused")))
    return Standing(
        orders=order_queries.orders(actor).filter(shopper_id=order.shopper_id, placed_at__gte=since).count(), **told
    )
