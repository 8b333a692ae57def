"""Which connector stands behind each port of this installation."""

from __future__ import annotations

from django.conf import settings

from homeward.connectors import importing, payments
from homeward.connectors.carriers import ManualCarrier
from homeward.connectors.documents import TypstPress
from homeward.connectors.mail import DjangoMailer
from homeward.conversations import ports as conversation_ports
from homeward.logistics import ports as logistics_ports
from homeward.policies import packs
from homeward.settlements import ports as settlement_ports
from homeward.web.office import uploads
from homeward.web.portal.links import PortalLinks

_press = TypstPress()
conversation_ports.wire(mailer=DjangoMailer() if settings.MAIL_URL else None, links=PortalLinks(), typesetter=_press)
packs.lay_beside(settings.LAW_FOLDER)
logistics_ports.wire(ManualCarrier(), press=_press)
settlement_ports.wire(
    *payments.providers(stripe_key=settings.STRIPE_SECRET_KEY, stripe_base=settings.STRIPE_API_BASE),
    by_hand=payments.OfflinePayments(),
)
uploads.wire({name: uploads.Kind(one.words, one.source) for name, one in importing.FORMATS.items()})
