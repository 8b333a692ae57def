"""What conversations need of the outside world: a mailer, a typesetter, and the addresses that letters point to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as it leaves: plain text with an HTML twin, and files to keep.

    `message_id` is derived from the notice's ref, so that a second copy after a lost answer is known as the same mail.
    """

    to: str
    subject: str
    text: str
    message_id: str
    html: str = ""
    language: str = "en"
    sender_name: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


class MailRefused(Exception):
    """The mail will never arrive like this: the address does not exist or the server wants none of it."""


class MailDelayed(Exception):
    """Nobody took the mail for now; trying again with the same message id is right."""


class Mailer(Protocol):
    """Hands mails to the post."""

    def send(self, mail: Mail) -> None:
        """Hand over one mail; when this returns, somebody else has promised to deliver it.

        :raises MailRefused: if trying again is useless.
        :raises MailDelayed: if the server is down, busy or silent.
        """
        ...


class Links(Protocol):
    """The addresses that letters point to; pages stand later on the road and are known only by this port."""

    def status(self, *, shop: str, order_id: int, number: str, language: str) -> str:
        """Return the address of a return's status page; it proves that its reader got our mail."""
        ...

    def start(self, *, shop: str, language: str) -> str:
        """Return the address at which a shopper of `shop` begins."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A letter to be set on paper: a title, a sentence before and after the reader's own words, and the facts."""

    language: str
    title: str
    lead: str
    quote: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    sender: str
    made_at: datetime
    is_letter_paper: bool = False  # US Letter instead of A4


class CannotSet(Exception):
    """The words of a sheet cannot be set; the mail says the same and goes without it."""


class Typesetter(Protocol):
    """Sets sheets as PDF; the same sheet gives the same bytes."""

    def sheet(self, sheet: Sheet) -> bytes:
        """Return the sheet as PDF.

        :raises CannotSet: if its words cannot be set.
        """
        ...


@dataclass(slots=True)
class FakeTypesetter:
    """Sets nothing: the file holds the words as they are. With `is_broken` it cannot even do that."""

    is_broken: bool = False

    def sheet(self, sheet: Sheet) -> bytes:
        """Return the words behind the mark of a PDF."""
        if self.is_broken:
            raise CannotSet("no ink")
        rows = (f"{name}: {value}" for name, value in sheet.facts)
        return "\n".join(("%PDF-1.7", sheet.title, sheet.lead, sheet.quote, *rows, *sheet.notes)).encode()


@dataclass(slots=True)
class FakeMailer:
    """A post office in memory. While `is_down` nothing is taken; addresses in `unknown` are refused.

    With `drops_answers` a mail is taken and the answer lost, as networks do.
    """

    is_down: bool = False
    drops_answers: bool = False
    unknown: set[str] = field(default_factory=set)
    outbox: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        """Keep the mail in the outbox."""
        if self.is_down:
            raise MailDelayed("the mail server does not answer")
        if mail.to in self.unknown:
            raise MailRefused(f"550 no mailbox here: {mail.to}")
        self.outbox.append(mail)
        if self.drops_answers:
            raise MailDelayed("the answer was lost")


class FakeLinks:
    """Addresses that lead nowhere and say what they are."""

    def status(self, *, shop: str, order_id: int, number: str, language: str) -> str:
        """Return an address that names its return."""
        return f"https://returns.invalid/{shop}/{number}"

    def start(self, *, shop: str, language: str) -> str:
        """Return an address that names its shop."""
        return f"https://returns.invalid/{shop}"


@dataclass(slots=True)
class _Wired:
    mailer: Mailer | None = None
    links: Links = field(default_factory=FakeLinks)
    typesetter: Typesetter = field(default_factory=FakeTypesetter)


_wired = _Wired()


def wire(*, mailer: Mailer | None = None, links: Links | None = None, typesetter: Typesetter | None = None) -> None:
    """Put a mailer (None: notices are kept), the house's addresses and a typesetter behind the ports."""
    _wired.mailer = mailer
    _wired.links = links or _wired.links
    _wired.typesetter = typesetter or _wired.typesetter


def mailer() -> Mailer | None:
    """Return the wired mailer, or None where this installation has no mail server."""
    return _wired.mailer


def links() -> Links:
    """Return the wired addresses."""
    return _wired.links


def typesetter() -> Typesetter:
    """Return the wired typesetter."""
    return _wired.typesetter
