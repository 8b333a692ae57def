"""What is kept of a return for good: verdicts and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from homeward.journal import prepared
from homeward.kernel import Actor, new_ref
from homeward.returns.evidence import Exhibit
from homeward.returns.models import Decision, Evidence, Return, ReturnLine
from homeward.returns.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """An exhibit whose bytes lie in storage under `path`."""

    exhibit: Exhibit
    path: str


def store(exhibit: Exhibit, *, at: datetime) -> Kept:
    """Put an exhibit's bytes into storage. Called at the edge, before the action, since storage may be remote."""
    path = f"evidence/{at:%Y/%m}/{exhibit.stored_name}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(exhibit.content))
    return Kept(exhibit, path)


def keep_evidence(made: Return, exhibits: Sequence[Kept], *, actor: Actor, at: datetime) -> list[Evidence]:
    """Write rows for exhibits; the same file handed in twice for a return is kept once."""
    if not exhibits:
        return []
    rows = [
        Evidence(
            ref=new_ref("evi", at=at), merchant_id=made.merchant_id, return_request=made, file=kept.path,
            name=kept.exhibit.name, media_type=kept.exhibit.media_type, size=len(kept.exhibit.content),
            sha256=kept.exhibit.sha256, by=str(actor), at=at,
        )
        for kept in exhibits
    ]  # fmt: skip
    return Evidence.objects.bulk_create(rows, ignore_conflicts=True)


def write_decisions(
    made: Return, verdicts: Mapping[ReturnLine | None, Verdict], *, actor: Actor, at: datetime
) -> list[Decision]:
    """Write verdicts down, by line (None is the whole return), once and for good."""
    return prepared.insert(
        Decision(
            return_request=made, merchant_id=made.merchant_id, line=line, outcome=verdict.outcome, by=str(actor),
            at=at, rulebook_ref=verdict.rulebook_ref, document=verdict.document,
        )
        for line, verdict in verdicts.items()
    )  # fmt: skip
