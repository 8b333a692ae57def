"""Django's handle on settlements."""

from importlib import import_module

from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    name = "homeward.settlements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the room hear what happened earlier on the road."""
        import_module("homeward.settlements.reactions")
