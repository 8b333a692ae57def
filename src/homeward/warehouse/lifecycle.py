"""The life of a receipt: what a parcel brings, from announcement to graded goods."""

from homeward.kernel import Lifecycle, step

DOCK = "dock api supervisor merchant operator"

RECEIPT = Lifecycle(
    "receipt",
    initial="expected",
    steps=(
        step("receive", "expected", "received", by=DOCK),
        step("inspect", "received", "inspected", by=DOCK),
        step("dispute", "received inspected", "disputed", by=f"{DOCK} agent shopper"),
        step("resolve", "disputed", "inspected", by="agent supervisor merchant operator"),
    ),
)
