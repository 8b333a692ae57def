"""Verbs of the way back: plan, label, follow, arrive; and the centers and rates that serve it."""

from homeward.logistics.actions.following import arrive_unannounced, deliver, import_tracking, mark, track
from homeward.logistics.actions.keeping import change_center, import_rates, open_center
from homeward.logistics.actions.labelling import (
    NoLabelNeeded,
    NotATrackingNumber,
    NumberTaken,
    add_own_tracking,
    expire_labels,
    label,
    record_label,
    refuse_label,
)
from homeward.logistics.actions.planning import NothingToSend, call_off, cancel, plan

__all__ = [
    "NoLabelNeeded", "NotATrackingNumber", "NothingToSend", "NumberTaken", "add_own_tracking", "arrive_unannounced",
    "call_off", "cancel", "change_center", "deliver", "expire_labels", "import_rates", "import_tracking", "label",
    "mark", "open_center", "plan", "record_label", "refuse_label", "track",
]  # fmt: skip
