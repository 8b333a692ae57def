"""Verbs of the policies: write a draft of a rulebook, have it reviewed, publish it, go back to an earlier version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Max, Q, QuerySet

from homeward import journal
from homeward.kernel import Actor, NotAllowed, Role, new_ref
from homeward.kernel.actor import POLICY
from homeward.parties import queries as party_queries
from homeward.parties.models import Merchant, Staff
from homeward.policies import findings, packs, trials
from homeward.policies import rulebook as books
from homeward.policies.findings import Finding
from homeward.policies.lifecycle import WRITER_ROLES
from homeward.policies.models import CounselMark, DraftRevision, Rulebook, RulebookDraft
from homeward.policies.rulebook import Book
from homeward.policies.trials import Trial

_NAME_LENGTH = 120
_MAY_MARK = frozenset({Role.OPERATOR, Role.SUPERVISOR})


@dataclass
class StaleDraft(Exception):
    """Somebody else changed the draft since it was read; `draft` is how it stands now."""

    draft: RulebookDraft


@dataclass
class NotReady(Exception):
    """A draft says what cannot be meant, or a test beside its rules is red."""

    errors: tuple[Finding, ...] = ()
    red: list[Trial] = field(default_factory=list)


class SecondPersonNeeded(Exception):
    """Whoever wrote in a draft cannot approve it while somebody else could."""


class NothingToUndo(Exception):
    """The draft stands as it was begun."""


class InThePast(ValueError):
    """A rulebook cannot begin to hold before it is published: orders keep the one of their day."""


class NoSuchField(ValueError):
    """There is no such edition of a pack, or it has no such field."""


class MayNotMark(PermissionError):
    """Only supervisors and managers of the operator say what counsel has checked: it holds for every merchant."""


@journal.action
def publish(
    book: Book, *, merchant: Merchant, actor: Actor, at: datetime, valid_from: datetime | None = None, **facts: Any
) -> Rulebook:
    """Publish a rulebook as the merchant's next version, in force from `valid_from` (now); older purchases keep theirs.

    :raises RulebookError: if the book says something that it cannot mean.
    """
    _wait_in_line(merchant)
    newest = Rulebook.objects.filter(merchant=merchant).aggregate(newest=Max("version"))["newest"] or 0
    book = books.check(msgspec.structs.replace(book, ref=merchant.slug, version=newest + 1))
    row = Rulebook.objects.create(
        ref=new_ref("rbk", at=at), merchant=merchant, name=book.name or merchant.name, version=book.version,
        document=books.to_data(book), valid_from=valid_from or at, published_at=at, published_by=str(actor),
    )  # fmt: skip
    journal.record(row, "publish", actor=actor, at=at, version=book.version, **facts)
    return row


def _wait_in_line(merchant: Merchant) -> None:
    """Let one version of a merchant be published after the other, so that each gets a number of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rulebook'), %s)", [merchant.pk])


@journal.action
def roll_back(to: Rulebook, *, actor: Actor, at: datetime, note: str = "") -> Rulebook:
    """Publish an earlier version again as the newest, in force now; it was reviewed when it was published first.

    :raises NotAllowed: for a role that may not publish.
    """
    if actor.role not in WRITER_ROLES:
        raise NotAllowed("rulebook", "roll_back", "published", actor.role)
    book = books.from_data(to.document)
    return publish(book, merchant=to.merchant, actor=actor, at=at, again=to.version, note=note)


# Drafts.


@journal.action
def begin(
    book: Book, *, merchant: Merchant, actor: Actor, at: datetime, origin: str, base: Rulebook | None = None
) -> RulebookDraft:
    """Begin a draft from a book: the standard one, a version, an upload or a proposal of the wizard.

    :raises NotAllowed: for a role that may not write.
    """
    if actor.role not in WRITER_ROLES:
        raise NotAllowed("rulebook_draft", "begin", "draft", actor.role)
    book = msgspec.structs.replace(book, ref=merchant.slug, name=(book.name or merchant.name)[:_NAME_LENGTH], version=1)
    draft = RulebookDraft.objects.create(
        ref=new_ref("rbd", at=at), merchant=merchant, name=book.name, document=books.to_data(book), origin=origin,
        base=base, authors=[actor.id], created_at=at, changed_at=at, changed_by=_name(actor),
    )  # fmt: skip
    _keep(draft, "begin", actor=actor, at=at, base=1)
    journal.record(draft, "begin", actor=actor, at=at, origin=origin, base=base.version if base else 0)
    return draft


@journal.action
def revise(
    draft: RulebookDraft, book: Book, *, revision: int, what: str, actor: Actor, at: datetime, about: str = ""
) -> RulebookDraft:
    """Change what a draft says, as long as it still stands as in `revision`; nothing is written over.

    :raises StaleDraft: if somebody else changed it meanwhile.
    :raises NotAllowed: if it is no longer being written, or not by this role.
    """
    return _write(draft, book, revision=revision, what=what, actor=actor, at=at, about=about)


