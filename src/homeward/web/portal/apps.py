"""Django's handle on the portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The app that brings the shoppers' pages."""

    name = "homeward.web.portal"
    label = "web_portal"
    default_auto_field = "django.db.models.BigAutoField"
