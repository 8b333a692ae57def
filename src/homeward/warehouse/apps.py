"""Django's handle on warehouse."""

from importlib import import_module

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "homeward.warehouse"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the room hear what happened earlier on the road."""
        import_module("homeward.warehouse.reactions")
