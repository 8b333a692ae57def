"""Django's handle on the parties."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "homeward.parties"
    default_auto_field = "django.db.models.BigAutoField"
