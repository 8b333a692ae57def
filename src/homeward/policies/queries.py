"""Questions about rulebooks and law: which held on the day of purchase, what they say, and what counsel has checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import QuerySet

from homeward.kernel import Actor
from homeward.parties.models import Merchant
from homeward.policies import due, lawtext, overlays, packs
from homeward.policies import rulebook as books
from homeward.policies.editions import Pack
from homeward.policies.lawtext import Difference
from homeward.policies.models import CounselMark, DraftRevision, Rulebook, RulebookDraft
from homeward.policies.overlay_forms import Change
from homeward.policies.packs import Trouble
from homeward.policies.rulebook import Book


def rulebooks(actor: Actor) -> QuerySet[Rulebook]:
    """Return the rulebooks within the actor's fence, the newest version first."""
    rows = Rulebook.objects.select_related("merchant").order_by("merchant__name", "-version")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def rulebook_row(actor: Actor, ref: str) -> Rulebook:
    """Return one version by ref.

    :raises Rulebook.DoesNotExist: if there is none within the actor's fence.
    """
    return rulebooks(actor).get(ref=ref)


def rulebook(actor: Actor, ref: str) -> Book:
    """Return the book of one version by ref; read from the database once per process, for it never changes.

    :raises Rulebook.DoesNotExist: if there is none within the actor's fence.
    """
    merchant_id, book = _book(ref)
    if not actor.sees_all_merchants and actor.fence != merchant_id:
        raise Rulebook.DoesNotExist(ref)
    return book


def rulebook_for(actor: Actor, *, merchant_id: int, ref: str) -> Book:
    """Return the book that an order line of this merchant was bought under; the standard one where it names none.

    :raises Rulebook.DoesNotExist: if the actor may not see the merchant, or the ref is not the merchant's.
    """
    if not actor.sees_all_merchants and actor.fence != merchant_id:
        raise Rulebook.DoesNotExist(ref)
    if not ref:
        return books.standard()
    owner, book = _book(ref)
    if owner != merchant_id:
        raise Rulebook.DoesNotExist(ref)
    return book


def rulebook_at(actor: Actor, merchant: Merchant, on: datetime) -> Book:
    """Return the book that holds for a purchase at `on`: the merchant's, else the standard one.

    :raises Rulebook.DoesNotExist: if the actor may not see the merchant.
    """
    return rulebook_for(actor, merchant_id=merchant.pk, ref=ref_on(merchant.pk, on))


@lru_cache(maxsize=2048)
def _book(ref: str) -> tuple[int, Book]:
    merchant_id, document = Rulebook.objects.values_list("merchant_id", "document").get(ref=ref)
    return merchant_id, books.from_data(document)


def ref_on(merchant_id: int, at: datetime) -> str:
    """Return the ref of the rulebook that holds for a purchase at a time, or nothing where none does."""
    rows = Rulebook.objects.filter(merchant_id=merchant_id, valid_from__lte=at)
    return rows.order_by("-valid_from", "-version").values_list("ref", flat=True).first() or ""


def calendar_of(merchant_id: int) -> Callable[[int, datetime], str]:
    """Return `ref_on` for many purchases of one merchant: reads its versions once."""
    rows = Rulebook.objects.filter(merchant_id=merchant_id).order_by("-valid_from", "-version")
    versions = list(rows.values_list("valid_from", "ref"))

    def ref_of(_: int, at: datetime) -> str:
        return next((ref for valid_from, ref in versions if valid_from <= at), "")

    return ref_of


def drafts(actor: Actor) -> QuerySet[RulebookDraft]:
    """Return the drafts within the actor's fence, the one changed last first."""
    rows = RulebookDraft.objects.select_related("merchant", "base", "published").order_by("-changed_at", "-pk")
    return rows if actor.sees_all_merchants else rows.filter(merchant_id=actor.fence)


def draft(actor: Actor, ref: str) -> RulebookDraft:
    """Return one draft by ref.

    :raises RulebookDraft.DoesNotExist: if there is none within the actor's fence.
    """
    return drafts(actor).get(ref=ref)


def revisions(actor: Actor, of: RulebookDraft) -> QuerySet[DraftRevision]:
    """Return how a draft stood after each change, the latest first."""
    rows = DraftRevision.objects.filter(draft=of).order_by("-number")
    return rows if actor.sees(merchant_id=of.merchant_id) else rows.none()


