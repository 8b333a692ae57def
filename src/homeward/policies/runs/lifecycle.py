"""The life of a backtest: asked for, at work, and one of three ends; none is left at work by a worker that died."""

from homeward.kernel import Lifecycle, Role, step

STARTERS = "merchant supervisor operator"
STARTER_ROLES = frozenset(Role(word) for word in STARTERS.split())

BACKTEST = Lifecycle(
    "backtest",
    initial="queued",
    steps=(
        step("begin", "queued", "running", by="machine"),
        step("resume", "running", "running", by="machine"),
        step("finish", "running", "done", by="machine"),
        step("fail", "queued running", "failed", by="machine"),
        step("cancel", "queued running", "cancelled", by=STARTERS),
    ),
)
