"""The life of a case: open while somebody here must act, waiting while somebody else must, closed."""

from homeward.kernel import Lifecycle, step

DESK = "agent supervisor merchant operator"

CASE = Lifecycle(
    "case",
    initial="open",
    steps=(
        step("wait", "open", "waiting", by=f"policy machine api shopper dock finance {DESK}"),
        step("resume", "waiting", "open", by=f"policy machine api shopper carrier dock finance {DESK}"),
        step("close", "open waiting", "closed", by=f"policy machine api shopper finance dock {DESK}"),
        step("reopen", "closed", "open", by=f"policy machine api shopper {DESK}"),
    ),
)