@journal.action
def undo(draft: RulebookDraft, *, revision: int, actor: Actor, at: datetime) -> RulebookDraft:
    """Take the last change back that still counts; again and again up to how the draft was begun.

    :raises NothingToUndo: if nothing is left to take back.
    """
    last = _revision(draft, revision)
    standing = last if last.restores is None else _revision(draft, last.restores)
    if standing.number == standing.base:
        raise NothingToUndo
    return _bring_back(draft, _revision(draft, standing.base), "undo", revision=revision, actor=actor, at=at)


@journal.action
def restore(draft: RulebookDraft, *, number: int, revision: int, actor: Actor, at: datetime) -> RulebookDraft:
    """Go back to how the draft stood after the change `number`; this, too, can be undone.

    :raises DraftRevision.DoesNotExist: if there was no such change.
    """
    found = _revision(draft, number)
    book = books.read(found.document)
    return _write(draft, book, revision=revision, what="restore", actor=actor, at=at, about=str(number))


def _bring_back(
    draft: RulebookDraft, to: DraftRevision, what: str, *, revision: int, actor: Actor, at: datetime
) -> RulebookDraft:
    book, standing = books.read(to.document), to.restores or to.number
    return _write(
        draft, book, revision=revision, what=what, actor=actor, at=at, about=str(to.number), restores=standing
    )


def _revision(draft: RulebookDraft, number: int) -> DraftRevision:
    return DraftRevision.objects.get(draft=draft, number=number)


def _write(
    draft: RulebookDraft, book: Book, *, revision: int, what: str, actor: Actor, at: datetime, about: str,
    restores: int | None = None,
) -> RulebookDraft:  # fmt: skip
    if actor.role not in WRITER_ROLES:
        raise NotAllowed("rulebook_draft", "revise", draft.state, actor.role)
    found = _locked(draft, revision)
    if found.state != "draft":
        raise NotAllowed("rulebook_draft", "revise", found.state, actor.role)
    standing = DraftRevision.objects.values_list("restores", flat=True).get(draft=found, number=revision) or revision
    found.document, found.name = books.to_data(book), book.name[:_NAME_LENGTH] or found.merchant.name
    found.authors = list(dict.fromkeys([*found.authors, actor.id]))
    found.revision, found.changed_at, found.changed_by = revision + 1, at, _name(actor)
    found.save(update_fields=["document", "name", "authors", "revision", "changed_at", "changed_by"])
    _keep(found, what, actor=actor, at=at, base=standing, about=about, restores=restores)
    journal.record(found, "revise", actor=actor, at=at, what=what, about=about, revision=found.revision)
    return found


def _keep(draft: RulebookDraft, what: str, *, actor: Actor, at: datetime, base: int, **more: Any) -> None:
    DraftRevision.objects.create(
        draft=draft,
        number=draft.revision,
        base=base,
        document=draft.document,
        what=what,
        at=at,
        by=_name(actor),
        **more,
    )


def _locked(draft: RulebookDraft, revision: int) -> RulebookDraft:
    """Return the draft as it stands, with nobody else at it until the action ends.

    :raises StaleDraft: if that is no longer `revision`.
    """
    found = RulebookDraft.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=draft.pk)
    if found.revision != revision:
        raise StaleDraft(found)
    return found


def _name(actor: Actor) -> str:
    return (actor.name or actor.id)[:_NAME_LENGTH]


# Review.


@journal.action
def submit(draft: RulebookDraft, *, revision: int, actor: Actor, at: datetime, note: str = "") -> RulebookDraft:
    """Hand a draft to a second person.

    :raises NotReady: if it says something that it cannot mean, or holds a clause that can never speak.
    :raises StaleDraft: if it is no longer what was seen.
    """
    found = _locked(draft, revision)
    if errors := findings.report(books.read(found.document), ()).errors:
        raise NotReady(errors)
    told = {"submitted_at": at, "submitted_by": _name(actor), "submit_note": note, "review_note": ""}
    journal.move(found, "submit", actor=actor, at=at, set=told, revision=revision)
    return found


@journal.action
def approve(
    draft: RulebookDraft, *, revision: int, actor: Actor, at: datetime, note: str = "", is_alone: bool = False
) -> RulebookDraft:
    """Approve a draft as a second person, who wrote nothing in it.

    Where nobody else could, its author may say so (`is_alone`) and approve it; the journal keeps that.

    :raises SecondPersonNeeded: if the actor wrote in it, and somebody else could approve it or they did not say so.
    :raises NotReady: if a test beside its rules is red.
    """
    found = _locked(draft, revision)
    is_author = actor.id in found.authors
    if is_author and not (is_alone and not reviewers(found).exists()):
        raise SecondPersonNeeded
    _run_tests(books.read(found.document))
    told = {"reviewed_at": at, "reviewed_by": _name(actor), "review_note": note, "is_alone": is_author}
    journal.move(found, "approve", actor=actor, at=at, set=told, revision=revision, alone=is_author)
    return found


