"""Words for the states of backtests, and for why one came to nothing."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES = {
    "queued": pgettext_lazy("backtest", "Waits for the worker"),
    "running": pgettext_lazy("backtest", "At work"),
    "done": pgettext_lazy("backtest", "Done"),
    "failed": pgettext_lazy("backtest", "Failed"),
    "cancelled": pgettext_lazy("backtest", "Called off"),
}

ERRORS = {"worker_died": _("The worker died in the middle of it. Start it anew, perhaps on a shorter history.")}
