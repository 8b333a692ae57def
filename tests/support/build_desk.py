"""Builders for the pages of staff: returns that wait for a person, and a whole desk with something of every kind."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image

from homeward.conversations import actions as conversation_actions
from homeward.kernel import Money
from homeward.orders.models import ImportProblem, ImportRun
from homeward.parties import actions as party_actions
from homeward.policies import actions as policy_actions
from homeward.policies import rulebook
from homeward.returns import actions as return_actions
from homeward.returns import evidence
from homeward.returns.actions import Wish, records
from homeward.returns.models import Return, Withdrawal
from homeward.settlements import actions as settlement_actions
from homeward.settlements.actions import Grant
from homeward.settlements.models import Refund, Remedy, Replacement
from homeward.warehouse.models import Receipt
from tests.support import build, build_settlements, build_warehouse
from tests.support.cast import NOW, ROOT, Cast


def picture(kind: str = "PNG") -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (90, 120, 90)).save(out, kind)
    return out.getvalue()


def ask(
    cast: Cast, *, review: bool = True, reason: str = "defective", remedy: str = "refund", at: datetime = NOW,
    words: str = "<script>alert(1)</script> la tasse est cassée", photo: bool = False, seal_broken: bool | None = None,
    **order: Any,
) -> Return:  # fmt: skip
    """Build a return of Mei's: one unit that she says does not work, which waits for a person."""
    bought = build.order(cast.lanting, at=at, **order)
    wish = Wish(bought.lines.first().ref, 1, reason, words=words, seal_broken=seal_broken)
    exhibits = [records.store(evidence.examine(picture(), name="tasse.png"), at=at)] if photo else []
    return return_actions.request(
        order=bought, wishes=[wish], actor=build.shopper_of(bought), at=at, locale="fr", remedy=remedy,
        note="<b>C’était un cadeau</b>", review=review, exhibits=exhibits,
    )  # fmt: skip


def refused(cast: Cast, **more: Any) -> Return:
    """Build a return that verified law and rulebook refuse: a change of mind 200 days after delivery."""
    return ask(cast, review=False, reason="no_longer_needed", words="", delivered_ago=200, **more)


def refund(cast: Cast, *, number: str = "LT-48213", **more: Any) -> Refund:
    """Build a refund that waits for a transfer of ours: two throws came back as new."""
    made = build_settlements.graded(cast, provider="offline", number=number, **more)
    settlement_actions.settle(made.pk, actor=cast.bo, at=NOW)
    return Refund.objects.get(remedy__return_request=made)


def replacement(cast: Cast, **more: Any) -> Replacement:
    """Build new goods that wait to be shipped, in place of some that stay with the shopper."""
    made = ask(cast, remedy="replacement", **more)
    return_actions.authorize(made, actor=cast.ada, at=NOW, goods_back=False, remedy="replacement")
    remedy = settlement_actions.settle(made.pk, actor=cast.ada, at=NOW)
    return Replacement.objects.get(remedy=remedy)


def proposal(cast: Cast, **more: Any) -> Remedy:
    """Build a compensation of €60 that Bo proposed and that is above his limit."""
    made = ask(cast, **more)
    grant = Grant(agreed=Money.of("60", "EUR"), note="Two broken deliveries in a row")
    return settlement_actions.compensate(made.pk, grant=grant, key="one", actor=cast.bo, at=NOW)


def withdrawal(cast: Cast, **more: Any) -> Withdrawal:
    """Build a declaration of Mei's that names no order of ours."""
    told = {"name": "Mei Lin", "contract": "commande de novembre", "email": "mei@lyon.example", "locale": "fr"} | more
    return return_actions.declare_withdrawal(merchant=cast.lanting, actor=cast.machine, at=NOW, **told)


@dataclass(frozen=True)
class Scene:
    """Something of every kind that pages of staff show."""

    waiting: Return
    offered: Return
    refused: Return
    refund: Refund
    replacement: Replacement
    proposal: Remedy
    disputed: Receipt
    withdrawal: Withdrawal
    run: ImportRun

    @property
    def cases(self) -> list[str]:
        """The numbers of the cases, one of each kind."""
        returns = [self.waiting, self.offered, self.refused]
        others = [self.refund, self.replacement, self.proposal, self.disputed]
        return [made.case.number for made in returns] + [one.case.number for one in others]


def scene(cast: Cast) -> Scene:
    """Build a desk on a full day."""
    waiting = ask(cast, photo=True, number="LT-1")
    conversation_actions.say(
        waiting.case, body="Bonjour, un nouveau avant samedi ?", actor=build.shopper_of(waiting.order), at=NOW,
        language="fr",
    )  # fmt: skip
    conversation_actions.say(waiting.case, body="Third of this lot", actor=cast.ada, at=NOW, is_note=True)
    offered = ask(cast, number="LT-2")
    settlement_actions.offer(offered.pk, grant=Grant(part=2_000, note="small flaw"), actor=cast.ada, at=NOW)
    disputed = build_warehouse.received(cast, (0, 0, 0), number="LT-4")
    party_actions.cut_key(merchant=cast.lanting, name="shop", scopes=("orders.read",), actor=ROOT, at=NOW)
    policy_actions.publish(rulebook.standard(), merchant=cast.lanting, actor=ROOT, at=NOW, valid_from=NOW)
    run = ImportRun.objects.create(
        ref="imp_1", merchant=cast.lanting, source="shopify-csv", filename="november.csv", started_at=NOW,
        finished_at=NOW + timedelta(seconds=2), rows_read=3, rows_refused=1, orders_created=2,
    )  # fmt: skip
    ImportProblem.objects.create(run=run, row=2, field="Total", code="missing", raw="#1002,,")
    return Scene(
        waiting=waiting, offered=offered, refused=refused(cast, number="LT-3"), refund=refund(cast, number="LT-5"),
        replacement=replacement(cast, number="LT-6"), proposal=proposal(cast, number="LT-7"), disputed=disputed,
        withdrawal=withdrawal(cast), run=run,
    )  # fmt: skip
