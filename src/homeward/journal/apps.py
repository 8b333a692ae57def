"""Django's handle on the journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "homeward.journal"
    default_auto_field = "django.db.models.BigAutoField"
