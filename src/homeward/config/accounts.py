"""How staff accounts come to be: by being hired, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """Keeps sign-up closed; the operator and merchants hire their staff."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up for everybody."""
        return False
