"""Following parcels: scans of carriers, the word of staff, the arrival at the dock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched

from homeward import journal
from homeward.kernel import Actor, NotAllowed, new_ref
from homeward.logistics import tracking
from homeward.logistics.models import Center, Parcel, TrackingEvent
from homeward.logistics.ports import Scan
from homeward.logistics.tables import Problem
from homeward.logistics.tracking import DOCK, HAND, Code, Row, Seen
from homeward.parties.models import Merchant

_SAID_BY_HAND = {
    "accept": Code.ACCEPTED,
    "hold": Code.EXCEPTION,
    "release": Code.IN_TRANSIT,
    "find": Code.IN_TRANSIT,
    "lose": Code.LOST,
    "send_back": Code.SENT_BACK,
}
