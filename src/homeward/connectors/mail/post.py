"""The mailer of the product: hands mails to whatever `HOMEWARD_MAIL_URL` names, and tells refusal from delay."""

from __future__ import annotations

import re
import smtplib
from email.utils import formataddr, parseaddr

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from homeward.conversations.ports import Mail, MailDelayed, MailRefused

_BREAKS = re.compile(r"[\r\n\x00-\x1f]+")
_PERMANENT = range(500, 600)  # RFC 5321, 4.2.1: replies of the fifth hundred are final
_OURS = {530, 534, 535, 538}  # wrong or missing sign-in: the server's owner mends it, the mail is sound


class DjangoMailer:
    """Sends by Django's mail backend, one connection a mail."""

    def send(self, mail: Mail) -> None:
        """Hand over one mail.

        :raises MailRefused: if the server's answer is final for this mail.
        :raises MailDelayed: if it is down, busy, silent, or does not let us in.
        """
        try:
            taken = _message(mail).send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as answer:
            raise _verdict(answer) from answer
        except AnymailRecipientsRefused as answer:
            raise MailRefused(_line(answer)) from answer
        except AnymailAPIError as answer:
            is_final = answer.status_code in {400, 422}
            raise (MailRefused if is_final else MailDelayed)(_line(answer)) from answer
        except (smtplib.SMTPException, AnymailError, OSError) as trouble:
            raise MailDelayed(_line(trouble)) from trouble
        if not taken:
            raise MailDelayed("the mail server took nothing")


def _message(mail: Mail) -> EmailMultiAlternatives:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    name = mail.sender_name or parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
    message = EmailMultiAlternatives(
        subject=_line(mail.subject), body=mail.text, to=[mail.to], from_email=formataddr((_line(name), address)),
        reply_to=[mail.reply_to] if mail.reply_to else None, connection=get_connection(),
        headers={
            "Message-ID": f"<{mail.message_id}>",
            "Content-Language": mail.language,
            "Auto-Submitted": "auto-generated",  # RFC 3834: out-of-office robots stay silent
        },
    )  # fmt: skip
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for file in mail.attachments:
        message.attach(file.name, file.content, file.media_type)
    return message


def _verdict(answer: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> MailRefused | MailDelayed:
    words: bytes | str
    if isinstance(answer, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(answer.recipients.values()))
    else:
        code, words = answer.smtp_code, answer.smtp_error
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    is_final = code in _PERMANENT and code not in _OURS
    return (MailRefused if is_final else MailDelayed)(_line(f"{code} {text}"))


def _line(words: object) -> str:
    """Return the words on one line, so that no header can be smuggled in."""
    return _BREAKS.sub(" ", str(words)).strip()
