"""Verbs of the settlements: agree what is owed, send money and goods, hear what became of them, keep the books."""

from homeward.settlements.actions.books import book_label, unbook_label
from homeward.settlements.actions.hearing import hear
from homeward.settlements.actions.recounting import recall, renew
from homeward.settlements.actions.refunds import (
    BalanceGone,
    NotByHand,
    confirm_transfers,
    fail_transfer,
    is_by_hand,
    record_sent,
    try_again,
)
from homeward.settlements.actions.remedies import (
    BeyondAuthority,
    ConsentMissing,
    Grant,
    NoPayment,
    NothingToSettle,
    NotSettledHere,
    agree,
    compensate,
    decline,
    give_way,
    lapse,
    offer,
    settle,
)
from homeward.settlements.actions.replacements import cancel, deliver, ship

__all__ = [
    "BalanceGone", "BeyondAuthority", "ConsentMissing", "Grant", "NoPayment", "NotByHand", "NotSettledHere",
    "NothingToSettle", "agree", "book_label", "cancel", "compensate", "confirm_transfers", "decline", "deliver",
    "fail_transfer", "give_way", "hear", "is_by_hand", "lapse", "offer", "recall", "record_sent", "renew", "settle",
    "ship", "try_again", "unbook_label",
]  # fmt: skip
