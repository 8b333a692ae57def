"""What staff may do with the journal: send a dead letter again."""

from __future__ import annotations

from datetime import datetime

from homeward.journal import queries, relay
from homeward.kernel import Actor


def retry(letter_id: int, *, actor: Actor, at: datetime) -> bool:
    """Deliver a dead letter of `actor`'s fence once more; return whether it arrived."""
    letter = queries.dead_letters(actor).get(pk=letter_id)
    return relay.redeliver(letter.pk, at=at)
