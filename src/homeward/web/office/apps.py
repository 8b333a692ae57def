"""Django's handle on the office's pages."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "homeward.web.office"
    label = "web_office"
