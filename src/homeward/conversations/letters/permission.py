"""Letters about permission: under review, evidence wanted, authorized, refused, withdrawn, expired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from homeward.conversations.letters.form import About, Block, Button, Cites, Facts, Items, Letter, Quote, Source, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was decided, as a letter tells it."""

    remedy: str = "refund"
    method: str = "label"
    goods_back: bool = True
    is_free: bool = True  # whether the way back costs the shopper nothing
    ship_by: datetime | None = None
    sources: tuple[Source, ...] = ()
    was_refused: bool = False


def under_review(about: About, *, answer_by: datetime) -> Letter:
    """Say that a person decides, and by when."""
    return Letter(
        _("We are looking at your request %(number)s") % {"number": about.number},
        (
            Text(_("We have your request, and a person is looking at it:")),
            _items(about),
            Text(
                _("You have our answer by %(day)s, %(time)s (%(place)s time).")
                % {"day": about.day(answer_by), "time": about.time(answer_by), "place": about.place(answer_by)}
            ),
            Text(_("Keep the goods with you until then.")),
            _to_status(about),
        ),
    )


def evidence_wanted(about: About, *, wanted: Sequence[object], until: datetime | None = None) -> Letter:
    """Say which proof is missing, what it is for, and until when it can be added."""
    blocks: list[Block] = [
        Text(_("We have your request for these goods:")),
        _items(about),
        Text(ngettext("To decide it we need one more thing:", "To decide it we need these things:", len(wanted))),
        Items(tuple(str(proof) for proof in wanted)),
    ]
    if until:
        blocks.append(Text(_("Add it by %(day)s on the page of your return.") % {"day": about.day(until)}))
    else:
        blocks.append(Text(_("Add it on the page of your return.")))
    blocks += [
        Text(_("A photo shows us what went wrong, so that we can put it right and claim it where it happened.")),
        Button(_("Add evidence"), about.link),
    ]
    return Letter(_("One thing is missing for your return %(number)s") % {"number": about.number}, tuple(blocks))


def authorized(about: About, *, verdict: Verdict) -> Letter:
    """Say that it may come back, how, until when and at whose cost, and what follows."""
    if verdict.was_refused:
        subject = _("We looked again: your return %(number)s is authorized") % {"number": about.number}
        first = _("We looked at your request again and decided in your favor.")
    else:
        subject = _("Your return %(number)s is authorized") % {"number": about.number}
        first = _("Your return is authorized.")
    blocks: list[Block] = [Text(first), _items(about)]
    blocks += _way_back(about, verdict) if verdict.goods_back else [
        Text(_("Nothing has to be sent back. Keep the goods, give them away or recycle them.")),
    ]  # fmt: skip
    blocks.append(Text(_what_follows(verdict)))
    if verdict.sources:
        blocks += [Text(_("Why we decided this"), head=True), Cites(verdict.sources)]
    blocks.append(_to_status(about))
    return Letter(subject, tuple(blocks))


def refused(about: About, *, why: tuple[str, ...], sources: tuple[Source, ...], is_defect: bool = False) -> Letter:
    """Say what is refused, why, on what ground, what else is possible and how to reach a person.

    Who changed their mind keeps the door for faulty goods; who reported a fault (`is_defect`) has been through it.
    """
    doors = () if is_defect else (
        _("Something is wrong with the goods: report a defect. That right is not touched by this answer."),
    )  # fmt: skip
    blocks: list[Block] = [
        Text(_("We cannot take these goods back:")),
        _items(about),
        Text(_("Why"), head=True),
        *(Text(sentence) for sentence in why),
    ]
    if sources:
        blocks.append(Cites(sources))
    blocks += [Text(_("What else is possible"), head=True), Items((*doors, _any_door(about)))]
    blocks.append(_to_status(about))
    return Letter(_("Your request %(number)s: our answer") % {"number": about.number}, tuple(blocks))


def withdrawn(about: About) -> Letter:
    """Say that the return was called off."""
    return Letter(
        _("Your return %(number)s is withdrawn") % {"number": about.number},
        (
            Text(_("You keep these goods, and nothing has to be sent:")),
            _items(about),
            Text(_("If you decide otherwise, start a new return while its time runs.")),
            _to_status(about),
        ),
    )


def expired(about: About, *, ship_by: datetime | None) -> Letter:
    """Say that the time to hand the parcel over has run out, and what to do when it is on its way."""
    first = _("Your return %(number)s has ended, because nothing more reached us in its time.") % {
        "number": about.number
    }
    if ship_by:
        first = _("Your return %(number)s has ended: the parcel was not handed over by %(day)s.") % {
            "number": about.number,
            "day": about.day(ship_by),
        }
    return Letter(
        _("Your return %(number)s has ended") % {"number": about.number},
        (
            Text(first),
            _items(about),
            Text(_("If the parcel is on its way already, it will be accepted: tell us its tracking number.")),
            Text(_("Your rights about faulty goods stay as they are.")),
            _to_status(about),
        ),
    )


def answered(about: About, *, author: str, words: str, language: str = "") -> Letter:
    """Carry the answer of a person to the shopper."""
    return Letter(
        _("%(merchant)s has answered you") % {"merchant": about.merchant},
        (
            Text(_("%(name)s writes:") % {"name": author or about.merchant}),
            Quote(words, language),
            Button(_("Answer on the page of your return"), about.link),
        ),
    )


def _items(about: About) -> Items:
    return Items(tuple(str(item) for item in about.items))


def _to_status(about: About) -> Button:
    return Button(_("See your return"), about.link)


def _any_door(about: About) -> str:
    if about.is_answered:
        return _(
            "You see it differently: answer this mail or write on the page of your return, and a person looks again."
        )
    return _("You see it differently: write to us on that page, and a person looks again.")


_METHODS = {
    "label": lambda: _(
        "Your label and packing slip come with the next mail. Print the label and stick it on the parcel."
    ),
    "qr": lambda: _("Your drop-off code comes with the next mail. Show it at the counter; you need no printer."),
    "pickup": lambda: _("The carrier picks the parcel up at your door. Its label comes with the next mail."),
    "own_carrier": lambda: _(
        "Send it with a carrier of your choice, and enter the tracking number on the page of your return."
    ),
}


def _way_back(about: About, verdict: Verdict) -> list[Block]:
    blocks: list[Block] = [Text(_("How to send it"), head=True)]
    if method := _METHODS.get(verdict.method):
        blocks.append(Text(method()))
    facts = []
    if verdict.ship_by:
        facts.append((_("Hand it over by"), about.day(verdict.ship_by, "long")))
    facts.append((_("Cost of the way back"), _("Free for you") if verdict.is_free else _("You pay it")))
    blocks.append(Facts(tuple(facts)))
    return blocks


def _what_follows(verdict: Verdict) -> str:
    if verdict.remedy in {"replacement", "replace", "exchange"}:
        return (
            _("When your parcel is here and checked, we send you a new one.")
            if verdict.goods_back
            else _("We send you a new one.")
        )
    if verdict.goods_back:
        return _("When your parcel is here and checked, you get your money back the way you paid.")
    return _("You get your money back the way you paid.")
