"""Words for roles, and for why a place among the staff is not given or taken."""

from django.utils.translation import gettext_lazy as _

from homeward.kernel import Role

ROLES = {
    Role.SHOPPER: _("Shopper"),
    Role.AGENT: _("Agent"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.DOCK: _("Dock"),
    Role.FINANCE: _("Finance"),
    Role.MERCHANT: _("Merchant"),
    Role.OPERATOR: _("Operator"),
    Role.API: _("API key"),
    Role.CARRIER: _("Carrier"),
    Role.MACHINE: _("Homeward"),
    Role.POLICY: _("Policy"),
}

REFUSALS = {
    "taken": _("This e-mail has a place among the staff already."),
    "yourself": _("Nobody changes or takes their own place. Ask somebody else who may."),
    "not_yours": _("This place is not yours to give or to take."),
    "misplaced": _("Operators belong to no merchant, and the role of a merchant needs one."),
    "beyond_your_limit": _("Nobody can let others grant more than they may grant themselves."),
    "last_operator": _("This is the last operator. Give somebody else that role first."),
}
