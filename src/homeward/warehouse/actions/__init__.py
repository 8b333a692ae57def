"""Verbs of the dock: expect, receive, inspect, contest, put right."""

from homeward.warehouse.actions.contesting import (
    GroundMissing,
    UnitsWait,
    dispute,
    reopen,
    resolve,
)
from homeward.warehouse.actions.expecting import (
    AlreadyReceived,
    NothingOpen,
    NotReceivable,
    expect,
    match,
    open_receipt,
)
from homeward.warehouse.actions.inspecting import (
    CountMismatch,
    NothingLeft,
    SamePerson,
    confirm,
    inspect,
    inspect_all,
    void,
)
from homeward.warehouse.actions.judging import Finding, SerialSeen, SerialWanted
from homeward.warehouse.actions.photographing import add_photos
from homeward.warehouse.actions.receiving import (
    BadCount,
    Count,
    OverReceipt,
    Stranger,
    UnknownLine,
    receive,
    receive_unknown,
)

__all__ = [
    "AlreadyReceived", "BadCount", "Count", "CountMismatch", "Finding", "GroundMissing", "NotReceivable", "NothingLeft",
    "NothingOpen", "OverReceipt", "SamePerson", "SerialSeen", "SerialWanted", "Stranger", "UnitsWait", "UnknownLine",
    "add_photos", "confirm", "dispute", "expect", "inspect", "inspect_all", "match", "open_receipt", "receive",
    "receive_unknown", "reopen", "resolve", "void",
]  # fmt: skip
