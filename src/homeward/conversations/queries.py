"""Questions about messages and notices, each fenced to what the actor may see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from homeward.cases import queries as case_queries
from homeward.cases.models import Case
from homeward.conversations.mailboxes import mailbox
from homeward.conversations.models import Message, Notice
from homeward.kernel import Actor, Role


def messages(actor: Actor, case: Case) -> list[Message]:
    """Return the words of a case, oldest first; shoppers never see notes of the staff."""
    rows = Message.objects.filter(case__in=case_queries.cases(actor), case=case).order_by("pk")
    return list(rows.exclude(side="note") if actor.role == Role.SHOPPER else rows)


def message(actor: Actor, ref: str) -> Message:
    """Return one message by ref.

    :raises Message.DoesNotExist: if there is none that the actor may see.
    """
    rows = Message.objects.filter(case__in=case_queries.cases(actor)).select_related("case")
    return (rows.exclude(side="note") if actor.role == Role.SHOPPER else rows).get(ref=ref)


def notices(actor: Actor, *, state: str = "", kind: str = "") -> QuerySet[Notice]:
    """Return the notices within the actor's fence, newest first; shoppers have their own in their mailbox."""
    rows = Notice.objects.select_related("merchant", "case").order_by("-pk")
    if actor.role == Role.SHOPPER:
        return rows.none()
    if not actor.sees_all_merchants:
        rows = rows.filter(merchant_id=actor.fence)
    if state:
        rows = rows.filter(state=state)
    return rows.filter(kind=kind) if kind else rows


def notice(actor: Actor, ref: str) -> Notice:
    """Return one notice by ref.

    :raises Notice.DoesNotExist: if there is none within the actor's fence.
    """
    return notices(actor).get(ref=ref)


def told_lately(actor: Actor, kind: str, to: str, *, since: datetime) -> int:
    """Return how many notices of a kind went to a mailbox since then, as far as the actor may see."""
    domain = to.rpartition("@")[2]
    rows = notices(actor, kind=kind).filter(written_at__gt=since, to__iendswith=f"@{domain}")
    return sum(mailbox(other) == mailbox(to) for other in rows.values_list("to", flat=True)[:500])


def notices_of_case(actor: Actor, case: Case) -> list[Notice]:
    """Return what was mailed about a case, oldest first."""
    return list(notices(actor).filter(case=case).order_by("pk"))
