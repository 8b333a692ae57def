"""The lives of remedies (what is owed), refunds (money that moves) and replacements (goods that move)."""

from homeward.kernel import Lifecycle, step

DESK = "agent supervisor merchant operator"

REMEDY = Lifecycle(
    "remedy",
    initial="proposed",
    steps=(
        step("agree", "proposed", "agreed", by=f"policy shopper finance dock api {DESK}"),
        step("decline", "proposed", "declined", by=f"machine shopper finance api {DESK}"),
        # what cannot be made good in goods gives way to another remedy for the same units
        step("give_way", "failed", "declined", by=f"policy machine api {DESK}"),
        step("execute", "agreed failed", "executing", by=f"policy machine shopper finance dock api {DESK}"),
        step("finish", "executing failed", "done", by=f"policy machine shopper finance dock api carrier {DESK}"),
        step("fail", "executing done", "failed", by=f"policy machine finance api {DESK}"),
    ),
)

REFUND = Lifecycle(
    "refund",
    initial="intended",
    steps=(
        step("send", "intended", "sent", by="machine finance operator"),
        step("confirm", "intended sent failed", "confirmed", by="machine finance api operator"),
        step("fail", "intended sent", "failed", by="machine finance api operator"),
        step("reverse", "sent confirmed", "reversed", by="machine finance api operator"),
    ),
)

OPEN = ("intended", "sent")  # refunds whose money may still be on its way

REPLACEMENT = Lifecycle(
    "replacement",
    initial="reserved",
    steps=(
        step("release", "reserved", "released", by=f"policy machine dock api {DESK}"),
        step("ship", "released", "shipped", by=f"dock api {DESK}"),
        step("deliver", "shipped", "delivered", by=f"carrier machine api {DESK}"),
        step("cancel", "reserved released", "cancelled", by=f"policy machine api {DESK}"),
    ),
)
