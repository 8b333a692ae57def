"""Django's handle on returns."""

from importlib import import_module

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "homeward.returns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the room hear what happened earlier on the road."""
        import_module("homeward.returns.reactions")
