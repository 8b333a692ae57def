"""The life of a return: permission only. Arrival, entitlement and money are facts of later stations."""

from homeward.kernel import Lifecycle, step

DESK = "agent supervisor merchant operator"

RETURN = Lifecycle(
    "return",
    initial="requested",
    steps=(
        step("review", "requested", "under_review", by="policy"),
        step("authorize", "requested under_review evidence_wanted", "authorized", by=f"policy api {DESK}"),
        step("refuse", "requested under_review evidence_wanted", "refused", by=f"policy api {DESK}"),
        step("ask_evidence", "requested under_review", "evidence_wanted", by=f"policy api {DESK}"),
        step("give_evidence", "evidence_wanted", "under_review", by=f"shopper api {DESK}"),
        step("overturn", "refused", "authorized", by="supervisor merchant operator"),
        step("withdraw", "requested under_review evidence_wanted authorized", "withdrawn", by=f"shopper api {DESK}"),
        step("expire", "authorized evidence_wanted", "expired", by="machine policy"),
        step("settle", "authorized", "settled", by=f"policy machine api finance dock {DESK}"),
    ),
)
