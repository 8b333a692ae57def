"""Questions about the parties, each fenced to what the actor may see."""

from __future__ import annotations

import hmac

from django.db.models import QuerySet

from homeward.journal import prepared
from homeward.kernel import Actor, Money, Role
from homeward.parties.actions import digest
from homeward.parties.models import ApiKey, Merchant, Shopper, Staff


def merchants(actor: Actor) -> QuerySet[Merchant]:
    """Return the merchants that `actor` may see, by name."""
    rows = Merchant.objects.order_by("name")
    return rows if actor.sees_all_merchants else rows.filter(pk=actor.fence)


def merchant(actor: Actor, slug: str) -> Merchant:
    """Return one merchant by slug.

    :raises Merchant.DoesNotExist: if there is none within the actor's fence.
    """
    return merchants(actor).get(slug=slug)


def open_shop(slug: str, *, closed_too: bool = False) -> Merchant:
    """Return the merchant whose portal stands under `slug`; shop fronts are public, so nobody asks who looks.

    A shop that has closed is found with `closed_too`: contracts outlive it, and so do the rights under them.

    :raises Merchant.DoesNotExist: if there is none, or it is closed.
    """
    found = Merchant.objects.get(slug=slug)
    if found.closed_at and not closed_too:
        raise Merchant.DoesNotExist(slug)
    return found


def shoppers(actor: Actor) -> QuerySet[Shopper]:
    """Return the shoppers that `actor` may see."""
    rows = Shopper.objects.order_by("pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def staff(actor: Actor) -> QuerySet[Staff]:
    """Return the staff that `actor` may see, by name."""
    rows = Staff.objects.select_related("merchant").order_by("name")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def api_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Return the API keys within the actor's fence, newest first."""
    rows = ApiKey.objects.select_related("merchant").order_by("-pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def actor_of(person: Staff) -> Actor:
    """Return the actor that a signed-in member of staff is."""
    limit = None
    if person.authority_minor is not None:
        limit = Money(person.authority_minor, person.authority_currency)
    return Actor(Role(person.role), person.ref, person.name, merchant_id=person.merchant_id, authority=limit)


@prepared.question
def _keys(prefix: str) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(prefix=prefix, revoked_at=None)


def actor_of_key(secret: str) -> Actor | None:
    """Return the actor that holds this API key, or None where the key is unknown, wrong or revoked."""
    match secret.split("_", 2):
        case ["hw", prefix, rest]:
            key = next(iter(_keys(prefix=prefix)), None)
        case _:
            return None
    if key is None or not hmac.compare_digest(key.digest, digest(rest)):
        return None
    return Actor(Role.API, key.ref, key.name, merchant_id=key.merchant_id, scopes=frozenset(key.scopes))
