"""Django's handle on logistics."""

from importlib import import_module

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    name = "homeward.logistics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the room hear what happened earlier on the road."""
        import_module("homeward.logistics.reactions")
