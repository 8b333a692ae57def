"""Invitations: links through which people set their password, mailed to them where there is a mail server."""

from __future__ import annotations

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from homeward.conversations import ports
from homeward.conversations.ports import Mail, MailRefused
from homeward.kernel import new_ref
from homeward.kernel.actor import MACHINE
from homeward.parties import actions as party_actions
from homeward.parties import queries as party_queries
from homeward.parties.models import Staff


def good_for() -> int:
    """Return for how many days a link works."""
    return settings.PASSWORD_RESET_TIMEOUT // 86_400


def is_mailed() -> bool:
    """Whether there is a mail server; where there is none, links are handed over by whoever invites."""
    return ports.mailer() is not None


def send_later(person: Staff) -> None:
    """Queue the mail with the link."""
    app.configure_task("office.invite", queue="mail").defer(person=person.ref)


def send(ref: str, *, at: datetime) -> None:
    """Mail somebody the link; nothing where they have been let go or have set their password meanwhile.

    :raises MailDelayed: if nobody took the mail for now.
    """
    person = party_queries.staff(MACHINE).get(ref=ref)
    mailer = ports.mailer()
    if mailer is None or not person.is_active or person.has_usable_password():
        return
    try:
        mailer.send(_mail(person, at=at))
    except MailRefused as refused:
        party_actions.note_invitation(person, why_not=str(refused), actor=MACHINE, at=at)
    else:
        party_actions.note_invitation(person, actor=MACHINE, at=at)


def link(person: Staff) -> str:
    """Return the address at which `person` sets their password, once, in their language."""
    parts = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    path = reverse("account_reset_password_from_key", kwargs=parts)
    return f"{settings.BASE_URL}{path}?lang={person.locale}"


def _mail(person: Staff, *, at: datetime) -> Mail:
    with translation.override(person.locale):
        facts = {"person": person, "link": link(person), "days": good_for(), "sign_in": _sign_in()}
        return Mail(
            to=person.email, subject=_("Your place at Homeward"), text=render_to_string("office/invitation.txt", facts),
            language=person.locale, message_id=f"{new_ref('inv', at=at)}@invitations.homeward.local",
            sender_name=person.merchant.name if person.merchant else "",
        )  # fmt: skip


def _sign_in() -> str:
    return f"{settings.BASE_URL}{reverse('account_login')}"
