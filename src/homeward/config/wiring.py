"""Which connector stands behind each port of this installation."""

from __future__ import annotations

from django.conf import settings

from homeward.connectors.carriers import ManualCarrier
from homeward.connectors.documents import TypstPress
from homeward.connectors.mail import DjangoMailer
from homeward.conversations import ports as conversation_ports
from homeward.logistics import ports as logistics_ports
from homeward.web.portal.links import PortalLinks

conversation_ports.wire(mailer=DjangoMailer() if settings.MAIL_URL else None, links=PortalLinks())
logistics_ports.wire(ManualCarrier(), press=TypstPress())