def reviewers(draft: RulebookDraft) -> QuerySet[Staff]:
    """Return the staff who may approve a draft: those of its merchant or of the operator who wrote nothing in it."""
    rows = party_queries.staff(POLICY).filter(is_active=True, role__in=sorted(WRITER_ROLES))
    return rows.filter(Q(merchant=None) | Q(merchant=draft.merchant_id)).exclude(ref__in=draft.authors)


@journal.action
def send_back(draft: RulebookDraft, *, revision: int, actor: Actor, at: datetime, note: str) -> RulebookDraft:
    """Give a draft back to its authors, with what has to change."""
    found = _locked(draft, revision)
    told = {"reviewed_at": at, "reviewed_by": _name(actor), "review_note": note}
    journal.move(found, "send_back", actor=actor, at=at, set=told, revision=revision, note=note)
    return found


@journal.action
def take_back(draft: RulebookDraft, *, revision: int, actor: Actor, at: datetime) -> RulebookDraft:
    """Go on writing in a draft that is under review or approved; it must be reviewed again."""
    found = _locked(draft, revision)
    journal.move(found, "take_back", actor=actor, at=at, set={"is_alone": False}, revision=revision)
    return found


@journal.action
def withdraw(draft: RulebookDraft, *, revision: int, actor: Actor, at: datetime) -> RulebookDraft:
    """Give a draft up; it stays to be read."""
    found = _locked(draft, revision)
    journal.move(found, "withdraw", actor=actor, at=at, revision=revision)
    return found


@journal.action
def publish_draft(
    draft: RulebookDraft, *, revision: int, actor: Actor, at: datetime, valid_from: datetime | None = None
) -> Rulebook:
    """Publish an approved draft as the merchant's next version, in force from `valid_from` (now).

    :raises InThePast: if it should have held before now.
    :raises NotReady: if a test beside its rules is red.
    """
    if valid_from is not None and valid_from < at:
        raise InThePast
    found = _locked(draft, revision)
    found.lifecycle.step(found.state, "publish", role=actor.role)
    book = books.read(found.document)
    _run_tests(book)
    row = publish(book, merchant=found.merchant, actor=actor, at=at, valid_from=valid_from, draft=found.ref)
    journal.move(found, "publish", actor=actor, at=at, set={"published_id": row.pk}, version=row.version)
    return row


def _run_tests(book: Book) -> None:
    if red := [trial for trial in trials.run_all(book) if not trial.is_green]:
        raise NotReady(red=red)


@journal.action
def mark_checked(
    code: str, version: str, field: str, *, checked_by: str, actor: Actor, at: datetime, note: str = ""
) -> CounselMark:
    """Note that counsel (`checked_by`) has read a field of an edition and found it right; a second mark renews nothing.

    :raises MayNotMark: if the actor does not stand above the merchants.
    :raises NoSuchField: if there is no such edition, or it says nothing about the field.
    """
    _must_stand_above(actor)
    pack = packs.edition(code, version)
    if pack is None:
        raise NoSuchField(f"there is no edition {version} of {code}")
    if field not in {word for word, value in pack.values() if value is not None}:
        raise NoSuchField(f"{code} {version} says nothing about {field!r}")
    mark, is_new = CounselMark.objects.get_or_create(
        code=code, version=version, field=field, withdrawn_at=None,
        defaults={"ref": new_ref("cns", at=at), "checked_by": checked_by, "checked_at": at, "note": note},
    )  # fmt: skip
    if is_new:
        journal.record(mark, "mark_checked", actor=actor, at=at, code=code, version=version, field=field, by=checked_by)
    return mark


@journal.action
def withdraw_mark(mark: CounselMark, *, reason: str, actor: Actor, at: datetime) -> CounselMark:
    """Take back what counsel was said to have checked; withdrawing twice changes nothing.

    :raises MayNotMark: if the actor does not stand above the merchants.
    """
    _must_stand_above(actor)
    if CounselMark.objects.filter(pk=mark.pk, withdrawn_at=None).update(withdrawn_at=at):
        mark.withdrawn_at = at
        journal.record(
            mark, "withdraw_mark", actor=actor, at=at, code=mark.code, version=mark.version, field=mark.field,
            reason=reason,
        )  # fmt: skip
    return mark


def may_mark(actor: Actor) -> bool:
    """Whether somebody may say what counsel has checked, which holds for every merchant."""
    return actor.role in _MAY_MARK and actor.sees_all_merchants


def _must_stand_above(actor: Actor) -> None:
    if not may_mark(actor):
        raise MayNotMark(str(actor))
