"""Questions about remedies, refunds and the books, each fenced to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from homeward.cases.models import Case
from homeward.journal import prepared
from homeward.kernel import Actor, Money, Role
from homeward.orders.models import Order
from homeward.returns.models import Return
from homeward.settlements import gathering, ports
from homeward.settlements.actions.remedies import BY_THE_RULES, Grant
from homeward.settlements.amounts import Amount, Freight, Terms, amount_for
from homeward.settlements.ledger import Account
from homeward.settlements.models import HOUSE, MoneyEvent, Posting, PostingLine, Refund, Remedy, Replacement
from homeward.settlements.wishes import KIND_OF


def remedies(actor: Actor) -> QuerySet[Remedy]:
    """Return the remedies that `actor` may see, newest first."""
    rows = Remedy.objects.select_related("return_request", "case", "merchant").order_by("-pk")
    if actor.role == Role.SHOPPER:
        return rows.filter(return_request__order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def remedy(actor: Actor, ref: str) -> Remedy:
    """Return one remedy.

    :raises Remedy.DoesNotExist: if there is none within the actor's fence.
    """
    for found in _remedy(ref=ref):
        if actor.sees(merchant_id=found.merchant_id, order_id=found.return_request.order_id):
            return found
    raise Remedy.DoesNotExist(ref)


@prepared.question
def _remedy(ref: str) -> QuerySet[Remedy]:
    return Remedy.objects.select_related("return_request", "case", "merchant").filter(ref=ref)


def remedies_of(actor: Actor, of: Return) -> list[Remedy]:
    """Return the remedies of a return, oldest first, with their units, refunds and replacements."""
    lines = Prefetch("lines__return_line__order_line")
    rows = remedies(actor).filter(return_request=of).select_related("replacement").order_by("pk")
    return list(rows.prefetch_related(lines, Prefetch("refunds", refunds(actor).order_by("pk"))))


def proposals(actor: Actor) -> QuerySet[Remedy]:
    """Return the remedies that wait for somebody with more authority, oldest first."""
    return remedies(actor).filter(state="proposed", awaits="authority").order_by("pk")


def offers(actor: Actor, of: Return) -> list[Remedy]:
    """Return the offers for a return that wait for the shopper's word."""
    return list(remedies(actor).filter(return_request=of, state="proposed", awaits="shopper"))


