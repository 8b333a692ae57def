"""The life of a notice: written, then sent, kept (no mail server is set) or failed; a person may try it again."""

from homeward.kernel import Lifecycle, step

DESK = "agent supervisor merchant operator"

NOTICE = Lifecycle(
    "notice",
    initial="intended",
    steps=(
        step("send", "intended", "sent", by="machine"),
        step("keep", "intended", "kept", by="machine"),
        step("fail", "intended", "failed", by="machine"),
        step("retry", "failed kept", "intended", by=DESK),
    ),
)
