"""Letters about goods: label ready, parcel received, inspected or contested, replacement shipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from homeward.conversations.letters.form import About, Block, Button, Code, Facts, Item, Items, Letter, Text
from homeward.kernel import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How a parcel travels."""

    carrier: str = ""
    tracking_number: str = ""
    method: str = "label"
    ship_by: datetime | None = None
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What came of one thing: announced against received, and how the received units were found."""

    title: str
    announced: int
    received: int
    damaged: int = 0
    wrong: int = 0

    @property
    def differences(self) -> list[str]:
        """What is not as announced, in words; nothing where all is well."""
        found = []
        if (short := self.announced - self.received) > 0:
            found.append(ngettext("%(count)d is missing", "%(count)d are missing", short) % {"count": short})
        if self.damaged:
            found.append(
                ngettext("%(count)d is damaged", "%(count)d are damaged", self.damaged) % {"count": self.damaged}
            )
        if self.wrong:
            found.append(
                ngettext("%(count)d is another item", "%(count)d are other items", self.wrong) % {"count": self.wrong}
            )
        return found

    @property
    def words(self) -> str:
        """The line of the letter."""
        counted = _("%(title)s: %(received)d of %(announced)d here") % {
            "title": self.title, "received": self.received, "announced": self.announced,
        }  # fmt: skip
        return formats.words_in([counted, *self.differences], get_language() or "en")


def label_ready(about: About, *, label: Label) -> Letter:
    """Hand over the label or code, with the day by which the parcel must be on its way."""
    if label.method == "qr":
        subject, first = _("Your drop-off code for return %(number)s"), _("Your drop-off code is ready.")
        button = _("Show the code")
    else:
        subject, first = _("Your label for return %(number)s"), _("Your label and packing slip are ready.")
        button = _("Download label and packing slip")
    facts: list[tuple[str, str]] = []
    if label.carrier:
        facts.append((_("Carrier"), label.carrier))
    if label.tracking_number:
        facts.append((_("Tracking number"), label.tracking_number))
    if label.ship_by:
        facts.append((_("Hand it over by"), about.day(label.ship_by, "long")))
    if label.address:
        facts.append((_("It goes to"), ", ".join(label.address)))
    steps = (
        _("Put in everything that came with the goods, and the packing slip on top."),
        _("Close the box well and cover old labels."),
        _("Keep the receipt of the counter: it proves that you sent it."),
    )
    blocks: list[Block] = [Text(first), Button(button, about.link)]
    if facts:
        blocks.append(Facts(tuple(facts)))
    return Letter(subject % {"number": about.number}, (*blocks, Items(steps)))


def received(about: About, *, counted: tuple[Counted, ...], check_by: datetime | None = None) -> Letter:
    """Say that the parcel has arrived, what was counted, and by when it is checked."""
    blocks: list[Block] = [Text(_("Your parcel is here. This is what we counted:"))]
    blocks.append(Items(tuple(line.words for line in counted)))
    if any(line.announced > line.received for line in counted):
        blocks.append(Text(_("What is missing stays open: send it later, or tell us what happened.")))
    if check_by:
        blocks.append(Text(_("We open and check it by %(day)s.") % {"day": about.day(check_by)}))
    blocks.append(Button(_("See your return"), about.link))
    return Letter(_("Your parcel for return %(number)s is here") % {"number": about.number}, tuple(blocks))


def inspected(about: About, *, counted: tuple[Counted, ...], remedy: str = "refund") -> Letter:
    """Say what the check found, unit by unit where it differs, and what follows."""
    is_clean = not any(line.differences for line in counted)
    blocks: list[Block] = [
        Text(_("We have checked your parcel, and all is well:") if is_clean else _("We have checked your parcel:")),
        Items(tuple(line.words for line in counted)),
    ]
    if is_clean:
        is_new = remedy in {"replacement", "replace", "exchange"}
        blocks.append(
            Text(_("Next we send you a new one.") if is_new else _("Next we send your money back the way you paid."))
        )
    else:
        blocks.append(Text(_("We kept photos of what we found.")))
        blocks.append(Text(_("The page of your return says what it means for you.")))
        blocks.append(Text(_("If you see it differently, write to us there, and a person looks again.")))
    blocks.append(Button(_("See your return"), about.link))
    return Letter(_("We have checked your return %(number)s") % {"number": about.number}, tuple(blocks))


def replacement_shipped(
    about: About, *, items: tuple[Item, ...], carrier: str = "", tracking_number: str = ""
) -> Letter:
    """Say that the new goods are on their way."""
    blocks: list[Block] = [
        Text(_("Your new goods are on their way:")),
        Items(tuple(str(item) for item in items)),
    ]
    if carrier:
        blocks.append(Facts(((_("Carrier"), carrier),)))
    if tracking_number:
        blocks.append(Code(_("Tracking number"), tracking_number))
    blocks.append(Button(_("See your return"), about.link))
    return Letter(_("On its way: your replacement for return %(number)s") % {"number": about.number}, tuple(blocks))


def contested(about: About, *, ground: str) -> Letter:
    """Say that what came is not what was announced, and that the shopper's word counts before it is ruled."""
    return Letter(
        _("What we found in your parcel for return %(number)s") % {"number": about.number},
        (
            Text(_("We opened your parcel. What we found: %(ground)s.") % {"ground": ground}),
            Text(_("We kept photos and the goods as they came. Nothing is decided before we have heard you.")),
            Text(_("Tell us what you sent, with photos where you have them. A person then decides and says why.")),
            Button(_("Answer on the page of your return"), about.link),
        ),
    )
