"""The life of a draft of a rulebook: written, reviewed by a second person, published; what is published stays."""

from homeward.kernel import Lifecycle, Role, step

WRITERS = "merchant supervisor operator"
WRITER_ROLES = frozenset(Role(word) for word in WRITERS.split())

RULEBOOK_DRAFT = Lifecycle(
    "rulebook_draft",
    initial="draft",
    steps=(
        step("submit", "draft", "in_review", by=WRITERS),
        step("approve", "in_review", "approved", by=WRITERS),
        step("send_back", "in_review", "draft", by=WRITERS),
        step("take_back", "in_review approved", "draft", by=WRITERS),
        step("publish", "approved", "published", by=WRITERS),
        step("withdraw", "draft in_review approved", "withdrawn", by=WRITERS),
    ),
)
