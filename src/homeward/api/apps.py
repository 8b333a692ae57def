"""Django's handle on the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "homeward.api"
    default_auto_field = "django.db.models.BigAutoField"
