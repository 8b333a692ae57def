"""Django's handle on the policies."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "homeward.policies"
    default_auto_field = "django.db.models.BigAutoField"