def in_force(actor: Actor, merchant: Merchant, at: datetime) -> Rulebook | None:
    """Return the version that holds for purchases at a time, or None where the standard rulebook does."""
    return rulebooks(actor).filter(merchant=merchant, valid_from__lte=at).order_by("-valid_from", "-version").first()


@dataclass(frozen=True, slots=True)
class Law:
    """One place of the library in a line: its edition, how far it was checked, and how much counsel has."""

    code: str
    name: str
    region: str
    version: str
    as_of: date
    valid_from: date
    level: str
    volatile: bool
    origin: str
    verified: int
    by_memory: int
    checked: int


def laws(actor: Actor) -> list[Law]:
    """Return every place that we hold law for, in the order of their codes. Law belongs to nobody: all staff see it."""
    library, checked = packs.library(), _checked_counts(actor)
    return [_law_line(library.newest(code), checked) for code in library.codes if code != packs.NOWHERE]


def _checked_counts(actor: Actor) -> dict[tuple[str, str], int]:
    counted: dict[tuple[str, str], int] = {}
    for code, version in counsel_marks(actor).values_list("code", "version"):
        counted[code, version] = counted.get((code, version), 0) + 1
    return counted


def _law_line(pack: Pack, checked: dict[tuple[str, str], int]) -> Law:
    law = pack.law
    marks = [*pack.marks.values(), *pack.exceptions.values()]
    verified = sum(mark.startswith("verified") for mark in marks)
    return Law(
        pack.code, law.name, law.region, pack.version, law.as_of, law.valid_from, law.trust.level, law.volatile,
        pack.origin, verified, len(marks) - verified, checked.get((pack.code, pack.version), 0),
    )  # fmt: skip


def law(actor: Actor, code: str, *, on: date) -> Pack:
    """Return the law of a place as it holds on a day: its own pack, that of its country, or its floor.

    :raises KeyError: if we hold no law for the place.
    :raises due.NotAnswered: if no edition that we hold was in force that day.
    """
    return due.pack_of(code, on, "law")


def editions_of(actor: Actor, code: str) -> tuple[Pack, ...]:
    """Return every edition of a place's law, the newest first."""
    return packs.library().editions(code.upper())


def compare(actor: Actor, first: str, second: str, *, on: date, language: str) -> list[Difference]:
    """Return two places' law side by side, field by field.

    :raises KeyError: if we hold no law for one of them.
    """
    return lawtext.compare(law(actor, first, on=on), law(actor, second, on=on), language)


def changes(actor: Actor, first: date, last: date, *, place: str = "") -> tuple[Change, ...]:
    """Return what changes from `first` to `last`, in one place (with its union) or anywhere."""
    return overlays.changes(first, last, place)


def search(actor: Actor, text: str, *, language: str) -> list[tuple[Law, tuple[str, ...]]]:
    """Return the places whose law in words holds every word of `text`, each with the lines that hold one of them."""
    asked = text.casefold().split()
    if not asked:
        return [(line, ()) for line in laws(actor)]
    found = []
    for line in laws(actor):
        told = _lines_of(packs.library().newest(line.code), language)
        whole = " ".join(told).casefold()
        if all(word in whole for word in asked):
            found.append((line, tuple(one for one in told if any(word in one.casefold() for word in asked))))
    return found


@lru_cache(maxsize=1024)
def _lines_of(pack: Pack, language: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in lawtext.lines(pack, language) if line.strip())


def counsel_marks(actor: Actor, code: str = "", version: str = "") -> QuerySet[CounselMark]:
    """Return what counsel has checked and nobody took back, of all packs or of one edition; the latest first."""
    rows = CounselMark.objects.filter(withdrawn_at=None).order_by("-checked_at", "-pk")
    if code:
        rows = rows.filter(code=code)
    return rows.filter(version=version) if version else rows


def counsel_mark(actor: Actor, ref: str) -> CounselMark:
    """Return one mark by ref.

    :raises CounselMark.DoesNotExist: if there is none.
    """
    return CounselMark.objects.get(ref=ref)


def law_troubles(actor: Actor) -> list[Trouble]:
    """Return the files of law laid beside the shipped ones that are wrong and not used, each with the reason."""
    library = packs.library()
    library.check()
    return [*library.troubles, *overlays.troubles()]
