"""Verbs of the returns: ask, decide, prove, withdraw; and what later stations tell a return."""

from homeward.returns.actions.asking import (
    NothingAsked,
    NotOfThisOrder,
    UnitsGone,
    Wish,
    request,
)
from homeward.returns.actions.deciding import (
    BeyondAuthority,
    GroundMissing,
    ask_evidence,
    authorize,
    overturn,
    refuse,
)
from homeward.returns.actions.declaring import acknowledge, declare_withdrawal, match_withdrawal, take_up_again
from homeward.returns.actions.living import (
    GoodsAreHere,
    add_evidence,
    change_remedy,
    expire,
    goods_arrived,
    keep,
    nothing_came,
    posted,
    settle,
    withdraw,
)

__all__ = [
    "BeyondAuthority", "GoodsAreHere", "GroundMissing", "NotOfThisOrder", "NothingAsked", "UnitsGone", "Wish",
    "acknowledge", "add_evidence", "ask_evidence", "authorize", "change_remedy", "declare_withdrawal", "expire",
    "goods_arrived", "keep", "match_withdrawal", "nothing_came", "overturn", "posted", "refuse", "request", "settle",
    "take_up_again", "withdraw",
]  # fmt: skip
