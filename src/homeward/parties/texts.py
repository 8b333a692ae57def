"""Words for roles."""

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
