"""Words for drafts of rulebooks: states and verbs, what was changed, findings, floors, and the wizard's reasons."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "draft": _("Draft"),
    "in_review": _("In review"),
    "approved": _("Approved"),
    "published": _("Published"),
    "withdrawn": _("Given up"),
}

VERBS = {
    "submit": _("Ask for a review"),
    "approve": _("Approve"),
    "send_back": _("Send back"),
    "take_back": _("Go on writing"),
    "publish": _("Publish"),
    "withdraw": _("Give up"),
    "revise": _("Change"),
}

ORIGINS = {
    "standard": _("from the standard rulebook"),
    "version": _("from a version"),
    "upload": _("from a file"),
    "wizard": _("from the wizard"),
    "empty": _("from an empty page"),
}

# What one change did to a draft; `about` is the clause or the test.
CHANGES = {
    "begin": _("Begun"),
    "add": _("Clause added: %(about)s"),
    "edit": _("Clause changed: %(about)s"),
    "move": _("Clause moved: %(about)s"),
    "remove": _("Clause removed: %(about)s"),
    "bars": _("Exceptions of the law chosen"),
    "describe": _("Name or countries changed"),
    "upload": _("Replaced from a file"),
    "keep_test": _("Test kept: %(about)s"),
    "drop_test": _("Test removed: %(about)s"),
    "undo": _("Back to change %(about)s"),
    "restore": _("Restored from change %(about)s"),
}

LEVELS = {"error": _("To be mended"), "warning": _("To be looked at"), "note": _("Good to know")}

# Code → (title, sentence). The figures are made words where they are shown.
FINDINGS = {
    "doubled": (_("The same name twice"), _("Two clauses are named %(refs)s. Give one of them another name.")),
    "adds_nothing": (_("Nothing promised"), _("%(refs)s has conditions, but says not what follows.")),
    "no_english": (_("No English words"), _("%(refs)s needs its English sentence; other languages fall back on it.")),
    "stranger": (_("An unknown word"), _("%(refs)s names “%(word1)s”, which nothing is known by.")),
    "no_country": (_("An unknown country"), _("“%(word0)s” is no country code of two capitals: %(refs)s")),
    "no_day": (_("No day of the year"), _("“%(word0)s” is no day of the year: %(refs)s")),
    "ordered_backwards": (_("The order of two days"), _("%(refs)s begins after it ends.")),
    "test_doubled": (_("Two tests of one name"), _("Two tests are named “%(word0)s”.")),
    "test_sum": (_("A sum that cannot be"), _("The test “%(word0)s” names the sum “%(word1)s”.")),
    "test_day": (
        _("A day that cannot be tried"),
        _("The test “%(word0)s” asks on %(word1)s; days from 2000 to 2100 can be tried."),
    ),
    "never": (
        _("Can never speak"),
        _("The conditions of %(refs)s exclude each other: %(fields)s. No case will ever meet them."),
    ),
    "idle_beside": (
        _("Makes no difference"),
        _("Whenever %(loser)s speaks, %(winner)s speaks too and gives at least as much. It can be left out."),
    ),
    "words_missing": (_("Words are missing"), _("%(refs)s is not translated into: %(languages)s. English is shown.")),
    "fee_on_fault": (
        _("A fee that never counts"),
        _("%(refs)s takes a fee for faulty goods, which no law allows. It is never taken."),
    ),
    "two_routes": (
        _("Two people for one case"),
        _("%(winner)s sends it to %(wins)s, %(loser)s to %(loses)s. The one that stands higher wins: %(winner)s."),
    ),
    "two_fees": (_("Two fees for one case"), _("%(winner)s and %(loser)s both take their fee; they add up.")),
    "two_refunds": (
        _("Two promises for the money"),
        _("%(winner)s promises %(wins)s days, %(loser)s promises %(loses)s. The sooner one holds."),
    ),
    "two_windows": (
        _("Two windows for one case"),
        _("%(winner)s gives %(wins)s days, %(loser)s gives %(loses)s. The longer one holds."),
    ),
    "gap": (
        _("Nothing decides"),
        _("%(countries)s, %(days)s days after delivery; reason: %(reasons)s; goods: %(kinds)s. A person will decide."),
    ),
    "below_floor": (
        _("Below the law"),
        _("%(refs)s promises less than the law gives in %(countries)s: %(shop)s against %(law)s. The law wins."),
    ),
    "test_red": (_("A test is red"), _("“%(test)s”: %(why)s")),
}

KINDS_OF_GOODS = {"any": _("any"), "": _("any")}

FLOORS = {
    ("window", "below"): _("In %(countries)s the law gives longer: in one such case until %(law)s, not %(shop)s."),
    ("window", "same"): _("In %(countries)s the law gives as long."),
    ("merchant_pays_return", "same"): _("In %(countries)s the shop pays the way back by law."),
    ("refund_within_days", "below"): _("In %(countries)s the law wants the money sooner: %(law)s days."),
    ("refund_within_days", "same"): _("In %(countries)s the law gives the money as soon."),
    ("offer", "same"): _("In %(countries)s the law offers all of this."),
    ("waive", "same"): _("In %(countries)s the law closes no such door."),
    ("all", "same"): _("In %(countries)s this adds nothing to the law."),
}

CATEGORIES = {
    "apparel": _("Clothes and shoes"),
    "electronics": _("Electronics"),
    "cosmetics": _("Cosmetics and hygiene"),
    "food": _("Food and fresh goods"),
    "health": _("Health and medical goods"),
    "home": _("Home and garden"),
    "media": _("Books, music, software"),
    "custom": _("Made to the shopper’s wishes"),
    "digital": _("Digital content"),
    "second_hand": _("Second-hand goods"),
}

FREIGHT = {
    "law": _("As the law has it"),
    "faults": _("The shop, where something is wrong"),
    "all": _("The shop, always"),
}

# Why the wizard put a clause, or left one out.
WHY = {
    "window": _("You asked for %(days)s days. In %(countries)s the law gives less; this clause adds the rest."),
    "window_by_law": _("In %(countries)s the law gives %(days)s days or more, so nothing is promised there."),
    "choice": _("The law gives the window; an exchange or credit beside the money keeps some sales."),
    "gifts": _("Gifts are opened after the window has closed. This keeps it open until the end of January."),
    "gifts_by_law": _("In %(countries)s the law gives gifts as long, so nothing is promised there."),
    "faults": _("The law asks for repair or replacement first. An offer of money ends most quarrels sooner."),
    "fault_time": _("In %(countries)s we hold no law that gives as long, so the shop gives %(days)s days of its own."),
    "late": _("Goods that came too late and are of no use are taken back for %(days)s days."),
    "late_by_law": _("In %(countries)s the law gives as long for late goods, so nothing is promised there."),
    "freight_law": _("Who pays the way back is left to the law of each country."),
    "freight_faults": _("For a change of mind, who pays the way back is left to the law of each country."),
    "freight_all": _("A free way back costs most where goods travel far: watch the backtest before you publish."),
    "fresh": _("Fresh goods cannot be sold again, so carrying them back helps nobody."),
    "keep": _("In %(countries)s cheap goods cost more to carry than they fetch; up to about %(days)s euros they stay."),
    "keep_at_home": _("You send at home only, so everything is worth carrying back."),
    "refund": _("%(days)s days after the goods are back is sooner than any law of your countries asks."),
    "photo": _("A photo shows what happened and is what the carrier asks for. It never holds up a change of mind."),
    "medical": _("Reports on medical goods may concern safety, so a person reads each."),
    "high": _("Where much is at stake a person looks before money leaves."),
    "serial": _("Whoever sends most orders back still has every right of the law; what the shop adds is looked at."),
}
