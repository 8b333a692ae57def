"""The life of a parcel, from plan to arrival or loss."""

from homeward.kernel import Lifecycle, step

DESK = "agent supervisor merchant operator"
SEEN = f"carrier api machine dock {DESK}"

# A cancelled label can still be stuck on a box: whatever is then seen of it is true, so its states lead on as well.
# Carriers speak late and out of turn: what has arrived was not lost, and a wrong "delivered" can be sent back.
PARCEL = Lifecycle(
    "parcel",
    initial="planned",
    steps=(
        step("label", "planned", "labelled", by=f"policy machine shopper api {DESK}"),
        step("accept", "planned labelled cancelled", "in_transit", by=SEEN),
        step("hold", "in_transit", "held", by=SEEN),
        step("release", "held", "in_transit", by=SEEN),
        step("lose", "labelled in_transit held", "lost", by=f"carrier api machine {DESK}"),
        step("find", "lost", "in_transit", by=SEEN),
        step("deliver", "planned labelled in_transit held lost sent_back cancelled", "delivered", by=SEEN),
        step("send_back", "in_transit held lost delivered", "sent_back", by=SEEN),
        step("cancel", "planned labelled", "cancelled", by=f"policy machine shopper api {DESK}"),
    ),
)
