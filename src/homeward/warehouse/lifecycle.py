"""The life of a receipt: what a parcel brings, from announcement to graded goods."""

from homeward.kernel import Lifecycle, step

DOCK = "dock api supervisor merchant operator"
HEADS = "supervisor merchant operator"

RECEIPT = Lifecycle(
    "receipt",
    initial="expected",
    steps=(
        step("receive", "expected", "received", by=DOCK),
        step("inspect", "received", "inspected", by=DOCK),
        step("dispute", "received inspected", "disputed", by=f"{DOCK} agent shopper"),
        step("resolve", "disputed", "inspected", by=f"agent {HEADS}"),
        # a miscount is put right by counting again; what has been graded only a head may undo
        step("reopen", "received", "expected", by=DOCK),
        step("reopen", "inspected disputed", "expected", by=HEADS),
        # goods that nobody announced turn out to belong to a return: they are counted against it
        step("match", "received", "expected", by=f"agent {DOCK}"),
    ),
)