def replacements(actor: Actor, *, state: str = "") -> QuerySet[Replacement]:
    """Return goods sent in place of goods, newest first."""
    rows = Replacement.objects.select_related("remedy__return_request", "merchant").order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if actor.role == Role.SHOPPER:
        return rows.filter(remedy__return_request__order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def replacement(actor: Actor, ref: str) -> Replacement:
    """Return one replacement.

    :raises Replacement.DoesNotExist: if there is none within the actor's fence.
    """
    return replacements(actor).get(ref=ref)


_MONEY = ("payment__order__shopper", "case", "merchant", "remedy__return_request")


def refunds(actor: Actor) -> QuerySet[Refund]:
    """Return the refunds that `actor` may see, newest first, with all that a list shows of them."""
    rows = Refund.objects.select_related(*_MONEY).order_by("-pk")
    if actor.role == Role.SHOPPER:
        return rows.filter(payment__order_id__in=actor.order_ids)
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def refund(actor: Actor, ref: str) -> Refund:
    """Return one refund.

    :raises Refund.DoesNotExist: if there is none within the actor's fence.
    """
    for found in _refund(ref=ref):
        if actor.sees(merchant_id=found.merchant_id, order_id=found.payment.order_id):
            return found
    raise Refund.DoesNotExist(ref)


@prepared.question
def _refund(ref: str) -> QuerySet[Refund]:
    return Refund.objects.select_related(*_MONEY).filter(ref=ref)


def refunds_of(actor: Actor, of: Remedy) -> list[Refund]:
    """Return the refunds that pay a remedy, newest first."""
    return [
        one
        for one in _refunds_of(remedy_id=of.pk)
        if actor.sees(merchant_id=one.merchant_id, order_id=one.payment.order_id)
    ]


@prepared.question
def _refunds_of(remedy_id: int) -> QuerySet[Refund]:
    return Refund.objects.select_related("payment", "remedy").filter(remedy_id=remedy_id).order_by("-pk")


def queue(
    actor: Actor, *, state: str = "", merchant: str = "", provider: str = "", search: str = ""
) -> QuerySet[Refund]:
    """Return refunds as finance works through them, newest first.

    `state` is a state of the lifecycle, or "by_hand" for those that wait for a transfer of ours. `merchant` is a slug;
    `search` a reference of the refund, its provider or bank, an order or return number, or a shopper's name or e-mail.
    """
    rows = refunds(actor)
    if state == "by_hand":
        rows = rows.filter(state="sent").exclude(provider__in=ports.remote_names())
    elif state:
        rows = rows.filter(state=state)
    if merchant:
        rows = rows.filter(merchant__slug=merchant)
    if provider:
        rows = rows.filter(provider=provider)
    if search := search.strip():
        rows = rows.filter(_matches(search))
    return rows


def _matches(search: str) -> Q:
    return (
        Q(ref=search)
        | Q(provider_ref=search)
        | Q(bank_ref__iexact=search)
        | Q(payment__order__number__iexact=search)
        | Q(remedy__return_request__number__iexact=search)
        | Q(payment__order__shopper__name__icontains=search)
        | Q(payment__order__shopper__email__iexact=search)
    )


@dataclass(frozen=True, slots=True)
class Total:
    """How many refunds stand in one state, and their sum in one currency."""

    state: str
    count: int
    sum: Money


def totals(actor: Actor) -> list[Total]:
    """Return counts and sums of the actor's refunds by state and currency."""
    rows = (
        refunds(actor).order_by().values_list("state", "currency").annotate(count=Count("pk"), sum=Sum("amount_minor"))
    )
    return [Total(state, count, Money(int(sum_), currency)) for state, currency, count, sum_ in sorted(rows)]


def preview(actor: Actor, of: Return, *, grant: Grant = BY_THE_RULES) -> Amount:
    """Return what a settlement of this return would come to now: computed by the very function that settles it.

    While nothing is due yet, what it will come to if all of it comes back in good order.

    :raises Return.DoesNotExist: if the actor may not see the return.
    :raises TooMuch: if an agreed sum is more than the payments have left.
    """
    found = gathering.gather(of.pk, actor=actor)
    terms = grant.terms(KIND_OF.get(of.remedy, "refund"), found.data["currency"])
    basis = found.basis(terms)
    return amount_for(basis if basis.units else found.basis(terms, hoped_for=True))


def preview_of_wish(
    actor: Actor, of: Order, counts: Mapping[int, int], *, brings_shipping: bool = False, freight: Money | None = None
) -> Amount:
    """Return what asking back so many units of these order lines (by id) would bring, if they come back in good order.

    `freight` is what the label would cost where the shopper pays it; one in another currency is left out.

    :raises Order.DoesNotExist: if the actor may not see the order.
    :raises KeyError: if a line is not of this order.
    """
    found = gathering.gather_order(of.pk, actor=actor)
    units = [found.units(line, count, brings_shipping=brings_shipping) for line, count in counts.items()]
    labels = [Freight("", freight.minor)] if freight and freight.currency == found.data["currency"] else []
    return amount_for(found.basis_of(units, Terms(), freight=labels))


def most(actor: Actor, of: Return) -> Money:
    """Return how much may still go back along the payments of a return's order."""
    found = gathering.gather(of.pk, actor=actor)
    left = sum(tender.left_minor for tender in found.basis_of((), Terms()).tenders)
    return Money(left, found.data["currency"])


def ledger(actor: Actor, of: Case) -> list[Posting]:
    """Return the bookings of a case, oldest first, with their legs."""
    rows = _postings(actor).filter(case=of).order_by("pk")
    return list(rows.prefetch_related(Prefetch("lines", PostingLine.objects.order_by("pk"))))


def balances(actor: Actor, of: Case) -> dict[str, dict[Account, Money]]:
    """Return by currency what each account of a case's bookings holds; accounts that came to nothing are left out."""
    return _by_currency(PostingLine.objects.filter(posting__in=_postings(actor).filter(case=of)))


def trial_balance(actor: Actor, *, merchant: str = "") -> dict[str, dict[Account, Money]]:
    """Return by currency what each account holds over all bookings of the actor's fence; each currency sums to zero."""
    rows = _postings(actor)
    if merchant:
        rows = rows.filter(merchant__slug=merchant)
    return _by_currency(PostingLine.objects.filter(posting__in=rows))


def _postings(actor: Actor) -> QuerySet[Posting]:
    if actor.role == Role.SHOPPER:
        return Posting.objects.none()
    rows = Posting.objects.order_by("-pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def _by_currency(lines: QuerySet[PostingLine]) -> dict[str, dict[Account, Money]]:
    found: dict[str, dict[Account, Money]] = {}
    for currency, account, minor in lines.values_list("currency", "account").annotate(minor=Sum("amount_minor")):
        if minor:
            found.setdefault(currency, {})[Account(account)] = Money(int(minor), currency)
    return {currency: {key: sums[key] for key in Account if key in sums} for currency, sums in sorted(found.items())}


def problems(actor: Actor) -> QuerySet[MoneyEvent]:
    """Return what providers said that fits nothing or contradicts itself, and what has left without its ground."""
    if actor.role == Role.SHOPPER:
        return MoneyEvent.objects.none()
    rows = MoneyEvent.objects.exclude(problem="").select_related("refund", "payment__order").order_by("-pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def events_of(actor: Actor, of: Refund) -> list[MoneyEvent]:
    """Return what the provider said of one refund, in the order in which it was heard."""
    rows = MoneyEvent.objects.filter(refund__in=refunds(actor), refund=of).exclude(provider=HOUSE)
    return list(rows.order_by("pk"))


def problems_of(actor: Actor, of: Refund) -> list[MoneyEvent]:
    """Return what we found out ourselves about one refund that has left, or one of the same remedy."""
    about = Q(refund=of) | Q(reference=of.remedy.ref) if of.remedy else Q(refund=of)
    return list(problems(actor).filter(about, provider=HOUSE))
