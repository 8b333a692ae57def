"""Addresses at which partners call: thin edges that take the clock, let a connector verify, and answer."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Hear Stripe: 200 for what was taken in or is none of ours, 400 for what Stripe has not signed.

    Its library is an extra, so the connector is fetched only where a secret says that Stripe calls here.
    """
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise Http404
    webhook = import_module("homeward.connectors.payments.webhook")
    try:
        webhook.receive(
            request.body,
            request.headers.get("Stripe-Signature", ""),
            secret=settings.STRIPE_WEBHOOK_SECRET,
            at=request.at,
        )
    except webhook.BadSignature:
        return HttpResponse(status=400)
    return HttpResponse(status=200)
