"""Who works on cases: people of a desk, for the case's own shop or for all of them."""

from __future__ import annotations

from homeward.cases.lifecycle import DESK
from homeward.cases.models import Case
from homeward.parties.models import Staff


def may_have(person: Staff, of: Case) -> bool:
    """Whether a case may lie in somebody's hands: they work here still, at a desk that sees it."""
    is_near = person.merchant_id in {None, of.merchant_id}
    return person.is_active and person.role in DESK.split() and is_near
