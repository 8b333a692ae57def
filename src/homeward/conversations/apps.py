"""Django's handle on conversations."""

from importlib import import_module

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "homeward.conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the room hear what happened earlier on the road."""
        import_module("homeward.conversations.reactions")
