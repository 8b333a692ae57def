"""Which connector stands behind each port of this installation."""

from __future__ import annotations

from django.conf import settings

from homeward.connectors import payments
from homeward.connectors.carriers import ManualCarrier
from homeward.connectors.documents import TypstPress
from homeward.connectors.mail import DjangoMailer
from homeward.conversations import ports as conversation_ports
from homeward.logistics import ports as logistics_ports
from homeward.settlements import ports as settlement_ports
from homeward.web.portal.links import PortalLinks

conversation_ports.wire(mailer=DjangoMailer() if settings.MAIL_URL else None, links=PortalLinks())
logistics_ports.wire(ManualCarrier(), press=TypstPress())
settlement_ports.wire(
    *payments.providers(stripe_key=settings.STRIPE_SECRET_KEY, stripe_base=settings.STRIPE_API_BASE),
    by_hand=payments.OfflinePayments(),
)
