"""Django's handle on cases."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "homeward.cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the room hear what happened earlier on the road."""
        import_module("homeward.cases.reactions")
