"""Finding the order: by number and one proof, or by a link to the mailbox it was bought with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from homeward.conversations import mailboxes
from homeward.kernel import Actor, Role
from homeward.orders import drafts as order_drafts
from homeward.orders import queries as order_queries
from homeward.orders.models import Order
from homeward.parties.models import Merchant
from homeward.web.portal import access, drafts, limits, links, mailing
from homeward.web.portal.door import in_shop, show
from homeward.web.portal.forms import LinkForm, LookupForm


@require_http_methods(["GET", "POST"])
@in_shop
def lookup(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Ask for order number and proof; a miss looks the same whatever was wrong, and takes as long."""
    if request.method == "GET":
        return show(request, shop, "lookup", {"form": LookupForm(initial={"order": request.GET.get("order", "")})})
    form = LookupForm(request.POST)
    if not form.is_valid():
        return show(request, shop, "lookup", {"form": form}, status=422)
    number, proof = form.cleaned_data["order"], form.cleaned_data["proof"]
    key = f"{shop.pk}:{order_drafts.number_key(number)}"
    slots = limits.spend(
        (limits.LOOKUPS_BY_ADDRESS, limits.address_of(request)),
        (limits.LOOKUPS_BY_ORDER, key),
        (limits.LOOKUPS_BY_ORDER_A_DAY, key),
        at=request.at,
    )
    visitor = Actor(Role.SHOPPER, "nobody", merchant_id=shop.pk)
    try:
        order = order_queries.order_of_shopper(visitor, number=number, proof=proof)
        if form.is_robot:
            raise Order.DoesNotExist
    except Order.DoesNotExist:
        form.add_error(None, _("No order has this number together with this e-mail, postcode or phone. Check both."))
        return show(request, shop, "lookup", {"form": form}, status=422)
    slots.give_back()
    access.prove(request, order, at=request.at)
    return redirect("portal:items", slug=shop.slug, order=order.ref)


@require_http_methods(["GET", "POST"])
@in_shop
def ask_link(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Mail links to someone's orders; whether the address is known shows neither in words nor in time."""
    if request.method == "GET":
        return show(request, shop, "ask_link", {"form": LinkForm()})
    form = LinkForm(request.POST)
    if not form.is_valid():
        return show(request, shop, "ask_link", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    limits.spend(
        (limits.LINKS_BY_ADDRESS, limits.address_of(request)),
        (limits.LINKS_BY_MAILBOX, f"{shop.pk}:{mailboxes.mailbox(email)}"),
        at=request.at,
    )
    if not form.is_robot:
        mailing.mail_links_later(shop, email=email, language=request.LANGUAGE_CODE)
    return show(request, shop, "link_sent", {"email": email})


@require_GET
@in_shop
def open_order(request: HttpRequest, shop: Merchant, token: str) -> HttpResponse:
    """Open an order by the link that went to its mailbox."""
    return _open(request, shop, links.ORDER, token)


@require_GET
@in_shop
def open_draft(request: HttpRequest, shop: Merchant, token: str) -> HttpResponse:
    """Take up a draft where it was left."""
    return _open(request, shop, links.DRAFT, token)


@require_GET
@in_shop
def open_return(request: HttpRequest, shop: Merchant, token: str) -> HttpResponse:
    """Open the page of a return by the link of a letter."""
    return _open(request, shop, links.RETURN, token)


def _open(request: HttpRequest, shop: Merchant, purpose: str, token: str) -> HttpResponse:
    try:
        content = links.read(purpose, token)
    except links.LinkExpired:
        return show(request, shop, "link_expired", {"purpose": purpose, "token": token}, status=410)
    except links.NotOurLink as error:
        raise Order.DoesNotExist from error
    order = order_queries.orders(access.bearer(shop, content["order"])).get(merchant=shop)
    access.prove(request, order, at=request.at)
    if purpose == links.RETURN:
        return redirect("portal:return", slug=shop.slug, number=content["number"])
    if purpose == links.DRAFT:
        drafts.save(request.session, order, drafts.from_data(content["draft"]))
    return redirect("portal:items", slug=shop.slug, order=order.ref)


@require_POST
@in_shop
def renew_link(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Mail a new link in place of one that has run out, to the mailbox of its order and nowhere else."""
    purpose, token = request.POST.get("purpose", ""), request.POST.get("token", "")
    if purpose not in links.LIFE:
        raise Order.DoesNotExist
    try:
        content = links.read(purpose, token)
    except links.LinkExpired as old:
        content = old.content
    except links.NotOurLink as error:
        raise Order.DoesNotExist from error
    limits.spend(
        (limits.LINKS_BY_ADDRESS, limits.address_of(request)),
        (limits.LINKS_BY_MAILBOX, f"order:{content['order']}"),
        at=request.at,
    )
    mailing.renew_later(shop, purpose=purpose, content=content, language=request.LANGUAGE_CODE)
    return show(request, shop, "link_sent", {})


@require_POST
@in_shop
def leave(request: HttpRequest, shop: Merchant) -> HttpResponse:
    """Forget what was proved, for those who sit at somebody else's screen."""
    access.forget(request)
    return redirect("portal:lookup", slug=shop.slug)
