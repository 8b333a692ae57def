"""Letters: what a mail says, as blocks of words, and how it looks as plain text and as HTML; one module per subject."""

from homeward.conversations.letters.form import (
    About,
    Button,
    Cites,
    Code,
    Facts,
    Item,
    Items,
    Letter,
    Quote,
    Source,
    Sum,
    Text,
    html,
    plain,
)

__all__ = [
    "About", "Button", "Cites", "Code", "Facts", "Item", "Items", "Letter", "Quote", "Source", "Sum", "Text", "html",
    "plain",
]  # fmt: skip
