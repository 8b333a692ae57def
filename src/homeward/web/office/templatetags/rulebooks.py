"""Template tags of the rulebook editor."""

from __future__ import annotations

from django import template

from homeward.policies.models import DraftRevision
from homeward.web.office import draft_words

register = template.Library()


@register.simple_tag
def revision_words(row: DraftRevision) -> str:
    """Write what one change did to a draft."""
    return draft_words.revision(row)
